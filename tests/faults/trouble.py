"""What goes wrong at Twilio, drawn from a seed: refusals, lost answers, late failures, callbacks in disorder.

Each is ordered for one message to one phone, so that a second try may go well and the end can be judged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.faults import parse_rule

if TYPE_CHECKING:
    import random

    from simulator.hub import Hub

# Temporary by Twilio's own words: they are to be tried again, at once or by and by.
TEMPORARY = (63018, 30003)
FINAL = (63016,)


def refused(chance: random.Random) -> dict[str, Any]:
    """Twilio's own refusal, which proves that nothing was sent."""
    return {"status": chance.choice((429, 500, 503))}


def unanswered(chance: random.Random) -> dict[str, Any]:
    """The call ends without an answer, before or after the message was taken, or later than we wait."""
    return chance.choice(({"drop": "before"}, {"drop": "after"}, {"delay_after": 11.0}))


def fails_for_now(chance: random.Random) -> dict[str, Any]:
    """Taken, and reported as failed afterwards, for a reason that passes."""
    return {"error_code": chance.choice(TEMPORARY), "error_status": "undelivered"}


def fails_later(chance: random.Random) -> dict[str, Any]:
    """Taken, and reported as failed afterwards."""
    code = chance.choice(TEMPORARY * 2 + FINAL)
    return {"error_code": code, "error_status": "undelivered" if code in TEMPORARY else "failed"}


def disorder(chance: random.Random) -> dict[str, Any]:
    """Callbacks that come twice, in reverse, seconds late, or not at all."""
    return chance.choice(
        ({"posts": "duplicate"}, {"posts": "shuffle"}, {"delay_before": 3.0}, {"posts": "drop"})
    )


_MAKERS = (
    (refused, "create", 1),
    (unanswered, "create", 1),
    (fails_later, "create", 1),
    (disorder, "callback", 3),
)
# What can still arrive: a cry whose answer WhatsApp refuses for good can't be judged by what she got.
_PASSING = (*_MAKERS[:2], (fails_for_now, "create", 1), _MAKERS[3])


def order(hub: Hub, chance: random.Random, phone: str, share: float, *, passing: bool = False) -> None:
    """Let something go wrong with the next message to a phone, in `share` of all cases."""
    if chance.random() >= share:
        return
    make, kind, count = chance.choice(_PASSING if passing else _MAKERS)
    rule = {"match": {"kind": kind, "to": phone}, "count": count, "do": make(chance)}
    hub.faults.add([parse_rule(rule)])
