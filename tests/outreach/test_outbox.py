"""States only move forward, whatever the order of callbacks."""

from __future__ import annotations

import threading
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from support import counting

from models import OutboxKind, OutboxMessage, OutboxState, QuickReply, Turn, TurnState, utcnow
from outreach.messages import delivery, inbox, outbox, reconcile
from outreach.messages.conversation_state import Choice
from outreach.messages.outbox import Content, Outgoing

if TYPE_CHECKING:
    from sqlalchemy.orm import Session, sessionmaker

    from outreach.sealing.crypto import PersonalKey

REPORTS = ("queued", "sent", "delivered", "read", "undelivered", "failed")


def queued(
    session: Session, key: PersonalKey, body: str = "hola", *, confidential: bool = False
) -> OutboxMessage:
    conversation = inbox.conversation_of(session, key, "whatsapp:+523312345678", utcnow())
    return outbox.enqueue(
        session, key, conversation.id, OutboxKind.REPLY, Content(body), confidential=confidential
    )


@given(st.lists(st.sampled_from(list(OutboxState)), max_size=12))
def test_no_state_is_ever_left_backwards(steps: list[OutboxState]) -> None:
    """P3: after a message was taken by Twilio, no step leads back to where it could be sent again."""
    row = OutboxMessage(state=OutboxState.QUEUED)
    was_taken = False
    for step in steps:
        before = row.state
        moved = outbox.advance(row, step)
        assert moved == (row.state is not before or step in outbox.STEPS[before])
        was_taken = was_taken or row.state in outbox.TAKEN
        assert not (was_taken and row.state in {OutboxState.QUEUED, OutboxState.SENDING})
        if before in outbox.ENDED:
            assert row.state is before


@given(st.permutations(["sent", "delivered", "read"]))
def test_any_order_of_callbacks_ends_the_same(order: list[str]) -> None:
    """Callbacks may come in any order: the furthest state wins."""
    row = OutboxMessage(state=OutboxState.SENDING)
    for status in order:
        outbox.advance(row, reconcile.STATES[status])
    assert row.state is OutboxState.READ


def test_a_callback_proves_a_send_in_doubt(session: Session, key: PersonalKey) -> None:
    """P3: a callback that carries our id proves a send that nobody recorded."""
    row = queued(session, key)
    outbox.advance(row, OutboxState.SENDING)
    outbox.advance(row, OutboxState.IN_DOUBT)
    params = {"MessageSid": "SM9", "MessageStatus": "delivered"}
    assert reconcile.status_reported(session, key, params, str(row.id))
    assert (row.state, row.sid) == (OutboxState.DELIVERED, "SM9")


def test_a_callback_of_another_message_changes_nothing(session: Session, key: PersonalKey) -> None:
    """A callback whose sid is not that of the row it names is not believed."""
    row = queued(session, key)
    row.state, row.sid = OutboxState.SENT, "SM1"
    params = {"MessageSid": "SM2", "MessageStatus": "failed"}
    assert not reconcile.status_reported(session, key, params, str(row.id))
    assert row.state is OutboxState.SENT
    assert not reconcile.status_reported(session, key, params, "not-an-id")


def test_a_confidential_text_is_gone_once_taken(session: Session, key: PersonalKey) -> None:
    """P4: what was confidential is blanked with the first proof of its leaving, and redacted later."""
    row = queued(session, key, "canario", confidential=True)
    length = len(row.body_cipher)
    outbox.advance(row, OutboxState.SENDING)
    reconcile.status_reported(session, key, {"MessageSid": "SM9", "MessageStatus": "sent"}, str(row.id))
    assert outbox.read_content(key, row).body == ""
    assert len(row.body_cipher) == length
    assert row.redact_after is not None


def test_content_survives_the_round_trip(session: Session, key: PersonalKey) -> None:
    """What was queued is what is sent, buttons, variables and pin included."""
    content = Content(
        "hola", buttons=[Choice("Sí", "/affirm")], variables={"1": "x"}, map_pin=(20.5, -103.25)
    )
    conversation = inbox.conversation_of(session, key, "whatsapp:+523312345678", utcnow())
    row = outbox.enqueue(session, key, conversation.id, OutboxKind.REMINDER, content)
    assert outbox.read_content(key, row) == content


def test_a_text_that_two_get_first_at_once_holds_up_neither(sessions: sessionmaker[Session]) -> None:
    """Both make a content for it; one is remembered, and no sending fails over the other."""
    failed: list[BaseException] = []

    def second() -> None:
        try:
            with sessions.begin() as session:
                delivery.remember_quick_reply(session, b"d" * 32, "HXsecond")
        except Exception as error:  # noqa: BLE001 (told to the test's own thread)
            failed.append(error)

    with sessions.begin() as session:
        delivery.remember_quick_reply(session, b"d" * 32, "HXfirst")
        session.flush()
        other = threading.Thread(target=second)
        other.start()
        other.join(0.3)  # it waits for this transaction
    other.join(10)
    assert not failed
    with sessions() as session:
        assert session.get_one(QuickReply, b"d" * 32).content_sid == "HXfirst"


def test_within_an_answer_nothing_overtakes_what_must_be_tried_again(
    session: Session, key: PersonalKey
) -> None:
    """911 stays the first line where Twilio would not take it at once; a later answer waits for nothing."""
    now = utcnow()
    conversation = inbox.conversation_of(session, key, "whatsapp:+523312345678", now)
    turns = [Turn(conversation_id=conversation.id, state=TurnState.ANSWERED, attempts=1) for _ in range(2)]
    session.add_all(turns)
    session.flush()

    def reply(body: str, turn: uuid.UUID) -> OutboxMessage:
        kind = OutboxKind.REPLY
        return outbox.enqueue(session, key, conversation.id, kind, Content(body), turn_id=turn)

    first, second = reply("*911*", turns[0].id), reply("VIOLETA", turns[0].id)
    first.next_try_at = now + timedelta(seconds=4)
    session.flush()
    assert delivery.next_reply(session, conversation.id, now) is None
    later = reply("Los talleres", turns[1].id)
    assert delivery.next_reply(session, conversation.id, now) == later.id
    assert delivery.next_reply(session, conversation.id, now + timedelta(seconds=5)) == first.id
    outbox.advance(first, OutboxState.SENDING)
    session.flush()
    assert delivery.next_reply(session, conversation.id, now) == second.id


def test_many_are_added_in_a_statement_a_thousand(session: Session, key: PersonalKey) -> None:
    """However many messages a batch has, each statement adds up to a thousand rows, or their jobs."""
    conversation = inbox.conversation_of(session, key, "whatsapp:+523312345678", utcnow())
    rows = [Outgoing(conversation.id, OutboxKind.REMINDER, Content(f"hola {n}")) for n in range(1500)]
    with counting(session) as statements:
        ids = outbox.enqueue_many(session, key, rows)
    assert len(statements) <= 4
    for n in (0, 1499):
        row = session.get_one(OutboxMessage, ids[n])
        assert (row.kind, outbox.read_content(key, row).body) == (OutboxKind.REMINDER, f"hola {n}")
    waiting = session.scalar(
        text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'worker.deliver'")
    )
    assert waiting == 1500


def test_a_row_tells_nothing_of_what_it_says(session: Session, key: PersonalKey) -> None:
    """P4: an answer of two words and a person's longest have one length; a notice hides its template."""
    conversation = inbox.conversation_of(session, key, "whatsapp:+523312345678", utcnow())
    template_id = uuid.uuid4()

    def length(body: str, kind: OutboxKind = OutboxKind.REPLY, *, confidential: bool = False) -> int:
        row = outbox.enqueue(
            session, key, conversation.id, kind, Content(body), confidential=confidential,
            template_id=template_id if kind is OutboxKind.NOTICE else None,
        )  # fmt: skip
        assert row.template_id is None
        assert outbox.template_of(row, outbox.read_content(key, row)) == (
            template_id if kind is OutboxKind.NOTICE else None
        )
        return len(row.body_cipher)

    assert length("Sí") == length("mañana " * 229, confidential=True) == length("*911*", confidential=True)
    assert length("Escríbenos", OutboxKind.NOTICE) == length("Se abrió un lugar " * 15, OutboxKind.NOTICE)
