"""The import of supports: what an agency gave, by its own list. It was given, so no rule refuses it.

What is over a rule is entered and noted as double. The same file twice changes nothing: one kind from one
agency on one day is one support, also where it was voided since.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from sqlalchemy import select

from models import Support, SupportKind, Woman
from outreach.people.registry import plain_name
from outreach.single_list import checks, supports, supports_doubles, supports_rules
from outreach.single_list.date_cells import CellError, read_date
from outreach.single_list.named_women import NamedWomen
from outreach.single_list.report import Cells, Kept, RowError, row_error
from outreach.single_list.supports import Entry
from outreach.single_list.supports_judging import Given, reached_by
from outreach.single_list.supports_rules import SupportError
from outreach.texts import imports as texts
from outreach.texts import supports as support_texts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlalchemy.orm import Session as Database

    from outreach.sealing.crypto import PersonalKey
    from outreach.single_list.date_cells import Order
    from outreach.single_list.reading import Row

YEARS = 10


class SupportsList:
    """Keeps the supports of a batch of rows; what it needs of the database is fetched once for all.

    `order` is of the whole file's dates.
    """

    def __init__(
        self,
        db: Database,
        key: PersonalKey,
        rows: Sequence[Row],
        order: Order,
        now: datetime,
        *,
        by: uuid.UUID | None = None,
    ) -> None:
        self._db, self._key, self._order, self._now = db, key, order, now
        self._by = by
        self._kinds: dict[str, SupportKind] = {}
        for kind in supports_rules.kinds(db):
            self._kinds |= {plain_name(kind.name): kind, plain_name(kind.code): kind}
        kind_ids = {kind.id for kind in self._kinds.values()}
        self._rules = supports_rules.rules_of(db, kind_ids)
        self._women = NamedWomen(db, key, rows)
        met = self._women.ids
        # Locked as an entry by hand locks her: what somebody enters meanwhile is judged with these rows.
        db.execute(select(Woman.id).where(Woman.id.in_(met)).order_by(Woman.id).with_for_update())
        self._given = supports.given_to(db, met, kind_ids)
        self._entered = {
            tuple(row)
            for row in db.execute(
                select(Support.woman_id, Support.kind_id, Support.agency, Support.day).where(
                    Support.woman_id.in_(met)
                )
            )
        }

    def keep(self, row: Row) -> Kept:
        """Keep one row; return what became of it.

        Raises:
            RowError: it can't be kept.
        """
        cells = Cells(row)
        kind = cells.need("kind", self._kind)
        day = cells.need("given_on", self._day)
        agency = cells.need("agency", self._agency)
        cents = cells.get("amount", _cents)
        given_by = cells.get("given_by", lambda cell: checks.text(cell, supports.LONGEST_GIVER)) or ""
        note = cells.get("note", lambda cell: checks.text(cell, supports.LONGEST_NOTE)) or ""
        hashes = self._women.hashes(cells)
        cells.done()
        if kind is None or day is None or agency is None:
            raise row_error(texts.MISSING)
        try:
            supports.check_amount(kind, cents)
        except SupportError as error:
            raise RowError(("amount", str(error).rstrip("."))) from None
        woman_id = self._women.find(hashes)
        if (woman_id, kind.id, agency, day) in self._entered:
            return Kept("same", [support_texts.ENTERED_TWICE])
        entry = Entry(uuid.uuid4(), woman_id, kind.id, agency, day, cents, given_by, note)
        supports.add(self._db, self._key, entry, by=self._by, source=supports.IMPORT, now=self._now)
        self._entered.add((woman_id, kind.id, agency, day))
        return Kept("added", self._judge(entry))

    def _judge(self, entry: Entry) -> list[str]:
        """Note what is over a rule now; only then is there anything to ask the database."""
        given = self._given[entry.woman_id, entry.kind_id]
        broken = [
            rule
            for rule in self._rules.get(entry.kind_id, [])
            if reached_by(rule, given, entry.day, entry.agency)
        ]
        given.append(Given(entry.id, entry.day, entry.agency, self._now))
        if not broken:
            return []
        supports_doubles.look_again(self._db, self._now, women=[entry.woman_id], kind_id=entry.kind_id)
        words = supports_rules.in_words(broken[0])
        return [support_texts.OVER_THE_RULE.format(rule=words)]

    def _kind(self, cell: str) -> SupportKind:
        found = self._kinds.get(plain_name(cell))
        if found is None:
            raise CellError(support_texts.KIND)
        return found

    def _day(self, cell: str) -> date:
        return checks.past_day(read_date(cell, self._order), self._order.today, years=YEARS)

    def _agency(self, cell: str) -> str:
        found = self._women.agency(cell)
        if found is None:
            raise CellError(support_texts.UNKNOWN_AGENCY.rstrip("."))
        return found


def _cents(cell: str) -> int:
    try:
        return supports.cents_of(cell)
    except SupportError as error:
        raise CellError(str(error).rstrip(".")) from None
