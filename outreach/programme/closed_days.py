"""The closed days of the calendar: federal ones by law, the state's and the school's as data.

Sessions are planned past all of them. Legal terms stand still on federal and state days only: those of the
school calendar have a kind of their own (`HolidayKind`).
"""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

import holidays
from sqlalchemy import delete, literal, or_, select
from sqlalchemy.dialects.postgresql import insert

from models import Holiday, HolidayKind
from outreach.ground import dates
from outreach.texts import programme as texts

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable
    from datetime import date

    from sqlalchemy.orm import Session

MOST_DAYS = 92
"""Days entered at once: the longest closure of a school year is its summer."""


class ClosedDaysError(ValueError):
    """These days can't be entered; the message says why, for the coordinator."""


class Closure(NamedTuple):
    """Closed days in a row under one name; `ids` are empty for the federal ones, which nobody enters."""

    first: date
    last: date
    name: str
    kind: HolidayKind | None
    source: str
    programme_id: uuid.UUID | None
    ids: tuple[uuid.UUID, ...]


@cache
def federal(year: int) -> dict[date, str]:
    """Return the federal days of rest of a year with their names (Ley Federal del Trabajo, art. 74)."""
    return dict(holidays.country_holidays(dates.COUNTRY, years=year, language="es"))


def reasons(session: Session, programme_id: uuid.UUID, first: date, last: date) -> Callable[[date], str]:
    """Return what names the reason why a day is closed for a programme, between two days; one statement."""
    rows = session.execute(
        select(Holiday.day, Holiday.name).where(
            Holiday.day.between(first, last),
            or_(Holiday.programme_id.is_(None), Holiday.programme_id == programme_id),
        )
    )
    entered = {day: name for day, name in rows}  # noqa: C416 (rows are no tuples to mypy)
    return lambda day: federal(day.year).get(day) or entered.get(day, "")


def listed(session: Session, since: date, until: date) -> list[Closure]:
    """Return the closures from one day to another, days in a row as one, with the federal ones among them."""
    rows = session.scalars(
        select(Holiday)
        .where(Holiday.day.between(since, until))
        .order_by(Holiday.programme_id, Holiday.kind, Holiday.name, Holiday.source, Holiday.day)
    ).all()

    def run(numbered: tuple[int, Holiday]) -> tuple[object, ...]:
        place, row = numbered
        return row.programme_id, row.kind, row.name, row.source, row.day - timedelta(days=place)

    found = []
    for _, days in groupby(enumerate(rows), key=run):
        held = [row for _, row in days]
        one = held[0]
        found.append(
            Closure(one.day, held[-1].day, one.name, one.kind, one.source, one.programme_id,
                    tuple(row.id for row in held))
        )  # fmt: skip
    found += [
        Closure(day, day, name, None, "", None, ())
        for year in range(since.year, until.year + 1)
        for day, name in federal(year).items()
        if since <= day <= until
    ]
    return sorted(found, key=lambda one: (one.first, one.last, one.name))


def enter(
    session: Session,
    first: date,
    last: date,
    name: str,
    kind: HolidayKind,
    source: str,
    programme_id: uuid.UUID | None = None,
) -> int:
    """Enter the days from one to another, both included; return how many are new. A known day is renamed.

    A day of the state stays one where the school's calendar closes it too: legal terms stand still on it.

    Raises:
        ClosedDaysError: the last is before the first, or they are too many.
    """
    if last < first:
        raise ClosedDaysError(texts.HOLIDAY_ORDER)
    count = (last - first).days + 1
    if count > MOST_DAYS:
        raise ClosedDaysError(texts.HOLIDAY_LONG.format(days=MOST_DAYS))
    days = [first + timedelta(days=n) for n in range(count)]
    here = Holiday.programme_id.is_not_distinct_from(programme_id)
    known = set(session.scalars(select(Holiday.day).where(Holiday.day.in_(days), here)))
    session.execute(
        insert(Holiday)
        .values([{"day": day, "name": name, "kind": kind, "source": source, "programme_id": programme_id}
                 for day in days])
        .on_conflict_do_update(
            index_elements=["day", "programme_id"],
            set_={"name": name, "kind": kind, "source": source},
            where=or_(Holiday.kind != HolidayKind.STATE, literal(kind is HolidayKind.STATE)),
        )
    )  # fmt: skip
    return count - len(known)


def remove(session: Session, day_ids: list[uuid.UUID]) -> int:
    """Take closed days away; sessions that were planned past them stay where they are."""
    return len(session.scalars(delete(Holiday).where(Holiday.id.in_(day_ids)).returning(Holiday.id)).all())
