"""Waiting lists move up wherever a seat comes from, in their order, and each is told once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from people import NOW, add_group, add_woman
from sqlalchemy import select

from models import Enrolment, EnrolmentState, OutboxMessage, Session
from outreach.messages import outbox
from outreach.programme import enrolment, groups, waiting_list

if TYPE_CHECKING:
    import uuid

    from sqlalchemy.orm import Session as Database

    from models import Group, Woman
    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey


def full_group(db: Database, key: PersonalKey, *, capacity: int, women: int) -> tuple[Group, list[Woman]]:
    group, _ = add_group(db, capacity=capacity)
    added = [add_woman(db, key, number)[0] for number in range(women)]
    for woman in added:
        enrolment.enrol(db, woman, group.id)
    return group, added


def seated(db: Database, group: Group) -> list[uuid.UUID]:
    query = select(Enrolment.woman_id).where(
        Enrolment.group_id == group.id, Enrolment.state == EnrolmentState.ENROLLED
    )
    return list(db.scalars(query.order_by(Enrolment.seq)))


def test_seats_that_are_added_go_to_those_who_wait(
    session: Database, key: PersonalKey, settings: Settings
) -> None:
    """Two seats more: the first two of three who wait, in their order, each told once."""
    group, women = full_group(session, key, capacity=1, women=4)
    group.capacity = 3
    session.flush()
    assert waiting_list.fill(session, key, settings, group.id, NOW) == 2
    assert seated(session, group) == [woman.id for woman in women[:3]]
    told = session.scalars(select(OutboxMessage)).all()
    assert len(told) == 2
    assert all("Se liberó un lugar" in outbox.read_content(key, one).body for one in told)
    assert waiting_list.fill(session, key, settings, group.id, NOW) == 0
    assert len(session.scalars(select(OutboxMessage)).all()) == 2


def test_who_comes_later_waits_behind_those_who_wait(session: Database, key: PersonalKey) -> None:
    """A seat that is free for a moment is not for whoever writes first."""
    group, _ = full_group(session, key, capacity=1, women=2)
    group.capacity = 5
    session.flush()
    late = enrolment.enrol(session, add_woman(session, key, 9)[0], group.id)
    assert late is not None
    assert late.state is EnrolmentState.WAITING
    assert enrolment.waiting_position(session, late) == 2


def test_a_closed_group_takes_nobody_new_and_keeps_who_waits(
    session: Database, key: PersonalKey, settings: Settings
) -> None:
    group, women = full_group(session, key, capacity=1, women=2)
    groups.close(group, NOW)
    session.flush()
    assert enrolment.enrol(session, add_woman(session, key, 9)[0], group.id) is None
    again = enrolment.enrol(session, women[0], group.id)
    assert again is not None
    waiting_list.leave_and_pass_on(session, key, settings, again, NOW)
    assert seated(session, group) == [women[1].id]
    groups.open_again(group)
    assert enrolment.enrol(session, women[0], group.id) is not None


def test_groups_with_a_seat_and_somebody_who_waits(session: Database, key: PersonalKey) -> None:
    """Neither full ones, nor those without a list, nor those whose sessions are over."""
    group, _ = full_group(session, key, capacity=1, women=2)
    assert waiting_list.with_free_seats(session, NOW) == []
    group.capacity = 2
    session.flush()
    assert waiting_list.with_free_seats(session, NOW) == [group.id]
    assert waiting_list.with_free_seats(session, NOW + timedelta(days=30)) == []
    for meeting in session.scalars(select(Session)).all():
        meeting.cancelled_at = NOW
    session.flush()
    assert waiting_list.with_free_seats(session, NOW) == []
    for meeting in session.scalars(select(Session)).all():
        session.delete(meeting)
    session.flush()
    # No date yet: the group is still to begin.
    assert waiting_list.with_free_seats(session, NOW) == [group.id]
