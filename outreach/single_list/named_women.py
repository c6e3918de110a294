"""Which woman of the single list a row names: by folio, CURP or phone, found once for a batch of rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from models import Affiliation, Agency, ChannelAddress, Conversation, Woman
from outreach.people import registry
from outreach.people.registry import plain_name
from outreach.single_list import checks
from outreach.single_list.report import Cells, row_error
from outreach.texts import imports as texts

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence

    from sqlalchemy.orm import Session as Database

    from outreach.sealing.crypto import PersonalKey
    from outreach.single_list.reading import Row


class NamedWomen:
    """The women whom the rows of a batch name; a row that names two different ones is refused."""

    def __init__(self, db: Database, key: PersonalKey, rows: Sequence[Row]) -> None:
        self._key = key
        self._agencies: dict[str, str] = {}
        for agency in db.scalars(select(Agency)):
            self._agencies |= {plain_name(agency.code): agency.code, plain_name(agency.name): agency.code}
        self._women: dict[bytes, set[uuid.UUID]] = {}
        wanted = {found for row in rows for found in self.hashes(Cells(row))}
        for statement in (
            select(Affiliation.folio_hash, Affiliation.woman_id).where(Affiliation.folio_hash.in_(wanted)),
            select(Woman.curp_hash, Woman.id).where(Woman.curp_hash.in_(wanted)),
            select(ChannelAddress.lookup_hash, Conversation.woman_id)
            .join(Conversation, Conversation.id == ChannelAddress.conversation_id)
            .where(ChannelAddress.lookup_hash.in_(wanted), Conversation.woman_id.is_not(None)),
        ):
            for lookup, woman_id in db.execute(statement):
                self._women.setdefault(lookup, set()).add(woman_id)

    @property
    def ids(self) -> set[uuid.UUID]:
        """All whom a row of the batch may mean."""
        return {woman_id for found in self._women.values() for woman_id in found}

    def agency(self, written: str) -> str | None:
        """Return the code of an agency that is written by its code or its name."""
        return self._agencies.get(plain_name(written))

    def hashes(self, cells: Cells) -> list[bytes]:
        """Return the keyed hashes of what a row names its woman by; what is wrong is noted in `cells`."""
        phone, curp = cells.get("phone", checks.phone), cells.get("curp", checks.curp)
        agency, folio = cells["agency"], cells["external_id"]
        found = []
        if agency and folio:
            found.append(registry.folio_hash(self._key, self.agency(agency) or agency, folio))
        if curp:
            found.append(self._key.lookup("curp", curp))
        if phone:
            found.append(self._key.lookup("address", phone))
        return found

    def find(self, hashes: Sequence[bytes]) -> uuid.UUID:
        """Return the one woman of a row.

        Raises:
            RowError: it names none, none of the list, or several.
        """
        if not hashes:
            raise row_error(texts.NO_ONE_NAMED)
        found = [self._women[lookup] for lookup in hashes if lookup in self._women]
        if not found:
            raise row_error(texts.NOT_FOUND)
        agreed = set.intersection(*found)
        if len(agreed) != 1:
            raise row_error(texts.CONFLICT)
        return next(iter(agreed))
