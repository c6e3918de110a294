"""Interviews of food security on paper: entered with a consent, corrected, graded as a pair."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from models import FoodSecurityInterview, Role
from outreach.people import consent, conversations, food_forms, food_security, registry
from outreach.people.food_forms import InterviewError, PaperForm, ThereIsOneError
from outreach.people.food_security import ADULTS, FORM, MINORS, Change
from outreach.single_list import rights
from outreach.staff import accounts
from outreach.texts import food_interviews as texts

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from models import Woman
    from outreach.sealing.crypto import PersonalKey

ZONE = ZoneInfo("America/Mexico_City")
TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 18, tzinfo=UTC)


@pytest.fixture
def woman(session: Session, key: PersonalKey) -> Woman:
    return registry.add_woman(
        session, key, registry.Details(full_name="Elena Prueba"), municipality="14039", axis="food",
        agency="DIF", external_id="D-1", source="import:DIF",
    )  # fmt: skip


def answers(yes: int, *, minors: bool = False, missing: int = 0) -> dict[str, str]:
    asked = ADULTS + (MINORS if minors else ())
    given = ["yes"] * yes + ["none"] * missing
    return dict(zip(asked, given + ["no"] * (len(asked) - len(given)), strict=True))


def paper(
    moment: str = "start", asked_on: date = date(2026, 3, 2), yes: int = 4, **changed: object
) -> PaperForm:
    values = {"id": uuid.uuid4(), "moment": moment, "asked_on": asked_on, "consented": True}
    return PaperForm(**values | {"answers": answers(yes)} | changed)  # type: ignore[arg-type] # what a test changes


def enter(session: Session, key: PersonalKey, woman: Woman, form: PaperForm) -> FoodSecurityInterview:
    return food_forms.enter(session, key, woman.id, form, by=None, today=TODAY, zone=ZONE)


def standing(session: Session, key: PersonalKey, woman: Woman) -> food_security.Pair:
    return food_security.pair_of(food_security.of_woman(session, key, woman.id))


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (answers(5), answers(3), Change.IMPROVED),
        (answers(1), answers(2), Change.SAME),
        (answers(0), answers(1), Change.WORSE),
        # Three of twelve is mild, three of six moderate: each by the scale of its household.
        (answers(3, minors=True), answers(3), Change.WORSE),
        (answers(4, missing=1), answers(0), None),
        (answers(5), answers(0, missing=1), None),
    ],
)
def test_the_pair(
    session: Session, key: PersonalKey, woman: Woman, start: dict[str, str], end: dict[str, str],
    expected: Change | None,
) -> None:  # fmt: skip
    """CONEVAL's grades before and after; what has no answer has no grade, and the pair no change."""
    enter(session, key, woman, paper(answers=start))
    enter(session, key, woman, paper("graduation", date(2026, 9, 4), answers=end))
    pair = standing(session, key, woman)
    assert pair.both
    assert pair.change is expected


def test_chat_and_paper_are_the_same_rows(session: Session, key: PersonalKey, woman: Woman) -> None:
    """A start in the chat and an end on paper are a pair; who entered it and the consent's day stand."""
    accounts.add(session, "rosa", "Rosa Prueba", Role.COORDINATOR, NOW)
    rosa = accounts.find(session, "rosa")
    assert rosa is not None
    food_security.save(session, key, woman, answers(6), "start", asked_on=date(2026, 2, 1))
    form = paper("graduation", date(2026, 9, 4), yes=0)
    row = food_forms.enter(session, key, woman.id, form, by=rosa.id, today=TODAY, zone=ZONE)
    assert (row.source, row.entered_by, row.consent_on) == (FORM, rosa.id, date(2026, 9, 4))
    assert standing(session, key, woman).change is Change.IMPROVED
    hers = food_forms.her_page(session, key, woman, None)
    assert [(line.source, line.entered_by) for line in hers.lines] == [("form", "Rosa Prueba"), ("chat", "")]


def test_a_correction_keeps_the_former(session: Session, key: PersonalKey, woman: Woman) -> None:
    """A second of one moment is asked about first; then it counts, and the former stays in her record."""
    first = enter(session, key, woman, paper(yes=6))
    with pytest.raises(ThereIsOneError) as stop:
        enter(session, key, woman, paper(yes=2))
    assert stop.value.standing.id == first.id
    second = enter(session, key, woman, paper(yes=2, replaces=first.id))
    session.refresh(first)
    assert first.replaced_by == second.id
    start = standing(session, key, woman).start
    assert start is not None
    assert (start.row.id, start.grade) == (second.id, "leve")
    # Who still has the first before her has not seen the second.
    with pytest.raises(ThereIsOneError):
        enter(session, key, woman, paper(yes=1, replaces=first.id))
    copy = rights.whole_record(session, key, woman, NOW)["food_security"]
    assert sorted((one["stands"], one["asked_on"]) for one in copy) == [
        (False, "2026-03-02"), (True, "2026-03-02"),
    ]  # fmt: skip


def test_a_second_click_stores_nothing(session: Session, key: PersonalKey, woman: Woman) -> None:
    form = paper()
    assert enter(session, key, woman, form).id == enter(session, key, woman, form).id
    assert len(session.scalars(select(FoodSecurityInterview)).all()) == 1


@pytest.mark.parametrize(
    ("form", "said"),
    [
        (paper(consented=False), texts.CONSENT_MISSING),
        (paper(asked_on=date(2026, 11, 21)), texts.DAY_AHEAD),
        (paper(asked_on=date(1990, 1, 1)), texts.DAY_TOO_OLD),
        (paper(answers={"q1": "yes"}), texts.ANSWER_MISSING),
        (paper(answers=answers(1) | {"q7": "no"}), texts.ANSWER_MISSING),
        (paper(answers=answers(1) | {"q2": "maybe"}), texts.ANSWER_MISSING),
        (paper(moment="middle"), texts.ANSWER_MISSING),
        (paper("graduation", date(2026, 5, 1)), texts.END_BEFORE_START),
        (paper("graduation", date(2026, 4, 30)), texts.END_BEFORE_START),
    ],
)
def test_what_can_not_be(
    session: Session, key: PersonalKey, woman: Woman, form: PaperForm, said: str
) -> None:
    food_security.save(session, key, woman, answers(3), "start", asked_on=date(2026, 5, 1))
    with pytest.raises(InterviewError) as refused:
        enter(session, key, woman, form)
    assert str(refused.value) == said
    assert len(session.scalars(select(FoodSecurityInterview)).all()) == 1


@pytest.mark.parametrize(("given", "day", "stored"), [(False, 3, False), (False, 1, True), (True, 3, True)])
def test_her_no_in_the_chat_holds(
    session: Session, key: PersonalKey, woman: Woman, given: bool, day: int, stored: bool
) -> None:
    """Where her last word on this purpose is a no that came after the form, nothing is entered."""
    registry.link_phone(session, key, woman, "3300000001")
    talk = conversations.of_woman(session, woman.id)
    assert talk is not None
    said = consent.record(session, talk.id, consent.FOOD_SECURITY, given=given, message_sid="SM1")
    said.created_at = datetime(2026, 3, day, 18, tzinfo=UTC)
    session.flush()
    if stored:
        enter(session, key, woman, paper())
    else:
        with pytest.raises(InterviewError, match="WhatsApp"):
            enter(session, key, woman, paper())


def test_one_form_is_of_one_woman(session: Session, key: PersonalKey, woman: Woman) -> None:
    """The id of another's form stores nothing."""
    form = paper()
    enter(session, key, woman, form)
    other = registry.add_woman(
        session, key, registry.Details(full_name="Inés Prueba"), municipality="14039", axis="food"
    )
    with pytest.raises(InterviewError, match="ya se usó"):
        enter(session, key, other, form)
    assert len(session.scalars(select(FoodSecurityInterview)).all()) == 1


@pytest.mark.parametrize(("reader", "corrects"), [(None, True), ("DIF", True), ("SSAS", False)])
def test_who_corrects(
    session: Session, key: PersonalKey, woman: Woman, reader: str | None, corrects: bool
) -> None:
    """Not who can't read it; a first interview anybody may enter, and of her whom no agency has all may."""
    nobodys = registry.add_woman(
        session, key, registry.Details(full_name="Inés Prueba"), municipality="14039", axis="food"
    )
    for hers, allowed in ((woman, corrects), (nobodys, True)):
        first = food_forms.enter(
            session, key, hers.id, paper(), by=None, today=TODAY, zone=ZONE, reader=reader
        )
        again = paper(yes=0, replaces=first.id)
        if allowed:
            food_forms.enter(session, key, hers.id, again, by=None, today=TODAY, zone=ZONE, reader=reader)
        else:
            with pytest.raises(InterviewError, match="otra dependencia"):
                food_forms.enter(session, key, hers.id, again, by=None, today=TODAY, zone=ZONE, reader=reader)


def test_another_agencys_woman(session: Session, key: PersonalKey, woman: Woman) -> None:
    """Who coordinates an agency that does not know her reads which there are, and no grade."""
    enter(session, key, woman, paper(yes=5))
    hers = [food_forms.her_page(session, key, woman, reader) for reader in (None, "DIF", "SSAS")]
    assert [page.lines[0].grade for page in hers] == ["severa", "severa", ""]
    assert [page.readable for page in hers] == [True, True, False]
    assert hers[2].lines[0].asked_on == date(2026, 3, 2)
