"""Who came to a session: marks from the door, her card, the page or a list; the last by its own time counts.

What she said beforehand (`models.Rsvp`) is another thing and is never changed here. Every mark stays in the
history, also one that another overrules.
"""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import delete, or_, select
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.orm import joinedload

from models import (
    Attendance,
    AttendanceMark,
    AttendanceState,
    Enrolment,
    EnrolmentState,
    Group,
    MarkSource,
    MarkState,
    Rsvp,
    Session,
    Staff,
    Woman,
)
from outreach.people import registry
from outreach.programme import session_notices

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from sqlalchemy.orm import Session as Database

    from outreach.sealing.crypto import PersonalKey

BEFORE = timedelta(hours=12)
"""So long before a session begins nobody can have come to it."""
CANCELLED, TOO_EARLY, NOT_HERS = "cancelled", "too_early", "not_hers"
ACTIVE = (EnrolmentState.ENROLLED, EnrolmentState.WAITING)


class Mark(NamedTuple):
    """A mark as it was made; `id` is the one that it got there, `at` the moment of the tap."""

    id: uuid.UUID
    woman_id: uuid.UUID
    state: MarkState
    at: datetime


@dataclass
class Outcome:
    """What became of marks: new ones kept, those that were here already, and why others were refused."""

    kept: int = 0
    known: int = 0
    refused: dict[uuid.UUID, str] = field(default_factory=dict)

    def reasons(self) -> dict[str, int]:
        """Count the refusals by their reason."""
        return dict(Counter(self.refused.values()))


@dataclass(frozen=True)
class Noted:
    """A mark in the history of one woman at one session."""

    state: MarkState
    source: MarkSource
    at: datetime
    by: str


@dataclass(frozen=True)
class Line:
    """A woman on the list of a session: what she said, and what the door says.

    `ref` is her seat in the group, which names her to nobody; None where she has none any more.
    """

    ref: uuid.UUID | None
    woman_id: uuid.UUID
    name: str
    waiting: bool
    answer: str | None
    state: str | None
    history: Sequence[Noted]


def record(
    db: Database,
    session_id: uuid.UUID,
    marks: Iterable[Mark],
    *,
    source: MarkSource,
    by: uuid.UUID | None,
    now: datetime,
) -> Outcome:
    """Keep marks of one session; the same mark twice is one, and whatever is refused is told with its reason.

    A mark of a clock that runs ahead counts as made now. The session is locked: of two phones that send at
    one moment the second sees what the first has written.
    """
    outcome = Outcome()
    wanted = {mark.id: mark for mark in marks}
    session = db.get(Session, session_id, with_for_update={"key_share": True}, populate_existing=True)
    if session is None or session.cancelled_at is not None:
        outcome.refused = dict.fromkeys(wanted, CANCELLED)
        return outcome
    known = set(db.scalars(select(AttendanceMark.id).where(AttendanceMark.id.in_(wanted))))
    hers = _members(db, session)
    touched: set[uuid.UUID] = set()
    for mark in wanted.values():
        at = min(mark.at, now)
        if mark.id in known:
            outcome.known += 1
        elif mark.woman_id not in hers:
            outcome.refused[mark.id] = NOT_HERS
        elif at < session.starts_at - BEFORE:
            outcome.refused[mark.id] = TOO_EARLY
        else:
            db.add(
                AttendanceMark(
                    id=mark.id,
                    woman_id=mark.woman_id,
                    session_id=session.id,
                    state=mark.state,
                    source=source,
                    marked_at=at,
                    received_at=now,
                    recorded_by=by,
                )
            )
            outcome.kept += 1
            touched.add(mark.woman_id)
    db.flush()
    _settle(db, session.id, touched)
    return outcome


def note(
    db: Database,
    session_id: uuid.UUID,
    mark: Mark,
    *,
    source: MarkSource,
    by: uuid.UUID | None,
    now: datetime,
) -> None:
    """Keep one mark that the caller has checked, without reading: lists have many. A later mark stays."""
    db.add(
        AttendanceMark(
            id=mark.id, woman_id=mark.woman_id, session_id=session_id, state=mark.state, source=source,
            marked_at=mark.at, received_at=now, recorded_by=by,
        )
    )  # fmt: skip
    db.flush()
    new = insert(Attendance).values(
        id=uuid.uuid4(), woman_id=mark.woman_id, session_id=session_id, recorded_by=by,
        state=AttendanceState(mark.state.value), updated_at=mark.at,
    )  # fmt: skip
    changed = {name: new.excluded[name] for name in ("state", "recorded_by", "updated_at")}
    db.execute(
        new.on_conflict_do_update(
            index_elements=["woman_id", "session_id"],
            set_=changed,
            where=Attendance.updated_at <= new.excluded.updated_at,
        )
    )


def _members(db: Database, session: Session) -> set[uuid.UUID]:
    """Whom the list of a session may name: all who have or had a seat in its group."""
    return set(db.scalars(select(Enrolment.woman_id).where(Enrolment.group_id == session.group_id)))


def _settle(db: Database, session_id: uuid.UUID, women: Collection[uuid.UUID]) -> None:
    """Let the last mark of each of these women count; of two of one moment always the same one."""
    if not women:
        return
    last = db.scalars(
        select(AttendanceMark)
        .ext(distinct_on(AttendanceMark.woman_id))
        .where(AttendanceMark.session_id == session_id, AttendanceMark.woman_id.in_(women))
        .order_by(AttendanceMark.woman_id, AttendanceMark.marked_at.desc(), AttendanceMark.id.desc())
    ).all()
    blank = [mark.woman_id for mark in last if mark.state is MarkState.BLANK]
    db.execute(delete(Attendance).where(Attendance.session_id == session_id, Attendance.woman_id.in_(blank)))
    rows = [
        {
            "id": uuid.uuid4(),
            "woman_id": mark.woman_id,
            "session_id": session_id,
            "state": AttendanceState(mark.state.value),
            "recorded_by": mark.recorded_by,
            "updated_at": mark.marked_at,
        }
        for mark in last
        if mark.state is not MarkState.BLANK
    ]
    if rows:
        new = insert(Attendance).values(rows)
        changed = {name: new.excluded[name] for name in ("state", "recorded_by", "updated_at")}
        db.execute(new.on_conflict_do_update(index_elements=["woman_id", "session_id"], set_=changed))
    db.expire_all()


def of_refs(db: Database, session: Session, refs: Collection[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """Return the women of these seats in the session's group."""
    rows = db.execute(
        select(Enrolment.id, Enrolment.woman_id).where(
            Enrolment.id.in_(refs), Enrolment.group_id == session.group_id
        )
    )
    return {row.id: row.woman_id for row in rows}


def session_of(db: Database, session_id: uuid.UUID) -> Session | None:
    """Return a session with its group and workshop."""
    return db.scalar(
        select(Session)
        .where(Session.id == session_id)
        .options(joinedload(Session.group).joinedload(Group.workshop))
    )


def lines(db: Database, key: PersonalKey, session: Session) -> list[Line]:
    """Return the list of a session by name, in four statements; who left is on it where she was marked."""
    marked = select(AttendanceMark.woman_id).where(AttendanceMark.session_id == session.id)
    rows = db.execute(
        select(Woman, Enrolment.id, Enrolment.state)
        .join(Enrolment, Enrolment.woman_id == Woman.id)
        .where(
            Enrolment.group_id == session.group_id,
            or_(Enrolment.state.in_(ACTIVE), Enrolment.woman_id.in_(marked)),
        )
        .order_by(Enrolment.seq)
    ).all()
    seats: dict[uuid.UUID, tuple[Woman, uuid.UUID | None, bool]] = {}
    for woman, ref, state in rows:
        gone = state is EnrolmentState.LEFT
        if not gone or woman.id not in seats:
            seats[woman.id] = (woman, None if gone else ref, state is EnrolmentState.WAITING)
    answers = {
        woman_id: given.value
        for woman_id, given in db.execute(
            select(Rsvp.woman_id, Rsvp.answer).where(
                Rsvp.session_id == session.id, ~session_notices.outdated()
            )
        )
    }
    states = {
        woman_id: state.value
        for woman_id, state in db.execute(
            select(Attendance.woman_id, Attendance.state).where(Attendance.session_id == session.id)
        )
    }
    history = _history(db, session.id)
    found = [
        Line(
            ref, woman.id, _name(key, woman), waiting, answers.get(woman.id), states.get(woman.id),
            history[woman.id],
        )
        for woman, ref, waiting in seats.values()
    ]  # fmt: skip
    return sorted(found, key=lambda line: (line.waiting, registry.plain_name(line.name)))


def _history(db: Database, session_id: uuid.UUID) -> dict[uuid.UUID, list[Noted]]:
    found: dict[uuid.UUID, list[Noted]] = defaultdict(list)
    rows = db.execute(
        select(AttendanceMark, Staff.display_name)
        .outerjoin(Staff, Staff.id == AttendanceMark.recorded_by)
        .where(AttendanceMark.session_id == session_id)
        .order_by(AttendanceMark.marked_at.desc(), AttendanceMark.id.desc())
    )
    for mark, by in rows:
        found[mark.woman_id].append(Noted(mark.state, mark.source, mark.marked_at, by or ""))
    return found


def _name(key: PersonalKey, woman: Woman) -> str:
    details = registry.read_details(key, woman)
    return details.full_name or details.preferred_name


def short_names(names: Sequence[str]) -> list[str]:
    """Return what is shown on a phone at the door: first names, with a letter more where two are alike."""
    firsts = [(name.split() or [""])[0] for name in names]
    alike = Counter(registry.plain_name(first) for first in firsts)
    shown = []
    for name, first in zip(names, firsts, strict=True):
        rest = name.split()[1:]
        twice = alike[registry.plain_name(first)] > 1 and rest
        shown.append(f"{first} {''.join(part[0] + '.' for part in rest)}" if twice else first)
    return shown
