"""The imports of workshops with their groups, of sessions, and of seats in groups.

An absent column and an empty cell change nothing. A session is added and moved by the timetable's own verbs,
with the same limits as on the staff page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from models import FIRST_PROGRAMME, Enrolment, EnrolmentState, Group, Session, Workshop
from outreach.messages import reveal
from outreach.people import axes, places
from outreach.programme import timetable
from outreach.single_list import checks
from outreach.single_list.date_cells import CellError, Order
from outreach.single_list.report import Cells, Kept, RowError, row_error, told
from outreach.texts import imports as texts

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from sqlalchemy.orm import Session as Database

    from outreach.people.places import Reader
    from outreach.single_list.reading import Row

LONGEST_SESSION_CODE = 48
DEFAULT_MINUTES = 120
LONGEST_DESCRIPTION = 1000
_SHOWN = "%Y-%m-%d %H:%M"


class Workshops:
    """Adds workshops and groups, and changes those that have the code of a row."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._places: Reader = places.reader(db)
        self._axes: dict[uuid.UUID, dict[str, str]] = {}

    def keep(self, row: Row) -> Kept:
        """Keep one row; return what became of it.

        Raises:
            RowError: it can't be kept.
        """
        cells = Cells(row)
        code = cells.need("workshop", lambda cell: checks.text(cell, checks.LONGEST_CODE))
        name = cells.need("workshop_name", lambda cell: _said_to_her(cell, checks.LONGEST_NAME))
        group_code = cells.need("group", lambda cell: checks.text(cell, checks.LONGEST_CODE))
        municipality = cells.need("municipality", self._municipality)
        place = cells.need("place", lambda cell: _said_to_her(cell, checks.LONGEST_PLACE))
        capacity = cells.need("capacity", lambda cell: checks.whole(cell, 0, checks.MOST_SEATS))
        latitude = cells.get("latitude", lambda cell: checks.coordinate(cell, latitude=True))
        longitude = cells.get("longitude", lambda cell: checks.coordinate(cell, latitude=False))
        if bool(cells["latitude"]) != bool(cells["longitude"]):
            cells.refuse("latitude", texts.COORDINATES_TOGETHER)
        description = cells.get("description", lambda cell: _said_to_her(cell, LONGEST_DESCRIPTION))
        db = self._db
        group = db.scalar(select(Group).where(Group.code == group_code).with_for_update())
        workshop = self._workshop(code, group) or Workshop(code=code)
        offered = self._offered(workshop)
        axis = cells.need("axis", lambda cell: checks.axis(cell, offered))
        cells.done()
        before = _of_workshop(workshop)
        workshop.name, workshop.axis = name or "", axis or ""
        workshop.description = description or workshop.description or ""
        db.add(workshop)
        db.flush()
        if group is not None and group.workshop_id != workshop.id:
            raise RowError(("group", texts.WORKSHOP_ELSEWHERE))
        group = group or Group(code=group_code, workshop_id=workshop.id)
        before |= _of_group(group)
        if group.id is not None and capacity is not None and capacity < _enrolled(db, group):
            raise RowError(("capacity", texts.TOO_FEW_SEATS))
        group.capacity, group.municipality, group.place = capacity or 0, municipality or "", place or ""
        if latitude is not None and longitude is not None:
            group.latitude, group.longitude = latitude, longitude
        after = _of_workshop(workshop) | _of_group(group)
        outcome = "added" if group.id is None else "same" if before == after else "changed"
        db.add(group)
        db.flush()
        values = [(column, before[column], value) for column, value in after.items() if value]
        return Kept(outcome, values=[one for one in values if one[0] in row.cells])

    def _workshop(self, code: str | None, group: Group | None) -> Workshop | None:
        """The workshop of a code, which several programmes may have: the group's own, else the first."""
        found = self._db.scalars(
            select(Workshop)
            .where(Workshop.code == code)
            .order_by(Workshop.programme_id != FIRST_PROGRAMME, Workshop.programme_id)
        ).all()
        own = (one for one in found if group is not None and one.id == group.workshop_id)
        return next(own, found[0] if found else None)

    def _offered(self, workshop: Workshop) -> dict[str, str]:
        """The axes of its programme, as they stand in the data; its own also where that was retired."""
        programme_id = workshop.programme_id or FIRST_PROGRAMME
        if programme_id not in self._axes:
            self._axes[programme_id] = axes.offered(self._db, programme_id)
        found, own = self._axes[programme_id], workshop.axis
        return found if not own or own in found else found | {own: axes.all_names(self._db).get(own, own)}

    def _municipality(self, cell: str) -> str:
        code = self._places.code(cell)
        if code is None:
            raise CellError(texts.MUNICIPALITY)
        return code


def _said_to_her(cell: str, longest: int) -> str:
    """Read a text that reaches her phone, as the pages of workshops and groups do (promise P5)."""
    found = checks.text(cell, longest)
    if reveal.revealing_words(found):
        raise CellError(texts.REVEALS)
    return found


def _of_workshop(workshop: Workshop) -> dict[str, str]:
    """A workshop by our columns, in text."""
    return {"workshop_name": workshop.name or "", "axis": workshop.axis or "",
            "description": workshop.description or ""}  # fmt: skip


def _of_group(group: Group) -> dict[str, str]:
    """A group by our columns, in text."""
    held = {"municipality": group.municipality, "place": group.place, "capacity": group.capacity,
            "latitude": group.latitude, "longitude": group.longitude}  # fmt: skip
    return {column: "" if value is None else str(value) for column, value in held.items()}


def _enrolled(db: Database, group: Group) -> int:
    taken = select(func.count()).where(
        Enrolment.group_id == group.id, Enrolment.state == EnrolmentState.ENROLLED
    )
    return db.scalar(taken) or 0


class Sessions:
    """Adds dated sessions, and moves those that have the code of a row; hours are those of the programme."""

    def __init__(
        self,
        db: Database,
        zone: ZoneInfo,
        zone_of: Callable[[Group], ZoneInfo],
        day_first: bool | None,
        now: datetime,
    ) -> None:
        self._db, self._zone, self._zone_of, self._now = db, zone, zone_of, now
        self._order = Order(now.astimezone(zone).date(), day_first, of_births=False)

    def keep(self, row: Row) -> Kept:
        """Keep one row; return what became of it.

        Raises:
            RowError: it can't be kept.
        """
        cells = Cells(row)
        code = cells.need("session", lambda cell: checks.text(cell, LONGEST_SESSION_CODE))
        group = cells.need("group", self._group)
        zone = self._zone_of(group) if group else self._zone
        starts_at = cells.need("starts_at", lambda cell: checks.moment(cell, zone, self._order))
        minutes = cells.get("minutes", lambda cell: checks.whole(cell, 1, checks.LONGEST_SESSION))
        cells.done()
        if code is None or starts_at is None or group is None:
            raise row_error(texts.MISSING)
        known = self._db.scalar(select(Session).where(Session.code == code))
        if known is None:
            return self._add(code, group, starts_at, minutes or DEFAULT_MINUTES)
        if known.group_id != group.id:
            raise RowError(("session", texts.SESSION_ELSEWHERE))
        return self._move(known, starts_at, minutes or known.minutes)

    def _group(self, cell: str) -> Group:
        group = self._db.scalar(select(Group).where(Group.code == cell))
        if group is None:
            raise CellError(texts.UNKNOWN_GROUP)
        return group

    def _check(self, starts_at: datetime) -> None:
        if starts_at <= self._now:
            raise RowError(("starts_at", texts.STARTS_PAST))
        if starts_at > self._now + checks.AHEAD:
            raise RowError(("starts_at", texts.STARTS_FAR))

    def _add(self, code: str, group: Group, starts_at: datetime, minutes: int) -> Kept:
        self._check(starts_at)
        try:
            timetable.create_session(self._db, group, starts_at, minutes, self._now, code=code)
        except timetable.TimetableError as error:
            raise RowError(("starts_at", str(error).rstrip("."))) from None
        return Kept("added", values=_values(None, starts_at, minutes, self._zone_of(group)))

    def _move(self, known: Session, starts_at: datetime, minutes: int) -> Kept:
        values = _values(known, starts_at, minutes, self._zone_of(known.group))
        if (known.starts_at, known.minutes) == (starts_at, minutes):
            return Kept("same", values=values)
        if known.cancelled_at is not None:
            return Kept("same", [told("session", texts.CANCELLED)])
        self._check(starts_at)
        try:
            timetable.move_session(self._db, known, starts_at, minutes, self._now)
        except timetable.TimetableError as error:
            raise RowError(("starts_at", str(error).rstrip("."))) from None
        return Kept("changed", values=values)


def _values(
    known: Session | None, starts_at: datetime, minutes: int, zone: ZoneInfo
) -> list[tuple[str, str, str]]:
    """A session by our columns, before and after, in text."""
    before = known.starts_at.astimezone(zone).strftime(_SHOWN) if known else ""
    after = starts_at.astimezone(zone).strftime(_SHOWN)
    return [("starts_at", before, after), ("minutes", str(known.minutes) if known else "", str(minutes))]
