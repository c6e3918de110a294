"""The pages as people use them: the phone page, the desk, the coordinator's pages, in real Chromium."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

import entering
import pytest
from codes import CodesApp
from playwright.sync_api import Error, expect, sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Locator, Page

PATIENCE_MS = 45_000
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
NEW_WORDS = """([phone, before, words]) =>
    [...phone.querySelectorAll(".line.theirs")].slice(before)
        .some(line => line.innerText.replace(/\\s+/g, " ").includes(words))"""


@contextmanager
def chromium(*more: str) -> Iterator[Browser]:
    """Start Debian's Chromium; where there is none the test is skipped, but never in CI.

    `--headless=new` among further arguments: the whole browser without a screen, with its viewer of PDF.
    """
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("CI must have Chromium")
        pytest.skip("no Chromium on this machine")
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=[*ARGUMENTS, *more], headless="--headless=new" not in more
        )
        yield browser
        browser.close()


class PhonePage:
    """One simulated phone, as a woman holds it."""

    def __init__(self, page: Page, simulator: str, name: str, number: str) -> None:
        page.set_default_timeout(PATIENCE_MS)
        page.goto(simulator)
        page.locator("#add-phone").click()
        page.locator("#add-form input[name=name]").fill(name)
        page.locator("#add-form input[name=number]").fill(number)
        page.locator("#add-form button[type=submit]").click()
        self.page = page
        self.phone: Locator = page.locator("article.phone", has_text=name)
        expect(self.phone).to_be_visible()
        self._read_before = 0

    @property
    def thread(self) -> Locator:
        """All that was written on both sides."""
        return self.phone.locator(".thread")

    @property
    def answers(self) -> Locator:
        """What came to her, oldest first."""
        return self.phone.locator(".line.theirs")

    def writes(self, text: str) -> None:
        """Type a message and send it."""
        self._read_before = self.answers.count()
        self.phone.locator("textarea").fill(text)
        self.phone.locator(".send").click()

    def reads(self, words: str) -> None:
        """Wait until these words have come to her since she last wrote or tapped."""
        self.page.wait_for_function(
            NEW_WORDS, arg=[self.phone.element_handle(), self._read_before, words], timeout=PATIENCE_MS
        )

    def taps(self, title: str) -> None:
        """Tap the newest button of this name."""
        self._read_before = self.answers.count()
        self.thread.get_by_role("button", name=title, exact=True).last.click()


class StaffPage:
    """The staff pages of one person who is logged in."""

    def __init__(
        self, browser: Browser, console: str, username: str, password: str, *, width: int = 1200
    ) -> None:
        self.page = browser.new_context(viewport={"width": width, "height": 900}).new_page()
        self.page.set_default_timeout(PATIENCE_MS)
        self.console = console
        self.page.goto(f"{console}/entrar")
        for form in entering.forms(username, password):
            for name, value in form.items():
                self.page.fill(f"input[name={name}]", value)
            self.page.click("main button[type=submit]")

    def chooses_password(self, current: str, new: str) -> None:
        """Change the password that was handed out, as the first login asks."""
        expect(self.page.locator("h1")).to_have_text("Elige tu contraseña")
        self.page.fill("input[name=current]", current)
        self.page.fill("input[name=new]", new)
        self.page.fill("input[name=again]", new)
        self.page.click("main button[type=submit]")

    def sets_up_codes(self) -> None:
        """Let her phone learn the codes of her account, as the first login of a key holder asks."""
        expect(self.page.locator("h1")).to_have_text("Código al entrar")
        self.phone = CodesApp.from_page(self.page.content())
        self.page.fill("input[name=code]", self.phone.code())
        self.page.click("main button[type=submit]")
        self.page.get_by_role("link", name="Ya los guardé").click()

    def agrees_to_conduct(self) -> None:
        """Agree to the code of conduct, as the first login asks of everybody."""
        expect(self.page.locator("h1")).to_have_text("Código de conducta")
        self.page.get_by_role("button", name="Lo leí y lo acepto").click()

    def opens(self, path: str) -> None:
        """Go to a page; once more where the one before was just loading itself again."""
        try:
            self.page.goto(self.console + path)
        except Error as error:
            if "ERR_ABORTED" not in error.message:
                raise
            self.page.goto(self.console + path)

    def presses(self, name: str) -> None:
        """Press a button; a question whether she is sure is answered with yes."""
        self.page.once("dialog", lambda dialog: dialog.accept())
        self.page.get_by_role("button", name=name).first.click()

    def closes_the_case(self) -> None:
        """Close the case whose page is open; nobody of her team is there to approve it."""
        self.page.get_by_role("link", name="Cerrar caso").click()
        self.page.locator("#close-outcome").select_option("attended")
        self.page.fill("#close-reason", "terminamos de hablar")
        self.presses("Cerrar el caso")

    def text(self) -> str:
        """Return what the page says."""
        return self.page.locator("body").inner_text()
