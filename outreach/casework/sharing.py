"""What of a case is shared with another agency or on paper: only what was ticked, read from one place.

The preview, the sealed summary that leaves and the printed page are made from the same pieces, so that what
she agreed to is what goes.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Final

from models import Municipality
from outreach.casework import held_texts, notes, person, record
from outreach.casework.record_fields import SECTIONS, Kind
from outreach.casework.thread import Entry
from outreach.ground import dates
from outreach.texts import desk as words
from outreach.texts import desk_record as record_texts
from outreach.texts import desk_referrals as texts
from outreach.texts.desk_person import years

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable
    from zoneinfo import ZoneInfo

    from outreach.casework.notes import Note
    from outreach.casework.opened import Seen
    from outreach.casework.person import Person
    from outreach.casework.record_fields import Values

LINES: Final = frozenset({"woman", "bot", "staff", "note"})
"""Whose lines can be shared; events and texts that did not leave can't."""
MOST_LINES: Final = 60
MOST_NOTES: Final = 20


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
    """What was ticked: parts, sections of the record, lines of the thread by id, notes by position."""

    parts: frozenset[Part] = frozenset()
    sections: frozenset[str] = frozenset()
    lines: frozenset[uuid.UUID] = frozenset()
    notes: frozenset[int] = frozenset()

    def is_empty(self) -> bool:
        """Say whether nothing was ticked."""
        return not (self.parts or self.sections or self.lines or self.notes)


@dataclass(frozen=True)
class Piece:
    """One thing that is shared, under its title."""

    title: str
    text: tuple[str, ...]


@dataclass(frozen=True)
class Shared:
    """All that is shared: what is said of her, and the lines and notes themselves, oldest first."""

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
    return _shareable(entries)[-MOST_LINES:]


def _shareable(entries: Iterable[Entry]) -> list[Entry]:
    found = [one for one in entries if one.author in LINES and one.text and one.id]
    return [one for one in found if not held_texts.is_held_by_cover(one)]


def filled_sections(seen: Seen) -> list[str]:
    """Return the sections of the record that may be ticked: those in which something stands."""
    kept = record.current(seen.session, seen.worker.private_key, seen.case.id)
    return [name for name in SECTIONS if kept.values(name)]


def gathered(seen: Seen, sharing: Sharing, entries: list[Entry], zone: ZoneInfo) -> Shared:
    """Return what was ticked, as it stands in the case now."""
    if sharing.is_empty():
        return Shared()
    her = person.facts(seen)
    pieces = [
        Piece(texts.TITLES[name], tuple(text))
        for part in Part
        if part in sharing.parts
        for name, text in _said(seen, part, her, entries, zone)
    ]
    pieces += _sections(seen, sharing.sections)
    # Not only of those offered: she may have written since they were ticked.
    lines = [one for one in _shareable(entries) if one.id in sharing.lines]
    if sharing.notes:
        lines += [_as_line(one) for one in notes.notes_in(seen, notes.MOST) if one.position in sharing.notes]
    lines.sort(key=lambda one: one.at)
    called = her.name or her.full_name or seen.called if Part.CALLED in sharing.parts else ""
    return Shared(tuple(pieces), tuple(lines), called)


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


def _sections(seen: Seen, wanted: frozenset[str]) -> list[Piece]:
    """Return what stands in sections of the record, a line a field."""
    if not wanted:
        return []
    kept = record.current(seen.session, seen.worker.private_key, seen.case.id)
    return [
        Piece(record_texts.SECTIONS[name], tuple(text))
        for name in SECTIONS
        if name in wanted and (text := _fields(seen, name, kept.values(name)))
    ]


def _fields(seen: Seen, section: str, values: Values) -> list[str]:
    said = []
    for one in SECTIONS[section]:
        value = values.get(one.name)
        if value is None:
            continue
        if one.kind in {Kind.ONE, Kind.SOME}:
            codes = value if isinstance(value, list) else [str(value)]
            shown = "; ".join(record_texts.choices(one.name).get(code, code) for code in codes)
        elif one.kind is Kind.DAY:
            shown = dates.birthday(date.fromisoformat(str(value)))
        elif one.kind is Kind.TOWN:
            town = seen.session.get(Municipality, str(value))
            shown = town.name if town else str(value)
        else:
            shown = str(value)
        said.append(f"{record_texts.FIELDS[section][one.name]}: {shown}")
    return said


def _as_line(note: Note) -> Entry:
    return Entry(note.position, "note", note.text, note.at, {"staff": note.name})


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
