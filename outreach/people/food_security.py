"""Food security: the EMSA answers as given, the grade as CONEVAL computes it, and the pair start-end.

A missing answer is not a "no": where one of the scored questions has none, there is no grade. The chat's
interview and one on paper are the same rows; a later one of the same moment counts, the former is kept.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from models import FoodSecurityInterview, Woman

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable, Mapping
    from datetime import date

    from sqlalchemy.orm import Session

    from outreach.sealing.crypto import PersonalKey

START, GRADUATION = "start", "graduation"
CHAT, FORM = "chat", "form"
YES, NO, NONE = "yes", "no", "none"
ADULTS = tuple(f"q{n}" for n in range(1, 7))
MINORS = tuple(f"q{n}" for n in range(7, 13))
# CONEVAL, EMSA: the highest score of each grade, without and with minors in the household.
GRADES_ADULTS = ((0, "seguridad"), (2, "leve"), (4, "moderada"), (6, "severa"))
GRADES_MINORS = ((0, "seguridad"), (3, "leve"), (7, "moderada"), (12, "severa"))
GRADES = tuple(name for _, name in GRADES_ADULTS)
"""From the best to the worst."""


class Change(enum.StrEnum):
    """How the grade changed from start to graduation."""

    IMPROVED = "improved"
    SAME = "same"
    WORSE = "worse"


@dataclass(frozen=True)
class Graded:
    """One interview with its grade (None: a scored question has no answer)."""

    row: FoodSecurityInterview
    grade: str | None


@dataclass(frozen=True)
class Pair:
    """The interviews that count: the first of the start, the last of the graduation."""

    start: Graded | None
    end: Graded | None

    @property
    def both(self) -> bool:
        """Whether there are both, the one of the graduation asked on a later day."""
        if self.start is None or self.end is None:
            return False
        return self.start.row.asked_on < self.end.row.asked_on

    @property
    def change(self) -> Change | None:
        """How the grade changed, None where there are not both or one has no grade."""
        return change(self.start.grade, self.end.grade) if self.start and self.end and self.both else None


def grade(answers: Mapping[str, str]) -> str | None:
    """Return the grade of insecurity, or None where a scored question has no answer.

    `answers` maps q1..q6 (adults) and, where minors live with her, q7..q12 to `yes`, `no` or `none`.
    """
    with_minors = any(question in answers for question in MINORS)
    asked = ADULTS + MINORS if with_minors else ADULTS
    given = [answers.get(question, NONE) for question in asked]
    if any(answer not in {YES, NO} for answer in given):
        return None
    score = given.count(YES)
    return next(name for most, name in (GRADES_MINORS if with_minors else GRADES_ADULTS) if score <= most)


def change(start: str | None, end: str | None) -> Change | None:
    """Say how a grade changed; None where one of the two is missing."""
    if start is None or end is None:
        return None
    before, after = GRADES.index(start), GRADES.index(end)
    if before == after:
        return Change.SAME
    return Change.IMPROVED if after < before else Change.WORSE


def save(
    session: Session,
    key: PersonalKey,
    woman: Woman,
    answers: Mapping[str, str],
    moment: str,
    *,
    asked_on: date,
    source: str = CHAT,
    entered_by: uuid.UUID | None = None,
    consent_on: date | None = None,
    row_id: uuid.UUID | None = None,
) -> FoodSecurityInterview:
    """Store one interview; what there was of that moment (start, graduation) is kept and counts no longer."""
    lock(session, woman.id)
    row = FoodSecurityInterview(
        woman_id=woman.id,
        moment=moment[:16],
        asked_on=asked_on,
        source=source,
        entered_by=entered_by,
        consent_on=consent_on,
        answers_cipher=b"",
    )
    if row_id is not None:
        row.id = row_id
    session.add(row)
    session.flush()
    row.answers_cipher = key.encrypt({"answers": dict(answers)}, place=f"food:{row.id}", bucket=512)
    session.execute(
        update(FoodSecurityInterview)
        .where(
            FoodSecurityInterview.woman_id == woman.id,
            FoodSecurityInterview.moment == row.moment,
            FoodSecurityInterview.replaced_by.is_(None),
            FoodSecurityInterview.id != row.id,
        )
        .values(replaced_by=row.id)
        .execution_options(synchronize_session="fetch")
    )
    return row


def lock(session: Session, woman_id: uuid.UUID) -> Woman | None:
    """Lock a woman's row, so that two interviews of one moment are stored one after the other."""
    return session.scalar(select(Woman).where(Woman.id == woman_id).with_for_update(key_share=True))


def graded(key: PersonalKey, row: FoodSecurityInterview) -> Graded:
    """Return an interview with its grade."""
    answers = key.decrypt(row.answers_cipher, place=f"food:{row.id}").get("answers", {})
    return Graded(row, grade(answers))


def pair_of(interviews: Iterable[Graded]) -> Pair:
    """Return the pair of one woman's interviews; two records that were joined may have two of a moment."""
    standing = sorted(
        (one for one in interviews if one.row.replaced_by is None), key=lambda one: one.row.asked_on
    )
    starts = [one for one in standing if one.row.moment == START]
    ends = [one for one in standing if one.row.moment == GRADUATION]
    return Pair(starts[0] if starts else None, ends[-1] if ends else None)


def of_woman(session: Session, key: PersonalKey, woman_id: uuid.UUID) -> list[Graded]:
    """Return all her interviews, those that were replaced too, the newest first."""
    rows = session.scalars(
        select(FoodSecurityInterview)
        .where(FoodSecurityInterview.woman_id == woman_id)
        .order_by(FoodSecurityInterview.asked_on.desc(), FoodSecurityInterview.created_at.desc())
    )
    return [graded(key, row) for row in rows]
