"""Cases: sealed from the first word, honest about who waits, silent while a person has her."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import pytest
from at_desk import lines_of, sit_down
from desk_support import close_case, talk
from sqlalchemy import select

from models import (
    AuditEvent,
    Case,
    Conversation,
    OutboxKind,
    OutboxMessage,
    OutboxState,
    Programme,
    Role,
    SealedEntry,
    Staff,
    Team,
    TemplateState,
)
from outreach.casework import answering, cases, closing, notes, reading, roster, taking, undelivered
from outreach.casework.opened import Caseworker, DeskError, WindowClosedError, opened
from outreach.messages import conversation_state, outbox, templates
from outreach.sealing import vault
from outreach.staff import accounts

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from outreach.sealing.crypto import PersonalKey

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
CANARY = "me encerró con llave"


class Room(NamedTuple):
    """Two caseworkers and a conversation."""

    lucia: Caseworker
    marta: Caseworker
    conversation: Conversation


@pytest.fixture
def room(session: Session, key: PersonalKey) -> Room:
    text = vault.make_team(session, "Atención")
    hands = []
    for name in ("lucia", "marta"):
        password = accounts.add(session, name, name.title(), Role.CASEWORKER, NOW)
        person = accounts.find(session, name)
        assert person is not None
        vault.grant_with_recovery_key(session, text, person.id)
        private = vault.unlock(session, person, password)
        assert private is not None
        hands.append(Caseworker(key, private, person))
    return Room(hands[0], hands[1], _conversation(session, key))


def _conversation(session: Session, key: PersonalKey) -> Conversation:
    conversation = Conversation(id=uuid.uuid4(), last_inbound_at=NOW, private_cipher=b"")
    conversation.private_cipher = conversation_state.empty(key, conversation.id)
    session.add(conversation)
    session.flush()
    return conversation


def _open(session: Session, room: Room, urgency: cases.Urgency = "support") -> Case:
    key = room.lucia.key
    return cases.open_case(session, key, room.conversation, urgency=urgency, about="violence", now=NOW)


def test_open_once(session: Session, room: Room) -> None:
    """P2: a case is opened once per conversation; again it only becomes more urgent."""
    key = room.lucia.key
    first = _open(session, room, "support")
    again = _open(session, room, "danger")
    calmer = _open(session, room, "support")
    assert first.id == again.id == calmer.id
    assert cases.read_state(key, first).urgency == "danger"
    assert conversation_state.read(key, room.conversation).case_id == str(first.id)


def test_nothing_is_readable_without_the_key(session: Session, room: Room) -> None:
    """P4: no row of a case holds her words, nor whose it is."""
    case = _open(session, room)
    cases.woman_wrote(session, room.lucia.key, case.id, CANARY, NOW)
    session.flush()
    for entry in session.scalars(select(SealedEntry)):
        assert CANARY.encode() not in entry.content_sealed
    stored = [case.state_cipher, case.subject_sealed]
    assert all(str(room.conversation.id).encode() not in blob for blob in stored)
    assert "conversation" not in {c.name for c in Case.__table__.columns}


def test_a_conversation_looks_the_same(session: Session, room: Room) -> None:
    """P4: a conversation's row has the same length with and without a case."""
    before = len(room.conversation.private_cipher)
    _open(session, room)
    assert len(room.conversation.private_cipher) == before


def test_thread_in_order(session: Session, room: Room) -> None:
    """Entries keep their order and say who wrote, with what came along."""
    case = _open(session, room)
    for i in range(5):
        cases.add_entry(
            session, room.lucia.key, case, author="bot" if i % 2 else "woman", text=str(i), at=NOW
        )
    lines = lines_of(session, room.lucia, case)
    assert [line.position for line in lines] == list(range(1, 7))
    assert [line.text for line in lines[1:]] == list("01234")


def test_desk_order(session: Session, room: Room, key: PersonalKey) -> None:
    """Danger first, then who has waited longest; one that nobody waits for comes last."""
    made = {}
    table: list[tuple[str, cases.Urgency, int]] = [
        ("a", "support", 50),
        ("b", "danger", 5),
        ("c", "danger", 20),
    ]
    for name, urgency, minutes in table:
        conversation = _conversation(session, key)
        at = NOW - timedelta(minutes=minutes)
        case = cases.open_case(
            session,
            key,
            conversation,
            urgency=urgency,
            about="violence",
            now=at,
        )
        made[case.id] = name
    answered = _open(session, room, "danger")
    taking.take(session, room.lucia, answered.id, NOW)
    answering.reply(session, room.lucia, answered.id, NOW, "Aquí estoy")
    made[answered.id] = "answered"
    assert [made[line.id] for line in cases.open_cases(session, key)] == ["c", "b", "a", "answered"]


def test_take_silences_the_bot(session: Session, room: Room) -> None:
    """P7: from the taking on the bot is silent, until the person hands back."""
    key = room.lucia.key
    case = _open(session, room)
    taking.take(session, room.lucia, case.id, NOW)
    assert conversation_state.read(key, room.conversation).held
    taking.hand_back(session, room.lucia, case.id, NOW)
    state = conversation_state.read(key, room.conversation)
    assert not state.held
    assert state.case_id == str(case.id)
    cases.woman_wrote(session, key, case.id, "gracias", NOW)
    assert cases.read_state(key, case).waiting_since is None


def test_she_asks_again_after_hand_back(session: Session, room: Room) -> None:
    """P8: after a hand-back her new call for a person waits on the desk again."""
    case = _open(session, room)
    taking.take(session, room.lucia, case.id, NOW)
    taking.hand_back(session, room.lucia, case.id, NOW)
    _open(session, room)
    state = cases.read_state(room.lucia.key, case)
    assert state.waiting_since is not None
    assert not state.handed_back


def test_one_caseworker_at_a_time(session: Session, room: Room) -> None:
    """Who did not take the conversation neither answers nor closes; taking over is said aloud."""
    case = _open(session, room)
    taking.take(session, room.lucia, case.id, NOW)
    for step in (taking.take, taking.hand_back, closing.keep_open):
        with pytest.raises(DeskError):
            step(session, room.marta, case.id, NOW)
    with pytest.raises(DeskError):
        answering.reply(session, room.marta, case.id, NOW, "Hola")
    taking.take_over(session, room.marta, case.id, NOW, "Lucia salió a comer", holder=room.lucia.staff.id)
    assert "en lugar de Lucia" in lines_of(session, room.marta, case)[-1].text
    answering.reply(session, room.marta, case.id, NOW, "Hola")


def test_reply_goes_to_the_outbox(session: Session, room: Room) -> None:
    """An answer is sealed and handed to the outbox in one step, marked confidential; a form once only."""
    case = _open(session, room)
    taking.take(session, room.lucia, case.id, NOW)
    form = uuid.uuid4()
    for _ in range(2):
        answering.reply(session, room.lucia, case.id, NOW, "Te leo", entry_id=form)
    rows = session.scalars(select(OutboxMessage)).all()
    assert len(rows) == 1
    content = outbox.read_content(room.lucia.key, rows[0])
    assert (content.body, content.confidential) == ("Te leo", True)
    line = lines_of(session, room.lucia, case)[-1]
    assert (line.author, line.text, line.extra["staff"]) == ("staff", "Te leo", "Lucia")
    assert reading.sending_states(session, [line]) == {line.extra["outbox_id"]: "queued"}


def test_cover_holds_answers_back(session: Session, room: Room) -> None:
    """P9: under cover mode nothing of ours leaves; the caseworker is told, the words are kept."""
    key = room.lucia.key
    case = _open(session, room)
    taking.take(session, room.lucia, case.id, NOW)
    state = conversation_state.read(key, room.conversation)
    state.cover = True
    conversation_state.write(key, room.conversation, state)
    answering.reply(session, room.lucia, case.id, NOW, "¿Sigues ahí?")
    assert not session.scalars(select(OutboxMessage)).all()
    last = lines_of(session, room.lucia, case)[-1]
    assert (last.author, last.extra["held_for"]) == ("held", "cover")


def test_window(session: Session, room: Room) -> None:
    """Free text does not leave 24 hours after her last message, and the caseworker is told so."""
    case = _open(session, room)
    taking.take(session, room.lucia, case.id, NOW)
    with pytest.raises(WindowClosedError):
        answering.reply(session, room.lucia, case.id, NOW + timedelta(hours=24), "Hola")


def test_invitation(session: Session, room: Room) -> None:
    """P5, P8: where free text can't leave, an approved template that says nothing may invite her."""
    case = _open(session, room)
    taking.take(session, room.lucia, case.id, NOW)
    later = NOW + timedelta(days=2)
    template = templates.by_name(session, templates.INVITATION)
    assert template is not None
    with pytest.raises(DeskError, match="aprobado"):
        answering.send_neutral(session, room.lucia, case.id, later)
    template.state = TemplateState.APPROVED
    answering.send_neutral(session, room.lucia, case.id, later)
    row = session.scalars(select(OutboxMessage)).one()
    content = outbox.read_content(room.lucia.key, row)
    assert (row.kind, row.template_id) == (OutboxKind.NOTICE, None)
    assert (content.body, content.template, content.invitation) == (template.body, str(template.id), True)


def test_close(session: Session, room: Room) -> None:
    """P7: closing ends the silence, and a new need opens a new case."""
    case = _open(session, room)
    taking.take(session, room.lucia, case.id, NOW)
    close_case(session, room.lucia, case, NOW)
    state = conversation_state.read(room.lucia.key, room.conversation)
    assert (state.held, state.case_id) == (False, None)
    assert cases.woman_wrote(session, room.lucia.key, case.id, "x", NOW) is None
    with pytest.raises(DeskError):
        taking.take(session, room.lucia, case.id, NOW)
    assert _open(session, room).id != case.id


def test_erased_conversation(session: Session, room: Room) -> None:
    """When she erased her data the case can still be read and closed, and nothing can be sent."""
    case = _open(session, room)
    taking.take(session, room.lucia, case.id, NOW)
    session.delete(room.conversation)
    session.flush()
    with pytest.raises(DeskError, match="borró"):
        answering.reply(session, room.lucia, case.id, NOW, "Hola")
    close_case(session, room.lucia, case, NOW)


def test_no_team(session: Session, key: PersonalKey) -> None:
    """Without a team a case can't be opened, and the error says so."""
    with pytest.raises(vault.NoTeamError):
        cases.open_case(session, key, _conversation(session, key), urgency="danger", about="danger", now=NOW)


def test_roster(session: Session, room: Room) -> None:
    """P8: nobody is on shift unless the roster says so and she is at the desk, and only while both hold."""
    lucia: Staff = room.lucia.staff
    roster.start_shift(session, lucia, 8, NOW)
    assert cases.on_shift(session, NOW) == []
    login = sit_down(session, lucia, NOW)
    assert cases.on_shift(session, NOW) == [lucia]
    login.expires_at = NOW + timedelta(days=1)
    for hours, there in ((7, [lucia]), (8, [])):
        login.desk_seen_at = login.last_seen_at = NOW + timedelta(hours=hours)
        assert cases.on_shift(session, NOW + timedelta(hours=hours)) == there
    login.desk_seen_at = login.last_seen_at = NOW
    roster.end_shift(session, lucia, NOW)
    assert cases.on_shift(session, NOW) == []


def test_the_desk_must_be_open(session: Session, room: Room) -> None:
    """P8: "somebody is on shift" is said while the desk was asked for within 45 seconds, with the key."""
    lucia = room.lucia.staff
    roster.start_shift(session, lucia, 8, NOW)
    login = sit_down(session, lucia, NOW)
    assert cases.on_shift(session, NOW + timedelta(seconds=45)) == [lucia]
    assert cases.on_shift(session, NOW + timedelta(seconds=46)) == []
    login.key_wrapped = None
    assert cases.on_shift(session, NOW) == []


@pytest.mark.parametrize("way", ["disabled", "reset", "role", "key", "idle", "expired"])
def test_whoever_cannot_read_is_not_there(session: Session, room: Room, way: str) -> None:
    """P8: a shift counts for nothing once its holder can't open a case, whatever her page still asks for."""
    lucia = room.lucia.staff
    roster.start_shift(session, lucia, 8, NOW)
    login = sit_down(session, lucia, NOW)
    match way:
        case "disabled":
            lucia.disabled_at = NOW
        case "reset":
            lucia.must_change_password = True
        case "role":
            lucia.role = Role.COORDINATOR
        case "key":
            vault.request_access(session, lucia, "otra frase muy larga")
        case "idle":
            login.last_seen_at = NOW - timedelta(minutes=30)
        case _:
            login.expires_at = NOW
    session.flush()
    assert cases.on_shift(session, NOW) == []


def test_after_reset_and_return_nobody_is_on_shift(session: Session, room: Room) -> None:
    """P8: on shift, reset, disabled, given access again, not yet back: nobody is said to be there."""
    lucia = room.lucia.staff
    roster.start_shift(session, lucia, 8, NOW)
    sit_down(session, lucia, NOW)
    accounts.reset(session, lucia, NOW)
    assert roster.shift_of(session, lucia, NOW) is None
    accounts.disable(session, lucia, NOW)
    accounts.reset(session, lucia, NOW)
    assert cases.on_shift(session, NOW) == []


def test_who_reads_is_of_her_programmes_team(session: Session, room: Room) -> None:
    """P8: a caseworker of another team sees nothing of hers: she is not somebody on shift for her."""
    lucia = room.lucia.staff
    roster.start_shift(session, lucia, 8, NOW)
    sit_down(session, lucia, NOW)
    programme = session.get_one(Programme, room.conversation.programme_id)
    key, hers = room.lucia.key, talk(session, room.lucia.key, NOW)
    state = conversation_state.PrivateState()
    assert cases.who_reads(session, key, hers, state, NOW) == [lucia]
    vault.make_team(session, "Otra")
    programme.team_id = session.scalars(select(Team.id).where(Team.name == "Otra")).one()
    session.flush()
    assert cases.who_reads(session, key, hers, state, NOW) == []
    assert cases.on_shift(session, NOW) == [lucia]


def test_other_teams_cases_are_not_there(session: Session, room: Room) -> None:
    """P4: a case of another team is neither listed nor opened, like one that does not exist."""
    case = _open(session, room)
    vault.make_team(session, "Otra")
    other = session.scalars(select(Team).where(Team.name == "Otra")).one()
    assert cases.open_cases(session, room.lucia.key, {other.id}) == []
    assert opened(session, room.lucia, case.id, NOW) is not None
    stranger = Caseworker(room.lucia.key, b"0" * 32, room.marta.staff)
    assert opened(session, stranger, case.id, NOW) is None


def test_an_undelivered_answer_is_shown_until_seen(session: Session, room: Room) -> None:
    """A6: an answer that did not arrive is listed for its team until one of them says that she saw it."""
    case = _open(session, room)
    taking.take(session, room.lucia, case.id, NOW)
    answering.reply(session, room.lucia, case.id, NOW, "Te leo")
    teams = {case.team_id}
    assert undelivered.undelivered(session, room.lucia.key, teams) == []
    row = session.scalars(select(OutboxMessage)).one()
    row.state, row.reason = OutboxState.UNDELIVERED, "unreachable"
    session.flush()
    [found] = undelivered.undelivered(session, room.lucia.key, teams)
    assert (found.case_id, found.outbox_id, found.state) == (case.id, row.id, "undelivered")
    assert undelivered.undelivered(session, room.lucia.key, set()) == []
    assert undelivered.acknowledge(session, room.marta, case.id, NOW, row.id)
    assert not undelivered.acknowledge(session, room.marta, case.id, NOW, row.id)
    assert undelivered.undelivered(session, room.lucia.key, teams) == []
    assert row.acknowledged_at is None, "a mark on the row would be on answers of cases alone (P4)"


def test_the_audit_of_a_step_has_no_hour(session: Session, room: Room) -> None:
    """A8: what was done in a case leaves its day only, so that no message that left then is tied to it."""
    case = _open(session, room)
    taking.take(session, room.lucia, case.id, NOW)
    answering.reply(session, room.lucia, case.id, NOW, "Te leo")
    notes.note(session, room.lucia, case.id, NOW, "nota")
    taking.hand_back(session, room.lucia, case.id, NOW)
    events = session.scalars(select(AuditEvent).where(AuditEvent.action.like("desk.%"))).all()
    assert {e.action for e in events} == {"desk.taken", "desk.answered", "desk.noted", "desk.handed_back"}
    assert {e.at for e in events} == {NOW.replace(hour=0)}
