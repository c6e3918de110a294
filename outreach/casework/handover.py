"""What one shift leaves to the next: notes sealed to the team, all of one length, gone after a month.

A row says which team and which day, and nothing of any case. Who wrote it, when and what is inside.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select

from models import ShiftNote
from outreach.ground import dates
from outreach.sealing import vault
from outreach.staff import audit
from outreach.staff.audit import Action

if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection
    from zoneinfo import ZoneInfo

    from sqlalchemy.orm import Session

    from models import Staff

LONGEST = 1000
LENGTH = 4608
"""Bytes: a thousand letters in four bytes each, a name and a time."""
SHOWN = timedelta(days=3)
KEPT = timedelta(days=30)


@dataclass(frozen=True)
class Note:
    """One note, opened."""

    name: str
    text: str
    at: datetime


def write(
    session: Session,
    staff: Staff,
    text: str,
    zone: ZoneInfo,
    now: datetime,
    *,
    team_id: uuid.UUID | None = None,
) -> None:
    """Leave a note to one of her teams; which, where she has several: each may be another agency's.

    Raises:
        ValueError: it is none of hers, or not said which.
    """
    own = vault.teams_of(session, staff.id)
    chosen = own & {team_id} if team_id is not None else own
    if len(chosen) != 1:
        raise ValueError("a note goes to one team")
    (to,) = chosen
    data = _padded({"by": staff.display_name, "text": text[:LONGEST], "at": now.isoformat()})
    sealed = vault.seal(vault.public_key_of(session, to), data)
    session.add(ShiftNote(team_id=to, day=dates.today(zone, now), content_sealed=sealed))
    audit.record(session, staff.id, Action.DESK_NOTED, now)
    session.flush()


def read(
    session: Session, keyring: bytes, teams: Collection[uuid.UUID], zone: ZoneInfo, now: datetime
) -> list[Note]:
    """Return the notes of the last days, the newest first."""
    since = dates.today(zone, now) - SHOWN
    query = select(ShiftNote).where(ShiftNote.team_id.in_(teams), ShiftNote.day >= since)
    notes = []
    for row in session.scalars(query):
        try:
            data = vault.unseal(keyring, row.content_sealed)
        except vault.UnsealError:
            continue
        notes.append(Note(str(data["by"]), str(data["text"]), datetime.fromisoformat(data["at"])))
    return sorted(set(notes), key=lambda note: note.at, reverse=True)


def forget_old(session: Session, now: datetime) -> int:
    """Delete the notes that are older than a month; return how many."""
    gone = session.execute(delete(ShiftNote).where(ShiftNote.day < now.date() - KEPT).returning(ShiftNote.id))
    return len(gone.all())


def _padded(data: dict[str, Any]) -> dict[str, Any]:
    length = len(json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode())
    return data | {"fill": " " * max(0, LENGTH - length)}
