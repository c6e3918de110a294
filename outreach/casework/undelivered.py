"""Answers of a caseworker that did not arrive, until somebody has seen it.

Found by the outbox ids in the case's encrypted state: no plain column joins an answer to a case.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import select

from models import OutboxKind, OutboxMessage, OutboxState
from outreach.casework import cases, closed
from outreach.casework.verbs import verb
from outreach.staff.audit import Action
from outreach.texts import desk as words

if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection, Sequence

    from sqlalchemy import Row
    from sqlalchemy.orm import Session

    from outreach.casework.closed import ClosedCase
    from outreach.casework.opened import Held
    from outreach.sealing.crypto import PersonalKey

TROUBLED = frozenset(
    {OutboxState.FAILED, OutboxState.UNDELIVERED, OutboxState.EXPIRED, OutboxState.IN_DOUBT,
     OutboxState.SUPPRESSED}
)  # fmt: skip


class Watching(Protocol):
    """A case as far as its answers go: `replies` are the outbox ids of the last ones."""

    @property
    def id(self) -> uuid.UUID:
        """Which case."""

    @property
    def replies(self) -> tuple[uuid.UUID, ...]:
        """Which answers."""


@dataclass(frozen=True)
class Undelivered:
    """One answer that did not arrive; `state` and `reason` are our own words for it.

    `closed`: its case is; `by_her`: she closed it herself, and nobody writes to her by it.
    """

    outbox_id: uuid.UUID
    case_id: uuid.UUID
    state: str
    reason: str | None
    closed: bool = False
    by_her: bool = False

    @property
    def short(self) -> str:
        """The letters by which two caseworkers speak of the case."""
        return str(self.case_id)[:4].upper()


def undelivered(
    session: Session, key: PersonalKey, teams: Collection[uuid.UUID], *, supervisor: bool = True
) -> list[Undelivered]:
    """Return the last answers in cases of these teams that did not arrive and that nobody has seen.

    Those of open cases come first. Those of cases of harm by the programme's own people only where a
    `supervisor` asks.
    """
    lines = cases.open_cases(session, key, teams, supervisor=supervisor)
    return among(session, key, teams, lines, supervisor=supervisor)


def among(
    session: Session,
    key: PersonalKey,
    teams: Collection[uuid.UUID],
    open_lines: Collection[Watching],
    *,
    supervisor: bool,
) -> list[Undelivered]:
    """As `undelivered`, where the open cases of these teams are known to the caller."""
    rows = _in_trouble(session)
    of_open = {outbox_id: line.id for line in open_lines for outbox_id in line.replies}
    found = [
        Undelivered(row.id, of_open[row.id], row.state.value, row.reason) for row in rows if row.id in of_open
    ]
    others = [row for row in rows if row.id not in of_open]
    if others:  # else the closed cases, which are many, are not looked at
        found += _of_closed(closed.closed_cases(session, key, teams, supervisor=supervisor), others)
    return found


def _in_trouble(session: Session) -> Sequence[Row[uuid.UUID, OutboxState, str | None]]:
    # The ordinary ones that nobody has closed are among them, and those of the desk that somebody has seen.
    return session.execute(
        select(OutboxMessage.id, OutboxMessage.state, OutboxMessage.reason)
        .where(
            OutboxMessage.kind.in_((OutboxKind.REPLY, OutboxKind.NOTICE)),
            OutboxMessage.state.in_(TROUBLED),
            OutboxMessage.acknowledged_at.is_(None),
        )
        .order_by(OutboxMessage.created_at, OutboxMessage.seq)
    ).all()


def _of_closed(
    lines: Collection[ClosedCase], rows: Collection[Row[uuid.UUID, OutboxState, str | None]]
) -> list[Undelivered]:
    case_of = {outbox_id: line for line in lines for outbox_id in line.replies}
    return [
        Undelivered(
            row.id,
            case_of[row.id].id,
            row.state.value,
            row.reason,
            closed=True,
            by_her=case_of[row.id].by_her,
        )
        for row in rows
        if row.id in case_of
    ]


@verb(Action.DESK_ACKNOWLEDGED, open_only=False)
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
