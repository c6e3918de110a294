"""The second factor: codes of an app (TOTP, RFC 6238), and ten recovery codes for when the phone is gone.

A code is worth something once: the newest period used is remembered under the row's lock (RFC 6238,
section 5.2). The app's secret is encrypted like personal data, for the server has to compute with it;
recovery codes are kept as keyed hashes.
"""

from __future__ import annotations

import base64
import re
import secrets
import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

import pyotp
from pyotp.exceptions import OTPVerificationError
from sqlalchemy import delete, func, select, update

from models import RecoveryCode, SecondFactor, by_machine
from outreach.sealing import vault
from outreach.staff import audit
from outreach.staff.audit import Action

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from models import Staff
    from outreach.sealing.crypto import PersonalKey

ISSUER = "Avanza"
# A phone's clock may be off by one period of 30 seconds, either way.
WINDOW = 1
RECOVERY_CODES = 10
PENDING_FOR = timedelta(minutes=15)
_APP_CODE = re.compile(r"[0-9]{6}")
_RECOVERY_CODE = re.compile(r"[a-z2-7]{12}")
# Read from paper: what base32 has no sign for.
_MISREAD = str.maketrans("018", "olb")


@dataclass(frozen=True)
class SetUp:
    """What her app has to learn: the secret, in base32, and the same as an address for a QR code."""

    secret: str = field(repr=False)
    uri: str = field(repr=False)


def required(staff: Staff) -> bool:
    """Say whether her role holds a key and therefore needs a second factor."""
    return staff.role in vault.KEY_ROLES


def is_set(session: Session, staff_id: uuid.UUID) -> bool:
    """Say whether she has a second factor."""
    query = select(SecondFactor.id).where(
        SecondFactor.staff_id == staff_id, SecondFactor.secret_cipher.is_not(None)
    )
    return session.scalar(query) is not None


def who_have_one(session: Session) -> frozenset[uuid.UUID]:
    """Return all who have a second factor."""
    query = select(SecondFactor.staff_id).where(SecondFactor.secret_cipher.is_not(None))
    return frozenset(session.scalars(query))


def codes_left(session: Session, staff_id: uuid.UUID) -> int:
    """Count her recovery codes that are not used."""
    query = select(func.count()).select_from(RecoveryCode)
    return session.scalar(query.where(RecoveryCode.staff_id == staff_id, RecoveryCode.used_at.is_(None))) or 0


def begin(session: Session, key: PersonalKey, staff: Staff, now: datetime) -> SetUp:
    """Start a new secret beside the one in use; asked again within minutes it is the same."""
    row = _row(session, staff.id)
    if row is None:
        row = SecondFactor(id=uuid.uuid4(), staff_id=staff.id)
        session.add(row)
        session.flush()
    if row.pending_cipher is None or row.pending_at is None or now - row.pending_at >= PENDING_FOR:
        secret = pyotp.random_base32()
        row.pending_cipher = key.encrypt({"secret": secret}, place=_place(row))
        row.pending_at = now
        session.flush()
    return _set_up(key, row, staff)


def pending(session: Session, key: PersonalKey, staff: Staff, now: datetime) -> SetUp | None:
    """Return the secret that she is setting up, or None."""
    row = _row(session, staff.id)
    if row is None or row.pending_cipher is None or row.pending_at is None:
        return None
    return _set_up(key, row, staff) if now - row.pending_at < PENDING_FOR else None


def confirm(session: Session, key: PersonalKey, staff: Staff, given: str, now: datetime) -> list[str] | None:
    """Take the new secret into use where its code is right; return recovery codes, which are shown once."""
    row = _row(session, staff.id)
    if row is None or row.pending_cipher is None or row.pending_at is None:
        return None
    step = _step(key, row, row.pending_cipher, given, now) if now - row.pending_at < PENDING_FOR else None
    if step is None:
        return None
    row.secret_cipher, row.confirmed_at, row.last_step = row.pending_cipher, now, step
    row.pending_cipher = row.pending_at = None
    audit.record(session, staff.id, Action.FACTOR_SET, now)
    return new_recovery_codes(session, key, staff)


def new_recovery_codes(session: Session, key: PersonalKey, staff: Staff) -> list[str]:
    """Make ten recovery codes in place of those of before; they are shown once and never again."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == staff.id))
    made = [_recovery_code() for _ in range(RECOVERY_CODES)]
    session.add_all(
        RecoveryCode(staff_id=staff.id, code_hash=_hash(key, staff, _plain(code))) for code in made
    )
    session.flush()
    return made


def check(session: Session, key: PersonalKey, staff: Staff, given: str, now: datetime) -> bool:
    """Say whether a code is right, of the app or on paper, and use it up. The caller counts the tries."""
    row = _row(session, staff.id)
    if row is None or row.secret_cipher is None:
        return False
    if _RECOVERY_CODE.fullmatch(_plain(given)):
        return _use_recovery_code(session, key, staff, _plain(given), now)
    step = _step(key, row, row.secret_cipher, given, now)
    if step is None or (row.last_step is not None and step <= row.last_step):
        return False
    row.last_step = step
    session.flush()
    return True


def remove(session: Session, staff_id: uuid.UUID) -> None:
    """Forget her second factor and her recovery codes."""
    audit.hold(session, staff_id)
    session.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == staff_id))
    session.execute(delete(SecondFactor).where(SecondFactor.staff_id == staff_id))


def _use_recovery_code(session: Session, key: PersonalKey, staff: Staff, plain: str, now: datetime) -> bool:
    used = session.execute(
        update(RecoveryCode)
        .where(RecoveryCode.code_hash == _hash(key, staff, plain), RecoveryCode.used_at.is_(None))
        .values(used_at=now)
        .returning(RecoveryCode.id)
    )
    if used.first() is None:
        return False
    audit.record(session, staff.id, Action.FACTOR_USED_RECOVERY, now)
    session.flush()
    return True


def _row(session: Session, staff_id: uuid.UUID) -> SecondFactor | None:
    """Return her row, locked: of two who type the same code at once one is refused."""
    audit.hold(session, staff_id)  # what is done with a code is recorded
    query = select(SecondFactor).where(SecondFactor.staff_id == staff_id).with_for_update()
    return session.scalar(query.execution_options(populate_existing=True))


def _step(key: PersonalKey, row: SecondFactor, cipher: bytes, given: str, now: datetime) -> int | None:
    """Return the period whose code this is."""
    code = "".join(given.split())
    if not _APP_CODE.fullmatch(code):
        return None
    totp = pyotp.TOTP(key.decrypt(cipher, place=_place(row))["secret"])
    try:
        # The app goes by the real time, also where a demo's clock was moved.
        return totp.verify_and_get_timecode(code, for_time=by_machine(now), valid_window=WINDOW)
    except OTPVerificationError:
        return None


def _set_up(key: PersonalKey, row: SecondFactor, staff: Staff) -> SetUp:
    secret = key.decrypt(row.pending_cipher or b"", place=_place(row))["secret"]
    return SetUp(secret, pyotp.TOTP(secret).provisioning_uri(name=staff.username, issuer_name=ISSUER))


def _place(row: SecondFactor) -> str:
    return f"second_factor:{row.id}"


def _recovery_code() -> str:
    """Return 60 random bits in three groups of four."""
    text = base64.b32encode(secrets.token_bytes(8)).decode().lower()[:12]
    return "-".join(text[i : i + 4] for i in range(0, len(text), 4))


def _plain(typed: str) -> str:
    return re.sub(r"[\s-]", "", typed).casefold().translate(_MISREAD)


def _hash(key: PersonalKey, staff: Staff, plain: str) -> bytes:
    return key.lookup("recovery code", f"{staff.id}|{plain}")
