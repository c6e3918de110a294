"""Which secret key a database belongs to: a check value beside the data, compared by every start.

With another key the pages with names fail, hashes find nobody and new messages come in unreadable for the old
one. The value is a MAC under a key of its own, derived from the secret: it tells nothing about it.
"""

from __future__ import annotations

import hmac
from enum import Enum, auto
from hashlib import sha256
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from models import ChannelAddress, Installation, Woman
from outreach.sealing.crypto import DecryptionError

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from outreach.sealing.crypto import PersonalKey


class Fit(Enum):
    """How a key and a database go together."""

    SAME = auto()
    OTHER = auto()
    UNKNOWN = auto()
    """The database keeps no check value yet."""


class WrongSecretKeyError(Exception):
    """The data was encrypted with another secret key; put the right one in place, nothing was changed."""


def value(key: PersonalKey) -> bytes:
    """Return the check value of a key."""
    return _mac(key.derive("check value"))


def _mac(derived: bytes) -> bytes:
    return hmac.new(derived, b"avanza", sha256).digest()


def fit_of(kept: bytes | None, key: PersonalKey) -> Fit:
    """Compare a kept check value."""
    if kept is None:
        return Fit.UNKNOWN
    return Fit.SAME if any(hmac.compare_digest(kept, one) for one in values(key)) else Fit.OTHER


def fit(session: Session, key: PersonalKey) -> Fit:
    """Compare the database's check value; where it has none, try what it keeps encrypted."""
    found = fit_of(session.scalar(select(Installation.key_check)), key)
    return found if found is not Fit.UNKNOWN or opens(session, key) else Fit.OTHER


def values(key: PersonalKey) -> set[bytes]:
    """Return the check values of a key and of the one beside it."""
    both = (key.derive("check value"), key.derive_other("check value"))
    return {_mac(one) for one in both if one is not None}


def ensure(session: Session, key: PersonalKey) -> None:
    """Keep the check value where there is none; hold that the key is the one of the data.

    Raises:
        WrongSecretKeyError: it is another.
    """
    found = fit(session, key)
    if found is Fit.UNKNOWN:
        row = insert(Installation).values(id=1, key_check=value(key))
        free = Installation.key_check.is_(None)
        session.execute(
            row.on_conflict_do_update(
                index_elements=[Installation.id], set_={"key_check": row.excluded.key_check}, where=free
            )
        )
        # Another process may have been first, with another key.
        found = fit_of(session.scalar(select(Installation.key_check)), key)
    if found is not Fit.SAME:
        raise WrongSecretKeyError(WrongSecretKeyError.__doc__)


def opens(session: Session, key: PersonalKey) -> bool:
    """Say whether the key opens something that is there; with nothing there, any key will do."""
    for place, statement in (
        ("address", select(ChannelAddress.id, ChannelAddress.address_cipher)),
        ("woman", select(Woman.id, Woman.details_cipher).where(Woman.details_cipher.is_not(None))),
    ):
        row = session.execute(statement.limit(1)).first()
        if row is not None:
            try:
                key.decrypt(row[1], place=f"{place}:{row[0]}")
            except DecryptionError:
                return False
    return True
