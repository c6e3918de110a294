"""The door on a phone whose network is cut: a reload keeps the list, marks arrive once, log-out clears it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import axe
import pytest
from door_support import begins_now
from flows.browser import chromium
from playwright.sync_api import expect
from serving import Visitor, served
from sqlalchemy import select
from staffroom import PASSWORD

from models import Attendance, AttendanceMark

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from sqlalchemy.orm import Session as Database
    from staffroom import Browser, Programme

pytest_plugins = ("console_fixtures",)
pytestmark = [pytest.mark.processes, pytest.mark.browser, pytest.mark.timeout(300)]
KEPT = "Object.entries(localStorage).map(([name, value]) => name + value).join(' ')"


def test_the_door_without_signal(
    session: Database, rosa: Browser, programme: Programme, database_url: str, tmp_path: Path
) -> None:
    """Marked with the network cut, reloaded, marked again: with the network back each mark arrives once."""
    meeting = begins_now(session, programme)
    with served(database_url, tmp_path) as console, chromium() as chrome:
        visitor = Visitor(console.address)
        visitor.enters(rosa.username, PASSWORD, rosa.phone)
        context = chrome.new_context(
            viewport={"width": 360, "height": 740}, color_scheme="dark", bypass_csp=True
        )
        visitor.lends_her_login(context)
        page = context.new_page()
        page.goto(f"{console.address}/programa/sesiones/{meeting}/asistencia")
        _holds(page, "attendance-narrow", 360)
        page.get_by_role("link", name="Pasar lista en la puerta").click()
        expect(page.get_by_text("Todo está enviado.")).to_be_visible()
        page.evaluate("navigator.serviceWorker.ready")
        page.reload()  # from here on the page is under its worker
        expect(page.get_by_text("Todo está enviado.")).to_be_visible()
        _holds(page, "door-narrow", 360)

        context.set_offline(True)
        _tap(page, "Elena", "Llegó")
        _tap(page, "Teresa", "No vino")
        expect(page.get_by_text("Por enviar: 2.")).to_be_visible()
        page.reload()
        expect(page.get_by_role("group", name="Elena").get_by_role("button", name="Llegó")).to_have_attribute(
            "aria-pressed", "true"
        )
        _tap(page, "Teresa", "Llegó")
        expect(page.get_by_text("2 de 3 llegaron")).to_be_visible()
        expect(page.get_by_text("Por enviar: 3.")).to_be_visible()
        _holds(page, "door-offline-narrow", 360)
        kept = page.evaluate(KEPT)
        assert "Elena" in kept
        assert "Uno" not in kept
        assert session.scalars(select(AttendanceMark)).all() == []

        context.set_offline(False)
        expect(page.get_by_text("Todo está enviado.")).to_be_visible()
        page.reload()
        expect(page.get_by_text("2 de 3 llegaron")).to_be_visible()
        session.rollback()
        assert len(session.scalars(select(AttendanceMark)).all()) == 3
        rows = session.execute(select(Attendance.woman_id, Attendance.state)).all()
        assert {(woman_id, state.value) for woman_id, state in rows} == {
            (woman.id, "present") for woman in programme.women[:2]
        }

        page.set_viewport_size({"width": 1440, "height": 800})
        page.emulate_media(color_scheme="light")
        _holds(page, "door-wide", 1440)
        page.get_by_role("link", name="Asistencia").click()
        _holds(page, "attendance-wide", 1440)
        page.locator("details.account summary").click()
        page.get_by_role("button", name="Salir").click()
        page.wait_for_url("**/entrar")
        assert page.evaluate(KEPT) == ""


def _tap(page: Page, name: str, what: str) -> None:
    page.get_by_role("group", name=name).get_by_role("button", name=what).click()


def _holds(page: Page, name: str, width: int) -> None:
    expect(page.locator("h1:visible")).to_have_count(1)
    folder = os.environ.get("AVANZA_TEST_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    assert axe.violations(page) == [], name
