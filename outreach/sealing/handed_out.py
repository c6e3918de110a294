"""A file on its way to her: encrypted under a token that stands in the address which Twilio is given.

Who has the database has not the token, of which it keeps a hash only; who has the token reads one file for as
long as its row is there.
"""

from __future__ import annotations

import base64
import binascii
import json
import secrets
from dataclasses import dataclass
from hashlib import sha256

from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

from outreach.sealing.files import padded_length

HEAD = 256
"""Bytes before the content: what it is, and how long."""


@dataclass(frozen=True)
class HandedOut:
    """A file as Twilio is given it."""

    content: bytes
    content_type: str
    name: str


@dataclass(frozen=True)
class Locked:
    """A file under its token: the token for the address, the hash and the bytes for the database."""

    token: str
    token_hash: bytes
    blob: bytes


def lock(file: HandedOut) -> Locked:
    """Encrypt a file under a token made for it.

    Raises:
        ValueError: its name or type is too long.
    """
    told = {"type": file.content_type, "name": file.name, "length": len(file.content)}
    head = json.dumps(told).encode()
    if len(head) > HEAD:
        raise ValueError("what is said of a file must be short")
    plain = head.ljust(HEAD) + file.content
    padded = plain + bytes(padded_length(len(plain)) - len(plain))
    key = secrets.token_bytes(SecretBox.KEY_SIZE)
    token = base64.urlsafe_b64encode(key).decode().rstrip("=")
    return Locked(token, hash_of(token), bytes(SecretBox(key).encrypt(padded)))


def hash_of(token: str) -> bytes:
    """Return what the database knows a token by; its 256 random bits need no slow hash."""
    return sha256(token.encode("utf-8", "replace")).digest()


def unlock(token: str, blob: bytes) -> HandedOut | None:
    """Open what `lock` closed; None where the token is not its own, or the bytes are damaged."""
    try:
        key = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        padded = SecretBox(key).decrypt(blob)
    except (binascii.Error, ValueError, CryptoError):
        return None
    told = json.loads(padded[:HEAD])
    return HandedOut(padded[HEAD : HEAD + int(told["length"])], str(told["type"]), str(told["name"]))
