"""What of her own copy hangs on her record: supports, requests, merges, and every table that names a woman.

A table that the model gains later is in her copy without a word here, read with the key of personal data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from models import (
    Affiliation,
    Agency,
    Attendance,
    BlockedRecord,
    Conversation,
    DataRequest,
    DoubleSupport,
    Enrolment,
    FoodSecurityInterview,
    ListedPhone,
    Rsvp,
    Support,
    SupportKind,
    WomanMerge,
)
from outreach.single_list import requests
from outreach.single_list.linking import parking
from outreach.single_list.plain_rows import plain

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from models import Woman
    from outreach.sealing.crypto import PersonalKey

# In the copy under names of their own, here or in `rights.whole_record`. What is blocked is opened apart, and
# the hash of a number says nothing to anybody.
TOLD: Final = frozenset(
    noun.__tablename__
    for noun in (
        Affiliation, Attendance, BlockedRecord, Conversation, DataRequest, DoubleSupport, Enrolment,
        FoodSecurityInterview, ListedPhone, Rsvp, Support,
    )
)  # fmt: skip


def more(session: Session, key: PersonalKey, woman: Woman, reader: str | None) -> dict[str, Any]:
    """Return these parts as JSON types; of another agency's supports only kind, agency and day."""
    return {
        "supports": _supports(session, key, woman, reader),
        "requests": _requests(session, key, woman),
        "merged": _merged(session, key, woman),
        "others": _others(session, key, woman),
    }


def _supports(session: Session, key: PersonalKey, woman: Woman, reader: str | None) -> list[dict[str, Any]]:
    rows = session.execute(
        select(Support, SupportKind.name, Agency.name)
        .join(SupportKind, SupportKind.id == Support.kind_id)
        .join(Agency, Agency.code == Support.agency)
        .where(Support.woman_id == woman.id)
        .order_by(Support.day, Support.created_at)
    )
    found = []
    for row, kind, agency in rows:
        line: dict[str, Any] = {"kind": kind, "agency": agency, "day": row.day.isoformat()}
        if reader in {None, row.agency}:
            line |= {"cents": row.cents, "voided": row.voided_at is not None}
            line |= key.decrypt(row.note_cipher, place=f"support:{row.id}")
        found.append(line)
    return found


def _requests(session: Session, key: PersonalKey, woman: Woman) -> list[dict[str, Any]]:
    rows = session.scalars(
        select(DataRequest).where(DataRequest.woman_id == woman.id).order_by(DataRequest.created_at)
    )
    return [
        {
            "number": row.number,
            "kind": row.kind,
            "at": row.created_at.isoformat(),
            "outcome": row.outcome.value if row.outcome else None,
            **requests.about(key, row),
        }
        for row in rows
    ]


def _merged(session: Session, key: PersonalKey, woman: Woman) -> list[dict[str, Any]]:
    rows = session.scalars(
        select(WomanMerge).where(WomanMerge.kept_id == woman.id).order_by(WomanMerge.merged_at)
    )
    found = []
    for row in rows:
        line: dict[str, Any] = {"at": row.merged_at.isoformat(), "undone": row.undone_at is not None}
        if row.undone_at is None:
            snapshot = key.decrypt(row.snapshot_cipher, place=f"woman_merge:{row.id}")
            line |= {"before": snapshot["before"]["values"], "other": snapshot["absorbed"]["values"]}
        # Else the other is another woman: nothing of her is in this copy.
        found.append(line)
    return found


def _others(session: Session, key: PersonalKey, woman: Woman) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for table, column in parking.hanging():
        if table.name in TOLD:
            continue
        rows = session.execute(select(table).where(column == woman.id).order_by(table.c.id)).all()
        if rows:
            found[table.name] = [plain(key, table, row) for row in rows]
    return found
