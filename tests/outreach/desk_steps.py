"""A desk with three people, and cases as one step after another needs them."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from desk_support import case_of, talk, worker_of
from sqlalchemy import select

from models import AuditEvent, Role, Team
from outreach.casework import appointment_steps, cases, closing, offers, record, taking, tasks
from outreach.casework.opened import opened
from outreach.sealing import vault

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from models import Case, Conversation
    from outreach.casework.opened import Caseworker
    from outreach.sealing.crypto import PersonalKey

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
ZONE = ZoneInfo("America/Mexico_City")
REASON = "terminó mi turno"
TASK_ID = uuid.UUID(int=11)


class Desk:
    """Two caseworkers, a supervisor, and as many cases as asked for."""

    def __init__(self, session: Session, key: PersonalKey) -> None:
        self.session, self.key = session, key
        self.recovery = recovery = vault.make_team(session, "Atención")
        found = vault.find_team(session)
        assert found is not None
        self.team_id = found.id
        self.lucia = worker_of(session, key, recovery, "lucia", NOW)
        self.marta = worker_of(session, key, recovery, "marta", NOW)
        self.sofia = worker_of(session, key, recovery, "sofia", NOW, Role.SUPERVISOR)

    def case(self) -> tuple[Case, Conversation]:
        """Open a case of a woman of its own."""
        conversation = talk(self.session, self.key, NOW)
        return case_of(self.session, self.key, conversation, NOW), conversation

    def stranger(self) -> Caseworker:
        """Add a caseworker of another team."""
        recovery = vault.make_team(self.session, "Otra dependencia")
        ines = worker_of(self.session, self.key, self.recovery, "ines", NOW)
        theirs = self.session.scalars(select(Team).where(Team.id != self.team_id)).one()
        vault.join_team(self.session, ines.staff, theirs)
        vault.leave_team(self.session, ines.staff, self.session.get_one(Team, self.team_id))
        vault.grant_with_recovery_key(self.session, recovery, ines.staff.id)
        return ines

    def taken(self, by: Caseworker | None = None) -> Case:
        """Open a case that Lucia has, or a colleague."""
        case, _ = self.case()
        taking.take(self.session, by or self.lucia, case.id, NOW)
        return case

    def events(self) -> list[AuditEvent]:
        """Return the events of the desk."""
        query = select(AuditEvent).where(AuditEvent.action.like("desk.%")).order_by(AuditEvent.id)
        return list(self.session.scalars(query))


def conversation_of(desk: Desk, case: Case) -> Conversation:
    """Return the conversation of a case."""
    seen = opened(desk.session, desk.lucia, case.id, NOW)
    assert seen is not None
    assert seen.conversation is not None
    return seen.conversation


def offered_to_lucia(desk: Desk) -> Case:
    """Open a case that Marta has and offers to Lucia."""
    case, _ = desk.case()
    taking.take(desk.session, desk.marta, case.id, NOW)
    offers.offer(desk.session, desk.marta, case.id, NOW, desk.lucia.staff.id)
    return case


def offered_to_marta(desk: Desk) -> Case:
    """Open a case that Lucia has and offers to Marta."""
    case = desk.taken()
    offers.offer(desk.session, desk.lucia, case.id, NOW, desk.marta.staff.id)
    return case


def appointed(desk: Desk) -> Case:
    """Open a case that Lucia has, with an hour agreed."""
    case = desk.taken()
    appointment_steps.appoint(
        desk.session, desk.lucia, case.id, NOW, NOW + timedelta(days=1), "después de comer", ZONE
    )
    return case


def marta(desk: Desk) -> uuid.UUID:
    """Return who she is."""
    return desk.marta.staff.id


def lucia(desk: Desk) -> uuid.UUID:
    """Return who she is."""
    return desk.lucia.staff.id


def asked_to_close(desk: Desk) -> Case:
    """Open a case that Lucia has and asks to close."""
    case = desk.taken()
    closing.ask(desk.session, desk.lucia, case.id, NOW, closing.Outcome.ATTENDED, "ya está con su hermana")
    return case


def closed(desk: Desk) -> Case:
    """Open a case that Lucia asked to close and Sofia closed."""
    case = asked_to_close(desk)
    closing.approve(desk.session, desk.sofia, case.id, NOW, heard="")
    return case


def with_nobody_to_ask(desk: Desk) -> Case:
    """Open a case that Lucia has in a team without a supervisor."""
    case = desk.taken()
    desk.sofia.staff.disabled_at = NOW
    desk.session.flush()
    return case


def with_somebody_to_ask(desk: Desk) -> Case:
    """Open a case that Lucia has in a team with a supervisor."""
    desk.sofia.staff.disabled_at = None
    return desk.taken()


def closed_by_her(desk: Desk) -> Case:
    """Open a case and let the woman close it."""
    case, conversation = desk.case()
    closing.close_by_her(desk.session, desk.key, conversation, NOW)
    return case


def with_a_plan(desk: Desk) -> Case:
    """Open a case that Lucia has and in whose record something is saved."""
    case = desk.taken()
    record.save_section(desk.session, desk.lucia, case.id, NOW, "plan", {"trust": "su hermana"}, known=0)
    return case


def with_a_task(desk: Desk) -> Case:
    """Open a case that Lucia has and in which something is to be done."""
    case = desk.taken()
    due = NOW + timedelta(days=1)
    tasks.add(desk.session, desk.lucia, case.id, NOW, "llamar a la abogada", due, task_id=TASK_ID)
    return case


def with_a_voice_note(desk: Desk) -> Case:
    """Open a case that Lucia has, with a voice note of hers that was written down."""
    case = desk.taken()
    cases.woman_wrote(desk.session, desk.key, case.id, "me ba a peglar", NOW, {"kind": "voice"})
    return case
