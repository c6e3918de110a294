"""What the tests of the pages of supports share: a coordinator of one agency, entries through the form."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import select
from staffroom import enter

from models import Role, Staff, Support, SupportKind
from outreach.single_list import supports
from outreach.single_list.supports import Entry

if TYPE_CHECKING:
    from datetime import date

    from flask import Flask
    from sqlalchemy.orm import Session as Database
    from staffroom import Browser
    from werkzeug.test import TestResponse

    from models import Woman
    from outreach.sealing.crypto import PersonalKey

JALISCO = ZoneInfo("America/Mexico_City")


def today() -> date:
    """Return the local day of now."""
    return datetime.now(JALISCO).date()


def coordinator(app: Flask, db: Database, agency: str | None, username: str) -> Browser:
    """Log in a coordinator of one agency, or (None) of all."""
    browser = enter(app, db, Role.COORDINATOR, username)
    db.scalars(select(Staff).where(Staff.username == username)).one().agency = agency
    db.commit()
    return browser


def kind_id(db: Database, code: str = "despensa") -> str:
    """Return the id of a kind as a form sends it."""
    return str(db.scalars(select(SupportKind.id).where(SupportKind.code == code)).one())


def enters(browser: Browser, db: Database, woman: Woman, **changed: str) -> TestResponse:
    """Send the form of one support."""
    fields = {
        "once": str(uuid.uuid4()), "kind": kind_id(db), "agency": "", "day": today().isoformat(),
        "amount": "", "given_by": "Quien Entrega", "note": "", "do": "enter",
    }  # fmt: skip
    return browser.post(f"/programa/apoyos/mujer/{woman.id}", **fields | changed)


def give(db: Database, key: PersonalKey, woman: Woman, *, days_ago: int = 0, agency: str = "SSAS") -> Support:
    """Put a despensa into the ledger without asking the rules; days of one month are the caller's care."""
    kind = db.scalars(select(SupportKind).where(SupportKind.code == "despensa")).one()
    day = today() - timedelta(days=days_ago)
    entry = Entry(uuid.uuid4(), woman.id, kind.id, agency, day, None, "Persona Ajena", "Nota ajena")
    made = supports.add(db, key, entry, by=None, source=supports.IMPORT, now=datetime.now(UTC))
    db.commit()
    return made
