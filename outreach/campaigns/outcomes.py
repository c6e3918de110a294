"""What became of each woman's message of a campaign, as parts of a whole that a person can tell apart.

An outcome is `state`, `state:reason` or `state:reason:code`, as the trigger of migration 0031 writes it; none
where nothing was handed over yet. Nothing here knows of a case: a part depends on the message alone (P4).
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

HELD_OUT: Final = "held_out"
META_CAP: Final = 63049
"""Meta keeps marketing back from a person (https://www.twilio.com/docs/api/errors/63049)."""
_HER_HOURS: Final = "outside_her_hours"
_PAUSED: Final = "paused"
_BLOCKED: Final = frozenset({"blocked", "blocked_by_her"})
_NO_NUMBER: Final = frozenset({"no_number", "no_address", "unreachable"})
_HER_WORD: Final = frozenset({"opted_out", "no_consent"})
_AT_OUR_WORD: Final = frozenset({"cancelled", "in_another", "erased", "no_longer_enrolled"})


class Part(enum.StrEnum):
    """Where a message stands, in the order in which a page says it."""

    WAITING = "waiting"
    HER_HOURS = "her_hours"
    AGAIN = "again"
    DOUBT = "doubt"
    ON_ITS_WAY = "on_its_way"
    DELIVERED = "delivered"
    READ = "read"
    META_CAP = "meta_cap"
    BLOCKED = "blocked"
    NO_NUMBER = "no_number"
    FAILED = "failed"
    TOO_LATE = "too_late"
    LEFT_OUT = "left_out"
    HELD_OUT = "held_out"


NOT_GONE: Final = (Part.WAITING, Part.HER_HOURS, Part.AGAIN)
ARRIVED: Final = (Part.DELIVERED, Part.READ)
GONE: Final = (Part.ON_ITS_WAY, *ARRIVED)
MISSED: Final = (Part.META_CAP, Part.BLOCKED, Part.NO_NUMBER, Part.FAILED, Part.TOO_LATE)
"""She was to get it and did not."""
ARRIVED_STATES: Final = ("delivered", "read")


@dataclass(frozen=True)
class Outcome:
    """A part with the reason in our words and Twilio's code, where there are such."""

    part: Part
    reason: str | None = None
    code: int | None = None


def read(outcome: str | None, reason: str | None) -> Outcome:
    """Say what the two columns of a recipient mean; `reason` is set where nothing was handed over."""
    if outcome is None:
        return Outcome(Part.WAITING) if reason is None else _not_handed_over(reason)
    state, _, rest = outcome.partition(":")
    why, _, number = rest.partition(":")
    code = int(number) if number.isdigit() else None
    return Outcome(_part(state, why, code), why or None, code)


def _not_handed_over(reason: str) -> Outcome:
    if reason == HELD_OUT:
        return Outcome(Part.HELD_OUT, reason)
    return Outcome(Part.TOO_LATE if reason == "too_late" else Part.LEFT_OUT, reason)


def _part(state: str, why: str, code: int | None) -> Part:
    match state:
        case "queued" | "sending":
            if not why or why == _PAUSED:
                return Part.WAITING
            return Part.HER_HOURS if why == _HER_HOURS else Part.AGAIN
        case "in_doubt":
            return Part.DOUBT
        case "sent":
            return Part.ON_ITS_WAY
        case "delivered":
            return Part.DELIVERED
        case "read":
            return Part.READ
        case "expired" if why != "in_doubt":
            return Part.TOO_LATE
        case _:
            return _failed(why, code)


def _failed(why: str, code: int | None) -> Part:
    if why == "in_doubt":
        return Part.DOUBT
    if code == META_CAP:
        return Part.META_CAP
    if why in _BLOCKED:
        return Part.BLOCKED
    if why in _NO_NUMBER:
        return Part.NO_NUMBER
    return Part.LEFT_OUT if why in _HER_WORD | _AT_OUR_WORD else Part.FAILED


def of_parts(
    pairs: Iterable[tuple[str | None, str | None]], parts: Iterable[Part]
) -> list[tuple[str | None, str | None]]:
    """Return those pairs of columns that belong to one of the parts."""
    wanted = frozenset(parts)
    return [pair for pair in pairs if read(*pair).part in wanted]
