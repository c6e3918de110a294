"""Answers of a caseworker that did not arrive, until somebody has seen it.

Found by the outbox ids in the case's encrypted state: no plain column joins an answer to a case.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from models import Case, OutboxMessage, OutboxState
from outreach.casework import desk, thread
from outreach.casework.case_state import read_state, write_state
from outreach.casework.cases import locked_state
from outreach.casework.thread import Line
from outreach.texts import desk as words

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy.orm import Session

    from outreach.casework.desk import Caseworker
    from outreach.sealing.crypto import PersonalKey

TROUBLED = frozenset(
    {OutboxState.FAILED, OutboxState.UNDELIVERED, OutboxState.EXPIRED, OutboxState.IN_DOUBT,
     OutboxState.SUPPRESSED}
)  # fmt: skip


@dataclass(frozen=True)
class Undelivered:
    """One answer that did not arrive; `state` and `reason` are our own words for it."""

    outbox_id: uuid.UUID
    case_id: uuid.UUID
    state: str
    reason: str | None

    @property
    def short(self) -> str:
        """The letters by which two caseworkers speak of the case."""
        return str(self.case_id)[:4].upper()


def undelivered(
    session: Session, key: PersonalKey, teams: Collection[uuid.UUID], *, supervisor: bool = True
) -> list[Undelivered]:
    """Return the last answers in open cases of these teams that did not arrive and that nobody has seen.

    Those of cases of harm by the programme's own people only where a `supervisor` asks.
    """
    cases = session.scalars(select(Case).where(Case.is_open, Case.team_id.in_(teams)))
    states = ((case.id, read_state(key, case)) for case in cases)
    case_of = {
        uuid.UUID(outbox_id): case_id
        for case_id, state in states
        if supervisor or not state.for_supervisor
        for outbox_id in state.replies
    }
    if not case_of:
        return []
    rows = session.execute(
        select(OutboxMessage.id, OutboxMessage.state, OutboxMessage.reason)
        .where(
            OutboxMessage.id.in_(case_of),
            OutboxMessage.state.in_(TROUBLED),
            OutboxMessage.acknowledged_at.is_(None),
        )
        .order_by(OutboxMessage.created_at, OutboxMessage.seq)
    )
    return [Undelivered(row_id, case_of[row_id], state.value, reason) for row_id, state, reason in rows]


def acknowledge(
    session: Session, worker: Caseworker, case_id: uuid.UUID, outbox_id: uuid.UUID, now: datetime
) -> bool:
    """Note, in the sealed thread too, that somebody saw it; say whether it was waiting to be seen."""
    case = session.get(Case, case_id)
    if case is None or not desk.may_see(worker, case):
        return False
    state = locked_state(session, worker.key, case)
    row = session.get(OutboxMessage, outbox_id, with_for_update=True, populate_existing=True)
    if row is None or str(outbox_id) not in state.replies:
        return False
    if row.state not in TROUBLED or row.acknowledged_at is not None:
        return False
    # The day only: an exact time beside the thread's would say whose case it is.
    row.acknowledged_at = now.replace(hour=0, minute=0, second=0, microsecond=0)
    text = words.seen_undelivered(worker.staff.display_name)
    thread.append(session, case, state, Line("event", text, now))
    write_state(worker.key, case, state)
    session.flush()
    return True
