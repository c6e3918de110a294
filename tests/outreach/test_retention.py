"""Retention: announced thirty days before, paused by a person, blocked, then deleted in batches."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from ledger import a_woman, give
from people import NOW, add_enrolled, add_group, add_woman
from sqlalchemy import event, func, select, text, update

from models import (
    AbsenceCall,
    Attendance,
    AttendanceMark,
    BlockedReading,
    BlockedRecord,
    Conversation,
    DataKind,
    InboundMessage,
    NameKey,
    RetentionNotice,
    RetentionStep,
    Role,
    Staff,
    Support,
    Woman,
)
from models import Session as Meeting
from outreach.messages import conversation_state, inbox
from outreach.programme import enrolment
from outreach.single_list import blocking, retention
from outreach.single_list.retention import RetentionError
from outreach.staff import accounts

if TYPE_CHECKING:
    from sqlalchemy.orm import Session, sessionmaker

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

TODAY = NOW.date()
LONG_AGO = NOW - timedelta(days=6 * 365)
A_YEAR = 12


@pytest.fixture
def rosa(session: Session) -> Staff:
    accounts.add(session, "rosa", "Rosa Prueba", Role.COORDINATOR, NOW)
    found = accounts.find(session, "rosa")
    assert found is not None
    return found


def rule(
    db: Session, key: PersonalKey, by: Staff, kind: DataKind, months: int | None = A_YEAR, *,
    blocked: int = 3, on_erasure: bool = False,
) -> None:  # fmt: skip
    retention.set_rule(
        db, key, kind, months=months, blocked_months=blocked, on_erasure=on_erasure,
        ground="Catálogo de disposición documental", reason="lo pide el archivo", by=by.id, now=NOW,
    )  # fmt: skip


def grow_old(db: Session, woman: Woman) -> None:
    """Let all that is known of her be from long ago."""
    db.execute(update(Woman).where(Woman.id == woman.id).values(created_at=LONG_AGO, updated_at=LONG_AGO))
    db.execute(update(Conversation).where(Conversation.woman_id == woman.id).values(last_inbound_at=LONG_AGO))
    db.execute(text("UPDATE enrolment SET created_at = :at WHERE woman_id = :id"),
               {"at": LONG_AGO, "id": woman.id})  # fmt: skip
    db.flush()
    db.expire_all()


def blocks_all(db: Session, key: PersonalKey, settings: Settings, now: datetime, limit: int = 200) -> int:
    done = 0
    while (step := retention.block_step(db, key, settings, now, limit)).more:
        done += step.rows
    return done + step.rows


def test_a_kind_without_a_rule_is_kept(session: Session, key: PersonalKey, settings: Settings) -> None:
    """No law names a period, so none is assumed."""
    grow_old(session, add_woman(session, key)[0])
    assert retention.announce(session, settings, NOW) == 0
    assert blocks_all(session, key, settings, NOW) == 0


def test_it_is_announced_thirty_days_before(
    session: Session, key: PersonalKey, settings: Settings, rosa: Staff
) -> None:
    """The notice counts what will be due on its day; nothing goes before, and only what it named."""
    woman = a_woman(session, key)
    due_soon = (NOW + timedelta(days=20) - timedelta(days=365)).date().isoformat()
    give(session, key, woman, "2024-01-10")
    give(session, key, woman, due_soon)
    give(session, key, woman, TODAY.isoformat())
    rule(session, key, rosa, DataKind.SUPPORT)
    assert retention.announce(session, settings, NOW) == 1
    assert retention.announce(session, settings, NOW) == 0, "one notice a kind"
    (notice,) = retention.notices(session)
    assert (notice.expected, notice.due_at) == (2, NOW + timedelta(days=30))
    assert blocks_all(session, key, settings, NOW + timedelta(days=29)) == 0
    assert blocks_all(session, key, settings, NOW + timedelta(days=30, hours=1)) == 2
    session.expire_all()
    assert session.scalars(select(Support.day)).all() == [TODAY]
    assert (notice.done, notice.finished_at is not None) == (2, True)
    logged = {(line.kind, line.step, line.count) for line in retention.log(session)}
    assert logged == {
        (DataKind.SUPPORT, RetentionStep.ANNOUNCED, 2), (DataKind.SUPPORT, RetentionStep.BLOCKED, 2)
    }  # fmt: skip


def test_what_is_blocked_opens_with_a_reason_and_is_deleted_in_time(
    session: Session, key: PersonalKey, settings: Settings, rosa: Staff
) -> None:
    """Who read it is kept with it; after its months it is gone, its readings too."""
    woman = a_woman(session, key)
    give(session, key, woman, "2024-01-10")
    rule(session, key, rosa, DataKind.SUPPORT)
    retention.announce(session, settings, NOW)
    due = NOW + timedelta(days=31)
    blocks_all(session, key, settings, due)
    record = session.scalars(select(BlockedRecord)).one()
    with pytest.raises(blocking.ReasonError):
        blocking.read(session, key, record.id, rosa.id, "  ", due)
    read = blocking.read(session, key, record.id, rosa.id, "lo pide un juez", due)
    assert read is not None
    assert read["who"]["full_name"] == "Elena Uno Prueba"
    assert read["support"][0]["note"]["given_by"] == "Quien Entrega"
    assert session.scalars(select(BlockedReading.staff_id)).all() == [rosa.id]
    assert blocking.read(session, key, uuid.uuid4(), rosa.id, "x", due) is None
    assert retention.erase_step(session, settings, due + timedelta(days=80)).rows == 0
    assert retention.erase_step(session, settings, due + timedelta(days=95)).rows == 1
    assert session.scalar(select(func.count()).select_from(BlockedReading)) == 0
    assert RetentionStep.ERASED in {line.step for line in retention.log(session)}


def test_a_pause_stops_both_until_its_day(
    session: Session, key: PersonalKey, settings: Settings, rosa: Staff
) -> None:
    """It has a name, a reason and an end; another kind goes on."""
    woman = a_woman(session, key)
    give(session, key, woman, "2024-01-10")
    rule(session, key, rosa, DataKind.SUPPORT, blocked=0)
    retention.announce(session, settings, NOW)
    due = NOW + timedelta(days=31)
    for until, reason in ((TODAY - timedelta(days=1), "x"), (TODAY + timedelta(days=400), "x"), (TODAY, " ")):
        with pytest.raises(RetentionError):
            retention.pause(session, key, DataKind.SUPPORT, until=until, reason=reason, by=rosa.id,
                            today=TODAY, now=NOW)  # fmt: skip
    until = TODAY + timedelta(days=40)
    made = retention.pause(
        session, key, DataKind.SUPPORT, until=until, reason="auditoría", by=rosa.id, today=TODAY, now=NOW
    )
    assert retention.reason_of(key, made) == "auditoría"
    assert retention.pauses(session, TODAY)[DataKind.SUPPORT][1] == "Rosa Prueba"
    assert blocks_all(session, key, settings, due) == 0
    assert blocks_all(session, key, settings, due + timedelta(days=15)) == 1
    retention.pause(session, key, DataKind.SUPPORT, until=until + timedelta(days=30), reason="otra",
                    by=rosa.id, today=TODAY, now=NOW)  # fmt: skip
    later = due + timedelta(days=20)
    assert retention.erase_step(session, settings, later).rows == 0
    retention.resume(session, DataKind.SUPPORT, later)
    assert retention.erase_step(session, settings, later).rows == 1


def test_the_log_is_dated_by_the_local_day(
    session: Session, key: PersonalKey, settings: Settings, rosa: Staff
) -> None:
    """In the evening of Jalisco the UTC day is tomorrow."""
    give(session, key, a_woman(session, key), "2024-01-10")
    rule(session, key, rosa, DataKind.SUPPORT)
    evening = NOW.replace(hour=3)
    retention.announce(session, settings, evening)
    (line,) = retention.log(session)
    assert line.day == evening.date() - timedelta(days=1)


def test_a_rule_needs_its_ground_and_a_reason(
    session: Session, key: PersonalKey, settings: Settings, rosa: Staff
) -> None:
    """A changed rule withdraws what was announced by the old one."""
    woman = a_woman(session, key)
    give(session, key, woman, "2024-01-10")
    for wrong in ({"ground": " "}, {"reason": ""}, {"months": 0}, {"blocked_months": -1}):
        given = {"months": 12, "blocked_months": 1, "ground": "Acuerdo", "reason": "porque sí"} | wrong
        with pytest.raises(RetentionError):
            retention.set_rule(session, key, DataKind.SUPPORT, by=rosa.id, now=NOW, **given)  # type: ignore[arg-type] # one of each
    rule(session, key, rosa, DataKind.SUPPORT)
    retention.announce(session, settings, NOW)
    rule(session, key, rosa, DataKind.SUPPORT, 60)
    assert retention.notices(session) == []
    assert retention.rules(session)[DataKind.SUPPORT].months == 60
    rule(session, key, rosa, DataKind.SUPPORT, None)
    assert retention.rules(session) == {}


@pytest.mark.usefixtures("recovery_key")
def test_a_woman_not_seen_for_long_is_blocked_whole(
    session: Session, key: PersonalKey, settings: Settings, rosa: Staff
) -> None:
    """Her record and all that hangs on it go into one; one who was heard, came or has a seat stays."""
    gone, _ = add_woman(session, key, 1)
    heard, talk = add_woman(session, key, 2)
    seated, _ = add_woman(session, key, 3)
    group, _ = add_group(session)
    for woman in (gone, heard, seated):
        give(session, key, woman, "2020-01-10")
    enrolment.enrol(session, seated, group.id)
    for woman in (gone, heard, seated):
        grow_old(session, woman)
    talk.last_inbound_at = NOW - timedelta(days=3)
    rule(session, key, rosa, DataKind.WOMAN)
    retention.announce(session, settings, NOW)
    assert [notice.expected for notice in retention.notices(session)] == [1]
    gone_id = gone.id
    assert blocks_all(session, key, settings, NOW + timedelta(days=31)) == 1
    assert {woman.id for woman in session.scalars(select(Woman))} == {heard.id, seated.id}
    assert session.scalar(select(func.count()).select_from(NameKey).where(NameKey.woman_id == gone_id)) == 0
    record = session.scalars(select(BlockedRecord)).one()
    read = blocking.read(session, key, record.id, rosa.id, "prueba", NOW)
    assert read is not None
    assert read["woman"][0]["details"]["full_name"] == "Prueba Número 1"
    assert len(read["support"]) == len(read["consent"]) == 1
    left = session.scalars(select(Conversation).where(Conversation.woman_id.is_(None))).one()
    assert key.decrypt(left.addresses[0].address_cipher, place=f"address:{left.addresses[0].id}") == {
        "address": ""
    }


@pytest.mark.usefixtures("recovery_key")
def test_a_case_changes_nothing_a_coordinator_sees(
    session: Session, key: PersonalKey, settings: Settings, rosa: Staff
) -> None:
    """P4: she is announced and blocked like the others; her number stays with the team that has her case."""
    helped, conversation = add_woman(session, key, 1)
    state = conversation_state.read(key, conversation)
    state.case_id = str(uuid.uuid4())
    conversation_state.write(key, conversation, state)
    grow_old(session, helped)
    grow_old(session, add_woman(session, key, 2)[0])
    rule(session, key, rosa, DataKind.WOMAN)
    retention.announce(session, settings, NOW)
    assert retention.notices(session)[0].expected == 2
    assert blocks_all(session, key, settings, NOW + timedelta(days=31)) == 2
    lengths = {len(cipher) for cipher in session.scalars(select(BlockedRecord.content_cipher))}
    assert len(lengths) == 1
    session.refresh(conversation)
    assert conversation_state.read(key, conversation).case_id == state.case_id
    (address,) = conversation.addresses
    assert key.decrypt(address.address_cipher, place=f"address:{address.id}")["address"]


def test_it_waits_for_no_turn_and_a_kill_loses_nothing(
    session: Session, sessions: sessionmaker[Session], key: PersonalKey, settings: Settings, rosa: Staff
) -> None:
    """What a turn has locked is left for later; what was not committed is as if it had not begun."""
    women = [add_woman(session, key, number)[0] for number in range(5)]
    for woman in women:
        grow_old(session, woman)
    rule(session, key, rosa, DataKind.WOMAN)
    retention.announce(session, settings, NOW)
    session.commit()
    due = NOW + timedelta(days=31)
    with sessions() as killed:
        assert retention.block_step(killed, key, settings, due, 2).rows == 2
        killed.rollback()
    with sessions.begin() as writing, sessions.begin() as clock:
        talk = select(Conversation).where(Conversation.woman_id == women[0].id).with_for_update()
        assert writing.scalars(talk).one()
        clock.execute(text("SET LOCAL lock_timeout = '1s'"))
        step = retention.block_step(clock, key, settings, due, 10)
        assert (step.rows, step.more) == (4, False)
    with sessions.begin() as clock:
        assert blocks_all(clock, key, settings, due) == 1
    notice = session.scalars(select(RetentionNotice)).one()
    session.refresh(notice)
    assert (notice.done, notice.finished_at is not None) == (5, True)
    assert session.scalar(select(func.count()).select_from(BlockedRecord)) == 5


def test_the_statements_of_a_step_do_not_grow_with_its_rows(
    session: Session, key: PersonalKey, settings: Settings, rosa: Staff
) -> None:
    """A batch of ten women costs what a batch of two costs, so that 35,000 are minutes."""
    for number in range(12):
        grow_old(session, add_woman(session, key, number)[0])
    rule(session, key, rosa, DataKind.WOMAN)
    retention.announce(session, settings, NOW)
    session.commit()
    noted: list[str] = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *given: noted.append(str(given[2])))
    due, costs = NOW + timedelta(days=31), []
    for size in (2, 10):
        noted.clear()
        assert retention.block_step(session, key, settings, due, size).rows == size
        costs.append(len(noted))
    assert costs[0] == costs[1] <= 45, costs


def test_attendance_goes_with_its_marks_and_calls(
    session: Session, key: PersonalKey, settings: Settings, rosa: Staff
) -> None:
    """Each mark says what the row says, so none stays behind; of younger sessions all stays."""
    woman, _, meeting = add_enrolled(session, key)
    younger = session.scalars(select(Meeting).where(Meeting.id != meeting.id)).one()
    for held, at in ((meeting, LONG_AGO), (younger, NOW)):
        session.add_all(
            [
                Attendance(woman_id=woman.id, session_id=held.id, state="absent", updated_at=at),
                AttendanceMark(woman_id=woman.id, session_id=held.id, state="present", source="door",
                               marked_at=at - timedelta(minutes=5)),
                AttendanceMark(woman_id=woman.id, session_id=held.id, state="absent", source="page",
                               marked_at=at),
                AbsenceCall(woman_id=woman.id, session_id=held.id, attempt=1, result="done", called_at=at),
            ]
        )  # fmt: skip
    session.flush()
    rule(session, key, rosa, DataKind.ATTENDANCE)
    retention.announce(session, settings, NOW)
    assert blocks_all(session, key, settings, NOW + timedelta(days=31)) == 1
    for noun, left in ((Attendance, 1), (AttendanceMark, 2), (AbsenceCall, 1)):
        assert session.scalars(select(noun.session_id)).all() == [younger.id] * left
    record = session.scalars(select(BlockedRecord)).one()
    read = blocking.read(session, key, record.id, rosa.id, "prueba", NOW)
    assert read is not None
    assert {name: len(read[name]) for name in ("attendance", "attendance_mark", "absence_call")} == {
        "attendance": 1, "attendance_mark": 2, "absence_call": 1
    }  # fmt: skip


def test_what_a_blocked_woman_wrote_goes_too(
    session: Session, key: PersonalKey, settings: Settings, rosa: Staff
) -> None:
    """As after an erasure; another's words stay."""
    gone, talk = add_woman(session, key, 1)
    _, other = add_woman(session, key, 2)
    for number, each in enumerate((talk, other)):
        form = {"MessageSid": f"SMword{number}", "From": f"whatsapp:+52330000000{number + 1}", "Body": "Hola"}
        row = InboundMessage(id=uuid.uuid4(), conversation_id=each.id, message_sid=f"SMword{number}",
                             received_at=LONG_AGO, body_cipher=b"")  # fmt: skip
        row.body_cipher = key.encrypt(form, place=f"inbound:{row.id}")
        session.add(row)
    session.flush()
    grow_old(session, gone)
    rule(session, key, rosa, DataKind.WOMAN)
    retention.announce(session, settings, NOW)
    assert blocks_all(session, key, settings, NOW + timedelta(days=31)) == 1
    session.expire_all()
    blank = {row.conversation_id: inbox.is_blank(key, row) for row in session.scalars(select(InboundMessage))}
    assert blank == {talk.id: True, other.id: False}


def test_what_was_blocked_before_keeps_its_own_time(
    session: Session, key: PersonalKey, settings: Settings, rosa: Staff
) -> None:
    """A support that is blocked for years is not deleted because her record is blocked, too."""
    woman, _ = add_woman(session, key)
    give(session, key, woman, "2020-01-10")
    rule(session, key, rosa, DataKind.SUPPORT, blocked=60)
    retention.announce(session, settings, NOW)
    due = NOW + timedelta(days=31)
    assert blocks_all(session, key, settings, due) == 1
    grow_old(session, woman)
    rule(session, key, rosa, DataKind.WOMAN)
    retention.announce(session, settings, due)
    later = due + timedelta(days=31)
    assert blocks_all(session, key, settings, later) == 1
    session.expire_all()
    kept = {record.kind: record for record in session.scalars(select(BlockedRecord))}
    assert kept.keys() == {DataKind.SUPPORT, DataKind.WOMAN}
    read = blocking.read(session, key, kept[DataKind.SUPPORT].id, rosa.id, "prueba", later)
    assert read is not None
    assert read["who"]["full_name"] == "Prueba Número 1"
    assert retention.erase_step(session, settings, later + timedelta(days=120)).rows == 1
    assert session.scalars(select(BlockedRecord.kind)).all() == [DataKind.SUPPORT]
