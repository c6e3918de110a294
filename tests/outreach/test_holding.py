"""A conversation whose caseworker is gone comes loose; while she is there, the bot is silent."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from typing import TYPE_CHECKING, NamedTuple

import pytest
from at_desk import lines_of, sit_down
from sqlalchemy import event, select

from models import Conversation, Role, Staff, StaffSession, Team
from outreach.casework import answering, cases, holding, roster, taking
from outreach.casework.opened import Caseworker, NotYoursError
from outreach.messages import conversation_state
from outreach.sealing import vault
from outreach.staff import accounts, presence

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session, sessionmaker

    from models import Case
    from outreach.casework.case_state import CaseState
    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)


class Held(NamedTuple):
    """A conversation that Ana holds, at the desk at NOW."""

    ana: Caseworker
    login: StaffSession
    conversation: Conversation
    case: Case


def hold(session: Session, key: PersonalKey, settings: Settings, urgency: cases.Urgency) -> Held:
    text = vault.make_team(session, "Atención")
    password = accounts.add(session, "ana", "Ana", Role.CASEWORKER, NOW)
    person = accounts.find(session, "ana")
    assert person is not None
    vault.grant_with_recovery_key(session, text, person.id)
    private = vault.unlock(session, person, password)
    assert private is not None
    login = sit_down(session, person, NOW)
    ana = Caseworker(key, private, person)
    conversation = Conversation(id=uuid.uuid4(), last_inbound_at=NOW, private_cipher=b"")
    conversation.private_cipher = conversation_state.empty(key, conversation.id)
    session.add(conversation)
    session.flush()
    case = cases.open_case(session, key, conversation, urgency=urgency, about="violence", now=NOW)
    taking.take(session, ana, case.id, NOW)
    session.commit()
    assert holding.release_abandoned(session, key, settings, NOW) == 0
    return Held(ana, login, conversation, case)


def state_of(session: Session, held: Held) -> tuple[CaseState, conversation_state.PrivateState]:
    session.refresh(held.case)
    session.refresh(held.conversation)
    key = held.ana.key
    return cases.read_state(key, held.case), conversation_state.read(key, held.conversation)


@pytest.mark.parametrize(("urgency", "minutes"), [("danger", 3), ("support", 20)])
def test_it_comes_loose(
    session: Session, key: PersonalKey, settings: Settings, urgency: cases.Urgency, minutes: int
) -> None:
    """After so many minutes without the desk open it is nobody's, waits, and the thread says who had it."""
    held = hold(session, key, settings, urgency)
    limit = NOW + timedelta(minutes=minutes)
    assert holding.release_abandoned(session, key, settings, limit - timedelta(seconds=1)) == 0
    assert state_of(session, held)[1].held
    assert holding.release_abandoned(session, key, settings, limit) == 1
    state, private = state_of(session, held)
    assert (state.claimed_by, state.claimed_name, private.held, private.released) == (None, None, False, True)
    assert private.case_id == str(held.case.id)
    assert state.waiting_since == NOW.isoformat()
    last = lines_of(session, held.ana, held.case)[-1]
    assert last.author == "event"
    assert "Ana" in last.text
    assert holding.release_abandoned(session, key, settings, limit) == 0


def test_the_minutes_are_settings(session: Session, key: PersonalKey, settings: Settings) -> None:
    """`AVANZA_HOLD_MINUTES_DANGER` decides."""
    held = hold(session, key, settings, "danger")
    later = NOW + timedelta(minutes=9)
    assert holding.release_abandoned(session, key, replace(settings, hold_minutes_danger=10), later) == 0
    assert state_of(session, held)[1].held


def test_whoever_is_there_keeps_it(session: Session, key: PersonalKey, settings: Settings) -> None:
    """P7: while its holder has the desk open nothing comes loose, however long she takes to answer."""
    held = hold(session, key, settings, "danger")
    for minute in range(1, 29):
        moment = NOW + timedelta(minutes=minute)
        held.login.last_seen_at = held.login.desk_seen_at = moment - timedelta(seconds=30)
        session.commit()
        assert holding.release_abandoned(session, key, settings, moment) == 0
    assert state_of(session, held)[1].held


@pytest.mark.parametrize("urgency", ["danger", "support"])
def test_what_is_of_a_team_that_she_left(
    session: Session, key: PersonalKey, settings: Settings, urgency: cases.Urgency
) -> None:
    """She can't open it any more: it comes loose at once, though she is there; a further team is no harm."""
    held = hold(session, key, settings, urgency)
    first, paper = vault.the_team(session), vault.make_team(session, "Otra")
    other = session.scalars(select(Team).where(Team.id != first.id)).one()
    vault.join_team(session, held.ana.staff, other)
    vault.grant_with_recovery_key(session, paper, held.ana.staff.id)
    assert holding.release_abandoned(session, key, settings, NOW) == 0
    vault.leave_team(session, held.ana.staff, first)
    assert holding.release_abandoned(session, key, settings, NOW) == 1
    assert state_of(session, held)[0].claimed_by is None


def test_what_is_a_supervisors_alone(session: Session, key: PersonalKey, settings: Settings) -> None:
    """P7: she is a supervisor no more and can't open it: it comes loose, though she has the desk open."""
    held = hold(session, key, settings, "support")
    held.ana.staff.role = Role.SUPERVISOR
    state = cases.locked_state(session, key, held.case)
    state.for_supervisor = True
    cases.write_state(key, held.case, state)
    session.flush()
    assert holding.release_abandoned(session, key, settings, NOW) == 0
    held.ana.staff.role = Role.CASEWORKER
    session.flush()
    assert holding.release_abandoned(session, key, settings, NOW) == 1
    state, private = state_of(session, held)
    assert (state.claimed_by, private.held, private.released) == (None, False, True)


def test_a_locked_desk_is_nobodys(session: Session, key: PersonalKey, settings: Settings) -> None:
    """P7, P8: ten minutes without an act lock her desk, though it stays open; then the minutes begin."""
    held = hold(session, key, settings, "danger")
    for minute in range(1, 10):
        moment = NOW + timedelta(minutes=minute)
        held.login.desk_seen_at = moment
        session.commit()
        assert holding.release_abandoned(session, key, settings, moment) == 0
    assert presence.lock_idle(session, NOW + presence.LOCK_AFTER) == 1
    session.commit()
    assert holding.release_abandoned(session, key, settings, NOW + presence.LOCK_AFTER) == 0
    assert holding.release_abandoned(session, key, settings, NOW + timedelta(minutes=12)) == 1


def test_the_minutes_begin_anew_when_she_was_back(
    session: Session, key: PersonalKey, settings: Settings
) -> None:
    """She left for two minutes, came back and left again: the two minutes are forgotten."""
    held = hold(session, key, settings, "danger")
    assert holding.release_abandoned(session, key, settings, NOW + timedelta(minutes=2)) == 0
    held.login.desk_seen_at = NOW + timedelta(minutes=2, seconds=5)
    session.commit()
    assert holding.release_abandoned(session, key, settings, NOW + timedelta(minutes=2, seconds=10)) == 0
    assert state_of(session, held)[0].holder_gone_since is None
    assert holding.release_abandoned(session, key, settings, NOW + timedelta(minutes=5)) == 0
    assert holding.release_abandoned(session, key, settings, NOW + timedelta(minutes=5, seconds=5)) == 1


@pytest.mark.parametrize("way", ["disable", "reset", "log_out"])
@pytest.mark.parametrize("urgency", ["danger", "support"])
def test_who_leaves_lets_danger_go_at_once(
    session: Session, key: PersonalKey, settings: Settings, urgency: cases.Urgency, way: str
) -> None:
    """Disabled, reset or logged out: a danger case is nobody's in that moment, others after their minutes."""
    held = hold(session, key, settings, urgency)
    ana = session.get_one(Staff, held.ana.staff.id)
    match way:
        case "disable":
            accounts.disable(session, ana, NOW)
        case "reset":
            accounts.reset(session, ana, NOW)
        case _:
            session.delete(held.login)
    at_once = urgency == "danger"
    assert holding.release_of(session, key, settings, ana.id, NOW) == at_once
    assert state_of(session, held)[1].held != at_once
    if not at_once:
        almost = NOW + timedelta(minutes=19)
        assert holding.release_abandoned(session, key, settings, almost) == 0
        assert holding.release_abandoned(session, key, settings, NOW + timedelta(minutes=20)) == 1


def test_disabling_from_elsewhere_is_noticed_by_the_tick(
    session: Session, key: PersonalKey, settings: Settings
) -> None:
    """Whoever was disabled at the command line holds no danger case after the next tick."""
    held = hold(session, key, settings, "danger")
    accounts.disable(session, held.ana.staff, NOW)
    assert holding.release_abandoned(session, key, settings, NOW) == 1


def test_another_session_keeps_it(session: Session, key: PersonalKey, settings: Settings) -> None:
    """Logging out of one browser lets nothing go while the desk may be open in another."""
    held = hold(session, key, settings, "danger")
    sit_down(session, held.ana.staff, NOW)
    session.delete(held.login)
    assert holding.release_of(session, key, settings, held.ana.staff.id, NOW) == 0


def test_shifts_end_with_the_last_session(session: Session, key: PersonalKey, settings: Settings) -> None:
    """P8: the tick ends the shift of whoever has no session left: idle, expired or never entered."""
    held = hold(session, key, settings, "support")
    roster.start_shift(session, held.ana.staff, 8, NOW)
    holding.release_abandoned(session, key, settings, NOW + timedelta(minutes=29))
    later = NOW + timedelta(minutes=30)
    assert roster.shift_of(session, held.ana.staff, later - timedelta(minutes=1)) is not None
    holding.release_abandoned(session, key, settings, later)
    assert roster.shift_of(session, held.ana.staff, later + timedelta(seconds=1)) is None


def test_a_case_from_before_finds_its_conversation(
    session: Session, key: PersonalKey, settings: Settings
) -> None:
    """A case that was held at an upgrade does not name its conversation yet: it comes loose all the same."""
    held = hold(session, key, settings, "danger")
    state = cases.read_state(key, held.case)
    state.conversation_id = None
    cases.write_state(key, held.case, state)
    session.commit()
    assert holding.release_abandoned(session, key, settings, NOW + timedelta(hours=1)) == 1
    assert not state_of(session, held)[1].held


def test_erased_while_held(session: Session, key: PersonalKey, settings: Settings) -> None:
    """She erased her data: the case still comes loose, with nobody to answer."""
    held = hold(session, key, settings, "danger")
    session.delete(held.conversation)
    session.commit()
    assert holding.release_abandoned(session, key, settings, NOW + timedelta(hours=1)) == 1


def test_she_comes_back_in_that_very_second(
    sessions: sessionmaker[Session], session: Session, key: PersonalKey, settings: Settings
) -> None:
    """Race: she answers as the tick releases. One of the two wins, and never do both bot and person speak."""
    held = hold(session, key, settings, "danger")
    later = NOW + timedelta(minutes=5)
    session.refresh(held.conversation, with_for_update=True)  # as her answer does
    locked, done = Event(), []

    def tick() -> None:
        with sessions.begin() as other:
            locked.set()
            done.append(holding.release_abandoned(other, key, settings, later))

    thread = Thread(target=tick)
    thread.start()
    locked.wait(5)
    thread.join(10)
    assert done == [0], "a locked conversation waits for the next tick"
    held.login.desk_seen_at = later
    answering.reply(session, held.ana, held.case.id, later, "Aquí sigo")
    session.commit()
    with sessions.begin() as other:
        assert holding.release_abandoned(other, key, settings, later) == 0
    assert state_of(session, held)[1].held


def test_after_it_came_loose_her_old_form_is_refused(
    session: Session, key: PersonalKey, settings: Settings
) -> None:
    """P7: the tick was first: her answer does not leave beside the bot's; she may take it again."""
    held = hold(session, key, settings, "danger")
    later = NOW + timedelta(minutes=5)
    assert holding.release_abandoned(session, key, settings, later) == 1
    with pytest.raises(NotYoursError):
        answering.reply(session, held.ana, held.case.id, later, "Aquí sigo")
    taking.take(session, held.ana, held.case.id, later)
    assert not state_of(session, held)[1].released


def test_few_statements(session: Session, key: PersonalKey, settings: Settings, engine: Engine) -> None:
    """The tick asks three questions, however many conversations are held by people who are there."""
    held = hold(session, key, settings, "danger")
    for _ in range(10):
        conversation = Conversation(id=uuid.uuid4(), last_inbound_at=NOW, private_cipher=b"")
        conversation.private_cipher = conversation_state.empty(key, conversation.id)
        session.add(conversation)
        session.flush()
        case = cases.open_case(session, key, conversation, urgency="support", about="violence", now=NOW)
        taking.take(session, held.ana, case.id, NOW)
    session.commit()
    seen: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda _c, _k, statement, *_: seen.append(statement))
    assert holding.release_abandoned(session, key, settings, NOW) == 0
    assert len(seen) <= 3
