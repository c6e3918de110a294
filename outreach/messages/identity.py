"""Who wrote: the conversation of a phone, of a WhatsApp user id, or of both (decision 21).

An address of any form gets a conversation: an odd one is known by its own text. Replies go to the address
that wrote last, so only that one's row is touched.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from models import ChannelAddress, Conversation, InboundMessage
from outreach.ground.addresses import PREFIX, AddressError, canonical
from outreach.messages import conversation_state

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from outreach.sealing.crypto import PersonalKey

PHONE, USER_ID, OTHER = "phone", "user_id", "other"
LONGEST = 128
# WhatsApp's business-scoped id of a user: a country, a dot, letters and digits.
_USER_ID = re.compile(r"[A-Za-z]{2}\.[A-Za-z0-9._-]+")


class TakenMeanwhileError(Exception):
    """Another transaction made this address first."""


@dataclass(frozen=True)
class Address:
    """An address as it came, and what it is found by."""

    text: str
    kind: str
    lookup: bytes


def read_address(key: PersonalKey, text: str) -> Address:
    """Read an address of any form; never raises."""
    text = " ".join(text.replace("\0", "").split())[:LONGEST]
    try:
        found = canonical(text)
    except AddressError:
        return Address(text, OTHER, key.lookup("address", text.casefold()))
    if found.startswith("+"):
        return Address(text, PHONE, key.lookup("address", found))
    kind = USER_ID if _USER_ID.fullmatch(found) else OTHER
    return Address(text, kind, key.lookup("address", found))


def read_user_id(key: PersonalKey, text: str) -> Address | None:
    """Read `ExternalUserId`: the id alone, or in the form of an address."""
    bare = text.replace("\0", "").strip().removeprefix(PREFIX).strip()[:LONGEST]
    if not bare:
        return None
    return Address(f"{PREFIX}{bare}", USER_ID, key.lookup("address", bare))


def conversation_for(
    session: Session, key: PersonalKey, writer: Address, user_id: Address | None, now: datetime
) -> Conversation:
    """Return the conversation of who wrote from `writer`, made where there is none; two at once agree."""
    if user_id is None or writer.kind == USER_ID:
        known = _known(session, writer)
        if known is not None:
            address, conversation = known
            _wrote(key, address, writer, now)
            session.flush()
            return conversation
    while True:
        nested = session.begin_nested()
        try:
            found = _conversation_for(session, key, writer, user_id, now)
        except TakenMeanwhileError:
            # Another request was first with this address: what it stored decides.
            nested.rollback()
            continue
        nested.commit()
        return found


def _conversation_for(
    session: Session, key: PersonalKey, writer: Address, user_id: Address | None, now: datetime
) -> Conversation:
    # A user id that writes by itself is the whole proof; what stands beside a phone is a second one.
    other = user_id if user_id is not None and writer.kind != USER_ID else None
    wanted = sorted({a.lookup for a in (writer, other) if a is not None})
    _take_turns(session, wanted)
    rows = {lookup: row for lookup in wanted if (row := _row(session, lookup)) is not None}
    mine, hers = rows.get(writer.lookup), rows.get(other.lookup) if other else None
    owner = _owner(session, mine, hers, other)
    conversation = session.get_one(Conversation, owner) if owner else _new(session, key)
    mine = mine or _attach(session, key, writer, conversation.id, now)
    if mine is None:
        raise TakenMeanwhileError
    mine.conversation_id = conversation.id
    _wrote(key, mine, writer, now)
    if other is not None and hers is None:
        _attach(session, key, other, conversation.id, None)
    elif hers is not None and hers.conversation_id != conversation.id and _may_move(session, key, hers):
        hers.conversation_id = conversation.id
    session.flush()
    return conversation


def _take_turns(session: Session, wanted: Sequence[bytes]) -> None:
    """While the secret key is being replaced one address has two hashes, which no index holds apart.

    Two processes that write with different keys and hear of it first at the same moment take turns.
    """
    for lookup in wanted:
        other = getattr(lookup, "other", None)
        if other is not None:
            number = int.from_bytes(min(bytes(lookup), other)[:8], signed=True)
            session.execute(select(func.pg_advisory_xact_lock(number)))


def _known(session: Session, writer: Address) -> tuple[ChannelAddress, Conversation] | None:
    """Return the row of the address that wrote, locked, and its conversation; None where it is new.

    Nearly every message's way: nothing can be taken meanwhile by another request, so it needs no savepoint.
    """
    row = session.execute(
        select(ChannelAddress, Conversation)
        .join(Conversation, Conversation.id == ChannelAddress.conversation_id)
        .where(ChannelAddress.lookup_hash == writer.lookup)
        .with_for_update(of=ChannelAddress)
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def _wrote(key: PersonalKey, row: ChannelAddress, writer: Address, now: datetime) -> None:
    """Note the message: replies go to the exact form that wrote last, and writing again ends a block."""
    row.kind, row.address_cipher = writer.kind, _encrypted(key, writer, row.id)
    row.last_seen_at, row.blocked_at = now, None


def _row(session: Session, lookup: bytes) -> ChannelAddress | None:
    return session.scalar(
        select(ChannelAddress).where(ChannelAddress.lookup_hash == lookup).with_for_update()
    )


def _owner(
    session: Session, mine: ChannelAddress | None, hers: ChannelAddress | None, other: Address | None
) -> uuid.UUID | None:
    """Decide whose message it is, from the rows of the address that wrote and of the user id beside it.

    Where both are known to different conversations the phone's wins, unless that one has another user id:
    then the phone has changed hands, and the user id is the better proof of the person. None: a new one.
    """
    if mine is None:
        return hers.conversation_id if hers is not None else None
    if other is None or (hers is not None and hers.conversation_id == mine.conversation_id):
        return mine.conversation_id
    if not _has_user_id(session, mine.conversation_id):
        return mine.conversation_id
    return hers.conversation_id if hers is not None else None


def _has_user_id(session: Session, conversation_id: uuid.UUID) -> bool:
    found = select(func.count()).where(
        ChannelAddress.conversation_id == conversation_id, ChannelAddress.kind == USER_ID
    )
    return bool(session.scalar(found))


def _may_move(session: Session, key: PersonalKey, row: ChannelAddress) -> bool:
    """Say whether the conversation that a user id belongs to has nothing to lose by its going."""
    conversation = session.get_one(Conversation, row.conversation_id)
    if conversation.woman_id is not None or conversation.opted_out_at is not None:
        return False
    others = select(func.count()).where(
        ChannelAddress.conversation_id == conversation.id, ChannelAddress.id != row.id
    )
    waits = select(func.count()).where(
        InboundMessage.conversation_id == conversation.id, InboundMessage.turn_id.is_(None)
    )
    if session.scalar(others) or session.scalar(waits):
        return False
    state = conversation_state.read(key, conversation)
    return not (state.case_id or state.living_id or state.held or state.cover or state.word_hash)


def _new(session: Session, key: PersonalKey) -> Conversation:
    conversation = Conversation(id=uuid.uuid4(), private_cipher=b"")
    conversation.private_cipher = conversation_state.empty(key, conversation.id)
    session.add(conversation)
    session.flush()
    return conversation


def _attach(
    session: Session, key: PersonalKey, address: Address, conversation_id: uuid.UUID, seen: datetime | None
) -> ChannelAddress | None:
    """Give a conversation one more address; None where another request took it meanwhile."""
    row_id = uuid.uuid4()
    made = session.execute(
        insert(ChannelAddress)
        .values(
            id=row_id,
            conversation_id=conversation_id,
            lookup_hash=address.lookup,
            kind=address.kind,
            address_cipher=_encrypted(key, address, row_id),
            last_seen_at=seen,
        )
        .on_conflict_do_nothing(index_elements=[ChannelAddress.lookup_hash])
        .returning(ChannelAddress.id)
    ).scalar()
    return session.get(ChannelAddress, made) if made is not None else None


def _encrypted(key: PersonalKey, address: Address, row_id: uuid.UUID) -> bytes:
    return key.encrypt({"address": address.text}, place=f"address:{row_id}")
