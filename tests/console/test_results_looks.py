"""The results and interviews on paper hold narrow and wide, light and dark, by axe."""

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
from staffroom import PASSWORD, enter

from models import FoodSecurityInterview, Role, Woman, utcnow
from outreach.start import demo

if TYPE_CHECKING:
    from flask import Flask
    from playwright.sync_api import Page
    from sqlalchemy.orm import Session as Database
    from staffroom import Browser

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

pytest_plugins = ("console_fixtures",)
pytestmark = [pytest.mark.processes, pytest.mark.browser, pytest.mark.timeout(900)]
SCREENS: tuple[tuple[int, Literal["dark", "light"]], ...] = ((360, "dark"), (1440, "light"))


def test_results_and_interviews(
    app: Flask, session: Database, key: PersonalKey, settings: Settings, rosa: Browser, database_url: str,
    tmp_path: Path,
) -> None:  # fmt: skip
    """WCAG 2.2 AA by axe: a quarter of the sample programme with charts, and the form of an interview."""
    demo.load(session, key, settings, utcnow())
    session.commit()
    dora = enter(app, session, Role.DIRECTION, "dora")
    woman = session.scalars(select(Woman).order_by(Woman.created_at.desc())).first()
    assert woman is not None
    with served(database_url, tmp_path) as console, chromium() as chrome:
        for person, name, path in (
            (dora, "results", "/resultados"),
            (rosa, "interview", f"/programa/alimentacion/mujer/{woman.id}"),
        ):
            visitor = Visitor(console.address)
            visitor.enters(person.username, PASSWORD, person.phone)
            for width, scheme in SCREENS:
                context = chrome.new_context(
                    viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True
                )
                visitor.lends_her_login(context)
                page = context.new_page()
                page.goto(console.address + path)
                _holds(page, f"{name}-{width}-{scheme}", width)
                if person is rosa and scheme == "light":
                    _is_entered(page, f"{name}-entered", width)
                context.close()
    entered = select(FoodSecurityInterview.source).where(FoodSecurityInterview.woman_id == woman.id)
    assert session.scalars(entered).all() == ["form"]


def _is_entered(page: Page, name: str, width: int) -> None:
    """Fill in the form with the keyboard alone; first without the consent."""
    page.get_by_label("Día en que se le preguntó").fill("2026-02-03")
    for question in page.locator("fieldset").all()[:7]:
        question.locator("input").first.focus()
        page.keyboard.press("Space")
        page.keyboard.press("ArrowDown")
    page.get_by_role("button", name="Guardar").press("Enter")
    expect(page.get_by_text("Sin su consentimiento firmado")).to_be_visible()
    page.get_by_label("Ese día firmó").press("Space")
    page.get_by_role("button", name="Guardar").press("Enter")
    expect(page.get_by_text("La encuesta quedó anotada.")).to_be_visible()
    expect(page.get_by_text("Seguridad alimentaria")).to_be_visible()
    _holds(page, name, width)


def _holds(page: Page, name: str, width: int) -> None:
    expect(page.locator("h1:visible")).to_have_count(1)
    folder = os.environ.get("AVANZA_TEST_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    assert axe.violations(page) == [], name
