"""The import of seats: who is found by folio, CURP or phone gets a seat, or a place on the waiting list.

Whoever left a group by her own word is not enrolled in it again by a file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from models import Affiliation, ChannelAddress, Conversation, Enrolment, EnrolmentState, Group, Woman
from outreach.people import registry
from outreach.programme import enrolment
from outreach.single_list import checks
from outreach.single_list.date_cells import CellError
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
        self._db, self._key = db, key
        hashes = [self._hashes(Cells(row)) for row in rows]
        self._women: dict[bytes, set[uuid.UUID]] = {}
        wanted = [found for row in hashes for found in row.values()]
        for statement in (
            select(Affiliation.folio_hash, Affiliation.woman_id).where(Affiliation.folio_hash.in_(wanted)),
            select(Woman.curp_hash, Woman.id).where(Woman.curp_hash.in_(wanted)),
            select(ChannelAddress.lookup_hash, Conversation.woman_id)
            .join(Conversation, Conversation.id == ChannelAddress.conversation_id)
            .where(ChannelAddress.lookup_hash.in_(wanted), Conversation.woman_id.is_not(None)),
        ):
            for lookup, woman_id in db.execute(statement):
                self._women.setdefault(lookup, set()).add(woman_id)
        self._groups = {
            group.code: group.id
            for group in db.scalars(
                select(Group).where(Group.code.in_({r.cells.get("group", "") for r in rows}))
            )
        }
        self._seats: dict[tuple[uuid.UUID, uuid.UUID], EnrolmentState] = {}
        met = {woman_id for found in self._women.values() for woman_id in found}
        for woman_id, group_id, state in db.execute(
            select(Enrolment.woman_id, Enrolment.group_id, Enrolment.state)
            .where(Enrolment.woman_id.in_(met))
            .order_by(Enrolment.seq)
        ):
            self._seats[woman_id, group_id] = state

    def _hashes(self, cells: Cells) -> dict[str, bytes]:
        """The keyed hashes of what a row names its woman by; what is wrong is noted in `cells`."""
        phone = cells.get("phone", checks.phone)
        curp = cells.get("curp", checks.curp)
        agency, folio = cells["agency"], cells["external_id"]
        found = {}
        if agency and folio:
            found["external_id"] = registry.folio_hash(self._key, agency, folio)
        if curp:
            found["curp"] = self._key.lookup("curp", curp)
        if phone:
            found["phone"] = self._key.lookup("address", phone)
        return found

    def keep(self, row: Row) -> Kept:
        """Keep one row; return what became of it.

        Raises:
            RowError: it can't be kept.
        """
        cells = Cells(row)
        group_id = cells.need("group", self._group)
        hashes = self._hashes(cells)
        cells.done()
        woman_id = self._woman(hashes)
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

    def _woman(self, hashes: dict[str, bytes]) -> uuid.UUID:
        if not hashes:
            raise row_error(texts.NO_ONE_NAMED)
        found = [self._women[lookup] for lookup in hashes.values() if lookup in self._women]
        if not found:
            raise row_error(texts.NOT_FOUND)
        agreed = set.intersection(*found)
        if len(agreed) != 1:
            raise row_error(texts.CONFLICT)
        return next(iter(agreed))
