"""The ledger of supports: what an entry is judged by, and that a double is stopped at entry."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from ledger import NOW, TODAY, a_woman, entry, give, kind, rule_of
from sqlalchemy import func, select, text

from models import DoubleState, DoubleSupport, Period, Support, Woman
from outreach.single_list import supports, supports_doubles, supports_rules
from outreach.single_list.supports import OverRuleError, SupportError
from outreach.start import seed
from outreach.texts import supports as texts

if TYPE_CHECKING:
    from sqlalchemy.orm import Session as Database
    from sqlalchemy.orm import sessionmaker

    from outreach.sealing.crypto import PersonalKey
    from outreach.single_list.supports import Entry


def enter(db: Database, key: PersonalKey, given: Entry, reason: str = "") -> Support:
    return supports.enter(db, key, given, by=None, today=TODAY, now=NOW, reason=reason)


def test_one_despensa_a_month_over_all_agencies(session: Database, key: PersonalKey) -> None:
    """A second one in the month is refused, also another agency's, with what stands in its way."""
    woman = a_woman(session, key)
    first = enter(session, key, entry(session, woman, "2026-11-03", "SSAS"))
    with pytest.raises(OverRuleError) as refused:
        enter(session, key, entry(session, woman, "2026-11-20", "DIF"))
    (over,) = refused.value.over
    assert [one.id for one in over.given] == [first.id]
    assert supports_rules.in_words(over.rule) == "1 al mes, contando todas las dependencias"
    assert session.scalar(select(func.count()).select_from(Support)) == 1
    # Look-alikes: another month, another kind, another woman.
    enter(session, key, entry(session, woman, "2026-10-31"))
    enter(session, key, entry(session, woman, "2026-11-20", code="kit-de-huerto"))
    enter(session, key, entry(session, a_woman(session, key, "Teresa Dos"), "2026-11-20"))
    assert session.scalar(select(func.count()).select_from(DoubleSupport)) == 0


def test_given_all_the_same_needs_a_reason_that_is_kept(session: Database, key: PersonalKey) -> None:
    """What was handed over already is entered with a reason; the double is decided, not forgotten."""
    woman = a_woman(session, key)
    enter(session, key, entry(session, woman, "2026-11-03"))
    again = entry(session, woman, "2026-11-20")
    with pytest.raises(OverRuleError):
        enter(session, key, again, reason="   ")
    made = enter(session, key, again, reason="Se le quemó la cocina")
    row = session.scalars(select(DoubleSupport)).one()
    assert (row.state, row.support_id, row.at_entry) == (DoubleState.JUSTIFIED, made.id, True)
    assert supports.read_reason(key, row) == "Se le quemó la cocina"
    assert b"cocina" not in (row.reason_cipher or b"")
    assert supports.read_note(key, made)["given_by"] == "Quien Entrega"
    assert b"Entrega" not in made.note_cipher


def test_avoided_is_noted_and_nothing_is_entered(session: Database, key: PersonalKey) -> None:
    """What was stopped is counted once, whatever is clicked; where nothing is over nothing is noted."""
    woman = a_woman(session, key)
    given = entry(session, woman, "2026-11-20")
    with pytest.raises(SupportError, match="Ya no pasa"):
        supports.avoid(session, key, given, by=None, today=TODAY, now=NOW)
    enter(session, key, entry(session, woman, "2026-11-03"))
    for _ in range(2):
        row = supports.avoid(session, key, given, by=None, today=TODAY, now=NOW)
    assert (row.state, row.support_id) == (DoubleState.AVOIDED, None)
    assert session.scalar(select(func.count()).select_from(DoubleSupport)) == 1
    assert session.scalar(select(func.count()).select_from(Support)) == 1


def test_the_same_form_twice_is_one(session: Database, key: PersonalKey) -> None:
    """A second click enters nothing, also where one more would be over the rule."""
    given = entry(session, a_woman(session, key), "2026-11-03")
    assert enter(session, key, given).id == enter(session, key, given).id
    assert session.scalar(select(func.count()).select_from(Support)) == 1


def test_back_in_the_browser(session: Database, key: PersonalKey) -> None:
    """Avoided and then given is given, and counts no more as avoided; given and then avoided is refused."""
    woman = a_woman(session, key)
    enter(session, key, entry(session, woman, "2026-11-03"))
    given = entry(session, woman, "2026-11-20")
    avoided = supports.avoid(session, key, given, by=None, today=TODAY, now=NOW)
    made = enter(session, key, given, reason="Ya se había entregado")
    assert avoided.state is DoubleState.CLEARED
    other = replace(entry(session, woman, "2026-11-21"), id=made.id)
    session.delete(avoided)
    session.flush()
    with pytest.raises(SupportError, match="ya quedó anotado"):
        supports.avoid(session, key, other, by=None, today=TODAY, now=NOW)


def test_two_agencies_at_the_same_moment(
    sessions: sessionmaker[Database], session: Database, key: PersonalKey
) -> None:
    """Whoever comes second waits for the first and is refused: never are both entered."""
    woman = a_woman(session, key)
    session.commit()
    entries = [entry(session, woman, "2026-11-20", agency) for agency in ("DIF", "SSAS", "SISEMH")]
    session.commit()
    ready, refused = threading.Barrier(len(entries)), []

    def at_a_desk(given: Entry) -> None:
        with sessions() as own:
            ready.wait()
            try:
                enter(own, key, given)
                own.commit()
            except OverRuleError:
                refused.append(given.agency)

    desks = [threading.Thread(target=at_a_desk, args=(given,)) for given in entries]
    for desk in desks:
        desk.start()
    for desk in desks:
        desk.join()
    assert len(refused) == 2
    assert session.scalar(select(func.count()).select_from(Support)) == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"day": "2026-11-30"}, texts.DAY_AHEAD),
        ({"day": "2010-01-01"}, texts.DAY_TOO_OLD),
        ({"agency": "NADIE"}, texts.UNKNOWN_AGENCY),
        ({"cents": 100}, texts.AMOUNT_NOT_MONEY),
        ({"code": "bienebono"}, texts.AMOUNT_MISSING),
    ],
)
def test_what_can_not_be(
    session: Database, key: PersonalKey, change: dict[str, str | int], said: str
) -> None:
    """A day to come, an agency that is none, an amount of what is not money: refused in words."""
    woman = a_woman(session, key)
    day, agency = str(change.get("day", "2026-11-03")), str(change.get("agency", "DIF"))
    given = entry(session, woman, day, agency, str(change.get("code", "despensa")))
    given = replace(given, cents=100 if "cents" in change else None)
    with pytest.raises(SupportError) as refused:
        enter(session, key, given)
    assert str(refused.value) == said


def test_a_retired_kind_and_a_woman_who_is_gone(session: Database, key: PersonalKey) -> None:
    """Neither can be entered; what was given of a retired kind stays."""
    woman = a_woman(session, key)
    given = entry(session, woman, "2026-11-03")
    enter(session, key, given)
    supports_rules.retire(session, kind(session).id, NOW)
    with pytest.raises(SupportError, match="ya no se da"):
        enter(session, key, entry(session, woman, "2026-10-03"))
    assert kind(session).id not in {each.id for each in supports_rules.kinds(session)}
    supports_rules.retire(session, kind(session).id, NOW)
    session.delete(session.get_one(Woman, woman.id))
    session.flush()
    assert session.scalar(select(func.count()).select_from(Support)) == 0
    with pytest.raises(SupportError, match="no está en el padrón"):
        enter(session, key, given)


def test_what_was_voided_does_not_count_and_stays(session: Database, key: PersonalKey) -> None:
    """A mistake is voided with a reason, once; the row stays, and one more may be given."""
    woman = a_woman(session, key)
    wrong = enter(session, key, entry(session, woman, "2026-11-03"))
    with pytest.raises(SupportError, match="motivo"):
        supports.void(session, key, wrong, by=None, reason=" ", now=NOW)
    supports.void(session, key, wrong, by=None, reason="Era de otra señora", now=NOW)
    assert supports.read_note(key, wrong) == {
        "given_by": "Quien Entrega", "note": "En la puerta", "voided": "Era de otra señora",
    }  # fmt: skip
    with pytest.raises(SupportError, match="ya estaba anulado"):
        supports.void(session, key, wrong, by=None, reason="otra vez", now=NOW)
    enter(session, key, entry(session, woman, "2026-11-20"))
    assert session.scalar(select(func.count()).select_from(Support)) == 2


def test_rules_are_data(session: Database, key: PersonalKey) -> None:
    """A rule is added and ended; what is given on its own days is judged by it, and no other."""
    woman = a_woman(session, key)
    kit = kind(session, "kit-de-huerto")
    give(session, key, woman, "2026-11-01", code="kit-de-huerto")
    rule = supports_rules.add_rule(
        session,
        kit.id,
        most=1,
        period=Period.DAYS,
        days=90,
        all_agencies=True,
        since=TODAY,
        ground="Oficio 12",
    )
    assert supports_rules.in_words(rule) == "1 cada 90 días, contando todas las dependencias"
    with pytest.raises(OverRuleError):
        enter(session, key, entry(session, woman, "2026-11-29", code="kit-de-huerto"))
    supports_rules.end_rule(session, rule.id, TODAY)
    enter(session, key, entry(session, woman, "2026-11-29", code="kit-de-huerto"))
    with pytest.raises(SupportError, match="ya terminó"):
        supports_rules.end_rule(session, rule.id, TODAY)


@pytest.mark.parametrize(
    ("most", "period", "days"),
    [(0, Period.MONTH, None), (101, Period.YEAR, None), (1, Period.DAYS, None), (1, Period.DAYS, 4000),
     (1, Period.MONTH, 30)],
)  # fmt: skip
def test_rules_that_say_nothing(session: Database, most: int, period: Period, days: int | None) -> None:
    """A number out of bounds, days without their period or the other way: refused."""
    with pytest.raises(SupportError):
        supports_rules.add_rule(
            session, kind(session).id, most=most, period=period, days=days, all_agencies=True, since=TODAY
        )


def test_names_of_kinds(session: Database) -> None:
    """P5: every agency reads the name of a kind, so it must not say that a woman lives with violence."""
    with pytest.raises(SupportError, match="violencia"):
        supports_rules.add_kind(session, "Apoyo por violencia", in_money=True)
    with pytest.raises(SupportError, match="Ya hay"):
        supports_rules.add_kind(session, "DESPENSA", in_money=False)
    with pytest.raises(SupportError, match="Escribe el nombre"):
        supports_rules.add_kind(session, " - ", in_money=False)
    made = supports_rules.add_kind(session, "Estufa  ahorradora", in_money=False)
    assert (made.code, made.name) == ("estufa-ahorradora", "Estufa ahorradora")


def test_what_people_ended_does_not_come_back(session: Database) -> None:
    """The start of the service adds what is missing and leaves what was edited."""
    rule = rule_of(session)
    supports_rules.end_rule(session, rule.id, TODAY)
    kind(session).name = "Despensa básica"
    session.flush()
    seed.plant(session)
    assert rule_of(session).until is not None
    assert kind(session).name == "Despensa básica"


def test_a_form_that_is_sent_again(session: Database, key: PersonalKey) -> None:
    """What was voided is not said to be entered; a form's id decides nothing of a double that waits."""
    woman = a_woman(session, key)
    given = entry(session, woman, "2026-11-03")
    made = enter(session, key, given)
    supports.void(session, key, made, by=None, reason="no era ella", now=NOW)
    with pytest.raises(SupportError, match="anulado"):
        enter(session, key, given)
    for day in ("2026-11-04", "2026-11-05"):
        give(session, key, woman, day)
    supports_doubles.look_again(session, NOW)
    double = session.scalars(select(DoubleSupport)).one()
    enter(session, key, replace(entry(session, woman, "2026-10-03"), id=double.id))
    session.refresh(double)
    assert double.state is DoubleState.OPEN


def test_a_decision_waits_for_whoever_has_the_woman(
    session: Database, sessions: sessionmaker[Database], key: PersonalKey
) -> None:
    """It locks the woman first, as an entry and a void do, so that none of two at once is thrown out."""
    woman = a_woman(session, key)
    for day in ("2026-11-04", "2026-11-05"):
        give(session, key, woman, day)
    supports_doubles.look_again(session, NOW)
    double_id, woman_id = session.scalars(select(DoubleSupport.id)).one(), woman.id
    session.commit()

    def decide() -> None:
        with sessions.begin() as db:
            row = db.get_one(DoubleSupport, double_id)
            supports_doubles.decide(
                db, key, row, DoubleState.MISTAKE, by=None, reason="error de captura", now=NOW
            )

    with sessions.begin() as other:
        other.execute(select(Woman.id).where(Woman.id == woman_id).with_for_update())
        desk = threading.Thread(target=decide)
        desk.start()
        desk.join(1)
        assert desk.is_alive()
        other.execute(text("SET LOCAL lock_timeout = '2s'"))
        other.execute(select(DoubleSupport.id).where(DoubleSupport.id == double_id).with_for_update())
    desk.join(20)
    session.expire_all()
    assert session.get_one(DoubleSupport, double_id).state is DoubleState.MISTAKE
