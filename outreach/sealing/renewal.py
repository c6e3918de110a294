"""A team's key, or its recovery key, made anew: by who holds it, for all who hold it now.

The new key is wrapped at once for each present holder under the public half that her password gives, which is
known. The old one is sealed to the new one and stays on the ring of whoever opens that, until nothing is left
under it (`outreach.sealing.reseal`). Who left opens nothing that is sealed from now on.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from nacl.public import PrivateKey, PublicKey, SealedBox
from sqlalchemy import delete, select, update

from models import FormerKey, KeyLeaver, KeyWrap, Staff, Team
from outreach.sealing import proofs, recovery_key, reseal, vault

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from outreach.sealing.vault import Prepared


class KeyChangedError(Exception):
    """La llave de este equipo ya cambió: abre otra vez con tu contraseña y un código."""


@dataclass(frozen=True)
class Recovery:
    """A new recovery key with what is computed from it."""

    text: str = field(repr=False)
    prepared: Prepared

    @classmethod
    def make(cls) -> Recovery:
        """Make one: 256 MiB and a second, so call it without a transaction."""
        text = recovery_key.make()
        return cls(text, vault.prepare(recovery_key.parse(text)))


def change_key(session: Session, keyring: bytes, team_id: uuid.UUID, recovery: Recovery) -> bytes:
    """Give a team a new key, for its present holders and for a new recovery key; return the longer keyring.

    A holder whose public half has no proof waits: one who has not logged in since there are proofs, or one
    whose half somebody put there.
    From the commit on everything is sealed to the new key. The recovery key of before opens nothing any more.

    Raises:
        KeyChangedError: the ring has not the team's present key.
    """
    # In the order in which a login takes them: the people, then the team.
    holders = _lock_holders(session, team_id)
    team = _locked(session, team_id)
    old, new = _present(keyring, team), PrivateKey.generate()
    for former in session.scalars(select(FormerKey).where(FormerKey.team_id == team_id).with_for_update()):
        former.wrapped = _sealed(new, vault.open_box(old, former.wrapped))
    total = reseal.count(session, team_id)
    session.add(
        FormerKey(team_id=team_id, public_key=team.public_key, wrapped=_sealed(new, old), total=total)
    )
    team.public_key = bytes(new.public_key)
    for wrap in session.scalars(_wraps(team_id).execution_options(populate_existing=True)):
        if wrap.staff_id is not None:
            holds = wrap.staff_id in holders and wrap.wrapped is not None and proofs.holds(old, wrap)
            wrap.wrapped = SealedBox(PublicKey(wrap.public_key)).encrypt(bytes(new)) if holds else None
            wrap.proof = proofs.prove(bytes(new), wrap) if holds else None
    vault.add_recovery(session, team, recovery.prepared, bytes(new))
    session.execute(delete(KeyLeaver).where(KeyLeaver.team_id == team_id))
    session.flush()
    return bytes(new) + keyring


def change_recovery(session: Session, keyring: bytes, team_id: uuid.UUID, recovery: Recovery) -> None:
    """Give a team a new recovery key; the one of before opens nothing any more.

    Raises:
        KeyChangedError: the ring has not the team's present key.
    """
    team = _locked(session, team_id)
    vault.add_recovery(session, team, recovery.prepared, _present(keyring, team))


def vouch(session: Session, staff: Staff, keyring: bytes) -> None:
    """Prove her own wraps of before there were proofs, as she logs in: her password just gave both halves."""
    owners = vault.owners_of(session, keyring)
    for wrap in vault.wraps_of(session, staff.id):
        if wrap.wrapped is not None and wrap.proof is None and wrap.team_id in owners:
            wrap.proof = proofs.prove(owners[wrap.team_id], wrap)


def recovery_wrap(session: Session, team_id: uuid.UUID) -> KeyWrap | None:
    """Return the wrap of a team's recovery key."""
    return session.scalar(_wraps(team_id).where(KeyWrap.staff_id.is_(None)))


def fits(wrap: KeyWrap, typed: str) -> bool:
    """Say whether what somebody typed is the recovery key of a wrap; a second, without a transaction.

    Raises:
        RecoveryKeyError: mistyped.
    """
    return vault.public_half(wrap, recovery_key.parse(typed)) == wrap.public_key


def note_checked(session: Session, wrap: KeyWrap, now: datetime) -> None:
    """Note that somebody typed a recovery key from its paper, unless there is another one meanwhile."""
    session.execute(update(KeyWrap).where(KeyWrap.id == wrap.id).values(checked_at=now))


def _lock_holders(session: Session, team_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """Lock those who may hold the team's key, so that no login or reset of theirs goes on beside this."""
    query = (
        select(Staff.id)
        .join(KeyWrap, KeyWrap.staff_id == Staff.id)
        .where(KeyWrap.team_id == team_id, Staff.disabled_at.is_(None), Staff.role.in_(vault.KEY_ROLES))
        .order_by(Staff.id)
    )
    return frozenset(session.scalars(query.with_for_update(of=Staff)))


def _wraps(team_id: uuid.UUID) -> Select[KeyWrap]:
    return select(KeyWrap).where(KeyWrap.team_id == team_id)


def _locked(session: Session, team_id: uuid.UUID) -> Team:
    return session.get_one(Team, team_id, with_for_update=True, populate_existing=True)


def _present(keyring: bytes, team: Team) -> bytes:
    for key in vault.keys_of(keyring):
        if bytes(PrivateKey(key).public_key) == team.public_key:
            return key
    raise KeyChangedError(KeyChangedError.__doc__)


def _sealed(to: PrivateKey, private_key: bytes) -> bytes:
    return SealedBox(to.public_key).encrypt(private_key)
