"""The pages of referrals and counts can be used by everybody: narrow and wide, light and dark, by axe."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import axe
import pytest
from flows.browser import chromium
from playwright.sync_api import expect
from referring import ASKED, CONSENT, HERS, Referring, enter_there
from serving import Visitor, served
from staffroom import PASSWORD, Browser, Programme, enter
from test_counts_pages import a_quarter_ago, cases_of

from models import Role

if TYPE_CHECKING:
    from flask import Flask
    from playwright.sync_api import Page
    from sqlalchemy.orm import Session as Database

    from outreach.sealing.crypto import PersonalKey

pytest_plugins = ("console_fixtures",)
pytestmark = [pytest.mark.processes, pytest.mark.browser, pytest.mark.timeout(900)]
SCREENS: tuple[tuple[int, Literal["dark", "light"]], ...] = ((360, "dark"), (1440, "light"))


def test_pages_of_referrals_and_counts(
    app: Flask, session: Database, key: PersonalKey, team: str, lucia: Browser, programme: Programme,
    database_url: str, tmp_path: Path,
) -> None:  # fmt: skip
    """WCAG 2.2 AA by axe: the form, what goes, both sides' panels, the list, a quarter's counts."""
    ines = enter_there(app, session)
    sofia = enter(app, session, Role.SUPERVISOR, "sofia", team)
    referring = Referring(session, key, lucia, programme)
    there = referring.sent()
    ines.post(f"{there}/tomar", page=there)
    cases_of(session, key, 23, a_quarter_ago(datetime.now(UTC)))
    pages = (
        (lucia, (("form", referring.form), ("here", referring.here), ("list", "/casos/canalizaciones"))),
        (ines, (("there", there),)),
        (sofia, (("counts", "/supervision/estadistica"),)),
    )
    with served(database_url, tmp_path) as console, chromium() as chrome:
        for person, seen in pages:
            visitor = Visitor(console.address)
            visitor.enters(person.username, PASSWORD, person.phone)
            for width, scheme in SCREENS:
                context = chrome.new_context(
                    viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True
                )
                visitor.lends_her_login(context)
                page = context.new_page()
                for name, path in seen:
                    page.goto(console.address + path)
                    for one in page.locator("#panel-referral").all():
                        one.evaluate("panel => { panel.open = true }")
                    _holds(page, f"{name}-{width}-{scheme}", width)
                    if name == "form":
                        _fill_in(page)
                        _holds(page, f"preview-{width}-{scheme}", width)
                context.close()


def _fill_in(page: Page) -> None:
    """Tick what goes with the keyboard's and the mouse's own ways, and look at it."""
    page.get_by_label(HERS).check()
    page.get_by_label("Qué se pide").fill(ASKED)
    page.get_by_label("Qué dijo y cómo").fill(CONSENT)
    page.get_by_label("Cómo se llama").check()
    page.locator("summary", has_text="Mensajes").click()
    page.locator("input[name=line]").first.check()
    page.get_by_role("button", name="Ver lo que sale").click()
    expect(page.get_by_role("heading", name="Esto es lo que sale")).to_be_visible()
    expect(page.get_by_text("Elena Uno")).to_be_visible()


def _holds(page: Page, name: str, width: int) -> None:
    expect(page.locator("h1:visible")).to_have_count(1)
    folder = os.environ.get("AVANZA_TEST_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"referral-{name}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    assert axe.violations(page) == [], name
