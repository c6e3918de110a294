"""The pages of referrals and counts can be used by everybody: narrow and wide, light and dark, by axe."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from looks import looking
from playwright.sync_api import expect
from referring import ASKED, CONSENT, HERS, Referring, enter_there
from staffroom import Browser, Programme, enter
from test_counts_pages import a_quarter_ago, cases_of

from models import Role

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask
    from playwright.sync_api import Page
    from sqlalchemy.orm import Session as Database

    from outreach.sealing.crypto import PersonalKey

pytest_plugins = ("console_fixtures",)
pytestmark = [pytest.mark.processes, pytest.mark.browser, pytest.mark.timeout(900)]


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
    with looking(database_url, tmp_path, "referral") as looks:
        for person, seen in pages:
            for screen in looks.screens_of(person):
                for name, path in seen:
                    screen.opens(path)
                    screen.unfolds("#panel-referral")
                    screen.holds(name)
                    if name == "form":
                        _fill_in(screen.page)
                        screen.holds("preview")


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
