"""The printed referral in Chromium's own viewer, under the policy that the page has."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from flows.browser import chromium
from playwright.sync_api import expect
from referring import ASKED, CONSENT, Referring, enter_there
from serving import Visitor, served
from staffroom import PASSWORD, Browser, Programme

from console.desk.referral_forms import SERVICE

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask
    from playwright.sync_api import Frame, Page
    from sqlalchemy.orm import Session as Database

    from outreach.sealing.crypto import PersonalKey

pytest_plugins = ("console_fixtures",)
pytestmark = [pytest.mark.processes, pytest.mark.browser, pytest.mark.timeout(300)]
VIEWER = "chrome-extension://mhjfbmdgcfjbbpaeojofohoefgiehjai/"
"""Chromium's own viewer of PDF."""
PATIENCE_SECONDS = 30


def test_it_is_shown_by_the_browser(
    app: Flask, session: Database, key: PersonalKey, lucia: Browser, programme: Programme, database_url: str,
    tmp_path: Path,
) -> None:  # fmt: skip
    """P4: what the policy allows is enough for the viewer, and nothing is refused or downloaded."""
    enter_there(app, session)
    referring = Referring(session, key, lucia, programme)
    said: list[str] = []
    with served(database_url, tmp_path) as console, chromium("--headless=new") as chrome:
        visitor = Visitor(console.address)
        visitor.enters(lucia.username, PASSWORD, lucia.phone)
        context = chrome.new_context()
        visitor.lends_her_login(context)
        context.on("console", lambda told: said.append(told.text))
        page = context.new_page()
        page.goto(console.address + referring.form)
        page.locator(f"input[name=to][value={SERVICE}]").check()
        page.locator("input[name=service]").fill("Refugio de la prueba")
        page.get_by_label("Qué se pide").fill(ASKED)
        page.get_by_label("Qué dijo y cómo").fill(CONSENT)
        page.get_by_label("Cómo se llama").check()
        page.get_by_role("button", name="Ver lo que sale").click()
        expect(page.get_by_role("heading", name="Esto es lo que sale")).to_be_visible()
        with context.expect_page() as opened:
            page.get_by_role("button", name="Abrir el documento para imprimir").click()
        sheet = _sheet(opened.value)
        # The viewer has read the document and laid its pages out.
        size = sheet.evaluate("document.querySelector('#sizer').getBoundingClientRect().height")
        assert size > 100
        assert [told for told in said if "Content Security Policy" in told or "frame" in told.lower()] == []


def _sheet(page: Page) -> Frame:
    """Return the frame in which the viewer draws."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        shown = any(one.url.startswith(VIEWER) for one in page.frames)
        inner = [one for one in page.frames if one.parent_frame and one.url.endswith("/documento")]
        if shown and inner and inner[0].query_selector("embed[type='application/x-google-chrome-pdf']"):
            return inner[0]
        page.wait_for_timeout(200)
    raise AssertionError([one.url for one in page.frames])
