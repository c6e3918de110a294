"""What the tests of the door share: a session that has begun, and marks as a phone sends them."""

from __future__ import annotations

import time
import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from models import Enrolment

if TYPE_CHECKING:
    from sqlalchemy.orm import Session as Database
    from staffroom import Browser, Programme
    from werkzeug.test import TestResponse

    from models import Woman


def begins_now(db: Database, programme: Programme, ago: timedelta = timedelta(seconds=1)) -> str:
    """Let the group's session have begun; return its id."""
    programme.session.starts_at = datetime.now(UTC) - ago
    db.commit()
    return str(programme.session.id)


def seat_of(db: Database, woman: Woman) -> str:
    """Return the id by which a phone names her."""
    return str(db.scalars(select(Enrolment.id).where(Enrolment.woman_id == woman.id)).one())


def mark(ref: str, state: str = "present", *, mark_id: str = "", at: float = 0) -> dict[str, Any]:
    """Return a mark as a phone keeps it; `at` in seconds from now."""
    moment = int((time.time() + at) * 1000)
    return {"id": mark_id or str(uuid.uuid4()), "ref": ref, "state": state, "at": moment}


def sends(browser: Browser, session_id: str, *marks: dict[str, Any], off: float = 0) -> TestResponse:
    """Send marks as the page does, from a phone whose clock is off by so many seconds."""
    token = browser.get(f"/programa/puerta/{session_id}/lista").get_json()["token"]
    moved = [one | {"at": one["at"] + int(off * 1000)} for one in marks]
    return browser.client.post(
        f"/programa/puerta/{session_id}/marcas",
        json={"sent_at": int((time.time() + off) * 1000), "marks": moved},
        headers={"X-CSRFToken": token},
    )
