"""Entering and leaving."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, text
from staffroom import PASSWORD, Browser, enter

from console import words
from console.access import COOKIE
from console.app import create_app
from models import Role, StaffSession
from outreach.staff import accounts

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy.orm import Session as Database
    from sqlalchemy.orm import sessionmaker
    from werkzeug.test import TestResponse

    from outreach.ground.settings import Settings

pytest_plugins = ("console_fixtures",)


def test_health_is_open(app: Flask) -> None:
    """The two health pages answer anybody, and say nothing but whether it works."""
    client = app.test_client()
    assert client.get("/healthz").json == {"status": "ok"}
    assert client.get("/readyz").json == {"status": "ready", "missing": []}


def test_ready_names_what_is_missing(settings: Settings, sessions: sessionmaker[Database]) -> None:
    """Without its database, or with one of another version, the process lives and says what it lacks."""
    gone = "postgresql://nobody@127.0.0.1:1/none"
    client = create_app(replace(settings, database_url=gone)).test_client()
    assert client.get("/healthz").status_code == 200
    assert client.get("/entrar").status_code == 200
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (503, {"status": "not ready", "missing": ["database"]})
    with sessions.begin() as db:
        db.execute(text("DELETE FROM alembic_version"))
    answer = create_app(settings, sessions).test_client().get("/readyz")
    assert (answer.status_code, answer.json) == (503, {"status": "not ready", "missing": ["migrations"]})


def test_newer_tables_do_not_send_staff_away(settings: Settings, sessions: sessionmaker[Database]) -> None:
    """While an upgrade goes from process to process those of before serve on."""
    with sessions.begin() as db:
        db.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    answer = create_app(settings, sessions).test_client().get("/readyz")
    assert (answer.status_code, answer.json) == (200, {"status": "ready", "missing": []})


def test_without_a_database_a_page_says_so(settings: Settings, rosa: Browser) -> None:
    """When the database is away a page says so in plain words, and nobody is thrown out."""
    away = create_app(replace(settings, database_url="postgresql://nobody@127.0.0.1:1/none")).test_client()
    cookie = rosa.client.get_cookie(COOKIE)
    assert cookie is not None
    away.set_cookie(COOKIE, cookie.value)
    answer = away.get("/programa")
    assert answer.status_code == 503
    assert "Sin base de datos" in answer.get_data(as_text=True)


def test_the_cookie(app: Flask, rosa: Browser) -> None:
    """P10: the session's cookie is for this site only, out of reach of scripts, and Secure behind TLS."""
    answer = _log_in(app, "rosa", PASSWORD, {"X-Forwarded-Proto": "https"})
    cookie = next(c for c in answer.headers.getlist("Set-Cookie") if c.startswith(COOKIE))
    for part in ("Secure", "HttpOnly", "SameSite=Strict"):
        assert part in cookie


@pytest.mark.parametrize("username", ["rosa", "nadie"])
def test_a_failed_login_says_nothing(app: Flask, rosa: Browser, username: str) -> None:
    """P10: a wrong password and an unknown user read the same."""
    answer = _log_in(app, username, "no es esta")
    assert answer.status_code == 401
    assert words.LOGIN_FAILED in answer.get_data(as_text=True)
    assert COOKIE not in str(answer.headers.getlist("Set-Cookie"))


def test_the_first_password_opens_nothing_else(app: Flask, session: Database) -> None:
    """Until she has chosen her own password, every page leads there."""
    first = accounts.add(session, "nueva", "Nueva", Role.COORDINATOR, datetime.now(UTC))
    session.commit()
    browser = Browser(app.test_client(), "nueva")
    browser.post("/entrar", username="nueva", password=first)
    assert browser.get("/programa/mujeres").location == "/contrasena"


def test_leaving(rosa: Browser) -> None:
    """After leaving, the old cookie is worth nothing."""
    old = rosa.client.get_cookie(COOKIE)
    assert old is not None
    rosa.post("/salir", page="/programa")
    rosa.client.set_cookie(COOKIE, old.value)
    assert rosa.get("/programa").location == "/entrar"


def test_a_page_that_refreshes_itself_keeps_nobody_in(app: Flask, session: Database, team: str) -> None:
    """P10: half an hour without a person doing something ends the session, whatever the page fetches."""
    browser = enter(app, session, Role.CASEWORKER, "lucia", team)
    row = session.scalars(select(StaffSession)).one()
    row.last_seen_at -= timedelta(minutes=9)
    before = row.last_seen_at
    session.commit()
    assert browser.get("/casos/lista", **{"X-Fragment": "1"}).status_code == 200
    session.refresh(row)
    assert row.last_seen_at == before
    row.last_seen_at -= timedelta(minutes=1)
    session.commit()
    assert browser.get("/casos/lista", **{"X-Fragment": "1"}).status_code == 423
    row.last_seen_at -= timedelta(minutes=20)
    session.commit()
    assert browser.get("/casos/lista", **{"X-Fragment": "1"}).status_code == 401


def test_logs_name_nobody(app: Flask, rosa: Browser, caplog: pytest.LogCaptureFixture) -> None:
    """P4: logging in, well or not, leaves neither user nor password in a log."""
    caplog.set_level(logging.DEBUG)
    _log_in(app, "rosa", "no es esta")
    _log_in(app, "rosa", PASSWORD)
    assert "rosa" not in caplog.text
    assert PASSWORD not in caplog.text


def _log_in(app: Flask, username: str, password: str, headers: dict[str, str] | None = None) -> TestResponse:
    app.config["WTF_CSRF_ENABLED"] = False
    fields = {"username": username, "password": password}
    return app.test_client().post("/entrar", data=fields, headers=headers)
