"""What is over names nobody, what did not arrive is shown, and nothing of a case stands out (P4, A6, A8)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sending_support import queued, report, sent

from models import Conversation, OutboxKind, OutboxMessage, OutboxState, utcnow
from outreach.messages import outbox, troubled, unlinking
from outreach.messages.outbox import Content

if TYPE_CHECKING:
    import uuid

    from sqlalchemy.orm import Session

    from outreach.sealing.crypto import PersonalKey


def _failed(
    session: Session, key: PersonalKey, body: str, *, sid: str, confidential: bool = False
) -> tuple[OutboxMessage, uuid.UUID]:
    row = queued(session, key, body, confidential=confidential)
    conversation_id = row.conversation_id
    assert conversation_id is not None
    sent(session, key, row, sid)
    report(session, key, row, "undelivered", code="63024")
    return row, conversation_id


def test_a_message_that_is_over_names_nobody(session: Session, key: PersonalKey) -> None:
    """No conversation, no turn, no time of day, no place in the queue; her rights still find it."""
    row = queued(session, key, confidential=True)
    conversation = session.get_one(Conversation, row.conversation_id)
    sent(session, key, row, "SM1")
    assert unlinking.unlink(session, key, utcnow()) == 0  # on its way
    seq = row.seq
    report(session, key, row, "delivered")
    assert unlinking.unlink(session, key, utcnow()) == 1
    assert (row.conversation_id, row.turn_id) == (None, None)
    assert row.seq < 0 < seq
    for moment in (row.created_at, row.sending_since):
        assert moment is not None
        assert (moment.hour, moment.minute, moment.second) == (0, 0, 0)
    assert [found.id for found in unlinking.of_conversation(session, key, conversation, utcnow())] == [row.id]
    report(session, key, row, "read")
    assert row.state is OutboxState.READ


def test_what_was_never_reported_is_unlinked_after_a_day(session: Session, key: PersonalKey) -> None:
    """`sent` for good: no report comes any more."""
    row = queued(session, key)
    sent(session, key, row, "SM1")
    assert unlinking.unlink(session, key, utcnow() + timedelta(hours=23)) == 0
    assert unlinking.unlink(session, key, utcnow() + timedelta(hours=25)) == 1
    assert report(session, key, row, "failed", code="63018")
    assert row.state is OutboxState.FAILED


def test_at_rest_a_confidential_row_looks_like_any_other(session: Session, key: PersonalKey) -> None:
    """The same columns are empty, and every cipher has the same length, whatever became of it."""
    rows = [queued(session, key, "hola", confidential=n % 2 == 1) for n in range(4)]
    for n, row in enumerate(rows):
        sent(session, key, row, f"SM{n}")
        report(session, key, row, "delivered" if n < 2 else "undelivered", code="" if n < 2 else "63003")
    unlinking.unlink(session, key, utcnow())
    looks = [
        (len(row.body_cipher), row.turn_id, row.template_id, row.redact_after is None, row.created_at)
        for row in rows
    ]
    assert len(set(looks)) == 1


def test_what_did_not_arrive_is_listed_until_somebody_closes_it(session: Session, key: PersonalKey) -> None:
    """With what happened and what to do; also after the row names nobody any more."""
    row, conversation_id = _failed(session, key, "Los talleres", sid="SM1")
    unlinking.unlink(session, key, utcnow())
    (found,) = troubled.troubled(session, key)
    assert (found.row_id, found.conversation_id, found.body) == (row.id, conversation_id, "Los talleres")
    assert "no recibe WhatsApp" in found.happened
    assert found.advice
    assert troubled.acknowledge(session, row.id, utcnow())
    assert not troubled.acknowledge(session, row.id, utcnow())
    assert troubled.troubled(session, key) == []


def test_the_list_tells_nobody_that_there_is_a_case(session: Session, key: PersonalKey) -> None:
    """P4: a confidential answer that failed is shown by its thread, to who holds the case, nowhere else."""
    row, conversation_id = _failed(session, key, "Estoy contigo", sid="SM1", confidential=True)
    for at_rest in (False, True):
        if at_rest:
            unlinking.unlink(session, key, utcnow())
        assert troubled.troubled(session, key) == []
        assert [t.row_id for t in troubled.troubled_for(session, key, {conversation_id})] == [row.id]
        assert list(troubled.troubles_of(session, key, [row.id])) == [row.id]
        assert troubled.troubles_of(session, key, [row.id])[row.id].body == ""


def test_what_was_withheld_on_purpose_is_no_trouble(session: Session, key: PersonalKey) -> None:
    """Cover mode and opt-out leave no entry; an answer in doubt and one outside the window do."""
    for state, reason in (
        (OutboxState.SUPPRESSED, "reveals"),
        (OutboxState.SUPPRESSED, "opted_out"),
        (OutboxState.SUPPRESSED, "window_closed"),
    ):
        row = queued(session, key)
        outbox.settle(key, row, outbox.read_content(key, row), state, reason=reason)
    doubtful = queued(session, key)
    outbox.advance(doubtful, OutboxState.SENDING)
    outbox.advance(doubtful, OutboxState.IN_DOUBT, reason="unknown")
    reminder = queued(session, key, kind=OutboxKind.REMINDER)
    outbox.advance(reminder, OutboxState.EXPIRED, reason="missed_its_moment")
    session.flush()
    happened = {trouble.happened for trouble in troubled.troubled(session, key)}
    assert len(happened) == 2
    assert any("24 horas" in words for words in happened)


def test_a_text_that_grew_keeps_its_length(session: Session, key: PersonalKey) -> None:
    """What is noted with a send (earlier SIDs, doubts) does not show in the row."""
    row = queued(session, key)
    length = len(row.body_cipher)
    content = outbox.read_content(key, row)
    content.earlier = [f"SM{n:032d}" for n in range(10)]
    outbox.write_content(key, row, content)
    assert len(row.body_cipher) == length
    assert outbox.read_content(key, row) == Content("hola", earlier=content.earlier)
