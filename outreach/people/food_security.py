"""Food security: the EMSA answers as given, and the grade as CONEVAL computes it.

A missing answer is not a "no": where one of the scored questions has none, there is no grade.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from models import FoodSecurityInterview

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from models import Woman
    from outreach.sealing.crypto import PersonalKey

ADULTS = tuple(f"q{n}" for n in range(1, 7))
MINORS = tuple(f"q{n}" for n in range(7, 13))
# CONEVAL, EMSA: the highest score of each grade, without and with minors in the household.
GRADES_ADULTS = ((0, "seguridad"), (2, "leve"), (4, "moderada"), (6, "severa"))
GRADES_MINORS = ((0, "seguridad"), (3, "leve"), (7, "moderada"), (12, "severa"))


def grade(answers: Mapping[str, str]) -> str | None:
    """Return the grade of insecurity, or None where a scored question has no answer.

    `answers` maps q1..q6 (adults) and, where minors live with her, q7..q12 to `yes`, `no` or `none`.
    """
    with_minors = any(question in answers for question in MINORS)
    asked = ADULTS + MINORS if with_minors else ADULTS
    given = [answers.get(question, "none") for question in asked]
    if any(answer not in {"yes", "no"} for answer in given):
        return None
    score = given.count("yes")
    return next(name for most, name in (GRADES_MINORS if with_minors else GRADES_ADULTS) if score <= most)


def save(
    session: Session, key: PersonalKey, woman: Woman, answers: Mapping[str, str], moment: str
) -> FoodSecurityInterview:
    """Store one interview, start or graduation."""
    row = FoodSecurityInterview(woman_id=woman.id, moment=moment[:16], answers_cipher=b"")
    session.add(row)
    session.flush()
    row.answers_cipher = key.encrypt({"answers": dict(answers)}, place=f"food:{row.id}", bucket=512)
    return row
