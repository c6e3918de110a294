"""A case to its end: held back under cover, heard, a text that waits, closed with approval, reopened."""

from __future__ import annotations

import base64
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from browser import PhonePage, StaffPage, chromium
from playwright.sync_api import expect
from sqlalchemy import select
from support import SECRET
from test_stories import a_number, logged_in

from models import ChannelAddress, Conversation, Role, utcnow
from outreach.casework import closing, roster
from outreach.ground import addresses
from outreach.sealing.crypto import PersonalKey
from outreach.staff import accounts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser
    from sqlalchemy.orm import Session as Database
    from sqlalchemy.orm import sessionmaker
    from system import System

pytestmark = [
    pytest.mark.processes,
    pytest.mark.browser,
    pytest.mark.xdist_group("system"),
    pytest.mark.timeout(480),
]
SILENT_MS = 5_000
WHY = "ya está con su hermana"


@pytest.fixture
def browser() -> Iterator[Browser]:
    with chromium() as made:
        yield made


def _on_shift(flow_sessions: sessionmaker[Database], username: str) -> None:
    with flow_sessions.begin() as db:
        found = accounts.find(db, username)
        assert found is not None
        roster.start_shift(db, found, 4, utcnow())


def _last_word(flow_sessions: sessionmaker[Database], key: PersonalKey, number: str, ago: timedelta) -> None:
    """Let her last message lie back, as a day without a word would."""
    lookup = key.lookup("address", addresses.canonical(f"whatsapp:{number}"))
    with flow_sessions.begin() as db:
        talk = db.scalars(
            select(Conversation).join(ChannelAddress).where(ChannelAddress.lookup_hash == lookup)
        ).one()
        talk.last_inbound_at = utcnow() - ago


def _writes(desk: StaffPage, text: str, button: str = "Enviar") -> None:
    desk.page.fill("#reply", text)
    desk.page.get_by_role("button", name=button, exact=True).click()


def _held_back_under_cover(desk: StaffPage, her: PhonePage, here: str) -> None:
    """Her phone may be in another's hand: nothing of the desk reaches it until she comes back."""
    her.writes("salir")
    expect(desk.page.locator("[data-slot=head]")).to_contain_text("Modo oculto")
    desk.opens(here)
    shown = her.answers.count()
    _writes(desk, "¿Sigues en tu casa?", "Guardar")
    expect(desk.page.locator(".held-list")).to_contain_text("¿Sigues en tu casa?")
    desk.page.wait_for_timeout(SILENT_MS)
    assert her.answers.count() == shown
    her.writes("girasol")
    her.reads("Aquí estamos otra vez")
    desk.opens(here)
    desk.page.get_by_role("button", name="Enviar ahora").click()
    her.reads("¿Sigues en tu casa?")


def _heard(desk: StaffPage, her: PhonePage) -> None:
    """Her voice note plays at the desk, and is served to nobody else's browser."""
    her.phone.locator("[data-attach=voice]").evaluate("button => button.click()")
    player = desk.page.locator(".log audio").last
    expect(player).to_be_visible()
    where = str(player.get_attribute("src"))
    answer = desk.page.request.get(desk.console + where)
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("audio/")
    assert "no-store" in answer.headers["cache-control"]
    stranger = desk.page.context.browser
    assert stranger is not None
    with_no_login = stranger.new_context().request.get(desk.console + where, max_redirects=0)
    assert with_no_login.status in {302, 303, 401, 403}


def test_a_case_from_its_first_word_to_its_end(
    browser: Browser, system: System, flow_sessions: sessionmaker[Database], recovery: str
) -> None:
    """P5, P7: cover, a voice note, a day without a word, an end that is approved, found again, reopened."""
    desk, username = logged_in(browser, system, flow_sessions, Role.CASEWORKER, recovery)
    supervisor, approves = logged_in(browser, system, flow_sessions, Role.SUPERVISOR, recovery)
    _on_shift(flow_sessions, username)
    try:
        _whole_case(browser, system, flow_sessions, desk, supervisor)
    finally:
        # The product is all tests' own: where nobody can approve, its other cases are closed without.
        with flow_sessions.begin() as db:
            found = accounts.find(db, approves)
            assert found is not None
            accounts.disable(db, found, utcnow())


def _whole_case(
    browser: Browser,
    system: System,
    flow_sessions: sessionmaker[Database],
    desk: StaffPage,
    supervisor: StaffPage,
) -> None:
    desk.opens("/casos")
    known = {row.get_attribute("href") for row in desk.page.locator("a.case").all()}
    number = a_number()
    her = PhonePage(
        browser.new_page(viewport={"width": 390, "height": 844}), system.simulator, "Prueba Cuatro", number
    )
    her.writes("me tiene encerrada y trae un cuchillo ayudenme")
    her.reads("911")
    expect(desk.page.locator("a.case")).to_have_count(len(known) + 1)
    (here,) = {str(row.get_attribute("href")) for row in desk.page.locator("a.case").all()} - known
    desk.opens(here)
    desk.presses("Tomar")
    _writes(desk, "Aquí estoy contigo")
    her.reads("Aquí estoy contigo")
    _held_back_under_cover(desk, her, here)
    _heard(desk, her)

    _last_word(flow_sessions, PersonalKey(base64.b64decode(SECRET)), number, timedelta(hours=25))
    desk.opens(here)
    _writes(desk, "Ya tengo lo que me pediste", "Guardar para cuando conteste")
    expect(desk.page.locator(".held-list")).to_contain_text("Sale cuando conteste")
    her.writes("aqui ando")
    her.reads("Ya tengo lo que me pediste")
    expect(desk.page.locator(".held-list")).to_have_count(0)

    desk.opens(here)
    desk.page.get_by_role("link", name="Cerrar caso").click()
    desk.page.locator("#close-outcome").select_option(closing.Outcome.ATTENDED.value)
    desk.page.fill("#close-reason", WHY)
    desk.presses("Pedir que se cierre")
    supervisor.opens(here)
    supervisor.presses("Aprobar y cerrar")
    code = uuid.UUID(here.rpartition("/")[2]).hex[:4]
    desk.opens(f"/casos/cerrados?code={code}")
    desk.page.get_by_role("link", name=f"Caso {code.upper()}").click()
    expect(desk.page.locator(".log")).to_contain_text("Ya tengo lo que me pediste")
    desk.page.locator("#panel-closing").evaluate("panel => { panel.open = true }")
    desk.page.fill("#reopen-reason", "volvió a pedir ayuda")
    desk.presses("Volver a abrir")
    expect(desk.page.locator("#reply")).to_be_visible()
