"""The programme as coordinators see it: workshops, groups with their seats, sessions and answers.

Nothing here reads a conversation's private state: what a coordinator sees must not change because
of what a woman told in confidence (promises P4, P7).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import joinedload

from models import (
    Enrolment,
    EnrolmentState,
    Group,
    Municipality,
    Rsvp,
    Session,
    Woman,
    Workshop,
)
from outreach.people import registry
from outreach.programme import session_notices

if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session as Database

    from outreach.sealing.crypto import PersonalKey


@dataclass(frozen=True)
class GroupLine:
    """A group with its seats."""

    group: Group
    municipality: str
    enrolled: int
    waiting: int
    next_session: datetime | None


@dataclass(frozen=True)
class WorkshopLine:
    """A workshop with how many groups and enrolled women it has."""

    workshop: Workshop
    groups: int
    enrolled: int


@dataclass(frozen=True)
class Seat:
    """A woman in a group and what she answered about one session; `earlier`: another answer just before."""

    woman_id: uuid.UUID
    name: str
    waiting: bool
    answer: str | None
    earlier: str | None = None


@dataclass(frozen=True)
class WomanLine:
    """A woman on the list, with the groups she is in."""

    id: uuid.UUID
    name: str
    municipality: str | None
    groups: list[str]


@dataclass(frozen=True)
class WomenPage:
    """A page of the list; `newer` and `older` are the women before and after whom the next pages lie."""

    lines: list[WomanLine]
    newer: uuid.UUID | None
    older: uuid.UUID | None


def count_groups(
    db: Database, *, municipality: str | None = None, workshop_id: uuid.UUID | None = None
) -> int:
    """Count the groups that fit."""
    query = select(func.count()).select_from(Group)
    if municipality:
        query = query.where(Group.municipality == municipality)
    if workshop_id:
        query = query.where(Group.workshop_id == workshop_id)
    return db.scalar(query) or 0


def group_lines(
    db: Database,
    now: datetime,
    *,
    municipality: str | None = None,
    workshop_id: uuid.UUID | None = None,
    group_id: uuid.UUID | None = None,
    offset: int = 0,
    limit: int = 50,
) -> list[GroupLine]:
    """Return groups with enrolled, waiting and the next session."""
    seats = select(func.count()).where(Enrolment.group_id == Group.id).correlate(Group)
    upcoming = select(func.min(Session.starts_at)).where(
        Session.group_id == Group.id, Session.starts_at > now, Session.cancelled_at.is_(None)
    )
    query = (
        select(
            Group,
            Municipality.name,
            seats.where(Enrolment.state == EnrolmentState.ENROLLED).scalar_subquery(),
            seats.where(Enrolment.state == EnrolmentState.WAITING).scalar_subquery(),
            upcoming.correlate(Group).scalar_subquery(),
        )
        .join(Municipality, Municipality.code == Group.municipality)
        .options(joinedload(Group.workshop))
        .order_by(Municipality.name, Group.code)
        .offset(offset)
        .limit(limit)
    )
    if municipality:
        query = query.where(Group.municipality == municipality)
    if workshop_id:
        query = query.where(Group.workshop_id == workshop_id)
    if group_id:
        query = query.where(Group.id == group_id)
    return [GroupLine(*row) for row in db.execute(query)]


def workshops(db: Database) -> list[WorkshopLine]:
    """Return the workshops, by axis: groups and seats are counted once for all, not once a workshop."""
    groups = select(Group.workshop_id, func.count().label("groups")).group_by(Group.workshop_id).subquery()
    taken = (
        select(Group.workshop_id, func.count().label("women"))
        .join(Enrolment, Enrolment.group_id == Group.id)
        .where(Enrolment.state == EnrolmentState.ENROLLED)
        .group_by(Group.workshop_id)
        .subquery()
    )
    query = (
        select(Workshop, func.coalesce(groups.c.groups, 0), func.coalesce(taken.c.women, 0))
        .outerjoin(groups, groups.c.workshop_id == Workshop.id)
        .outerjoin(taken, taken.c.workshop_id == Workshop.id)
        .order_by(Workshop.axis, Workshop.name)
    )
    return [WorkshopLine(*row) for row in db.execute(query)]


def group_line(db: Database, now: datetime, group_id: uuid.UUID) -> GroupLine | None:
    """Return one group with its seats."""
    return next(iter(group_lines(db, now, group_id=group_id)), None)


def workshop_names(db: Database) -> Sequence[Workshop]:
    """Return the workshops by name, without counting anything."""
    return db.scalars(select(Workshop).order_by(Workshop.name)).all()


def municipalities(db: Database) -> list[tuple[str, str]]:
    """Return code and name of every municipality, by name."""
    rows = db.execute(select(Municipality.code, Municipality.name).order_by(Municipality.name))
    return [(code, name) for code, name in rows]


def used_municipalities(db: Database) -> Sequence[Municipality]:
    """Return the municipalities that have groups."""
    query = select(Municipality).where(Municipality.code.in_(select(Group.municipality)))
    return db.scalars(query.order_by(Municipality.name)).all()


def seats(db: Database, key: PersonalKey, group: Group, session: Session | None) -> list[Seat]:
    """Return who is in a group, by name, with what each answered about a session."""
    answers: dict[uuid.UUID, Rsvp] = {}
    if session is not None:
        rows = db.scalars(select(Rsvp).where(Rsvp.session_id == session.id, ~session_notices.outdated()))
        answers = {row.woman_id: row for row in rows}
    found = db.execute(
        select(Woman, Enrolment.state)
        .join(Enrolment, Enrolment.woman_id == Woman.id)
        .where(
            Enrolment.group_id == group.id,
            Enrolment.state.in_((EnrolmentState.ENROLLED, EnrolmentState.WAITING)),
        )
        .order_by(Enrolment.state, Enrolment.seq)
    ).all()
    return [
        Seat(
            woman_id=woman.id,
            name=name_of(key, woman),
            waiting=state is EnrolmentState.WAITING,
            answer=given.answer.value if (given := answers.get(woman.id)) else None,
            earlier=given.earlier.value if given and given.earlier else None,
        )
        for woman, state in found
    ]


def answers_of(seats_of_group: list[Seat]) -> dict[str, int]:
    """Count the answers of those who have a seat; `none` counts who has not answered."""
    return dict(Counter(seat.answer or "none" for seat in seats_of_group if not seat.waiting))


def women(
    db: Database,
    key: PersonalKey,
    *,
    municipality: str | None = None,
    after: uuid.UUID | None = None,
    before: uuid.UUID | None = None,
    limit: int = 50,
) -> WomenPage:
    """Return a page of the list, newest first, with the groups of each.

    It begins after the woman `after`, or ends before the woman `before`: no page costs more than the first.
    One who is no longer on the list stands for the beginning.
    """
    at = _place_of(db, after or before)
    back = before is not None and at is not None
    place = tuple_(Woman.created_at, Woman.id)
    query = select(Woman, Municipality.name).outerjoin(Municipality, Municipality.code == Woman.municipality)
    if municipality:
        query = query.where(Woman.municipality == municipality)
    if at is not None:
        query = query.where(place > tuple_(*at) if back else place < tuple_(*at))
    order = (Woman.created_at.asc(), Woman.id.asc()) if back else (Woman.created_at.desc(), Woman.id.desc())
    rows = db.execute(query.order_by(*order).limit(limit + 1)).all()
    more, found = len(rows) > limit, rows[:limit]
    if back:
        found = found[::-1]
    groups = _groups_of(db, [woman.id for woman, _ in found])
    lines = [
        WomanLine(woman.id, name_of(key, woman), town, groups.get(woman.id, [])) for woman, town in found
    ]
    first, last = (found[0][0].id, found[-1][0].id) if found else (None, None)
    return WomenPage(
        lines,
        newer=first if (more if back else at is not None) else None,
        older=last if (back or more) else None,
    )


def _place_of(db: Database, woman_id: uuid.UUID | None) -> tuple[datetime, uuid.UUID] | None:
    if woman_id is None:
        return None
    created_at = db.scalar(select(Woman.created_at).where(Woman.id == woman_id))
    return (created_at, woman_id) if created_at is not None else None


def _groups_of(db: Database, women_ids: list[uuid.UUID]) -> dict[uuid.UUID, list[str]]:
    groups: dict[uuid.UUID, list[str]] = {}
    active = (
        select(Enrolment.woman_id, Workshop.name, Group.code)
        .join(Group, Group.id == Enrolment.group_id)
        .join(Workshop, Workshop.id == Group.workshop_id)
        .where(Enrolment.woman_id.in_(women_ids), Enrolment.state == EnrolmentState.ENROLLED)
        .order_by(Enrolment.seq)
    )
    for woman_id, workshop, code in db.execute(active):
        groups.setdefault(woman_id, []).append(f"{workshop} ({code})")
    return groups


def names(db: Database, key: PersonalKey, women_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Return the names of these women."""
    found = db.scalars(select(Woman).where(Woman.id.in_(women_ids)))
    return {woman.id: name_of(key, woman) for woman in found}


def name_of(key: PersonalKey, woman: Woman) -> str:
    """Return the name under which the programme knows her."""
    details = registry.read_details(key, woman)
    return details.full_name or details.preferred_name
