"""Pages looked at as everybody uses them: narrow and dark, wide and light, by axe, and kept as pictures.

`AVANZA_TEST_PICTURES` names a folder for the pictures.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import axe
from flows.browser import chromium
from playwright.sync_api import expect
from serving import Visitor, served
from staffroom import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser as Chromium
    from playwright.sync_api import Page
    from staffroom import Browser

SCREENS: tuple[tuple[int, Literal["dark", "light"]], ...] = ((360, "dark"), (1440, "light"))


@dataclass(frozen=True)
class Screen:
    """A page of a member of staff who is logged in, of one width and scheme."""

    page: Page
    address: str
    pictures: str
    width: int
    scheme: str

    def opens(self, path: str) -> None:
        """Go to a page of the console."""
        self.page.goto(self.address + path)

    def unfolds(self, panel: str) -> None:
        """Open a panel where the page has it: what is shut is not looked at."""
        for one in self.page.locator(panel).all():
            one.evaluate("panel => { panel.open = true }")

    def holds(self, name: str) -> None:
        """One heading, nothing sideways, nothing wrong by axe (WCAG 2.2 AA)."""
        shown = f"{name}-{self.width}-{self.scheme}"
        expect(self.page.locator("h1:visible")).to_have_count(1)
        folder = os.environ.get("AVANZA_TEST_PICTURES")
        if folder:
            self.page.screenshot(path=Path(folder) / f"{self.pictures}-{shown}.png", full_page=True)
        assert self.page.evaluate("document.documentElement.scrollWidth") <= self.width, shown
        assert axe.violations(self.page) == [], shown


@dataclass(frozen=True)
class Looks:
    """A running console and a browser beside it."""

    address: str
    chrome: Chromium
    pictures: str

    def screens_of(self, person: Browser) -> Iterator[Screen]:
        """Log a member of staff in; yield her page on each screen, closed when the next is asked for."""
        visitor = Visitor(self.address)
        visitor.enters(person.username, PASSWORD, person.phone)
        for width, scheme in SCREENS:
            context = self.chrome.new_context(
                viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True
            )
            visitor.lends_her_login(context)
            yield Screen(context.new_page(), self.address, self.pictures, width, scheme)
            context.close()


@contextmanager
def looking(database_url: str, var: Path, pictures: str) -> Iterator[Looks]:
    """Serve the console on a test's database; `pictures` is what the names of its pictures begin with."""
    with served(database_url, var) as console, chromium() as chrome:
        yield Looks(console.address, chrome, pictures)
