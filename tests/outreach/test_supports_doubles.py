"""Double supports found afterwards: each once, decided by a person, cleared with what stood beside it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest
from ledger import NOW, TODAY, a_woman, entry, give, kind
from sqlalchemy import event, select

from models import DoubleState, DoubleSupport, Period, Support
from outreach.people import registry
from outreach.single_list import supports, supports_doubles, supports_rules, supports_view
from outreach.single_list.supports import SupportError

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session as Database

    from outreach.sealing.crypto import PersonalKey


def states(db: Database) -> list[DoubleState]:
    return list(db.scalars(select(DoubleSupport.state).order_by(DoubleSupport.day)))


def test_found_once(session: Database, key: PersonalKey) -> None:
    """Looking again finds what is new, and nothing twice; other months, kinds and women are not doubles."""
    elena, teresa = a_woman(session, key), a_woman(session, key, "Teresa Dos")
    give(session, key, elena, "2026-11-03")
    over = give(session, key, elena, "2026-11-20", "SSAS")
    give(session, key, elena, "2026-10-20")
    give(session, key, elena, "2026-11-20", code="kit-de-huerto")
    give(session, key, teresa, "2026-11-20")
    assert supports_doubles.look_again(session, NOW) == 1
    assert supports_doubles.look_again(session, NOW) == 0
    row = session.scalars(select(DoubleSupport)).one()
    assert (row.support_id, row.agency, row.at_entry) == (over.id, "SSAS", False)
    assert [supports_doubles.count_open(session, agency) for agency in (None, "SSAS", "DIF")] == [1, 1, 0]


def test_two_records_that_are_joined_and_parted(session: Database, key: PersonalKey) -> None:
    """Joining two records of one woman shows what she got twice; parting them takes it back; and again."""
    one, other = a_woman(session, key), a_woman(session, key)
    give(session, key, one, "2026-11-03", "DIF")
    second = give(session, key, other, "2026-11-20", "SSAS")
    assert supports_doubles.look_again(session, NOW) == 0
    for woman, state in ((one, DoubleState.OPEN), (other, DoubleState.CLEARED), (one, DoubleState.OPEN)):
        second.woman_id = woman.id
        for row in session.scalars(select(DoubleSupport).where(DoubleSupport.support_id == second.id)):
            row.woman_id = woman.id
        session.flush()
        supports_doubles.look_again(session, NOW, women=[one.id, other.id])
        assert states(session) == [state]


@pytest.mark.parametrize("decision", [DoubleState.JUSTIFIED, DoubleState.RECOVERED])
def test_a_decision_stands(session: Database, key: PersonalKey, decision: DoubleState) -> None:
    """It needs a reason, is taken once, and is left alone whatever is looked at again."""
    woman = a_woman(session, key)
    give(session, key, woman, "2026-11-03")
    give(session, key, woman, "2026-11-20", "SSAS")
    supports_doubles.look_again(session, NOW)
    row = session.scalars(select(DoubleSupport)).one()
    with pytest.raises(SupportError, match="motivo"):
        supports_doubles.decide(session, key, row, decision, by=None, reason="", now=NOW)
    for refused in (DoubleState.AVOIDED, DoubleState.CLEARED, DoubleState.OPEN):
        with pytest.raises(SupportError):
            supports_doubles.decide(session, key, row, refused, by=None, reason="x", now=NOW)
    supports_doubles.decide(session, key, row, decision, by=None, reason="Se habló con SSAS", now=NOW)
    with pytest.raises(SupportError, match="Alguien ya"):
        supports_doubles.decide(session, key, row, decision, by=None, reason="otra vez", now=NOW)
    assert supports_doubles.look_again(session, NOW) == 0
    assert (row.state, supports.read_reason(key, row)) == (decision, "Se habló con SSAS")


def test_a_mistake_voids_the_support(session: Database, key: PersonalKey) -> None:
    """What was never given no longer counts: one more may be given."""
    woman = a_woman(session, key)
    give(session, key, woman, "2026-11-03")
    wrong = give(session, key, woman, "2026-11-20", "SSAS")
    supports_doubles.look_again(session, NOW)
    row = session.scalars(select(DoubleSupport)).one()
    supports_doubles.decide(session, key, row, DoubleState.MISTAKE, by=None, reason="No fue", now=NOW)
    assert wrong.voided_at == NOW
    assert states(session) == [DoubleState.MISTAKE]
    assert supports_doubles.count_open(session, None) == 0


def test_voiding_the_other_one_clears_it(session: Database, key: PersonalKey) -> None:
    """Where the first was a mistake, the second is no double."""
    woman = a_woman(session, key)
    first = give(session, key, woman, "2026-11-03")
    give(session, key, woman, "2026-11-20", "SSAS")
    supports_doubles.look_again(session, NOW)
    supports.void(session, key, first, by=None, reason="Era de otra", now=NOW)
    supports_doubles.look_again(session, NOW, women=[woman.id])
    assert states(session) == [DoubleState.CLEARED]


def test_a_new_rule_finds_what_is_over_it(session: Database, key: PersonalKey) -> None:
    """A rule that reaches back judges what was given since its first day, and that alone."""
    woman = a_woman(session, key)
    for day in ("2025-12-30", "2025-12-31", "2026-02-01", "2026-03-01"):
        give(session, key, woman, day, code="kit-de-huerto")
    kit = kind(session, "kit-de-huerto")
    supports_rules.add_rule(
        session, kit.id, most=1, period=Period.YEAR, days=None, all_agencies=True,
        since=TODAY.replace(month=1, day=1),
    )  # fmt: skip
    assert supports_doubles.look_again(session, NOW, kind_id=kit.id) == 1
    days = session.scalars(select(DoubleSupport.day)).all()
    assert [str(day) for day in days] == ["2026-03-01"]


def test_looking_costs_the_same_for_many(session: Database, engine: Engine, key: PersonalKey) -> None:
    """The statements don't grow with the women who got too much (up to a batch of 500)."""
    noted: list[str] = []

    def cost(women: int) -> int:
        for number in range(women):
            woman = a_woman(session, key, f"Mujer {number}")
            for day in ("2026-11-03", "2026-11-20"):
                give(session, key, woman, day)
        noted.clear()
        assert supports_doubles.look_again(session, NOW) == women
        return len(noted)

    event.listen(engine, "before_cursor_execute", lambda *given: noted.append(str(given[2])))
    assert cost(2) == cost(25) <= 8


def test_another_agency_reads_kind_and_day_only(session: Database, key: PersonalKey) -> None:
    """Of another's support a coordinator gets no agency, amount, person or note; of her own agency's all."""
    woman = a_woman(session, key)
    bono = entry(session, woman, "2026-11-03", "SSAS", "bienebono", 85000)
    supports.enter(session, key, bono, by=None, today=TODAY, now=NOW)
    for reader, told in (("DIF", False), ("SSAS", True), (None, True)):
        hers = supports_view.of_woman(session, key, woman.id, reader, TODAY)
        assert hers is not None
        (line,) = hers.lines
        assert (line.kind, str(line.day), line.mine) == ("Bienebono", "2026-11-03", told)
        assert bool(line.agency or line.cents or line.given_by or line.note) is told
    assert supports.get(session, bono.id, "DIF") is None
    assert supports.get(session, bono.id, "SSAS") is not None
    # A support that another agency voided is nothing to her.
    row = session.get_one(Support, bono.id)
    supports.void(session, key, row, by=None, reason="x", now=NOW)
    hers = supports_view.of_woman(session, key, woman.id, "DIF", TODAY)
    assert hers is not None
    assert hers.lines == []


def test_pages_of_the_ledger(session: Database, key: PersonalKey) -> None:
    """Every support of hers once, page by page, and none of another agency; doubles likewise."""
    woman = a_woman(session, key)
    for number in range(1, 8):
        give(session, key, woman, f"2026-11-0{number}", "DIF" if number % 2 else "SSAS")
    seen, after = [], None
    while True:
        page = supports_view.ledger(session, key, "DIF", after=after, limit=3)
        seen += [line.support.day.day for line in page.lines]
        after = page.older
        if after is None:
            break
    assert seen == [7, 5, 3, 1]
    supports_doubles.look_again(session, NOW)
    first = supports_doubles.listed(session, key, None, decided=False, limit=4)
    rest = supports_doubles.listed(session, key, None, decided=False, after=first.older, limit=4)
    ids = [line.id for page in (first, rest) for line in page.lines]
    assert len(ids) == len(set(ids)) == 6
    assert rest.older is None
    assert supports_doubles.listed(session, key, None, decided=True).lines == []


def test_who_is_found(session: Database, key: PersonalKey) -> None:
    """By CURP, phone, any agency's folio, or a name however it is spelt; nobody for what means nobody."""
    details = registry.Details(full_name="Martha López Pérez", curp="LOPM850714MJCPRR04")
    martha = registry.add_woman(
        session, key, details, municipality="14039", axis=None, agency="DIF", external_id="F-77"
    )
    registry.link_phone(session, key, martha, "3312345678")
    a_woman(session, key)
    for asked in ("LOPM850714MJCPRR04", "lopm 850714 mjcprr04", "33 1234 5678", "F-77", "Marta Lopes Peres"):
        (found,) = supports_view.find(session, key, asked)
        assert (found.woman_id, found.municipality) == (martha.id, "Guadalajara"), asked
    for asked in ("", "   ", "LOPM850714MJCPRR05", "F-78", "3312345679", str(uuid.uuid4()), "Nadie Así"):
        assert supports_view.find(session, key, asked) == [], asked
