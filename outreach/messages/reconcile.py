"""Settling sends in doubt (promise P3) and applying what Twilio reports.

A callback that carries our id proves a send. What no callback proves within seconds is looked up in Twilio's
list by address, time and body; only what is not there is sent again. What can't be settled is shown to a
person. A failure that Twilio reports later and calls temporary is tried again while it is of use.
"""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from models import OutboxMessage, OutboxState, utcnow
from outreach.ground import meters, numerals
from outreach.ground.addresses import forms
from outreach.messages import doubt, order, outbox, proof, retry, sender, templates_sync
from outreach.messages.delivery import addresses_of, block_address, refused_for_all, template_now
from outreach.messages.twilio import Reason, reason_for

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from outreach.messages.outbox import Content
    from outreach.messages.twilio import Remote
    from outreach.sealing.crypto import PersonalKey

# A call to Twilio takes thirteen seconds at most; a row that is `sending` for longer lost its worker.
CALL_LOST_AFTER = timedelta(seconds=15)
# The job of a look runs by then; the clock sees to those that lost it.
JOB_LATE_BY = timedelta(seconds=5)
# Twilio's clock and ours; a message that is another row's is told apart by its sid.
CLOCKS_DIFFER_BY = timedelta(minutes=10)

LARGEST_CODE = 999_999

STATES = {
    "sent": OutboxState.SENT,
    "delivered": OutboxState.DELIVERED,
    "read": OutboxState.READ,
    "failed": OutboxState.FAILED,
    "undelivered": OutboxState.UNDELIVERED,
}
UNSURE = frozenset({OutboxState.QUEUED, OutboxState.SENDING, OutboxState.IN_DOUBT})
FAILURES = frozenset({OutboxState.FAILED, OutboxState.UNDELIVERED})


def status_reported(
    session: Session,
    key: PersonalKey,
    params: dict[str, str],
    outbox_id: str | None,
    now: datetime | None = None,
) -> bool:
    """Apply a status callback; say whether it was about a message of ours."""
    sid = params.get("MessageSid", "")
    row = _reported_row(session, sid, outbox_id)
    if row is None:
        return False
    content = outbox.read_content(key, row)
    if row.sid not in {None, sid} or sid in content.earlier:
        # Of a send that was given up before this one, or of a second copy: the row has moved on.
        return sid in content.earlier
    state = STATES.get(params.get("MessageStatus", ""))
    if state in FAILURES and row.state is OutboxState.QUEUED:
        # A send that was in doubt has failed; it is on its way again already.
        content.earlier.append(sid)
        outbox.write_content(key, row, content)
        return True
    if row.sid is None:
        proof.give_back(session, key, row, sid, now or utcnow())
    row.sid = sid
    if state is None:
        # queued, sending, accepted: Twilio has it, and that is all they say.
        state = OutboxState.SENT if row.state in UNSURE else row.state
    code = numerals.whole(params.get("ErrorCode", ""), LARGEST_CODE) or None
    before = row.state
    if state in FAILURES:
        meters.refused(meters.REPORT, code)
        _failed(session, key, row, content, state, code, now or utcnow())
    else:
        outbox.settle(key, row, content, state)
    if row.state is not before and (row.state in outbox.OVER or row.state is OutboxState.QUEUED):
        order.reported(session, row)
    return True


def _failed(
    session: Session,
    key: PersonalKey,
    row: OutboxMessage,
    content: Content,
    state: OutboxState,
    code: int | None,
    now: datetime,
) -> None:
    """Try again what failed for a while and is still of use; end the rest."""
    if sender.stops(code) and row.conversation_id is not None:
        refused_for_all(session, key, row, content, code, now)
        return
    templates_sync.doubt(session, outbox.template_of(row, content), code)
    reason = reason_for(code)
    at = retry.next_attempt(row, content, reason, code, now)
    if at is None and reason is Reason.WINDOW_CLOSED and template_now(session, row, content):
        at = now
    if at is not None:
        outbox.requeue(session, key, row, content, at, reason=reason, code=code)
        return
    moved = outbox.settle(key, row, content, state, reason=reason, code=code)
    if moved and reason is Reason.BLOCKED_BY_HER:
        block_address(session, key, row.conversation_id or _conversation(content))


def _conversation(content: Content) -> uuid.UUID | None:
    return uuid.UUID(content.conversation) if content.conversation else None


def _reported_row(session: Session, sid: str, outbox_id: str | None) -> OutboxMessage | None:
    try:
        wanted = uuid.UUID(outbox_id) if outbox_id else None
    except ValueError:
        wanted = None
    if wanted is not None:
        row = session.get(OutboxMessage, wanted, with_for_update=True)
        if row is not None:
            return row
    return session.scalar(select(OutboxMessage).where(OutboxMessage.sid == sid).with_for_update())


def mark_lost_calls(session: Session, key: PersonalKey, now: datetime, limit: int = 500) -> int:
    """Put rows whose worker died during the call in doubt; return how many."""
    rows = session.scalars(
        select(OutboxMessage)
        .where(
            OutboxMessage.state == OutboxState.SENDING, OutboxMessage.sending_since < now - CALL_LOST_AFTER
        )
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        doubt.begin(session, key, row, outbox.read_content(key, row), now, reason=Reason.UNKNOWN)
    return len(rows)


def in_doubt(session: Session, now: datetime, limit: int = 50) -> Sequence[uuid.UUID]:
    """Return the rows whose look is due and has no job, or had one that was lost."""
    return session.scalars(
        select(OutboxMessage.id)
        .where(
            OutboxMessage.state == OutboxState.IN_DOUBT,
            OutboxMessage.next_try_at < now - JOB_LATE_BY,
        )
        .order_by(OutboxMessage.next_try_at)
        .limit(limit)
    ).all()


def look_up_key(
    session: Session, key: PersonalKey, outbox_id: uuid.UUID
) -> tuple[list[str], datetime] | None:
    """Return at which addresses and since when to look at Twilio; None where nothing is in doubt any more.

    Replies go to the address that wrote last. Where she has written since the send began, it may have been
    another, or another form of it.
    """
    row = session.get(OutboxMessage, outbox_id)
    if row is None or row.sending_since is None or row.state is not OutboxState.IN_DOUBT:
        return None
    found = addresses_of(session, key, row.conversation_id)
    if not found:
        return None
    last, text = found[0]
    sent_to = [text]
    if last.last_seen_at is not None and last.last_seen_at >= row.sending_since:
        sent_to = list(dict.fromkeys(form for _, one in found for form in forms(one)))
    return sent_to, row.sending_since - CLOCKS_DIFFER_BY


def settle(
    session: Session, key: PersonalKey, outbox_id: uuid.UUID, remote: Sequence[Remote] | None, now: datetime
) -> None:
    """Decide about a row in doubt by what Twilio's list holds; None: the list could not be read."""
    row = session.get_one(OutboxMessage, outbox_id, with_for_update=True)
    if row.state is not OutboxState.IN_DOUBT:
        return
    content = outbox.read_content(key, row)
    if _settled(session, key, row, content, remote, now):
        order.reported(session, row)
    else:
        doubt.schedule_look(session, row, now)


def _settled(
    session: Session,
    key: PersonalKey,
    row: OutboxMessage,
    content: Content,
    remote: Sequence[Remote] | None,
    now: datetime,
) -> bool:
    found = proof.proof_of(session, key, row, content, remote or [])
    listed = remote is not None
    if found is not None:
        row.sid = found.sid
        state = STATES.get(found.status, OutboxState.SENT)
        if state in FAILURES:
            _failed(session, key, row, content, state, found.code, now)
        else:
            outbox.settle(key, row, content, state)
        return True
    if row.expires_at is not None and now >= row.expires_at and listed:
        # Looked up too soon to be sure, it may have arrived: nobody is to send it again.
        sure = doubt.not_taken(row, content, now, listed=listed)
        reason = "missed_its_moment" if sure else "in_doubt"
        return outbox.settle(key, row, content, OutboxState.EXPIRED, reason=reason)
    if doubt.given_up(row, content, now, listed=listed):
        late = "missed_its_moment" if doubt.of_no_use(row, content, now) else Reason.TEMPORARY
        return outbox.settle(key, row, content, OutboxState.FAILED, reason=late if listed else "in_doubt")
    if doubt.not_taken(row, content, now, listed=listed):
        if content.gone:
            # Erased while it was being sent: an empty one must not follow.
            return outbox.settle(key, row, content, OutboxState.FAILED, reason="erased")
        return outbox.requeue(session, key, row, content, now, reason="not_taken")
    return False
