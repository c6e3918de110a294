"""One woman as the comparison takes her: plain parts, their sounds, no more than is compared."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from outreach.single_list.candidates import born_by_curp
from outreach.single_list.linking import names

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class Person:
    """What is compared of one woman; empty where it is not known."""

    id: str
    full_name: str
    birth_date: str = ""
    curp: str = ""
    phone: str = ""
    municipality: str = ""


COLUMNS = (
    "unique_id", "given_text", "given_sound", "given_all", "given_first", "s1", "s2", "surnames",
    "s1_sound", "s2_sound", "surnames_sound", "birth", "curp", "curp_key", "phone", "municipality",
)  # fmt: skip


_MARIA = names.sound("maria")


def _birth_in(curp: str) -> str | None:
    """The date that a CURP holds, where the record has no other."""
    born = born_by_curp(curp, date.max) if curp else None
    return born.isoformat() if born else None


def row(person: Person) -> dict[str, object]:
    """Return the columns of one woman; NULL where nothing is known."""
    name = names.split(person.full_name)
    sounds = sorted({names.sound(word) for word in name.given})
    first, second = names.sound(name.first), names.sound(name.second)
    return {
        "unique_id": person.id,
        "given_text": " ".join(name.given) or None,
        "given_sound": sounds or None,
        # Who is called María Elena is Elena in one list and María in another.
        "given_all": [*sounds, _MARIA] if sounds and name.maria else sounds or None,
        "given_first": sounds[0] if sounds else None,
        "s1": name.first or None,
        "s2": name.second or None,
        # Only both together: how often one alone occurs would be taken for how often both do.
        "surnames": f"{name.first} {name.second}" if name.second else None,
        "s1_sound": first or None,
        "s2_sound": second or None,
        "surnames_sound": f"{first} {second}" if first and second else None,
        "birth": person.birth_date or _birth_in(person.curp),
        "curp": person.curp or None,
        # Without the homonym's figure and the check digit, which are where typing errors and RENAPO differ.
        "curp_key": person.curp[:16] or None,
        "phone": person.phone or None,
        "municipality": person.municipality or None,
    }


def table(people: Iterable[Person]) -> dict[str, list[object]]:
    """Return the columns of many, each as one list."""
    made: dict[str, list[object]] = {name: [] for name in COLUMNS}
    for person in people:
        for name, value in row(person).items():
            made[name].append(value)
    return made
