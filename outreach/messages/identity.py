"""Who wrote: the conversation of a phone, of a WhatsApp user id, or of both (decision 21).

An address of any form gets a conversation: an odd one is known by its own text. Replies go to the address
that wrote last, so only that one's row is touched.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Uuid, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert

from models import Base, ChannelAddress, Conversation, InboundMessage
from outreach.ground.addresses import PREFIX, AddressError, canonical
from outreach.messages import conversation_state

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session
    from sqlalchemy.sql.dml import ReturningInsert

    from outreach.sealing.crypto import PersonalKey

PHONE, USER_ID, OTHER = "phone", "user_id", "other"
LONGEST = 128
# WhatsApp's business-scoped id of a user: a country, a dot, letters and digits.
_USER_ID = re.compile(r"[A-Za-z]{2}\.[A-Za-z0-9._-]+")


# Core, not ORM: it is much of what acknowledging a message costs.
_ADDRESS, _CONVERSATION = Base.metadata.tables["channel_address"], Base.metadata.tables["conversation"]
_NOTED: dict[Any, Any] = {
    _ADDRESS.c.kind: bindparam("address_kind"),
    _ADDRESS.c.address_cipher: bindparam("address_cipher"),
    _ADDRESS.c.last_seen_at: bindparam("address_seen_at"),
}
NOTE = (
    update(_ADDRESS)
    .where(_ADDRESS.c.id == bindparam("address_id", type_=Uuid()))
    .values({**_NOTED, _ADDRESS.c.blocked_at: None})
)
"""Note on the row of the address that wrote what `noted` gives."""


_WHOSE = select(_ADDRESS.c.conversation_id, _ADDRESS.c.id).with_for_update()


def _begin() -> ReturningInsert[uuid.UUID]:
    """Build the statement that makes a conversation with its first address; nothing where that is known."""
    address = (
        insert(_ADDRESS)
        .values(
            {
                _ADDRESS.c.id: bindparam("address_id"),
                _ADDRESS.c.conversation_id: bindparam("new_conversation_id"),
                _ADDRESS.c.lookup_hash: bindparam("new_lookup_hash"),
                **_NOTED,
            }
        )
        .on_conflict_do_nothing(index_elements=[_ADDRESS.c.lookup_hash])
        .returning(_ADDRESS.c.conversation_id)
        .cte("address")
    )
    begun = select(
        address.c.conversation_id,
        bindparam("new_created_at", type_=_CONVERSATION.c.created_at.type),
        bindparam("new_private_cipher", type_=_CONVERSATION.c.private_cipher.type),
    )
    return (
        insert(_CONVERSATION)
        .from_select(["id", "created_at", "private_cipher"], begun, include_defaults=False)
        .returning(_CONVERSATION.c.id)
    )


_BEGIN = _begin()


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


class Whose(NamedTuple):
    """Whose message it is. `address_id`: the row on which it is still to be noted (`noted`), if any."""

    conversation_id: uuid.UUID
    address_id: uuid.UUID | None


def whose(
    session: Session, key: PersonalKey, writer: Address, user_id: Address | None, now: datetime
) -> Whose:
    """Return the conversation of who wrote from `writer`, made where there is none; two at once agree.

    Nearly every message comes from an address alone: one statement where it is known, two where it is new.
    """
    if user_id is None or writer.kind == USER_ID:
        found = _known(session, writer)
        if found is not None:
            return found
        if getattr(writer.lookup, "other", None) is None:
            conversation_id = _begun(session, key, writer, now)
            if conversation_id is not None:
                return Whose(conversation_id, None)
    return Whose(_agreed(session, key, writer, user_id, now).id, None)


def conversation_for(session: Session, key: PersonalKey, writer: Address, now: datetime) -> Conversation:
    """Return the conversation of an address that is taken to have written now."""
    found = whose(session, key, writer, None, now)
    if found.address_id is not None:
        note = noted(key, writer, found.address_id, now)
        session.execute(NOTE, note)
    return session.get_one(Conversation, found.conversation_id)


def _agreed(
    session: Session, key: PersonalKey, writer: Address, user_id: Address | None, now: datetime
) -> Conversation:
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


def _known(session: Session, writer: Address) -> Whose | None:
    """Return the row of the address that wrote, locked; None where it is new."""
    # Made anew: while the secret key changes, what it is compared with are two hashes.
    found = _WHOSE.where(_ADDRESS.c.lookup_hash == writer.lookup)
    row = session.execute(found).one_or_none()
    return None if row is None else Whose(*row)


def _begun(session: Session, key: PersonalKey, writer: Address, now: datetime) -> uuid.UUID | None:
    """Make the conversation of an address that nobody knows; None where another request has it meanwhile."""
    conversation_id, address_id = uuid.uuid4(), uuid.uuid4()
    values = {
        "new_conversation_id": conversation_id,
        "new_private_cipher": conversation_state.empty(key, conversation_id),
        "new_created_at": now,
        "new_lookup_hash": writer.lookup,
    }
    begun: uuid.UUID | None = session.scalar(_BEGIN, values | noted(key, writer, address_id, now))
    return begun


def noted(key: PersonalKey, writer: Address, address_id: uuid.UUID | None, now: datetime) -> dict[str, Any]:
    """Return the values of `NOTE`: replies go to the exact form that wrote last, and writing ends a block."""
    return {
        "address_id": address_id,
        "address_kind": writer.kind,
        "address_cipher": _encrypted(key, writer, address_id) if address_id is not None else b"",
        "address_seen_at": now,
    }


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
