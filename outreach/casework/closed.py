"""The closed cases of some teams, to be found by the code or the day. Nothing of them is unsealed.

Which cases are closed stands in their rows; the day and the outcome in the state that the server reads.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import String, cast, select

from models import Case
from outreach.casework.case_state import decode_state

if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection
    from datetime import date
    from zoneinfo import ZoneInfo

    from sqlalchemy.orm import Session

    from outreach.sealing.crypto import PersonalKey

AT_A_TIME = 500
EARLIEST = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class ClosedCase:
    """One closed case. `closed_at` is empty for those from before it was kept, as is `outcome`."""

    id: uuid.UUID
    closed_at: datetime | None
    outcome: str | None
    by_her: bool

    @property
    def short(self) -> str:
        """The letters by which two caseworkers speak of it."""
        return str(self.id)[:4].upper()


def closed_cases(
    session: Session,
    key: PersonalKey,
    teams: Collection[uuid.UUID],
    zone: ZoneInfo,
    *,
    supervisor: bool,
    code: str = "",
    day: date | None = None,
) -> list[ClosedCase]:
    """Return the closed cases of some teams, the last one first: all, or those of a code or a local day.

    Those of harm by the programme's own people only where a `supervisor` asks. Drafts, which nobody is shown,
    have an hour to be forgotten at. All states are decrypted where no code is given: some thousand a second.
    """
    query = select(Case.id, Case.state_cipher).where(
        ~Case.is_open, Case.forget_after.is_(None), Case.team_id.in_(teams)
    )
    if code:
        query = query.where(cast(Case.id, String).startswith(code.lower(), autoescape=True))
    found = []
    for case_id, cipher in session.execute(query.execution_options(yield_per=AT_A_TIME)):
        state = decode_state(key, case_id, cipher)
        at = datetime.fromisoformat(state.closed_at) if state.closed_at else None
        if state.for_supervisor and not supervisor:
            continue
        if day is None or (at is not None and at.astimezone(zone).date() == day):
            found.append(ClosedCase(case_id, at, state.outcome, state.closed_by_her is not None))
    # Those without a day come last.
    return sorted(found, key=lambda one: (one.closed_at or EARLIEST, one.id), reverse=True)
