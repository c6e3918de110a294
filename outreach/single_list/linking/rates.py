"""How common names and towns are in the whole list, where a few of its women are compared: by keyed hashes.

A name that two women share says much where it is rare. Of a few women chosen for being alike all names would
look common, so the counts are those of the list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from models import NameKey, Woman
from outreach.single_list.linking import columns, names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from outreach.sealing.crypto import PersonalKey
    from outreach.single_list.linking.columns import Person

Rates = dict[str, dict[str, float]]
UNCOUNTED = {names.sound("maria"): 0.15}
"""Sounds for which no keys are kept, and how common they are taken to be."""


def of(session: Session, key: PersonalKey, people: Sequence[Person]) -> tuple[int, Rates]:
    """Return how many women the list has, and the share of each value that these people have."""
    women = session.scalar(select(func.count()).select_from(Woman)) or 1
    rows = [columns.row(person) for person in people]
    split = [names.split(person.full_name) for person in people]
    share = _shares(session, key, split, women)
    rates: Rates = {"surnames": {}, "given_text": {}, "municipality": {}}
    for row, name in zip(rows, split, strict=True):
        if row["surnames"]:
            # A sound is counted in whichever of the two places it stands.
            both = share[names.sound(name.first)] / 2 * share[names.sound(name.second)] / 2
            rates["surnames"][str(row["surnames"])] = max(both, 1 / women)
        if row["given_text"]:
            together = 1.0
            for word in name.given:
                together *= share[names.sound(word)]
            rates["given_text"][str(row["given_text"])] = max(together, 1 / women)
    towns = {person.municipality for person in people if person.municipality}
    counted = select(Woman.municipality, func.count()).where(Woman.municipality.in_(towns))
    for town, count in session.execute(counted.group_by(Woman.municipality)):
        rates["municipality"][str(town)] = count / women
    return women, rates


def _shares(session: Session, key: PersonalKey, split: Sequence[names.Name], women: int) -> dict[str, float]:
    sounds = {names.sound(word) for name in split for word in (*name.given, name.first, name.second)}
    hashes = {key.lookup("name sound", sound): sound for sound in sounds}
    found = dict.fromkeys(sounds, 1 / women) | UNCOUNTED
    counted = select(NameKey.sound_hash, func.count()).where(NameKey.sound_hash.in_(list(hashes)))
    for sound_hash, count in session.execute(counted.group_by(NameKey.sound_hash)):
        found[hashes[sound_hash]] = count / women
    return found
