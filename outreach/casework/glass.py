"""Opening a colleague's conversation: for a reason that its thread keeps and that the supervisor is told."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from outreach.casework import blocks, reasons, seen
from outreach.casework.opened import DeskError
from outreach.casework.permitted import needs_reason
from outreach.casework.verbs import verb
from outreach.staff import audit
from outreach.staff.audit import Action
from outreach.texts import desk_audit as texts

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.orm import Session

    from models import Staff
    from outreach.casework.opened import Held

OPEN_FOR = timedelta(minutes=30)
SHOWN = 50
LOOKED_AT = 2 * blocks.BLOCK
"""Among how many of the newest openings those are counted that no supervisor has seen."""


class NoNeedError(DeskError):
    """Ya puedes abrir esta conversación."""


@dataclass(frozen=True)
class Opening:
    """A colleague's conversation that somebody opened, as supervisors are told of it.

    `mine`: the one who reads this did it herself. `seen_by` is the supervisor who has seen it.
    """

    team_id: uuid.UUID
    position: int
    case_id: uuid.UUID
    by: str
    holder: str
    at: datetime
    reason: str
    mine: bool
    seen_by: str

    @property
    def short(self) -> str:
        """The letters by which two caseworkers speak of the case."""
        return str(self.case_id)[:4].upper()


@verb(Action.DESK_BROKE_GLASS)
def break_glass(held: Held, reason: str) -> None:
    """Let her see a colleague's conversation for half an hour, for a reason.

    Raises:
        NoReasonError: no reason was given.
        NoNeedError: she may see it without.
    """
    if not needs_reason(held):
        raise NoNeedError(NoNeedError.__doc__)
    said = reasons.given(reason)
    staff, state = held.worker.staff, held.state
    state.allow(str(staff.id), (held.now + OPEN_FOR).isoformat())
    held.reasons.append(said)
    held.say("event", texts.broke_glass(held.worker.name, state.claimed_name or "", said))
    tell(held, said)


def tell(held: Held, said: str) -> None:
    """Tell the supervisors that somebody opened, or took, what a colleague has; before it changes hands."""
    staff = held.worker.staff
    told = {
        "case": str(held.case.id),
        "by": str(staff.id),
        "of": held.state.claimed_by,
        "at": held.now.isoformat(),
        "seen": "",
        "why": said,
    }
    team_id = held.case.team_id
    # A supervisor's id is to fit in the place of `seen`.
    room = blocks.fit({**told, "seen": str(staff.id)}, "why")
    blocks.add(held.session, held.worker.private_key, blocks.TOLD, team_id, team_id, {**room, "seen": ""})


def openings(
    session: Session, keyring: bytes, teams: Collection[uuid.UUID], supervisor: Staff, count: int = SHOWN
) -> list[Opening]:
    """Return what supervisors of these teams are told, the newest first."""
    rows = [
        (team_id, position, content)
        for team_id in teams
        for position, content in blocks.newest(session, keyring, blocks.TOLD, team_id, count)
    ]
    names = seen.names_of(
        session, {one[who] for _, _, one in rows for who in ("by", "of", "seen") if one[who]}
    )
    found = [
        Opening(
            team_id=team_id,
            position=position,
            case_id=uuid.UUID(one["case"]),
            by=names.get(one["by"], ""),
            holder=names.get(one["of"], ""),
            at=datetime.fromisoformat(one["at"]),
            reason=one["why"],
            mine=one["by"] == str(supervisor.id),
            seen_by=names.get(one["seen"], ""),
        )
        for team_id, position, one in rows
    ]
    return sorted(found, key=lambda one: one.at, reverse=True)[:count]


def unseen(session: Session, keyring: bytes, teams: Collection[uuid.UUID], supervisor: Staff) -> int:
    """Count the newest openings by others that no supervisor has seen."""
    return sum(
        not one.seen_by and not one.mine for one in openings(session, keyring, teams, supervisor, LOOKED_AT)
    )


def acknowledge(
    session: Session, keyring: bytes, team_id: uuid.UUID, position: int, supervisor: Staff, now: datetime
) -> bool:
    """Note that a supervisor has seen an opening by somebody else; False: there is none to be seen."""
    rows = dict(blocks.newest(session, keyring, blocks.TOLD, team_id, SHOWN))
    told = rows.get(position)
    if told is None or told["seen"] or told["by"] == str(supervisor.id):
        return False
    blocks.change(session, blocks.TOLD, team_id, team_id, position, {**told, "seen": str(supervisor.id)})
    audit.record(session, supervisor.id, Action.DESK_ACKNOWLEDGED, now)
    session.flush()
    return True
