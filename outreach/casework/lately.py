"""Which looks this process has recorded lately, so that a page that asks every second fills no audit.

Nothing is stored: another process, or this one after a start, records the look once more. A look counts
as recorded from the commit on that carries its event.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import event

if TYPE_CHECKING:
    import uuid
    from datetime import datetime, timedelta

    from sqlalchemy.orm import Session

    from outreach.staff.audit import Action

    Mark = tuple[uuid.UUID, uuid.UUID, Action]

MOST_KEPT = 10_000
_PENDING = "avanza_looks"
_recorded: dict[Mark, datetime] = {}


def within(session: Session, mark: Mark, span: timedelta, now: datetime) -> bool:
    """Say whether a look was recorded, here or in this transaction, less than `span` ago."""
    at = session.info.get(_PENDING, {}).get(mark) or _recorded.get(mark)
    return at is not None and now - at < span


def note(session: Session, mark: Mark, now: datetime) -> None:
    """Remember a look from this transaction's commit on."""
    if _PENDING not in session.info:
        session.info[_PENDING] = {}
        event.listen(session, "after_commit", _keep)
        event.listen(session, "after_rollback", _forget)
    session.info[_PENDING][mark] = now


def _keep(session: Session) -> None:
    for mark, at in session.info[_PENDING].items():
        _recorded.pop(mark, None)  # put last: the oldest make room
        _recorded[mark] = at
    session.info[_PENDING].clear()
    for mark in list(_recorded)[: max(0, len(_recorded) - MOST_KEPT)]:
        _recorded.pop(mark, None)


def _forget(session: Session) -> None:
    session.info[_PENDING].clear()
