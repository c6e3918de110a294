"""Settling sends in doubt (promise P3) and applying what Twilio reports.

A callback that carries our id proves a send. What no callback proves within minutes is looked up
in Twilio's list by address, time and body; only what is not there is sent again, and only once.
What can't be settled is shown to a person.
"""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from models import OutboxMessage, OutboxState, Template
from outreach.ground import jobs
from outreach.messages import outbox
from outreach.messages.delivery import address_for, block_address, lock_for
from outreach.messages.twilio import Reason, reason_for

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from outreach.messages.twilio import Remote
    from outreach.sealing.crypto import PersonalKey

# A call to Twilio takes ten seconds at most; a row that is `sending` for longer lost its worker.
CALL_LOST_AFTER = timedelta(seconds=30)
LOOK_UP_AFTER = timedelta(seconds=90)
GIVE_UP_AFTER = timedelta(minutes=30)
MOST_SENDS = 2
# Twilio's clock and ours; a message that is another row's is told apart by its sid.
CLOCKS_DIFFER_BY = timedelta(minutes=10)

STATES = {
    "sent": OutboxState.SENT,
    "delivered": OutboxState.DELIVERED,
    "read": OutboxState.READ,
    "failed": OutboxState.FAILED,
    "undelivered": OutboxState.UNDELIVERED,
}


def status_reported(
    session: Session, key: PersonalKey, params: dict[str, str], outbox_id: str | None
) -> bool:
    """Apply a status callback; say whether it was about a message of ours."""
    row = _reported_row(session, params.get("MessageSid", ""), outbox_id)
    if row is None:
        return False
    row.sid = row.sid or params.get("MessageSid")
    state = STATES.get(params.get("MessageStatus", ""))
    if state is None:
        # queued, sending, accepted: Twilio has it, and that is all they say.
        state = OutboxState.SENT if row.state in {OutboxState.SENDING, OutboxState.IN_DOUBT} else row.state
    code = int(params["ErrorCode"]) if params.get("ErrorCode", "").isdigit() else None
    reason = reason_for(code) if code else None
    content = outbox.read_content(key, row)
    if outbox.advance(row, state, reason=reason, code=code):
        if reason is Reason.BLOCKED_BY_HER:
            block_address(session, key, row.conversation_id)
        if content.confidential:
            outbox.blank(key, row)
    return True


def _reported_row(session: Session, sid: str, outbox_id: str | None) -> OutboxMessage | None:
    try:
        wanted = uuid.UUID(outbox_id) if outbox_id else None
    except ValueError:
        wanted = None
    if wanted is not None:
        row = session.get(OutboxMessage, wanted, with_for_update=True)
        if row is not None and row.sid in {None, sid}:
            return row
    return session.scalar(select(OutboxMessage).where(OutboxMessage.sid == sid).with_for_update())


def mark_lost_calls(session: Session, now: datetime) -> int:
    """Put rows whose worker died during the call in doubt; return how many."""
    rows = session.scalars(
        select(OutboxMessage)
        .where(
            OutboxMessage.state == OutboxState.SENDING, OutboxMessage.sending_since < now - CALL_LOST_AFTER
        )
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        outbox.advance(row, OutboxState.IN_DOUBT, reason=Reason.UNKNOWN)
    return len(rows)


def in_doubt(session: Session, now: datetime, limit: int = 50) -> Sequence[uuid.UUID]:
    """Return the rows that no callback has proved in time."""
    return session.scalars(
        select(OutboxMessage.id)
        .where(
            OutboxMessage.state == OutboxState.IN_DOUBT,
            OutboxMessage.sending_since < now - LOOK_UP_AFTER,
            or_(OutboxMessage.next_try_at.is_(None), OutboxMessage.next_try_at < now),
        )
        .order_by(OutboxMessage.seq)
        .limit(limit)
    ).all()


def look_up_key(session: Session, key: PersonalKey, outbox_id: uuid.UUID) -> tuple[str, datetime] | None:
    """Return whom and since when to look up at Twilio."""
    row = session.get(OutboxMessage, outbox_id)
    if row is None or row.sending_since is None:
        return None
    found = address_for(session, key, row.conversation_id)
    return (found[1], row.sending_since - CLOCKS_DIFFER_BY) if found else None


def settle(
    session: Session, key: PersonalKey, outbox_id: uuid.UUID, remote: Sequence[Remote] | None, now: datetime
) -> None:
    """Decide about a row in doubt by what Twilio's list holds; None: the list could not be read."""
    row = session.get_one(OutboxMessage, outbox_id, with_for_update=True)
    if row.state is not OutboxState.IN_DOUBT:
        return
    if remote is None:
        row.next_try_at = now + timedelta(minutes=1)
        if row.sending_since is not None and now - row.sending_since > GIVE_UP_AFTER:
            outbox.advance(row, OutboxState.FAILED, reason="in_doubt")
        return
    proof = _proof(session, key, row, remote)
    if proof is not None:
        row.sid = proof.sid
        outbox.advance(row, STATES.get(proof.status, OutboxState.SENT))
        if outbox.read_content(key, row).confidential:
            outbox.blank(key, row)
    elif row.expires_at is not None and now >= row.expires_at:
        outbox.advance(row, OutboxState.EXPIRED, reason="missed_its_moment")
    elif row.attempts >= MOST_SENDS:
        outbox.advance(row, OutboxState.FAILED, reason="in_doubt")
    elif outbox.advance(row, OutboxState.QUEUED, reason="not_taken"):
        jobs.defer_delivery(session, row.id, lock=lock_for(row), priority=outbox.PRIORITY[row.kind])


def _proof(session: Session, key: PersonalKey, row: OutboxMessage, remote: Sequence[Remote]) -> Remote | None:
    """Return the remote message that must be this row: same body, and no other row's sid."""
    sids = [message.sid for message in remote]
    taken = set(session.scalars(select(OutboxMessage.sid).where(OutboxMessage.sid.in_(sids))))
    content = outbox.read_content(key, row)
    template_id = outbox.template_of(row, content)
    template = session.get(Template, template_id) if template_id else None
    bodies = {_plain(content.body)} | ({_plain(template.body)} if template else set())
    for message in remote:
        if message.sid not in taken and _plain(message.body) in bodies:
            return message
    return None


def _plain(text: str) -> str:
    return " ".join(text.split())
