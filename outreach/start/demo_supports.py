"""Supports of the sample programme: despensas of three agencies, some of them given twice in a month."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from models import SupportKind, Woman
from outreach.ground import dates
from outreach.single_list import supports, supports_doubles
from outreach.single_list.supports import Entry

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy.orm import Session as Database

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

AGENCIES = ("DIF", "SSAS", "SISEMH")
WOMEN, TWICE = 60, 4
GIVERS = {"DIF": "Almacén", "SSAS": "Centro comunitario", "SISEMH": "Caravana"}


def load(db: Database, key: PersonalKey, settings: Settings, now: datetime) -> None:
    """Give some of the sample women a despensa last month and this one, and a few of them another's too."""
    kind = db.scalars(select(SupportKind).where(SupportKind.code == "despensa")).one_or_none()
    if kind is None:
        return
    today = dates.today(settings.timezone, now)
    first = today.replace(day=1)
    women = db.scalars(select(Woman.id).order_by(Woman.created_at, Woman.id).limit(WOMEN)).all()
    for number, woman_id in enumerate(women):
        agency = AGENCIES[number % len(AGENCIES)]
        last_month = first - timedelta(days=1 + number % 20)
        _give(db, key, (woman_id, kind.id, agency), last_month, now)
        if number % 2 == 0:
            _give(db, key, (woman_id, kind.id, agency), min(today, first + timedelta(days=number % 9)), now)
        if number < 2 * TWICE and number % 2 == 0:
            another = AGENCIES[(number + 1) % len(AGENCIES)]
            _give(db, key, (woman_id, kind.id, another), today, now)
    supports_doubles.look_again(db, now)


def _give(
    db: Database, key: PersonalKey, what: tuple[uuid.UUID, uuid.UUID, str], day: date, now: datetime
) -> None:
    """Put one into the ledger as a list does, without asking the rules."""
    woman_id, kind_id, agency = what
    entry = Entry(uuid.uuid4(), woman_id, kind_id, agency, day, given_by=GIVERS[agency])
    supports.add(db, key, entry, by=None, source=supports.IMPORT, now=now)
