"""What a voice note says, set right by the caseworker who heard it.

The program's words stay beside hers: whoever reads the case later sees what was guessed and what was heard.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from outreach.casework import bell, thread
from outreach.casework.opened import DeskError
from outreach.casework.verbs import verb
from outreach.staff.audit import Action
from outreach.texts import desk_files as texts

if TYPE_CHECKING:
    from outreach.casework.opened import Held

LONGEST: Final = 1600
KINDS: Final = frozenset({"voice"})


@verb(Action.DESK_TRANSCRIPT, holds=True)
def correct(held: Held, position: int, text: str) -> None:
    """Put the words that she heard in place of a note's transcript, or where there was none.

    Raises:
        DeskError: there is no voice note of hers at that position, or no text.
    """
    said = text.strip()
    if not said or len(said) > LONGEST:
        raise DeskError(texts.TRANSCRIPT_EMPTY)
    found = thread.read(held.session, held.worker.private_key, held.case, held.state, after=position - 1)
    entry = next((one for one in found if one.position == position), None)
    if entry is None or entry.author != "woman" or entry.extra.get("kind") not in KINDS:
        raise DeskError(texts.NO_SUCH_NOTE)
    first = entry.extra.get("heard_first", entry.text)
    extra = {**entry.extra, "heard": "corrected", "heard_first": first, "corrected_by": held.worker.name}
    thread.rewrite(held.session, held.case, entry, said, extra)
    bell.say_changed(held.session, held.case.id)
