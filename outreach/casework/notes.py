"""Notes of the team on a case: sealed in a table of their own, so that none can stand among her messages.

Nothing here may lead to what is sent to her, and nothing that sends may import this. Notes of before stay
where they were, as lines of the thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from outreach.casework import blocks, drafts, files
from outreach.casework.opened import DeskError
from outreach.casework.verbs import verb
from outreach.staff.audit import Action
from outreach.texts import desk_record as texts

if TYPE_CHECKING:
    import uuid

    from outreach.casework.opened import Held, Seen

SHOWN = 20
"""How many notes a page shows at first."""
MOST = 1000
LARGEST: Final = 16 * 1024 * 1024
"""Bytes of a file that a note carries."""


@dataclass(frozen=True)
class Attached:
    """A file for a note, as it was chosen; `declared` is what the browser calls it."""

    content: bytes
    declared: str


@dataclass(frozen=True)
class Note:
    """What somebody of the team wrote, and when; `file_id` is the file that it carries, or empty."""

    position: int
    name: str
    at: datetime
    text: str
    file_id: str = ""


@verb(Action.DESK_NOTED)
def note(
    held: Held, text: str, *, entry_id: uuid.UUID | None = None, attached: Attached | None = None
) -> None:
    """Keep a note for the team, sealed, with a file where one is given; the same form sent twice keeps one.

    Raises:
        DeskError: the file is empty or too large.
    """
    if blocks.exists(held.session, blocks.NOTES, entry_id):
        return
    drafts.drop(held.session, held.case.id, held.worker.staff.id, drafts.NOTE)
    content = {"text": text, "name": held.worker.name, "at": held.now.isoformat()}
    if attached is not None:
        content["file"] = _sealed(held, attached)
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
        Note(position, one["name"], datetime.fromisoformat(one["at"]), one["text"], one.get("file", ""))
        for position, one in rows
    ]


def _sealed(held: Held, attached: Attached) -> str:
    if not attached.content:
        raise DeskError(texts.NOTE_FILE_EMPTY)
    if len(attached.content) > LARGEST:
        raise DeskError(texts.NOTE_FILE_LARGE)
    file_id = files.begin(held.session, held.case, attached.declared)
    files.keep(held.session, file_id, attached.content, attached.declared)
    return str(file_id)
