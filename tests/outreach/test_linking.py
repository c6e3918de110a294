"""The linking from end to end, on small lists: what is found, what joins by rule, what stays apart."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import TYPE_CHECKING

import dumps
import pytest
from sqlalchemy import func, select

from models import Affiliation, LinkPair, LinkRun, PairDecision, Role, Woman, WomanMerge
from outreach.people import registry
from outreach.people.details import Details
from outreach.single_list.linking import compare, deciding, listing, names, run
from outreach.single_list.linking.clusters import Clusters
from outreach.single_list.linking.columns import Person
from outreach.staff import accounts

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session, sessionmaker

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

CURP, OTHER_CURP = "GALE900517MJCRPL09", "GALE900517MJCRPL17"


@pytest.mark.parametrize(
    ("written", "given", "first", "second", "married"),
    [
        ("María Guadalupe García López", ("guadalupe",), "garcia", "lopez", ""),
        ("Ma. Gpe. García Hdez.", ("guadalupe",), "garcia", "hernandez", ""),
        ("María de los Ángeles Ruiz Peña", ("angeles",), "ruiz", "pena", ""),
        ("Rosa de la Cruz López", ("rosa",), "cruz", "lopez", ""),
        ("Rosa García de Ramírez", ("rosa",), "garcia", "", "ramirez"),
        ("Rosa García López de Ramírez", ("rosa",), "garcia", "lopez", "ramirez"),
        ("Rosa García vda. de Ramírez", ("rosa",), "garcia", "", "ramirez"),
        ("Rosa Elena García", ("elena", "rosa"), "garcia", "", ""),
        ("Juana Ponce de León", ("juana",), "ponce", "leon", ""),
        ("Lupita García López", ("guadalupe",), "garcia", "lopez", ""),
        ("María García López", ("maria",), "garcia", "lopez", ""),
        ("Elena", ("elena",), "", "", ""),
        ("", (), "", "", ""),
    ],
)
def test_a_name_in_its_parts(
    written: str, given: tuple[str, ...], first: str, second: str, married: str
) -> None:
    """Two surnames, given names without María, a husband's name apart; `de León` is no husband."""
    found = names.split(written)
    assert (found.given, found.first, found.second, found.married) == (given, first, second, married)


def person(number: int, full_name: str, birth_date: str = "", **more: str) -> Person:
    return Person(f"{number:04d}", full_name, birth_date, **more)


ELENA = person(1, "Elena García Plascencia", "1990-05-17", curp=CURP, phone="a", municipality="14039")


@pytest.mark.parametrize(
    "other",
    [
        person(2, "ELENA GARCIA PLASCENCIA", "1990-05-17", municipality="14039"),
        person(2, "Elena Garsía Plasensia", "1990-05-17", phone="a"),
        person(2, "Elena Plascencia García", "1990-05-17", municipality="14039"),
        person(2, "Elena García de Ramírez", "1990-05-17", phone="a", municipality="14039"),
        person(2, "María Elena García Plascencia", "1990-05-17", municipality="14039"),
        person(2, "Elena García Plascencia", "1990-05-17", curp=CURP),
        person(2, "Elena García Plascencia", "", curp=CURP),
        person(2, "Elena García Plascencia", "1990-05-18", phone="a", municipality="14039"),
    ],
)
def test_one_woman_written_twice_is_found(other: Person) -> None:
    """By another spelling, order, married name, with or without CURP."""
    found = list(compare.compare([ELENA, other, *crowd()]))
    assert ("0001", "0002") in {(pair.a, pair.b) for pair in found}


@pytest.mark.parametrize(
    "other",
    [
        person(2, "Martha García Plascencia", "1990-05-17", phone="a", municipality="14039"),
        person(2, "Elena García Plascencia", "1964-02-03", municipality="14120"),
        person(2, "Elena Ramírez García", "2012-08-21", phone="a", municipality="14039"),
        person(2, "Rosa García Plascencia", "1994-01-30", phone="a", municipality="14039"),
        person(2, "Elena Torres Ruiz", "1990-05-17"),
    ],
)
def test_likenesses_that_are_no_woman_twice(other: Person) -> None:
    """A twin, a namesake of another age, a daughter, a sister, another Elena of the same day."""
    found = list(compare.compare([ELENA, other, *crowd()]))
    assert ("0001", "0002") not in {(pair.a, pair.b) for pair in found}


@pytest.mark.parametrize(
    "other",
    [
        person(2, "Elena García Plascencia", "1990-05-17", curp=OTHER_CURP, municipality="14039"),
        person(2, "Elena García Plascencia", "1964-02-03", phone="a", municipality="14039"),
        person(2, "Elena García Plascencia", "1991-12-17", curp=CURP),
    ],
)
def test_what_contradicts_is_never_certain(other: Person) -> None:
    """Another CURP, a mother of one name on one phone, one CURP with another birth date."""
    found = [
        pair for pair in compare.compare([ELENA, other, *crowd()]) if (pair.a, pair.b) == ("0001", "0002")
    ]
    assert not any(pair.certain or pair.joins for pair in found)


def test_one_curp_and_two_birth_dates_is_a_conflict() -> None:
    """It is told apart from an ordinary likeness."""
    other = person(2, "Elena García Plascencia", "1991-12-17", curp=CURP)
    (found,) = (p for p in compare.compare([ELENA, other, *crowd()]) if (p.a, p.b) == ("0001", "0002"))
    assert found.conflict


def crowd() -> list[Person]:
    """Others, so that a name is neither rare nor everybody's."""
    surnames = ("López", "Pérez", "Ruiz", "Soto", "García", "Mora", "Peña", "Vega", "Plascencia", "Cano")
    given = ("Rosa", "Juana", "Martha", "Silvia", "Irma")
    return [
        person(100 + i * 50 + j * 5 + k, f"{name} {a} {b}", f"19{60 + i * 4 + j % 3}-0{k % 9 + 1}-{10 + j}",
               municipality=f"14{(i * 7 + j) % 90:03d}")
        for i, a in enumerate(surnames) for j, b in enumerate(surnames) for k, name in enumerate(given)
        if (i + j + k) % 3 == 0
    ]  # fmt: skip


def test_a_group_of_three_is_no_pair() -> None:
    """A like B and B like C: three together."""
    a, b, c, d, e = (uuid.uuid4() for _ in range(5))
    found = Clusters([(a, b), (b, c), (d, e)])
    assert [found.size(one) for one in (a, b, c, d, e, uuid.uuid4())] == [3, 3, 3, 2, 2, 1]


def add(db: Session, key: PersonalKey, folio: str, name: str, born: str = "", curp: str = "") -> Woman:
    """Add a woman with a folio `AGENCY-number`; a second record may hold the CURP of another."""
    agency = folio.split("-", 1)[0]
    woman = registry.add_woman(
        db, key, Details(full_name=name, birth_date=born), municipality="14039", axis=None,
        agency=agency, external_id=folio,
    )  # fmt: skip
    if curp:
        details = registry.read_details(key, woman)
        details.curp = curp
        registry.write_details(db, key, woman, details)
    db.flush()
    return woman


@pytest.fixture
def listed(session: Session, key: PersonalKey) -> dict[str, uuid.UUID]:
    """Return a small list by folio: a pair that a rule may join, one for a person, three of one CURP."""
    made = {
        folio: add(session, key, folio, name, born, curp).id
        for folio, name, born, curp in (
            ("DIF-1", "Elena García Plascencia", "1990-05-17", CURP),
            ("SSAS-1", "Elena Garcia Plasensia", "1990-05-17", CURP),
            ("DIF-2", "Rosa Casillas Ureña", "1985-03-02", ""),
            ("SSAS-2", "Rosa Casillas Ureña", "1985-03-02", ""),
            ("DIF-3", "Irma Becerra Tejeda", "1979-11-30", "BETI791130MJCCJR08"),
            ("SSAS-3", "Irma Becerra Tejeda", "1979-11-30", "BETI791130MJCCJR08"),
            ("SISEMH-3", "Irma Becerra Tejeda", "1979-11-30", "BETI791130MJCCJR08"),
            ("SISEMH-4", "Martha Zúñiga Nava", "1999-01-01", ""),
        )
    }
    for one in crowd():
        add(session, key, f"DIF-c{one.id}", one.full_name, one.birth_date)
    session.commit()
    return made


def linked(
    engine: Engine, sessions: sessionmaker[Session], key: PersonalKey, settings: Settings
) -> run.Summary:
    return run.link(engine, sessions, key, settings.database_url or "", settings.secret_key)


def folio_pairs(session: Session, key: PersonalKey) -> dict[frozenset[str], str]:
    session.expire_all()
    return {
        frozenset((line["a"]["external_id"], line["b"]["external_id"])): line["decision"]
        for line in listing.pairs(session, key)
    }


def test_a_run_joins_by_rule_and_leaves_the_rest(
    engine: Engine, sessions: sessionmaker[Session], session: Session, key: PersonalKey, settings: Settings,
    listed: dict[str, uuid.UUID],
) -> None:  # fmt: skip
    """CURP and nothing against it, alone: joined. The same name and day: a person. Three: a person."""
    found = linked(engine, sessions, key, settings)
    assert found.joined == 1
    merge = session.scalars(select(WomanMerge)).one()
    assert {merge.kept_id, merge.absorbed_id} == {listed["DIF-1"], listed["SSAS-1"]}
    assert merge.merged_by is None
    pairs = folio_pairs(session, key)
    assert pairs[frozenset(("DIF-1", "SSAS-1"))] == "certain"
    assert frozenset(("DIF-2", "SSAS-2")) in pairs
    assert all(frozenset(two) in pairs for two in combinations(("DIF-3", "SSAS-3", "SISEMH-3"), 2))
    assert not any("SISEMH-4" in two for two in pairs)
    assert session.scalar(select(func.count()).select_from(LinkRun)) == 1
    session.rollback()
    stolen = str(dumps.take(engine)).casefold()
    for word in (
        "elena garc",
        "plasensia",
        "casillas ure",
        "becerra tej",
        CURP.casefold(),
        "1990-05-17",
        "ssas-1",
    ):
        assert word not in stolen
        assert word.encode().hex() not in stolen


def test_no_later_run_forgets_a_decision(
    engine: Engine, sessions: sessionmaker[Session], session: Session, key: PersonalKey, settings: Settings,
    listed: dict[str, uuid.UUID],
) -> None:  # fmt: skip
    """What was undone or kept apart is neither joined nor proposed again."""
    linked(engine, sessions, key, settings)
    now = datetime.now(UTC)
    accounts.add(session, "rosa", "Rosa Prueba", Role.COORDINATOR, now)
    staff = accounts.find(session, "rosa")
    assert staff is not None
    deciding.undo(session, key, session.scalars(select(WomanMerge.id)).one(), staff.id, now)
    waiting = session.scalars(
        select(LinkPair.id).where(LinkPair.a_id.in_((listed["DIF-2"], listed["SSAS-2"])))
    ).all()
    for pair_id in waiting:
        deciding.keep_apart(session, pair_id, staff.id, now)
    session.commit()
    assert linked(engine, sessions, key, settings).joined == 0
    pairs = folio_pairs(session, key)
    assert frozenset(("DIF-1", "SSAS-1")) not in pairs
    assert frozenset(("DIF-2", "SSAS-2")) not in pairs
    decided = session.scalars(select(LinkPair.decision).where(LinkPair.decision.is_not(None))).all()
    assert set(decided) == {PairDecision.APART}


def test_two_folios_of_one_agency_are_not_joined_by_rule(
    engine: Engine, sessions: sessionmaker[Session], session: Session, key: PersonalKey, settings: Settings
) -> None:
    """An agency that lists her twice is asked: a person decides."""
    for folio in ("DIF-1", "DIF-2"):
        add(session, key, folio, "Elena García Plascencia", "1990-05-17", CURP)
    session.commit()
    assert linked(engine, sessions, key, settings).joined == 0
    assert folio_pairs(session, key)


def test_folios_that_an_import_joined_are_a_pair(session: Session, key: PersonalKey) -> None:
    """Two folios of one record were found to be hers before any comparison."""
    woman = add(session, key, "DIF-1", "Elena García Plascencia")
    registry.affiliate(session, key, woman, "SSAS", "SSAS-9", source="import")
    session.flush()
    assert folio_pairs(session, key) == {frozenset(("DIF-1", "SSAS-9")): "certain"}
    assert session.scalar(select(func.count()).select_from(Affiliation)) == 2


def test_a_second_run_at_once_is_refused(
    engine: Engine, sessions: sessionmaker[Session], key: PersonalKey, settings: Settings
) -> None:
    """Two runs would undo each other's pairs."""
    with engine.connect() as holder:
        holder.execute(select(func.pg_advisory_lock(run.LOCK)))
        with pytest.raises(run.AlreadyRunningError):
            linked(engine, sessions, key, settings)


def test_a_child_that_fails_changes_nothing(
    engine: Engine, sessions: sessionmaker[Session], session: Session, key: PersonalKey, settings: Settings,
    listed: dict[str, uuid.UUID],
) -> None:  # fmt: skip
    """With another key it can read nobody: the pairs stay as they were."""
    linked(engine, sessions, key, settings)
    before = session.scalar(select(func.count()).select_from(LinkPair))
    assert listed
    with pytest.raises(run.LinkingError):
        run.link(engine, sessions, key, settings.database_url or "", bytes(32))
    assert session.scalar(select(func.count()).select_from(LinkPair)) == before


@pytest.mark.parametrize(
    ("ago", "new", "due"),
    [(1, 60, False), (3, 60, True), (3, 1, False), (61, 1, True), (61, 0, False)],
)
def test_a_run_is_due_when_women_came(
    session: Session, key: PersonalKey, ago: int, new: int, due: bool
) -> None:
    """Many at once within minutes, a few within the hour; nobody new: none."""
    now = datetime.now(UTC)
    began = now - timedelta(minutes=ago)
    session.add(LinkRun(started_at=began, finished_at=began, women=0, certain=0, review=0, joined=0))
    for number in range(60):
        woman = add(session, key, f"DIF-{number}", f"Mujer {number}")
        woman.created_at = woman.updated_at = now if number < new else began - timedelta(days=1)
    session.flush()
    assert run.is_due(session, now, many=50) is due


def test_the_first_run_is_due_once_there_are_two(session: Session, key: PersonalKey) -> None:
    """An empty installation compares nobody."""
    assert not run.is_due(session, datetime.now(UTC))
    for folio in ("DIF-1", "SSAS-1"):
        add(session, key, folio, "Elena García")
    assert run.is_due(session, datetime.now(UTC))
