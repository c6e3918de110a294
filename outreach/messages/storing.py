"""The statements that store a message with its turn and tell the lane; most of what acknowledging one costs.

They change nothing, and give no row, where the MessageSid is known. `STORE` is for a conversation that was
found before, in the transaction that found it. `STORE_KNOWN` finds it itself, by an address that wrote to
this process lately (`Known`), and is a transaction by itself: it changes nothing either where that address is
not as it is remembered, or where the number floods.

The lane (`worker.lane`) judges the message for danger as soon as it is committed. Core, not ORM, built once.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, func, select, true, update
from sqlalchemy.dialects.postgresql import insert

from models import Base, ChannelAddress, Conversation, InboundMessage
from outreach.ground import jobs
from outreach.messages import flood, identity

if TYPE_CHECKING:
    import uuid

    from sqlalchemy import CTE, ColumnElement, Select

CHANNEL: Final = "avanza_inbound"
"""PostgreSQL's channel on which it is announced that a message was stored."""
MOST_KNOWN: Final = 20_000
_MESSAGE = Base.metadata.tables[InboundMessage.__tablename__]
_CONVERSATION = Base.metadata.tables[Conversation.__tablename__]
_ADDRESS = Base.metadata.tables[ChannelAddress.__tablename__]


class Known:
    """The rows of addresses that wrote to this process lately, by their keyed hash; the oldest go first.

    A row may be gone or another's by now: it is a guess, which the statement proves. Safe for threads.
    """

    def __init__(self, most: int = MOST_KNOWN) -> None:
        self._most = most
        self._ids: OrderedDict[bytes, uuid.UUID] = OrderedDict()
        self._lock = threading.Lock()

    def learn(self, lookup: bytes, address_id: uuid.UUID) -> None:
        """Remember the row of an address."""
        with self._lock:
            self._ids[bytes(lookup)] = address_id
            self._ids.move_to_end(bytes(lookup))
            if len(self._ids) > self._most:
                self._ids.popitem(last=False)

    def of(self, lookup: bytes) -> uuid.UUID | None:
        """Return the row of an address; None also while the secret key changes, when it has two hashes."""
        if getattr(lookup, "other", None) is not None:
            return None
        with self._lock:
            return self._ids.get(bytes(lookup))


def _last_but_most(conversation_id: ColumnElement[uuid.UUID]) -> ColumnElement[Any]:
    """Of what was there before: a statement does not see what it stores itself."""
    return (
        select(_MESSAGE.c.received_at)
        .where(_MESSAGE.c.conversation_id == conversation_id)
        .order_by(_MESSAGE.c.received_at.desc())
        .offset(flood.MOST - 1)
        .limit(1)
        .scalar_subquery()
    )


def _known() -> CTE:
    return (
        select(_ADDRESS.c.conversation_id)
        # One that moves while its row is waited for fits no more: what follows does not see where it went.
        .join(_CONVERSATION, _CONVERSATION.c.id == _ADDRESS.c.conversation_id)
        .where(
            _ADDRESS.c.lookup_hash == bindparam("known_lookup_hash"),
            _ADDRESS.c.id == bindparam("address_id"),
            ~flood.is_one_since(_last_but_most(_ADDRESS.c.conversation_id)),
        )
        .with_for_update(of=_ADDRESS)
        .cte("known")
    )


def _store(known: CTE | None = None) -> Select[*tuple[Any, ...]]:
    # Named apart from the columns: SQLAlchemy would set those of the same name in the update too.
    given: dict[str, ColumnElement[Any]] = {
        name: bindparam(f"stored_{name}", type_=_MESSAGE.c[name].type)
        for name in ("id", "message_sid", "received_at", "body_cipher")
    }
    if known is None:
        of = bindparam("stored_conversation_id", type_=_MESSAGE.c.conversation_id.type)
        made = insert(_MESSAGE).values({**given, "conversation_id": of})
    else:
        columns = [*given, "conversation_id"]
        made = insert(_MESSAGE).from_select(
            columns, select(*given.values(), known.c.conversation_id), include_defaults=False
        )
    stored = (
        made.on_conflict_do_nothing(index_elements=[_MESSAGE.c.message_sid])
        .returning(_MESSAGE.c.id, _MESSAGE.c.conversation_id, _MESSAGE.c.received_at)
        .cte("stored")
    )
    noted = (
        update(_CONVERSATION)
        .where(_CONVERSATION.c.id == stored.c.conversation_id)
        # Two requests may come here in another order than their moments.
        .values(last_inbound_at=func.greatest(_CONVERSATION.c.last_inbound_at, stored.c.received_at))
        .returning(_CONVERSATION.c.id)
        .cte("noted")
    )
    addressed = identity.NOTE.where(stored.c.conversation_id == _ADDRESS.c.conversation_id).cte("addressed")
    if known is not None:
        deferred = jobs.turn_of(noted.c.id, noted, true()).cte("deferred")
        return select(func.pg_notify(CHANNEL, "")).select_from(noted).add_cte(addressed, deferred)
    last = _last_but_most(stored.c.conversation_id).label("last_but_most")
    before = select(stored.c.id, last).cte("before")
    floods = flood.is_one_since(before.c.last_but_most)
    # Of the row as it was changed: locked, as `jobs.turn_of` has it.
    deferred = jobs.turn_of(noted.c.id, noted.join(before, true()), ~floods).cte("deferred")
    told = func.pg_notify(CHANNEL, "")
    return select(told, before.c.last_but_most).select_from(before).add_cte(addressed, deferred)


STORE: Final = _store()
"""Gives `last_but_most`: when the message came in that has `flood.MOST` from it on. Where that is a flood the
turn is left to the caller."""
STORE_KNOWN: Final = _store(_known())
