"""The sample women as three agencies list them: folios for all, and some of them twice.

Some second records have the CURP and join by rule at the first comparison; some are for a person to judge;
two are like somebody and are not her. Nobody here exists.
"""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from stdnum.mx import curp as curp_number

from models import Affiliation, Woman
from outreach.ground.words import fold
from outreach.people import registry
from outreach.people.details import Details, import_source

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy.orm import Session

    from outreach.sealing.crypto import PersonalKey

AGENCIES = ("DIF", "SSAS", "SISEMH")
JOINED, JUDGED = 8, 16
"""How many women are listed twice with one CURP, and without."""


def load(db: Session, key: PersonalKey) -> bool:
    """Add folios and second records to the sample; False where there are folios already."""
    if db.scalar(select(func.count()).select_from(Affiliation)):
        return False
    chance = random.Random(35)  # noqa: S311 (invented people, not secrets)
    women = list(db.scalars(select(Woman).order_by(Woman.created_at, Woman.id)))
    for number, woman in enumerate(women):
        agency = AGENCIES[number % len(AGENCIES)]
        registry.affiliate(db, key, woman, agency, f"{agency}-{number + 1:04d}", source="import")
    twice = chance.sample(range(len(women)), min(JOINED + JUDGED, len(women)))
    for place, number in enumerate(twice):
        _again(db, key, women[number], number, with_curp=place < JOINED)
    _alike(db, key, women, twice)
    db.flush()
    return True


def _again(db: Session, key: PersonalKey, woman: Woman, number: int, *, with_curp: bool) -> None:
    """List her at the next agency too, as it wrote her."""
    known = registry.read_details(key, woman)
    written = CHANGES[number % len(CHANGES)]
    other = Details(full_name=written(known.full_name), birth_date=known.birth_date)
    if with_curp:
        known.curp = other.curp = _curp(known.full_name, date.fromisoformat(known.birth_date))
        registry.write_details(db, key, woman, known)
    _add(db, key, woman, number, other)


def _alike(db: Session, key: PersonalKey, women: Sequence[Woman], twice: Sequence[int]) -> None:
    """A twin, who has another name; and one CURP with another birth date, which a person has to clear up."""
    left = [number for number in range(len(women)) if number not in twice][:2]
    for number, twin in zip(left, (True, False), strict=False):
        known = registry.read_details(key, women[number])
        if twin:
            other = replace(known, full_name=f"Fernanda {' '.join(known.full_name.split()[-2:])}", sources={})
        else:
            born = date.fromisoformat(known.birth_date)
            known.curp = _curp(known.full_name, born)
            registry.write_details(db, key, women[number], known)
            other = Details(
                full_name=known.full_name,
                curp=known.curp,
                birth_date=born.replace(year=born.year - 1).isoformat(),
            )
        _add(db, key, women[number], number, other)


def _add(db: Session, key: PersonalKey, first: Woman, number: int, details: Details) -> None:
    agency = AGENCIES[(number + 1) % len(AGENCIES)]
    curp, details.curp = details.curp, ""
    woman = registry.add_woman(
        db, key, details, municipality=first.municipality, axis=None, agency=agency,
        external_id=f"{agency}-{5000 + number}", source=import_source(agency),
    )  # fmt: skip
    if curp:
        kept = registry.read_details(key, woman)
        kept.curp = curp
        registry.write_details(db, key, woman, kept)


def _capitals(name: str) -> str:
    return fold(name).upper()


def _by_sound(name: str) -> str:
    return name.replace("z", "s").replace("ll", "y").replace("V", "B")


def _shortened(name: str) -> str:
    return name.replace("María", "Ma.").replace("Guadalupe", "Gpe.")


def _swapped(name: str) -> str:
    *given, first, second = name.split()
    return " ".join([*given, second, first])


def _married(name: str) -> str:
    return " ".join([*name.split()[:-1], "de Robles"])


CHANGES: tuple[Callable[[str], str], ...] = (_capitals, _by_sound, _shortened, _swapped, _married)


def _curp(full_name: str, born: date) -> str:
    """Return a CURP made of her letters; nobody was given it."""
    *given, first, second = fold(full_name).upper().replace("Ñ", "X").split()
    called = given[1] if given[0] == "MARIA" and len(given) > 1 else given[0]

    def inner(word: str, *, vowel: bool) -> str:
        return next((c for c in word[1:] if (c in "AEIOU") is vowel), "X")

    body = f"{first[0]}{inner(first, vowel=True)}{second[0]}{called[0]}{born:%y%m%d}MJC"
    body += "".join(inner(word, vowel=False) for word in (first, second, called))
    body += "0" if born.year < 2000 else "A"  # noqa: PLR2004 (RENAPO's change of century)
    return body + str(curp_number.calc_check_digit(f"{body}0"))
