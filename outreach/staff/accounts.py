"""Who works here: accounts and passwords. `logins` lets them in, `sessions` knows who is asking.

Argon2id takes a second and 256 MiB: each verb computes before its first statement, so that it holds no
transaction where its caller has none open.
"""

from __future__ import annotations

import base64
import re
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, select, update

from models import KeyWrap, Role, Staff
from outreach.sealing import vault
from outreach.staff import audit, factors, key_holders, limits, passwords, sessions
from outreach.staff.audit import Action
from outreach.staff.limits import Limit
from outreach.texts import staff_accounts as texts

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from sqlalchemy.orm import Session

    from models import Team
    from outreach.sealing.crypto import PersonalKey
    from outreach.sealing.vault import Prepared
    from outreach.staff.sessions import Identity

CURRENT = Limit("current password", 5, timedelta(minutes=15))
CURRENT_CODE = Limit("current code", 5, timedelta(minutes=15))
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,39}")

# The one place that decides what a password's hash costs.
HASHER = PasswordHasher()


class StaffError(ValueError):
    """What was asked can't be done; the message says why, in Spanish, for the person who asked."""


@dataclass(frozen=True)
class Fresh:
    """An initial password with all that is computed from it."""

    text: str = field(repr=False)
    hash: str = field(repr=False)
    prepared: Prepared

    @classmethod
    def make(cls) -> Fresh:
        """Make one; asks no database."""
        text = initial_password()
        return cls(text, HASHER.hash(text), vault.prepare(text))


def add(
    session: Session,
    username: str,
    display_name: str,
    role: Role,
    now: datetime,
    *,
    by: Staff | None = None,
    team: Team | None = None,
    agency: str | None = None,
) -> str:
    """Add a member of staff; return the initial password, shown once and to be changed at first login.

    `by` is who did it, here and below; empty: the command line. `team` is whose key she waits for, where her
    role has one; empty: the installation's first. `agency` is the code of the one she works for; empty: all.

    Raises:
        StaffError: the username is taken or malformed.
    """
    name = normal(username)
    if not _USERNAME.fullmatch(name):
        raise StaffError("El usuario lleva de 3 a 40 letras sin acento, números, puntos o guiones.")
    if not display_name.strip():
        raise StaffError("Falta el nombre que se muestra.")
    fresh = Fresh.make()
    if find(session, name) is not None:
        raise StaffError(f"Ya hay alguien con el usuario {name}.")
    staff = Staff(
        username=name,
        display_name=display_name.strip()[:80],
        role=role,
        password_hash=fresh.hash,
        must_change_password=True,
        created_at=now,
        agency=agency,
    )
    session.add(staff)
    session.flush()
    _ask_for_key(session, staff, fresh.prepared, team)
    audit.record(session, by.id if by else None, Action.STAFF_ADDED, now)
    return fresh.text


def find(session: Session, username: str) -> Staff | None:
    """Return a member of staff by username."""
    return session.scalar(select(Staff).where(Staff.username == normal(username)))


def by_id(session: Session, staff_id: uuid.UUID) -> Staff | None:
    """Return a member of staff, or None."""
    return session.get(Staff, staff_id)


def everyone(session: Session) -> list[Staff]:
    """Return all staff, those who may enter first."""
    return list(session.scalars(select(Staff).order_by(Staff.disabled_at.is_not(None), Staff.display_name)))


def disable(session: Session, staff: Staff, now: datetime, *, by: Staff | None = None) -> None:
    """Take away access at once: her sessions and her shift end, and her copies of team keys are deleted.

    In which teams she was stays known, for the day she comes back. What the keys opened is not undone:
    `key_holders.leavers` tells her colleagues, who change them.
    """
    staff.disabled_at = now
    sessions.end_all(session, staff, now)
    key_holders.note_leaving(session, staff.id, now)
    session.execute(update(KeyWrap).where(KeyWrap.staff_id == staff.id).values(wrapped=None))
    audit.record(session, by.id if by else None, Action.STAFF_DISABLED, now)
    session.flush()


def reset(
    session: Session, staff: Staff, now: datetime, *, by: Staff | None = None, factor: bool = False
) -> str:
    """Give a new initial password, and access where it was taken away; return it, shown once.

    A caseworker waits for the team's key again: nobody knew her old password but she. `factor` forgets her
    second factor too. There is no way to forget that alone: who asks for it in her name and has her
    password would get in, key and all.
    """
    fresh = Fresh.make()
    staff.password_hash = fresh.hash
    staff.must_change_password = True
    staff.disabled_at = None
    sessions.end_all(session, staff, now)
    _ask_for_key(session, staff, fresh.prepared)
    if factor:
        factors.remove(session, staff.id)
        audit.record(session, by.id if by else None, Action.FACTOR_RESET, now)
    audit.record(session, by.id if by else None, Action.STAFF_RESET, now)
    session.flush()
    return fresh.text


def change_role(
    session: Session, staff: Staff, role: Role, now: datetime, *, by: Staff | None = None
) -> None:
    """Give another role: her sessions and her shift end, and a role without cases keeps no team key."""
    if role is staff.role:
        return
    staff.role = role
    sessions.end_all(session, staff, now)
    if role not in vault.KEY_ROLES:
        key_holders.note_leaving(session, staff.id, now)
        session.execute(delete(KeyWrap).where(KeyWrap.staff_id == staff.id))
    audit.record(session, by.id if by else None, Action.STAFF_ROLE, now)
    session.flush()


def try_current(session: Session, key: PersonalKey, staff: Staff, now: datetime) -> limits.Counted:
    """Count a try at one's own current password; the caller commits before it changes anything.

    Raises:
        StaffError: too many wrong ones.
    """
    counted = limits.count(session, key, [(CURRENT, str(staff.id))], now)
    if counted.over:
        raise StaffError(texts.TOO_MANY_TRIES)
    return counted


def try_code(session: Session, key: PersonalKey, staff: Staff, given: str, now: datetime) -> bool:
    """Say whether a code of her second factor is right, within a session; the caller commits either way.

    Raises:
        StaffError: too many wrong ones.
    """
    counted = limits.count(session, key, [(CURRENT_CODE, str(staff.id))], now)
    if counted.over:
        raise StaffError(texts.TOO_MANY_TRIES)
    right = factors.check(session, key, staff, given, now)
    if right:
        limits.forgive(session, counted)
    return right


def give_up_factor(session: Session, staff: Staff, now: datetime) -> None:
    """Let her enter without a second factor again.

    Raises:
        StaffError: her role needs one.
    """
    if factors.required(staff):
        raise StaffError(texts.FACTOR_NEEDED)
    factors.remove(session, staff.id)
    audit.record(session, staff.id, Action.FACTOR_RESET, now)
    session.flush()


def change_password(
    session: Session,
    identity: Identity,
    current: str,
    new: str,
    now: datetime,
    *,
    counted: limits.Counted | None = None,
) -> None:
    """Set her own password and keep the team's key within reach; `counted` is the try that was right.

    Raises:
        StaffError: the current one is wrong, or the new one too weak.
    """
    staff = identity.staff
    if not verify(staff.password_hash, current):
        raise StaffError("La contraseña actual no es esa.")
    if new == current:
        raise StaffError(texts.PASSWORD_SAME)
    problem = passwords.problem(new, (staff.username, staff.display_name))
    if problem is not None:
        raise StaffError(problem)
    old, new_hash, prepared = staff.password_hash, HASHER.hash(new), vault.prepare(new)
    session.refresh(staff, with_for_update=True)
    if staff.password_hash != old:
        raise StaffError("La contraseña actual no es esa.")  # reset meanwhile
    staff.password_hash = new_hash
    staff.must_change_password = False
    if staff.role in vault.KEY_ROLES and vault.find_team(session) is not None:
        vault.rewrap(session, staff, prepared, identity.private_key)
    # Whoever else was logged in as her is out.
    sessions.end_others(session, identity)
    if counted is not None:
        limits.forgive(session, counted)
    audit.record(session, staff.id, Action.PASSWORD_CHANGED, now)
    session.flush()


def normal(username: str) -> str:
    """Return a username as it is stored."""
    return username.strip().casefold()


def initial_password() -> str:
    """Return a password of 80 random bits that can be read aloud."""
    letters = base64.b32encode(secrets.token_bytes(10)).decode().lower()
    return "-".join(letters[i : i + 4] for i in range(0, len(letters), 4))


def verify(password_hash: str, password: str) -> bool:
    """Say whether a password is right."""
    try:
        return HASHER.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def _ask_for_key(session: Session, staff: Staff, prepared: Prepared, team: Team | None = None) -> None:
    if staff.role in vault.KEY_ROLES and vault.find_team(session) is not None:
        vault.request_access(session, staff, prepared, team=team)
