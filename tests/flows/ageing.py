"""Moves the last question of a dialogue into the past, inside its seal.

The product's clock can't be turned, so what is dated is. Knows how the tracker store frames a state; only
tests may write one from outside.
"""

from __future__ import annotations

import base64
import json
import os
import struct
from datetime import datetime
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from models import RasaTracker
from outreach.sealing.crypto import tracker_key

if TYPE_CHECKING:
    import uuid
    from datetime import timedelta

    from sqlalchemy.orm import Session as Database


def age_dialogue(db: Database, secret_key: bytes, conversation_id: uuid.UUID, span: timedelta) -> None:
    """Move the last question of the dialogue into the past, inside its seal."""
    row = db.get(RasaTracker, conversation_id)
    if row is None:
        return
    row.expires_at -= span
    aead = AESGCM(base64.b64decode(tracker_key(secret_key)))
    whole = aead.decrypt(row.state[:12], row.state[12:], str(conversation_id).encode())
    length = struct.unpack(">I", whole[:4])[0]
    state = json.loads(whole[4 : 4 + length])
    memory = state["slots"].get("memory") or {}
    if memory.get("asked_at"):
        memory["asked_at"] = (datetime.fromisoformat(memory["asked_at"]) - span).isoformat()
    data = json.dumps(state, ensure_ascii=False).encode()
    framed = struct.pack(">I", len(data)) + data
    nonce = os.urandom(12)
    padded = framed + bytes(-len(framed) % 4096)
    row.state = nonce + aead.encrypt(nonce, padded, str(conversation_id).encode())
