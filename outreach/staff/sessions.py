"""Sessions of staff: opened by a login, ended by leaving, idleness, twelve hours, or an administrator.

The token of a session lives in her cookie only; its hash is what is stored.
"""

from __future__ import annotations

import base64
import secrets
import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from sqlalchemy import delete, select, update

from models import SessionStep, Staff, StaffSession
from outreach.sealing import vault
from outreach.staff import audit, presence
from outreach.staff.audit import Action
from outreach.staff.presence import IDLE, LOCK_AFTER

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy.orm import Session

    from outreach.sealing.crypto import PersonalKey

LONGEST = timedelta(hours=12)
# How long a right password waits for its code.
LONGEST_HALF = timedelta(minutes=10)
TOUCH_EVERY = timedelta(seconds=10)
_TOKEN_BYTES = 32


@dataclass(frozen=True)
class Identity:
    """Who is asking, in one request; `private_key` is her keyring, for those who were granted one."""

    staff: Staff
    session: StaffSession
    private_key: bytes | None


@dataclass(frozen=True)
class Browser:
    """Which browser a session is in, in words, with the key that keeps them."""

    key: PersonalKey = field(repr=False)
    words: str


@dataclass(frozen=True)
class Own:
    """One of her sessions, as she sees it; `step` of a half one is `code`."""

    id: uuid.UUID
    browser: str
    since: datetime
    seen: datetime
    step: SessionStep
    locked: bool
    here: bool


def begin(
    session: Session,
    staff: Staff,
    keyring: bytes | None,
    now: datetime,
    *,
    step: SessionStep = SessionStep.OPEN,
    browser: Browser | None = None,
) -> str:
    """Open a session; return its token, which goes to the cookie and nowhere else."""
    raw = secrets.token_bytes(_TOKEN_BYTES)
    row = StaffSession(
        id=uuid.uuid4(),
        staff_id=staff.id,
        token_hash=sha256(raw).digest(),
        key_wrapped=vault.wrap_for_session(raw, keyring) if keyring else None,
        created_at=now,
        last_seen_at=now,
        expires_at=now + (LONGEST_HALF if step is SessionStep.CODE else LONGEST),
        step=step,
    )
    if browser is not None:
        row.agent_cipher = browser.key.encrypt({"browser": browser.words}, place=_place(row))
    session.add(row)
    session.flush()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def identify(
    session: Session, token: str, now: datetime, *, touch: bool, half: bool = False
) -> Identity | None:
    """Return who holds a token, or None; `touch` says that a person did something just now.

    `half` asks for a login that still waits for its code, which is nobody anywhere else.
    """
    raw = _raw(token)
    if raw is None:
        return None
    row = session.scalar(select(StaffSession).where(StaffSession.token_hash == sha256(raw).digest()))
    if row is None or half != (row.step is SessionStep.CODE):
        return None
    staff = session.get(Staff, row.staff_id)
    ended = now >= row.expires_at or now - row.last_seen_at >= IDLE
    if staff is None or staff.disabled_at is not None or ended:
        _close(session, row, now)
        return None
    if row.key_wrapped and row.step is SessionStep.OPEN and now - row.last_seen_at >= LOCK_AFTER:
        lock(row, now)
    if touch and row.locked_at is None and now - row.last_seen_at >= TOUCH_EVERY:
        row.last_seen_at = now
    key = vault.unwrap_for_session(raw, row.key_wrapped) if row.key_wrapped else None
    return Identity(staff, row, key)


def lock(row: StaffSession, now: datetime) -> None:
    """Drop the key of a session that nobody used for a while; `unlock` gives it back."""
    row.key_wrapped, row.locked_at = None, now


def unlock(session: Session, row: StaffSession, token: str, keyring: bytes | None, now: datetime) -> None:
    """Give a locked session its key again; its end stays what it was."""
    raw = _raw(token)
    if raw is None or sha256(raw).digest() != row.token_hash:
        raise ValueError("the token is of another session")
    row.key_wrapped = vault.wrap_for_session(raw, keyring) if keyring else None
    row.locked_at, row.last_seen_at = None, now
    session.flush()


def give_key(row: StaffSession, token: str, keyring: bytes) -> None:
    """Let a session have another keyring, under the same token."""
    raw = _raw(token)
    if raw is None or sha256(raw).digest() != row.token_hash:
        raise ValueError("the token is of another session")
    row.key_wrapped = vault.wrap_for_session(raw, keyring)


def lock_all(session: Session, staff_ids: Collection[uuid.UUID], now: datetime, *, besides: Identity) -> None:
    """Lock the sessions of some people: their keyring is of before. Who is just logging in begins again."""
    of_them = (StaffSession.staff_id.in_(staff_ids), StaffSession.id != besides.session.id)
    session.execute(delete(StaffSession).where(*of_them, StaffSession.step != SessionStep.OPEN))
    session.execute(
        update(StaffSession)
        .where(*of_them, StaffSession.key_wrapped.is_not(None))
        .values(key_wrapped=None, locked_at=now)
    )


def seconds_left(row: StaffSession, now: datetime) -> int | None:
    """Return in how many seconds a session will be locked where nobody does anything; None: never."""
    if row.key_wrapped is None or row.step is not SessionStep.OPEN:
        return None
    return max(0, int((row.last_seen_at + LOCK_AFTER - now).total_seconds()))


def log_out(session: Session, identity: Identity, now: datetime) -> None:
    """End this session, and with the last one her shift."""
    audit.hold(session, identity.staff.id)
    session.delete(identity.session)
    audit.record(session, identity.staff.id, Action.LOGGED_OUT, now)
    presence.end_shift_if_gone(session, identity.staff.id, now)
    session.flush()


def end_all(session: Session, staff: Staff, now: datetime) -> None:
    """End all sessions of a member of staff, and her shift."""
    session.execute(delete(StaffSession).where(StaffSession.staff_id == staff.id))
    presence.end_shift(session, staff.id, now)


def own(session: Session, key: PersonalKey, identity: Identity, now: datetime) -> list[Own]:
    """Return her sessions that have not ended, this one first, then the newest."""
    query = select(StaffSession).where(
        StaffSession.staff_id == identity.staff.id,
        StaffSession.expires_at > now,
        StaffSession.last_seen_at > now - IDLE,
    )
    found = [_own(key, identity, row) for row in session.scalars(query)]
    return sorted(found, key=lambda one: (not one.here, -one.since.timestamp()))


def end_own(session: Session, identity: Identity, session_id: uuid.UUID, now: datetime) -> bool:
    """End another session of hers; say whether there was one."""
    audit.hold(session, identity.staff.id)
    ended = session.execute(
        delete(StaffSession)
        .where(
            StaffSession.id == session_id,
            StaffSession.staff_id == identity.staff.id,
            StaffSession.id != identity.session.id,
        )
        .returning(StaffSession.id)
    )
    if ended.first() is None:
        return False
    audit.record(session, identity.staff.id, Action.LOGIN_ENDED, now)
    session.flush()
    return True


def _own(key: PersonalKey, identity: Identity, row: StaffSession) -> Own:
    words = key.decrypt(row.agent_cipher, place=_place(row)).get("browser", "") if row.agent_cipher else ""
    return Own(
        row.id,
        words,
        row.created_at,
        row.last_seen_at,
        row.step,
        row.locked_at is not None,
        row.id == identity.session.id,
    )


def _place(row: StaffSession) -> str:
    return f"staff_session:{row.id}"


def end_others(session: Session, identity: Identity) -> None:
    """End all her sessions but this one."""
    session.execute(
        delete(StaffSession).where(
            StaffSession.staff_id == identity.staff.id, StaffSession.id != identity.session.id
        )
    )


def stands(session: Session, identity: Identity) -> bool:
    """Say whether a session is still there, asked anew of the database."""
    return session.scalar(select(StaffSession.id).where(StaffSession.id == identity.session.id)) is not None


def end_one(session: Session, identity: Identity) -> None:
    """Take a session away: half a one that became whole, or one at which codes were guessed."""
    session.delete(identity.session)
    session.flush()


def _close(session: Session, row: StaffSession, now: datetime) -> None:
    """Let a session be worth nothing; the row, which tells when the desk was last open, is swept later."""
    row.key_wrapped = None
    row.expires_at = min(row.expires_at, now)
    presence.end_shift_if_gone(session, row.staff_id, now)


def _raw(token: str) -> bytes | None:
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return None
    return raw if len(raw) == _TOKEN_BYTES else None
