"""What the tests of supports share: women, kinds, an entry, a second agency."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from models import SupportKind, SupportRule
from outreach.people import registry
from outreach.single_list import supports
from outreach.single_list.supports import Entry

if TYPE_CHECKING:
    from sqlalchemy.orm import Session as Database

    from models import Support, Woman
    from outreach.sealing.crypto import PersonalKey

TODAY = date(2026, 11, 29)
NOW = datetime(2026, 11, 29, 18, tzinfo=UTC)


def a_woman(db: Database, key: PersonalKey, name: str = "Elena Uno Prueba") -> Woman:
    """Add a woman."""
    details = registry.Details(full_name=name, birth_date="1990-05-17")
    return registry.add_woman(db, key, details, municipality="14039", axis="food")


def kind(db: Database, code: str = "despensa") -> SupportKind:
    """Return a kind by its code."""
    return db.scalars(select(SupportKind).where(SupportKind.code == code)).one()


def rule_of(db: Database, code: str = "despensa") -> SupportRule:
    """Return the one rule of a kind."""
    return db.scalars(select(SupportRule).where(SupportRule.kind_id == kind(db, code).id)).one()


def entry(
    db: Database,
    woman: Woman,
    day: str,
    agency: str = "DIF",
    code: str = "despensa",
    cents: int | None = None,
) -> Entry:
    """Return an entry of one support."""
    return Entry(
        uuid.uuid4(), woman.id, kind(db, code).id, agency, date.fromisoformat(day), cents, "Quien Entrega",
        "En la puerta",
    )  # fmt: skip


def give(
    db: Database, key: PersonalKey, woman: Woman, day: str, agency: str = "DIF", code: str = "despensa"
) -> Support:
    """Put a support into the ledger as a list does: without asking the rules."""
    made = supports.add(
        db, key, entry(db, woman, day, agency, code), by=None, source=supports.IMPORT, now=NOW
    )
    db.flush()
    return made
