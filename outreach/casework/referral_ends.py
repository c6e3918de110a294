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
    """Tell the other side of what is open that she closed her case here; `closing.archive` calls it.

    A referral that this case came by is over with it, on both sides: nobody here can finish it any more.
    """
    for known in _between(held):
        if not known.is_open:
            continue
        there = both_sides.locked(held, known)
        if known.way == "received":
            _end(held, known, there)
        if there is not None and there.case.is_open:
            there.say(texts.she_closed(referral_rows.team_of(held.session, held.case)), held.now)
            there.wait(held.now)
            there.keep(held.worker.key)


def _end(held: Held, known: Known, there: both_sides.Other | None) -> None:
    by = f"{held.worker.name}, {referral_rows.team_of(held.session, held.case)}"
    status = referral_rows.status(Step.RETURNED, by, held.now, texts.CLOSED_BY_HER)
    referral_rows.write(held.session, held.case, known.id, status)
    if there is not None and known.other_row is not None:
        referral_rows.write(held.session, there.case, known.other_row, status)


def _between(held: Held) -> list[Known]:
    """Return the referrals between two agencies."""
    return [one for one in referral_rows.of_case(held) if one.way != "service"]
