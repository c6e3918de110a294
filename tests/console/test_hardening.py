"""What holds for every answer and every login: headers, cookies, nothing of before a login (P10)."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from routes import calls
from staffroom import PASSWORD, Browser, Programme, open_case

from console.access import COOKIE
from console.app import HEADERS, create_app

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy.orm import Session as Database
    from sqlalchemy.orm import sessionmaker
    from werkzeug.test import TestResponse

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

pytest_plugins = ("console_fixtures",)
FORM = "avanza_form"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def _cookie(browser: Browser, name: str) -> str:
    found = browser.client.get_cookie(name)
    return found.value if found else ""


def test_every_answer_is_hardened(
    app: Flask, session: Database, key: PersonalKey, lucia: Browser, rosa: Browser, programme: Programme
) -> None:
    """Pages, parts, files, refusals and what is not there: no foreign source, no frame, no cache."""
    case = open_case(session, key, programme.conversation)
    nobody = Browser(app.test_client(), "")
    kinds = set()
    for method, path, rule in calls(app, {"case_id": str(case.id)}):
        if rule.endpoint == "desk.stream":
            continue  # a stream, which does not end: `tests/console/test_stream.py`
        for browser in (nobody, lucia, rosa):
            if method == "POST" and rule.endpoint == "auth.log_out":
                continue
            answer = browser.client.open(path, method=method)
            kinds.add(answer.status_code)
            _is_hard(answer, path, cached=rule.endpoint == "static")
    assert kinds >= {200, 302, 400, 404}
    _is_hard(nobody.get("/nada"), "/nada")


def _is_hard(answer: TestResponse, path: str, *, cached: bool = False) -> None:
    for name, value in HEADERS.items():
        if name != "Content-Security-Policy":
            assert answer.headers.get(name) == value, (path, name)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy, path
    assert "unsafe" not in policy, path
    assert cached or answer.headers["Cache-Control"] == "no-store", path
    assert "Server" not in answer.headers or "/" not in answer.headers["Server"], path
    for cookie in answer.headers.getlist("Set-Cookie"):
        assert "HttpOnly" in cookie, path
        assert "SameSite=Strict" in cookie, path
    answer.close()


def test_cookies_are_for_https_where_the_console_is(
    settings: Settings, sessions: sessionmaker[Database]
) -> None:
    """Behind TLS no cookie of ours leaves over plain http, and browsers are told to stay with TLS."""
    client = create_app(replace(settings, console_secure=True), sessions).test_client()
    answer = client.get("/entrar", base_url="https://console.example")
    assert "max-age=" in answer.headers["Strict-Transport-Security"]
    assert all("Secure" in cookie for cookie in answer.headers.getlist("Set-Cookie"))
    assert answer.headers.getlist("Set-Cookie")
    assert "Strict-Transport-Security" not in client.get("/entrar").headers


def test_a_session_of_before_a_login_is_worth_nothing_after_it(
    app: Flask, rosa: Browser, ana: Browser
) -> None:
    """Whoever plants cookies in a browser learns nothing of the login that is made in it, and is not it."""
    planted = app.test_client()
    html = planted.get("/entrar").get_data(as_text=True)
    found = TOKEN.search(html)
    assert found
    known = planted.get_cookie(FORM)
    assert known is not None
    victim = Browser(app.test_client(), "rosa")
    victim.client.set_cookie(FORM, known.value)
    victim.client.set_cookie(COOKIE, _cookie(ana, COOKIE))  # the intruder's own login
    answer = victim.post("/entrar", username="rosa", password=PASSWORD)
    assert answer.status_code == 302
    assert _cookie(victim, COOKIE) not in {"", _cookie(ana, COOKIE), _cookie(rosa, COOKIE)}
    assert victim.get("/programa").status_code == 200
    assert _cookie(victim, FORM) != known.value
    # The intruder is who she was, and the token that she knows opens no form of the new login.
    assert ana.get("/programa").status_code == 404
    assert ana.get("/administracion/personal").status_code == 200
    answer = victim.client.post("/cuenta/sesiones/terminar", data={"csrf_token": found[1]})
    assert answer.status_code == 400
    planted.set_cookie(COOKIE, "x" * 43)
    assert planted.get("/programa").location == "/entrar"


def test_a_login_over_another_is_the_new_one_alone(app: Flask, rosa: Browser, ana: Browser) -> None:
    """The look-alike: somebody else logs in at a shared browser; the pages are hers, not those of before."""
    shared = Browser(app.test_client(), "rosa")
    shared.post("/entrar", username="rosa", password=PASSWORD)
    assert shared.get("/programa").status_code == 200
    shared.post("/entrar", username="ana", password=PASSWORD)
    assert shared.get("/programa").status_code == 404
    assert shared.get("/administracion/personal").status_code == 200
