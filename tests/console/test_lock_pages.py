"""What a locked session answers, to a page and to a fragment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from routes import filled
from staffroom import CANARY, PASSWORD, Browser, Programme, open_case

from console import access
from outreach.staff import logins
from outreach.texts import staff_accounts as texts

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy.orm import Session as Database

    from outreach.sealing.crypto import PersonalKey

pytest_plugins = ("console_fixtures",)
FRAGMENT = {"X-Fragment": "1"}


@pytest.fixture
def later(app: Flask, lucia: Browser) -> datetime:
    """Let ten minutes pass in which nobody does anything; return the moment."""
    moment = datetime.now(UTC) + timedelta(minutes=10, seconds=1)
    app.extensions["avanza_clock"] = lambda: moment
    return moment


def _code(browser: Browser, now: datetime) -> str:
    assert browser.phone is not None
    return browser.phone.code(now)


def test_a_locked_session_reaches_nothing(
    app: Flask, session: Database, key: PersonalKey, lucia: Browser, programme: Programme, later: datetime
) -> None:
    """P4: every page leads to the lock and every fragment answers 423, without a word of hers."""
    case = open_case(session, key, programme.conversation)
    assert lucia.get(f"/casos/{case.id}").location == "/entrar/abrir"
    app.config["WTF_CSRF_ENABLED"] = False
    for rule in app.url_map.iter_rules():
        if rule.endpoint in access.OPEN | {"auth.log_out", "auth.unlock"}:
            continue
        path = filled(rule, {"case_id": str(case.id)})
        for method in (rule.methods or set()) & {"GET", "POST"}:
            answer = lucia.client.open(path, method=method, headers=FRAGMENT)
            assert answer.status_code in {423, 404}, path
            assert CANARY.encode() not in answer.data
    assert lucia.get(f"/casos/{case.id}/hilo", **FRAGMENT).status_code == 423


def test_opening_it_again(lucia: Browser, later: datetime) -> None:
    """Password and code lead back to her pages; one of them alone does not, and does not say which."""
    assert lucia.get("/casos").location == "/entrar/abrir"
    for fields in (
        {"password": "no es", "code": _code(lucia, later)},
        {"password": PASSWORD, "code": "000000"},
        {"password": PASSWORD},
    ):
        answer = lucia.post("/entrar/abrir", **fields)
        assert answer.status_code == 422
        assert texts.UNLOCK_FAILED in answer.get_data(as_text=True)
    assert lucia.post("/entrar/abrir", password=PASSWORD, code=_code(lucia, later)).location == "/"
    assert lucia.get("/casos").status_code == 200
    assert lucia.get("/entrar/abrir").location == "/"


def test_opening_it_from_the_covered_page(app: Flask, lucia: Browser, later: datetime) -> None:
    """The page that stayed gets answers that it can show, and the session's end where codes are guessed."""
    app.config["WTF_CSRF_ENABLED"] = False

    def opened(code: str) -> tuple[int, object]:
        data = {"password": PASSWORD, "code": code}
        answer = lucia.client.post("/entrar/abrir", data=data, headers=FRAGMENT)
        return answer.status_code, answer.get_json(silent=True)

    assert opened("000000") == (422, {"problem": texts.UNLOCK_FAILED})
    assert opened(_code(lucia, later)) == (200, {"left": 600})
    app.extensions["avanza_clock"] = lambda: later + timedelta(minutes=10)
    assert [opened("000000")[0] for _ in range(logins.CODE.most)] == [422] * 4 + [401]


def test_what_the_page_asks(app: Flask, lucia: Browser, rosa: Browser) -> None:
    """Asking how long is left keeps nobody in; an act does, with its token."""
    began = datetime.now(UTC)
    app.extensions["avanza_clock"] = lambda: began + timedelta(minutes=5)
    left = lucia.get("/cuenta/sesion", **FRAGMENT).get_json()["left"]
    assert 200 <= left <= 300  # the fixtures took a while
    assert lucia.client.post("/cuenta/sesion", headers=FRAGMENT).status_code == 400
    assert lucia.post("/cuenta/sesion", page="/cuenta/codigo").get_json() == {"left": 600}
    assert rosa.get("/cuenta/sesion", **FRAGMENT).get_json() == {"left": None}
    app.extensions["avanza_clock"] = lambda: began + timedelta(minutes=16)
    assert lucia.get("/cuenta/sesion", **FRAGMENT).status_code == 423
    app.extensions["avanza_clock"] = lambda: began + timedelta(minutes=36)
    assert lucia.get("/cuenta/sesion", **FRAGMENT).status_code == 401


def test_the_cover_is_for_who_holds_the_key(lucia: Browser, rosa: Browser) -> None:
    """Only pages of a session with the key carry the cover."""
    assert 'id="cortina"' in lucia.get("/casos").get_data(as_text=True)
    assert 'id="cortina"' not in rosa.get("/programa").get_data(as_text=True)


def test_leaving_from_the_lock(lucia: Browser, later: datetime) -> None:
    """She may leave instead."""
    assert lucia.post("/salir", page="/entrar/abrir").location == "/entrar"
    assert lucia.get("/entrar/abrir").location == "/entrar"
