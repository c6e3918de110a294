"""Whom to call: women who were absent twice running, by the rules of contact that each has set.

A run of absences is called about once: done is done, and after three tries nobody tries again until she has
come once more. She who left the reminders is on no list: nothing is initiated by us (promise P6).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import and_, case, func, select, tuple_
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased, joinedload, selectinload

from models import (
    AbsenceCall,
    Affiliation,
    Attendance,
    AttendanceState,
    CallResult,
    Conversation,
    Enrolment,
    EnrolmentState,
    Group,
    Session,
    Woman,
)
from outreach.ground import programme_rules
from outreach.messages import conversation_state, may_send
from outreach.people import conversations, registry

if TYPE_CHECKING:
    import uuid

    from sqlalchemy import ColumnElement, Subquery
    from sqlalchemy.orm import Session as Database

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

LOOKS_BACK: Final = timedelta(days=90)
MOST_TRIES: Final = 3
PAGE: Final = 50
NEVER_INITIATED = frozenset({conversations.OPTED_OUT, conversations.BLOCKED})


class Place(NamedTuple):
    """Where a page begins: after this session and woman."""

    session_id: uuid.UUID
    woman_id: uuid.UUID


@dataclass(frozen=True)
class Absent:
    """A woman to call: the session she missed last, her numbers, from when, and how often it was tried.

    `call_from` is now, or the moment from which her hours allow it; `shared`: others may answer.
    """

    woman_id: uuid.UUID
    name: str
    session: Session
    numbers: tuple[str, ...]
    call_from: datetime
    shared: bool
    tries: int


@dataclass(frozen=True)
class Page:
    """A page of the list, and where the next one begins."""

    lines: list[Absent]
    more: Place | None


def listed(
    db: Database,
    key: PersonalKey,
    settings: Settings,
    now: datetime,
    after: Place | None = None,
    *,
    agency: str | None = None,
) -> Page:
    """Return a page of those to call, newest absence first, in a fixed number of statements.

    Who works for one agency gets the numbers of its own women, and of those whom no agency has on a list.
    """
    run = _runs(now)
    last = aliased(Session)
    query = (
        select(Woman, last, run.c.tries)
        .join(run, run.c.woman_id == Woman.id)
        .join(last, last.id == run.c.session_id)
        .options(joinedload(last.group).joinedload(Group.workshop))
        .order_by(last.starts_at.desc(), last.id.desc(), Woman.id.desc())
        .limit(PAGE + 1)
    )
    query = query.where(*_of_agency(agency))
    if after is not None:
        began = select(Session.starts_at).where(Session.id == after.session_id).scalar_subquery()
        place = tuple_(last.starts_at, last.id, Woman.id)
        query = query.where(place < tuple_(began, after.session_id, after.woman_id))
    rows = db.execute(query).all()
    shown = rows[:PAGE]
    reached = conversations.reaches(db, [woman.id for woman, _, _ in shown])
    ids = [reach.conversation_id for reach in reached.values() if reach.conversation_id]
    talks = {
        talk.id: talk
        for talk in db.scalars(
            select(Conversation).where(Conversation.id.in_(ids)).options(selectinload(Conversation.addresses))
        )
    }
    lines = []
    for woman, session, tries in shown:
        reach = reached[woman.id]
        if reach.reason in NEVER_INITIATED:
            continue
        talk = talks.get(reach.conversation_id) if reach.conversation_id else None
        lines.append(_line(db, key, settings, now, woman, session, talk, tries))
    more = Place(shown[-1][1].id, shown[-1][0].id) if len(rows) > PAGE else None
    return Page(lines, more)


def _of_agency(agency: str | None) -> tuple[ColumnElement[bool], ...]:
    """Return the condition of the women whom one agency may call (None: all)."""
    if agency is None:
        return ()
    anywhere = select(Affiliation.id).where(Affiliation.woman_id == Woman.id)
    return (anywhere.where(Affiliation.agency == agency).exists() | ~anywhere.exists(),)


def _line(
    db: Database, key: PersonalKey, settings: Settings, now: datetime, woman: Woman, session: Session,
    talk: Conversation | None, tries: int,
) -> Absent:  # fmt: skip
    details = registry.read_details(key, woman)
    name = details.full_name or details.preferred_name
    if talk is None:
        return Absent(woman.id, name, session, (), now, shared=False, tries=tries)
    state = conversation_state.read(key, talk)
    rules = programme_rules.rules_for(db, settings, session.group.workshop.programme_id)
    call_from = may_send.next_allowed(now, rules, state)
    numbers = registry.numbers_of(key, talk)
    return Absent(woman.id, name, session, numbers, call_from, shared=state.phone_shared is True, tries=tries)


def _runs(now: datetime) -> Subquery:
    """The women in a seat whose last two noted sessions of a group are absences, not yet called about."""
    noted = (
        select(
            Attendance.woman_id,
            Session.group_id,
            Session.id.label("session_id"),
            Session.starts_at,
            Attendance.state,
            func.row_number()
            .over(
                partition_by=(Attendance.woman_id, Session.group_id),
                order_by=(Session.starts_at.desc(), Session.id),
            )
            .label("back"),
        )
        .join(Session, Session.id == Attendance.session_id)
        .where(Session.cancelled_at.is_(None), Session.starts_at <= now, Session.starts_at > now - LOOKS_BACK)
        .subquery()
    )
    absent = noted.c.state == AttendanceState.ABSENT
    two = (
        select(
            noted.c.woman_id,
            noted.c.group_id,
            func.max(case((noted.c.state == AttendanceState.PRESENT, noted.c.starts_at))).label("came_at"),
            func.max(noted.c.starts_at).label("missed_at"),
        )
        .group_by(noted.c.woman_id, noted.c.group_id)
        .having(func.count().filter(and_(absent, noted.c.back <= 2)) == 2)  # noqa: PLR2004 (twice running)
        .subquery()
    )
    called = aliased(Session)
    calls = (
        select(
            func.count().label("tries"),
            func.coalesce(func.bool_or(AbsenceCall.result == CallResult.DONE), False).label("done"),
        )
        .select_from(AbsenceCall)
        .join(called, called.id == AbsenceCall.session_id)
        .where(
            AbsenceCall.woman_id == two.c.woman_id,
            called.group_id == two.c.group_id,
            called.starts_at > func.coalesce(two.c.came_at, now - LOOKS_BACK),
        )
        .lateral()
    )
    return (
        select(two.c.woman_id, noted.c.session_id, calls.c.tries)
        .join(
            noted,
            and_(noted.c.woman_id == two.c.woman_id, noted.c.group_id == two.c.group_id, noted.c.back == 1),
        )
        .join(
            Enrolment,
            and_(
                Enrolment.woman_id == two.c.woman_id,
                Enrolment.group_id == two.c.group_id,
                Enrolment.state == EnrolmentState.ENROLLED,
            ),
        )
        .join(calls, ~calls.c.done & (calls.c.tries < MOST_TRIES))
        .subquery()
    )


def called(
    db: Database, woman_id: uuid.UUID, session_id: uuid.UUID, tries: int, result: CallResult, *,
    by: uuid.UUID | None, now: datetime, agency: str | None = None,
) -> bool:  # fmt: skip
    """Note a call; `tries` are those that the list showed.

    False: somebody noted that one already, or she is not on the list of who asks: she came, left the group,
    or is of other agencies.
    """
    run = _runs(now)
    hers = (Woman.id == woman_id, run.c.session_id == session_id)
    listed_now = select(Woman.id).join(run, run.c.woman_id == Woman.id).where(*hers)
    if db.scalar(listed_now.where(*_of_agency(agency))) is None:
        return False
    row = AbsenceCall(
        woman_id=woman_id,
        session_id=session_id,
        attempt=tries + 1,
        result=result,
        called_at=now,
        called_by=by,
    )
    try:
        with db.begin_nested():
            db.add(row)
    except IntegrityError:
        return False
    return True
