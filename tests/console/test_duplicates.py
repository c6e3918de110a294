"""The page of duplicates: judged blind, one key each, undone; who sees which pairs."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event, func, select
from staffroom import enter

from models import AuditEvent, LinkPair, Role, Staff, Woman, WomanMerge
from outreach.people import registry
from outreach.people.details import Details
from outreach.single_list.linking import differences
from outreach.texts import duplicates as texts

if TYPE_CHECKING:
    import uuid

    from flask import Flask
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session as Database
    from staffroom import Browser

    from outreach.sealing.crypto import PersonalKey

pytest_plugins = ("console_fixtures",)


def add(db: Database, key: PersonalKey, folio: str, **values: Any) -> Woman:
    return registry.add_woman(
        db, key, Details(**values), municipality="14039", axis="food",
        agency=folio.split("-", 1)[0], external_id=folio, source="import:DIF",
    )  # fmt: skip


def pair(db: Database, one: Woman, other: Woman, *, conflict: bool = False) -> LinkPair:
    a, b = sorted((one.id, other.id), key=str)
    row = LinkPair(
        a_id=a, b_id=b, a_now=a, b_now=b, probability=0.9731, certain=False, conflict=conflict,
        created_at=datetime.now(UTC),
    )  # fmt: skip
    db.add(row)
    db.flush()
    return row


@pytest.fixture
def three(session: Database, key: PersonalKey) -> list[uuid.UUID]:
    """Return the pairs of three records that are like each other, in order."""
    women = [
        add(session, key, f"{agency}-1", full_name=name, birth_date=born)
        for agency, name, born in (
            ("DIF", "Elena García Plascencia", "1990-05-17"),
            ("SSAS", "Elena Garsía Plasensia", "1990-05-17"),
            ("SISEMH", "Elena Plascencia García", "1990-05-07"),
        )
    ]
    registry.link_phone(session, key, women[0], "3312345678")
    found = [pair(session, *two).id for two in ((women[0], women[1]), (women[0], women[2]))]
    session.commit()
    return found


def test_a_pair_is_judged_blind(three: list[uuid.UUID], rosa: Browser) -> None:
    """Values, what agrees in words, that there is a third; no figure until it is decided."""
    page = rosa.get("/duplicados").get_data(as_text=True)
    for said in ("Elena García Plascencia", "Elena Garsía Plasensia", "DIF DIF-1", "…5678", texts.SAME_SOUND,
                 "otro registro", "17 de mayo de 1990"):  # fmt: skip
        assert said in page
    assert "97" not in re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|value=\"[^\"]+\"", "", page)
    assert "3312345678" not in page
    answer = rosa.post(f"/duplicados/{three[0]}/aparte", page="/duplicados")
    assert "97 %" in rosa.get(answer.location).get_data(as_text=True)


def test_merged_and_undone(session: Database, three: list[uuid.UUID], rosa: Browser) -> None:
    """Es la misma: one record, next pair; undone from the list: two again, and nobody is asked again."""
    women = session.scalar(select(func.count()).select_from(Woman))
    answer = rosa.post(f"/duplicados/{three[0]}/misma", page="/duplicados")
    assert str(three[1]) in rosa.get(answer.location).get_data(as_text=True)
    assert session.scalar(select(func.count()).select_from(Woman)) == (women or 0) - 1
    session.rollback()
    merge = session.scalars(select(WomanMerge)).one()
    listed = rosa.get("/duplicados/unidas").get_data(as_text=True)
    assert "Rosa Prueba" in listed
    assert "Elena" in listed
    for _ in range(2):
        rosa.post(f"/duplicados/unidas/{merge.id}/deshacer", page="/duplicados/unidas")
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Woman)) == women
    done = session.scalars(select(AuditEvent.action).where(AuditEvent.action.startswith("duplicate."))).all()
    assert sorted(done) == ["duplicate.merged", "duplicate.undone"]
    assert str(three[0]) not in rosa.get("/duplicados").get_data(as_text=True)


def test_a_pair_decided_twice_is_decided_once(
    session: Database, three: list[uuid.UUID], rosa: Browser
) -> None:
    """Two coordinators at the same pair: the second is told."""
    rosa.post(f"/duplicados/{three[0]}/aparte", page="/duplicados")
    answer = rosa.post(f"/duplicados/{three[0]}/misma", page="/duplicados")
    assert texts.GONE in rosa.get(answer.location).get_data(as_text=True)
    assert not session.scalar(select(func.count()).select_from(WomanMerge))


def test_next_goes_round(three: list[uuid.UUID], rosa: Browser) -> None:
    """Siguiente leaves a pair for later; after the last comes the first."""
    page = rosa.get("/duplicados").get_data(as_text=True)
    after = re.search(r"despues=(\d+)", page)
    assert after
    page = rosa.get(f"/duplicados?despues={after[1]}").get_data(as_text=True)
    assert str(three[1]) in page
    after = re.search(r"despues=(\d+)", page)
    assert after
    assert str(three[0]) in rosa.get(f"/duplicados?despues={after[1]}").get_data(as_text=True)


def test_conflicts_are_a_list_of_their_own(session: Database, key: PersonalKey, rosa: Browser) -> None:
    """One CURP and two birth dates are not among the ordinary pairs."""
    curp = "GALE900517MJCRPL09"
    one = add(session, key, "DIF-1", full_name="Elena García López", birth_date="1990-05-17", curp=curp)
    other = add(session, key, "SSAS-1", full_name="Elena García López", birth_date="1991-05-17")
    found = pair(session, one, other, conflict=True)
    session.commit()
    assert str(found.id) not in rosa.get("/duplicados").get_data(as_text=True)
    assert str(found.id) in rosa.get("/duplicados?lista=conflictos").get_data(as_text=True)


def test_who_works_for_one_agency_sees_its_pairs(
    app: Flask, session: Database, three: list[uuid.UUID]
) -> None:
    """She decides pairs in which one record is of her agency; of others she neither sees nor decides any."""
    clara = enter(app, session, Role.COORDINATOR, "clara")
    person = session.scalars(select(Staff).where(Staff.username == "clara")).one()
    person.agency = "SISEMH"
    session.commit()
    page = clara.get("/duplicados").get_data(as_text=True)
    assert str(three[1]) in page
    assert str(three[0]) not in page
    assert "SISEMH SISEMH-1" in page
    assert "<span>DIF</span>" in page
    assert "DIF-1" not in page, "another agency's folio is shown to nobody of one agency"
    person.agency = None
    session.commit()
    assert "DIF DIF-1" in clara.get("/duplicados").get_data(as_text=True)
    person.agency = "SISEMH"
    session.commit()
    clara.post(f"/duplicados/{three[0]}/misma", page="/duplicados")
    assert not session.scalar(select(func.count()).select_from(WomanMerge))


def test_nothing_to_decide(rosa: Browser, lucia: Browser) -> None:
    """Before the first comparison the page says so; who is no coordinator gets nothing."""
    assert "todavía no se ha comparado" in rosa.get("/duplicados").get_data(as_text=True)
    assert "Todavía no se ha unido" in rosa.get("/duplicados/unidas").get_data(as_text=True)
    assert lucia.get("/duplicados").status_code == 404


def test_the_pages_cost_the_same_with_many_pairs(
    session: Database, key: PersonalKey, rosa: Browser, engine: Engine
) -> None:
    """Statements at two pairs and at forty."""
    noted: list[str] = []

    def note(*given: object) -> None:
        if not str(given[2]).startswith("UPDATE staff_session"):
            noted.append(str(given[2]))

    event.listen(engine, "before_cursor_execute", note)

    def costs() -> list[int]:
        found = []
        for path in ("/duplicados", "/duplicados/unidas"):
            noted.clear()
            assert rosa.get(path).status_code == 200
            found.append(len(noted))
        return found

    def fill(first: int, until: int) -> None:
        for i in range(first, until):
            two = [add(session, key, f"DIF-{i}{side}", full_name=f"Mujer {i}") for side in "ab"]
            pair(session, *two)
            session.add(WomanMerge(kept_id=two[0].id, absorbed_id=two[1].id, snapshot_cipher=b"",
                                   merged_at=datetime.now(UTC)))  # fmt: skip
        session.commit()

    fill(0, 2)
    few = costs()
    fill(2, 40)
    assert costs() == few
    assert max(few) <= 16


@pytest.mark.parametrize(
    ("name", "a", "b", "kind"),
    [
        ("full_name", "Elena García López", "ELENA GARCIA LOPEZ", "equal"),
        ("full_name", "Elena García López", "Elena López García", "alike"),
        ("full_name", "Elena García López", "Elena García de Ruiz", "alike"),
        ("full_name", "Elena García López", "Rosa García López", "other"),
        ("full_name", "Elena García López", "Elena Torres Ruiz", "other"),
        ("birth_date", "1990-05-07", "1990-07-05", "alike"),
        ("birth_date", "1990-05-17", "1991-05-17", "alike"),
        ("birth_date", "1990-05-17", "1964-02-03", "other"),
        ("birth_date", "1990-05-17", "", "missing"),
        ("curp", "GALE900517MJCRPL09", "GALE900517MJCRPL17", "alike"),
        ("curp", "GALE900517MJCRPL09", "TORR640203MJCRPL09", "other"),
        ("groups", "Huerto (g1)", "", ""),
    ],
)
def test_what_agrees_is_said_in_words(name: str, a: str, b: str, kind: str) -> None:
    """Equal, alike with its reason, other, missing; groups are neither for nor against."""
    (line,) = differences.lines({name: a}, {name: b})
    assert line.kind == kind
