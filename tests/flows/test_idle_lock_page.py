"""The page that locks itself, in real Chromium: what stood there is gone, drafts are not."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from browser import StaffPage, chromium
from playwright.sync_api import expect
from werkzeug.serving import make_server

from console.app import create_app
from models import Role
from outreach.sealing import vault
from outreach.staff import accounts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session, sessionmaker

    from outreach.ground.settings import Settings

pytestmark = [pytest.mark.browser, pytest.mark.timeout(480)]
PASSWORD = "una frase larga de prueba"


class Console:
    """The staff pages in this process, with a clock that can be moved."""

    def __init__(self, settings: Settings, sessions: sessionmaker[Session]) -> None:
        self.ahead = timedelta()
        self.app = create_app(settings, sessions, self.now)
        self.server = make_server("127.0.0.1", 0, self.app, threaded=True)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def now(self) -> datetime:
        """Return the moment of this console."""
        return datetime.now(UTC) + self.ahead

    def passes(self, page: StaffPage, time: timedelta) -> None:
        """Let time pass, for the console and for a page."""
        self.ahead += time
        page.page.clock.fast_forward(int(time.total_seconds() * 1000))


@pytest.fixture
def console(settings: Settings, sessions: sessionmaker[Session]) -> Iterator[Console]:
    made = Console(settings, sessions)
    thread = threading.Thread(target=made.server.serve_forever)
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


def test_the_page_locks_and_opens(
    console: Console, sessions: sessionmaker[Session], recovery_key: str
) -> None:
    """P4: warned after nine minutes, covered after ten; password and code bring back page and draft."""
    with sessions.begin() as db:
        first = accounts.add(db, "lucia", "Lucía Prueba", Role.CASEWORKER, datetime.now(UTC))
        lucia = accounts.find(db, "lucia")
        assert lucia is not None
        vault.grant_with_recovery_key(db, recovery_key, lucia.id)
    with chromium() as browser:
        staff = StaffPage(browser, console.url, "lucia", first)
        staff.chooses_password(first, PASSWORD)
        staff.sets_up_codes()
        staff.agrees_to_conduct()
        page = staff.page
        page.clock.install(time=console.now())
        staff.opens("/cuenta/codigo")
        page.fill("main input[name=code]", "borrador")
        warning, cover = page.locator("#aviso-cierre"), page.locator("#cortina")
        console.passes(staff, timedelta(minutes=9, seconds=6))
        expect(warning).to_be_visible()
        with page.expect_response(lambda answer: answer.url.endswith("/cuenta/sesion")):
            page.get_by_role("button", name="Sigo aquí").click()
        expect(warning).to_be_hidden()
        console.passes(staff, timedelta(minutes=9, seconds=6))
        expect(warning).to_be_visible()
        expect(cover).to_be_hidden()
        console.passes(staff, timedelta(minutes=1))
        expect(cover).to_be_visible()
        assert page.locator("main input[name=code]").count() == 0
        assert "Código al entrar" not in page.locator("main").inner_text()
        cover.locator("input[name=password]").fill(PASSWORD)
        cover.locator("input[name=code]").fill("000000")
        cover.get_by_role("button", name="Abrir").click()
        expect(cover.get_by_role("alert")).to_contain_text("no son correctos")
        cover.locator("input[name=password]").fill(PASSWORD)
        cover.locator("input[name=code]").fill(staff.phone.code(console.now()))
        cover.get_by_role("button", name="Abrir").click()
        expect(cover).to_be_hidden()
        expect(page.locator("main input[name=code]")).to_have_value("borrador")
        console.passes(staff, timedelta(minutes=40))
        page.wait_for_url("**/entrar")
