"""The pages of groups, series, calendar and programmes can be used by everybody: narrow and wide, by axe."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import axe
import pytest
from flows.browser import chromium
from playwright.sync_api import expect
from serving import Visitor, served
from staffroom import PASSWORD, Browser, Programme

from models import FIRST_PROGRAMME, HolidayKind
from outreach.programme import closed_days

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from sqlalchemy.orm import Session as Database

pytest_plugins = ("console_fixtures",)
pytestmark = [pytest.mark.processes, pytest.mark.browser, pytest.mark.timeout(900)]
SCREENS: tuple[tuple[int, Literal["dark", "light"]], ...] = ((360, "dark"), (1440, "light"))


def test_pages_of_programmes(
    session: Database, rosa: Browser, ana: Browser, programme: Programme, database_url: str, tmp_path: Path
) -> None:
    """WCAG 2.2 AA by axe; a series is planned, saved and one of its sessions moved, in a browser."""
    first = datetime.now(UTC).date() + timedelta(days=70)
    first -= timedelta(days=first.weekday() - 1)
    closed = first + timedelta(weeks=2)
    closed_days.enter(session, closed, closed, "Aniversario", HolidayKind.SCHOOL, "Calendario escolar")
    session.commit()
    group = f"/programa/grupos/{programme.group.id}"
    pages = (
        (rosa, (("group", group), ("group-form", f"{group}/editar"), ("workshops", "/programa/talleres"),
                ("workshop-form", "/programa/talleres/nuevo"), ("calendar", "/programa/calendario"))),
        (ana, (("programmes", "/programas"), ("programme-form", f"/programas/{FIRST_PROGRAMME}"),
               ("agencies", "/dependencias"))),
    )  # fmt: skip
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
                    _look(page, f"{name}-{width}", width)
                if person is rosa:
                    day = first + timedelta(days=0 if width == SCREENS[0][0] else 1)
                    _plan(page, console.address + f"{group}/serie", day.isoformat(), width)
                context.close()


def _plan(page: Page, address: str, day: str, width: int) -> None:
    """Plan a series, see what falls out, save it, move one of its sessions."""
    page.goto(address)
    page.get_by_label("Día", exact=True).fill(day)
    page.get_by_label("Hora", exact=True).fill("16:30")
    _look(page, f"series-{width}", width)
    page.get_by_role("button", name="Ver las fechas").click()
    expect(page.get_by_role("heading", name="10 sesiones")).to_be_visible()
    _look(page, f"series-dates-{width}", width)
    page.get_by_role("button", name="Guardar las 10 sesiones").click()
    expect(page.get_by_text("Quedaron guardadas 10 sesiones.")).to_be_visible()
    page.get_by_role("link", name="Mover la sesión").nth(3).click()
    page.get_by_label("Hora", exact=True).fill("17:30")
    page.get_by_role("button", name="Mover y avisar").click()
    expect(page.get_by_text("cambió de fecha").first).to_be_visible()
    _look(page, f"series-moved-{width}", width)


def _look(page: Page, name: str, width: int) -> None:
    """No fault by axe, nothing wider than the screen; a picture where a folder is named."""
    assert axe.violations(page) == [], name
    assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    folder = os.environ.get("AVANZA_TEST_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
