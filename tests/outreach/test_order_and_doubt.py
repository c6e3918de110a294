"""Replies leave in order, and what is in doubt is settled before what follows it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sending_support import queued, report, sent
from sqlalchemy import text

from models import OutboxKind, OutboxMessage, OutboxState, Turn, TurnState, utcnow
from outreach.messages import doubt, inbox, order, outbox, reconcile, retry
from outreach.messages.outbox import Content
from outreach.messages.twilio import Remote

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from sqlalchemy.orm import Session

    from outreach.sealing.crypto import PersonalKey

REPORTS = ("queued", "sent", "delivered", "read", "undelivered", "failed")


@pytest.fixture
def answers(session: Session, key: PersonalKey) -> tuple[uuid.UUID, list[OutboxMessage]]:
    """Return a conversation and its queued replies: two of one answer, one of the next."""
    conversation = inbox.conversation_of(session, key, "whatsapp:+523312345678", utcnow())
    turns = [Turn(conversation_id=conversation.id, state=TurnState.ANSWERED, attempts=1) for _ in range(2)]
    session.add_all(turns)
    session.flush()
    said = [("*911*", 0), ("VIOLETA", 0), ("Los talleres", 1)]
    return conversation.id, [queued(session, key, body, turn_id=turns[n].id) for body, n in said]


def test_within_an_answer_nothing_overtakes_what_must_be_tried_again(
    session: Session, answers: tuple[uuid.UUID, list[OutboxMessage]]
) -> None:
    """911 stays the first line where Twilio would not take it at once; a later answer does not wait."""
    conversation_id, (first, second, later) = answers
    now = utcnow()
    first.next_try_at = now + timedelta(seconds=4)
    session.flush()
    assert order.next_reply(session, conversation_id, now).row_id == later.id
    later.state = OutboxState.DELIVERED
    waiting = order.next_reply(session, conversation_id, now)
    assert (waiting.row_id, waiting.waits, waiting.again_at) == (None, first.id, first.next_try_at)
    assert order.next_reply(session, conversation_id, now + timedelta(seconds=5)).row_id == first.id
    first.next_try_at = now + timedelta(hours=1)
    late = now + order.RETRIED_WITHIN + timedelta(seconds=1)
    assert order.next_reply(session, conversation_id, late).row_id == second.id  # bounded


def test_the_next_of_an_answer_leaves_once_the_one_before_was_delivered(
    session: Session, key: PersonalKey, answers: tuple[uuid.UUID, list[OutboxMessage]]
) -> None:
    """W15: in the order in which they reach the phone; where no report comes, after a bounded wait."""
    conversation_id, (first, second, later) = answers
    sent(session, key, first, "SM1")
    later.state = OutboxState.DELIVERED
    assert first.sending_since is not None
    waiting = order.next_reply(session, conversation_id, utcnow())
    assert (waiting.row_id, waiting.waits) == (None, second.id)
    assert waiting.again_at == first.sending_since + order.DELIVERED_WITHIN
    assert order.next_reply(session, conversation_id, waiting.again_at).row_id == second.id
    report(session, key, first, "sent")
    assert order.next_reply(session, conversation_id, utcnow()).row_id is None
    jobs_made = text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'worker.deliver'")
    before = session.scalar(jobs_made)
    report(session, key, first, "delivered")
    assert order.next_reply(session, conversation_id, utcnow()).row_id == second.id
    assert session.scalar(jobs_made) == before + 1  # the report itself sends it on its way


def test_a_reply_in_doubt_holds_back_all_that_follows_for_a_while(
    session: Session, key: PersonalKey, answers: tuple[uuid.UUID, list[OutboxMessage]]
) -> None:
    """Also the next answer: nobody knows yet whether she has read the line before."""
    conversation_id, (first, second, _) = answers
    now = utcnow()
    outbox.advance(first, OutboxState.SENDING)
    doubt.begin(session, key, first, outbox.read_content(key, first), now, reason="unknown")
    session.flush()
    assert order.next_reply(session, conversation_id, now).row_id is None
    assert order.next_reply(session, conversation_id, now + doubt.HOLDS_FOR).row_id == second.id


def test_a_reply_in_doubt_again_and_again_holds_back_no_longer(
    session: Session, key: PersonalKey, answers: tuple[uuid.UUID, list[OutboxMessage]]
) -> None:
    """Twelve tries that end in doubt would keep her next answer, which may be 911, for nine minutes."""
    conversation_id, (first, second, _) = answers
    now = utcnow()
    asked: list[uuid.UUID | None] = []
    while not asked or asked[-1] == first.id:
        outbox.advance(first, OutboxState.SENDING)
        first.attempts += 1
        now += timedelta(seconds=13)
        doubt.begin(session, key, first, outbox.read_content(key, first), now, reason="unknown")
        session.flush()
        if (free := order.next_reply(session, conversation_id, now).row_id) is not None:
            asked.append(free)
            break
        now += doubt.ABSENT_AFTER
        reconcile.settle(session, key, first.id, [], now)
        asked.append(order.next_reply(session, conversation_id, now).row_id)
    assert asked == [first.id] * doubt.MOST_HELD + [second.id]


@pytest.mark.parametrize("urgent", [True, False])
def test_a_doubt_is_settled_within_seconds_for_a_line_of_safety(
    session: Session, key: PersonalKey, *, urgent: bool
) -> None:
    """A line twice is better than none where it is one of safety; any other needs the list's word."""
    conversation = inbox.conversation_of(session, key, "whatsapp:+523312345678", utcnow())
    content = Content("*911*", urgent=urgent)
    row = outbox.enqueue(session, key, conversation.id, OutboxKind.REPLY, content)
    outbox.advance(row, OutboxState.SENDING)
    began = utcnow()
    doubt.begin(session, key, row, outbox.read_content(key, row), began, reason="unknown")
    looks = []
    answers: list[list[Remote] | None] = [None, [], None]
    for remote in answers:
        looks.append(row.next_try_at - began if row.next_try_at else None)
        now = row.next_try_at or began
        reconcile.settle(session, key, row.id, remote, now)
    assert looks == [timedelta(seconds=seconds) for seconds in (2, 4, 8)]
    states = [row.state]
    for seconds, found in ((30, None), (90, [])):
        reconcile.settle(session, key, row.id, found, began + timedelta(seconds=seconds))
        states.append(row.state)
    in_doubt, again = OutboxState.IN_DOUBT, OutboxState.QUEUED
    assert states == ([again] * 3 if urgent else [in_doubt, in_doubt, again])


def _doubted(
    session: Session, key: PersonalKey, row: OutboxMessage, looked_after: float, found: list[Remote] | None
) -> None:
    """Send a row once more, see no end of it, and look it up so many seconds later."""
    outbox.advance(row, OutboxState.SENDING)
    row.attempts += 1
    began = utcnow()
    doubt.begin(session, key, row, outbox.read_content(key, row), began, reason="unknown")
    reconcile.settle(session, key, row.id, found, began + timedelta(seconds=looked_after))


def test_doubts_that_were_settled_do_not_count_against_a_reply(session: Session, key: PersonalKey) -> None:
    """Of 15,000 replies under faults, a dozen had failed for a while and were given up at a third doubt."""
    row = queued(session, key, "hola")
    for _ in range(2):
        _doubted(session, key, row, 31, [])
    _doubted(session, key, row, 2, [])
    assert row.state is OutboxState.IN_DOUBT  # the list may be late
    reconcile.settle(session, key, row.id, [], utcnow() + timedelta(seconds=31))
    assert (row.state, row.reason) == (OutboxState.QUEUED, "not_taken")


def test_a_doubt_is_looked_up_wherever_it_may_have_been_sent(session: Session, key: PersonalKey) -> None:
    """P3: where she writes from the other form of her number, the empty list of that one proves nothing."""
    old, new = "whatsapp:+5213312345678", "whatsapp:+523312345678"
    conversation = inbox.conversation_of(session, key, old, utcnow() - timedelta(seconds=5))
    row = outbox.enqueue(session, key, conversation.id, OutboxKind.REPLY, Content("hola"))
    outbox.advance(row, OutboxState.SENDING)
    doubt.begin(session, key, row, outbox.read_content(key, row), utcnow(), reason="unknown")
    session.flush()
    asked = reconcile.look_up_key(session, key, row.id)
    assert asked is not None
    assert asked[0] == [old]
    inbox.conversation_of(session, key, new, utcnow())
    session.expire_all()
    asked = reconcile.look_up_key(session, key, row.id)
    assert asked is not None
    assert sorted(asked[0]) == [old, new]


def test_what_is_never_taken_ends_with_a_person(session: Session, key: PersonalKey) -> None:
    """A send that ends its process each time is tried as often as any other."""
    row = queued(session, key, "hola")
    for _ in range(retry.MOST_ATTEMPTS - 1):
        _doubted(session, key, row, 31, [])
        assert row.state is OutboxState.QUEUED
    _doubted(session, key, row, 31, [])
    assert (row.state, row.reason) == (OutboxState.FAILED, "temporary")


def test_a_line_of_safety_is_repeated_unproved_only_so_often(session: Session, key: PersonalKey) -> None:
    """After two the list must have been read, so that a list that can't be read repeats it no further."""
    content = Content("*911*", urgent=True)
    conversation = inbox.conversation_of(session, key, "whatsapp:+523312345678", utcnow())
    row = outbox.enqueue(session, key, conversation.id, OutboxKind.REPLY, content)
    states = []
    for _ in range(doubt.MOST_BLIND + 1):
        _doubted(session, key, row, 8, None)
        states.append(row.state)
    reconcile.settle(session, key, row.id, [], utcnow() + timedelta(seconds=31))
    again, in_doubt = OutboxState.QUEUED, OutboxState.IN_DOUBT
    assert [*states, row.state] == [*[again] * doubt.MOST_BLIND, in_doubt, again]


@pytest.mark.parametrize("found", [None, []], ids=["no list", "listed"])
def test_the_last_doubt_of_a_line_of_safety_needs_a_list_that_can_be_trusted(
    session: Session, key: PersonalKey, found: list[Remote] | None
) -> None:
    """P3: after eight seconds nobody knows; whoever is told that it never left would send it twice."""
    content = Content("*911*", urgent=True)
    conversation = inbox.conversation_of(session, key, "whatsapp:+523312345678", utcnow())
    row = outbox.enqueue(session, key, conversation.id, OutboxKind.REPLY, content)
    row.attempts = retry.MOST_ATTEMPTS - 1
    _doubted(session, key, row, 8, found)
    assert (row.state, row.attempts) == (OutboxState.IN_DOUBT, retry.MOST_ATTEMPTS)
    reconcile.settle(session, key, row.id, [], utcnow() + timedelta(seconds=31))
    assert (row.state, row.reason) == (OutboxState.FAILED, "temporary")


@pytest.mark.parametrize("urgent", [True, False])
def test_a_reply_that_is_of_no_use_any_more_is_not_repeated(
    session: Session, key: PersonalKey, *, urgent: bool
) -> None:
    """While the list can't be read a doubt lasts for half an hour; a line of safety is of use still."""
    content = Content("hola", urgent=urgent)
    conversation = inbox.conversation_of(session, key, "whatsapp:+523312345678", utcnow())
    row = outbox.enqueue(session, key, conversation.id, OutboxKind.REPLY, content)
    row.created_at = utcnow() - retry.REPLY_OF_USE
    _doubted(session, key, row, 31, [])
    expected = (OutboxState.QUEUED, "not_taken") if urgent else (OutboxState.FAILED, "missed_its_moment")
    assert (row.state, row.reason) == expected


def test_a_reply_without_its_text_is_not_sent(session: Session, key: PersonalKey) -> None:
    """P9: she had it erased while Twilio was being called, and nobody saw that call end."""
    row = queued(session, key, "hola")
    outbox.advance(row, OutboxState.SENDING)
    outbox.blank(key, row)
    _doubted(session, key, row, 31, [])
    assert (row.state, row.reason) == (OutboxState.FAILED, "erased")


def test_what_the_list_has_is_proved(session: Session, key: PersonalKey) -> None:
    """P3: found by its body, and only where no other row has that sid."""
    rows = [queued(session, key, "hola"), queued(session, key, "hola")]
    for row in rows:
        outbox.advance(row, OutboxState.SENDING)
        doubt.begin(session, key, row, outbox.read_content(key, row), utcnow(), reason="unknown")
    remote = [Remote("SM1", "hola", "delivered", None)]
    for row in rows:
        reconcile.settle(session, key, row.id, remote, utcnow() + timedelta(seconds=2))
    assert [row.sid for row in rows] == ["SM1", None]
    assert [row.state for row in rows] == [OutboxState.DELIVERED, OutboxState.IN_DOUBT]


def in_doubt(session: Session, key: PersonalKey, body: str, at: datetime) -> OutboxMessage:
    """Queue a reply whose call was not seen to end."""
    row = queued(session, key, body)
    outbox.advance(row, OutboxState.SENDING)
    doubt.begin(session, key, row, outbox.read_content(key, row), at, reason="unknown")
    return row


@pytest.mark.parametrize("first", [0, 1])
@pytest.mark.parametrize("taken", [0, 1])
def test_of_two_that_read_alike_the_nearer_one_is_proved(
    session: Session, key: PersonalKey, first: int, taken: int
) -> None:
    """Whichever is looked up first: else the one that was not taken is lost, and the other sent twice."""
    now = utcnow()
    rows = [in_doubt(session, key, "De nada", now + timedelta(seconds=at)) for at in (0, 40)]
    when = now + timedelta(seconds=-8 if taken == 0 else 33)
    remote = [Remote("SM1", "De nada", "delivered", when)]
    for row in (rows[first], rows[1 - first]):
        reconcile.settle(session, key, row.id, remote, now + timedelta(seconds=45))
    assert rows[taken].sid == "SM1"
    assert rows[1 - taken].sid is None
    assert rows[1 - taken].state is not OutboxState.DELIVERED


def test_the_failed_try_of_another_row_is_no_proof(session: Session, key: PersonalKey) -> None:
    """A row that waits to be sent again keeps the sid of its failed try to itself."""
    waits = queued(session, key, "De nada")
    content = outbox.read_content(key, waits)
    content.earlier.append("SM1")
    outbox.write_content(key, waits, content)
    row = in_doubt(session, key, "De nada", utcnow())
    remote = [Remote("SM1", "De nada", "failed", utcnow(), 63018)]
    reconcile.settle(session, key, row.id, remote, utcnow() + timedelta(seconds=2))
    assert (row.sid, row.state) == (None, OutboxState.IN_DOUBT)


def test_a_report_takes_a_sid_back_from_the_row_that_had_it_wrongly(
    session: Session, key: PersonalKey
) -> None:
    """The callback carries our own id: it settles whose the message is, and the other is in doubt again."""
    mine, other = (in_doubt(session, key, "De nada", utcnow()) for _ in range(2))
    other.sid = "SM1"
    outbox.advance(other, OutboxState.SENT)
    session.flush()
    params = {"MessageSid": "SM1", "MessageStatus": "delivered"}
    assert reconcile.status_reported(session, key, params, str(mine.id))
    assert (mine.sid, mine.state) == ("SM1", OutboxState.DELIVERED)
    session.refresh(other)
    assert [other.sid, other.state] == [None, OutboxState.IN_DOUBT]
    assert other.next_try_at is not None
    assert outbox.read_content(key, other).doubts == 2  # such a send may have reached her too
