"""Who looked at a case or did something in it: sealed, with the exact time, for its holder and supervisor.

`outreach.casework.verbs` adds one row wherever it records an event; nothing else does.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from models import Role, Staff
from outreach.casework import blocks

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from outreach.casework.opened import Seen
    from outreach.staff.audit import Action

SHOWN = 40


@dataclass(frozen=True)
class Trace:
    """One look or step: who, when, what (an `Action`), and the reason where one was asked for."""

    name: str
    at: datetime
    action: str
    reason: str


def note(seen: Seen, action: Action) -> None:
    """Add what somebody just did, with the reason that she gave for it."""
    content = {
        "by": str(seen.worker.staff.id),
        "did": action.value,
        "at": seen.now.isoformat(),
        "why": " ".join(seen.reasons),
    }
    blocks.add(
        seen.session,
        seen.worker.private_key,
        blocks.LOOKS,
        seen.case.id,
        seen.case.team_id,
        blocks.fit(content, "why"),
    )


def may_know(seen: Seen) -> bool:
    """Say whether it is for her who looked at a case: for its holder and for supervisors."""
    return seen.holds or seen.worker.staff.role is Role.SUPERVISOR


def traces(seen: Seen, count: int = SHOWN) -> list[Trace]:
    """Return the last looks and steps, the newest first; none to whom they are not for."""
    if not may_know(seen):
        return []
    rows = blocks.newest(seen.session, seen.worker.private_key, blocks.LOOKS, seen.case.id, count)
    names = names_of(seen.session, {content["by"] for _, content in rows})
    return [
        Trace(names.get(one["by"], ""), datetime.fromisoformat(one["at"]), one["did"], one["why"])
        for _, one in rows
    ]


def names_of(session: Session, staff_ids: set[str]) -> dict[str, str]:
    """Return how members of staff are called, by id."""
    ids = [uuid.UUID(one) for one in staff_ids]
    rows = session.execute(select(Staff.id, Staff.display_name).where(Staff.id.in_(ids))) if ids else ()
    return {str(staff_id): name for staff_id, name in rows}
