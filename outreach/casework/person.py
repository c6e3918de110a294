"""Who she is, for the caseworker who has her conversation: what the single list knows, and her numbers.

Her groups are the programme's, which casework knows nothing of: the console asks for them by `woman_id`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import quote

from models import Municipality, Role
from outreach.casework import her_cases
from outreach.casework.opened import NotYoursError
from outreach.casework.verbs import look
from outreach.ground import addresses, dates
from outreach.people import registry
from outreach.staff import sessions
from outreach.staff.audit import Action

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence
    from datetime import datetime

    from outreach.casework.her_cases import HerCase
    from outreach.casework.opened import Seen
    from outreach.casework.thread import Entry
    from outreach.people.details import Details


@dataclass(frozen=True)
class Number:
    """A number of hers as it is dialled and as it is read aloud.

    `writes`: the conversation of this case comes from it. `confirmed`: she has shown that it is hers; one
    that she only named may be anybody's.
    """

    dialled: str
    aloud: str
    writes: bool
    confirmed: bool


@dataclass(frozen=True)
class Person:
    """What is known of a woman. Empty: she did not say. `woman_id` is None where she is not on the list.

    `born` is her birthday, `birth_year` the year alone where she gave no more. `others`: her other cases in
    the same team, also by another number.
    """

    woman_id: uuid.UUID | None
    name: str
    full_name: str
    born: date | None
    birth_year: int | None
    municipality: str
    locality: str
    numbers: tuple[Number, ...]
    others: tuple[HerCase, ...] = ()

    def age(self, today: date) -> tuple[int, int] | None:
        """Return her age on a day, as the least and the most that it can be; None where it is not known."""
        if self.born is not None:
            return (dates.age(self.born, today),) * 2
        if self.birth_year is not None:
            return today.year - self.birth_year - 1, today.year - self.birth_year
        return None


@dataclass(frozen=True)
class SharedPlace:
    """The last place that she shared. `covered`: in cover mode, when another may have had her phone."""

    at: datetime
    latitude: str
    longitude: str
    label: str
    address: str
    covered: bool

    @property
    def in_words(self) -> str:
        """Its name and its address; empty where her phone gave neither."""
        return ", ".join(filter(None, dict.fromkeys((self.label, self.address))))

    @property
    def coordinates(self) -> str:
        """As maps take them."""
        return f"{self.latitude}, {self.longitude}"

    @property
    def on_a_map(self) -> str:
        """The address of a map of it, at another's site."""
        at = (quote(self.latitude), quote(self.longitude))
        return "https://www.openstreetmap.org/?mlat={0}&mlon={1}#map=17/{0}/{1}".format(*at)


@look(Action.DESK_PERSON_SEEN, again_after=sessions.LONGEST)
def see_person(seen: Seen) -> Person:
    """Return who she is; recorded once for as long as a login may last.

    Raises:
        NotYoursError: the conversation is not this caseworker's, or the case is closed.
    """
    if not seen.holds or not seen.case.is_open:
        raise NotYoursError(NotYoursError.__doc__)
    return facts(seen)


def facts(seen: Seen) -> Person:
    """Return who she is, for a step of her holder's that is recorded by itself."""
    woman = registry.woman_of(seen.session, seen.conversation) if seen.conversation else None
    chosen = seen.private.preferred_name if seen.private else None
    others = tuple(_others(seen))
    if woman is None:
        return Person(None, chosen or "", "", None, None, "", "", tuple(_numbers(seen, "")), others)
    details = registry.read_details(seen.worker.key, woman)
    town = seen.session.get(Municipality, woman.municipality) if woman.municipality else None
    born, year = _birth(details)
    return Person(
        woman_id=woman.id,
        name=chosen or details.preferred_name,
        full_name=details.full_name,
        born=born,
        birth_year=year,
        municipality=town.name if town else "",
        locality=details.locality,
        numbers=tuple(_numbers(seen, details.phone)),
        others=others,
    )


def last_place(entries: Sequence[Entry]) -> SharedPlace | None:
    """Return the last place that she shared in these lines."""
    return next(filter(None, map(place_in, reversed(entries))), None)


def place_in(entry: Entry) -> SharedPlace | None:
    """Return the place that she shared in a line."""
    extra = entry.extra
    if entry.author != "woman" or not extra.get("latitude"):
        return None
    return SharedPlace(
        at=entry.at,
        latitude=str(extra["latitude"]),
        longitude=str(extra["longitude"]),
        label=str(extra.get("label", "")),
        address=str(extra.get("address", "")),
        covered=bool(extra.get("cover")),
    )


def _birth(details: Details) -> tuple[date | None, int | None]:
    try:
        born = date.fromisoformat(details.birth_date) if details.birth_date else None
        return born, int(details.birth_year) if details.birth_year and born is None else None
    except ValueError:
        return None, None  # from an import of before it was checked: better unknown than a page that fails


def _others(seen: Seen) -> list[HerCase]:
    if seen.conversation is None:
        return []
    supervisor = seen.worker.staff.role is Role.SUPERVISOR
    found = her_cases.cases_of(
        seen.session, seen.worker.key, {seen.case.team_id}, seen.conversation, supervisor=supervisor
    )
    return [one for one in found if one.id != seen.case.id]


def _numbers(seen: Seen, named: str) -> list[Number]:
    """Return her numbers, first the one that writes, last the one that she only named."""
    if seen.conversation is None:
        return []
    this = seen.conversation.id
    found: dict[str, Number] = {}
    sisters = registry.conversations_of(seen.session, seen.conversation)
    for one in sorted(sisters, key=lambda sister: sister.id != this):
        for written in registry.numbers_of(seen.worker.key, one):
            _add(found, written, writes=one.id == this, confirmed=True)
    if named:
        _add(found, named, writes=False, confirmed=False)
    return list(found.values())


def _add(found: dict[str, Number], written: str, *, writes: bool, confirmed: bool) -> None:
    """Add a number once; an address that is a user id without a number is nothing to dial."""
    try:
        dialled = addresses.canonical(addresses.PREFIX + written)
    except addresses.AddressError:
        return
    if dialled.startswith("+"):
        found.setdefault(dialled, Number(dialled, addresses.read_aloud(dialled), writes, confirmed))
