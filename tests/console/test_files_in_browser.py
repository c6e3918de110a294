"""Files at the desk in a real browser: a voice note is heard, a picture seen, a file of ours sent."""

from __future__ import annotations

import itertools
import os
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import axe
import pytest
from files_support import VOICE, picture, she_sends
from flows.browser import chromium
from playwright.sync_api import expect
from serving import Visitor, served
from staffroom import PASSWORD, Browser, Programme, open_case

from outreach.casework import files
from outreach.texts import desk_files as texts

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from sqlalchemy.orm import Session as Database

    from outreach.sealing.crypto import PersonalKey

pytest_plugins = ("console_fixtures",)
pytestmark = [pytest.mark.processes, pytest.mark.browser, pytest.mark.timeout(600)]
PLAYED = """audio => new Promise(done => {
    audio.ontimeupdate = audio.onerror = () => done([audio.duration, audio.error]);
    audio.play();
})"""
SCREENS = [*itertools.product((360, 1440), ("light", "dark"))]


def _picture(page: Page, name: str) -> None:
    folder = os.environ.get("AVANZA_TEST_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png")


def test_files_of_a_case(
    session: Database, key: PersonalKey, lucia: Browser, programme: Programme,
    database_url: str, tmp_path: Path,
) -> None:  # fmt: skip
    """Heard and seen here; what is on its way appears by itself; WCAG 2.2 AA by axe, narrow and wide."""
    case = open_case(session, key, programme.conversation)
    she_sends(session, key, case, "voice", VOICE, "audio/ogg", "a noche me pedlo, ya no sé", heard="unsure")
    she_sends(session, key, case, "image", picture(), "image/jpeg")
    she_sends(session, key, case, "document", b"%PDF-1.7" + bytes(300_000), "application/pdf")
    waiting = she_sends(session, key, case, "voice", None, "audio/ogg")
    here = f"/casos/{case.id}"
    lucia.post(f"{here}/tomar", page=here)
    with served(database_url, tmp_path) as console, chromium() as browser:
        visitor = Visitor(console.address)
        visitor.enters(lucia.username, PASSWORD, lucia.phone)
        context = browser.new_context(viewport={"width": 1440, "height": 800})
        visitor.lends_her_login(context)
        page = context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
        page.goto(console.address + here)
        seconds, error = page.locator("audio").first.evaluate(PLAYED)
        assert (seconds > 0, error) == (True, None)
        expect(page.get_by_text(texts.WAITING)).to_have_count(1)
        files.keep(session, waiting, VOICE, "audio/ogg")
        session.commit()
        expect(page.locator("audio")).to_have_count(2)
        expect(page.get_by_text(texts.WAITING)).to_have_count(0)
        _sends(page)
        assert page.evaluate("Object.keys(localStorage).length + Object.keys(sessionStorage).length") == 0
        # The refused form is what the console's log calls an error.
        assert [error for error in errors if "422" not in error] == []
        context.close()
        for width, scheme in SCREENS:
            context = browser.new_context(
                viewport={"width": width, "height": 800},
                color_scheme=scheme,  # type: ignore[arg-type]
                bypass_csp=True,
            )
            visitor.lends_her_login(context)
            page = context.new_page()
            page.goto(console.address + here)
            _picture(page, f"files-shut-{width}-{scheme}")
            page.locator("summary", has_text="Mandarle un archivo").click()
            page.locator("summary", has_text=texts.OPEN_PICTURE).click()
            page.locator("summary", has_text=texts.CORRECT).first.click()
            expect(page.locator(".file img")).to_have_js_property("naturalWidth", 640)
            _picture(page, f"files-{width}-{scheme}")
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            if find_spec(axe.PACKAGE):
                assert axe.violations(page) == [], (width, scheme)
            context.close()


def _sends(page: Page) -> None:
    """Choose a file that goes, and one that WhatsApp does not take: what was typed stays."""
    page.locator("summary", has_text="Mandarle un archivo").click()
    page.set_input_files("#file", {"name": "denuncia.ogg", "mimeType": "audio/ogg", "buffer": VOICE})
    page.fill("#file-text", "Escúchalo a solas")
    page.get_by_role("button", name="Mandar el archivo").click()
    expect(page.locator(".say.staff")).to_contain_text("Escúchalo a solas")
    expect(page.locator(".say.staff audio")).to_have_count(1)
    assert "denuncia" not in page.content()
    page.locator("summary", has_text="Mandarle un archivo").click()
    page.set_input_files("#file", {"name": "a.html", "mimeType": "text/html", "buffer": b"<html>"})
    page.fill("#file-text", "mira")
    page.get_by_role("button", name="Mandar el archivo").click()
    expect(page.get_by_text(texts.NOT_SENDABLE)).to_have_count(1)
    expect(page.locator("#file")).to_be_visible()
    assert page.input_value("#file-text") == "mira"
