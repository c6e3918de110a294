"""A caseworker with the desk open, for tests that have no browser."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from models import StaffSession
from outreach.casework import thread
from outreach.casework.case_state import read_state
from outreach.staff import logins

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from models import Case, Staff
    from outreach.casework.opened import Caseworker
    from outreach.casework.thread import Entry
    from outreach.sealing.crypto import PersonalKey
    from outreach.staff.logins import Login


def sit_down(session: Session, staff: Staff, now: datetime) -> StaffSession:
    """Give her a session that holds a key, with the desk open at `now`, and a password of her own."""
    staff.must_change_password = False
    login = StaffSession(
        staff_id=staff.id,
        token_hash=secrets.token_bytes(32),
        key_wrapped=b"wrapped",
        created_at=now,
        last_seen_at=now,
        desk_seen_at=now,
        expires_at=now + timedelta(hours=12),
    )
    session.add(login)
    session.flush()
    return login


def log_in(
    session: Session,
    key: PersonalKey,
    username: str,
    password: str,
    now: datetime,
    *,
    address: str = "192.0.2.1",
    device: str = "",
) -> Login | None:
    """Take the three steps of a login, as the console does."""
    attempt = logins.begin(session, key, username, logins.Origin(address, device), now)
    return logins.finish(session, key, attempt, logins.prove(attempt, password), now)


def lines_of(session: Session, worker: Caseworker, case: Case) -> list[Entry]:
    """Unseal a case's thread, without the record that a caseworker's look leaves."""
    return thread.read(session, worker.private_key, case, read_state(worker.key, case))
