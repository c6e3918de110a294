"""What stands in a campaign's text: fixed words, or of each woman her name, her workshop, her next session.

Values of a woman are read when her message is made, in one statement a batch for her name and one for her
seat. Who lacks a value gets the words that were given instead, or is left out with the reason.
"""

from __future__ import annotations

import enum
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy import ARRAY, Uuid, func, literal, select, true
from sqlalchemy.dialects.postgresql import distinct_on

from models import Enrolment, EnrolmentState, Group, Session, Woman, Workshop
from outreach.ground import dates
from outreach.messages import reveal
from outreach.people import details as records

if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from sqlalchemy import Select
    from sqlalchemy.orm import Session as Database

    from models import Campaign, Template
    from outreach.sealing.crypto import PersonalKey

NO_VALUE = "no_value"
LONGEST: Final = 200
"""Letters of one variable; WhatsApp allows more, a phone does not show them."""
USUAL_LENGTH: Final = 60
"""Letters that are kept free for a value of each woman's own."""
_MARK = re.compile(r"\{\{(\d+)\}\}")
# As lists write María before a second name ("MA. DEL CARMEN").
_SHORT: Final = {"ma": "María"}
_NOT_IN_A_NAME = re.compile(r"[^\w'\u2019.-]+")


class Hers(enum.StrEnum):
    """A value that each woman has of her own."""

    FIRST_NAME = "first_name"
    WORKSHOP = "workshop"
    PLACE = "place"
    NEXT_SESSION = "next_session"


@dataclass(frozen=True)
class PerWoman:
    """One of her own values, and what stands there where she has none; empty: she is left out."""

    hers: Hers
    otherwise: str = ""


Given = dict[str, str | PerWoman]


class Filled(NamedTuple):
    """The variables of one woman; after `until` her message is of no use; `named` are those of her name."""

    values: dict[str, str]
    until: datetime | None = None
    named: tuple[str, ...] = ()


class Seat(NamedTuple):
    """Where she takes part, and her next session there."""

    workshop: str
    place: str
    next_at: datetime | None


def numbers_of(template: Template) -> list[str]:
    """Return the numbers of a template's variables, in order."""
    return sorted(set(_MARK.findall(template.body)), key=int)


def to_json(given: Mapping[str, str | PerWoman]) -> str:
    """Return the form that is stored; fixed words alone have the form of before."""
    data: dict[str, Any] = {
        number: value if isinstance(value, str) else {"hers": value.hers.value, "otherwise": value.otherwise}
        for number, value in given.items()
    }
    return json.dumps(data, ensure_ascii=False)


def from_json(stored: str) -> Given:
    """Read what `to_json` made."""
    data: dict[str, Any] = json.loads(stored)
    return {
        number: value if isinstance(value, str) else PerWoman(Hers(value["hers"]), value["otherwise"])
        for number, value in data.items()
    }


def of(campaign: Campaign) -> Given:
    """Return the variables of a campaign."""
    return from_json(campaign.variables)


def wanted(given: Given) -> set[Hers]:
    """Return which of her own values the variables name."""
    return {value.hers for value in given.values() if isinstance(value, PerWoman)}


def shown(given: Given, names: Mapping[str, str]) -> dict[str, str]:
    """Return the variables as they stand for all women: `names` says which of her own values goes there."""
    return {
        number: value if isinstance(value, str) else f"[{names[value.hers]}]"
        for number, value in given.items()
    }


def fixed_words(given: Given) -> dict[str, str]:
    """Return the words that somebody typed, where her own value may stand too: what must not reveal."""
    return {
        number: value if isinstance(value, str) else value.otherwise or "…" for number, value in given.items()
    }


def for_a_trial(given: Given) -> dict[str, str]:
    """Return the fixed words of the variables; where her own value stands a trial has the sample."""
    return {number: value for number, value in given.items() if isinstance(value, str)}


class Reader:
    """Fills the variables of a campaign for batches of women; `zone` is that of its programme."""

    def __init__(self, db: Database, key: PersonalKey, campaign: Campaign, zone: ZoneInfo | None) -> None:
        """Read what the campaign says.

        Raises:
            ValueError: a session is to be named and no zone was given.
        """
        self._db, self._key, self._campaign = db, key, campaign
        self._given = of(campaign)
        self._wanted = wanted(self._given)
        self._fixed = {n: value for n, value in self._given.items() if isinstance(value, str)}
        if zone is None and Hers.NEXT_SESSION in self._wanted:
            raise ValueError("A session can't be named without the time zone of its programme.")
        self._zone = zone
        self._may_say: dict[str, bool] = {}

    @property
    def personal(self) -> bool:
        """Whether the text differs from woman to woman."""
        return bool(self._wanted)

    def fill(self, women: Iterable[uuid.UUID], now: datetime) -> dict[uuid.UUID, Filled]:
        """Return the variables of each woman; who lacks one without other words for it is missing."""
        asked = list(dict.fromkeys(women))
        if not self.personal:
            return dict.fromkeys(asked, Filled(self._fixed))
        names = self._names(asked) if Hers.FIRST_NAME in self._wanted else {}
        seats = self._seats(asked, now) if self._wanted - {Hers.FIRST_NAME} else {}
        found = {}
        for woman_id in asked:
            filled = self._one(names.get(woman_id, ""), seats.get(woman_id))
            if filled is not None:
                found[woman_id] = filled
        return found

    def _one(self, name: str, seat: Seat | None) -> Filled | None:
        values: dict[str, str] = dict(self._fixed)
        until: datetime | None = None
        named = tuple(
            number
            for number, value in self._given.items()
            if isinstance(value, PerWoman) and value.hers is Hers.FIRST_NAME and name
        )
        for number, value in self._given.items():
            if isinstance(value, str):
                continue
            hers = self._value(value.hers, name, seat)
            if not hers and not value.otherwise:
                return None
            if hers and value.hers is Hers.NEXT_SESSION and seat is not None:
                until = seat.next_at
            values[number] = hers or value.otherwise
        return Filled(values, until, named)

    def _value(self, hers: Hers, name: str, seat: Seat | None) -> str:
        if hers is Hers.FIRST_NAME:
            return name
        if seat is None:
            return ""
        if hers is Hers.WORKSHOP:
            return self._unrevealing(seat.workshop)
        if hers is Hers.PLACE:
            return self._unrevealing(seat.place)
        if seat.next_at is None or self._zone is None:
            return ""
        # By its date: her hours may hold the message until a day on which "mañana" is wrong.
        return dates.date_and_hour(seat.next_at, self._zone)

    def _unrevealing(self, value: str) -> str:
        """Return a value that may be read over her shoulder; what the gate would stop is no value (P5)."""
        if value not in self._may_say:
            self._may_say[value] = not reveal.revealing_words(value)
        return value if self._may_say[value] else ""

    def _names(self, women: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
        rows = self._db.execute(select(Woman.id, Woman.details_cipher).where(_among(Woman.id, women)))
        return {
            woman_id: first_name(records.decrypt(self._key, woman_id, cipher)) for woman_id, cipher in rows
        }

    def _seats(self, women: Collection[uuid.UUID], now: datetime) -> dict[uuid.UUID, Seat]:
        rows = self._db.execute(_seats_of(self._campaign, women, now))
        return {woman_id: Seat(workshop, place, next_at) for woman_id, workshop, place, next_at in rows}


def _seats_of(campaign: Campaign, women: Collection[uuid.UUID], now: datetime) -> Select[Any]:
    """Select the seat of each: of the campaign's group, else that whose session is nearest."""
    coming = (
        select(Session.starts_at)
        .where(Session.group_id == Group.id, Session.starts_at > now, Session.cancelled_at.is_(None))
        .order_by(Session.starts_at)
        .limit(1)
        .lateral()
    )
    found = (
        select(Enrolment.woman_id, Workshop.name, Group.place, coming.c.starts_at)
        .ext(distinct_on(Enrolment.woman_id))
        .join(Group, Group.id == Enrolment.group_id)
        .join(Workshop, Workshop.id == Group.workshop_id)
        .outerjoin(coming, true())
        .where(
            _among(Enrolment.woman_id, women),
            Enrolment.state == EnrolmentState.ENROLLED,
            Workshop.programme_id == campaign.programme_id,
        )
        .order_by(Enrolment.woman_id, coming.c.starts_at.nulls_last(), Enrolment.seq)
    )
    return found.where(Enrolment.group_id == campaign.group_id) if campaign.group_id else found


def _among(column: Any, women: Collection[uuid.UUID]) -> Any:  # noqa: ANN401 (a column and its test)
    return column == func.any(literal(list(women), ARRAY(Uuid)))


@lru_cache(maxsize=4096)
def _reveals(name: str) -> bool:
    return bool(reveal.revealing_words(name))


def first_name(details: records.Details) -> str:
    """Return the name by which she is greeted: the one that she chose, else the first of her whole name.

    A name in capitals, as lists have it, is written as names are, "Ma. Guadalupe" is a María, and of "Ruiz,
    Ana" the name is Ana. A word that would reveal (P5) and is no name is none.
    """
    surnames, _, after = details.full_name.partition(",")
    whole = after if after.strip() else surnames
    words = (details.preferred_name.replace(",", " ").strip() or whole).split()
    name = _NOT_IN_A_NAME.sub("", words[0]) if words else ""
    if name.casefold().rstrip(".") in _SHORT and len(words) > 1:
        name = _SHORT[name.casefold().rstrip(".")]
    if _reveals(name) and not reveal.is_a_first_name(name):
        return ""
    return name.title() if name.isupper() or name.islower() else name
