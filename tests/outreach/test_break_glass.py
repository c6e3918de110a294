"""A colleague's conversation is opened for a reason only, and every look at a case leaves a sealed line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import TYPE_CHECKING, Any

import pytest
from at_desk import lines_of
from desk_support import case_of, close_case, talk, worker_of
from sqlalchemy import func, select

from models import AuditEvent, Case, CaseAudit, Oversight, Role, Team
from outreach.casework import cases, glass, notes, offers, reading, reasons, seen, taking
from outreach.casework.case_state import read_state, write_state
from outreach.casework.permitted import NeedsReasonError
from outreach.sealing import vault
from outreach.staff.audit import Action

if TYPE_CHECKING:
    from sqlalchemy.orm import Session, sessionmaker

    from outreach.casework.opened import Caseworker
    from outreach.casework.seen import Trace
    from outreach.sealing.crypto import PersonalKey

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
WHY = "Lucía me pidió ayuda con ella"


class Room:
    """Two caseworkers, two supervisors, and a case that Lucia has."""

    def __init__(self, session: Session, key: PersonalKey) -> None:
        self.session, self.key = session, key
        recovery = vault.make_team(session, "Atención")
        self.lucia = worker_of(session, key, recovery, "lucia", NOW)
        self.marta = worker_of(session, key, recovery, "marta", NOW)
        self.sofia = worker_of(session, key, recovery, "sofia", NOW, Role.SUPERVISOR)
        self.irene = worker_of(session, key, recovery, "irene", NOW, Role.SUPERVISOR)
        self.case = self.new()
        taking.take(session, self.lucia, self.case.id, NOW)

    def new(self) -> Case:
        """Open a case of a woman of its own."""
        return case_of(self.session, self.key, talk(self.session, self.key, NOW), NOW)

    def set_state(self, **values: object) -> None:
        """Set something in the state of Lucia's case."""
        state = read_state(self.key, self.case)
        for name, value in values.items():
            setattr(state, name, value)
        write_state(self.key, self.case, state)
        self.session.flush()

    def opens(self, worker: Caseworker, *, minutes: float = 0, case: Case | None = None) -> bool:
        """Say whether the case is opened to somebody."""
        asked, at = case or self.case, NOW + timedelta(minutes=minutes)
        try:
            reading.open_thread(self.session, worker, asked.id, at)
        except NeedsReasonError as error:
            return (error.case_id, error.holder) != (asked.id, "Lucia")
        return True

    def breaks(self, worker: Caseworker, reason: str = WHY) -> None:
        """Open Lucia's case for a reason."""
        glass.break_glass(self.session, worker, self.case.id, NOW, reason)

    def told(self, supervisor: Caseworker) -> list[glass.Opening]:
        """Return what a supervisor is told."""
        teams = vault.teams_of(self.session, supervisor.staff.id)
        return glass.openings(self.session, supervisor.private_key, teams, supervisor.staff)

    def traces(self, worker: Caseworker, case: Case | None = None) -> list[Trace]:
        """Who has seen a case, as somebody's page says it, without that look of hers."""
        found = reading.open_thread(self.session, worker, (case or self.case).id, NOW)
        return seen.traces(found.case)[1:]


@pytest.fixture
def room(session: Session, key: PersonalKey) -> Room:
    return Room(session, key)


def test_a_colleagues_conversation_asks_for_a_reason(room: Room) -> None:
    """Not its holder; a colleague and both supervisors are asked, by every look, and it leaves no event."""
    assert room.opens(room.lucia)
    for worker in (room.marta, room.sofia, room.irene):
        assert not room.opens(worker)
        with pytest.raises(NeedsReasonError):
            reading.follow_thread(room.session, worker, room.case.id, NOW)
    by = select(func.count()).where(AuditEvent.staff_id != room.lucia.staff.id)
    assert room.session.scalar(by.where(AuditEvent.action.like("desk.%"))) == 0
    assert {one.name for one in room.traces(room.lucia)} == {"Lucia"}


@pytest.mark.parametrize("urgency", ["danger", "support"])
def test_what_nobody_holds_is_open_to_all(room: Room, urgency: str) -> None:
    """Danger that nobody has taken costs no sentence; neither does what the bot has, or a closed case."""
    room.set_state(urgency=urgency)
    taking.hand_back(room.session, room.lucia, room.case.id, NOW)
    assert room.opens(room.marta)
    taking.take(room.session, room.lucia, room.case.id, NOW)
    assert not room.opens(room.marta)
    close_case(room.session, room.lucia, room.case, NOW, room.sofia)
    assert room.opens(room.marta)


@pytest.mark.parametrize("reason", ["", "   ", "porque", "a" * 301])
def test_a_word_is_no_reason(room: Room, reason: str) -> None:
    with pytest.raises(reasons.NoReasonError):
        room.breaks(room.marta, reason)
    assert not room.opens(room.marta)
    assert room.told(room.sofia) == []


def test_a_reason_opens_it_for_half_an_hour(room: Room) -> None:
    """For her who gave it and for nobody else; the thread keeps it; then she is asked again."""
    room.breaks(room.marta, f"  {WHY} ")
    assert room.opens(room.marta, minutes=29.9)
    assert not room.opens(room.marta, minutes=30)
    assert not room.opens(room.sofia)
    line = lines_of(room.session, room.lucia, room.case)[-1]
    assert line.author == "event"
    assert line.text == f"Marta abrió esta conversación, que tiene Lucia. Motivo: {WHY}"
    events = select(func.count()).where(AuditEvent.action == Action.DESK_BROKE_GLASS)
    assert room.session.scalar(events) == 1


def test_she_may_read_and_not_act(room: Room) -> None:
    """Who opened it for a reason is no holder: what only the holder may do stays refused."""
    room.breaks(room.marta)
    notes.note(room.session, room.marta, room.case.id, NOW, "lo hablé con Lucía")
    with pytest.raises(Exception, match="Ya no tienes esta conversación"):
        close_case(room.session, room.marta, room.case, NOW)


def test_taking_it_over_is_told_like_opening_it(room: Room) -> None:
    """To take a colleague's conversation is no way to read it that the supervisors don't hear of."""
    taking.take_over(room.session, room.marta, room.case.id, NOW, WHY, holder=room.lucia.staff.id)
    (told,) = room.told(room.sofia)
    assert (told.by, told.holder, told.reason, told.case_id) == ("Marta", "Lucia", WHY, room.case.id)
    assert WHY in {one.reason for one in room.traces(room.marta)}


def test_taking_what_she_may_open_is_not_told(room: Room) -> None:
    """What she opened for a reason is told once; what is offered to her, or nobody has, is not."""
    room.breaks(room.marta)
    taking.take_over(room.session, room.marta, room.case.id, NOW, WHY, holder=room.lucia.staff.id)
    assert len(room.told(room.sofia)) == 1
    other = room.new()
    taking.take(room.session, room.lucia, other.id, NOW)
    offers.offer(room.session, room.lucia, other.id, NOW, room.marta.staff.id)
    taking.take_over(room.session, room.marta, other.id, NOW, WHY, holder=room.lucia.staff.id)
    free = room.new()
    taking.take_over(room.session, room.marta, free.id, NOW, WHY, holder=room.lucia.staff.id)
    assert len(room.told(room.sofia)) == 1


def test_who_needs_no_reason_gives_none(room: Room) -> None:
    """The holder, or one for whom it is open already: nothing is recorded as an opening."""
    room.breaks(room.marta)
    for worker in (room.lucia, room.marta):
        with pytest.raises(glass.NoNeedError):
            room.breaks(worker)
    assert len(room.told(room.sofia)) == 1


def test_who_is_asked_to_look_gives_no_reason(room: Room) -> None:
    """It is offered to her, or to her team; a supervisor is to approve its end."""
    room.set_state(offered_to=str(room.marta.staff.id))
    assert (room.opens(room.marta), room.opens(room.sofia)) == (True, False)
    room.set_state(offered_to=str(room.case.team_id))
    assert (room.opens(room.marta), room.opens(room.sofia)) == (True, True)
    room.set_state(offered_to=None, closing_asked_by=str(room.lucia.staff.id))
    assert (room.opens(room.marta), room.opens(room.sofia)) == (False, True)


def test_steps_that_show_nothing_ask_nothing_here(room: Room) -> None:
    """A note is kept, a conversation taken over; who had it before is a colleague from then on."""
    notes.note(room.session, room.marta, room.case.id, NOW, "llamó su hermana")
    assert not room.opens(room.marta)
    taking.take_over(
        room.session, room.marta, room.case.id, NOW, "termina mi turno", holder=room.lucia.staff.id
    )
    assert room.opens(room.marta)
    with pytest.raises(NeedsReasonError):
        reading.open_thread(room.session, room.lucia, room.case.id, NOW)


def test_the_supervisor_is_told(room: Room) -> None:
    """Who, whose, which and why; by whom it was seen; one's own is not for oneself to tick off."""
    room.breaks(room.marta)
    room.breaks(room.sofia, "Revisión")
    told = room.told(room.irene)
    assert [(one.by, one.holder, one.reason, one.case_id) for one in told] == [
        ("Sofia", "Lucia", "Revisión", room.case.id),
        ("Marta", "Lucia", WHY, room.case.id),
    ]
    assert {one.at for one in told} == {NOW}
    teams = vault.teams_of(room.session, room.irene.staff.id)

    def unseen(who: Caseworker) -> int:
        return glass.unseen(room.session, who.private_key, teams, who.staff)

    assert (unseen(room.irene), unseen(room.sofia)) == (2, 1)
    own = next(one for one in room.told(room.sofia) if one.mine)
    other = next(one for one in room.told(room.sofia) if not one.mine)
    for one, known in ((own, False), (other, True), (other, False)):
        assert known is glass.acknowledge(
            room.session, room.sofia.private_key, one.team_id, one.position, room.sofia.staff, NOW
        )
    assert (unseen(room.irene), unseen(room.sofia)) == (1, 0)
    assert [one.seen_by for one in room.told(room.irene)] == ["", "Sofia"]


def test_another_team_is_told_nothing(room: Room) -> None:
    """P4: neither for another team's list, nor with another team's key."""
    room.breaks(room.marta)
    vault.make_team(room.session, "Otra")
    other = room.session.scalars(select(Team.id).where(Team.name == "Otra")).one()
    staff = room.sofia.staff
    assert glass.openings(room.session, room.sofia.private_key, {other}, staff) == []
    assert glass.openings(room.session, b"0" * 32, {room.case.team_id}, staff) == []


def test_the_case_says_who_has_seen_it(room: Room) -> None:
    """Every look and step: who, what, the exact moment, the reason; the newest first."""
    room.breaks(room.marta)
    room.opens(room.marta)
    notes.note(room.session, room.lucia, room.case.id, NOW + timedelta(seconds=7), "nota")
    found = room.traces(room.lucia)
    assert [(one.name, one.action, one.reason) for one in found] == [
        ("Lucia", "desk.noted", ""),
        ("Marta", "desk.opened", ""),
        ("Marta", "desk.broke_glass", WHY),
        ("Lucia", "desk.taken", ""),
    ]
    assert found[0].at == NOW + timedelta(seconds=7)


def test_who_has_seen_it_is_for_holder_and_supervisor(room: Room) -> None:
    for worker in (room.marta, room.sofia):
        room.breaks(worker)
    found = reading.open_thread(room.session, room.marta, room.case.id, NOW)
    assert seen.traces(found.case) == []
    assert room.traces(room.sofia)
    assert room.traces(room.lucia)


def test_many_looks(room: Room) -> None:
    """The list grows by sixteen rows; the newest are shown, none is lost."""
    for minutes in range(40):
        room.opens(room.lucia, minutes=minutes)
    assert room.session.scalar(select(func.count()).select_from(CaseAudit)) == 48
    found = room.traces(room.lucia)
    assert len(found) == seen.SHOWN - 1
    assert [one.at for one in found] == [NOW + timedelta(minutes=n) for n in range(39, 0, -1)]


@pytest.mark.parametrize("reason", ["Revisión", "a" * 300, "ñandú " * 49, "💛" * 300])
def test_no_row_is_longer_than_another(room: Room, reason: str) -> None:
    """P4: neither a reason nor its length shows in what is stored."""
    room.breaks(room.marta, reason)
    rows: list[Any] = [
        *room.session.scalars(select(CaseAudit.content_sealed)),
        *room.session.scalars(select(Oversight.content_sealed)),
    ]
    assert len(rows) == 32
    assert len({len(row) for row in rows}) == 1
    assert room.told(room.sofia)[0].reason[:60] == reason.strip()[:60]
    glass.acknowledge(room.session, room.sofia.private_key, room.case.team_id, 1, room.sofia.staff, NOW)
    assert {len(row) for row in room.session.scalars(select(Oversight.content_sealed))} == {len(rows[0])}


def test_a_row_of_an_older_key_is_passed_over(room: Room) -> None:
    """What no key of the ring opens is neither shown nor taken for a free place."""
    public = vault.public_key_of(room.session, room.case.team_id)
    first = room.session.scalars(select(CaseAudit).order_by(CaseAudit.position)).first()
    assert first is not None
    first.content_sealed = b"\x00" * len(vault.seal(public, {}))
    room.session.flush()
    assert room.opens(room.lucia)
    assert [one.action for one in room.traces(room.lucia)] == ["desk.opened"]
    assert {one.position for one in room.session.scalars(select(CaseAudit))} == set(range(1, 17))


def test_looks_at_the_same_moment(
    room: Room, sessions: sessionmaker[Session], session: Session, key: PersonalKey
) -> None:
    """Looks take no lock of the case, and yet each leaves its own line."""
    taking.hand_back(session, room.lucia, room.case.id, NOW)
    session.commit()
    case_id, start, failed = room.case.id, Barrier(8), list[BaseException]()

    def opens(worker: Caseworker) -> None:
        start.wait()
        try:
            with sessions.begin() as db:
                reading.open_thread(db, worker, case_id, NOW)
        except Exception as error:  # noqa: BLE001 (whatever it is, the test shows it)
            failed.append(error)

    threads = [Thread(target=opens, args=(worker,)) for worker in (room.lucia, room.marta) * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    session.expire_all()
    assert sum(one.action == "desk.opened" for one in room.traces(room.sofia)) == 8
    assert cases.read_state(key, session.get_one(Case, case_id)).claimed_by is None
