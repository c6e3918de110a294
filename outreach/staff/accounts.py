"""Who works here: accounts, passwords, logins and their sessions.

A login that fails takes as long and reads the same whether the user is unknown, disabled, locked
or mistyped. The token of a session lives in her cookie only; its hash is what is stored.
"""

from __future__ import annotations

import base64
import re
import secrets
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, select

from models import Role, Staff, StaffSession
from outreach.sealing import vault
from outreach.staff import audit
from outreach.staff.audit import Action

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

MOST_FAILURES = 5
LOCK_OUT = timedelta(minutes=15)
IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
TOUCH_EVERY = timedelta(minutes=1)
SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 200
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,39}")

# The one place that decides what a password's hash costs.
HASHER = PasswordHasher()
_UNKNOWN_USER = "unknown user"


class StaffError(ValueError):
    """What was asked can't be done; the message says why, in Spanish, for the person who asked."""


@dataclass(frozen=True)
class Login:
    """A login that went well: the token goes to the cookie and nowhere else."""

    token: str
    staff: Staff


@dataclass(frozen=True)
class Identity:
    """Who is asking, in one request; `private_key` is the team's, for those who were granted it."""

    staff: Staff
    session: StaffSession
    private_key: bytes | None


def add(
    session: Session, username: str, display_name: str, role: Role, now: datetime, *, by: Staff | None = None
) -> str:
    """Add a member of staff; return the initial password, shown once and to be changed at first login.

    `by` is who did it, here and below; empty: the command line.

    Raises:
        StaffError: the username is taken or malformed.
    """
    name = normal(username)
    if not _USERNAME.fullmatch(name):
        raise StaffError("El usuario lleva de 3 a 40 letras sin acento, números, puntos o guiones.")
    if not display_name.strip():
        raise StaffError("Falta el nombre que se muestra.")
    if find(session, name) is not None:
        raise StaffError(f"Ya hay alguien con el usuario {name}.")
    password = initial_password()
    staff = Staff(
        username=name,
        display_name=display_name.strip()[:80],
        role=role,
        password_hash=HASHER.hash(password),
        must_change_password=True,
        failed_logins=0,
        created_at=now,
    )
    session.add(staff)
    session.flush()
    _ask_for_key(session, staff, password)
    audit.record(session, by.id if by else None, Action.STAFF_ADDED, now)
    return password


def find(session: Session, username: str) -> Staff | None:
    """Return a member of staff by username."""
    return session.scalar(select(Staff).where(Staff.username == normal(username)))


def everyone(session: Session) -> list[Staff]:
    """Return all staff, those who may enter first."""
    return list(session.scalars(select(Staff).order_by(Staff.disabled_at.is_not(None), Staff.display_name)))


def disable(session: Session, staff: Staff, now: datetime, *, by: Staff | None = None) -> None:
    """Take away access at once: her sessions end with it, and so does her copy of the team's key."""
    staff.disabled_at = now
    end_sessions(session, staff)
    wrap = vault.wrap_of(session, staff.id)
    if wrap is not None:
        session.delete(wrap)
    audit.record(session, by.id if by else None, Action.STAFF_DISABLED, now)
    session.flush()


def reset(session: Session, staff: Staff, now: datetime, *, by: Staff | None = None) -> str:
    """Give a new initial password, and access where it was taken away; return it, shown once.

    A caseworker waits for the team's key again: nobody knew her old password but she.
    """
    password = initial_password()
    staff.password_hash = HASHER.hash(password)
    staff.must_change_password = True
    staff.disabled_at = None
    staff.failed_logins, staff.locked_until = 0, None
    end_sessions(session, staff)
    _ask_for_key(session, staff, password)
    audit.record(session, by.id if by else None, Action.STAFF_RESET, now)
    session.flush()
    return password


def change_password(session: Session, identity: Identity, current: str, new: str, now: datetime) -> None:
    """Set her own password and keep the team's key within reach.

    Raises:
        StaffError: the current one is wrong, or the new one too weak.
    """
    staff = identity.staff
    if not _verify(staff.password_hash, current):
        raise StaffError("La contraseña actual no es esa.")
    if not SHORTEST_PASSWORD <= len(new) <= LONGEST_PASSWORD:
        raise StaffError("La contraseña nueva necesita al menos 12 caracteres: una frase corta sirve.")
    if new == current or staff.username in new.casefold() or len(set(new)) < SHORTEST_PASSWORD // 2:
        raise StaffError("La contraseña nueva se adivina fácil: usa otra.")
    staff.password_hash = HASHER.hash(new)
    staff.must_change_password = False
    if staff.role in vault.KEY_ROLES and vault.find_team(session) is not None:
        vault.rewrap(session, staff, new, identity.private_key)
    # Whoever else was logged in as her is out.
    session.execute(
        delete(StaffSession).where(StaffSession.staff_id == staff.id, StaffSession.id != identity.session.id)
    )
    audit.record(session, staff.id, Action.PASSWORD_CHANGED, now)
    session.flush()


def log_in(session: Session, username: str, password: str, now: datetime) -> Login | None:
    """Log in, or count the failure and return None; the caller commits either way."""
    staff = find(session, username)
    right = _verify(staff.password_hash if staff else _unknown_hash(), password[:LONGEST_PASSWORD])
    if staff is None or staff.disabled_at is not None:
        return None
    if staff.locked_until is not None and now < staff.locked_until:
        return None
    if not right:
        _count_failure(session, staff, now)
        return None
    staff.failed_logins, staff.locked_until = 0, None
    if HASHER.check_needs_rehash(staff.password_hash):
        staff.password_hash = HASHER.hash(password)
    audit.record(session, staff.id, Action.LOGGED_IN, now)
    return _open_session(session, staff, password, now)


def identify(session: Session, token: str, now: datetime, *, touch: bool) -> Identity | None:
    """Return who holds a token, or None; `touch` says that a person did something just now."""
    raw = _raw(token)
    if raw is None:
        return None
    row = session.scalar(select(StaffSession).where(StaffSession.token_hash == sha256(raw).digest()))
    if row is None:
        return None
    staff = session.get(Staff, row.staff_id)
    ended = now >= row.expires_at or now - row.last_seen_at >= IDLE
    if staff is None or staff.disabled_at is not None or ended:
        session.delete(row)
        return None
    if touch and now - row.last_seen_at >= TOUCH_EVERY:
        row.last_seen_at = now
    key = vault.unwrap_for_session(raw, row.key_wrapped) if row.key_wrapped else None
    return Identity(staff, row, key)


def log_out(session: Session, identity: Identity, now: datetime) -> None:
    """End this session."""
    session.delete(identity.session)
    audit.record(session, identity.staff.id, Action.LOGGED_OUT, now)
    session.flush()


def end_sessions(session: Session, staff: Staff) -> None:
    """End all sessions of a member of staff."""
    session.execute(delete(StaffSession).where(StaffSession.staff_id == staff.id))


def normal(username: str) -> str:
    """Return a username as it is stored."""
    return username.strip().casefold()


def initial_password() -> str:
    """Return a password of 80 random bits that can be read aloud."""
    letters = base64.b32encode(secrets.token_bytes(10)).decode().lower()
    return "-".join(letters[i : i + 4] for i in range(0, len(letters), 4))


def _ask_for_key(session: Session, staff: Staff, password: str) -> None:
    if staff.role in vault.KEY_ROLES and vault.find_team(session) is not None:
        vault.request_access(session, staff, password)


def _open_session(session: Session, staff: Staff, password: str, now: datetime) -> Login:
    raw = secrets.token_bytes(32)
    private_key = None
    if staff.role in vault.KEY_ROLES and vault.find_team(session) is not None:
        if vault.wrap_of(session, staff.id) is None:
            vault.request_access(session, staff, password)
        private_key = vault.unlock(session, staff, password)
    row = StaffSession(
        staff_id=staff.id,
        token_hash=sha256(raw).digest(),
        key_wrapped=vault.wrap_for_session(raw, private_key) if private_key else None,
        created_at=now,
        last_seen_at=now,
        expires_at=now + LONGEST,
    )
    session.add(row)
    session.flush()
    return Login(base64.urlsafe_b64encode(raw).decode().rstrip("="), staff)


def _count_failure(session: Session, staff: Staff, now: datetime) -> None:
    session.refresh(staff, with_for_update=True)
    staff.failed_logins += 1
    if staff.failed_logins >= MOST_FAILURES:
        staff.failed_logins, staff.locked_until = 0, now + LOCK_OUT
        audit.record(session, staff.id, Action.LOCKED_OUT, now)
    session.flush()


def _verify(password_hash: str, password: str) -> bool:
    try:
        return HASHER.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


_unknown: list[str] = []


def _unknown_hash() -> str:
    """A hash of the cost in force, so that an unknown user costs what a known one does."""
    if not _unknown:
        _unknown.append(HASHER.hash(_UNKNOWN_USER + secrets.token_hex(8)))
    return _unknown[0]


def _raw(token: str) -> bytes | None:
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return None
    return raw if len(raw) == 32 else None  # noqa: PLR2004 (the length of a token)
