"""The record in a real browser: by keyboard alone, asked before it is left, hidden without a question."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from flows.browser import chromium
from playwright.sync_api import expect
from serving import Visitor, served
from staffroom import PASSWORD, Browser, Programme, open_case

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Dialog
    from sqlalchemy.orm import Session as Database

    from outreach.sealing.crypto import PersonalKey

pytest_plugins = ("console_fixtures",)
pytestmark = [pytest.mark.processes, pytest.mark.browser, pytest.mark.timeout(300)]


def test_filled_in_by_keyboard(
    session: Database, key: PersonalKey, lucia: Browser, programme: Programme, database_url: str,
    tmp_path: Path,
) -> None:  # fmt: skip
    """Tab, arrows and Enter fill a section in; what is not saved is asked about, but never when she hides."""
    here = f"/casos/{open_case(session, key, programme.conversation).id}"
    lucia.post(f"{here}/tomar", page=here)
    asked: list[str] = []

    def stays(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    with served(database_url, tmp_path) as console, chromium() as browser:
        visitor = Visitor(console.address)
        visitor.enters(lucia.username, PASSWORD, lucia.phone)
        context = browser.new_context(viewport={"width": 360, "height": 800})
        visitor.lends_her_login(context)
        page = context.new_page()
        page.on("dialog", stays)
        page.goto(f"{console.address}{here}/expediente/senales")
        page.get_by_role("radio", name="Sin preguntar").first.focus()
        page.keyboard.press("ArrowRight")  # from the last to the first: yes
        page.keyboard.press("Tab")
        page.keyboard.press("ArrowLeft")  # of the next sign: it is not known
        page.get_by_role("link", name="← Expediente").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Señales de peligro")).to_be_visible()
        assert asked == ["beforeunload"]
        page.get_by_role("button", name="Guardar").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_text("Guardado.")).to_be_visible()
        said = page.locator("#senales dd")
        expect(said.nth(0)).to_have_text("Sí")
        expect(said.nth(1)).to_have_text("No se sabe")
        page.goto(f"{console.address}{here}/expediente/plan")
        page.fill("#f-trust", "su hermana")
        expect(page.get_by_text("Borrador guardado")).to_be_visible()
        other = context.new_page()
        other.goto(f"{console.address}{here}/expediente/plan")
        expect(other.locator("#f-trust")).to_have_value("su hermana")
        other.close()
        page.fill("#f-trust", "su hermana, en Tonalá")
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
        page.wait_for_url("**/pausa")
        assert asked == ["beforeunload"]
        page.goto(f"{console.address}{here}/expediente/plan")
        expect(page.locator("#f-trust")).to_have_value("su hermana, en Tonalá")
        page.get_by_role("button", name="Dejarlo como estaba").click()
        expect(page.get_by_text("Se quitó lo que no guardaste.")).to_be_visible()
        page.goto(f"{console.address}{here}/expediente/plan")
        expect(page.locator("#f-trust")).to_have_value("")
