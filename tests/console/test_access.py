"""Who gets in where (P10), and what nobody but the desk may notice (P4)."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from routes import calls
from staffroom import CANARY, Browser, Programme, enter, open_case

from console import access
from models import Role
from outreach.ground.settings import ROOT

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy.orm import Session as Database

    from outreach.sealing.crypto import PersonalKey

pytest_plugins = ("console_fixtures",)

COORDINATION = (
    "/programa", "/programa/talleres", "/programa/grupos", "/programa/mujeres", "/programa/recordatorios",
    "/programa/campanas", "/programa/plantillas",
)  # fmt: skip


def test_every_route_declares_its_roles(app: Flask) -> None:
    """P10: an endpoint is either one of the named exceptions or says who may call it."""
    for endpoint in app.view_functions:
        declared = access.declared(app, endpoint)
        assert (endpoint in access.OPEN) != bool(declared), endpoint


def test_every_route_denies_without_a_login(app: Flask) -> None:
    """P10: without a login every route leads to the login, for reading and for writing."""
    app.config["WTF_CSRF_ENABLED"] = False
    for method, path, rule in calls(app):
        if rule.endpoint in access.OPEN:
            continue
        answer = app.test_client().open(path, method=method)
        assert (answer.status_code, answer.location) == (302, "/entrar"), path


@pytest.mark.parametrize("role", list(Role))
def test_no_role_includes_another(app: Flask, session: Database, team: str, role: Role) -> None:
    """P10: whatever a role did not get is not there, exactly like a page that does not exist."""
    browser = enter(app, session, role, "quien", team)
    app.config["WTF_CSRF_ENABLED"] = False
    nothing = browser.get(f"/{uuid.uuid4()}")
    for method, path, rule in calls(app):
        declared = access.declared(app, rule.endpoint)
        if declared is None or role in declared:
            continue
        answer = browser.client.open(path, method=method)
        assert answer.status_code == 404, (path, role)
        assert _plain(answer.data) == _plain(nothing.data)


@pytest.mark.parametrize("area", ["desk", "login", "keys", "accounts", "dead_letters"])
def test_views_ask_no_database(area: str) -> None:
    """A view parses, calls one verb, commits and answers; queries stand in the rooms."""
    source = (ROOT / "console" / area / "views.py").read_text(encoding="utf-8")
    assert "sqlalchemy import" not in source.replace("sqlalchemy.orm import", "")
    assert not re.search(r"db\(\)\.(?!commit\(|rollback\()", source)


def test_an_undeclared_route_is_refused(app: Flask, session: Database) -> None:
    """P10: a view that forgets to say who may call it is closed to all."""
    app.add_url_rule("/olvidada", "olvidada", lambda: "secreto")
    browser = enter(app, session, Role.ADMINISTRATOR, "ana")
    assert browser.get("/olvidada").status_code == 404


def test_a_coordinators_pages_are_the_same_with_a_case(
    app: Flask, session: Database, key: PersonalKey, team: str, rosa: Browser, programme: Programme
) -> None:
    """P4: byte for byte, no page of a coordinator tells that a woman has a case."""
    paths = [
        *COORDINATION,
        f"/programa/grupos/{programme.group.id}",
        f"/programa/campanas/{programme.campaign.id}",
        f"/programa/campanas/nueva/{programme.group.id}",
    ]
    moment = datetime.now(UTC)
    app.extensions["avanza_clock"] = lambda: moment
    before = {path: _plain(rosa.get(path).data) for path in paths}
    open_case(session, key, programme.conversation)
    for path in paths:
        assert _plain(rosa.get(path).data) == before[path], path


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.ADMINISTRATOR])
def test_a_case_is_not_there_for_others(
    app: Flask, session: Database, key: PersonalKey, team: str, programme: Programme, role: Role
) -> None:
    """P4: for another role an open case answers exactly like one that never was."""
    browser = enter(app, session, role, "quien")
    case = open_case(session, key, programme.conversation)
    real, made_up = browser.get(f"/casos/{case.id}"), browser.get(f"/casos/{uuid.uuid4()}")
    assert real.status_code == made_up.status_code == 404
    assert _plain(real.data) == _plain(made_up.data)
    assert CANARY.encode() not in real.data


def test_forms_need_their_token(rosa: Browser, programme: Programme) -> None:
    """P10: a form without its token changes nothing."""
    for path in (f"/programa/sesiones/{programme.session.id}/cancelar", "/salir"):
        assert rosa.client.post(path).status_code == 400
    assert rosa.get("/programa").status_code == 200


def test_headers(rosa: Browser) -> None:
    """P10: pages allow no foreign script or frame, are not cached, and say nothing to where she goes next."""
    headers = rosa.get("/programa").headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"


def test_pages_have_nothing_inline(rosa: Browser, ana: Browser, programme: Programme) -> None:
    """P10: no page needs what the policy forbids, and none asks another host for anything."""
    pages = [rosa.get(path) for path in (*COORDINATION, f"/programa/grupos/{programme.group.id}")]
    pages += [ana.get(path) for path in ("/administracion/personal", "/recursos", "/respuestas")]
    for page in pages:
        html = page.get_data(as_text=True)
        assert page.status_code == 200
        assert not re.search(r"<script(?![^>]*src)|\son\w+=|\sstyle=|<style", html)
        assert not re.search(r'(src|href|action)="(https?:)?//', html)


def test_nothing_of_hers_in_addresses_and_titles(rosa: Browser, programme: Programme) -> None:
    """P5: names and phones stand in pages only: not in a title, not in an address."""
    html = rosa.get(f"/programa/grupos/{programme.group.id}").get_data(as_text=True)
    assert "Elena Uno" in html
    assert "<title>Grupo · Avanza</title>" in html
    assert not [link for link in re.findall(r'href="([^"]+)"', html) if "Elena" in link or "33000" in link]


def _plain(data: bytes) -> bytes:
    """Take out the anti-forgery token and the seconds until the lock, which differ each time anywhere."""
    return re.sub(rb'(?:name="csrf_token" value|data-left)="[^"]+"', b"", data)
