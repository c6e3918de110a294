"""What a thread says that belongs to the record: to what she agreed, and the plan's steps she went through.

The server writes those lines when they happen and can't read the record; so they are read beside it, and
nothing is copied that could then differ.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from outreach.casework.agreed import KIND
from outreach.casework.record_fields import PLAN_STEPS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from outreach.casework.thread import Entry

# As bot/domain/safety_plan.yml says its steps; a test compares.
_STEP: Final = re.compile(r"\*?Paso ([1-5]):\*?")


@dataclass(frozen=True)
class Agreed:
    """Her yes or no to a case, with her own words."""

    given: bool
    said: str
    at: datetime


def agreed_in(lines: Iterable[Entry]) -> list[Agreed]:
    """Return what she said when she was asked whether a case may be opened, oldest first."""
    return [
        Agreed(one.extra.get("given") == "yes", str(one.extra.get("said", "")), one.at)
        for one in lines
        if one.author == "event" and one.extra.get("consent") == KIND
    ]


def steps_in(lines: Iterable[Entry]) -> list[str]:
    """Return the steps of the safety plan that the assistant told her, in their order."""
    told = {int(found[1]) for one in lines if one.author == "bot" for found in _STEP.finditer(one.text)}
    return [PLAN_STEPS[number - 1] for number in sorted(told)]
