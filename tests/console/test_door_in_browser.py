"""The door on a phone whose network is cut: a reload keeps the list, marks arrive once, log-out clears it."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import axe
import pytest
from door_support import begins_now
from flows.browser import chromium
from playwright.sync_api import expect
from serving import Visitor, served
from sqlalchemy import select
from staffroom import PASSWORD

from models import Attendance, AttendanceMark, Session

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from sqlalchemy.orm import Session as Database
    from staffroom import Browser, Programme

    from models import Woman

pytest_plugins = ("console_fixtures",)
pytestmark = [pytest.mark.processes, pytest.mark.browser, pytest.mark.timeout(300)]
SCREENS: tuple[tuple[int, Literal["dark", "light"]], ...] = ((360, "dark"), (1440, "light"))
NAMES = ("Elena Uno", "Teresa Dos")
KEPT = "Object.entries(localStorage).map(([name, value]) => name + value).join(' ')"


def test_the_door_and_a_graduation(
    session: Database, rosa: Browser, programme: Programme, database_url: str, tmp_path: Path
) -> None:
    """With the network cut nothing is lost and each mark arrives once; who completed it gets her paper."""
    meeting = begins_now(session, programme)
    with served(database_url, tmp_path) as console, chromium() as chrome:
        visitor = Visitor(console.address)
        visitor.enters(rosa.username, PASSWORD, rosa.phone)
        for number, (width, scheme) in enumerate(SCREENS):
            context = chrome.new_context(
                viewport={"width": width, "height": 740}, color_scheme=scheme, bypass_csp=True
            )
            visitor.lends_her_login(context)
            page = context.new_page()
            page.set_default_timeout(60_000)
            _graduates(page, console.address, session, programme, number)
            if not number:
                _without_signal(page, console.address, session, programme, meeting)
            page.goto(f"{console.address}/programa/puerta/{meeting}")
            expect(page.get_by_text("2 de 3 llegaron")).to_be_visible()
            _holds(page, f"door-{width}", width)
            page.get_by_role("link", name="Asistencia").click()
            _holds(page, f"attendance-{width}", width)
            if width == SCREENS[-1][0]:
                page.locator("details.account summary").click()
                page.get_by_role("button", name="Salir").click()
                page.wait_for_url("**/entrar")
                assert page.evaluate(KEPT) == ""
            context.close()


def _without_signal(page: Page, address: str, session: Database, programme: Programme, meeting: str) -> None:
    """Mark with the network cut, reload, mark again: with the network back each mark arrives once."""
    page.goto(f"{address}/programa/sesiones/{meeting}/asistencia")
    page.get_by_role("link", name="Pasar lista en la puerta").click()
    expect(page.get_by_text("Todo está enviado.")).to_be_visible()
    page.evaluate("navigator.serviceWorker.ready")
    page.reload()  # from here on the page is under its worker
    expect(page.get_by_text("Todo está enviado.")).to_be_visible()

    page.context.set_offline(True)
    _tap(page, "Elena", "Llegó")
    _tap(page, "Teresa", "No vino")
    expect(page.get_by_text("Por enviar: 2.")).to_be_visible()
    page.reload()
    came = page.get_by_role("group", name="Elena").get_by_role("button", name="Llegó")
    expect(came).to_have_attribute("aria-pressed", "true")
    _tap(page, "Teresa", "Llegó")
    expect(page.get_by_text("2 de 3 llegaron")).to_be_visible()
    expect(page.get_by_text("Por enviar: 3.")).to_be_visible()
    _holds(page, "door-without-signal-360", 360)
    kept = page.evaluate(KEPT)
    assert "Elena" in kept
    assert "Uno" not in kept
    assert session.scalars(select(AttendanceMark)).all() == []

    page.context.set_offline(False)
    expect(page.get_by_text("Todo está enviado.")).to_be_visible()
    session.rollback()
    assert len(session.scalars(select(AttendanceMark)).all()) == 3
    present = select(Attendance.woman_id).where(
        Attendance.session_id == programme.session.id, Attendance.state == "present"
    )
    assert set(session.scalars(present)) == {woman.id for woman in programme.women[:2]}


def _graduates(page: Page, address: str, db: Database, programme: Programme, number: int) -> None:
    """Set a rule, record who meets it, download her certificate, see whom to call."""
    _attended(db, programme, programme.women[number], number)
    width = SCREENS[number][0]
    page.goto(f"{address}/programa/terminos")
    page.get_by_label("Qué se termina").select_option("Huerto en casa")
    page.get_by_label("Cuántas sesiones").fill("1")
    page.get_by_role("button", name="Guardar la regla").click()
    expect(page.get_by_text("1 sesión, por lo menos")).to_be_visible()
    _holds(page, f"completion-rules-{width}", width)
    page.goto(f"{address}/programa/grupos/{programme.group.id}/termino")
    page.get_by_role("button", name="Anotar que terminaron").click()
    expect(page.get_by_text("Quedó anotado que 1 terminó.")).to_be_visible()
    with page.expect_download() as came:
        page.get_by_role("button", name=f"Constancia de {NAMES[number]}").click()
    assert came.value.path().read_bytes().startswith(b"%PDF")
    page.reload()
    expect(page.get_by_role("button", name=f"Anular la constancia de {NAMES[number]}")).to_have_count(1)
    _holds(page, f"graduation-{width}", width)
    page.goto(f"{address}/programa/faltas")
    expect(page.get_by_text("Inés Tres")).to_be_visible()
    _holds(page, f"absences-{width}", width)


def _attended(db: Database, programme: Programme, woman: Woman, number: int) -> None:
    """Let a woman have come to a session of her own, and Inés have missed it."""
    at = datetime.now(UTC) - timedelta(days=5 - number)
    meeting = Session(code=f"past-{number}", group_id=programme.group.id, starts_at=at)
    db.add(meeting)
    db.flush()
    ines = programme.women[2]
    db.add(Attendance(woman_id=woman.id, session_id=meeting.id, state="present"))
    db.add(Attendance(woman_id=ines.id, session_id=meeting.id, state="absent"))
    if not number:
        before = Session(code="long-past", group_id=programme.group.id, starts_at=at - timedelta(days=7))
        db.add(before)
        db.flush()
        db.add(Attendance(woman_id=ines.id, session_id=before.id, state="absent"))
    db.commit()


def _tap(page: Page, name: str, what: str) -> None:
    page.get_by_role("group", name=name).get_by_role("button", name=what).click()


def _holds(page: Page, name: str, width: int) -> None:
    expect(page.locator("h1:visible")).to_have_count(1)
    folder = os.environ.get("AVANZA_TEST_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    assert axe.violations(page) == [], name
