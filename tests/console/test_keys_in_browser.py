"""A team's key is changed in a real browser: its page seals anew by itself, a colleague's page is covered."""

from __future__ import annotations

import itertools
import os
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import axe
import pytest
from flows.browser import chromium
from playwright.sync_api import expect
from serving import Visitor, served
from sqlalchemy import text
from staffroom import CANARY, PASSWORD, Browser, Programme, enter, open_case

from models import Role, utcnow
from outreach.sealing import vault
from outreach.staff import accounts

if TYPE_CHECKING:
    from flask import Flask
    from playwright.sync_api import Page, ViewportSize
    from sqlalchemy.orm import Session as Database

    from outreach.sealing.crypto import PersonalKey

pytest_plugins = ("console_fixtures",)
pytestmark = [pytest.mark.processes, pytest.mark.browser, pytest.mark.timeout(600)]
WIDE: ViewportSize = {"width": 1440, "height": 800}
SCREENS = [*itertools.product((360, 1440), ("light", "dark"))]


def _picture(page: Page, name: str) -> None:
    folder = os.environ.get("AVANZA_TEST_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_the_key_is_changed(
    app: Flask, session: Database, key: PersonalKey, lucia: Browser, ana: Browser, team: str,
    programme: Programme, database_url: str, tmp_path: Path,
) -> None:  # fmt: skip
    """Who left is named, one press changes the key, and what a colleague typed waits under her curtain."""
    marta = enter(app, session, Role.CASEWORKER, "marta", team)
    case = open_case(session, key, programme.conversation)
    here = f"/casos/{case.id}"
    marta.post(f"{here}/tomar", page=here)
    _somebody_leaves(session, team)
    with served(database_url, tmp_path) as console, chromium() as browser:
        contexts = []
        for who in (lucia, marta, ana):
            visitor = Visitor(console.address)
            visitor.enters(who.username, PASSWORD, who.phone)
            contexts.append(browser.new_context(viewport=WIDE, bypass_csp=True))
            visitor.lends_her_login(contexts[-1])
        changing, typing = contexts[0].new_page(), contexts[1].new_page()
        errors: list[str] = []
        changing.on("pageerror", lambda error: errors.append(str(error)))
        typing.goto(console.address + here)
        typing.locator("textarea[data-draft=reply]").fill("No te vayas, estoy aquí")
        changing.goto(f"{console.address}/llave")
        _looks(changing, "key")
        changing.on("dialog", lambda dialog: dialog.accept())
        changing.get_by_role("button", name="Cambiar la llave").click()
        expect(changing.get_by_label("Clave de recuperación", exact=True).first).to_be_visible()
        expect(changing.get_by_text("Lo de antes se está sellando")).to_be_visible()
        _looks(changing, "key-changed")
        session.commit()
        session.execute(text("UPDATE former_key SET changed_at = now() - interval '1 minute'"))
        session.commit()
        expect(changing.get_by_text("Todo lo de antes está sellado")).to_be_visible(timeout=30_000)

        expect(typing.get_by_role("dialog")).to_be_visible(timeout=30_000)
        assert CANARY not in typing.inner_text("body")
        assert marta.phone is not None
        typing.fill("#unlock-password", PASSWORD)
        typing.fill("#unlock-code", marta.phone.code())
        typing.get_by_role("button", name="Abrir", exact=True).click()
        expect(typing.get_by_role("dialog")).to_be_hidden()
        expect(typing.locator("textarea[data-draft=reply]")).to_have_value("No te vayas, estoy aquí")
        typing.reload()
        expect(typing.get_by_text(CANARY).first).to_be_visible()
        assert errors == []
        teams = contexts[2].new_page()
        teams.goto(f"{console.address}/llave/equipos")
        _looks(teams, "teams")


def _somebody_leaves(session: Database, paper: str) -> None:
    now = utcnow()
    accounts.add(session, "julia", "Julia Prueba", Role.CASEWORKER, now)
    julia = accounts.find(session, "julia")
    assert julia is not None
    vault.grant_with_recovery_key(session, paper, julia.id)
    accounts.disable(session, julia, now)
    session.commit()


def _looks(page: Page, name: str) -> None:
    """Look at a page as it stands, narrow and wide, light and dark; WCAG 2.2 AA by axe."""
    for width, scheme in SCREENS:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        _picture(page, f"{name}-{width}-{scheme}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
        if find_spec(axe.PACKAGE):
            assert axe.violations(page) == [], (name, width, scheme)
    page.set_viewport_size(WIDE)
