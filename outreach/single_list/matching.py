"""Which woman of the list a row is about: certain, or refused for a person to look at; never a likeness.

In order: her folio at the agency; her CURP; her name, birth date and phone; and, where the row has neither
folio nor CURP, her exact name and birth date. Two folios at one agency, two CURPs or two birth dates are two
women, whatever else agrees: a row with a namesake's CURP and another birth date becomes a record of its own,
and the pair waits for a person (`linking`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from outreach.people.registry import plain_name
from outreach.single_list.candidates import sounds
from outreach.single_list.report import RowError, row_error, told
from outreach.texts import imports as texts

if TYPE_CHECKING:
    import uuid

    from outreach.single_list.candidates import Candidate
    from outreach.single_list.known import Known, Record


def find(row: Candidate, known: Known) -> Record | None:
    """Return the woman of a row, or None where she is new.

    Raises:
        RowError: the row's data are of different women, or fit several.
    """
    by_folio = known.by_folio.get(row.folio_hash) if row.folio_hash else None
    holders = [known.records[i] for i in known.by_curp.get(row.curp_hash, ())] if row.curp_hash else []
    if by_folio is not None:
        record = known.records[by_folio]
        if not alike(row, record):
            raise RowError(("external_id", texts.FOLIO_TAKEN))
        if holders and record not in holders:
            raise RowError(("curp", texts.CURP_TAKEN))
        return record
    namesakes = [record for record in holders if alike(row, record)]
    for record in namesakes:
        if not (_other_folio(row, record) or _other_birth(row, record)):
            return record
    if holders and not namesakes:
        raise RowError(("curp", texts.CURP_TAKEN))
    if namesakes:
        row.notes.append(told("curp", texts.CURP_SHARED))
        return None
    return _by_name(row, known)


def _by_name(row: Candidate, known: Known) -> Record | None:
    for holder in _holders(row, known):
        record = known.records[holder]
        same = plain_name(record.details.full_name) == plain_name(row.values["full_name"])
        if same and _may_be(row, record):
            return record
    if row.folio_hash or row.curp_hash:
        return None
    ids = known.by_name_birth.get(row.name_birth_hash, []) if row.name_birth_hash else []
    found = [record for record in map(known.records.__getitem__, ids) if _may_be(row, record)]
    if "birth_date" not in row.values:
        # A bare name is hers again only where nothing else was ever known of her either.
        found = [r for r in found if not (row.phone_hash or r.numbers or r.folios or r.details.curp)]
    if len(found) > 1:
        raise row_error(texts.SEVERAL)
    return found[0] if found else None


def _holders(row: Candidate, known: Known) -> list[uuid.UUID]:
    """Who is reached on the row's number, then to whom else a list gave it."""
    if row.phone_hash is None:
        return []
    reached = known.numbers.get(row.phone_hash, (None, None))[1]
    return ([reached] if reached else []) + [
        one for one in known.listed.get(row.phone_hash, []) if one != reached
    ]


def _may_be(row: Candidate, record: Record) -> bool:
    return not (_other_curp(row, record) or _other_folio(row, record) or _other_birth(row, record))


def _other_curp(row: Candidate, record: Record) -> bool:
    return bool(row.curp_hash and record.details.curp and record.details.curp != row.values["curp"])


def _other_folio(row: Candidate, record: Record) -> bool:
    return (
        row.folio_hash is not None and row.folio_hash not in record.folios and row.agency in record.agencies()
    )


def _other_birth(row: Candidate, record: Record) -> bool:
    born = row.values.get("birth_date")
    return bool(born and record.details.birth_date and record.details.birth_date != born)


def alike(row: Candidate, record: Record) -> bool:
    """Say whether two names have a part in common by its sound; a missing name is like any."""
    if not record.details.full_name:
        return True
    theirs = sounds(record.details.full_name)
    if not theirs or not row.sounds:
        return plain_name(record.details.full_name) == plain_name(row.values["full_name"])
    return bool(theirs & row.sounds)
