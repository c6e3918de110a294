"""Newcomers are compared as they come, with those who share a keyed block; the same rule joins."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select
from test_linking import CURP, add, crowd, folio_pairs

from models import ImportRun, ImportState, LinkPair, LinkRun, ListedPhone, Woman, WomanMerge
from outreach.people import registry
from outreach.people.details import Details
from outreach.single_list.linking import compare, newcomers, run
from outreach.single_list.linking.columns import Person

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session, sessionmaker

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

BEFORE = datetime(2026, 1, 1, tzinfo=UTC)


def compared(db: Session, at: datetime) -> None:
    """Note that the whole list was compared."""
    db.add(LinkRun(started_at=at, finished_at=at, women=0, certain=0, review=0, joined=0))
    db.flush()


def test_one_run_of_a_few(
    engine: Engine, sessions: sessionmaker[Session], session: Session, key: PersonalKey, settings: Settings
) -> None:
    """One is joined by her CURP, one goes to a person, three together too; pairs of others stay."""
    old = {
        folio: add(session, key, folio, name, born, curp).id
        for folio, name, born, curp in (
            ("DIF-1", "Elena García Plascencia", "1990-05-17", CURP),
            ("DIF-2", "Rosa Casillas Ureña", "1985-03-02", ""),
            ("DIF-3", "Irma Becerra Tejeda", "1979-11-30", "BETI791130MJCCJR08"),
            ("SSAS-3", "Irma Becerra Tejeda", "1979-11-30", "BETI791130MJCCJR08"),
            ("DIF-5", "Martha Zúñiga Nava", "1999-01-01", ""),
            ("SSAS-5", "Martha Zúñiga Nava", "1999-01-01", ""),
        )
    }
    for one in crowd():
        add(session, key, f"DIF-c{one.id}", one.full_name, one.birth_date)
    a, b = sorted((old["DIF-5"], old["SSAS-5"]), key=str)
    session.add(LinkPair(a_id=a, b_id=b, a_now=a, b_now=b, probability=0.5, certain=False, conflict=False))
    c, d = sorted((old["DIF-3"], old["SSAS-3"]), key=str)
    session.add(LinkPair(a_id=c, b_id=d, a_now=c, b_now=d, probability=0.9, certain=True, conflict=False))
    new = [
        add(session, key, "SISEMH-1", "Elena Garcia Plasensia", "1990-05-17", CURP).id,
        add(session, key, "SISEMH-2", "Rosa Casillas Ureña", "1985-03-02").id,
        add(session, key, "SISEMH-3", "Irma Becerra Tejeda", "1979-11-30", "BETI791130MJCCJR08").id,
    ]
    session.commit()
    joined = run.link_newcomers(engine, sessions, key, settings.database_url or "", settings.secret_key, new)
    assert joined == 1
    merge = session.scalars(select(WomanMerge)).one()
    assert {merge.kept_id, merge.absorbed_id} == {old["DIF-1"], new[0]}
    assert merge.merged_by is None
    pairs = folio_pairs(session, key)
    assert {frozenset(("DIF-2", "SISEMH-2")), frozenset(("DIF-3", "SISEMH-3"))} <= pairs.keys()
    assert frozenset(("DIF-5", "SSAS-5")) in pairs, "what waits of others is taken back by nobody"
    assert not any("c" in folio for two in pairs for folio in two if folio.startswith("DIF-c"))


@pytest.mark.parametrize(
    ("name", "born", "like"),
    [
        ("Elena García Plascencia", "1971-01-01", True),
        ("Helena Garsía Plasensia", "", True),
        ("Plascencia García Elena", "1990-05-18", True),
        ("Elena García Soto", "1990-12-24", True),
        ("Elena García Soto", "1985-12-24", False),
        ("Rosa Ruiz Mora", "1990-05-17", False),
    ],
)
def test_who_shares_a_block(session: Session, key: PersonalKey, name: str, born: str, *, like: bool) -> None:
    """By the sounds of her name, fewer where she was born in the same year; by nothing that is not hers."""
    old = add(session, key, "DIF-1", name, born)
    new = add(session, key, "SSAS-1", "Elena García Plascencia", "1990-05-17")
    assert (newcomers.beside(session, {new.id}) == {old.id}) is like


def test_a_shared_number_or_curp_is_a_block(session: Session, key: PersonalKey) -> None:
    """Whatever they are called."""
    new = add(session, key, "SSAS-1", "Elena García Plascencia", "", CURP)
    by_curp = add(session, key, "DIF-1", "Rosa Ruiz Mora", "", CURP)
    by_phone = add(session, key, "DIF-2", "Juana Vega Cano")
    reached = add(session, key, "DIF-3", "Irma Peña Soto")
    lookup = key.lookup("address", "+523312345678")
    session.add_all(
        ListedPhone(id=uuid.uuid4(), woman_id=one.id, lookup_hash=lookup) for one in (new, by_phone)
    )
    registry.link_phone(session, key, reached, "3312345678")
    session.flush()
    assert newcomers.beside(session, {new.id}) == {by_curp.id, by_phone.id, reached.id}


def test_each_change_is_compared_once(session: Session, key: PersonalKey) -> None:
    """Who came or changed since the whole list was compared, until she changes again or it was once more."""
    now = datetime.now(UTC)
    seen: dict[uuid.UUID, datetime] = {}
    woman = add(session, key, "DIF-1", "Elena García")
    assert newcomers.waiting(session, seen) == {}, "the first comparison is of the whole list"
    compared(session, now - timedelta(minutes=5))
    first = newcomers.waiting(session, seen)
    assert first.keys() == {woman.id}
    seen.update(first)
    assert newcomers.waiting(session, seen) == {}
    registry.write_details(session, key, woman, Details(full_name="Elena García López"))
    session.flush()
    assert newcomers.waiting(session, seen).keys() == {woman.id}
    compared(session, datetime.now(UTC) + timedelta(seconds=1))
    assert newcomers.waiting(session, seen) == {}
    assert seen == {}


def test_of_many_the_whole_list_is_compared(session: Session, key: PersonalKey) -> None:
    """A few at once the first to come first; more than a thousand are left to the whole run, which is due."""
    now = datetime.now(UTC)
    compared(session, now - timedelta(minutes=5))
    woman = add(session, key, "DIF-1", "Elena García")
    rows = [
        {
            "id": uuid.uuid4(),
            "details_cipher": woman.details_cipher,
            "created_at": now - timedelta(milliseconds=n),
        }
        for n in range(newcomers.MOST)
    ]
    session.execute(Woman.__table__.insert(), rows[: newcomers.AT_ONCE + 5])  # type: ignore[attr-defined]
    waiting = newcomers.waiting(session, {})
    assert len(waiting) == newcomers.AT_ONCE
    assert woman.id not in waiting, "she came last"
    assert not run.is_due(session, now)
    session.execute(Woman.__table__.insert(), rows[newcomers.AT_ONCE + 5 :])  # type: ignore[attr-defined]
    assert newcomers.waiting(session, {}) == {}
    assert run.is_due(session, now)
    importing = ImportRun(kind="women", state=ImportState.RUNNING, about_cipher=b"", rows=1, moved_at=now)
    session.add(importing)
    session.flush()
    assert not run.is_due(session, now), "what is being brought in is compared once it is there"
    assert run.is_due(session, now + timedelta(minutes=6)), "or after a while"


def test_who_is_being_written_while_a_run_begins_is_not_missed(
    sessions: sessionmaker[Session], key: PersonalKey
) -> None:
    """A run sees nobody of a transaction that is open: what it counts from is that one's beginning."""
    with sessions() as reader:
        alone = run._since(reader)
    with sessions() as writer, sessions() as reader:
        add(writer, key, "DIF-1", "Elena García")
        began = writer.scalar(select(func.now()))
        assert began is not None
        assert alone < run._since(reader) == began
        writer.rollback()


def test_a_part_without_a_name_is_compared() -> None:
    """Whoever is known by her number alone, and a list that has no rate of anything."""
    people = [Person("a", "", phone="x", curp=CURP), Person("b", "", phone="x", curp=CURP), Person("c", "")]
    part = compare.Part(frozenset({"a"}), 2, {"surnames": {}, "given_text": {}, "municipality": {}})
    assert {(pair.a, pair.b) for pair in compare.compare(people, part)} <= {("a", "b")}
