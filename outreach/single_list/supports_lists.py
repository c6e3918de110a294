"""The import of supports: what an agency gave, by its own list. It was given, so no rule refuses it.

What is over a rule is entered and noted as double. The same file twice changes nothing: one kind from one
agency on one day is one support, also where it was voided since.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from sqlalchemy import select

from models import Affiliation, Agency, ChannelAddress, Conversation, Support, SupportKind, Woman
from outreach.people import registry
from outreach.people.registry import plain_name
from outreach.single_list import checks, supports, supports_doubles, supports_rules
from outreach.single_list.date_cells import CellError, order_of, read_date
from outreach.single_list.reading import header_key
from outreach.single_list.report import Cells, RowError, told
from outreach.single_list.supports import Entry
from outreach.single_list.supports_judging import Given, reached_by
from outreach.single_list.supports_rules import SupportError
from outreach.texts import imports as texts
from outreach.texts import supports as support_texts
from outreach.texts.columns import SHARED

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from sqlalchemy.orm import Session as Database

    from outreach.sealing.crypto import PersonalKey
    from outreach.single_list.date_cells import Order
    from outreach.single_list.reading import Row

YEARS = 10
NEEDED = (("kind",), ("given_on",), ("phone", "curp", "external_id"))
"""Of each inner set one column must be there."""
NAMES = {
    header_key(header): column
    for column, also in (
        support_texts.HEADERS | {name: SHARED[name] for name in ("phone", "agency", "external_id", "curp")}
    ).items()
    for header in (column, *also.split(";"))
}
"""The headers that mean each column."""


class SupportsList:
    """Keeps the supports of a batch of rows; what it needs of the database is fetched once for all.

    `order` is of the whole file's dates. `agency`: a coordinator's own, whose list holds no other's.
    """

    def __init__(
        self,
        db: Database,
        key: PersonalKey,
        rows: Sequence[Row],
        order: Order,
        now: datetime,
        *,
        agency: str | None = None,
        by: uuid.UUID | None = None,
    ) -> None:
        self._db, self._key, self._order, self._now = db, key, order, now
        self._agency, self._by = agency, by
        self._agencies: dict[str, str] = {}
        for row in db.scalars(select(Agency)):
            self._agencies |= {plain_name(row.code): row.code, plain_name(row.name): row.code}
        self._kinds: dict[str, SupportKind] = {}
        for kind in supports_rules.kinds(db):
            self._kinds |= {plain_name(kind.name): kind, plain_name(kind.code): kind}
        kind_ids = {kind.id for kind in self._kinds.values()}
        self._rules = supports_rules.rules_of(db, kind_ids)
        self._women = self._fetch_women(rows)
        met = {woman_id for found in self._women.values() for woman_id in found}
        self._given = supports.given_to(db, met, kind_ids)
        self._entered = {
            tuple(row)
            for row in db.execute(
                select(Support.woman_id, Support.kind_id, Support.agency, Support.day).where(
                    Support.woman_id.in_(met)
                )
            )
        }

    def keep(self, row: Row) -> list[str]:
        """Keep one row; return what is to be known of it.

        Raises:
            RowError: it can't be kept.
        """
        cells = Cells(row)
        kind = cells.need("kind", self._kind)
        day = cells.need("given_on", self._day)
        agency = self._agency_of(cells)
        cents = cells.get("amount", _cents)
        given_by = cells.get("given_by", lambda cell: checks.text(cell, supports.LONGEST_GIVER)) or ""
        note = cells.get("note", lambda cell: checks.text(cell, supports.LONGEST_NOTE)) or ""
        hashes = self._hashes(cells)
        cells.done()
        if kind is None or day is None or agency is None:
            raise RowError(texts.MISSING)
        try:
            supports.check_amount(kind, cents)
        except SupportError as error:
            raise RowError(told("amount", str(error))) from None
        woman_id = self._woman(hashes)
        if (woman_id, kind.id, agency, day) in self._entered:
            return [support_texts.ENTERED_TWICE]
        entry = Entry(uuid.uuid4(), woman_id, kind.id, agency, day, cents, given_by, note)
        supports.add(self._db, self._key, entry, by=self._by, source=supports.IMPORT, now=self._now)
        self._entered.add((woman_id, kind.id, agency, day))
        return self._judge(entry)

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

    def _agency_of(self, cells: Cells) -> str | None:
        written = cells["agency"]
        found = self._agencies.get(plain_name(written)) if written else self._agency
        if found is None:
            cells.refuse("agency", support_texts.UNKNOWN_AGENCY if written else texts.MISSING)
        elif not supports.may_change(self._agency, found):
            cells.refuse("agency", support_texts.NOT_YOUR_AGENCY)
        return found

    def _hashes(self, cells: Cells) -> list[bytes]:
        """The keyed hashes of what a row names its woman by; what is wrong is noted in `cells`."""
        phone, curp = cells.get("phone", checks.phone), cells.get("curp", checks.curp)
        agency, folio = cells["agency"] or self._agency or "", cells["external_id"]
        agency = self._agencies.get(plain_name(agency), agency)
        found = []
        if agency and folio:
            found.append(registry.folio_hash(self._key, agency, folio))
        if curp:
            found.append(self._key.lookup("curp", curp))
        if phone:
            found.append(self._key.lookup("address", phone))
        return found

    def _fetch_women(self, rows: Iterable[Row]) -> dict[bytes, set[uuid.UUID]]:
        wanted = [found for row in rows for found in self._hashes(Cells(row))]
        women: dict[bytes, set[uuid.UUID]] = {}
        for statement in (
            select(Affiliation.folio_hash, Affiliation.woman_id).where(Affiliation.folio_hash.in_(wanted)),
            select(Woman.curp_hash, Woman.id).where(Woman.curp_hash.in_(wanted)),
            select(ChannelAddress.lookup_hash, Conversation.woman_id)
            .join(Conversation, Conversation.id == ChannelAddress.conversation_id)
            .where(ChannelAddress.lookup_hash.in_(wanted), Conversation.woman_id.is_not(None)),
        ):
            for lookup, woman_id in self._db.execute(statement):
                women.setdefault(lookup, set()).add(woman_id)
        return women

    def _woman(self, hashes: Sequence[bytes]) -> uuid.UUID:
        if not hashes:
            raise RowError(texts.NO_ONE_NAMED + ".")
        found = [self._women[lookup] for lookup in hashes if lookup in self._women]
        if not found:
            raise RowError(texts.NOT_FOUND + ".")
        agreed = set.intersection(*found)
        if len(agreed) != 1:
            raise RowError(texts.CONFLICT + ".")
        return next(iter(agreed))


def order_in(rows: Iterable[Row], today: date) -> Order:
    """Look at the days of a whole file: which comes first in them, day or month."""
    return order_of((row.cells.get("given_on", "") for row in rows), today, of_births=False)


def _cents(cell: str) -> int:
    try:
        return supports.cents_of(cell)
    except SupportError as error:
        raise CellError(str(error)) from None
