"""The vault: confidential data is sealed to the public key of the casework team that it belongs to.

The server seals and can't read. A team's private key exists wrapped only, once for each caseworker of
the team and once for its recovery key, and plain only within a request of a caseworker who is logged
in: her keyring, the private keys of her teams (32 bytes each, one after the other). Nothing here may
store, log or return it but to that request.
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
from sqlalchemy import delete, select

from models import FormerKey, KeyWrap, Programme, Role, Staff, Team
from outreach.sealing import proofs, recovery_key
from outreach.sealing.crypto import pad, unpad

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

BUCKET = 512
KEY_BYTES = 32
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


@dataclass(frozen=True)
class Prepared:
    """The public half of a pair of keys that a password gives, with what it takes to derive it again."""

    salt: bytes
    operations: int
    memory: int
    public_key: bytes


# The one place that decides the cost of a new wrap; each wrap remembers its own.
COST = Cost(argon2id.OPSLIMIT_MODERATE, argon2id.MEMLIMIT_MODERATE)
# A derivation takes 256 MiB: logins at the same moment wait for each other instead of adding up.
_one_derivation = Lock()


def seal(public_key: bytes, data: dict[str, Any], *, bucket: int = BUCKET) -> bytes:
    """Seal a JSON object; its length, a multiple of `bucket` bytes, says little."""
    plain = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
    return SealedBox(PublicKey(public_key)).encrypt(pad(plain, bucket))


def unseal(keyring: bytes, blob: bytes) -> dict[str, Any]:
    """Open what `seal` closed, with any key of the ring.

    Raises:
        UnsealError: another team's key, or damaged bytes.
    """
    for private_key in keys_of(keyring):
        try:
            plain = SealedBox(PrivateKey(private_key)).decrypt(blob)
        except CryptoError:
            continue
        data: dict[str, Any] = json.loads(unpad(plain))
        return data
    raise UnsealError(UnsealError.__doc__)


def open_box(private_key: bytes, box: bytes) -> bytes:
    """Open a sealed box as it is, padding and all.

    Raises:
        UnsealError: of another key, or damaged.
    """
    try:
        return SealedBox(PrivateKey(private_key)).decrypt(box)
    except CryptoError:
        raise UnsealError(UnsealError.__doc__) from None


def keys_of(keyring: bytes) -> list[bytes]:
    """Return the private keys of a keyring, 32 bytes each."""
    return [keyring[start : start + KEY_BYTES] for start in range(0, len(keyring), KEY_BYTES)]


def find_team(session: Session) -> Team | None:
    """Return the installation's first team, if it was made."""
    return session.scalar(select(Team).order_by(Team.created_at).limit(1))


def the_team(session: Session, programme_id: uuid.UUID | None = None) -> Team:
    """Return the team of a programme; the installation's first where the programme names none.

    Raises:
        NoTeamError: set-up has not made one.
    """
    team = None
    if programme_id is not None:
        of_programme = select(Team).join(Programme, Programme.team_id == Team.id)
        team = session.scalar(of_programme.where(Programme.id == programme_id))
    team = team or find_team(session)
    if team is None:
        raise NoTeamError(NoTeamError.__doc__)
    return team


def public_key_of(session: Session, team_id: uuid.UUID) -> bytes:
    """Return the key to seal to for a team, 32 bytes."""
    return session.get_one(Team, team_id).public_key


def make_team(session: Session, name: str, *, agency: str | None = None) -> str:
    """Make a team and its keys; return its recovery key, which is shown once and never again."""
    text = recovery_key.make()
    prepared, private = prepare(recovery_key.parse(text)), PrivateKey.generate()
    team = Team(name=name, agency=agency, public_key=bytes(private.public_key))
    session.add(team)
    session.flush()
    add_recovery(session, team, prepared, bytes(private))
    return text


def add_recovery(session: Session, team: Team, prepared: Prepared, private_key: bytes) -> None:
    """Wrap a team's key for a recovery key, in place of the one that there was."""
    session.execute(delete(KeyWrap).where(KeyWrap.team_id == team.id, KeyWrap.staff_id.is_(None)))
    wrap = _new_wrap(team, None, prepared)
    wrap.wrapped = _wrap(wrap, private_key)
    session.add(wrap)
    session.flush()


def prepare(secret: str) -> Prepared:
    """Derive a pair of keys from a password: 256 MiB and a second, so call it without a transaction."""
    wrap = KeyWrap(
        salt=secrets.token_bytes(argon2id.SALTBYTES), operations=COST.operations, memory=COST.memory
    )
    return Prepared(wrap.salt, wrap.operations, wrap.memory, bytes(_pair(wrap, secret).public_key))


def public_half(wrap: KeyWrap, secret: str) -> bytes:
    """Return the public half that a secret gives with a wrap's salt and cost; as slow as `prepare`."""
    return bytes(_pair(wrap, secret).public_key)


def request_access(
    session: Session, staff: Staff, password: str | Prepared, *, team: Team | None = None
) -> KeyWrap:
    """Prepare a caseworker's wraps under her password; a colleague or the recovery key grants them.

    She keeps her teams; who had none joins `team`, or the installation's first. Returns one of the wraps.
    """
    own = select(Team).join(KeyWrap, KeyWrap.team_id == Team.id).where(KeyWrap.staff_id == staff.id)
    teams = session.scalars(own.order_by(Team.created_at)).all() or [team or the_team(session)]
    session.execute(delete(KeyWrap).where(KeyWrap.staff_id == staff.id))
    first = _new_wrap(teams[0], staff.id, prepare(password) if isinstance(password, str) else password)
    session.add_all([first, *(_same_pair(first, team) for team in teams[1:])])
    session.flush()
    return first


def join_team(session: Session, staff: Staff, team: Team) -> bool:
    """Let a caseworker wait for the key of a further team; False: she is in it, or has no wrap yet."""
    own = wraps_of(session, staff.id)
    if not own or any(wrap.team_id == team.id for wrap in own):
        return False
    session.add(_same_pair(own[0], team))
    session.flush()
    return True


def leave_team(session: Session, staff: Staff, team: Team) -> None:
    """Take a team's key away from a caseworker; what she has read she has read."""
    session.execute(delete(KeyWrap).where(KeyWrap.staff_id == staff.id, KeyWrap.team_id == team.id))


def grant(session: Session, keyring: bytes, staff_id: uuid.UUID) -> bool:
    """Give a caseworker the keys of those of her teams that are on the ring; say whether any was given.

    Raises:
        UnsealError: no key on the ring is a team's present one.
    """
    # A change of the key, which wraps it anew for all who hold it, waits for this, or this for that.
    owners = owners_of(session, keyring, lock=True)
    if not owners:
        raise UnsealError(UnsealError.__doc__)
    given = False
    for wrap in wraps_of(session, staff_id):
        if wrap.team_id in owners:
            wrap.wrapped = _wrap(wrap, owners[wrap.team_id])
            wrap.proof = proofs.prove(owners[wrap.team_id], wrap)
            given = True
    session.flush()
    return given


def grant_with_recovery_key(session: Session, typed: str, staff_id: uuid.UUID) -> bool:
    """Give a team's key to a caseworker by its recovery key; say whether she waited for it.

    Raises:
        RecoveryKeyError: mistyped.
        WrongRecoveryKeyError: of no team.
    """
    return grant(session, _recover(session, typed), staff_id)


def unlock(session: Session, staff: Staff, password: str) -> bytes | None:
    """Return a caseworker's keyring, or None while she has been granted no key."""
    ring = open_wraps(wraps_of(session, staff.id), password)
    return check(session, ring) if ring else None


def open_wraps(wraps: Sequence[KeyWrap], password: str) -> bytes | None:
    """Return the keyring of these wraps, or None where none is granted; asks no database.

    Raises:
        UnsealError: another password, or a public half that is not of this one.
    """
    pairs: dict[bytes, PrivateKey] = {}
    ring = b""
    for wrap in wraps:
        if wrap.wrapped is None:
            continue
        # Wraps of one password share salt and cost: one derivation serves them all.
        if wrap.salt not in pairs:
            pairs[wrap.salt] = _pair(wrap, password)
        if bytes(pairs[wrap.salt].public_key) != wrap.public_key:
            raise UnsealError(UnsealError.__doc__)
        ring += _opened(wrap, pairs[wrap.salt])
    return ring or None


def check(session: Session, keyring: bytes) -> bytes:
    """Return a keyring with the keys that its teams had before; each key on it has to be a team's.

    Raises:
        UnsealError: a key on it is no team's.
    """
    owners = owners_of(session, keyring)
    if len(owners) != len(set(keys_of(keyring))):
        raise UnsealError(UnsealError.__doc__)
    former = select(FormerKey.team_id, FormerKey.wrapped).where(FormerKey.team_id.in_(owners))
    newest_first = session.execute(former.order_by(FormerKey.changed_at.desc())).all()
    return keyring + b"".join(open_box(owners[team_id], wrapped) for team_id, wrapped in newest_first)


def rewrap(session: Session, staff: Staff, new_password: str | Prepared, keyring: bytes | None) -> None:
    """Follow a change of password; without the keys at hand she waits for a grant again."""
    request_access(session, staff, new_password)
    if keyring is not None and owners_of(session, keyring):
        grant(session, keyring, staff.id)


def wrap_for_session(token: bytes, keyring: bytes) -> bytes:
    """Wrap a keyring under a key that only the cookie's token gives."""
    return bytes(SecretBox(_session_key(token)).encrypt(keyring))


def unwrap_for_session(token: bytes, wrapped: bytes) -> bytes:
    """Undo `wrap_for_session`.

    Raises:
        UnsealError: another token.
    """
    try:
        return SecretBox(_session_key(token)).decrypt(wrapped)
    except CryptoError:
        raise UnsealError(UnsealError.__doc__) from None


def wraps_of(session: Session, staff_id: uuid.UUID) -> list[KeyWrap]:
    """Return a caseworker's wraps, granted or waiting, the oldest team's first."""
    own = select(KeyWrap).join(Team, Team.id == KeyWrap.team_id).where(KeyWrap.staff_id == staff_id)
    return list(session.scalars(own.order_by(Team.created_at, Team.id)))


def wrap_of(session: Session, staff_id: uuid.UUID) -> KeyWrap | None:
    """Return one of a caseworker's wraps, a granted one where there is one."""
    own = wraps_of(session, staff_id)
    return next((wrap for wrap in own if wrap.wrapped is not None), own[0] if own else None)


def teams_of(session: Session, staff_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """Return the teams whose key a caseworker has been granted: hers are the cases of these."""
    granted = select(KeyWrap.team_id).where(KeyWrap.staff_id == staff_id, KeyWrap.wrapped.is_not(None))
    return frozenset(session.scalars(granted))


def has_supervisor(session: Session, team_id: uuid.UUID) -> bool:
    """Say whether an enabled supervisor has been granted a team's key."""
    granted = select(KeyWrap.id).join(Staff, Staff.id == KeyWrap.staff_id)
    hers = granted.where(
        KeyWrap.team_id == team_id,
        KeyWrap.wrapped.is_not(None),
        Staff.role == Role.SUPERVISOR,
        Staff.disabled_at.is_(None),
    )
    return session.scalar(hers.limit(1)) is not None


def code(wrap: KeyWrap) -> str:
    """Return the code that a caseworker reads to the colleague who grants, so that no one stands between."""
    return recovery_key.grouped(recovery_key.fingerprint(wrap.public_key, 12))


def _recover(session: Session, typed: str) -> bytes:
    secret = recovery_key.parse(typed)
    the_team(session)
    for wrap in session.scalars(select(KeyWrap).where(KeyWrap.staff_id.is_(None))):
        try:
            key = _opened(wrap, _pair(wrap, secret))
        except UnsealError:
            continue
        return check(session, key)
    raise WrongRecoveryKeyError(WrongRecoveryKeyError.__doc__)


def owners_of(session: Session, keyring: bytes, *, lock: bool = False) -> dict[uuid.UUID, bytes]:
    """Return the present private keys of teams that are on a ring, by team.

    Sealed boxes have no sender: only a team's public key proves that a key is that team's.
    """
    public = {bytes(PrivateKey(key).public_key): key for key in keys_of(keyring)}
    query = select(Team.id, Team.public_key).where(Team.public_key.in_(public))
    known = session.execute(query.order_by(Team.id).with_for_update(read=True) if lock else query)
    return {team_id: public[public_key] for team_id, public_key in known}


def _new_wrap(team: Team, staff_id: uuid.UUID | None, prepared: Prepared) -> KeyWrap:
    return KeyWrap(
        team_id=team.id,
        staff_id=staff_id,
        salt=prepared.salt,
        operations=prepared.operations,
        memory=prepared.memory,
        public_key=prepared.public_key,
        wrapped=None,
    )


def _pair(wrap: KeyWrap, secret: str) -> PrivateKey:
    with _one_derivation:
        seed = argon2id.kdf(32, secret.encode(), wrap.salt, opslimit=wrap.operations, memlimit=wrap.memory)
    return PrivateKey(seed)


def _wrap(wrap: KeyWrap, private_key: bytes) -> bytes:
    return SealedBox(PublicKey(wrap.public_key)).encrypt(private_key)


def _same_pair(wrap: KeyWrap, team: Team) -> KeyWrap:
    """Return a wrap for a further team under the pair of keys that her password gives already."""
    return KeyWrap(
        team_id=team.id,
        staff_id=wrap.staff_id,
        salt=wrap.salt,
        operations=wrap.operations,
        memory=wrap.memory,
        public_key=wrap.public_key,
        wrapped=None,
    )


def _opened(wrap: KeyWrap, pair: PrivateKey) -> bytes:
    if wrap.wrapped is None:
        raise UnsealError(UnsealError.__doc__)
    return open_box(bytes(pair), wrap.wrapped)


def _session_key(token: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"avanza/staff session").derive(token)
