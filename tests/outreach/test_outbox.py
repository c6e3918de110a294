"""States only move forward, whatever the order of callbacks."""

from __future__ import annotations

import threading
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sending_support import queued, report, sent
from sqlalchemy import text
from support import counting

from models import OutboxKind, OutboxMessage, OutboxState, QuickReply, TemplateState, utcnow
from outreach.ground import jobs
from outreach.messages import delivery, doubt, inbox, outbox, reconcile, retry, templates
from outreach.messages.conversation_state import Choice
from outreach.messages.outbox import Content, Outgoing

if TYPE_CHECKING:
    from sqlalchemy.orm import Session, sessionmaker

    from outreach.sealing.crypto import PersonalKey

REPORTS = ("queued", "sent", "delivered", "read", "undelivered", "failed")


@given(st.lists(st.sampled_from(list(OutboxState)), max_size=12))
def test_no_state_is_ever_left_backwards(steps: list[OutboxState]) -> None:
    """P3: what she has, and what has ended, is never sent again; each step is one of the table's."""
    row = OutboxMessage(state=OutboxState.QUEUED, kind=OutboxKind.REPLY)
    over = False
    for step in steps:
        before = row.state
        moved = outbox.advance(row, step)
        assert moved == (step in outbox.STEPS[before])
        over = over or row.state in outbox.OVER
        assert not (over and row.state not in outbox.OVER)
        if before in outbox.ENDED:
            assert row.state is before


def test_the_ways_back_are_those_with_proof() -> None:
    """P3: refused, not in Twilio's list, or reported as failed for a while: nothing else is queued again."""
    back = {state for state, steps in outbox.STEPS.items() if OutboxState.QUEUED in steps}
    assert back == {OutboxState.SENDING, OutboxState.IN_DOUBT, OutboxState.SENT}


@given(st.permutations(["sent", "delivered", "read"]))
def test_any_order_of_callbacks_ends_the_same(order: list[str]) -> None:
    """Callbacks may come in any order: the furthest state wins."""
    row = OutboxMessage(state=OutboxState.SENDING, kind=OutboxKind.REPLY)
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


@pytest.mark.parametrize(
    ("status", "code"), [("delivered", ""), ("read", ""), ("failed", "63024"), ("undelivered", "63003")]
)
def test_a_confidential_text_is_gone_at_any_end(
    session: Session, key: PersonalKey, status: str, code: str
) -> None:
    """P4: it stays while it may have to be sent again, and goes with the end, whatever that is."""
    row = queued(session, key, "canario", confidential=True)
    length = len(row.body_cipher)
    outbox.advance(row, OutboxState.SENDING)
    report(session, key, row, "sent")
    assert outbox.read_content(key, row).body == "canario"
    report(session, key, row, status, code=code)
    assert outbox.read_content(key, row).body == ""
    assert len(row.body_cipher) == length
    assert row.redact_after is not None


@pytest.mark.parametrize("state", [OutboxState.EXPIRED, OutboxState.SUPPRESSED, OutboxState.FAILED])
def test_a_confidential_text_that_never_left_is_gone_too(
    session: Session, key: PersonalKey, state: OutboxState
) -> None:
    """P4: expired, suppressed or given up before Twilio had it."""
    row = queued(session, key, "canario", confidential=True)
    assert outbox.settle(key, row, outbox.read_content(key, row), state)
    assert outbox.is_blank(key, row)


@pytest.mark.parametrize(
    ("status", "code"),
    [("failed", 63018), ("undelivered", 63018), ("failed", 63017), ("undelivered", 30003), ("failed", 63012),
     ("undelivered", 30008)],
)  # fmt: skip
def test_a_temporary_failure_reported_later_is_tried_again(
    session: Session, key: PersonalKey, status: str, code: int
) -> None:
    """A 201 is not the end: what Twilio then calls temporary leaves again under a new SID."""
    row = queued(session, key, "*911*", confidential=True)
    now = utcnow()
    sent(session, key, row, "SM1")
    report(session, key, row, status, code=str(code))
    assert (row.state, row.sid, row.code) == (OutboxState.QUEUED, None, code)
    assert row.next_try_at is not None
    assert row.next_try_at > now
    content = outbox.read_content(key, row)
    assert (content.body, content.earlier) == ("*911*", ["SM1"])
    sent(session, key, row, "SM2")
    report(session, key, row, "delivered")
    assert report(session, key, row, "failed", sid="SM1", code="63018")
    assert report(session, key, row, "delivered", sid="SM1")
    assert (row.state, row.sid) == (OutboxState.DELIVERED, "SM2")
    assert outbox.read_content(key, row).earlier == ["SM1"]


def test_an_old_report_does_not_touch_what_waits_to_leave_again(session: Session, key: PersonalKey) -> None:
    """The report of the first send may come twice, and late."""
    row = queued(session, key)
    sent(session, key, row, "SM1")
    for _ in range(2):
        report(session, key, row, "failed", sid="SM1", code="63018")
    assert (row.state, row.sid, row.attempts) == (OutboxState.QUEUED, None, 1)


def test_what_is_of_no_use_any_more_is_not_tried_again(session: Session, key: PersonalKey) -> None:
    """Attempts are bounded, a reminder's moment passes, and marketing held back is not tried the same day."""
    row = queued(session, key)
    sent(session, key, row, "SM1")
    row.attempts = retry.MOST_ATTEMPTS
    report(session, key, row, "failed", code="63018")
    assert (row.state, row.reason) == (OutboxState.FAILED, "temporary")
    late = queued(session, key, kind=OutboxKind.CAMPAIGN)
    late.expires_at = utcnow() + timedelta(hours=20)
    sent(session, key, late, "SM2")
    report(session, key, late, "undelivered", code="63049")
    assert late.state is OutboxState.UNDELIVERED
    in_time = queued(session, key, kind=OutboxKind.CAMPAIGN)
    in_time.expires_at = utcnow() + timedelta(hours=30)
    sent(session, key, in_time, "SM3")
    report(session, key, in_time, "undelivered", code="63049")
    assert in_time.state is OutboxState.QUEUED
    assert in_time.next_try_at is not None
    assert in_time.next_try_at - utcnow() > timedelta(hours=23)


def test_free_text_that_found_the_window_closed_leaves_as_its_template(
    session: Session, key: PersonalKey
) -> None:
    """63016: where an approved template says it, that goes; an answer has none, and a person is shown it."""
    template = templates.save(session, name="otro", body="Hay noticias.", samples={})
    notice = queued(session, key, kind=OutboxKind.NOTICE, template_id=template.id)
    answer = queued(session, key)
    for row, sid in ((notice, "SM1"), (answer, "SM2")):
        sent(session, key, row, sid)
    report(session, key, answer, "failed", code="63016")
    assert (answer.state, answer.reason) == (OutboxState.FAILED, "window_closed")
    template.state = TemplateState.APPROVED
    report(session, key, notice, "failed", code="63016")
    assert notice.state is OutboxState.QUEUED


def test_a_report_of_the_first_send_stops_the_second(session: Session, key: PersonalKey) -> None:
    """P3: a send in doubt that was queued again is proved after all: it does not leave twice."""
    row = queued(session, key)
    outbox.advance(row, OutboxState.SENDING)
    doubt.begin(session, key, row, outbox.read_content(key, row), utcnow(), reason="unknown")
    outbox.requeue(session, key, row, outbox.read_content(key, row), utcnow(), reason="not_taken")
    report(session, key, row, "sent", sid="SM1")
    assert (row.state, row.sid) == (OutboxState.SENT, "SM1")


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


def test_short_texts_of_an_answer_are_one_message() -> None:
    """Buttons stay at the end, the line of safety alone and first, and nothing grows beyond 1,000 letters."""
    menu = Content("¿Qué quieres ver?", buttons=[Choice("Talleres", "/ask")], fixed=True)
    hola = Content("Hola", fixed=True)
    assert [c.body for c in outbox.joined([hola, menu])] == ["Hola\n\n¿Qué quieres ver?"]
    (one,) = outbox.joined([hola, menu])
    assert (one.fixed, one.buttons) == (True, menu.buttons)
    assert len(outbox.joined([menu, hola])) == 2
    assert len(outbox.joined([Content("Hola, Rosa"), menu])) == 2  # its buttons could not be tapped
    assert len(outbox.joined([Content("a" * 600), Content("b" * 600)])) == 2
    danger = [Content("*911*"), Content("VIOLETA"), Content("Estoy contigo")]
    assert [c.body for c in outbox.joined(danger, first_alone=True)] == ["*911*", "VIOLETA\n\nEstoy contigo"]
    assert len(outbox.joined([hola, Content("Mapa", map_pin=(20.5, -103.2))])) == 2


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
    made = text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'worker.deliver_batch'")
    assert session.scalar(made) == 2 * jobs.MOST_BATCH_JOBS


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


def test_rows_of_a_newer_release_are_read(session: Session, key: PersonalKey) -> None:
    """Hosts are upgraded one by one: a mark that this release does not know is passed over."""
    row = queued(session, key, "¿Quieres que te busquen?")
    place = f"outbox:{row.id}"
    data = key.decrypt(row.body_cipher, place=place)
    row.body_cipher = key.rewrite(row.body_cipher, data | {"of_tomorrow": True}, place=place)
    assert outbox.read_content(key, row).body == "¿Quieres que te busquen?"
