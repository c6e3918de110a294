"""The import of seats: who is found by folio, CURP or phone gets a seat, or a place on the waiting list.

Whoever left a group by her own word is not enrolled in it again by a file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from models import Enrolment, EnrolmentState, Group, Woman
from outreach.programme import enrolment
from outreach.single_list.date_cells import CellError
from outreach.single_list.named_women import NamedWomen
from outreach.single_list.report import Cells, Kept, RowError, row_error
from outreach.texts import imports as texts

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence

    from sqlalchemy.orm import Session as Database

    from outreach.sealing.crypto import PersonalKey
    from outreach.single_list.reading import Row


class Enrolments:
    """Enrols the women of a file; who they are is fetched once for all rows of a batch."""

    def __init__(self, db: Database, key: PersonalKey, rows: Sequence[Row]) -> None:
        self._db = db
        self._women = NamedWomen(db, key, rows)
        self._groups = {
            group.code: group.id
            for group in db.scalars(
                select(Group).where(Group.code.in_({r.cells.get("group", "") for r in rows}))
            )
        }
        self._seats: dict[tuple[uuid.UUID, uuid.UUID], EnrolmentState] = {}
        for woman_id, group_id, state in db.execute(
            select(Enrolment.woman_id, Enrolment.group_id, Enrolment.state)
            .where(Enrolment.woman_id.in_(self._women.ids))
            .order_by(Enrolment.seq)
        ):
            self._seats[woman_id, group_id] = state

    def keep(self, row: Row) -> Kept:
        """Keep one row; return what became of it.

        Raises:
            RowError: it can't be kept.
        """
        cells = Cells(row)
        group_id = cells.need("group", self._group)
        hashes = self._women.hashes(cells)
        cells.done()
        woman_id = self._women.find(hashes)
        if group_id is None:
            raise row_error(texts.MISSING)
        known = self._seats.get((woman_id, group_id))
        if known is EnrolmentState.LEFT:
            return Kept("same", [texts.LEFT_BEFORE])
        if known is not None:
            return Kept("same")
        seat = enrolment.enrol(self._db, self._db.get_one(Woman, woman_id), group_id)
        if seat is None:
            raise RowError(("group", texts.UNKNOWN_GROUP))
        self._seats[woman_id, group_id] = seat.state
        return Kept("added", [texts.WAITS] if seat.state is EnrolmentState.WAITING else [])

    def _group(self, cell: str) -> uuid.UUID:
        found = self._groups.get(cell)
        if found is None:
            raise CellError(texts.UNKNOWN_GROUP)
        return found
