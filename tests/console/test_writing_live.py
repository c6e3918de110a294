"""Writing to her in a real browser: drafts, words that may give her away, ready texts, an hour."""

from __future__ import annotations

import os
import uuid
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import axe
import pytest
from flows.browser import chromium
from playwright.sync_api import expect
from serving import Visitor, served
from staffroom import PASSWORD, Browser, Programme, open_case

from models import Turn, TurnState
from outreach.casework import canned, cases, pending
from outreach.messages import conversation_state

if TYPE_CHECKING:
    from playwright.sync_api import Dialog, Page
    from sqlalchemy.orm import Session as Database

    from models import Case
    from outreach.sealing.crypto import PersonalKey

pytest_plugins = ("console_fixtures",)
pytestmark = [pytest.mark.processes, pytest.mark.browser, pytest.mark.timeout(900)]


def _picture(page: Page, name: str) -> None:
    folder = os.environ.get("AVANZA_TEST_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png")


def _looked_at(page: Page, name: str) -> None:
    """WCAG by axe, narrow and dark, wide and light; nothing sideways."""
    for width, scheme in ((360, "dark"), (1440, "light")):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.wait_for_timeout(400)  # colours move over
        _picture(page, f"{name}-{width}-{scheme}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
        if find_spec(axe.PACKAGE):
            assert axe.violations(page) == [], (name, width)


def _cover(session: Database, key: PersonalKey, programme: Programme, *, on: bool) -> None:
    session.rollback()
    session.refresh(programme.conversation)
    state = conversation_state.read(key, programme.conversation)
    state.cover, state.cover_since = on, datetime.now(UTC).isoformat()
    conversation_state.write(key, programme.conversation, state)
    session.commit()


def _types_and_comes_back(page: Page, address: str, case: Case) -> None:
    page.goto(f"{address}/casos/{case.id}")
    page.locator("#reply").press_sequentially("¿Puedes hablar a las cinco?")
    page.locator("#note").press_sequentially("vive con su suegra")
    expect(page.locator("[data-kept-of=reply]")).to_have_text("Borrador guardado")
    expect(page.locator("[data-kept-of=note]")).to_have_text("Borrador guardado")
    page.locator("#reply").press_sequentially(" Te marco")
    expect(page.locator("[data-kept-of=reply]")).to_have_text("")
    expect(page.locator("[data-kept-of=reply]")).to_have_text("Borrador guardado")
    page.reload()
    expect(page.locator("#reply")).to_have_value("¿Puedes hablar a las cinco? Te marco")
    expect(page.locator("#note")).to_have_value("vive con su suegra")
    page.get_by_role("button", name="Guardar nota").click()
    expect(page.locator("#reply")).to_have_value("¿Puedes hablar a las cinco? Te marco")
    assert page.evaluate("Object.keys(localStorage).length + Object.keys(sessionStorage).length") == 0


def _is_warned(page: Page) -> None:
    page.fill("#reply", "Mañana vemos lo de la denuncia")
    expect(page.locator("[data-reveals-of=reply]")).to_contain_text("«denuncia»")
    page.fill("#reply", "Mañana vemos lo del taller")
    expect(page.locator("[data-reveals-of=reply]")).to_be_empty()
    page.fill("#reply", "Mañana vemos lo de la denuncia")
    page.keyboard.press("Control+Enter")  # before it was looked at: asked once
    expect(page.get_by_text("Revisa las palabras marcadas")).to_be_visible()
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Enviar", exact=True).click()
    expect(page.locator(".lines .staff").last).to_contain_text("lo de la denuncia")
    expect(page.locator("#reply")).to_have_value("")
    page.wait_for_load_state()  # what is typed sooner finds no script


def _finds_a_ready_text(page: Page) -> None:
    page.locator("#reply").press("/")
    expect(page.locator("#canned-search")).to_be_focused()
    page.keyboard.type("ordenes")
    expect(page.locator("#canned-list li:visible")).to_have_count(1)
    _looked_at(page, "ready")
    page.keyboard.press("Enter")
    expect(page.locator("#reply")).to_have_value("Te explico cómo se pide.")
    expect(page.locator("#reply")).to_be_focused()


def _leaves_it_for_an_hour(page: Page) -> None:
    page.get_by_text("Enviar a una hora acordada").click()
    page.evaluate(
        "document.getElementById('at').value = new Date(Date.now() - 4 * 3600e3).toISOString().slice(0, 16)"
    )  # in two hours there
    _looked_at(page, "hour")
    page.get_by_role("button", name="Dejar listo").click()
    expect(page.locator(".held-list")).to_contain_text("Sale el")
    expect(page.locator(".lines")).to_contain_text("Guardado para la hora acordada")
    _looked_at(page, "stored")


def _is_asked(page: Page) -> None:
    asked: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.dismiss()

    page.once("dialog", dismiss)
    page.get_by_role("button", name="Devolver al asistente").click()
    assert "solo de talleres" in asked[0]


def _stored_until_she_answers(page: Page, session: Database, key: PersonalKey, programme: Programme) -> None:
    """A day later it can only be stored; her answer takes it along, and the page shows both by itself."""
    talk = programme.conversation
    session.refresh(talk)
    talk.last_inbound_at = datetime.now(UTC) - timedelta(hours=25)
    session.commit()
    page.reload()
    _looked_at(page, "shut")
    page.fill("#reply", "Ya tengo lo del taller")
    page.get_by_role("button", name="Guardar para cuando conteste").click()
    expect(page.locator(".held-list")).to_contain_text("Sale cuando conteste")
    now = datetime.now(UTC)
    turn = Turn(conversation_id=talk.id, attempts=0, state=TurnState.ANSWERED, created_at=now)
    session.add(turn)
    session.refresh(talk)
    talk.last_inbound_at = now
    private = conversation_state.read(key, talk)
    assert private.case_id is not None
    cases.woman_wrote(session, key, uuid.UUID(private.case_id), "aquí estoy", now)
    pending.answered(session, key, talk, private, why_not=None, turn_id=turn.id, now=now)
    session.commit()
    expect(page.locator(".lines .staff").last).to_contain_text("Ya tengo lo del taller")
    expect(page.locator(".lines .staff").last).to_contain_text("salió solo")
    expect(page.locator(".held-list")).to_have_count(0)
    expect(page.get_by_label("Le escribes a ella")).to_be_visible()


def test_writing_to_her(
    session: Database,
    key: PersonalKey,
    lucia: Browser,
    programme: Programme,
    database_url: str,
    tmp_path: Path,
) -> None:
    """Typed and never lost, warned of, found ready, left for an hour; under cover steps say what they do."""
    case = open_case(session, key, programme.conversation)
    canned.save(session, case.team_id, "Órdenes de protección", "Te explico cómo se pide.")
    canned.save(session, case.team_id, "Saludo", "Hola, aquí estoy.")
    session.commit()
    lucia.post(f"/casos/{case.id}/tomar", page=f"/casos/{case.id}")
    with served(database_url, tmp_path) as console, chromium() as browser:
        visitor = Visitor(console.address)
        visitor.enters(lucia.username, PASSWORD, lucia.phone)
        context = browser.new_context(viewport={"width": 1440, "height": 800}, bypass_csp=True)
        visitor.lends_her_login(context)
        page = context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        _types_and_comes_back(page, console.address, case)
        _is_warned(page)
        _finds_a_ready_text(page)
        _leaves_it_for_an_hour(page)
        _cover(session, key, programme, on=True)
        page.reload()
        _is_asked(page)
        _looked_at(page, "cover")
        page.fill("#reply", "sigo aquí")
        expect(page.locator("[data-kept-of=reply]")).to_have_text("Borrador guardado")
        _cover(session, key, programme, on=False)
        _stored_until_she_answers(page, session, key, programme)
        visitor.posts("/salir", "/casos")
        page.goto(f"{console.address}/casos/respuestas-listas")
        page.wait_for_url("**/entrar")
        assert errors == []
