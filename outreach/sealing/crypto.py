"""Personal data: encrypted with keys derived from AVANZA_SECRET_KEY, found again by keyed hashes.

Every ciphertext is bound to its purpose and its row, so that it can't be moved to another. This
module never handles confidential data: that is sealed (`outreach.sealing.vault`), not encrypted.

A key that took the place of another brings along the lookup keys of before: 32 bytes of its own, then 32 for
each of them, the newest first. A hash is then a chain, HMAC(newest, ... HMAC(oldest, value)), so that what
is stored can be brought to the new key without the value, which for some rows nobody keeps. Who knows only an
old key computes the inner links, never the last one. A hash of such a key ends with a byte that counts its
links; one of a first key has no such byte.
"""

from __future__ import annotations

import base64
import hmac
import json
import secrets
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VERSION = b"\x01"
KEY_BYTES, NONCE_BYTES = 32, 12
LOOKUP, DIALOGUES = "lookup hashes", "dialogue states"
BUCKET = 256


class DecryptionError(Exception):
    """These bytes were not encrypted with this AVANZA_SECRET_KEY for this place; restore the right key."""


def pad(data: bytes, bucket: int = BUCKET) -> bytes:
    """Pad to a multiple of `bucket` bytes, so that a length says little."""
    framed = len(data).to_bytes(4, "big") + data
    return framed + bytes(-len(framed) % bucket)


def unpad(data: bytes) -> bytes:
    """Undo `pad`."""
    return data[4 : 4 + int.from_bytes(data[:4], "big")]


class LookupHash(bytes):
    """A keyed hash that brings along the same value's hash under the other key, while both are in use.

    Columns of hashes find a row by either (`models.base.HashBytes`).
    """

    other: bytes | None = None


def successor(secret_key: bytes) -> bytes:
    """Make a key that can take the place of this one: 32 random bytes, then the lookup keys of before."""
    return secrets.token_bytes(KEY_BYTES) + _derive(secret_key, LOOKUP) + secret_key[KEY_BYTES:]


def succeeds(new: bytes, old: bytes) -> bool:
    """Say whether a key was made to take the place of another."""
    return len(new) == len(old) + KEY_BYTES and hmac.compare_digest(
        new[KEY_BYTES:], _derive(old, LOOKUP) + old[KEY_BYTES:]
    )


def links_of(lookup: bytes) -> int:
    """Return how many keys a stored hash went through after the first."""
    return lookup[KEY_BYTES] if len(lookup) > KEY_BYTES else 0


def _derive(secret_key: bytes, purpose: str) -> bytes:
    info = f"avanza/{purpose}".encode()
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=info).derive(secret_key[:KEY_BYTES])


class _Half:
    """One key: what it encrypts and hashes with."""

    def __init__(self, secret_key: bytes) -> None:
        self.secret = bytes(secret_key)
        self.cipher = ChaCha20Poly1305(_derive(self.secret, "personal data"))
        former = [self.secret[at : at + KEY_BYTES] for at in range(KEY_BYTES, len(self.secret), KEY_BYTES)]
        self.lookups = [*reversed(former), _derive(self.secret, LOOKUP)]

    @property
    def links(self) -> int:
        return len(self.lookups) - 1

    def hashes(self, kind: str, value: str) -> list[bytes]:
        """Every link of a value's hash, the oldest first."""
        found = [hmac.digest(self.lookups[0], f"{kind}\0{value}".encode(), sha256)]
        for count, key in enumerate(self.lookups[1:], 1):
            found.append(hmac.digest(key, found[-1][:KEY_BYTES], sha256) + bytes([count]))
        return found

    def plain(self, blob: bytes, place: str) -> bytes | None:
        """The padded plain bytes; None where they were not encrypted with this key for this place."""
        if blob[:1] != VERSION:
            return None
        nonce, body = blob[1 : 1 + NONCE_BYTES], blob[1 + NONCE_BYTES :]
        try:
            return self.cipher.decrypt(nonce, body, place.encode())
        except InvalidTag:
            return None

    def sealed(self, plain: bytes, place: str) -> bytes:
        nonce = secrets.token_bytes(NONCE_BYTES)
        return VERSION + nonce + self.cipher.encrypt(nonce, plain, place.encode())


class PersonalKey:
    """Encrypts, decrypts and hashes personal data under one secret key.

    While it is being replaced the settings give it with an `other` (`outreach.ground.settings.SecretKey`):
    then what either wrote is read and found, and what is written is written with the first.
    """

    def __init__(self, secret_key: bytes) -> None:
        self._own = _Half(secret_key)
        other: bytes | None = getattr(secret_key, "other", None)
        self._other = _Half(other) if other else None

    @property
    def own(self) -> bytes:
        """The bytes of the key that is written with."""
        return self._own.secret

    @property
    def is_changing(self) -> bool:
        """Whether there is another key beside it."""
        return self._other is not None

    def derive(self, purpose: str) -> bytes:
        """Derive a key of 32 bytes for one purpose (HKDF-SHA256)."""
        return _derive(self._own.secret, purpose)

    def derive_other(self, purpose: str) -> bytes | None:
        """Derive the same from the other key, where there is one."""
        return _derive(self._other.secret, purpose) if self._other else None

    def encrypt(self, data: dict[str, Any], *, place: str, bucket: int = BUCKET) -> bytes:
        """Encrypt a JSON object for one place, such as `woman:<id>`."""
        plain = pad(json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode(), bucket)
        return self._own.sealed(plain, place)

    def decrypt(self, blob: bytes, *, place: str) -> dict[str, Any]:
        """Decrypt what `encrypt` made for the same place.

        Raises:
            DecryptionError: another key, another place, or damaged bytes.
        """
        plain = self._own.plain(blob, place)
        if plain is None and self._other is not None:
            plain = self._other.plain(blob, place)
        if plain is None:
            raise DecryptionError(DecryptionError.__doc__)
        data: dict[str, Any] = json.loads(unpad(plain))
        return data

    def renew(self, blob: bytes, *, place: str) -> bytes:
        """Encrypt anew what either key opens, in as many bytes.

        Raises:
            DecryptionError: neither opens it.
        """
        for half in (self._own, self._other):
            plain = half.plain(blob, place) if half else None
            if plain is not None:
                return self._own.sealed(plain, place)
        raise DecryptionError(DecryptionError.__doc__)

    def opens(self, blob: bytes, *, place: str) -> bool:
        """Say whether the first key opens it."""
        return self._own.plain(blob, place) is not None

    def blank(self, blob: bytes, *, place: str) -> bytes:
        """Return a ciphertext of an empty object as long as `blob`: the text is gone, the look stays."""
        return self.rewrite(blob, {}, place=place)

    def rewrite(self, blob: bytes, data: dict[str, Any], *, place: str) -> bytes:
        """Encrypt an object in the place of `blob`, in as many bytes where it fits, else in twice as many."""
        length = len(blob) - len(VERSION) - NONCE_BYTES - 16
        return self.encrypt(data, place=place, bucket=max(length, BUCKET))

    def lookup(self, kind: str, value: str) -> bytes:
        """Return the keyed hash by which a value is found again without being stored."""
        own = self._own.hashes(kind, value)[-1]
        if self._other is None:
            return own
        found = LookupHash(own)
        found.other = self._other.hashes(kind, value)[-1]
        return found

    def lookups(self, kind: str, value: str) -> list[bytes]:
        """Return the hashes under which a value may be stored now: one, or two while the key changes."""
        found = self.lookup(kind, value)
        other: bytes | None = getattr(found, "other", None)
        return [bytes(found)] if other is None else [bytes(found), other]

    def lasting(self, kind: str, value: str) -> bytes:
        """Return a keyed hash that no change of the key changes: for a draw or an id, never for a secret."""
        return self._own.hashes(kind, value)[0]

    def links(self, kind: str, value: str) -> list[bytes]:
        """Return the hashes that a value has had, for what is printed and outlives a key."""
        halves = [self._own] + ([self._other] if self._other else [])
        return list(dict.fromkeys(one for half in halves for one in half.hashes(kind, value)))

    @property
    def ending(self) -> bytes:
        """What its stored hashes end with, after their 32 bytes."""
        return bytes([self._own.links]) if self._own.links else b""

    def renewed(self, lookup: bytes) -> bytes:
        """Bring a stored hash to this key; one that is there already stays as it is."""
        for count in range(links_of(lookup) + 1, self._own.links + 1):
            lookup = hmac.digest(self._own.lookups[count], lookup[:KEY_BYTES], sha256) + bytes([count])
        return lookup


def tracker_key(secret_key: bytes) -> str:
    """Return the base64 key that Rasa's tracker store encrypts with; Rasa never gets the secret itself.

    With another key beside it there are two, with a comma: it writes with the first and reads with both.
    """
    key = PersonalKey(secret_key)
    both = (key.derive(DIALOGUES), key.derive_other(DIALOGUES))
    return ",".join(base64.b64encode(one).decode() for one in both if one is not None)


def tag(secret: bytes) -> str:
    """How a process names its connections after the key that it writes with; of no use to guess the key."""
    return f" {sha256(b'tag' + secret).hexdigest()[:8]}"


def tags(secret_key: bytes) -> dict[str, str]:
    """Return how processes of each kind name connections that write with this key, while two are in use."""
    return {"avanza": tag(secret_key), "avanza-rasa": tag(_derive(secret_key, DIALOGUES))}


class DialogueKey:
    """Opens and closes the states that Rasa's processes keep, as `bot/serving/tracker_store.py` does."""

    def __init__(self, key: PersonalKey) -> None:
        self._own = AESGCM(key.derive(DIALOGUES))
        other = key.derive_other(DIALOGUES)
        self._other = AESGCM(other) if other else None

    def close(self, plain: bytes, conversation: str) -> bytes:
        """Encrypt the padded bytes of a state."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._own.encrypt(nonce, plain, conversation.encode())

    def renew(self, blob: bytes, conversation: str) -> bytes:
        """Encrypt anew what either key opens, in as many bytes.

        Raises:
            DecryptionError: neither opens it.
        """
        for one in (self._own, self._other):
            plain = self._plain(one, blob, conversation)
            if plain is not None:
                return self.close(plain, conversation)
        raise DecryptionError(DecryptionError.__doc__)

    def opens(self, blob: bytes, conversation: str) -> bool:
        """Say whether the first key opens it."""
        return self._plain(self._own, blob, conversation) is not None

    @staticmethod
    def _plain(one: AESGCM | None, blob: bytes, conversation: str) -> bytes | None:
        if one is None or len(blob) < NONCE_BYTES:
            return None
        try:
            return one.decrypt(blob[:NONCE_BYTES], blob[NONCE_BYTES:], conversation.encode())
        except InvalidTag:
            return None
