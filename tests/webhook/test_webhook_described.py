"""The pages `docs/api/*.yaml` say what is served, and what is served holds to them (P10)."""

from __future__ import annotations

import importlib
import re
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, seed
from hypothesis import settings as hypothesis_settings
from prometheus_client import make_wsgi_app
from signing import Signing
from sqlalchemy import func, select
from support import ACCOUNT

from cli.processes import metrics
from console.app import create_app as create_console
from models import InboundMessage
from outreach.ground.settings import ROOT
from webhook.app import create_app

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from sqlalchemy.orm import Session, sessionmaker

    from outreach.ground.settings import Settings

SEED, QUICK, LONG = 13, 12, 250
PUBLIC, PRIVATE = ("public.yaml", "private.yaml")
PLACE = re.compile(r"<(?:\w+:)?(\w+)>")


def described(name: str) -> Any:
    found = yaml.safe_load((ROOT / "docs" / "api" / name).read_text(encoding="utf-8"))
    if name == PUBLIC:
        # So that some of what is drawn is of the test's account.
        found["components"]["schemas"]["Account"] = {"type": "string", "enum": [ACCOUNT]}
    return found


@pytest.fixture
def webhook(settings: Settings, sessions: sessionmaker[Session]) -> Flask:
    return create_app(settings, sessions)


def test_every_public_route_is_described(webhook: Flask) -> None:
    """P10: what faces the internet is what the page says, and nothing more."""
    served = {
        (PLACE.sub(r"{\1}", rule.rule), method.lower())
        for rule in webhook.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    said = {(path, method) for path, ways in described(PUBLIC)["paths"].items() for method in ways}
    assert served == said


@pytest.mark.parametrize("way", ["signed", "unsigned"])
def test_the_public_door_holds_to_its_description(
    webhook: Flask, session: Session, request: pytest.FixtureRequest, way: str
) -> None:
    """Whatever schemathesis draws: only the answers that are described; unsigned nothing is stored."""
    if way == "signed":
        webhook.wsgi_app = Signing(webhook.wsgi_app)  # type: ignore[assignment,method-assign] # Flask's own way to wrap
    codes = set(_asked(described(PUBLIC), webhook, request))
    assert 503 not in codes  # the database is there
    stored = session.scalar(select(func.count()).select_from(InboundMessage)) or 0
    assert (stored > 0) == (way == "signed")
    assert (204 in codes) == (way == "signed")


def test_the_private_ports_hold_to_theirs(
    settings: Settings, sessions: sessionmaker[Session], request: pytest.FixtureRequest
) -> None:
    """The same of the figures, and of the console's two answers to whoever watches over it."""
    console = create_console(settings, sessions)
    page = described(PRIVATE)
    paths = page["paths"]
    figures = {path: way for path, way in paths.items() if "servers" not in way}
    health = {path: way for path, way in paths.items() if "servers" in way}
    assert set(figures) == {"/metrics"}
    with metrics.registry(settings) as registry:
        assert set(_asked(page | {"paths": figures}, make_wsgi_app(registry), request)) <= {200}
    assert set(_asked(page | {"paths": health}, console, request)) <= {200, 400}


def _asked(page: Any, app: Any, request: pytest.FixtureRequest) -> Iterator[int]:
    """Ask every operation of a page what it allows and what it does not; yield the codes of the answers."""
    # Its import takes as long as the test: only this test pays for it.
    schemathesis = importlib.import_module("schemathesis")
    checks = importlib.import_module("schemathesis.openapi.checks")
    checking = importlib.import_module("schemathesis.specs.openapi.checks")
    generation = importlib.import_module("schemathesis.generation")
    assert checks
    schema = schemathesis.openapi.from_dict(page)
    schema.app = app
    is_long = bool(request.config.getoption("--long"))
    held = [checking.status_code_conformance, checking.content_type_conformance,
            checking.response_schema_conformance, checking.response_headers_conformance]  # fmt: skip
    print(f"seed {SEED}; --long draws {LONG} of each")  # noqa: T201
    for found in schema.get_all_operations():
        operation = found.ok()
        for mode in (generation.GenerationMode.POSITIVE, generation.GenerationMode.NEGATIVE):
            codes: list[int] = []

            @seed(SEED)
            @hypothesis_settings(
                max_examples=LONG if is_long else QUICK, deadline=None, database=None,
                suppress_health_check=list(HealthCheck), phases=[Phase.generate],
            )  # fmt: skip
            @given(case=operation.as_strategy(generation_mode=mode))
            def ask(case: Any) -> None:
                answer = case.call(app=app)
                case.validate_response(answer, checks=held)
                assert answer.status_code < 500
                codes.append(answer.status_code)  # noqa: B023 (run within the loop)

            try:
                ask()
            except Exception as error:
                if type(error).__name__ != "Unsatisfiable":  # nothing of it can be wrong
                    raise
            yield from codes
