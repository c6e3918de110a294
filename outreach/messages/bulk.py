"""Delivering what we initiate, in batches: notices before reminders before campaigns.

A batch is locked, put to the gate and marked as sending in one transaction, with the same few statements for
fifty rows as for one. As with single rows, the mark is committed before the first call leaves (P3).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import exists, select

from models import OutboxKind, OutboxMessage, OutboxState, QuickReply
from outreach.ground import meters
from outreach.messages import delivery, gate_facts, outbox, sender
from outreach.messages.may_send import window_open
from outreach.messages.twilio import Outcome

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from outreach.ground.settings import Settings
    from outreach.messages.delivery import Request
    from outreach.messages.twilio import SendResult
    from outreach.sealing.crypto import PersonalKey

MOST_EXPIRED = 500
KINDS = (OutboxKind.NOTICE, OutboxKind.REMINDER, OutboxKind.CAMPAIGN)


def due_kind(session: Session, now: datetime) -> OutboxKind | None:
    """Return the first kind of which something may be tried now, as far as the number may write first."""
    columns = [exists(select(OutboxMessage.id).where(*_due(kind, now))) for kind in KINDS]
    found = session.execute(select(*columns)).one()
    if not any(found):
        return None
    number = sender.read(session, now)
    return next(
        (kind for kind, waits in zip(KINDS, found, strict=True) if waits and number.room(kind) != 0), None
    )


def _due(kind: OutboxKind, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        OutboxMessage.state == OutboxState.QUEUED,
        OutboxMessage.kind == kind,
        OutboxMessage.next_try_at <= now,
    )


def expire_held(session: Session, key: PersonalKey, now: datetime, most: int = MOST_EXPIRED) -> int:
    """End what lost its use while the number has no room for its kind; return how many.

    What the gate looks at ends there; of this it is not asked, and a reminder would be missed unreported.
    """
    number = sender.read(session, now)
    held = [kind for kind in KINDS if number.room(kind) == 0]
    if not held:
        return 0
    rows = session.scalars(
        select(OutboxMessage)
        .where(
            OutboxMessage.state == OutboxState.QUEUED,
            OutboxMessage.kind.in_(held),
            OutboxMessage.expires_at <= now,
        )
        .limit(most)
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        content = outbox.read_content(key, row)
        outbox.settle(key, row, content, OutboxState.EXPIRED, reason="missed_its_moment")
    return len(rows)


def due_rows(session: Session, kind: OutboxKind, most: int, now: datetime) -> Sequence[uuid.UUID]:
    """Return rows of a kind that may be tried now."""
    query = select(OutboxMessage.id).where(*_due(kind, now)).order_by(OutboxMessage.next_try_at).limit(most)
    return session.scalars(query).all()


def begin(
    session: Session, key: PersonalKey, settings: Settings, kind: OutboxKind, most: int, now: datetime
) -> tuple[list[Request], int]:
    """Take up to `most` rows that are due, ask the gate and mark what may leave as sending.

    Never more than the number may write first to.

    Returns the calls to make, and how many rows were looked at: fewer than `most` when no more are due.
    """
    room = sender.room_now(session, kind, now)
    most = most if room is None else min(most, room)
    rows = session.scalars(
        select(OutboxMessage)
        .where(*_due(kind, now))
        .order_by(OutboxMessage.next_try_at, OutboxMessage.seq)
        .limit(most)
        .with_for_update(skip_locked=True)
    ).all()
    contents = {row.id: outbox.read_content(key, row) for row in rows}
    facts = gate_facts.load(session, key, settings, [(row, contents[row.id]) for row in rows], now)
    found = [
        one
        for row in rows
        if (one := delivery.judge(key, settings, row, contents[row.id], facts.get(row.id), now)) is not None
    ]
    leaving = delivery.mark_sending(session, key, found, now)
    first = sum(not window_open(one.facts.conversation, now) for one in leaving)
    sender.note_initiated(session, first, now)
    digests = {one.row.id: form.digest for one in leaving if (form := delivery.form_of(one)) is not None}
    ready = _quick_replies(session, set(digests.values()))
    calls = [delivery.request(one, ready.get(digests.get(one.row.id, b""))) for one in leaving]
    return calls, len(rows)


def _quick_replies(session: Session, digests: set[bytes]) -> dict[bytes, str]:
    if not digests:
        return {}
    found = session.execute(
        select(QuickReply.digest, QuickReply.content_sid).where(QuickReply.digest.in_(digests))
    )
    return {row.digest: row.content_sid for row in found}


def finish(
    session: Session, key: PersonalKey, results: Sequence[tuple[Request, SendResult]], now: datetime
) -> None:
    """Record how the calls of a batch ended."""
    by_id = {request.outbox_id: result for request, result in results}
    rows = session.scalars(
        select(OutboxMessage).where(OutboxMessage.id.in_(by_id)).order_by(OutboxMessage.seq).with_for_update()
    )
    for row in rows:
        delivery.record(session, key, row, by_id[row.id], now)
    meters.bulk_sent(sum(result.outcome is Outcome.ACCEPTED for result in by_id.values()))
    meters.keep(session)
