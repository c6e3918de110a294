"""Pages of a woman hold narrow and wide, light and dark, by axe; she is found, corrected, put back."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import axe
import pytest
from flows.browser import chromium
from playwright.sync_api import expect
from serving import Visitor, served
from staffroom import PASSWORD
from supporting import give

from outreach.people import registry

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from sqlalchemy.orm import Session as Database
    from staffroom import Browser, Programme

    from outreach.sealing.crypto import PersonalKey

pytest_plugins = ("console_fixtures",)
pytestmark = [pytest.mark.processes, pytest.mark.browser, pytest.mark.timeout(900)]
LIST = "/programa/mujeres"
SCREENS: tuple[tuple[int, Literal["dark", "light"], str], ...] = (
    (360, "dark", "Oblatos"), (1440, "light", "Analco"),
)  # fmt: skip


def test_her_pages(
    session: Database, key: PersonalKey, rosa: Browser, programme: Programme, database_url: str,
    tmp_path: Path,
) -> None:  # fmt: skip
    """WCAG 2.2 AA by axe: the list, who is found, her page, a correction, its undo by the keyboard."""
    woman = programme.women[0]
    registry.affiliate(session, key, woman, "DIF", "F-1", source="import")
    give(session, key, woman)
    session.commit()
    with served(database_url, tmp_path) as console, chromium() as chrome:
        visitor = Visitor(console.address)
        visitor.enters(rosa.username, PASSWORD, rosa.phone)
        for width, scheme, place in SCREENS:
            context = chrome.new_context(
                viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True
            )
            visitor.lends_her_login(context)
            page = context.new_page()
            page.goto(f"{console.address}{LIST}")
            _holds(page, f"list-{width}-{scheme}", width)
            page.get_by_label("Nombre, CURP, teléfono o folio").fill("helena uno")
            page.get_by_role("button", name="Buscar").click()
            _holds(page, f"found-{width}-{scheme}", width)
            page.get_by_role("link", name="Elena Uno").click()
            page.get_by_role("link", name="Corregir sus datos").click()
            page.get_by_label("Colonia o localidad").fill(place)
            _holds(page, f"correct-{width}-{scheme}", width)
            page.get_by_role("button", name="Guardar").click()
            expect(page.get_by_text(f"→ {place}")).to_be_visible()
            _holds(page, f"page-{width}-{scheme}", width)
            undo = page.get_by_role("button", name="Deshacer: Colonia").first
            undo.focus()
            page.keyboard.press("Enter")
            expect(page.get_by_text("Se deshizo el cambio.")).to_be_visible()
            page.goto(f"{console.address}{LIST}/nueva")
            page.get_by_role("button", name="Agregar").click()
            expect(page.get_by_text("Falta este dato.").first).to_be_visible()
            _holds(page, f"new-{width}-{scheme}", width)
            context.close()


def _holds(page: Page, name: str, width: int) -> None:
    expect(page.locator("h1:visible")).to_have_count(1)
    folder = os.environ.get("AVANZA_TEST_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"woman-{name}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    assert axe.violations(page) == [], name
