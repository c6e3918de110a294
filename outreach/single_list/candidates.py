"""One row of the list of women, checked, with the keyed hashes by which she is looked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from outreach.ground import dates
from outreach.ground.words import fold
from outreach.people import name_keys, registry
from outreach.single_list import checks
from outreach.single_list.date_cells import CellError, Order, read_date
from outreach.single_list.report import Cells, told
from outreach.texts import imports as texts

if TYPE_CHECKING:
    from outreach.people.places import Reader
    from outreach.sealing.crypto import PersonalKey
    from outreach.single_list.reading import Row

OLDEST_CONSENT = 20


@dataclass(frozen=True)
class Rules:
    """What a file's rows are held against: the local day, the least age, places, agencies, axes."""

    key: PersonalKey
    today: date
    least_age: int
    places: Reader
    births: Order
    consents: Order
    agencies: dict[str, str]
    axes: dict[str, str] | None = None


@dataclass
class Candidate:
    """A row that can be kept; `values` has only what was given.

    `says_no`: instead of a day of consent the list has that she does not want to be written to.
    """

    line: int
    values: dict[str, str]
    municipality: str | None = None
    axis: str | None = None
    agency: str | None = None
    folio: str | None = None
    consent_on: date | None = None
    says_no: bool = False
    phone: str | None = None
    folio_hash: bytes | None = None
    curp_hash: bytes | None = None
    name_birth_hash: bytes | None = None
    phone_hash: bytes | None = None
    sounds: frozenset[str] = frozenset()
    notes: list[str] = field(default_factory=list)


@lru_cache(maxsize=4096)
def heard(part: str) -> str:
    """Return the sound key of a part of a name; a list repeats few parts many times."""
    return name_keys.sound(part)


def sounds(full_name: str) -> frozenset[str]:
    """Return the sound keys of a whole name."""
    return frozenset(heard(part) for part in name_keys.parts(full_name))


def read(row: Row, rules: Rules) -> Candidate:
    """Check one row.

    Raises:
        RowError: with all that is wrong in it.
    """
    cells = Cells(row)
    values = {"full_name": _full_name(cells)}
    values["preferred_name"] = cells.get("preferred_name", checks.name)
    values["locality"] = cells.get("locality", lambda cell: checks.text(cell, checks.LONGEST_NAME))
    values["curp"] = cells.get("curp", checks.curp)
    children = cells.get("children", lambda cell: checks.whole(cell, 0, checks.MOST_CHILDREN))
    values["children"] = None if children is None else str(children)
    born = cells.get("birth_date", lambda cell: _past(read_date(cell, rules.births), rules, registry.OLDEST))
    values["birth_date"] = born.isoformat() if born else None
    _refuse_girls(cells, born, values["curp"], rules)
    found = Candidate(row.line, {name: value for name, value in values.items() if value})
    found.municipality = cells.get("municipality", lambda cell: _place(cell, rules))
    found.axis = cells.get("axis", lambda cell: checks.axis(cell, rules.axes))
    found.phone = cells.get("phone", checks.phone)
    _affiliation(cells, found, rules)
    cells.done()
    found.notes = cells.left_out
    _add_hashes(found, rules.key)
    return found


def _full_name(cells: Cells) -> str | None:
    if cells["full_name"]:
        return cells.get("full_name", checks.name)
    parts = [cells.get(name, checks.name) for name in ("given_names", "surname", "second_surname")]
    whole = " ".join(part for part in parts if part)
    if not whole and not cells.wrong:
        cells.refuse("full_name", texts.MISSING)
    return whole[: checks.LONGEST_NAME] or None


def _past(day: date, rules: Rules, years: int) -> date:
    return checks.past_day(day, rules.today, years=years)


def _place(cell: str, rules: Rules) -> str:
    code = rules.places.code(cell)
    if code is None:
        raise CellError(texts.MUNICIPALITY)
    return code


def _refuse_girls(cells: Cells, born: date | None, curp: str | None, rules: Rules) -> None:
    """Below the programme's least age nothing of an enrolment is saved, whichever column tells her age."""
    by_curp = born_by_curp(curp, rules.today) if curp else None
    for column, day in (("birth_date", born), ("curp", by_curp)):
        if day is not None and dates.age(day, rules.today) < rules.least_age:
            cells.refuse(column, texts.TOO_YOUNG.format(least=rules.least_age))


def born_by_curp(curp: str, today: date) -> date | None:
    """Return the birth date inside a valid CURP; the letter in place 17 says that it is of this century."""
    year = int(curp[4:6]) + (1900 if curp[16].isdigit() else 2000)
    try:
        born = date(year, int(curp[6:8]), int(curp[8:10]))
    except ValueError:
        return None
    return born if born <= today else None


def _affiliation(cells: Cells, found: Candidate, rules: Rules) -> None:
    agency = cells.get("agency", lambda cell: checks.text(registry.agency_code(cell), checks.LONGEST_PLACE))
    found.folio = cells.get("external_id", lambda cell: checks.text(cell, checks.LONGEST_CODE))
    if agency is not None:
        found.agency = rules.agencies.get(registry.plain_name(agency), agency)
        if len(found.agency) > checks.LONGEST_CODE:
            cells.refuse("agency", texts.TOO_LONG.format(most=checks.LONGEST_CODE))
    if found.folio and not cells["agency"]:
        found.folio = None
        cells.left_out.append(told("external_id", texts.FOLIO_WITHOUT_AGENCY))
    if fold(cells["consent_on"]).strip(" .") in texts.SAYS_NO:
        found.says_no = True
        return
    found.consent_on = cells.get(
        "consent_on", lambda cell: _past(read_date(cell, rules.consents), rules, OLDEST_CONSENT)
    )
    if found.consent_on and not (found.agency and found.folio):
        cells.refuse("consent_on", texts.CONSENT_WITHOUT_FOLIO)


def _add_hashes(found: Candidate, key: PersonalKey) -> None:
    name, birth_date = found.values["full_name"], found.values.get("birth_date", "")
    found.sounds = sounds(name)
    found.name_birth_hash = registry.name_birth_hash(key, name, birth_date)
    if "curp" in found.values:
        found.curp_hash = key.lookup("curp", found.values["curp"])
    if found.agency and found.folio:
        found.folio_hash = registry.folio_hash(key, found.agency, found.folio)
    if found.phone:
        found.phone_hash = key.lookup("address", found.phone)
