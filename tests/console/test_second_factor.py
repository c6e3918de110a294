"""Entering with a code, and what a session that waits for something can reach: nothing."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from codes import CodesApp
from routes import calls
from staffroom import PASSWORD, Browser, enter_again, set_up_codes

from console import access
from console.access import COOKIE, DEVICE_COOKIE
from models import Role
from outreach.sealing import vault
from outreach.staff import accounts, factors, logins
from outreach.texts import staff_accounts as texts

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy.orm import Session as Database

    from outreach.sealing.crypto import PersonalKey

pytest_plugins = ("console_fixtures",)


def _all(app: Flask) -> list[tuple[str, str]]:
    """Every route but the open ones and leaving, with made-up ids."""
    return [
        (method, path)
        for method, path, rule in calls(app)
        if rule.endpoint not in access.OPEN | {"auth.log_out"}
    ]


def test_entering_with_a_code(app: Flask, lucia: Browser) -> None:
    """P10: the password leads to the code, the code to her pages; each gives a cookie of its own."""
    again = Browser(app.test_client(), "lucia")
    answer = again.post("/entrar", username="lucia", password=PASSWORD)
    assert answer.location == "/entrar/codigo"
    half = again.client.get_cookie(COOKIE)
    assert half is not None
    assert again.client.get_cookie(DEVICE_COOKIE, path="/entrar") is None
    assert "El código no es correcto" not in again.get("/entrar/codigo").get_data(as_text=True)
    answer = again.post("/entrar/codigo", code="000000")
    assert answer.status_code == 401
    assert texts.CODE_FAILED in answer.get_data(as_text=True)
    assert lucia.phone is not None
    answer = again.post("/entrar/codigo", code=lucia.phone.code())
    assert (answer.status_code, answer.location) == (302, "/")
    for cookie in answer.headers.getlist("Set-Cookie"):
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
    assert again.get("/casos").status_code == 200
    assert again.client.get_cookie(DEVICE_COOKIE, path="/entrar") is not None
    again.client.set_cookie(COOKIE, half.value)
    assert again.get("/casos").location == "/entrar"
    assert again.get("/entrar/codigo").location == "/entrar"


def test_half_a_login_reaches_nothing(app: Flask, lucia: Browser) -> None:
    """P10: before the code every route leads to the login, for reading and for writing."""
    half = Browser(app.test_client(), "lucia")
    half.post("/entrar", username="lucia", password=PASSWORD)
    app.config["WTF_CSRF_ENABLED"] = False
    for method, path in _all(app):
        answer = half.client.open(path, method=method)
        assert (answer.status_code, answer.location) == (302, "/entrar"), path


def test_before_her_codes_a_key_holder_reaches_nothing(app: Flask, session: Database, team: str) -> None:
    """P10: a supervisor without a second factor is led to it from wherever she goes, with the key too."""
    now = datetime.now(UTC)
    first = accounts.add(session, "sofia", "Sofía", Role.SUPERVISOR, now)
    sofia = accounts.find(session, "sofia")
    assert sofia is not None
    vault.grant_with_recovery_key(session, team, sofia.id)
    session.commit()
    browser = Browser(app.test_client(), "sofia")
    browser.post("/entrar", username="sofia", password=first)
    assert browser.get("/cuenta/codigo").location == "/contrasena"
    browser.post("/contrasena", current=first, new=PASSWORD, again=PASSWORD)
    app.config["WTF_CSRF_ENABLED"] = False
    for method, path in _all(app):
        if path == "/cuenta/codigo":
            continue
        answer = browser.client.open(path, method=method)
        assert (answer.status_code, answer.location) in {(302, "/cuenta/codigo"), (404, None)}, path
    app.config["WTF_CSRF_ENABLED"] = True
    page = set_up_codes(browser)
    assert len(re.findall(r"[a-z2-7]{4}-[a-z2-7]{4}-[a-z2-7]{4}", page)) == 10
    browser.post("/cuenta/conducta")
    assert browser.get("/casos").status_code == 200


def test_after_five_wrong_codes_the_password_is_asked_again(app: Flask, lucia: Browser) -> None:
    """P10: the half login is gone, and she is told."""
    again = Browser(app.test_client(), "lucia")
    again.post("/entrar", username="lucia", password=PASSWORD)
    for _ in range(logins.CODE.most):
        answer = again.post("/entrar/codigo", code="000000")
    assert (answer.status_code, answer.location) == (302, "/entrar")
    assert texts.CODE_TOO_OFTEN in again.get("/entrar").get_data(as_text=True)


def test_her_phone_is_gone(app: Flask, lucia: Browser) -> None:
    """A recovery code lets her in and lets her set up another phone; the old one is worth nothing then."""
    assert lucia.phone is not None
    old = lucia.phone
    page = lucia.post("/cuenta/codigo/cambiar", page="/cuenta/codigo", code=old.code(), what="recovery")
    codes = re.findall(r"[a-z2-7]{4}-[a-z2-7]{4}-[a-z2-7]{4}", page.get_data(as_text=True))
    again = Browser(app.test_client(), "lucia")
    again.post("/entrar", username="lucia", password=PASSWORD)
    assert again.post("/entrar/codigo", code=codes[0]).location == "/"
    answer = again.post("/cuenta/codigo/cambiar", page="/cuenta/codigo", code=codes[0], what="phone")
    assert answer.status_code == 422
    answer = again.post("/cuenta/codigo/cambiar", page="/cuenta/codigo", code=codes[1], what="phone")
    assert answer.location == "/cuenta/codigo"
    assert lucia.get("/casos").status_code == 200
    set_up_codes(again)
    assert again.phone is not None
    assert again.phone.secret != old.secret
    assert lucia.get("/casos").location == "/entrar"  # whoever was in with the old one is out
    enter_again(app, again)


def test_codes_for_whoever_wants_them(app: Flask, rosa: Browser) -> None:
    """A coordinator may ask for codes and stop it again; a caseworker can't stop it."""
    set_up_codes(rosa)
    again = enter_again(app, rosa)
    assert again.get("/programa").status_code == 200
    assert again.phone is not None
    code = again.phone.code()
    answer = again.post("/cuenta/codigo/cambiar", page="/cuenta/codigo", code=code, what="off")
    assert answer.status_code == 302
    rosa.phone = None
    assert enter_again(app, rosa).get("/programa").status_code == 200


@pytest.mark.parametrize("what", ["off", "everything", ""])
def test_a_caseworker_keeps_her_codes(app: Flask, session: Database, lucia: Browser, what: str) -> None:
    """P10: no form takes the second factor from a role that holds a key."""
    assert lucia.phone is not None
    lucia.post("/cuenta/codigo/cambiar", page="/cuenta/codigo", code=lucia.phone.code(), what=what)
    found = accounts.find(session, "lucia")
    assert found is not None
    assert factors.is_set(session, found.id)


def test_an_administrator_resets_a_lost_phone(
    app: Flask, session: Database, lucia: Browser, ana: Browser
) -> None:
    """The administrator gives password and codes anew; the caseworker waits for the key again."""
    found = accounts.find(session, "lucia")
    assert found is not None
    page = ana.post(
        f"/administracion/personal/{found.id}/contrasena", page="/administracion/personal", factor="yes"
    )
    shown = re.search(r'<p class="code">([a-z2-7-]+)</p>', page.get_data(as_text=True))
    assert shown is not None
    assert lucia.get("/casos").location == "/entrar"
    again = Browser(app.test_client(), "lucia")
    assert again.post("/entrar", username="lucia", password=shown[1]).location == "/"
    again.post("/contrasena", current=shown[1], new=PASSWORD, again=PASSWORD)
    assert again.get("/").location == "/cuenta/codigo"
    set_up_codes(again)
    assert again.get("/casos").location == "/llave"


def test_the_page_keeps_its_policy(app: Flask, session: Database, rosa: Browser) -> None:
    """P10: the square to scan is drawn in the page: no style, no script, no other host; nothing is cached."""
    page = rosa.get("/cuenta/codigo")
    html = page.get_data(as_text=True)
    assert "<svg" in html
    assert not re.search(r"<script(?![^>]*src)|\son\w+=|\sstyle=|<style", html)
    assert page.headers["Cache-Control"] == "no-store"
    assert CodesApp.from_page(html).secret


def test_setting_up_waits_for_a_right_code(
    app: Flask, session: Database, key: PersonalKey, rosa: Browser
) -> None:
    """A wrong code changes nothing and leaves the same secret on the page."""
    secret = CodesApp.from_page(rosa.get("/cuenta/codigo").get_data(as_text=True)).secret
    answer = rosa.post("/cuenta/codigo", code="000000")
    assert answer.status_code == 422
    assert texts.FACTOR_NOT_CONFIRMED in answer.get_data(as_text=True)
    assert CodesApp.from_page(answer.get_data(as_text=True)).secret == secret
