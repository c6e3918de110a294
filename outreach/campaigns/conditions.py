"""What an audience is built of: conditions in blocks, "all of these", "any of these", "none of these".

A woman belongs who fits every block. The stored form has a version, so that what a later product adds is not
misread by an earlier one. No condition asks what a woman wrote or when: a case makes her write, and nothing
that a coordinator can count may change because of one (promise P4). How conditions become SQL is in
`outreach.campaigns.compiling`.
"""

from __future__ import annotations

import enum
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

VERSION: Final = 2
MOST_BLOCKS, MOST_CONDITIONS = 6, 12
MOST_TIMES, MOST_DAYS, OLDEST = 100, 3650, 110


class BadConditionError(ValueError):
    """This is no condition that an audience can have."""


class Kind(enum.StrEnum):
    """What is asked of a woman."""

    MUNICIPALITY = "municipality"
    AXIS = "axis"
    WORKSHOP = "workshop"
    GROUP = "group"
    SEAT = "seat"
    ATTENDED = "attended"
    ABSENT = "absent"
    COMPLETED = "completed"
    AGENCY = "agency"
    AGE = "age"
    WRITTEN = "written"
    CAMPAIGN = "campaign"
    LIST = "list"


class Match(enum.StrEnum):
    """How many of a block's conditions she has to fit."""

    ALL = "all"
    ANY = "any"
    NONE = "none"


class Seat(enum.StrEnum):
    """How she stands to a workshop, a group, or (`NOWHERE`) to all of them."""

    ENROLLED = "enrolled"
    WAITING = "waiting"
    LEFT = "left"
    NOWHERE = "nowhere"


REACHED, NOT_REACHED = "reached", "not_reached"
ANY_WORKSHOP, WHOLE_PROGRAMME = "any", "programme"
"""What may stand for a workshop in `COMPLETED`."""


class Part(enum.StrEnum):
    """What a condition says besides its kind."""

    PLACE = "place"  # a code or an id: of a municipality, an axis, a workshop, a group, an agency ...
    STATE = "state"
    NUMBER = "number"  # times, days, or the lower age
    UNTIL = "until"  # the higher age
    SINCE = "since"


PARTS: Final[dict[Kind, tuple[Part, ...]]] = {
    Kind.MUNICIPALITY: (Part.PLACE,),
    Kind.AXIS: (Part.PLACE,),
    Kind.WORKSHOP: (Part.STATE, Part.PLACE),
    Kind.GROUP: (Part.STATE, Part.PLACE),
    Kind.SEAT: (Part.STATE,),
    Kind.ATTENDED: (Part.NUMBER, Part.SINCE),
    Kind.ABSENT: (Part.NUMBER, Part.SINCE),
    Kind.COMPLETED: (Part.PLACE,),
    Kind.AGENCY: (Part.PLACE,),
    Kind.AGE: (Part.NUMBER, Part.UNTIL),
    Kind.WRITTEN: (Part.NUMBER,),
    Kind.CAMPAIGN: (Part.STATE, Part.PLACE),
    Kind.LIST: (Part.PLACE,),
}
STATES: Final[dict[Kind, tuple[str, ...]]] = {
    Kind.WORKSHOP: (Seat.ENROLLED, Seat.WAITING, Seat.LEFT),
    Kind.GROUP: (Seat.ENROLLED, Seat.WAITING, Seat.LEFT),
    Kind.SEAT: (Seat.ENROLLED, Seat.WAITING, Seat.LEFT, Seat.NOWHERE),
    Kind.CAMPAIGN: (NOT_REACHED, REACHED),
}
BOUNDS: Final[dict[Kind, tuple[int, int]]] = {
    Kind.ATTENDED: (1, MOST_TIMES),
    Kind.ABSENT: (1, MOST_TIMES),
    Kind.AGE: (0, OLDEST),
    Kind.WRITTEN: (1, MOST_DAYS),
}
BY_ID: Final = frozenset({Kind.WORKSHOP, Kind.GROUP, Kind.CAMPAIGN, Kind.LIST})
"""Kinds whose place is the id of a row; that of the others is a code."""


@dataclass(frozen=True)
class Condition:
    """One condition; the parts that its kind has not are empty.

    `since` is an aware moment. `year` belongs to an age: who turns `number` to `until` in that year. Only the
    year of birth can be asked of the database (`Woman.birth_year_hash`).
    """

    kind: Kind
    place: str = ""
    state: str = ""
    number: int = 0
    until: int = 0
    since: datetime | None = None
    year: int = 0

    def __post_init__(self) -> None:
        """Refuse what no page can have made."""
        if not self._fits():
            raise BadConditionError(BadConditionError.__doc__)

    def _fits(self) -> bool:
        parts = PARTS[self.kind]
        low, high = BOUNDS.get(self.kind, (0, 0))
        years = self.kind is not Kind.AGE or (self.number <= self.until <= OLDEST and self.year > 0)
        return (
            years
            and bool(self.place) == (Part.PLACE in parts)
            and (not self.state if Part.STATE not in parts else self.state in STATES[self.kind])
            and low <= self.number <= high
            and (self.since is None or (Part.SINCE in parts and self.since.tzinfo is not None))
            and (self._place_needs_no_id() or _is_id(self.place))
        )

    def _place_needs_no_id(self) -> bool:
        if self.kind is Kind.COMPLETED:
            return self.place in {ANY_WORKSHOP, WHOLE_PROGRAMME}
        return self.kind not in BY_ID

    def stored(self) -> dict[str, Any]:
        """Return what is kept of it in JSON."""
        values: dict[str, Any] = {
            "place": self.place,
            "state": str(self.state),
            "number": self.number,
            "until": self.until,
            "since": self.since.isoformat() if self.since else "",
            "year": self.year,
        }
        return {"is": self.kind.value} | {name: value for name, value in values.items() if value}

    @property
    def id(self) -> uuid.UUID:
        """The place as an id."""
        return uuid.UUID(self.place)


def _is_id(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False


@dataclass(frozen=True)
class Block:
    """Conditions of which she has to fit all, any or none."""

    match: Match
    conditions: tuple[Condition, ...]


Blocks = tuple[Block, ...]


def to_data(blocks: Blocks) -> list[dict[str, Any]]:
    """Return what is kept of blocks in JSON; one without conditions asks nothing and is left out."""
    return [
        {"match": block.match.value, "conditions": [one.stored() for one in block.conditions]}
        for block in blocks
        if block.conditions
    ]


def from_data(data: object) -> Blocks:
    """Read what `to_data` made.

    Raises:
        BadConditionError: it is something else.
    """
    try:
        if not isinstance(data, list) or len(data) > MOST_BLOCKS:
            raise BadConditionError(BadConditionError.__doc__)
        return tuple(
            Block(Match(block["match"]), tuple(_condition(one) for one in block["conditions"]))
            for block in data
        )
    except (KeyError, TypeError, ValueError):
        raise BadConditionError(BadConditionError.__doc__) from None


def _condition(data: dict[str, Any]) -> Condition:
    since = data.get("since")
    return Condition(
        Kind(data["is"]),
        place=str(data.get("place", "")),
        state=str(data.get("state", "")),
        number=int(data.get("number", 0)),
        until=int(data.get("until", 0)),
        since=datetime.fromisoformat(since) if since else None,
        year=int(data.get("year", 0)),
    )


def places(blocks: Blocks, kind: Kind) -> set[str]:
    """Return the places that conditions of a kind name."""
    return {one.place for block in blocks for one in block.conditions if one.kind is kind}
