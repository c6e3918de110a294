"""Interviews of food security on paper, entered later: by whom, of which day, with what consent."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from models import Affiliation, Consent, Conversation, FoodSecurityInterview, Municipality, Staff
from outreach.ground import dates
from outreach.people import consent, food_security, registry
from outreach.people.food_security import ADULTS, FORM, GRADUATION, MINORS, START
from outreach.texts import food_interviews as texts

if TYPE_CHECKING:
    import uuid
    from collections.abc import Mapping
    from datetime import date
    from zoneinfo import ZoneInfo

    from sqlalchemy.orm import Session

    from models import Woman
    from outreach.people.food_security import Change
    from outreach.sealing.crypto import PersonalKey

OLDEST = timedelta(days=20 * 366)
_ANSWERS = frozenset({food_security.YES, food_security.NO, food_security.NONE})


class InterviewError(Exception):
    """An interview can't be entered so; the message says why, for who enters it."""


class ThereIsOneError(InterviewError):
    """Ya hay una entrevista de ese momento."""

    def __init__(self, standing: FoodSecurityInterview) -> None:
        super().__init__(texts.THERE_IS_ONE)
        self.standing = standing


@dataclass(frozen=True)
class PaperForm:
    """What stands on the form. `id` is the page's own, so that a second click stores nothing twice.

    `answers` has q7..q12 only where minors live in her house. `replaces`: the interview of
    the same moment that whoever enters it has seen and wants to correct.
    """

    id: uuid.UUID
    moment: str
    asked_on: date
    consented: bool
    answers: Mapping[str, str] = field(default_factory=dict)
    replaces: uuid.UUID | None = None


@dataclass(frozen=True)
class InterviewLine:
    """An interview as a coordinator reads it; `grade` is empty where she may not read it or there is none."""

    moment: str
    asked_on: date
    source: str
    entered_by: str
    grade: str
    counts: bool


@dataclass(frozen=True)
class HerInterviews:
    """What a coordinator sees of a woman's interviews. `readable`: her agency knows the woman."""

    woman_id: uuid.UUID
    name: str
    municipality: str
    lines: list[InterviewLine]
    change: Change | None
    readable: bool


def enter(
    session: Session,
    key: PersonalKey,
    woman_id: uuid.UUID,
    form: PaperForm,
    *,
    by: uuid.UUID | None,
    today: date,
    zone: ZoneInfo,
    reader: str | None = None,
) -> FoodSecurityInterview:
    """Store an interview that was asked on paper; `reader` is the agency of who enters it (None: all).

    Whoever can't read what a woman of other agencies answered can't put something else in its place either.

    Raises:
        InterviewError: something of it can't be, or she has withdrawn her consent since.
        ThereIsOneError: there is one of that moment, and it is not the one to be corrected.
    """
    woman = food_security.lock(session, woman_id)
    if woman is None:
        raise InterviewError(texts.UNKNOWN_WOMAN)
    known = session.get(FoodSecurityInterview, form.id)
    if known is not None:
        if known.woman_id != woman_id:
            raise InterviewError(texts.FORM_USED)
        return known
    _check(form, today)
    if _refused_on(session, woman_id, zone, form.asked_on):
        raise InterviewError(texts.REFUSED_SINCE)
    standing = _standing(session, woman_id)
    same = [row for row in standing if row.moment == form.moment]
    if same and form.replaces not in {row.id for row in same}:
        raise ThereIsOneError(same[-1])
    if same and not _hers_to_correct(session, woman_id, reader):
        raise InterviewError(texts.OF_ANOTHER_AGENCY)
    if any(_wrong_order(form, row) for row in standing):
        raise InterviewError(texts.END_BEFORE_START)
    return food_security.save(
        session, key, woman, form.answers, form.moment, asked_on=form.asked_on, source=FORM, entered_by=by,
        consent_on=form.asked_on, row_id=form.id,
    )  # fmt: skip


def _hers_to_correct(session: Session, woman_id: uuid.UUID, reader: str | None) -> bool:
    agencies = set(session.scalars(select(Affiliation.agency).where(Affiliation.woman_id == woman_id)))
    return reader is None or not agencies or reader in agencies


def _check(form: PaperForm, today: date) -> None:
    if form.moment not in {START, GRADUATION}:
        raise InterviewError(texts.ANSWER_MISSING)
    if not form.consented:
        raise InterviewError(texts.CONSENT_MISSING)
    if form.asked_on > today:
        raise InterviewError(texts.DAY_AHEAD)
    if form.asked_on < today - OLDEST:
        raise InterviewError(texts.DAY_TOO_OLD)
    questions = set(form.answers)
    if questions not in (set(ADULTS), {*ADULTS, *MINORS}) or not _ANSWERS.issuperset(form.answers.values()):
        raise InterviewError(texts.ANSWER_MISSING)


def _wrong_order(form: PaperForm, row: FoodSecurityInterview) -> bool:
    if form.moment == START:
        return row.moment == GRADUATION and row.asked_on <= form.asked_on
    return row.moment == START and row.asked_on >= form.asked_on


def _standing(session: Session, woman_id: uuid.UUID) -> list[FoodSecurityInterview]:
    query = select(FoodSecurityInterview).where(
        FoodSecurityInterview.woman_id == woman_id, FoodSecurityInterview.replaced_by.is_(None)
    )
    return list(session.scalars(query.order_by(FoodSecurityInterview.asked_on)))


def _refused_on(session: Session, woman_id: uuid.UUID, zone: ZoneInfo, asked_on: date) -> bool:
    """Whether her last word in the chat on this purpose is a no that came after the day of the form."""
    last = session.execute(
        select(Consent.given, Consent.created_at)
        .join(Conversation, Conversation.id == Consent.conversation_id)
        .where(Conversation.woman_id == woman_id, Consent.kind == consent.FOOD_SECURITY)
        .order_by(Consent.created_at.desc())
        .limit(1)
    ).one_or_none()
    return last is not None and not last.given and dates.today(zone, last.created_at) >= asked_on


def her_page(session: Session, key: PersonalKey, woman: Woman, reader: str | None) -> HerInterviews:
    """Return a woman's interviews for a coordinator of an agency (`reader`; None: of all).

    Of a woman whom her agency does not know she reads which there are and of which day, and no grade.
    """
    readable = reader is None or bool(
        session.scalar(
            select(Affiliation.id)
            .where(Affiliation.woman_id == woman.id, Affiliation.agency == reader)
            .limit(1)
        )
    )
    hers = food_security.of_woman(session, key, woman.id)
    ids = {one.row.entered_by for one in hers if one.row.entered_by}
    names: dict[uuid.UUID | None, str] = {}
    if ids:
        found = session.execute(select(Staff.id, Staff.display_name).where(Staff.id.in_(ids)))
        names = dict(found.all())
    lines = [
        InterviewLine(
            one.row.moment, one.row.asked_on, one.row.source,
            names.get(one.row.entered_by, ""), (one.grade or "") if readable else "",
            one.row.replaced_by is None,
        )
        for one in hers
    ]  # fmt: skip
    details = registry.read_details(key, woman)
    town = session.get(Municipality, woman.municipality) if woman.municipality else None
    return HerInterviews(
        woman.id,
        details.full_name or details.preferred_name,
        town.name if town else "",
        lines,
        food_security.pair_of(hers).change if readable else None,
        readable,
    )
