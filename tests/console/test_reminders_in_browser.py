"""In a browser: a rule of reminders is changed, and the women of a moved session are told."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from looks import looking
from playwright.sync_api import expect
from sqlalchemy import select

from models import (
    Enrolment,
    OutboxKind,
    OutboxMessage,
    OutboxState,
    Reminder,
    ReminderState,
    TemplateState,
    utcnow,
)
from outreach.campaigns import reminders
from outreach.messages import outbox, templates
from outreach.programme import notices_due

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page
    from sqlalchemy.orm import Session as Database
    from staffroom import Browser, Programme

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

pytest_plugins = ("console_fixtures",)
pytestmark = [pytest.mark.processes, pytest.mark.browser, pytest.mark.timeout(300)]
RULES = "/programa/recordatorios/reglas"


def test_a_rule_is_changed_and_a_moved_session_told(
    session: Database, key: PersonalKey, settings: Settings, rosa: Browser, programme: Programme,
    database_url: str, tmp_path: Path,
) -> None:  # fmt: skip
    """What a change does stands there before it is saved; a session that moves says who was told."""
    for seat in session.scalars(select(Enrolment)):
        seat.created_at = utcnow() - timedelta(days=30)
    template = templates.by_name(session, templates.SESSION_REMINDER)
    assert template is not None
    template.state, template.content_sid = TemplateState.APPROVED, "HX2"
    session.flush()
    reminders.plan(session, key, settings, utcnow())
    session.commit()
    with looking(database_url, tmp_path, "reminders") as looks:
        for screen in looks.screens_of(rosa):
            screen.opens(RULES)
            expect(screen.page.get_by_role("heading", name="Recordatorios", exact=True)).to_be_visible()
            if screen.width == 360:
                _changes_the_day_before(screen.page)
                screen.holds("change")
                screen.page.get_by_role("button", name="Guardar").click()
                expect(screen.page.get_by_text("El recordatorio quedó guardado.")).to_be_visible()
                # The clock plans what the new rule calls for, and the first of it leaves.
                _reminded(session, key, settings, programme)
                screen.opens(f"/programa/sesiones/{programme.session.id}/mover")
                later = programme.session.starts_at.astimezone(settings.timezone) + timedelta(days=1)
                screen.page.get_by_label("Día").fill(later.date().isoformat())
                screen.page.get_by_role("button", name="Mover y avisar").click()
                expect(screen.page.get_by_text("Se avisa a 3 mujeres")).to_be_visible()
                _told(session, key, settings)
            screen.opens(RULES)
            screen.unfolds("main details")
            screen.holds("rules")
            screen.opens(f"/programa/grupos/{programme.group.id}")
            expect(screen.page.get_by_text("3 avisadas")).to_be_visible()
            screen.holds("moved")
    session.expire_all()
    moved = session.scalars(select(Reminder).where(Reminder.reason == "session_moved")).all()
    assert moved != []


def _changes_the_day_before(page: Page) -> None:
    page.get_by_role("button", name="Cambiar los recordatorios de").click()
    page.get_by_role("link", name="Cambiar: 1 día antes").click()
    page.get_by_label("Cuánto antes de la sesión").fill("20")
    page.get_by_label("Contado en").select_option("hours")
    page.get_by_role("button", name="Ver qué cambia").click()
    expect(page.get_by_role("heading", name="Qué cambia")).to_be_visible()


def _reminded(session: Database, key: PersonalKey, settings: Settings, programme: Programme) -> None:
    session.expire_all()
    assert reminders.plan(session, key, settings, utcnow()) == 3
    due = programme.session.starts_at - timedelta(hours=20)
    assert reminders.send_due(session, key, settings, due) == 3
    _arrive(session, OutboxKind.REMINDER)
    session.commit()


def _told(session: Database, key: PersonalKey, settings: Settings) -> None:
    session.expire_all()
    waiting = session.scalars(select(Reminder).where(Reminder.state == ReminderState.PLANNED)).all()
    assert waiting == []
    notices_due.send_due(session, key, settings, utcnow())
    _arrive(session, OutboxKind.NOTICE)
    # What the clock plans of the new time a day later; one woman was writing when hers was due.
    reminders.plan(session, key, settings, utcnow() + timedelta(days=1))
    session.flush()
    one = session.scalars(select(Reminder).where(Reminder.state == ReminderState.HANDED_OVER)).first()
    assert one is not None
    one.state, one.reason, one.due_at = (
        ReminderState.DROPPED,
        "in_conversation",
        utcnow() - timedelta(hours=1),
    )
    session.commit()


def _arrive(session: Database, kind: OutboxKind) -> None:
    for row in session.scalars(select(OutboxMessage).where(OutboxMessage.kind == kind)):
        outbox.advance(row, OutboxState.SENDING)
        outbox.advance(row, OutboxState.DELIVERED)
