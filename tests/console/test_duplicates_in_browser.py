"""Duplicates in a real browser: judged by one key, undone; narrow and wide, light and dark, by axe."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import axe
import pytest
from flows.browser import chromium
from playwright.sync_api import expect
from serving import Visitor, served
from staffroom import PASSWORD, Browser
from test_duplicates import three  # noqa: F401 (a fixture)

if TYPE_CHECKING:
    import uuid

    from playwright.sync_api import Page

pytest_plugins = ("console_fixtures",)
pytestmark = [pytest.mark.processes, pytest.mark.browser, pytest.mark.timeout(600)]
SCREENS: tuple[tuple[int, Literal["dark", "light"]], ...] = ((360, "dark"), (1440, "light"))


def picture(page: Page, name: str, width: int) -> None:
    """Keep a picture where `AVANZA_TEST_PICTURES` names a folder; no page is wider than the screen."""
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    folder = os.environ.get("AVANZA_TEST_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"duplicates-{name}-{width}.png", full_page=True)


def test_judged_by_key_and_undone(
    three: list[uuid.UUID],  # noqa: F811 (the fixture)
    rosa: Browser,
    database_url: str,
    tmp_path: Path,
) -> None:
    """M merges, the list undoes it, D keeps the next apart; every page passes axe on both screens."""
    assert len(three) == 2
    with served(database_url, tmp_path) as console, chromium() as chrome:
        visitor = Visitor(console.address)
        visitor.enters(rosa.username, PASSWORD, rosa.phone)
        for width, scheme in SCREENS:
            context = chrome.new_context(
                viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True
            )
            visitor.lends_her_login(context)
            page = context.new_page()
            page.goto(f"{console.address}/duplicados")
            picture(page, f"pair-{scheme}", width)
            assert axe.violations(page) == []
            if width == SCREENS[0][0]:
                page.keyboard.press("m")
                expect(page.get_by_text("Quedaron en un solo registro")).to_be_visible()
                page.goto(f"{console.address}/duplicados/unidas")
                picture(page, f"merged-{scheme}", width)
                assert axe.violations(page) == []
                page.get_by_role("button", name="Deshacer").click()
                expect(page.get_by_text("Se deshizo la unión")).to_be_visible()
            else:
                page.keyboard.press("d")
                expect(page.get_by_text("Quedan como dos mujeres")).to_be_visible()
                page.goto(f"{console.address}/duplicados/unidas")
                picture(page, f"undone-{scheme}", width)
                assert axe.violations(page) == []
