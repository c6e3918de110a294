"""What the end of a case has to do with its referrals; nothing of what one shares is reached from here.

`outreach.casework.closing` comes here within its own steps.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from outreach.casework import both_sides, referral_rows
from outreach.casework.opened import DeskError
from outreach.casework.referral_rows import Step
from outreach.texts import desk_referrals as texts

if TYPE_CHECKING:
    from outreach.casework.opened import Held
    from outreach.casework.referral_rows import Known


def refuse_while_open(held: Held) -> None:
    """Let no case be closed while somebody still has to answer a referral of it, or to finish it.

    Raises:
        DeskError: there is one.
    """
    if any(one.step is Step.SENT or (one.is_open and one.way == "received") for one in _between(held)):
        raise DeskError(texts.OPEN_REFERRAL)


def say_she_closed(held: Held) -> None:
    """Tell the other side of what is open that she closed her case here; `closing.archive` calls it."""
    for known in _between(held):
        there = both_sides.locked(held, known) if known.is_open else None
        if there is not None and there.case.is_open:
            there.say(texts.she_closed(referral_rows.team_of(held.session, held.case)), held.now)
            there.wait(held.now)
            there.keep(held.worker.key)


def _between(held: Held) -> list[Known]:
    """Return the referrals between two agencies."""
    return [one for one in referral_rows.of_case(held) if one.way != "service"]
