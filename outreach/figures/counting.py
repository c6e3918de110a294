"""What the programme did in a quarter, counted in SQL: exact counts, which nobody is shown.

Who shows them withholds first (`outreach.figures.report`). Nothing here reads a case or a conversation; of
food security the answers are opened to be graded, and leave as counts.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, cast

from sqlalchemy import and_, exists, func, literal, or_, select, tuple_
from sqlalchemy.orm import aliased

from models import (
    Affiliation,
    Attendance,
    AttendanceState,
    Enrolment,
    EnrolmentState,
    FoodSecurityInterview,
    Graduation,
    Group,
    OutboxMessage,
    OutboxState,
    Reminder,
    ReminderState,
    Session,
    Support,
    SupportKind,
    Woman,
    WomanMerge,
    Workshop,
)
from outreach.campaigns import outcomes
from outreach.casework.counts import MONTHS, Quarter
from outreach.people import food_security
from outreach.people.food_security import Change
from outreach.single_list import supports_doubles

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from sqlalchemy import CTE, ColumnElement, Select, SQLColumnExpression
    from sqlalchemy.orm import Session as Database

    from outreach.sealing.crypto import PersonalKey

FOLLOWED, ENROLLED, ATTENDING, GRADUATING = "followed", "enrolled", "attending", "graduating"
QUANTITIES: Final = (FOLLOWED, ENROLLED, ATTENDING, GRADUATING)
MONTH, AXIS, TOWN, AGENCY = "month", "axis", "town", "agency"
QUESTIONS: Final = (MONTH, AXIS, TOWN, AGENCY)
NOT_SAID, WHOLE = "not_said", "whole"
"""Where there is no value; a graduation from the whole programme, which is of no one axis."""
ARRIVED: Final = (OutboxState.DELIVERED, OutboxState.READ)


@dataclass
class Tally:
    """Women of one quantity: all of them, and by each question the women of each row."""

    total: int = 0
    by: dict[str, dict[str, int]] = field(default_factory=lambda: {question: {} for question in QUESTIONS})


@dataclass
class Food:
    """Food security of all who had graduated by the end of a quarter, by their first and last interview.

    `both`: with both interviews; `graded`: both have a grade; `before` and `after`: their grades.
    """

    graduates: int = 0
    both: int = 0
    graded: int = 0
    improved: int = 0
    before: dict[str, int] = field(default_factory=lambda: dict.fromkeys(food_security.GRADES, 0))
    after: dict[str, int] = field(default_factory=lambda: dict.fromkeys(food_security.GRADES, 0))


@dataclass
class Counts:
    """All counts of a quarter. `reminded`, `lot`: marks at the door by whether a reminder came, and by lot.

    `money`: of the supports with an amount how many, their cents, and the largest of them.
    """

    women: dict[str, Tally] = field(default_factory=dict)
    food: Food = field(default_factory=Food)
    supports_by_kind: dict[str, int] = field(default_factory=dict)
    supports_by_agency: dict[str, int] = field(default_factory=dict)
    avoided: int = 0
    joined: int = 0
    reminded: dict[str, int] = field(default_factory=dict)
    money: dict[str, int] = field(default_factory=dict)
    lot: dict[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON types."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Counts:
        """Return what `as_json` made."""
        women = {name: Tally(**tally) for name, tally in kept["women"].items()}
        return cls(**kept | {"women": women, "food": Food(**kept["food"])})


@dataclass(frozen=True)
class Span:
    """A quarter as local days (`last` is its last) and as moments."""

    first: date
    last: date
    begins: datetime
    ends: datetime

    @classmethod
    def of(cls, quarter: Quarter, zone: ZoneInfo) -> Span:
        """Return the span of a quarter in a zone."""
        first = quarter.begins
        after = Quarter(first.year + quarter.number // 4, quarter.number % 4 + 1).begins
        begins, ends = (datetime(day.year, day.month, day.day, tzinfo=zone) for day in (first, after))
        return cls(first, after - timedelta(days=1), begins, ends)


def months_of(quarter: Quarter) -> list[str]:
    """Return the months of a quarter, such as `2026-07`."""
    return [f"{quarter.year}-{quarter.begins.month + n:02}" for n in range(MONTHS)]


def count(db: Database, key: PersonalKey, quarter: Quarter, zone: ZoneInfo) -> Counts:
    """Count a quarter."""
    span = Span.of(quarter, zone)
    women = {
        FOLLOWED: _followed(db, quarter, zone, span),
        ENROLLED: _tally(db, _enrolled(zone, span)),
        ATTENDING: _tally(db, _attending(zone, span)),
        GRADUATING: _tally(db, _graduating(span)),
    }
    given = Support.day.between(span.first, span.last), Support.voided_at.is_(None)
    # With those that nobody got: which kinds were given a few times is a count under ten.
    kinds = select(SupportKind.name, func.count(Support.id)).outerjoin(
        Support, and_(Support.kind_id == SupportKind.id, *given)
    )
    agencies = select(Support.agency, func.count())
    return Counts(
        women,
        _food(db, key, span),
        _counted(db, kinds.group_by(SupportKind.name).order_by(SupportKind.name)),
        _counted(db, agencies.where(*given).group_by(Support.agency)),
        supports_doubles.count_avoided(db, span.first, span.last),
        _joined(db, span),
        _reminded(db, span),
        _money(db, given),
        _by_lot(db, span),
    )


def _money(db: Database, given: Sequence[ColumnElement[bool]]) -> dict[str, int]:
    """Return how many supports have an amount, their cents together, and the largest."""
    count, cents, largest = db.execute(
        select(func.count(Support.cents), func.sum(Support.cents), func.max(Support.cents)).where(*given)
    ).one()
    return {"count": count, "cents": int(cents or 0), "largest": largest or 0}


def _counted(db: Database, query: Select[str, int]) -> dict[str, int]:
    return dict(db.execute(query).all())


def _month(moment: SQLColumnExpression[datetime], zone: ZoneInfo) -> ColumnElement[str]:
    return func.to_char(func.timezone(zone.key, moment), "YYYY-MM")


def _enrolled(zone: ZoneInfo, span: Span) -> CTE:
    """Seats that began in the quarter; a place on a waiting list is none."""
    return (
        select(
            Enrolment.woman_id,
            _month(Enrolment.created_at, zone).label(MONTH),
            Workshop.axis.label(AXIS),
        )
        .join(Group, Group.id == Enrolment.group_id)
        .join(Workshop, Workshop.id == Group.workshop_id)
        .where(
            Enrolment.created_at >= span.begins,
            Enrolment.created_at < span.ends,
            Enrolment.state != EnrolmentState.WAITING,
        )
        .distinct()
        .cte(ENROLLED)
    )


def _attending(zone: ZoneInfo, span: Span) -> CTE:
    """Who was at a session of the quarter, as the door says."""
    return (
        select(
            Attendance.woman_id,
            _month(Session.starts_at, zone).label(MONTH),
            Workshop.axis.label(AXIS),
        )
        .join(Session, Session.id == Attendance.session_id)
        .join(Group, Group.id == Session.group_id)
        .join(Workshop, Workshop.id == Group.workshop_id)
        .where(
            Session.starts_at >= span.begins,
            Session.starts_at < span.ends,
            Session.cancelled_at.is_(None),
            Attendance.state == AttendanceState.PRESENT,
        )
        .distinct()
        .cte(ATTENDING)
    )


def _graduating(span: Span) -> CTE:
    """Whom a person of the programme declared graduated on a day of the quarter."""
    return (
        select(
            Graduation.woman_id,
            func.to_char(Graduation.day, "YYYY-MM").label(MONTH),
            func.coalesce(Workshop.axis, WHOLE).label(AXIS),
        )
        .outerjoin(Workshop, Workshop.id == Graduation.workshop_id)
        .where(Graduation.day.between(span.first, span.last), Graduation.undone_at.is_(None))
        .distinct()
        .cte(GRADUATING)
    )


def _followed(db: Database, quarter: Quarter, zone: ZoneInfo, span: Span) -> Tally:
    """Who is on the single list at the end of the quarter; by month: at the end of each."""
    months = months_of(quarter)
    month = func.greatest(_month(Woman.created_at, zone), months[0])
    rows = (
        select(Woman.id.label("woman_id"), month.label(MONTH), Woman.axis.label(AXIS))
        .where(Woman.created_at < span.ends)
        .cte(FOLLOWED)
    )
    tally = _tally(db, rows)
    so_far = 0
    for name in months:
        so_far += tally.by[MONTH].get(name, 0)
        tally.by[MONTH][name] = so_far
    return tally


def _tally(db: Database, rows: CTE) -> Tally:
    """Count the women of `rows` (woman, month, axis), all and by each question, in one statement."""
    columns = (rows.c[MONTH], rows.c[AXIS], Woman.municipality, Affiliation.agency)
    found = db.execute(
        select(func.grouping(*columns), *columns, func.count(rows.c.woman_id.distinct()))
        .select_from(rows)
        .join(Woman, Woman.id == rows.c.woman_id)
        .outerjoin(Affiliation, Affiliation.woman_id == Woman.id)
        .group_by(func.grouping_sets(tuple_(), *(tuple_(column) for column in columns)))
    )
    tally = Tally()
    # The mask has a bit, from the highest on, for each column that a row is not grouped by.
    places = {0b1111 ^ (0b1000 >> at): at for at in range(len(columns))}
    for mask, *values, number in found:
        if mask in places:
            at = places[mask]
            tally.by[QUESTIONS[at]][values[at] or NOT_SAID] = number
        else:
            tally.total = number
    return tally


def _food(db: Database, key: PersonalKey, span: Span) -> Food:
    """Grade the interviews of all who had graduated by the end of the quarter."""
    graduated = (
        select(Graduation.woman_id)
        .where(Graduation.day <= span.last, Graduation.undone_at.is_(None))
        .distinct()
        .cte("graduated")
    )
    food = Food(graduates=db.scalar(select(func.count()).select_from(graduated)) or 0)
    # Columns, not objects: of thousands of rows these take a third of the time.
    rows = db.execute(
        select(
            FoodSecurityInterview.id,
            FoodSecurityInterview.woman_id,
            FoodSecurityInterview.moment,
            FoodSecurityInterview.asked_on,
            FoodSecurityInterview.replaced_by,
            FoodSecurityInterview.answers_cipher,
        )
        .join(graduated, graduated.c.woman_id == FoodSecurityInterview.woman_id)
        .where(
            FoodSecurityInterview.asked_on <= span.last,
            FoodSecurityInterview.replaced_by.is_(None),
            FoodSecurityInterview.moment.in_((food_security.START, food_security.GRADUATION)),
        )
    )
    hers: dict[uuid.UUID, list[food_security.Graded]] = defaultdict(list)
    for row in rows:
        hers[row.woman_id].append(food_security.graded(key, cast("FoodSecurityInterview", row)))
    for interviews in hers.values():
        _add(food, food_security.pair_of(interviews))
    return food


def _add(food: Food, pair: food_security.Pair) -> None:
    food.both += pair.both
    if pair.change is None or pair.start is None or pair.end is None:
        return
    food.graded += 1
    food.improved += pair.change is Change.IMPROVED
    food.before[pair.start.grade or ""] += 1
    food.after[pair.end.grade or ""] += 1


def _joined(db: Database, span: Span) -> int:
    """Count the records that were joined in the quarter and not parted again."""
    query = select(func.count()).where(
        WomanMerge.merged_at >= span.begins, WomanMerge.merged_at < span.ends, WomanMerge.undone_at.is_(None)
    )
    return db.scalar(query) or 0


def _reminded(db: Database, span: Span) -> dict[str, int]:
    """Count marks at the door, present and absent, by whether a reminder had arrived at her phone.

    A reminder that arrived for an earlier time of a session that moved reminded her of another one.
    """
    arrived = exists().where(
        Reminder.woman_id == Attendance.woman_id,
        Reminder.session_id == Attendance.session_id,
        Reminder.revision == Session.revision,
        OutboxMessage.id == Reminder.outbox_id,
        OutboxMessage.state.in_(ARRIVED),
    )
    rows = (
        select(Attendance.state.label("state"), arrived.label("reached"))
        .join(Session, Session.id == Attendance.session_id)
        .where(
            and_(
                Session.starts_at >= span.begins,
                Session.starts_at < span.ends,
                Session.cancelled_at.is_(None),
            )
        )
        .cte("marks")
    )
    counted = {f"{who}_{state.value}": 0 for who in ("reached", "others") for state in AttendanceState}
    query = select(rows.c.reached, rows.c.state, func.count(literal(1))).group_by(
        rows.c.reached, rows.c.state
    )
    for reached, state, number in db.execute(query):
        counted[f"{'reached' if reached else 'others'}_{state.value}"] = number
    return counted


def _by_lot(db: Database, span: Span) -> dict[str, int]:
    """Count marks at the door of women with a reminder and of those whom the lot left without.

    Only sessions of which the lot left somebody without are compared, and only women who were to be reminded:
    whether it arrived is not asked, so that the lot alone tells the two groups apart.
    """
    others = aliased(Reminder)
    drawn = exists().where(others.session_id == Session.id, others.reason == outcomes.HELD_OUT)
    hers = Reminder.woman_id == Attendance.woman_id, Reminder.session_id == Attendance.session_id
    without = exists().where(*hers, Reminder.reason == outcomes.HELD_OUT)
    with_one = exists().where(*hers, Reminder.state.in_((ReminderState.HANDED_OVER, ReminderState.ANSWERED)))
    rows = db.execute(
        select(without.label("without"), Attendance.state, func.count(literal(1)))
        .join(Session, Session.id == Attendance.session_id)
        .where(
            Session.starts_at >= span.begins,
            Session.starts_at < span.ends,
            Session.cancelled_at.is_(None),
            drawn,
            or_(without, with_one),
        )
        .group_by(without, Attendance.state)
    )
    counted = dict.fromkeys(("with_came", "with_not", "without_came", "without_not"), 0)
    for held, state, number in rows:
        came = "came" if state is AttendanceState.PRESENT else "not"
        counted[f"{'without' if held else 'with'}_{came}"] += number
    return counted
