"""What was changed on her record: noted where it is written, whoever writes it.

A row holds one value or one act, so that each can be undone by itself (`outreach.single_list.history`). It is
noted in the transaction of the change; what a record begins with is no change.
"""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import inspect

from models import WomanChange, utcnow
from outreach.people.details import COLUMNS, VALUES, Source

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from models import Woman
    from outreach.people.details import Details
    from outreach.sealing.crypto import PersonalKey

BUCKET = 1024
"""Bytes: a value at its longest, twice, with its sources fits in one; all rows look the same."""
ADDED, ENROLLED, LEFT = "added", "enrolled", "left"
CONTACT_ENDED, NUMBER, FOLIO = "contact_ended", "number", "folio"
# A number that she named and has not confirmed: it may be anybody's.
_SILENT = frozenset({"phone"})
Values = dict[str, tuple[str, Source | None]]


@dataclass(frozen=True)
class Change:
    """One change. `what` is the name of a value or an act; `ref` has the ids that an act is about."""

    what: str
    before: str = ""
    after: str = ""
    was: Source | None = None
    now: Source | None = None
    ref: Mapping[str, Any] = field(default_factory=dict)


def note(
    session: Session, key: PersonalKey, woman_id: uuid.UUID, change: Change, by: uuid.UUID | None
) -> WomanChange:
    """Add a change; `by` is the member of staff, None where she or a list wrote it."""
    row = WomanChange(**as_row(key, woman_id, change, by))
    session.add(row)
    return row


def as_row(
    key: PersonalKey, woman_id: uuid.UUID, change: Change, by: uuid.UUID | None = None
) -> dict[str, Any]:
    """Return the columns of a change, for batches."""
    row_id = uuid.uuid4()
    return {
        "id": row_id,
        "woman_id": woman_id,
        "staff_id": by,
        "created_at": utcnow(),
        "change_cipher": key.encrypt(asdict(change), place=f"woman_change:{row_id}", bucket=BUCKET),
    }


def read(key: PersonalKey, row: WomanChange) -> Change:
    """Decrypt a change."""
    data = key.decrypt(row.change_cipher, place=f"woman_change:{row.id}")
    for name in ("was", "now"):
        data[name] = Source(**data[name]) if data[name] else None
    return Change(**data)


def values_of(woman: Woman, details: Details, *, former: bool = False) -> Values:
    """Return all values of a record with their sources; `former`: the columns as they were last stored."""
    found = {name: (getattr(details, name), details.sources.get(name)) for name in VALUES}
    for name in COLUMNS:
        value = getattr(woman, name)
        if former:
            deleted = inspect(woman).attrs[name].history.deleted
            value = deleted[0] if deleted else value
        found[name] = (value or "", details.sources.get(name))
    return found


def between(before: Values, after: Values) -> list[Change]:
    """Return what differs between two states of a record; a value that stays with another source does not."""
    return [
        Change(name, before[name][0], value, before[name][1], source)
        for name, (value, source) in after.items()
        if name not in _SILENT and before[name][0] != value
    ]
