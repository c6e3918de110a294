"""The whole thread of a case, opened for a caseworker: each opening is recorded."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from models import OutboxKind, OutboxMessage, OutboxState
from outreach.casework import thread
from outreach.casework.verbs import look
from outreach.staff.audit import Action

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from outreach.casework.opened import Seen
    from outreach.casework.thread import Entry

STANDS_OPEN = timedelta(minutes=30)
"""How long an opened thread may be followed until that is recorded as one more opening."""


class Thread(NamedTuple):
    """A case and the lines of its thread, oldest first."""

    case: Seen
    entries: list[Entry]


@look(Action.DESK_OPENED)
def open_thread(seen: Seen, *, after: int = 0, last: int | None = None) -> Thread:
    """Open a thread, or its lines after a position, or its `last` lines."""
    return Thread(seen, _read(seen, after=after, last=last))


@look(Action.DESK_OPENED, again_after=STANDS_OPEN)
def follow_thread(seen: Seen, *, after: int = 0, last: int | None = None) -> Thread:
    """Give the lines after a position once more, to a page that shows the thread already."""
    return Thread(seen, _read(seen, after=after, last=last))


def sending_states(session: Session, entries: list[Entry]) -> dict[str, str]:
    """Return, by outbox id, where the messages of a thread stand.

    That is its state, and for one that was not sent also why, as in `suppressed.cover`.
    """
    ids = [uuid.UUID(entry.extra["outbox_id"]) for entry in entries if "outbox_id" in entry.extra]
    row = OutboxMessage
    rows = session.execute(select(row.id, row.state, row.reason, row.kind).where(row.id.in_(ids)))
    return {str(outbox_id): _stands(state, reason, kind) for outbox_id, state, reason, kind in rows}


def _stands(state: OutboxState, reason: str | None, kind: OutboxKind) -> str:
    if state is not OutboxState.SUPPRESSED or reason is None:
        return state.value
    # An answer is withheld for its words under cover alone; no row may have a word of its own for that.
    covered = kind is OutboxKind.REPLY and reason == "reveals"
    return f"{state.value}.{'cover' if covered else reason}"


def _read(seen: Seen, *, after: int = 0, last: int | None = None) -> list[Entry]:
    if last is not None and seen.state.entries is not None:
        after = max(after, seen.state.entries - last)
    return thread.read(seen.session, seen.worker.private_key, seen.case, seen.state, after=after)
