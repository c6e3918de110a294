"""Answers of a caseworker that did not arrive, until somebody has seen it.

Found by the outbox ids in the case's encrypted state: no plain column joins an answer to a case.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from models import OutboxMessage, OutboxState
from outreach.casework import cases
from outreach.casework.verbs import verb
from outreach.staff.audit import Action
from outreach.texts import desk as words

if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection

    from sqlalchemy.orm import Session

    from outreach.casework.cases import OpenCase
    from outreach.casework.opened import Held
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
    return among(session, cases.open_cases(session, key, teams, supervisor=supervisor))


def among(session: Session, lines: Collection[OpenCase]) -> list[Undelivered]:
    """Return the last answers of these cases that did not arrive and that nobody has seen."""
    case_of = {outbox_id: line.id for line in lines for outbox_id in line.replies}
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


@verb(Action.DESK_ACKNOWLEDGED)
def acknowledge(held: Held, outbox_id: uuid.UUID) -> bool:
    """Note, sealed in the thread, that somebody saw it; say whether it was waiting to be seen.

    The case stops watching it. Its row stays as it is: a mark there would be on answers of cases alone.
    """
    row = held.session.get(OutboxMessage, outbox_id, populate_existing=True)
    if row is None or row.state not in TROUBLED or str(outbox_id) not in held.state.replies:
        return False
    held.state.replies.remove(str(outbox_id))
    held.say("event", words.seen_undelivered(held.worker.name))
    return True
