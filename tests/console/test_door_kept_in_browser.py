"""What a phone at the door must not forget: marks of a day that is over, and while another is logged in."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from door_support import begins_now, seat_of
from flows.browser import chromium
from playwright.sync_api import expect
from serving import Visitor, served
from sqlalchemy import select
from staffroom import PASSWORD

from models import AttendanceMark, Session

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.orm import Session as Database
    from staffroom import Browser, Programme

pytest_plugins = ("console_fixtures",)
pytestmark = [pytest.mark.processes, pytest.mark.browser, pytest.mark.timeout(300)]
NAMES = "Object.keys(localStorage).filter((name) => name.endsWith(':lista')).length"
MARKS = "Object.keys(localStorage).filter((name) => name.includes(':marca:')).length"
DAY_IS_OVER = """([session]) => {
  const name = `puerta:${session}:lista`;
  localStorage.setItem(name, JSON.stringify({ ...JSON.parse(localStorage.getItem(name)), until: 1 }));
}"""
LEFT = """([session, mark, ref]) => localStorage.setItem(
  `puerta:${session}:marca:${mark}`, JSON.stringify({ ref, state: "absent", at: Date.now() }))"""


def test_marks_outlast_the_day_and_a_colleague(
    session: Database, rosa: Browser, programme: Programme, database_url: str, tmp_path: Path
) -> None:
    """Names go with their day, marks once the server has them; the door of another session sends them too."""
    meeting = begins_now(session, programme)
    later = Session(
        code="later", group_id=programme.group.id, starts_at=programme.session.starts_at + timedelta(days=9)
    )
    session.add(later)
    session.commit()
    doors = f"/programa/puerta/{meeting}", f"/programa/puerta/{later.id}"
    teresa = seat_of(session, programme.women[1])
    with served(database_url, tmp_path) as console, chromium() as chrome:
        visitor = Visitor(console.address)
        visitor.enters(rosa.username, PASSWORD, rosa.phone)
        context = chrome.new_context(service_workers="block")
        visitor.lends_her_login(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        # What a browser lacks without a secure connection.
        page.add_init_script("delete Crypto.prototype.randomUUID")
        page.goto(console.address + doors[0])
        expect(page.get_by_text("Todo está enviado.")).to_be_visible()

        page.route("**/lista", lambda route: route.fulfill(status=404))
        page.get_by_role("group", name="Elena").get_by_role("button", name="Llegó").click()
        expect(page.get_by_text("Tu sesión terminó.")).to_be_visible()
        assert (page.evaluate(NAMES), page.evaluate(MARKS)) == (1, 1)

        # The next morning, still refused.
        page.evaluate(DAY_IS_OVER, [meeting])
        page.reload()
        expect(page.get_by_text("Por enviar: 1.")).to_be_visible()
        assert (page.evaluate(NAMES), page.evaluate(MARKS)) == (0, 1)
        page.unroute("**/lista")
        page.evaluate(LEFT, [meeting, str(uuid.uuid4()), teresa])
        page.goto(console.address + doors[1])
        expect(page.get_by_text("Esta página se usa el día de la sesión.")).to_be_visible()
        assert page.evaluate(MARKS) == 0

    session.rollback()
    marks = {str(mark.woman_id): mark.state.value for mark in session.scalars(select(AttendanceMark))}
    elena, teresa_id = (str(woman.id) for woman in programme.women[:2])
    assert marks == {elena: "present", teresa_id: "absent"}
