"""Logging in, in three steps, so that Argon2id (256 MiB, a second) holds no database transaction.

`begin` counts the try and reads what proving needs; the caller commits. `prove` computes. `finish`
looks again under a lock and opens the session, or a half one that `complete` makes whole with the code
of her second factor, under another token. A login that fails takes as long and reads the same
whether the user is unknown, disabled, over a limit or mistyped.

Wrong passwords from elsewhere must not lock anybody out: tries are counted by account and address
together, by address, and by account for all browsers that are not known. A browser from which she
has entered before (`devices`) has a budget of its own. Codes are counted likewise, and a half session
ends after five: only who has her password can use up her tries elsewhere, and never at a browser of hers.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from models import SessionStep
from outreach.sealing import renewal, vault
from outreach.staff import accounts, audit, browsers, conduct, devices, factors, limits, passwords, sessions
from outreach.staff.audit import Action
from outreach.staff.limits import Limit

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from models import KeyWrap, Staff
    from outreach.sealing.crypto import PersonalKey
    from outreach.sealing.vault import Prepared
    from outreach.staff.devices import Device
    from outreach.staff.sessions import Identity

PAIR = Limit("login account and address", 5, timedelta(minutes=15))
ADDRESS = Limit("login address", 30, timedelta(minutes=15))
# Bounds guessing from many addresses at once; only browsers that are not known wait for it.
ACCOUNT = Limit("login account", 10, timedelta(minutes=1))
DEVICE = Limit("login account and device", 5, timedelta(minutes=15))
CODE = Limit("login code", 5, timedelta(minutes=15))
# Three codes of a million are right at any moment: 240 guesses a day by who has her password.
CODE_ACCOUNT = Limit("login code account", 10, timedelta(hours=1))
CODE_DEVICE = Limit("login code account and device", 10, timedelta(minutes=15))


@dataclass(frozen=True)
class Origin:
    """From where somebody tries: the address, the browser's device cookie, and what it calls itself."""

    address: str
    device: str = ""
    agent: str = ""


@dataclass(frozen=True)
class Attempt:
    """One try between the steps."""

    staff: Staff | None
    password_hash: str
    counted: limits.Counted
    device: Device | None
    origin: Origin
    wraps: list[KeyWrap] = field(default_factory=list)
    needs_wrap: bool = False


@dataclass(frozen=True)
class Proof:
    """What came of the computing; `rehashed` where the cost of a hash has changed since."""

    right: bool
    keyring: bytes | None = field(default=None, repr=False)
    prepared: Prepared | None = None
    rehashed: str | None = None


@dataclass(frozen=True)
class Login:
    """A login that went well: the token goes to its cookie, `device` to the other, and nowhere else.

    A half one has no device: a browser is known only after the code.
    """

    token: str = field(repr=False)
    staff: Staff
    step: SessionStep
    device: str


def begin(session: Session, key: PersonalKey, username: str, origin: Origin, now: datetime) -> Attempt:
    """Count a try and read what proving it needs; the caller commits."""
    name = accounts.normal(username)
    staff = accounts.find(session, name)
    device = devices.read(origin.device)
    if device and staff and device.knows(key, staff.id, now.date()):
        what = [(DEVICE, f"{staff.id}|{device.day}|{device.ident}")]
    else:
        address = limits.network(origin.address)
        what = [(PAIR, f"{name}|{address}"), (ADDRESS, address), (ACCOUNT, name)]
    counted = limits.count(session, key, what, now)
    holds_key = staff is not None and staff.role in vault.KEY_ROLES
    wraps = vault.wraps_of(session, staff.id) if staff and holds_key else []
    return Attempt(
        staff,
        staff.password_hash if staff else _unknown_hash(),
        counted,
        device,
        origin,
        wraps,
        needs_wrap=holds_key and not wraps and vault.find_team(session) is not None,
    )


def prove(attempt: Attempt, password: str) -> Proof:
    """Compute whether the password is right, and the keys it opens; asks no database."""
    right = accounts.verify(attempt.password_hash, password[: passwords.LONGEST])
    if not right or attempt.staff is None or attempt.staff.disabled_at or attempt.counted.over:
        return Proof(right=False)
    stale = accounts.HASHER.check_needs_rehash(attempt.password_hash)
    return Proof(
        right=True,
        keyring=vault.open_wraps(attempt.wraps, password),
        prepared=vault.prepare(password) if attempt.needs_wrap else None,
        rehashed=accounts.HASHER.hash(password) if stale else None,
    )


def finish(session: Session, key: PersonalKey, attempt: Attempt, proof: Proof, now: datetime) -> Login | None:
    """Open the session, or note the failure and return None; the caller commits either way."""
    staff = attempt.staff
    if staff is None or not proof.right:
        _note_failure(session, attempt, now)
        return None
    session.refresh(staff, with_for_update=True)
    if staff.disabled_at is not None or staff.password_hash != attempt.password_hash:
        return None  # reset or disabled while the password was being checked
    limits.forgive(session, attempt.counted)
    if proof.rehashed:
        staff.password_hash = proof.rehashed
    if proof.prepared is not None:
        vault.request_access(session, staff, proof.prepared)
    try:
        keyring = _checked(session, staff, proof)
    except vault.UnsealError:
        return None
    if factors.is_set(session, staff.id):
        step = SessionStep.CODE
        half = sessions.begin(session, staff, keyring, now, step=step, browser=_browser(key, attempt.origin))
        return Login(half, staff, step, "")
    return _open(session, key, staff, keyring, attempt.origin, now)


def complete(
    session: Session, key: PersonalKey, half: Identity, given: str, origin: Origin, now: datetime
) -> Login | None:
    """Make a half session whole with a code, or note the failure; the caller commits either way.

    After five wrong ones the half session is gone: the password is asked again.
    """
    session.refresh(half.staff, with_for_update=True)
    if not _right_code(session, key, half, given, origin, now):
        return None
    if not sessions.stands(session, half):
        return None  # her team's key was changed while the code was being looked at
    sessions.end_one(session, half)
    return _open(session, key, half.staff, half.private_key, origin, now)


def reopen(
    session: Session,
    key: PersonalKey,
    locked: Identity,
    token: str,
    attempt: Attempt,
    proof: Proof,
    given: str,
    origin: Origin,
    now: datetime,
) -> bool:
    """Give a locked session its key again, by password and code; say whether. The caller commits either way.

    The code is not looked at, and not used up, where the password is wrong. After five wrong codes the
    session has ended.
    """
    staff = locked.staff
    if not proof.right:
        _note_failure(session, attempt, now)
        return False
    session.refresh(staff, with_for_update=True)
    if staff.disabled_at is not None or staff.password_hash != attempt.password_hash:
        return False
    if factors.is_set(session, staff.id) and not _right_code(session, key, locked, given, origin, now):
        return False
    limits.forgive(session, attempt.counted)
    try:
        keyring = _checked(session, staff, proof)
    except vault.UnsealError:
        return False
    sessions.unlock(session, locked.session, token, keyring, now)
    return True


def step_of(session: Session, staff: Staff) -> SessionStep:
    """Return what a session of hers still waits for once password and code were right."""
    if factors.required(staff) and not factors.is_set(session, staff.id):
        return SessionStep.FACTOR
    return SessionStep.OPEN if conduct.agreed(session, staff.id) else SessionStep.CONDUCT


def settle(session: Session, identity: Identity) -> None:
    """Let a session go on to what it waits for next, when she has done what it waited for."""
    identity.session.step = step_of(session, identity.staff)
    session.flush()


def _right_code(
    session: Session, key: PersonalKey, identity: Identity, given: str, origin: Origin, now: datetime
) -> bool:
    """Say whether a code is right, counted by session and account; five wrong ones end the session."""
    staff, device = identity.staff, devices.read(origin.device)
    what = [(CODE, str(identity.session.id))]
    if device and device.knows(key, staff.id, now.date()):
        what.append((CODE_DEVICE, f"{staff.id}|{device.day}|{device.ident}"))
    else:
        what.append((CODE_ACCOUNT, str(staff.id)))
    counted = limits.count(session, key, what, now)
    if not counted.over and factors.check(session, key, staff, given, now):
        limits.forgive(session, counted)
        return True
    if counted.count >= CODE.most:
        audit.record(session, staff.id, Action.LOCKED_OUT, now)
        sessions.end_one(session, identity)
    return False


def _open(
    session: Session,
    key: PersonalKey,
    staff: Staff,
    keyring: bytes | None,
    origin: Origin,
    now: datetime,
) -> Login:
    audit.record(session, staff.id, Action.LOGGED_IN, now)
    step = step_of(session, staff)
    known = devices.remember(key, devices.read(origin.device), staff.id, now.date())
    token = sessions.begin(session, staff, keyring, now, step=step, browser=_browser(key, origin))
    return Login(token, staff, step, known.value())


def _checked(session: Session, staff: Staff, proof: Proof) -> bytes | None:
    """Return the keyring with the keys of before; who holds her row's lock sees the present key of each team.

    What the keyring was opened from is her own, and is proved where it was not yet.

    Raises:
        UnsealError: a key is no team's, or was its key until a moment ago.
    """
    if proof.keyring is None:
        return None
    keyring = vault.check(session, proof.keyring)
    renewal.vouch(session, staff, keyring)
    return keyring


def _browser(key: PersonalKey, origin: Origin) -> sessions.Browser:
    return sessions.Browser(key, browsers.family(origin.agent))


def _note_failure(session: Session, attempt: Attempt, now: datetime) -> None:
    if attempt.staff is not None and attempt.counted.count == PAIR.most and not attempt.counted.over:
        audit.record(session, attempt.staff.id, Action.LOCKED_OUT, now)
        session.flush()


_unknown: list[str] = []


def _unknown_hash() -> str:
    """A hash of the cost in force, so that an unknown user costs what a known one does."""
    if not _unknown:
        _unknown.append(accounts.HASHER.hash("unknown user" + secrets.token_hex(8)))
    return _unknown[0]
