"""The clock lets waiting lists move up, whatever left a seat free."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from models import Enrolment, EnrolmentState, Group, OutboxMessage, Session, Workshop, utcnow
from outreach.people import consent, conversations, registry
from outreach.programme import enrolment
from worker import clock, upkeep
from worker.runtime import make_runtime

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session as Database
    from sqlalchemy.orm import sessionmaker

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey
    from worker.runtime import Runtime


@pytest.fixture
def runtime(settings: Settings) -> Iterator[Runtime]:
    made = make_runtime(settings, pool_size=2)
    yield made
    made.engine.dispose()


def _group(db: Database, key: PersonalKey, code: str) -> Group:
    """A group of one seat, with two women who want it."""
    workshop = Workshop(code=code, name="Huerto en casa", axis="food")
    db.add(workshop)
    db.flush()
    group = Group(code=code, workshop_id=workshop.id, municipality="14039", place="Aula", capacity=1)
    db.add(group)
    db.flush()
    db.add(Session(code=code, group_id=group.id, starts_at=utcnow() + timedelta(days=2)))
    for number in range(2):
        details = registry.Details(full_name=f"Prueba {code} {number}")
        woman = registry.add_woman(db, key, details, municipality="14039", axis="food")
        registry.link_phone(db, key, woman, f"33{ord(code):04d}{number:04d}")
        talk = conversations.of_woman(db, woman.id)
        assert talk is not None
        consent.record(db, talk.id, consent.PRIVACY, given=True, message_sid=f"SM{code}{number}")
        enrolment.enrol(db, woman, group.id)
    return group


def _count(sessions: sessionmaker[Database]) -> tuple[int, int]:
    with sessions() as session:
        taken = select(func.count()).where(Enrolment.state == EnrolmentState.ENROLLED)
        return session.scalar(taken) or 0, session.scalar(select(func.count(OutboxMessage.id))) or 0


def test_a_raised_capacity_is_filled_within_a_tick(
    sessions: sessionmaker[Database], key: PersonalKey, runtime: Runtime
) -> None:
    """An import raises capacities and tells nobody: she moves up, is told once, and full groups stay."""
    with sessions.begin() as session:
        _group(session, key, "a").capacity = 9
        _group(session, key, "b")
    assert _count(sessions) == (2, 0)
    for _ in range(2):
        upkeep.fill_seats(runtime)
        assert _count(sessions) == (3, 1)
    assert clock.WHEEL[upkeep.fill_seats] <= 60
