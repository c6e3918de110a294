"""The vault: confidential data is sealed to the casework team's public key.

The server seals and can't read. The team's private key exists wrapped only, once for each
caseworker and once for the recovery key, and plain only within a request of a caseworker who is
logged in. Nothing here may store, log or return it but to that request.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.pwhash import argon2id
from nacl.secret import SecretBox
from sqlalchemy import delete, func, select

from models import KeyWrap, Role, Staff, Team
from outreach.sealing import recovery_key
from outreach.sealing.crypto import pad, unpad

if TYPE_CHECKING:
    import uuid

    from sqlalchemy.orm import Session

BUCKET = 512
KEY_ROLES = frozenset({Role.CASEWORKER, Role.SUPERVISOR})


class NoTeamError(Exception):
    """No hay equipo de atención: créalo con «./avanza setup» antes de abrir casos."""


class UnsealError(Exception):
    """Esta llave no abre lo sellado: pertenece a otro equipo, o los datos están dañados."""


class WrongRecoveryKeyError(Exception):
    """La clave de recuperación está bien escrita, pero no es la de este equipo."""


@dataclass(frozen=True)
class Cost:
    """What Argon2id costs: passes, and memory in bytes."""

    operations: int
    memory: int


# The one place that decides the cost of a new wrap; each wrap remembers its own.
COST = Cost(argon2id.OPSLIMIT_MODERATE, argon2id.MEMLIMIT_MODERATE)
# A derivation takes 256 MiB: logins at the same moment wait for each other instead of adding up.
_one_derivation = Lock()


def seal(public_key: bytes, data: dict[str, Any]) -> bytes:
    """Seal a JSON object; its length says little (buckets of 512 bytes)."""
    plain = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
    return SealedBox(PublicKey(public_key)).encrypt(pad(plain, BUCKET))


def unseal(private_key: bytes, blob: bytes) -> dict[str, Any]:
    """Open what `seal` closed.

    Raises:
        UnsealError: another team's key, or damaged bytes.
    """
    try:
        plain = SealedBox(PrivateKey(private_key)).decrypt(blob)
    except CryptoError:
        raise UnsealError(UnsealError.__doc__) from None
    data: dict[str, Any] = json.loads(unpad(plain))
    return data


def find_team(session: Session) -> Team | None:
    """Return the casework team, if it was made."""
    return session.scalar(select(Team).order_by(Team.created_at).limit(1))


def the_team(session: Session) -> Team:
    """Return the casework team.

    Raises:
        NoTeamError: set-up has not made one.
    """
    team = find_team(session)
    if team is None:
        raise NoTeamError(NoTeamError.__doc__)
    return team


def make_team(session: Session, name: str) -> str:
    """Make the team and its keys; return the recovery key, which is shown once and never again."""
    private = PrivateKey.generate()
    team = Team(name=name, public_key=bytes(private.public_key))
    session.add(team)
    session.flush()
    text = recovery_key.make()
    wrap = _new_wrap(team, None, recovery_key.parse(text))
    wrap.wrapped = _wrap(wrap, bytes(private))
    session.add(wrap)
    session.flush()
    return text


def request_access(session: Session, staff: Staff, password: str) -> KeyWrap:
    """Prepare a caseworker's wrap under her password; a colleague or the recovery key grants it."""
    session.execute(delete(KeyWrap).where(KeyWrap.staff_id == staff.id))
    wrap = _new_wrap(the_team(session), staff.id, password)
    session.add(wrap)
    session.flush()
    return wrap


def grant(session: Session, private_key: bytes, staff_id: uuid.UUID) -> bool:
    """Give the team's key to a caseworker who waits for it; say whether one waited."""
    wrap = wrap_of(session, staff_id)
    if wrap is None:
        return False
    _checked(session, private_key)
    wrap.wrapped = _wrap(wrap, private_key)
    session.flush()
    return True


def grant_with_recovery_key(session: Session, typed: str, staff_id: uuid.UUID) -> bool:
    """Give the team's key to a caseworker by the recovery key; say whether she waited for it.

    Raises:
        RecoveryKeyError: mistyped.
        WrongRecoveryKeyError: not this team's.
    """
    return grant(session, _recover(session, typed), staff_id)


def unlock(session: Session, staff: Staff, password: str) -> bytes | None:
    """Return the team's private key for a caseworker, or None while she has not been granted it."""
    wrap = wrap_of(session, staff.id)
    if wrap is None or wrap.wrapped is None:
        return None
    return _checked(session, _unwrap(wrap, password))


def rewrap(session: Session, staff: Staff, new_password: str, private_key: bytes | None) -> None:
    """Follow a change of password; without the key at hand she waits for a grant again."""
    request_access(session, staff, new_password)
    if private_key is not None:
        grant(session, private_key, staff.id)


def wrap_for_session(token: bytes, private_key: bytes) -> bytes:
    """Wrap the private key under a key that only the cookie's token gives."""
    return bytes(SecretBox(_session_key(token)).encrypt(private_key))


def unwrap_for_session(token: bytes, wrapped: bytes) -> bytes:
    """Undo `wrap_for_session`.

    Raises:
        UnsealError: another token.
    """
    try:
        return SecretBox(_session_key(token)).decrypt(wrapped)
    except CryptoError:
        raise UnsealError(UnsealError.__doc__) from None


def wrap_of(session: Session, staff_id: uuid.UUID) -> KeyWrap | None:
    """Return a caseworker's wrap, granted or waiting."""
    return session.scalar(select(KeyWrap).where(KeyWrap.staff_id == staff_id))


def code(wrap: KeyWrap) -> str:
    """Return the code that a caseworker reads to the colleague who grants, so that no one stands between."""
    return recovery_key.grouped(recovery_key.fingerprint(wrap.public_key, 12))


def holders(session: Session, *, besides: uuid.UUID | None = None) -> int:
    """Count the enabled caseworkers who can open cases, leaving one of them out."""
    query = (
        select(func.count())
        .select_from(KeyWrap)
        .join(Staff, Staff.id == KeyWrap.staff_id)
        .where(KeyWrap.wrapped.is_not(None), Staff.disabled_at.is_(None), Staff.role.in_(KEY_ROLES))
    )
    if besides is not None:
        query = query.where(Staff.id != besides)
    return session.scalar(query) or 0


def waiting(session: Session) -> list[tuple[Staff, KeyWrap]]:
    """Return the enabled caseworkers who wait for the key."""
    query = (
        select(Staff, KeyWrap)
        .join(KeyWrap, Staff.id == KeyWrap.staff_id)
        .where(KeyWrap.wrapped.is_(None), Staff.disabled_at.is_(None), Staff.role.in_(KEY_ROLES))
        .order_by(Staff.display_name)
    )
    return [(staff, wrap) for staff, wrap in session.execute(query)]


def _recover(session: Session, typed: str) -> bytes:
    secret = recovery_key.parse(typed)
    team = the_team(session)
    wrap = session.scalar(select(KeyWrap).where(KeyWrap.team_id == team.id, KeyWrap.staff_id.is_(None)))
    if wrap is None:
        raise WrongRecoveryKeyError(WrongRecoveryKeyError.__doc__)
    try:
        return _checked(session, _unwrap(wrap, secret))
    except UnsealError:
        raise WrongRecoveryKeyError(WrongRecoveryKeyError.__doc__) from None


def _checked(session: Session, private_key: bytes) -> bytes:
    # Sealed boxes have no sender: only the team's public key proves that this is the team's key.
    if bytes(PrivateKey(private_key).public_key) != the_team(session).public_key:
        raise UnsealError(UnsealError.__doc__)
    return private_key


def _new_wrap(team: Team, staff_id: uuid.UUID | None, secret: str) -> KeyWrap:
    salt = secrets.token_bytes(argon2id.SALTBYTES)
    wrap = KeyWrap(
        team_id=team.id,
        staff_id=staff_id,
        salt=salt,
        operations=COST.operations,
        memory=COST.memory,
        wrapped=None,
    )
    wrap.public_key = bytes(_pair(wrap, secret).public_key)
    return wrap


def _pair(wrap: KeyWrap, secret: str) -> PrivateKey:
    with _one_derivation:
        seed = argon2id.kdf(32, secret.encode(), wrap.salt, opslimit=wrap.operations, memlimit=wrap.memory)
    return PrivateKey(seed)


def _wrap(wrap: KeyWrap, private_key: bytes) -> bytes:
    return SealedBox(PublicKey(wrap.public_key)).encrypt(private_key)


def _unwrap(wrap: KeyWrap, secret: str) -> bytes:
    if wrap.wrapped is None:
        raise UnsealError(UnsealError.__doc__)
    try:
        return SealedBox(_pair(wrap, secret)).decrypt(wrap.wrapped)
    except CryptoError:
        raise UnsealError(UnsealError.__doc__) from None


def _session_key(token: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"avanza/staff session").derive(token)
