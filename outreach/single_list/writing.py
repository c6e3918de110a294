"""What a batch of an import writes: its rows by table, a statement a table."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import UTC
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, update
from sqlalchemy.dialects.postgresql import insert as upsert

from models import Affiliation, ChannelAddress, Conversation, ListedPhone, NameKey, Woman, WomanChange
from outreach.people import details as records
from outreach.people import preferences, registry
from outreach.single_list import candidates

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from outreach.sealing.crypto import PersonalKey
    from outreach.single_list.known import Record


@dataclass
class Work:
    """The rows to write, by table."""

    women: list[dict[str, Any]] = field(default_factory=list)
    changed: dict[uuid.UUID, Record] = field(default_factory=dict)
    renamed: set[uuid.UUID] = field(default_factory=set)
    affiliations: list[dict[str, Any]] = field(default_factory=list)
    listed: list[dict[str, Any]] = field(default_factory=list)
    consents: list[dict[str, Any]] = field(default_factory=list)
    conversations: list[dict[str, Any]] = field(default_factory=list)
    addresses: list[dict[str, Any]] = field(default_factory=list)
    links: list[dict[str, Any]] = field(default_factory=list)
    unused: list[uuid.UUID] = field(default_factory=list)
    ended: list[uuid.UUID] = field(default_factory=list)
    new: set[uuid.UUID] = field(default_factory=set)
    history: list[dict[str, Any]] = field(default_factory=list)


def write(db: Session, key: PersonalKey, work: Work, now: datetime) -> None:
    """Write what was decided, a statement a table."""
    made: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    sound_keys: list[dict[str, Any]] = []
    for record in work.changed.values():
        row = {"id": record.id, "municipality": record.municipality, "axis": record.axis,
               "updated_at": now.astimezone(UTC),
               "details_cipher": records.encrypt(key, record.id, record.details),
               **registry.lookups(key, record.details)}  # fmt: skip
        (made if record.id in work.new else changed).append(row)
        if record.id in work.renamed:
            heard = candidates.sounds(record.details.full_name)
            sound_keys += [
                {"id": uuid.uuid4(), "woman_id": record.id, "sound_hash": key.lookup("name sound", sound)}
                for sound in heard
            ]
    if work.unused:
        db.execute(delete(Conversation).where(Conversation.id.in_(work.unused)))
    if renamed := work.renamed - work.new:
        db.execute(delete(NameKey).where(NameKey.woman_id.in_(renamed)))
    for noun, rows in (
        (Woman, made), (NameKey, sound_keys), (Affiliation, work.affiliations),
        (Conversation, work.conversations), (ChannelAddress, work.addresses),
    ):  # fmt: skip
        if noun is NameKey and changed:
            db.execute(update(Woman), changed)
        if rows:
            db.execute(insert(noun), rows)
    _flush_beside(db, work)
    preferences.stop(db, work.ended, now)


def _flush_beside(db: Session, work: Work) -> None:
    for noun, rows in ((Affiliation, work.consents), (Conversation, work.links)):
        if rows:
            db.execute(update(noun), rows)
    if work.history:
        db.execute(insert(WomanChange), work.history)
    if work.listed:
        db.execute(upsert(ListedPhone).on_conflict_do_nothing(), work.listed)
