"""Women who came or changed since the whole list was compared, beside whoever shares a keyed block with them.

A few women of one minute need no comparison of all: their like are found by the keyed hashes of CURP, name
with birth date, number and name sounds, so that nothing is decrypted before the child reads these records.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import func, or_, select, union
from sqlalchemy.orm import aliased

from models import ChannelAddress, Conversation, LinkRun, ListedPhone, NameKey, Woman

if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

MOST: Final = 1000
"""Where more came since the whole list was compared, it is compared as a whole."""
AT_ONCE: Final = 200
MOST_LIKE: Final = 300
"""How many records of like name one woman is compared with, those that share most first."""
ENOUGH, WITH_YEAR = 3, 2
"""Parts of a name that must sound the same, and how many where the year of birth is one."""
CHANGED: Final = func.coalesce(Woman.updated_at, Woman.created_at)


def waiting(session: Session, compared: dict[uuid.UUID, datetime]) -> dict[uuid.UUID, datetime]:
    """Return who is to be compared now, with when she changed; nobody where the whole list is due instead.

    `compared` has the change up to which each was compared already; those that a whole run has met since are
    dropped from it.
    """
    last = session.scalar(select(func.max(LinkRun.started_at)))
    if last is None:
        return {}
    rows = session.execute(select(Woman.id, CHANGED).where(last < CHANGED).order_by(CHANGED).limit(MOST + 1))
    changed = {row[0]: row[1] for row in rows}
    for gone in compared.keys() - changed.keys():
        del compared[gone]
    if len(changed) > MOST:
        return {}
    new = [(woman_id, at) for woman_id, at in changed.items() if compared.get(woman_id) != at]
    return dict(new[:AT_ONCE])


def beside(session: Session, newcomers: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Return who shares a keyed block with one of these women, they themselves left out."""
    found = set(session.scalars(union(*_by_value(newcomers), *_by_number(newcomers))))
    found |= set(session.scalars(_by_name(newcomers)))
    return found - set(newcomers)


def _by_value(newcomers: Collection[uuid.UUID]) -> Sequence[Select[uuid.UUID]]:
    """One CURP, or one name and birth date."""
    mine, other = aliased(Woman), aliased(Woman)
    return [
        select(other.id).join(mine, getattr(mine, name) == getattr(other, name)).where(mine.id.in_(newcomers))
        for name in ("curp_hash", "name_birth_hash")
    ]


def _by_number(newcomers: Collection[uuid.UUID]) -> Sequence[Select[uuid.UUID]]:
    """A number that a list gave either, or on which either is reached."""
    listed = select(ListedPhone.woman_id, ListedPhone.lookup_hash)
    reached = (
        select(Conversation.woman_id, ChannelAddress.lookup_hash)
        .join(ChannelAddress, ChannelAddress.conversation_id == Conversation.id)
        .where(Conversation.woman_id.is_not(None))
    )
    mine = union(
        listed.where(ListedPhone.woman_id.in_(newcomers)), reached.where(Conversation.woman_id.in_(newcomers))
    ).subquery()
    hashes = select(mine.c.lookup_hash)
    others = (
        listed.where(ListedPhone.lookup_hash.in_(hashes)).subquery(),
        reached.where(ChannelAddress.lookup_hash.in_(hashes)).subquery(),
    )
    return [select(other.c.woman_id) for other in others]


def _by_name(newcomers: Collection[uuid.UUID]) -> Select[uuid.UUID]:
    """Enough parts of the name that sound the same, fewer where the year of birth is the same too."""
    mine, other = aliased(NameKey), aliased(NameKey)
    shared = (
        select(mine.woman_id.label("mine"), other.woman_id.label("other"), func.count().label("parts"))
        .join(other, other.sound_hash == mine.sound_hash)
        .where(mine.woman_id.in_(newcomers), other.woman_id != mine.woman_id)
        .group_by(mine.woman_id, other.woman_id)
        .having(func.count() >= WITH_YEAR)
        .subquery()
    )
    one, two = aliased(Woman), aliased(Woman)
    order = func.row_number().over(partition_by=shared.c.mine, order_by=shared.c.parts.desc())
    ranked = (
        select(shared.c.other, order.label("place"))
        .join(one, one.id == shared.c.mine)
        .join(two, two.id == shared.c.other)
        .where(or_(shared.c.parts >= ENOUGH, one.birth_year_hash == two.birth_year_hash))
        .subquery()
    )
    return select(ranked.c.other).where(ranked.c.place <= MOST_LIKE)
