"""The import of attendance: what a list on paper said of a session, typed in or kept by the facilitator.

A list says the last word when it is brought in, also over the door. The same list again changes nothing, also
where somebody corrected it on the page since. Where it has no column of attendance, whoever is on it came.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from models import Attendance, AttendanceMark, Enrolment, Group, MarkSource, MarkState, Session
from outreach.people.registry import plain_name
from outreach.programme import attendance
from outreach.programme.attendance import Mark
from outreach.single_list.date_cells import CellError, read_date
from outreach.single_list.named_women import NamedWomen
from outreach.single_list.report import Cells, Kept, RowError, row_error
from outreach.texts import imports as texts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from sqlalchemy.orm import Session as Database

    from outreach.sealing.crypto import PersonalKey
    from outreach.single_list.date_cells import Order
    from outreach.single_list.reading import Row

_CAME = frozenset({"si", "s", "x", "1", "presente", "asistio", "llego", "vino", "p", "ok"})
_MISSED = frozenset({"no", "n", "0", "ausente", "falta", "falto", "f", "no vino", "no asistio", "no llego"})
_SHOWN = {MarkState.PRESENT: "sí", MarkState.ABSENT: "no"}
_LISTS = uuid.UUID("5b2f7c1e-6a0d-5c43-9f58-0d1f6b0a7e24")
"""The space of the ids of marks by lists: what a list says of a woman and a session is one mark for good."""


class AttendanceList:
    """Marks the women of a batch of rows; what it needs of the database is fetched once for all."""

    def __init__(
        self,
        db: Database,
        key: PersonalKey,
        rows: Sequence[Row],
        order: Order,
        zone_of: Callable[[Group], ZoneInfo],
        now: datetime,
        *,
        said: bool,
        by: uuid.UUID | None = None,
    ) -> None:
        """Fetch it; `said`: the file has a column of attendance, in which an empty cell says nothing."""
        self._said = said
        self._db, self._order, self._now, self._by = db, order, now, by
        self._women = NamedWomen(db, key, rows)
        codes = {row.cells.get("session", "") for row in rows}
        groups = {row.cells.get("group", "") for row in rows}
        # Locked, as by the door: of marks that come at one moment the second sees what the first has written.
        found = db.scalars(
            select(Session)
            .join(Group, Group.id == Session.group_id)
            .where(or_(Session.code.in_(codes), Group.code.in_(groups)))
            .options(joinedload(Session.group).joinedload(Group.workshop))
            .order_by(Session.id)
            .with_for_update(of=Session, key_share=True)
            .execution_options(populate_existing=True)
        ).all()
        self._by_code = {session.code: session for session in found}
        self._by_day: dict[tuple[str, date], list[Session]] = defaultdict(list)
        for session in found:
            day = session.starts_at.astimezone(zone_of(session.group)).date()
            self._by_day[session.group.code, day].append(session)
        self._groups = {session.group.code for session in found}
        met, ids = self._women.ids, [session.id for session in found]
        self._seats = {
            (row.woman_id, row.group_id)
            for row in db.execute(
                select(Enrolment.woman_id, Enrolment.group_id).where(Enrolment.woman_id.in_(met))
            )
        }
        self._states = {
            (row.woman_id, row.session_id): MarkState(row.state.value)
            for row in db.execute(
                select(Attendance.woman_id, Attendance.session_id, Attendance.state).where(
                    Attendance.woman_id.in_(met), Attendance.session_id.in_(ids)
                )
            )
        }
        self._marks = set(
            db.scalars(
                select(AttendanceMark.id).where(
                    AttendanceMark.woman_id.in_(met),
                    AttendanceMark.session_id.in_(ids),
                    AttendanceMark.source == MarkSource.LIST,
                )
            )
        )

    def keep(self, row: Row) -> Kept:
        """Keep one row; return what became of it.

        Raises:
            RowError: it can't be kept.
        """
        cells = Cells(row)
        session = self._session(cells)
        state = cells.get("attended", _said) if self._said else MarkState.PRESENT
        hashes = self._women.hashes(cells)
        cells.done()
        if session is None:
            raise row_error(texts.MISSING)
        woman_id = self._women.find(hashes)
        if session.cancelled_at is not None:
            raise row_error(texts.SESSION_CANCELLED)
        if self._now < session.starts_at - attendance.BEFORE:
            raise row_error(texts.SESSION_TO_COME)
        if (woman_id, session.group_id) not in self._seats:
            raise RowError(("group", texts.NOT_IN_GROUP))
        return self._mark(woman_id, session, state) if state else Kept("same")

    def _mark(self, woman_id: uuid.UUID, session: Session, state: MarkState) -> Kept:
        place = (woman_id, session.id)
        before = self._states.get(place)
        shown = _SHOWN.get(before, "") if before else ""
        values = [("attended", shown, _SHOWN[state])]
        if before is state:
            return Kept("same", [], values)
        mark_id = uuid.uuid5(_LISTS, f"{woman_id}/{session.id}/{state.value}")
        if mark_id in self._marks:
            return Kept("same", [texts.MARKED_LATER])
        mark = Mark(mark_id, woman_id, state, self._now)
        attendance.note(self._db, session.id, mark, source=MarkSource.LIST, by=self._by, now=self._now)
        self._states[place] = state
        self._marks.add(mark_id)
        return Kept("changed" if before else "added", [], values)

    def _session(self, cells: Cells) -> Session | None:
        """The session of a row, by its code or by group and day; what is wrong is noted in `cells`."""
        if cells["session"]:
            return cells.get("session", self._coded)
        group = cells.need("group", self._group)
        day = cells.need("day", lambda cell: read_date(cell, self._order))
        if group is None or day is None:
            return None
        held = [one for one in self._by_day[group, day] if one.cancelled_at is None]
        held = held or self._by_day[group, day]
        if len(held) != 1:
            cells.refuse("day", texts.SEVERAL_THAT_DAY if held else texts.NO_SESSION_THAT_DAY)
            return None
        return held[0]

    def _coded(self, cell: str) -> Session:
        found = self._by_code.get(cell)
        if found is None:
            raise CellError(texts.UNKNOWN_SESSION)
        return found

    def _group(self, cell: str) -> str:
        if cell not in self._groups:
            raise CellError(texts.UNKNOWN_GROUP)
        return cell


def _said(cell: str) -> MarkState:
    plain = plain_name(cell).strip(" .")
    if plain not in _CAME | _MISSED:
        raise CellError(texts.ATTENDED)
    return MarkState.PRESENT if plain in _CAME else MarkState.ABSENT
