"""Rasa's memory of a conversation: one sealed, padded, expiring row in PostgreSQL.

Why: what the dialogue stands at must survive a restart and be the same on every server, and must say nothing
to whoever steals the database. Keeps slots and the open form only, so a turn costs the same after 40 turns
and after 400. Must never keep what she wrote, fall back to another store, or block the event loop.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import json
import os
import struct
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import psycopg
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from psycopg.conninfo import conninfo_to_dict
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SessionStarted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rasa.core.brokers.broker import EventBroker
    from rasa.shared.core.domain import Domain

BUCKET = 4096
"""Sealed states come in whole buckets, so that their length tells nothing."""
_NONCE = 12
_CONNECT_SECONDS = 5
# This commit waits for no disk, whoever's connection it is: the turn that is answered from this state is
# committed after it, to the same log. The disk sees this first, or neither, and then the same message is
# asked again (decision 80).
_SAVE = (
    "INSERT INTO rasa_tracker (conversation_id, state, expires_at) "
    "SELECT %s::uuid, %s::bytea, %s::timestamptz WHERE set_config('synchronous_commit', 'off', true) = 'off' "
    "ON CONFLICT (conversation_id) DO UPDATE SET state = excluded.state, expires_at = excluded.expires_at"
)


class TrackerStoreError(RuntimeError):
    """The store can't keep its promise: a wrong key or address, or a state that does not open."""


class Seal:
    """AES-256-GCM over a padded state, bound to its conversation.

    Two keys with a comma between them: the first closes, both open, while the first takes the other's place.
    """

    def __init__(self, key: str) -> None:
        raw = [_read_key(one) for one in key.split(",")]
        self._aead, self._opening = AESGCM(raw[0]), [AESGCM(one) for one in raw]
        # Which key this process writes with, as PostgreSQL lists its connections, while there are two.
        self.tag = f" {hashlib.sha256(b'tag' + raw[0]).hexdigest()[:8]}" if len(raw) > 1 else ""

    def close(self, state: bytes, conversation: str) -> bytes:
        """Seal `state`."""
        framed = struct.pack(">I", len(state)) + state
        padded = framed + bytes(-len(framed) % BUCKET)
        nonce = os.urandom(_NONCE)
        return nonce + self._aead.encrypt(nonce, padded, conversation.encode())

    def open(self, sealed: bytes, conversation: str) -> bytes:
        """Open what `close` sealed for the same conversation; raises `TrackerStoreError`."""
        for one in self._opening:
            try:
                padded = one.decrypt(sealed[:_NONCE], sealed[_NONCE:], conversation.encode())
            except InvalidTag:
                continue
            length = struct.unpack(">I", padded[:4])[0]
            return padded[4 : 4 + length]
        raise TrackerStoreError("a stored state does not open with AVANZA_TRACKER_KEY")


def _read_key(key: str) -> bytes:
    try:
        raw = base64.b64decode(key, validate=True)
    except (binascii.Error, ValueError) as error:
        raise TrackerStoreError("AVANZA_TRACKER_KEY is not base64") from error
    if len(raw) != 32:  # noqa: PLR2004 # AES-256
        raise TrackerStoreError("AVANZA_TRACKER_KEY must be 32 bytes in base64")
    return raw


class SealedTrackerStore(TrackerStore):
    """Keeps each conversation's state in `rasa_tracker`; made by Rasa from `endpoints.yml`."""

    def __init__(
        self,
        domain: Domain,
        host: str | None = None,
        event_broker: EventBroker | None = None,
        *,
        key: str = "",
        hours: int = 24,
        days_to_resume: int = 14,
        **kwargs: object,
    ) -> None:
        if not host or not host.startswith(("postgresql://", "postgres://")):
            raise TrackerStoreError("AVANZA_TRACKER_URL must be a postgresql:// address")
        self._seal = Seal(key)
        self._url = host
        self._hours = timedelta(hours=hours)
        self._days = timedelta(days=days_to_resume)
        self._connection: psycopg.AsyncConnection[Any] | None = None
        self._turn = asyncio.Lock()
        super().__init__(domain, event_broker, **kwargs)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Seal and keep what the dialogue needs, instead of what was kept before."""
        now = datetime.now(UTC)
        state = condense(tracker)
        sealed = self._seal.close(json.dumps(state, ensure_ascii=False).encode(), tracker.sender_id)
        expires = now + (self._days if state["resumable"] else self._hours)
        await self._run(_SAVE, (tracker.sender_id, sealed, expires))

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The conversation as it stands, or None where nothing is kept; raises where it can't be known."""
        row = await self._run(
            "SELECT state FROM rasa_tracker WHERE conversation_id = %s AND expires_at > now()", (sender_id,)
        )
        if row is None:
            return None
        return expand(sender_id, json.loads(self._seal.open(bytes(row[0]), sender_id)), self.domain)

    async def keys(self) -> Iterable[str]:
        """Refused: nothing here needs a list of conversations."""
        raise TrackerStoreError("conversations are not listed")

    async def _run(self, statement: str, values: tuple[object, ...]) -> tuple[Any, ...] | None:
        async with self._turn:
            for attempt in (1, 2):
                try:
                    connection = await self._connected()
                    cursor = await connection.execute(statement, values)
                    return await cursor.fetchone() if cursor.description else None
                except psycopg.OperationalError:
                    await self._drop()
                    if attempt == 2:  # noqa: PLR2004 # a connection may have died since the last turn: once
                        raise
        return None

    async def _connected(self) -> psycopg.AsyncConnection[Any]:
        if self._connection is None or self._connection.closed:
            said = conninfo_to_dict(self._url).get("connect_timeout")
            self._connection = await psycopg.AsyncConnection.connect(
                self._url,
                autocommit=True,
                connect_timeout=int(said or _CONNECT_SECONDS),
                application_name=f"avanza-rasa{self._seal.tag}",
            )
        return self._connection

    async def _drop(self) -> None:
        if self._connection is not None:
            await self._connection.close()
            self._connection = None


def condense(tracker: DialogueStateTracker) -> dict[str, Any]:
    """Slots that are set, the open form, and whether an enrolment may be resumed on another day."""
    slots = {name: slot.value for name, slot in tracker.slots.items() if slot.value != slot.initial_value}
    in_safety = slots.get("in_safety") is True
    return {
        "slots": slots,
        "loop": tracker.active_loop_name,
        "resumable": "preferred_name" in slots and not in_safety,
    }


def expand(sender_id: str, state: dict[str, Any], domain: Domain) -> DialogueStateTracker:
    """A tracker that stands where the kept state stood, with a history of one listening bot."""
    known = {slot.name for slot in domain.slots}
    slots = [SlotSet(name, value) for name, value in state["slots"].items() if name in known]
    loop = [ActiveLoop(state["loop"])] if state["loop"] else []
    events: list[Event] = [
        ActionExecuted("action_session_start"),
        SessionStarted(),
        *slots,
        *loop,
        ActionExecuted("action_listen"),
    ]
    return DialogueStateTracker.from_events(sender_id, events, domain.slots, domain=domain)
