"""What was confidential goes at Twilio too, on both sides, and no mark tells which messages it was (P4)."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select
from standins import accepted, receipt, serving

from models import Conversation, InboundMessage, OutboxMessage, OutboxState, utcnow
from outreach.ground import counters
from outreach.messages import inbox, redaction
from outreach.messages.conversation_state import read
from outreach.single_list import rights
from worker import steps, ticks
from worker.runtime import Runtime, make_runtime

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterator

    from sqlalchemy.orm import Session, sessionmaker

    from outreach.ground.settings import Settings

pytestmark = pytest.mark.usefixtures("recovery_key")
LATER = timedelta(minutes=40)


@contextmanager
def running(settings: Settings, *, refuses: bool = False) -> Iterator[tuple[Runtime, list[str]]]:
    """Run between a Rasa that takes "secreto" for confidential and a Twilio that notes what it redacts."""
    gone: list[str] = []

    def answer(method: str, path: str, body: Any) -> tuple[int, Any] | None:
        if path.endswith("/understand"):
            return 200, {"intent": "greet", "risk": "none", "tier": "none"}
        if path.endswith("/webhook"):
            confidential = "secreto" in body["message"]
            return 200, [
                {"recipient_id": body["sender"], "text": "Te leo."},
                receipt(body, confidential=confidential),
            ]
        if path.endswith("/Messages.json"):
            return 201, accepted(path, body, f"SM{len(body['Body']):032d}")
        if not body.get("Body"):
            if refuses:
                return 500, {}
            gone.append(path.rpartition("/")[2].removesuffix(".json"))
            return 200, {}
        raise AssertionError(f"{method} {path}")

    with serving(answer) as url:
        twilio = replace(settings.twilio, api_url=url)
        runtime = make_runtime(replace(settings, rasa_urls=(f"{url}",), account=twilio), pool_size=2)
        yield runtime, gone
        runtime.engine.dispose()


def a_turn(sessions: sessionmaker[Session], runtime: Runtime, body: str, sid: str, phone: str) -> uuid.UUID:
    """Let her write, be answered, and the answer arrive."""
    with sessions.begin() as session:
        params = {"MessageSid": [sid], "From": [phone], "Body": [body]}
        inbox.receive(session, runtime.key, params, utcnow() - timedelta(seconds=5))
        row = session.scalars(select(InboundMessage).where(InboundMessage.message_sid == sid)).one()
    steps.take_turn(runtime, row.conversation_id)
    with sessions() as session:
        query = select(OutboxMessage.id).where(OutboxMessage.conversation_id == row.conversation_id)
        replies = session.scalars(query).all()
    for reply in replies:
        steps.deliver(runtime, reply)
    with sessions.begin() as session:
        for sent in session.scalars(select(OutboxMessage).where(OutboxMessage.id.in_(replies))):
            assert sent.sid is not None
            sent.state, sent.sid = OutboxState.DELIVERED, f"SM-answer-to-{sid}"
    return row.conversation_id


def marks(sessions: sessionmaker[Session]) -> list[bool]:
    """Return whether each message of hers and each reply carries a mark."""
    with sessions() as session:
        hers = session.scalars(select(InboundMessage.redact_after).order_by(InboundMessage.seq)).all()
        ours = session.scalars(select(OutboxMessage.redact_after).order_by(OutboxMessage.seq)).all()
    return [moment is not None for moment in (*hers, *ours)]


def pass_time(sessions: sessionmaker[Session], by: timedelta) -> None:
    """Make every mark as old as if `by` had passed."""
    with sessions.begin() as session:
        rows: list[InboundMessage | OutboxMessage] = [*session.scalars(select(InboundMessage))]
        for row in [*rows, *session.scalars(select(OutboxMessage))]:
            row.redact_after = row.redact_after and row.redact_after - by


def test_hers_and_ours_go_where_it_was_confidential_and_nothing_else_does(
    sessions: sessionmaker[Session], settings: Settings
) -> None:
    """P4: before the look every message is marked alike, after it none is; only the confidential are gone."""
    with running(settings) as (runtime, gone):
        a_turn(sessions, runtime, "hola", "SM1", "whatsapp:+523312345671")
        a_turn(sessions, runtime, "un secreto", "SM2", "whatsapp:+523312345672")
        assert marks(sessions) == [True] * 4
        ticks.redact(runtime)
        assert gone == []  # not before they have passed
        pass_time(sessions, timedelta(minutes=1))
        ticks.redact(runtime)
        assert sorted(gone) == ["SM-answer-to-SM2", "SM2"]
        assert marks(sessions) == [False] * 4


def test_an_open_turn_is_not_looked_at(sessions: sessionmaker[Session], settings: Settings) -> None:
    """While the turn is not over nobody knows whether it was confidential."""
    with running(settings) as (runtime, gone):
        with sessions.begin() as session:
            params = {"MessageSid": ["SM1"], "From": ["whatsapp:+523312345671"], "Body": ["un secreto"]}
            inbox.receive(session, runtime.key, params, utcnow() - timedelta(seconds=5))
            row = session.scalars(select(InboundMessage)).one()
            row.redact_after = utcnow() - LATER
        ticks.redact(runtime)
        assert gone == []
        assert marks(sessions) == [True]


def test_what_she_has_erased_goes_too(sessions: sessionmaker[Session], settings: Settings) -> None:
    """P9: an erasure reaches Twilio's copies, also of what was never confidential."""
    with running(settings) as (runtime, gone):
        conversation_id = a_turn(sessions, runtime, "hola", "SM1", "whatsapp:+523312345671")
        pass_time(sessions, LATER)
        ticks.redact(runtime)
        assert gone == []
        with sessions.begin() as session:
            conversation = session.get_one(Conversation, conversation_id)
            state = read(runtime.key, conversation)
            rights.erase(session, runtime.key, runtime.settings, conversation, state, utcnow())
        pass_time(sessions, LATER)
        ticks.redact(runtime)
        assert sorted(gone) == ["SM-answer-to-SM1", "SM1"]


def test_a_refusal_is_tried_again_later_and_given_up_after_a_day(
    sessions: sessionmaker[Session], settings: Settings
) -> None:
    """Twilio is not asked on every tick for what it refuses, and a person can see what stayed."""
    with running(settings, refuses=True) as (runtime, _):
        a_turn(sessions, runtime, "un secreto", "SM1", "whatsapp:+523312345671")
        pass_time(sessions, timedelta(minutes=1))
        ticks.redact(runtime)
        with sessions.begin() as session:
            row = session.scalars(select(InboundMessage)).one()
            assert row.redact_after is not None
            assert row.redact_after > utcnow() + redaction.AGAIN_AFTER / 2
            row.received_at -= redaction.GIVE_UP_AFTER
            row.redact_after = utcnow() - LATER
        ticks.redact(runtime)
        with sessions() as session:
            assert session.scalars(select(InboundMessage.redact_after)).one() is None
            assert counters.read(session, counters.REDACTIONS_REFUSED) == 1
