"""The closed cases of some teams, to be found by code, day and outcome. Nothing of them is unsealed.

Which cases are closed stands in their rows; the day and the outcome in the state that the server reads.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import String, cast

from models import Case
from outreach.casework.state_memo import StateMemo
from outreach.staff import audit
from outreach.staff.audit import Action

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date
    from zoneinfo import ZoneInfo

    from sqlalchemy.orm import Session

    from models import Staff
    from outreach.casework.case_state import CaseState
    from outreach.sealing.crypto import PersonalKey

MOST_KNOWN = 20_000
EARLIEST = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class ClosedCase:
    """One closed case. `closed_at` is empty for those from before it was kept, as is `outcome`.

    `replies`: the last answers, whose delivery is watched until somebody has seen a failure.
    """

    id: uuid.UUID
    opened_at: datetime
    closed_at: datetime | None
    outcome: str | None
    by_her: bool
    for_supervisor: bool
    conversations: tuple[uuid.UUID, ...]
    replies: tuple[uuid.UUID, ...] = ()

    @property
    def short(self) -> str:
        """The letters by which two caseworkers speak of it."""
        return str(self.id)[:4].upper()


def _line(case_id: uuid.UUID, _: uuid.UUID, state: CaseState) -> ClosedCase:
    return ClosedCase(
        id=case_id,
        opened_at=datetime.fromisoformat(state.opened_at),
        closed_at=datetime.fromisoformat(state.closed_at) if state.closed_at else None,
        outcome=state.outcome,
        by_her=state.closed_by_her is not None,
        for_supervisor=state.for_supervisor,
        conversations=state.conversations,
        replies=tuple(uuid.UUID(one) for one in state.replies),
    )


_known = StateMemo(_line, MOST_KNOWN)


def closed_cases(
    session: Session,
    key: PersonalKey,
    teams: Collection[uuid.UUID],
    *,
    supervisor: bool,
    code: str = "",
) -> list[ClosedCase]:
    """Return the closed cases of some teams, the last one first: all, or those of a code.

    Those of harm by the programme's own people only where a `supervisor` asks. Drafts, which nobody is shown,
    have an hour to be forgotten at. The first look after a start decrypts all, some thousand a second.
    """
    which = [~Case.is_open, Case.forget_after.is_(None), Case.team_id.in_(teams)]
    if code:
        which.append(cast(Case.id, String).startswith(code.lower(), autoescape=True))
    found = [one for one in _known.read(session, key, *which) if supervisor or not one.for_supervisor]
    # Those without a day come last.
    return sorted(found, key=lambda one: (one.closed_at or EARLIEST, one.id), reverse=True)


def chosen(
    found: Iterable[ClosedCase], zone: ZoneInfo, *, day: date | None = None, outcome: str = ""
) -> list[ClosedCase]:
    """Return those that were closed on a local day, and with an outcome."""
    return [
        one
        for one in found
        if (day is None or (one.closed_at is not None and one.closed_at.astimezone(zone).date() == day))
        and (not outcome or one.outcome == outcome)
    ]


def note_search(session: Session, staff: Staff, now: datetime) -> None:
    """Record that somebody looked for closed cases; not for which."""
    audit.record(session, staff.id, Action.DESK_SEARCHED, now)
