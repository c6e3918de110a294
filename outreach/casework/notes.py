"""Notes of the team on a case: sealed in a table of their own, so that none can stand among her messages.

Nothing here may lead to what is sent to her, and nothing that sends may import this. Notes of before stay
where they were, as lines of the thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from outreach.casework import blocks, drafts
from outreach.casework.verbs import verb
from outreach.staff.audit import Action

if TYPE_CHECKING:
    import uuid

    from outreach.casework.opened import Held, Seen

SHOWN = 20
"""How many notes a page shows at first."""
MOST = 1000


@dataclass(frozen=True)
class Note:
    """What somebody of the team wrote, and when."""

    position: int
    name: str
    at: datetime
    text: str


@verb(Action.DESK_NOTED)
def note(held: Held, text: str, *, entry_id: uuid.UUID | None = None) -> None:
    """Keep a note for the team, sealed; the same form sent twice keeps one."""
    if blocks.exists(held.session, blocks.NOTES, entry_id):
        return
    drafts.drop(held.session, held.case.id, held.worker.staff.id, drafts.NOTE)
    content = {"text": text, "name": held.worker.name, "at": held.now.isoformat()}
    blocks.add(
        held.session,
        held.worker.private_key,
        blocks.NOTES,
        held.case.id,
        held.case.team_id,
        content,
        row_id=entry_id,
    )


def notes_in(seen: Seen, count: int = SHOWN) -> list[Note]:
    """Return the last notes on a case that is opened already, the newest first."""
    rows = blocks.newest(seen.session, seen.worker.private_key, blocks.NOTES, seen.case.id, count)
    return [
        Note(position, one["name"], datetime.fromisoformat(one["at"]), one["text"]) for position, one in rows
    ]
