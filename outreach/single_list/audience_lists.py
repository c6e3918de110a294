"""The import of a campaign's audience: women of the list, found by folio, CURP or phone, under a name.

A list is its agency's: another agency's file under the same name makes one of its own.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from sqlalchemy import select

from models import AudienceList, AudienceMember, Staff
from outreach.messages import reveal
from outreach.people.registry import plain_name
from outreach.single_list.date_cells import CellError
from outreach.single_list.named_women import NamedWomen
from outreach.single_list.report import Cells, Kept, row_error
from outreach.texts import imports as texts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session as Database

    from outreach.sealing.crypto import PersonalKey
    from outreach.single_list.reading import Row

LONGEST = 80


class AudienceLists:
    """Puts the women of a batch of rows on their lists; a list that is not there is made."""

    def __init__(
        self,
        db: Database,
        key: PersonalKey,
        rows: Sequence[Row],
        now: datetime,
        *,
        by: uuid.UUID | None = None,
    ) -> None:
        self._db, self._now, self._by = db, now, by
        self._women = NamedWomen(db, key, rows)
        who = db.get(Staff, by) if by is not None else None
        self._agency = who.agency if who is not None else None
        its = select(AudienceList).where(AudienceList.agency.is_not_distinct_from(self._agency))
        self._lists = {plain_name(one.name): one for one in db.scalars(its)}
        on_them = select(AudienceMember.list_id, AudienceMember.woman_id).where(
            AudienceMember.woman_id.in_(self._women.ids)
        )
        self._known = {(list_id, woman_id) for list_id, woman_id in db.execute(on_them)}

    def keep(self, row: Row) -> Kept:
        """Keep one row; return what became of it.

        Raises:
            RowError: it can't be kept.
        """
        cells = Cells(row)
        name = cells.need("audience", _named)
        hashes = self._women.hashes(cells)
        cells.done()
        woman_id = self._women.find(hashes)
        if name is None:
            raise row_error(texts.MISSING)
        wanted = self._lists.get(plain_name(name)) or self._make(name)
        if (wanted.id, woman_id) in self._known:
            return Kept("same")
        wanted.changed_at = self._now
        self._db.add(AudienceMember(id=uuid.uuid4(), list_id=wanted.id, woman_id=woman_id))
        self._db.flush()
        self._known.add((wanted.id, woman_id))
        return Kept("added")

    def _make(self, name: str) -> AudienceList:
        made = AudienceList(
            id=uuid.uuid4(), name=name, agency=self._agency, created_by=self._by, created_at=self._now,
            changed_at=self._now,
        )  # fmt: skip
        self._db.add(made)
        self._db.flush()
        self._lists[plain_name(name)] = made
        return made


def _named(cell: str) -> str:
    name = " ".join(cell.split())
    if len(name) > LONGEST:
        raise CellError(texts.TOO_LONG.format(most=LONGEST))
    if reveal.revealing_words(name):  # it stands unencrypted, and every agency's coordinators read it
        raise CellError(texts.LIST_REVEALS)
    return name
