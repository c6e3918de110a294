"""One's own account: where she is logged in, and what she agreed to."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select
from staffroom import PASSWORD, Browser, enter, enter_again

from models import AuditEvent, ConductAgreement, Role, StaffSession
from outreach.staff import accounts, browsers
from outreach.texts import conduct

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy.orm import Session as Database

pytest_plugins = ("console_fixtures",)
ENDS = re.compile(r'action="(/cuenta/sesiones/[0-9a-f-]{36}/terminar)"')


def test_sessions_are_seen_and_ended(app: Flask, session: Database, rosa: Browser, ana: Browser) -> None:
    """She sees her own sessions, ends one of them, and nobody else's."""
    again = enter_again(app, rosa)
    page = rosa.get("/cuenta").get_data(as_text=True)
    paths = ENDS.findall(page)
    assert len(paths) == 1
    assert page.count("usada hace") == 2
    assert ana.post(paths[0], page="/cuenta").status_code == 404
    assert again.get("/programa").status_code == 200
    assert rosa.post(paths[0], page="/cuenta").location == "/cuenta"
    assert again.get("/programa").location == "/entrar"
    assert rosa.get("/programa").status_code == 200
    assert rosa.post(paths[0], page="/cuenta").status_code == 404
    ended = session.scalars(select(AuditEvent).where(AuditEvent.action == "login.ended")).all()
    assert len(ended) == 1


def test_all_but_this_one(app: Flask, rosa: Browser, ana: Browser) -> None:
    """One button ends all her other sessions, and leaves this one and other people's."""
    others = [enter_again(app, rosa) for _ in range(2)]
    rosa.post("/cuenta/sesiones/terminar", page="/cuenta")
    assert [one.get("/programa").location for one in others] == ["/entrar"] * 2
    assert rosa.get("/programa").status_code == 200
    assert ana.get("/administracion/personal").status_code == 200


def test_a_made_up_session_is_not_there(rosa: Browser) -> None:
    """P10: an id that is nobody's answers like one of somebody else."""
    assert rosa.post(f"/cuenta/sesiones/{uuid.uuid4()}/terminar", page="/cuenta").status_code == 404


def test_a_password_without_its_code_is_told(app: Flask, lucia: Browser) -> None:
    """Somebody who has her password and not her phone shows on her page."""
    Browser(app.test_client(), "lucia").post("/entrar", username="lucia", password=PASSWORD)
    assert "Alguien escribió tu contraseña" in lucia.get("/cuenta").get_data(as_text=True)


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox en Windows"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36", "Chrome en Android"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge en Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1", "Safari en iPhone"),
        ("curl/8.0", ""),
        ("", ""),
    ],
)
def test_browsers_in_words(app: Flask, session: Database, rosa: Browser, agent: str, words: str) -> None:
    """The page names browser and system, no version; the database keeps neither in plain."""
    assert browsers.family(agent) == words
    other = app.test_client()
    page = other.get("/entrar").get_data(as_text=True)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    fields = {"username": "rosa", "password": PASSWORD, "csrf_token": token[1]}
    other.post("/entrar", data=fields, headers={"User-Agent": agent})
    page = rosa.get("/cuenta").get_data(as_text=True)
    assert (words or "Navegador desconocido") in page
    kept = session.scalars(select(StaffSession.agent_cipher)).all()
    assert not [one for one in kept if one and b"Firefox" in one]


def test_nothing_opens_before_the_code_of_conduct(app: Flask, session: Database) -> None:
    """At the first login everybody reads it and agrees; it is kept once, with its version."""
    first = accounts.add(session, "nueva", "Nueva", Role.COORDINATOR, datetime.now(UTC))
    session.commit()
    browser = Browser(app.test_client(), "nueva")
    browser.post("/entrar", username="nueva", password=first)
    browser.post("/contrasena", current=first, new=PASSWORD, again=PASSWORD)
    for path in ("/", "/programa", "/programa/mujeres", "/cuenta", "/cuenta/codigo", "/contrasena"):
        assert browser.get(path).location == "/cuenta/conducta", path
    page = browser.get("/cuenta/conducta").get_data(as_text=True)
    assert all(title in page for title, _ in conduct.POINTS)
    assert browser.client.post("/cuenta/conducta").status_code == 400
    assert browser.get("/programa").location == "/cuenta/conducta"
    for _ in range(2):
        assert browser.post("/cuenta/conducta").location == "/"
    assert browser.get("/programa").status_code == 200
    assert session.scalars(select(ConductAgreement.version)).all() == [conduct.VERSION]


def test_a_new_version_is_asked_again(app: Flask, rosa: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the code changes, she is asked at her next login; the session that runs goes on."""
    monkeypatch.setattr(conduct, "VERSION", "2027-01")
    assert rosa.get("/programa").status_code == 200
    again = enter_again(app, rosa)
    assert again.get("/programa").location == "/cuenta/conducta"
    again.post("/cuenta/conducta")
    assert again.get("/programa").status_code == 200


@pytest.mark.parametrize("role", list(Role))
def test_every_role_has_an_account_page(app: Flask, session: Database, team: str, role: Role) -> None:
    """Whatever her role, her account is hers to look at."""
    browser = enter(app, session, role, "quien", team)
    for path in ("/cuenta", "/cuenta/codigo", "/cuenta/conducta", "/contrasena"):
        assert browser.get(path).status_code == 200, path
