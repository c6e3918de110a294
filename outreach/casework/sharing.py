"""What of a case is shared with another agency or on paper: only what was ticked, read from one place.

The preview, the sealed summary that leaves and the printed page are made from the same pieces, so that what
she agreed to is what goes.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from outreach.casework import held_texts, person
from outreach.ground import dates
from outreach.texts import desk as words
from outreach.texts import desk_referrals as texts
from outreach.texts.desk_person import years

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable
    from zoneinfo import ZoneInfo

    from outreach.casework.opened import Seen
    from outreach.casework.person import Person
    from outreach.casework.thread import Entry

LINES: Final = frozenset({"woman", "bot", "staff", "note"})
"""Whose lines can be shared; events and texts that did not leave can't."""
MOST_LINES: Final = 60


class Part(enum.StrEnum):
    """What can be ticked of who she is."""

    CALLED = "called"
    AGE = "age"
    NUMBERS = "numbers"
    PLACE = "place"
    LIVES = "lives"
    ABOUT = "about"


@dataclass(frozen=True)
class Sharing:
    """What was ticked: parts, and lines of the thread by id."""

    parts: frozenset[Part] = frozenset()
    lines: frozenset[uuid.UUID] = frozenset()


@dataclass(frozen=True)
class Piece:
    """One thing that is shared, under its title."""

    title: str
    text: tuple[str, ...]


@dataclass(frozen=True)
class Shared:
    """All that is shared: what is said of her, and the lines themselves, oldest first."""

    pieces: tuple[Piece, ...] = ()
    lines: tuple[Entry, ...] = ()
    called: str = field(default="", repr=False)

    def titles(self) -> list[str]:
        """Name what is shared, without saying it."""
        count = len(self.lines)
        said = [f"{count} mensajes o notas" if count > 1 else "1 mensaje o nota"] if count else []
        return [piece.title.lower() for piece in self.pieces] + said


def offered(entries: Iterable[Entry]) -> list[Entry]:
    """Return the lines that may be ticked, of those given: the newest, oldest first."""
    found = [one for one in entries if one.author in LINES and one.text and one.id]
    return [one for one in found if not held_texts.is_held_by_cover(one)][-MOST_LINES:]


def gathered(seen: Seen, sharing: Sharing, entries: list[Entry], zone: ZoneInfo) -> Shared:
    """Return what was ticked, as it stands in the case now."""
    if not sharing.parts and not sharing.lines:
        return Shared()
    her = person.facts(seen)
    pieces = [
        Piece(texts.TITLES[name], tuple(text))
        for part in Part
        if part in sharing.parts
        for name, text in _said(seen, part, her, entries, zone)
    ]
    lines = tuple(one for one in offered(entries) if one.id in sharing.lines)
    called = her.name or her.full_name or seen.called if Part.CALLED in sharing.parts else ""
    return Shared(tuple(pieces), lines, called)


def _said(
    seen: Seen, part: Part, her: Person, entries: list[Entry], zone: ZoneInfo
) -> list[tuple[str, list[str]]]:
    """Return what a part says, by the names of titles."""
    match part:
        case Part.CALLED:
            names = dict.fromkeys(filter(None, (her.full_name, her.name, seen.called)))
            return [("called", [" · ".join(names) or texts.NOT_KNOWN])]
        case Part.AGE:
            return [("age", [years(her.age(dates.today(zone, seen.now))) or texts.NOT_KNOWN])]
        case Part.NUMBERS:
            said = [
                one.aloud if one.confirmed else f"{one.aloud} {texts.NOT_CONFIRMED}" for one in her.numbers
            ]
            # Whoever is given her number is told how to use it: that is no choice.
            return [("numbers", said or [texts.NOT_KNOWN]), ("care", _care(seen))]
        case Part.PLACE:
            return [("place", _place(entries, zone))]
        case Part.LIVES:
            lives = ", ".join(filter(None, (her.locality, her.municipality)))
            return [("lives", [lives or texts.NOT_KNOWN])]
        case Part.ABOUT:
            return [("about", [words.about(seen.about)])]


def _care(seen: Seen) -> list[str]:
    private = seen.private
    said = [texts.ASK_FIRST]
    if private is None:
        return said
    if private.cover:
        said.append(texts.COVERED)
    if private.phone_shared:
        said.append(texts.OTHERS_READ)
    hours = private.contact_words
    if not hours and private.contact_from:
        hours = f"{private.contact_from} a {private.contact_until}"
    if hours:
        said.append(texts.HOURS.format(hours=hours))
    if private.language:
        said.append(texts.LANGUAGE.format(language=private.language))
    return said


def _place(entries: list[Entry], zone: ZoneInfo) -> list[str]:
    place = person.last_place(entries)
    if place is None:
        return [texts.NOT_KNOWN]
    where = [place.in_words] if place.in_words else []
    when = f"La mandó {dates.date_and_hour(place.at, zone)}."
    return [*where, place.coordinates, when, *([texts.PLACE_COVERED] if place.covered else ())]
