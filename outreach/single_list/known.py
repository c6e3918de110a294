"""What the list already holds of the women of a batch, fetched with one statement a question.

Kept up to date as rows of the batch are decided, so that two rows of one file meet each other as two files
would. Rows that may change are locked in the order of their ids.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from models import Affiliation, ChannelAddress, Conversation, ListedPhone, Woman
from outreach.people import details as records

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from outreach.people.details import Details
    from outreach.sealing.crypto import PersonalKey
    from outreach.single_list.candidates import Candidate


@dataclass
class Record:
    """A woman of the list; `opted_out_at`: since when nothing is initiated to her."""

    id: uuid.UUID
    details: Details
    municipality: str | None
    axis: str | None
    folios: dict[bytes, tuple[str, uuid.UUID, date | None]] = field(default_factory=dict)
    numbers: dict[bytes, uuid.UUID] = field(default_factory=dict)
    heard: bool = False
    opted_out_at: datetime | None = None

    def agencies(self) -> set[str]:
        """Return the agencies at which she has a folio."""
        return {agency for agency, _, _ in self.folios.values()}


@dataclass
class Known:
    """The women of a batch, by each way to find one.

    `numbers` maps to a conversation and its woman, `listed` to those to whom a list gave the number.
    """

    records: dict[uuid.UUID, Record] = field(default_factory=dict)
    by_folio: dict[bytes, uuid.UUID] = field(default_factory=dict)
    by_curp: dict[bytes, list[uuid.UUID]] = field(default_factory=lambda: defaultdict(list))
    by_name_birth: dict[bytes, list[uuid.UUID]] = field(default_factory=lambda: defaultdict(list))
    numbers: dict[bytes, tuple[uuid.UUID, uuid.UUID | None]] = field(default_factory=dict)
    listed: dict[bytes, list[uuid.UUID]] = field(default_factory=lambda: defaultdict(list))


def fetch(db: Session, key: PersonalKey, candidates: Sequence[Candidate]) -> Known:
    """Fetch what the list holds of these rows."""
    known = Known()
    folios = [c.folio_hash for c in candidates if c.folio_hash]
    curps = [c.curp_hash for c in candidates if c.curp_hash]
    births = [c.name_birth_hash for c in candidates if c.name_birth_hash]
    phones = [c.phone_hash for c in candidates if c.phone_hash]
    wanted: set[uuid.UUID] = set()
    for folio_hash, woman_id in db.execute(
        select(Affiliation.folio_hash, Affiliation.woman_id).where(Affiliation.folio_hash.in_(folios))
    ):
        known.by_folio[folio_hash] = woman_id
    for lookup, conversation_id, holder in db.execute(
        select(ChannelAddress.lookup_hash, Conversation.id, Conversation.woman_id)
        .join(Conversation, Conversation.id == ChannelAddress.conversation_id)
        .where(ChannelAddress.lookup_hash.in_(phones))
    ):
        known.numbers[lookup] = (conversation_id, holder)
    for lookup, woman_id in db.execute(
        select(ListedPhone.lookup_hash, ListedPhone.woman_id).where(ListedPhone.lookup_hash.in_(phones))
    ):
        known.listed[lookup].append(woman_id)
        wanted.add(woman_id)
    wanted |= set(known.by_folio.values())
    wanted |= {woman_id for _, woman_id in known.numbers.values() if woman_id}
    _fetch_records(db, key, known, wanted, curps, births)
    _fetch_links(db, known)
    return known


def _fetch_records(
    db: Session,
    key: PersonalKey,
    known: Known,
    wanted: set[uuid.UUID],
    curps: list[bytes],
    births: list[bytes],
) -> None:
    rows = db.execute(
        select(
            Woman.id,
            Woman.details_cipher,
            Woman.municipality,
            Woman.axis,
            Woman.curp_hash,
            Woman.name_birth_hash,
            Woman.opposed_at,
        )
        .where(or_(Woman.id.in_(wanted), Woman.curp_hash.in_(curps), Woman.name_birth_hash.in_(births)))
        .order_by(Woman.id)
        .with_for_update()
    )
    for woman_id, blob, municipality, axis, curp_hash, name_birth_hash, opposed_at in rows:
        details = records.decrypt(key, woman_id, blob)
        known.records[woman_id] = Record(woman_id, details, municipality, axis, opted_out_at=opposed_at)
        if curp_hash:
            known.by_curp[curp_hash].append(woman_id)
        if name_birth_hash:
            known.by_name_birth[name_birth_hash].append(woman_id)


def _fetch_links(db: Session, known: Known) -> None:
    ids = list(known.records)
    folios = select(
        Affiliation.woman_id,
        Affiliation.folio_hash,
        Affiliation.agency,
        Affiliation.id,
        Affiliation.consent_on,
    )
    for woman_id, folio_hash, agency, made, agreed in db.execute(folios.where(Affiliation.woman_id.in_(ids))):
        known.records[woman_id].folios[folio_hash] = (agency, made, agreed)
    for row in db.execute(
        select(
            Conversation.woman_id,
            ChannelAddress.lookup_hash,
            Conversation.id,
            Conversation.last_inbound_at,
            Conversation.opted_out_at,
        )
        .join(ChannelAddress, ChannelAddress.conversation_id == Conversation.id)
        .where(Conversation.woman_id.in_(ids))
    ):
        if row.woman_id is not None:
            record = known.records[row.woman_id]
            record.numbers[row.lookup_hash] = row.id
            record.heard |= row.last_inbound_at is not None
            record.opted_out_at = min(filter(None, (record.opted_out_at, row.opted_out_at)), default=None)
