"""The pages of the record can be used by everybody: narrow and wide, light and dark, by axe."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import axe
import pytest
from flows.browser import chromium
from playwright.sync_api import expect
from serving import Visitor, served
from sqlalchemy import select
from staffroom import PASSWORD, Browser, Programme, enter, open_case

from models import Role, Staff
from outreach.staff import audit
from outreach.staff.audit import Action

if TYPE_CHECKING:
    from flask import Flask
    from playwright.sync_api import Page
    from sqlalchemy.orm import Session as Database

    from outreach.sealing.crypto import PersonalKey

pytest_plugins = ("console_fixtures",)
pytestmark = [pytest.mark.processes, pytest.mark.browser, pytest.mark.timeout(900)]
SCREENS: tuple[tuple[int, Literal["dark", "light"]], ...] = ((360, "dark"), (1440, "light"))


def test_pages_of_the_record(
    app: Flask, session: Database, key: PersonalKey, team: str, lucia: Browser, programme: Programme,
    database_url: str, tmp_path: Path,
) -> None:  # fmt: skip
    """WCAG 2.2 AA by axe: why a conversation is opened, what a supervisor is told, what an auditor sees."""
    here = f"/casos/{open_case(session, key, programme.conversation).id}"
    lucia.post(f"{here}/tomar", page=here)
    sofia = enter(app, session, Role.SUPERVISOR, "sofia", team)
    marta = enter(app, session, Role.CASEWORKER, "marta", team)
    aurora = enter(app, session, Role.AUDITOR, "aurora")
    marta.post(f"{here}/abrir", page=here, reason="Lucía me pidió ayuda con ella")
    known = session.scalars(select(Staff).where(Staff.username == "marta")).one()
    for _ in range(12):
        audit.record(session, known.id, Action.DESK_OPENED, known.created_at)
    session.commit()
    pages = (
        (lucia, (("seen", here),)),
        (sofia, (("glass", here), ("openings", "/aperturas"))),
        (aurora, (("office", "/auditoria"), ("desk", "/auditoria/mesa"), ("state", "/auditoria/estado"))),
    )
    with served(database_url, tmp_path) as console, chromium() as chrome:
        for person, seen in pages:
            visitor = Visitor(console.address)
            visitor.enters(person.username, PASSWORD, person.phone)
            for width, scheme in SCREENS:
                context = chrome.new_context(
                    viewport={"width": width, "height": 800},
                    color_scheme=scheme,
                    bypass_csp=True,
                )
                visitor.lends_her_login(context)
                page = context.new_page()
                for name, path in seen:
                    page.goto(console.address + path)
                    expect(page.locator("h1:visible")).to_have_count(1)
                    for one in page.locator("#panel-seen").all():
                        one.evaluate("panel => { panel.open = true }")
                    _picture(page, f"{name}-{width}-{scheme}")
                    assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)
                    assert axe.violations(page) == [], (path, width, scheme)
                context.close()


def _picture(page: Page, name: str) -> None:
    folder = os.environ.get("AVANZA_TEST_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"audit-{name}.png", full_page=True)
