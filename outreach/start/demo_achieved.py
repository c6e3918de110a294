"""The sample programme's last quarter: groups that are over, who came, who graduated, and their interviews.

Of a hundred graduates with both interviews eight improved, as the programme reported (domain.md, 1).
"""

from __future__ import annotations

import random
import uuid
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import select, update

from models import (
    Attendance,
    AttendanceState,
    CompletionRule,
    Enrolment,
    EnrolmentState,
    FoodSecurityInterview,
    Graduation,
    Group,
    Session,
    Woman,
    Workshop,
)
from outreach.casework.counts import quarter_of
from outreach.people.food_security import ADULTS, CHAT, FORM, GRADUATION, START

if TYPE_CHECKING:
    from sqlalchemy.orm import Session as Database

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

WOMEN, INTERVIEWED, IMPROVED = 270, 250, 20
SESSIONS, LEAST = 4, 3
STARTS = (8, 38)
"""On which days of the quarter the groups begin; all are over before its end."""
EARLIER: Final = timedelta(days=400)
"""By how much the sample women are on the list before now."""
# Yes to so many of the six questions: severe, moderate, mild; who improves goes to the next better grade.
_ANSWERS: Final = ((5, 3), (4, 2), (2, 0))


def load(db: Database, key: PersonalKey, settings: Settings, now: datetime) -> None:
    """Let most of the sample women have been in a group of the last quarter and graduate from it."""
    begins = quarter_of(now.astimezone(settings.timezone).date()).before().begins
    db.execute(
        update(Woman)
        .values(created_at=Woman.created_at - EARLIER)
        .execution_options(synchronize_session=False)
    )
    chance = random.Random(8)  # noqa: S311 (invented people, not secrets)
    women = db.scalars(select(Woman).order_by(Woman.created_at, Woman.id).limit(WOMEN)).all()
    workshops = db.scalars(select(Workshop).order_by(Workshop.axis, Workshop.code)).all()
    groups = [
        _group(db, workshop, begins + timedelta(days=STARTS[place % len(STARTS)]), settings)
        for place, workshop in enumerate(workshops)
    ]
    for number, woman in enumerate(women):
        group, meetings, rule = groups[number % len(groups)]
        ended = meetings[-1].starts_at
        db.add(
            Enrolment(woman_id=woman.id, group_id=group.id, state=EnrolmentState.LEFT,
                      created_at=meetings[0].starts_at - timedelta(days=3), left_at=ended)
        )  # fmt: skip
        missed = chance.randrange(2 * SESSIONS)
        for place, meeting in enumerate(meetings):
            state = AttendanceState.ABSENT if place == missed else AttendanceState.PRESENT
            db.add(Attendance(woman_id=woman.id, session_id=meeting.id, state=state, updated_at=ended))
        day = ended.astimezone(settings.timezone).date()
        db.add(
            Graduation(woman_id=woman.id, programme_id=group.workshop.programme_id,
                       workshop_id=group.workshop_id, rule_id=rule.id, day=day, created_at=ended)
        )  # fmt: skip
        if number < INTERVIEWED:
            before, better = _ANSWERS[number % len(_ANSWERS)]
            _interview(db, key, woman, START, begins + timedelta(days=number % 9), before)
            _interview(db, key, woman, GRADUATION, day, better if number < IMPROVED else before)
    db.flush()


def _group(
    db: Database, workshop: Workshop, day: date, settings: Settings
) -> tuple[Group, list[Session], CompletionRule]:
    """Add a group of a workshop that met in the quarter and is closed."""
    like = db.scalars(select(Group).where(Group.workshop_id == workshop.id).order_by(Group.code)).first()
    first = datetime.combine(day, time(10), tzinfo=settings.timezone).astimezone(UTC)
    group = Group(
        code=f"{workshop.code}-antes",
        workshop_id=workshop.id,
        municipality=like.municipality if like else "14039",
        place=like.place if like else "Centro comunitario",
        capacity=60,
        closed_at=first + timedelta(days=46),
    )
    db.add(group)
    db.flush()
    meetings = [
        Session(
            code=f"{group.code}-{place + 1}",
            group_id=group.id,
            starts_at=first + timedelta(days=15 * place),
        )
        for place in range(SESSIONS)
    ]
    rule = db.scalars(
        select(CompletionRule).where(
            CompletionRule.workshop_id == workshop.id, CompletionRule.ended_at.is_(None)
        )
    ).first()
    if rule is None:
        rule = CompletionRule(
            programme_id=workshop.programme_id, workshop_id=workshop.id, least_sessions=LEAST
        )
        db.add(rule)
    db.add_all(meetings)
    db.flush()
    return group, meetings, rule


def _interview(db: Database, key: PersonalKey, woman: Woman, moment: str, day: date, yes: int) -> None:
    """Store answers as the chat or a form would have; one in three was asked on paper."""
    row_id = uuid.uuid4()
    given = dict(zip(ADULTS, ["yes"] * yes + ["no"] * (len(ADULTS) - yes), strict=True))
    on_paper = woman.id.int % 3 == 0
    db.add(
        FoodSecurityInterview(
            id=row_id,
            woman_id=woman.id,
            moment=moment,
            asked_on=day,
            source=FORM if on_paper else CHAT,
            consent_on=day if on_paper else None,
            answers_cipher=key.encrypt({"answers": given}, place=f"food:{row_id}", bucket=512),
        )
    )
