"""Whether and when she may be written to first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import selectinload

from models import ChannelAddress, Conversation, OutboxKind, OutboxMessage, OutboxState, Suppression
from outreach.messages import outbox
from outreach.people import registry

if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from models import Woman

OPTED_OUT = "opted_out"


def opt_out(session: Session, conversation: Conversation, now: datetime) -> None:
    """Initiate nothing more, on any address of hers, and take back what waits.

    Who says it again has said it now: what ended her contact before is then undone by nobody.
    """
    hers = registry.conversations_of(session, conversation)
    for each in hers:
        each.opted_out_at = now
    _stop(session, hers)


def oppose(session: Session, woman: Woman, now: datetime) -> None:
    """Initiate nothing more to this woman: on what she is reached by now, or on a number that comes later."""
    woman.opposed_at = woman.opposed_at or now
    first = session.scalar(select(Conversation).where(Conversation.woman_id == woman.id).limit(1))
    if first is not None:
        opt_out(session, first, now)
    session.flush()


def carry_over(session: Session, conversation: Conversation) -> list[Conversation]:
    """Where a number of hers has joined others: who left on one has left on all; return which changed."""
    hers = registry.conversations_of(session, conversation)
    woman = registry.woman_of(session, conversation)
    since = min((each.opted_out_at for each in hers if each.opted_out_at), default=None)
    if woman is not None and woman.opposed_at is not None:
        since = min(since or woman.opposed_at, woman.opposed_at)
    changed = [each for each in hers if since is not None and each.opted_out_at is None]
    for each in changed:
        each.opted_out_at = since
    if changed:
        _stop(session, changed)
    return changed


def stop(session: Session, conversation_ids: Collection[uuid.UUID], now: datetime) -> None:
    """Initiate nothing more in these conversations, as a list says, and take back what waits."""
    if not conversation_ids:
        return
    hers = session.scalars(
        select(Conversation)
        .where(Conversation.id.in_(conversation_ids))
        .options(selectinload(Conversation.addresses))
        .execution_options(populate_existing=True)
    ).all()
    for each in hers:
        each.opted_out_at = each.opted_out_at or now
    _stop(session, hers)
    session.flush()


def _stop(session: Session, hers: Sequence[Conversation]) -> None:
    hashes = _hashes(session, hers)
    if hashes:
        session.execute(
            insert(Suppression)
            .values([{"lookup_hash": found, "reason": OPTED_OUT} for found in hashes])
            .on_conflict_do_nothing(index_elements=[Suppression.lookup_hash])
        )
    waiting = (
        session.query(OutboxMessage)
        .filter(
            OutboxMessage.conversation_id.in_([each.id for each in hers]),
            OutboxMessage.kind != OutboxKind.REPLY,
            OutboxMessage.state == OutboxState.QUEUED,
        )
        .order_by(OutboxMessage.seq)
        .with_for_update()
    )
    for row in waiting:
        outbox.advance(row, OutboxState.SUPPRESSED, reason=OPTED_OUT)


def opt_in(session: Session, conversation: Conversation) -> None:
    """Write to her first again, wherever she is reached."""
    woman = registry.woman_of(session, conversation)
    if woman is not None:
        woman.opposed_at = None
    begin_again(session, registry.conversations_of(session, conversation))


def _hashes(session: Session, hers: Sequence[Conversation]) -> Sequence[bytes]:
    """Return the hashes of her addresses as they are now, not as they were when this turn began.

    While the secret key is being replaced an address and its suppression move together (`sealing.rekeying`).
    They are not locked: who stores a message locks them before the conversation.
    """
    of_hers = ChannelAddress.conversation_id.in_([each.id for each in hers])
    return session.scalars(select(ChannelAddress.lookup_hash).where(of_hers)).all()


def begin_again(session: Session, hers: Sequence[Conversation]) -> None:
    """Write first again in these conversations."""
    for each in hers:
        each.opted_out_at = None
    hashes = _hashes(session, hers)
    session.execute(delete(Suppression).where(Suppression.lookup_hash.in_(hashes)))
