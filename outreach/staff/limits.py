"""Limits on tries, counted in PostgreSQL so that all processes share them; nothing of who tried is stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING

from sqlalchemy import case, delete, update
from sqlalchemy.dialects.postgresql import insert

from models import Throttle

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from outreach.sealing.crypto import PersonalKey

KEPT_FOR = timedelta(days=1)


@dataclass(frozen=True)
class Limit:
    """At most `most` tries within `window`, from the first one on."""

    name: str
    most: int
    window: timedelta


@dataclass(frozen=True)
class Counted:
    """What one try was counted under: `own` first, of whoever tries, then what others share.

    `count` is how many tries `own` has seen; `over` says that a limit had been reached before this one.
    """

    own: bytes
    shared: tuple[bytes, ...]
    count: int
    over: bool


def count(session: Session, key: PersonalKey, what: Sequence[tuple[Limit, str]], now: datetime) -> Counted:
    """Count one try under each limit; the caller commits, whatever comes of it."""
    session.execute(delete(Throttle).where(Throttle.began_at < now - KEPT_FOR))
    keyed = [(key.lookup(limit.name, value), limit) for limit, value in what]
    # In one order everywhere, so that two tries never wait for each other.
    counts = {
        hashed: _count(session, hashed, limit, now) for hashed, limit in sorted(keyed, key=lambda k: k[0])
    }
    own, *shared = (hashed for hashed, _ in keyed)
    over = any(counts[hashed] > limit.most for hashed, limit in keyed)
    return Counted(own, tuple(shared), counts[own], over)


def forgive(session: Session, counted: Counted) -> None:
    """Forget the tries of one who was right; of the shared counts only this try is taken back."""
    session.execute(delete(Throttle).where(Throttle.key_hash == counted.own))
    session.execute(
        update(Throttle)
        .where(Throttle.key_hash.in_(counted.shared), Throttle.count > 0)
        .values(count=Throttle.count - 1)
    )


def network(address: str) -> str:
    """Return what an address is counted as: itself, or the /64 that one IPv6 customer has."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return "unknown"
    return str(ip_network((parsed, 64), strict=False)) if isinstance(parsed, IPv6Address) else str(parsed)


def _count(session: Session, key_hash: bytes, limit: Limit, now: datetime) -> int:
    fresh = insert(Throttle).values(key_hash=key_hash, began_at=now, count=1)
    over = Throttle.began_at <= now - limit.window
    counted = fresh.on_conflict_do_update(
        index_elements=[Throttle.key_hash],
        set_={
            "count": case((over, 1), else_=Throttle.count + 1),
            "began_at": case((over, now), else_=Throttle.began_at),
        },
    ).returning(Throttle.count)
    return session.scalars(counted).one()
