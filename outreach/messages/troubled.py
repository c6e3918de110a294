"""Answers and notices that did not reach her, for a person to see and to close.

A confidential one is shown where its case is, to who holds the key: it is found by the ids that stand in the
sealed thread. The list of the others holds no row of which the text was confidential, so that nobody who
reads it learns that there is a case.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from models import OutboxKind, OutboxMessage, OutboxState
from outreach.messages import outbox
from outreach.texts import delivery as words

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from outreach.messages.outbox import Content
    from outreach.sealing.crypto import PersonalKey

KINDS = (OutboxKind.REPLY, OutboxKind.NOTICE)
# Withheld on purpose, or at her own word: nothing for a person to do.
AS_WANTED = frozenset({"reveals", "opted_out", "cancelled", "session_cancelled", "erased"})
MOST_READ = 2000


@dataclass(frozen=True)
class Trouble:
    """One message that did not reach her, or perhaps did not. `at` is a day once the row is at rest."""

    row_id: uuid.UUID
    conversation_id: uuid.UUID | None
    happened: str
    advice: str
    at: datetime
    body: str


def troubled(session: Session, key: PersonalKey, *, limit: int = 100) -> list[Trouble]:
    """Return ordinary messages that did not arrive and that nobody has closed, newest first."""
    found: list[Trouble] = []
    for row in session.scalars(
        _open().order_by(OutboxMessage.ended_at.desc().nulls_first()).limit(MOST_READ)
    ):
        content = outbox.read_content(key, row)
        # What was taken away was confidential or erased; neither is for this list.
        if not content.confidential and not content.gone:
            found.append(_trouble(row, content))
        if len(found) == limit:
            break
    return found


def troubled_for(session: Session, key: PersonalKey, conversations: Collection[uuid.UUID]) -> list[Trouble]:
    """Return confidential messages to these conversations that did not arrive; for who holds their cases."""
    found = []
    for row in session.scalars(
        _open().order_by(OutboxMessage.ended_at.desc().nulls_first()).limit(MOST_READ)
    ):
        content = outbox.read_content(key, row)
        trouble = _trouble(row, content)
        if content.confidential and trouble.conversation_id in conversations:
            found.append(trouble)
    return found


def troubles_of(session: Session, key: PersonalKey, row_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Trouble]:
    """Return the troubles among these rows, such as those of a thread, closed ones too."""
    rows = session.scalars(
        select(OutboxMessage).where(OutboxMessage.id.in_(row_ids), OutboxMessage.state.in_(outbox.MISSED))
    )
    return {
        row.id: _trouble(row, outbox.read_content(key, row)) for row in rows if row.reason not in AS_WANTED
    }


def acknowledge(session: Session, row_id: uuid.UUID, now: datetime) -> bool:
    """Note that a person has seen to a message that did not arrive; False: nothing was open."""
    row = session.get(OutboxMessage, row_id, with_for_update=True)
    if row is None or row.state not in outbox.MISSED or row.acknowledged_at is not None:
        return False
    # The day alone: a time would tie the row to what was done at that moment.
    row.acknowledged_at = now.replace(hour=0, minute=0, second=0, microsecond=0)
    session.flush()
    return True


def _open() -> Select[OutboxMessage]:
    return (
        select(OutboxMessage)
        .where(
            OutboxMessage.acknowledged_at.is_(None),
            OutboxMessage.kind.in_(KINDS),
            OutboxMessage.state.in_(outbox.MISSED),
            OutboxMessage.reason.not_in(AS_WANTED),
        )
        .order_by(OutboxMessage.ended_at.desc().nulls_first())
        .limit(MOST_READ)
    )


def _trouble(row: OutboxMessage, content: Content) -> Trouble:
    doubtful = row.state is OutboxState.IN_DOUBT
    happened, advice = words.STILL_IN_DOUBT if doubtful else words.trouble(row.reason)
    kept = uuid.UUID(content.conversation) if content.conversation else None
    return Trouble(
        row_id=row.id,
        conversation_id=row.conversation_id or kept,
        happened=happened,
        advice=advice,
        at=row.ended_at or row.created_at,
        body=content.body,
    )
