"""Whatever is sent to any route by whomever, the answer is a page (A10, P10).

No 5xx, no traceback, and nothing is changed without a form's token.
"""

from __future__ import annotations

import random
import re
import traceback
import uuid
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from flask import got_request_exception
from fuzzing import NAMED, Request, Target, read_pages, requests, targets
from hypothesis import HealthCheck, Phase, given, seed
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import Uuid, create_engine, event, select, text
from staffroom import Browser, enter, make_programme, open_case
from support import admin, environment, named

from console import access, stream
from console.app import create_app
from models import Base, Conversation, Role
from outreach.ground import dead_letters
from outreach.ground.database import make_sessions, sqlalchemy_url
from outreach.ground.settings import load_settings
from outreach.sealing import vault
from outreach.sealing.crypto import PersonalKey
from outreach.start import demo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask
    from flask.testing import FlaskClient
    from sqlalchemy import Engine

    Decorator = Callable[[Callable[..., None]], Callable[..., None]]

pytestmark = pytest.mark.timeout(7200)
SEED = 13
QUICK, OF_EACH_ROUTE = 40, 3
"""Examples of a role: in the short form, and for each of its routes in the long one."""
MOST_LONG = 500
TABLE = re.compile(r"(?:INSERT INTO|UPDATE|DELETE FROM) \"?(\w+)", re.IGNORECASE)
TOUCHED = frozenset({"staff_session"})
"""What shows that she who asks is there."""
SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
TRACES = TOUCHED | {"second_factor", "audit_event", "case_audit", "kept_figures"}
"""What reading may leave: that she looked, the secret of a phone to add, figures that are kept for a day."""
COOKIES = ("avanza_session", "avanza_form", "avanza_device")
NOBODY = "nobody"
WHO = (NOBODY, *(role.value for role in Role))


@dataclass
class House:
    """An installation with the demo's people, a case, and a login of each role."""

    app: Flask
    engine: Engine
    sessions: Any
    browsers: dict[str, Browser]
    ids: dict[str, list[str]]
    targets: dict[str, list[Target]] = field(default_factory=dict)

    @contextmanager
    def undone(self) -> Iterator[list[str]]:
        """Let all that the application commits be undone at the end; yield the statements that write."""
        written: list[str] = []

        def note(*given: Any) -> None:
            if given[2].lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE", "WITH")):
                written.append(given[2])

        with self.engine.connect() as connection:
            outer = connection.begin()
            connection.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
            event.listen(connection, "before_cursor_execute", note)
            self.sessions.configure(bind=connection, join_transaction_mode="create_savepoint")
            try:
                yield written
            finally:
                self.sessions.configure(bind=self.engine)
                outer.rollback()

    def client(self, who: str) -> FlaskClient:
        """Return a browser with the login of a role as it was made."""
        client = self.app.test_client()
        if who != NOBODY:
            for name in COOKIES:
                cookie = self.browsers[who].client.get_cookie(name)
                if cookie is not None:
                    client.set_cookie(name, cookie.value)
        return client


@pytest.fixture(scope="module")
def house(
    server: str, template: str, tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config
) -> Iterator[House]:
    """Build it once for the file: each example is undone."""
    name = f"fuzzed_{uuid.uuid4().hex[:12]}"
    admin(server, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    url = named(server, name)
    settings = load_settings(environment(tmp_path_factory.mktemp("var"), AVANZA_DATABASE_URL=url))
    engine = create_engine(sqlalchemy_url(url), hide_parameters=True)
    made = make_sessions(engine)
    app = create_app(settings, made)
    key = PersonalKey(settings.secret_key)
    with made() as session:
        if pytestconfig.getoption("--long"):
            demo.load(session, key, settings, datetime.now(UTC))
            found = session.scalars(select(Conversation).where(Conversation.woman_id.is_not(None))).first()
        else:
            found = make_programme(session, key).conversation
        assert found is not None
        team = vault.make_team(session, "Atención")
        session.commit()
        browsers = {role.value: enter(app, session, role, role.value, team) for role in Role}
        open_case(session, key, found)
        dead_letters.bury(session, "turn", None, "KeyError")
        session.commit()
    app.config.update(WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
    yield House(app, engine, made, browsers, _ids(engine))
    stream.hub_of(app).stop()
    engine.dispose()
    admin(server, f"DROP DATABASE {name} WITH (FORCE)")


def _ids(engine: Engine) -> dict[str, list[str]]:
    """Return ids that are there, by the name that a place in an address has."""
    found: dict[str, list[str]] = {}
    with engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            if "id" in table.c and isinstance(table.c.id.type, Uuid):
                rows = connection.scalars(select(table.c.id).limit(2))
                found[f"{table.name}_id"] = [str(one) for one in rows]
    for place, table_name in NAMED.items():
        found[place] = found[f"{table_name}_id"]
    return {place: ids for place, ids in found.items() if ids}


def _look_around(house: House, who: str, *, most: int) -> list[Target]:
    """Return what there is to call, with the forms that the pages of a role show."""
    known = {(one.rule.endpoint, one.method): one for one in targets(house.app, house.ids)}
    with house.undone():
        read_pages(known, house.client(who), house.app, most)
    return list(known.values())


def _for_role(house: House, who: str, known: list[Target]) -> list[Target]:
    """What is hers, twice, and a few of the others': they must be refused whatever they are sent."""
    hers = [one for one in known if _is_hers(house.app, one.rule.endpoint, who)]
    assert hers, who
    return [*hers * 8, *known]


def _is_hers(app: Flask, endpoint: str, who: str) -> bool:
    roles = access.declared(app, endpoint)
    return endpoint in access.OPEN if roles is None else who != NOBODY and Role(who) in roles


def _many(known: list[Target]) -> int:
    """How many examples the long form draws for a role: by its routes, so that all roles together end."""
    hers = len({(one.rule.endpoint, one.method) for one in known})
    return min(MOST_LONG, OF_EACH_ROUTE * hers)


def _prepared(request: pytest.FixtureRequest, quick: int, many: int) -> tuple[Decorator, int]:
    """Return the decorator of a run, with its seed and its number of examples."""
    is_long = bool(request.config.getoption("--long"))
    given_seed = request.config.getoption("--hypothesis-seed")
    number = int(given_seed) if given_seed is not None else random.randrange(2**32) if is_long else SEED  # noqa: S311
    examples = many if is_long else quick
    print(f"seed {number}, {examples} examples; again with --hypothesis-seed={number}")  # noqa: T201
    chosen = hypothesis_settings(
        max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, *([Phase.shrink] if is_long else [])],
    )  # fmt: skip
    return lambda test: seed(number)(chosen(test)), number


@contextmanager
def _raised(app: Flask) -> Iterator[list[str]]:
    """Yield what views raise."""
    found: list[str] = []

    def note(_app: Flask, exception: BaseException, **_more: Any) -> None:
        found.append("".join(traceback.format_exception(exception)[-6:]))

    with got_request_exception.connected_to(note, app):
        yield found


@pytest.mark.parametrize("who", WHO)
def test_no_request_breaks_a_page(house: House, request: pytest.FixtureRequest, who: str) -> None:
    """Every route, by every role and by nobody, with anything: no 5xx, no traceback."""
    known = _look_around(house, who, most=400 if request.config.getoption("--long") else 25)
    ids = sorted({one for some in house.ids.values() for one in some})
    hers = _for_role(house, who, known)
    run, number = _prepared(request, QUICK, _many(hers[: -len(known)]))

    @run
    @given(st.lists(requests(hers, ids), min_size=1, max_size=3))
    def send(asked: list[Request]) -> None:
        with house.undone(), _raised(house.app) as raised:
            client = house.client(who)
            for one in asked:
                answer = one.sent(client)
                assert answer.status_code < 500, (number, one, raised)
                assert b"Traceback" not in answer.data, (number, one)
                answer.close()

    send()


@pytest.mark.parametrize("who", WHO)
def test_nothing_changes_without_the_token(house: House, request: pytest.FixtureRequest, who: str) -> None:
    """P10: what changes something asks for the form's token, whatever else comes with it."""
    known = _look_around(house, who, most=0)
    ids = sorted({one for some in house.ids.values() for one in some})
    hers = _for_role(house, who, known)
    run, number = _prepared(request, QUICK // 3, _many(hers[: -len(known)]) // 4)

    @run
    @given(requests(hers, ids))
    def send(one: Request) -> None:
        house.app.config["WTF_CSRF_ENABLED"] = True
        try:
            with house.undone() as written:
                answer = one.sent(house.client(who))
        finally:
            house.app.config["WTF_CSRF_ENABLED"] = False
        assert answer.status_code < 500, (number, one)
        changed = {found[1] for line in written if (found := TABLE.search(line))}
        assert changed <= (TRACES if one.method in SAFE else TOUCHED), (number, one, changed)

    send()
