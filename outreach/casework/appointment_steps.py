"""The hour at which a caseworker agreed with a woman to write: kept until somebody says what came of it.

Nothing that she writes takes it away, and neither does handing the conversation back to the bot. The server
knows the hour alone; what was agreed stands sealed in the thread.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from outreach.casework.opened import DeskError
from outreach.casework.verbs import verb
from outreach.ground import dates
from outreach.staff.audit import Action
from outreach.texts import desk_queue as texts

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from outreach.casework.opened import Held

FURTHEST = timedelta(days=60)
LONGEST_WORDS = 200
"""Letters of what was agreed."""


@verb(Action.DESK_APPOINTED, holds=True)
def appoint(held: Held, at: datetime, agreed: str, zone: ZoneInfo) -> None:
    """Keep the hour that was agreed, in place of an earlier one, with a few words about it.

    Raises:
        DeskError: it is past, too far ahead, or described at length.
    """
    held.refuse_if_she_closed_it()
    if not held.now < at <= held.now + FURTHEST:
        raise DeskError(texts.WRONG_HOUR)
    said = " ".join(agreed.split())
    if len(said) > LONGEST_WORDS:
        raise DeskError(texts.LONG_WORDS)
    held.state.appointment_at, held.state.appointment_words = at.isoformat(), None
    held.say("event", texts.appointed(held.worker.name, dates.date_and_hour(at, zone), said))


@verb(Action.DESK_APPOINTED, holds=True)
def settle(held: Held, *, kept: bool) -> None:
    """Note what came of the agreed hour and take it from the list.

    Raises:
        DeskError: none was agreed.
    """
    if held.state.appointment_at is None:
        raise DeskError("No hay una hora acordada.")
    held.state.appointment_at = held.state.appointment_words = None
    held.say("event", texts.settled(held.worker.name, kept=kept))
