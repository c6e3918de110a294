"""The number's limit, rating and pause: what waits, what goes first, one alarm, and who lets it go on."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sending_support import queued, report, sent
from sqlalchemy import select
from standins import serving

from models import (
    Alarm,
    InitiatedHour,
    OutboxKind,
    OutboxMessage,
    OutboxState,
    Quality,
    SenderState,
    TemplateState,
    utcnow,
)
from outreach.messages import bulk, delivery, inbox, outbox, retry, sender, templates
from outreach.messages.sender import Sender
from outreach.messages.twilio import Outcome, Reason, SendResult
from outreach.people import consent
from worker import batches, watch
from worker.runtime import make_runtime

if TYPE_CHECKING:
    from sqlalchemy.orm import Session, sessionmaker

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

NOON = datetime(2026, 11, 24, 18, 30, tzinfo=UTC)
C, R, N = OutboxKind.CAMPAIGN, OutboxKind.REMINDER, OutboxKind.NOTICE


@pytest.mark.parametrize(
    ("limit", "quality", "used", "rooms"),
    [
        (None, Quality.HIGH, 10**6, (None, None, None)),
        (2000, Quality.HIGH, 0, (1600, 1900, 2000)),
        (2000, Quality.MEDIUM, 0, (800, 1900, 2000)),
        (2000, Quality.LOW, 0, (0, 1900, 2000)),
        (None, Quality.LOW, 0, (0, None, None)),
        (2000, Quality.HIGH, 1600, (0, 300, 400)),
        (2000, Quality.HIGH, 1950, (0, 0, 50)),
        (250, Quality.HIGH, 9999, (0, 0, 0)),
    ],
)
def test_campaigns_give_way_first(
    limit: int | None, quality: Quality, used: int, rooms: tuple[int | None, ...]
) -> None:
    """Campaigns before reminders before notices; a paused number has room for none, but for replies."""
    one = Sender(limit, quality, used, None, None)
    assert tuple(one.room(kind) for kind in (C, R, N)) == rooms
    paused = replace(one, paused_at=NOON)
    assert [paused.room(kind) for kind in (C, R, N)] == [0, 0, 0]
    assert paused.room(OutboxKind.REPLY) is None


def test_the_last_day_is_counted_by_the_hour(session: Session) -> None:
    """Never less than Meta counts: an hour counts whole while any of it lies in the last day."""
    sender.note_initiated(session, 5, NOON - timedelta(hours=30))
    sender.note_initiated(session, 7, NOON - timedelta(hours=24))
    sender.note_initiated(session, 2, NOON)
    sender.note_initiated(session, 3, NOON + timedelta(minutes=10))
    sender.note_initiated(session, 0, NOON)
    assert sender.read(session, NOON + timedelta(minutes=20)).used == 12
    assert sender.read(session, NOON + timedelta(minutes=31)).used == 5
    sender.forget_hours(session, NOON)
    assert len(session.scalars(select(InitiatedHour)).all()) == 2


def test_what_no_limit_of_metas_is(session: Session) -> None:
    """A limit is one of Meta's or none."""
    sender.set_limits(session, 10_000, Quality.MEDIUM)
    assert sender.read(session, NOON).daily_limit == 10_000
    sender.set_limits(session, None, Quality.HIGH)
    assert sender.read(session, NOON).daily_limit is None
    with pytest.raises(ValueError, match="777"):
        sender.set_limits(session, 777, Quality.HIGH)


def _initiated(
    session: Session, key: PersonalKey, kind: OutboxKind, *, inside: bool = False
) -> OutboxMessage:
    template = templates.by_name(session, templates.GROUP_NOTICE)
    assert template is not None
    template.state, template.content_sid = TemplateState.APPROVED, "HX1"
    conversation = inbox.conversation_of(session, key, "whatsapp:+523312345678", utcnow())
    conversation.last_inbound_at = utcnow() - timedelta(hours=1 if inside else 30)
    consent.record(session, conversation.id, consent.PRIVACY, given=True, message_sid="SM0")
    row = outbox.enqueue(
        session, key, conversation.id, kind, templates.filled(template, {"1": "Hola."}),
        template_id=template.id, expires_at=utcnow() + timedelta(hours=3),
    )  # fmt: skip
    session.flush()
    return row


@pytest.fixture
def always(settings: Settings) -> Settings:
    """Return the settings without quiet hours."""
    return replace(settings, quiet_hours=None)


def test_a_full_day_makes_campaigns_wait(session: Session, key: PersonalKey, always: Settings) -> None:
    """Nothing fails and no row changes: it is due again once there is room; a reminder still goes."""
    row = _initiated(session, key, C)
    sender.set_limits(session, 250, Quality.HIGH)
    sender.note_initiated(session, 200, utcnow())
    assert bulk.due_kind(session, utcnow()) is None
    reminder = _initiated(session, key, R)
    assert bulk.due_kind(session, utcnow()) is R
    reminder.state = OutboxState.SUPPRESSED
    session.flush()
    assert bulk.due_kind(session, utcnow() + timedelta(hours=26)) is C
    assert (row.state, row.attempts) == (OutboxState.QUEUED, 0)


@pytest.mark.parametrize("inside", [True, False])
def test_only_what_leaves_outside_the_window_counts(
    session: Session, key: PersonalKey, always: Settings, inside: bool
) -> None:
    """Meta's limit is of women reached outside the session window."""
    _initiated(session, key, C, inside=inside)
    calls, looked = bulk.begin(session, key, always, C, 10, utcnow())
    assert (looked, len(calls)) == (1, 1)
    assert sender.read(session, utcnow()).used == (0 if inside else 1)


@pytest.mark.parametrize("code", sorted(sender.ACCOUNT_CODES))
def test_a_stopped_number_pauses_and_keeps_the_message(session: Session, key: PersonalKey, code: int) -> None:
    """P3: refused for all, a message is queued as before; nothing more is due until a person says so."""
    row = _initiated(session, key, C)
    outbox.advance(row, OutboxState.SENDING)
    row.attempts = 1
    refusal = SendResult(Outcome.REFUSED, reason=Reason.FIX_CONFIGURATION, code=code)
    delivery.finish(session, key, row.id, refusal, utcnow())
    assert (row.state, row.reason) == (OutboxState.QUEUED, Reason.FIX_CONFIGURATION)
    assert sender.read(session, utcnow()).paused_code == code
    assert bulk.due_kind(session, utcnow()) is None
    assert sender.go_on(session, utcnow())
    assert not sender.go_on(session, utcnow())
    assert bulk.due_kind(session, utcnow()) is C


@pytest.mark.parametrize("code", [63018, 63049, 63016, 21211, None])
def test_other_codes_pause_nothing(session: Session, key: PersonalKey, code: int | None) -> None:
    """A code about one message stops that one alone."""
    row = _initiated(session, key, C)
    outbox.advance(row, OutboxState.SENDING)
    refusal = SendResult(Outcome.REFUSED, reason=Reason.FIX_REQUEST, code=code)
    delivery.finish(session, key, row.id, refusal, utcnow())
    assert sender.read(session, utcnow()).paused_at is None


def test_a_report_stops_the_number_too(session: Session, key: PersonalKey) -> None:
    """Taken by Twilio, refused by Meta a moment later: the message waits; an old report says nothing."""
    row = _initiated(session, key, C)
    sent(session, key, row, "SM1")
    assert report(session, key, row, "failed", code="63112")
    assert row.state is OutboxState.QUEUED
    assert sender.read(session, utcnow()).paused_code == 63112
    sender.go_on(session, utcnow())
    other = _initiated(session, key, C)
    sent(session, key, other, "SM2")
    other.sending_since = utcnow() - timedelta(minutes=1)
    session.flush()
    assert report(session, key, other, "failed", code="63112")
    assert sender.read(session, utcnow()).paused_at is None, "it left before she let it go on"


def test_a_reply_that_is_refused_fails_and_pauses_the_rest(session: Session, key: PersonalKey) -> None:
    """A reply is shown to a person, as ever; what we initiate need not try the same."""
    row = queued(session, key)
    outbox.advance(row, OutboxState.SENDING)
    refusal = SendResult(Outcome.REFUSED, reason=Reason.FIX_CONFIGURATION, code=20003)
    delivery.finish(session, key, row.id, refusal, utcnow())
    assert row.state is OutboxState.FAILED
    assert sender.read(session, utcnow()).paused_code == 20003


def test_one_alarm_for_a_hundred_refusals(
    sessions: sessionmaker[Session], key: PersonalKey, settings: Settings
) -> None:
    """All calls of a batch are refused: one pause, one alarm, which clears once a person lets it go on."""
    calls: list[str] = []

    def answer(_method: str, _path: str, body: Any) -> tuple[int, Any]:
        calls.append(body["To"])
        return 400, {"code": 63112, "message": "x", "more_info": "", "status": 400}

    with serving(answer) as url:
        account = replace(settings.twilio, api_url=url)
        runtime = make_runtime(replace(settings, account=account, quiet_hours=None), pool_size=4)
        with sessions.begin() as session:
            for _ in range(4):
                _initiated(session, key, C)
        batches.deliver_batches(runtime)
        batches.deliver_batches(runtime)
        tried = len(calls)
        watch.watch(runtime)
        watch.watch(runtime)
        with sessions.begin() as session:
            states = set(session.scalars(select(OutboxMessage.state)))
            assert states == {OutboxState.QUEUED}
            alarm = session.get_one(Alarm, "sender_paused")
            assert alarm.cleared_at is None
            sender.go_on(session, utcnow())
        assert 1 <= tried <= 4
        watch.watch(runtime)
        with sessions() as session:
            session.expire_all()
            assert session.get_one(Alarm, "sender_paused").cleared_at is not None
        runtime.engine.dispose()


def test_a_person_may_pause_without_an_alarm(session: Session) -> None:
    """A pause by hand is nobody's trouble; twice is once."""
    assert sender.stop(session, None, utcnow())
    assert not sender.stop(session, 63112, utcnow())
    assert not sender.stopped_by_account(session)
    assert session.scalars(select(SenderState.paused_code)).all() == [None]


@pytest.mark.parametrize(
    ("code", "reason", "paused"),
    [
        (None, Reason.FIX_CONFIGURATION, True),
        (None, Reason.UNKNOWN, False),
        (21408, Reason.FIX_CONFIGURATION, False),
    ],
)
def test_a_refusal_without_a_code(
    session: Session, key: PersonalKey, code: int | None, reason: Reason, paused: bool
) -> None:
    """A 401 that says no more stops the number too; a code about one region or message does not."""
    row = _initiated(session, key, C)
    outbox.advance(row, OutboxState.SENDING)
    row.attempts = 1
    delivery.finish(session, key, row.id, SendResult(Outcome.REFUSED, reason=reason, code=code), utcnow())
    assert (sender.read(session, utcnow()).paused_at is not None) is paused
    assert sender.stopped_by_account(session) is paused


def test_what_loses_its_use_while_held_is_reported(session: Session, key: PersonalKey) -> None:
    """P3: dropped at its moment, not when somebody lets the number go on; what is still of use stays."""
    over, open_still = _initiated(session, key, R), _initiated(session, key, C)
    over.expires_at = utcnow() - timedelta(minutes=1)
    session.flush()
    assert bulk.expire_held(session, key, utcnow()) == 0, "the gate sees to it while there is room"
    sender.stop(session, 63112, utcnow())
    assert bulk.expire_held(session, key, utcnow()) == 1
    assert (over.state, over.reason) == (OutboxState.EXPIRED, "missed_its_moment")
    assert open_still.state is OutboxState.QUEUED


def test_a_batch_is_no_larger_than_the_room(session: Session, key: PersonalKey, always: Settings) -> None:
    """Meta's limit is kept to the message; without one, or with room, the batch is whole."""
    for _ in range(5):
        _initiated(session, key, C)
    sender.set_limits(session, 250, Quality.HIGH)
    sender.note_initiated(session, 198, utcnow())
    assert len(bulk.begin(session, key, always, C, 10, utcnow())[0]) == 2
    assert bulk.begin(session, key, always, C, 10, utcnow()) == ([], 0)
    assert sender.read(session, utcnow()).used == 200
    sender.set_limits(session, None, Quality.HIGH)
    assert len(bulk.begin(session, key, always, C, 10, utcnow())[0]) == 3


def test_two_workers_share_the_last_places(
    sessions: sessionmaker[Session], key: PersonalKey, always: Settings
) -> None:
    """The second waits until the first has counted what it sends."""
    with sessions.begin() as session:
        for _ in range(6):
            _initiated(session, key, C)
        sender.set_limits(session, 250, Quality.HIGH)
        sender.note_initiated(session, 196, utcnow())
    left: list[int] = []

    def work() -> None:
        with sessions.begin() as session:
            left.append(len(bulk.begin(session, key, always, C, 3, utcnow())[0]))

    both = [threading.Thread(target=work) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join(10)
    assert sorted(left) == [1, 3]


@pytest.mark.parametrize(("code", "least"), [(63041, 3600), (63038, 3600), (63049, 86400), (30003, 30)])
def test_what_was_refused_together_does_not_come_back_together(code: int, least: int) -> None:
    """Where a code names the least wait, that is the least, and no two wait alike."""
    waits = {retry.delay(C, code, 1).total_seconds() for _ in range(20)}
    assert len(waits) > 10
    assert min(waits) >= least
    assert max(waits) <= least * 1.05
