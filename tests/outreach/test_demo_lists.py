"""The sample's three lists: folios for all, some women twice, some that only look alike."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from models import Affiliation, Woman
from outreach.people import registry
from outreach.people.details import Details
from outreach.single_list.linking.columns import Person
from outreach.single_list.linking.compare import compare
from outreach.start import demo_lists

if TYPE_CHECKING:
    from sqlalchemy.orm import Session as Database

    from outreach.sealing.crypto import PersonalKey

SURNAMES = ("Ramírez", "Flores", "Velázquez", "Torres", "Mendoza", "Aguilar", "Castillo", "Núñez")
GIVEN = ("María Guadalupe", "Rosa", "Verónica", "María Elena", "Teresa")


def _sample(db: Database, key: PersonalKey) -> int:
    for number in range(40):
        first, second = SURNAMES[number % 8], SURNAMES[(number // 8 + 3 + number) % 8]
        name = f"{GIVEN[number // 8]} {first} {second}"
        details = Details(full_name=name, birth_date=f"{1955 + number}-0{1 + number % 9}-15")
        registry.add_woman(db, key, details, municipality="14039", axis="food")
    db.flush()
    return 40


def test_three_lists_overlap(session: Database, key: PersonalKey) -> None:
    """Who is listed twice by one CURP joins, others are found; a second start adds nothing."""
    alone = _sample(session, key)
    assert demo_lists.load(session, key)
    assert not demo_lists.load(session, key)
    women = session.scalars(select(Woman)).all()
    assert len(women) == alone + demo_lists.JOINED + demo_lists.JUDGED + 2
    agencies = session.execute(select(Affiliation.agency, func.count()).group_by(Affiliation.agency))
    assert {agency for agency, _ in agencies} == set(demo_lists.AGENCIES)
    people = [
        Person(
            str(one.id), known.full_name, known.birth_date, known.curp, municipality=one.municipality or ""
        )
        for one in women
        for known in (registry.read_details(key, one),)
    ]
    shared = Counter(one.curp for one in people if one.curp)
    assert sorted(shared.values()) == [2] * (demo_lists.JOINED + 1)
    found = list(compare(people))
    assert sum(pair.joins for pair in found) == demo_lists.JOINED
    assert [pair for pair in found if pair.conflict]
    assert sum(not pair.joins for pair in found) >= demo_lists.JUDGED // 2
