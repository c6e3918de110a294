"""Notes of the team: sealed, never shown to her. Nothing here may lead to what is sent to her."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outreach.casework import drafts, thread
from outreach.casework.verbs import verb
from outreach.staff.audit import Action

if TYPE_CHECKING:
    import uuid

    from outreach.casework.opened import Held


@verb(Action.DESK_NOTED)
def note(held: Held, text: str, *, entry_id: uuid.UUID | None = None) -> None:
    """Keep a note for the team, sealed; the same form sent twice keeps one."""
    if not thread.exists(held.session, entry_id):
        drafts.drop(held.session, held.case.id, held.worker.staff.id, drafts.NOTE)
        held.say("note", text, entry_id, staff=held.worker.name)
