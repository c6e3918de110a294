"""Personal data: encrypted with keys derived from AVANZA_SECRET_KEY, found again by keyed hashes.

Every ciphertext is bound to its purpose and its row, so that it can't be moved to another. This
module never handles confidential data: that is sealed (`outreach.sealing.vault`), not encrypted.
"""

from __future__ import annotations

import base64
import hmac
import json
import secrets
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VERSION = b"\x01"
NONCE_BYTES = 12
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


class PersonalKey:
    """Encrypts, decrypts and hashes personal data under one secret key of 32 bytes."""

    def __init__(self, secret_key: bytes) -> None:
        self._secret = secret_key
        self._cipher = ChaCha20Poly1305(self.derive("personal data"))
        self._lookup = self.derive("lookup hashes")

    def derive(self, purpose: str) -> bytes:
        """Derive a key of 32 bytes for one purpose (HKDF-SHA256)."""
        return HKDF(SHA256(), 32, salt=None, info=f"avanza/{purpose}".encode()).derive(self._secret)

    def encrypt(self, data: dict[str, Any], *, place: str, bucket: int = BUCKET) -> bytes:
        """Encrypt a JSON object for one place, such as `woman:<id>`."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        plain = pad(json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode(), bucket)
        return VERSION + nonce + self._cipher.encrypt(nonce, plain, place.encode())

    def decrypt(self, blob: bytes, *, place: str) -> dict[str, Any]:
        """Decrypt what `encrypt` made for the same place.

        Raises:
            DecryptionError: another key, another place, or damaged bytes.
        """
        if blob[:1] != VERSION:
            raise DecryptionError(DecryptionError.__doc__)
        nonce, body = blob[1 : 1 + NONCE_BYTES], blob[1 + NONCE_BYTES :]
        try:
            plain = self._cipher.decrypt(nonce, body, place.encode())
        except InvalidTag:
            raise DecryptionError(DecryptionError.__doc__) from None
        data: dict[str, Any] = json.loads(unpad(plain))
        return data

    def blank(self, blob: bytes, *, place: str) -> bytes:
        """Return a ciphertext of an empty object as long as `blob`: the text is gone, the look stays."""
        return self.rewrite(blob, {}, place=place)

    def rewrite(self, blob: bytes, data: dict[str, Any], *, place: str) -> bytes:
        """Encrypt an object in the place of `blob`, in as many bytes where it fits, else in twice as many."""
        length = len(blob) - len(VERSION) - NONCE_BYTES - 16
        return self.encrypt(data, place=place, bucket=max(length, BUCKET))

    def lookup(self, kind: str, value: str) -> bytes:
        """Return the keyed hash by which a value is found again without being stored."""
        return hmac.new(self._lookup, f"{kind}\0{value}".encode(), sha256).digest()


def tracker_key(secret_key: bytes) -> str:
    """Return the base64 key that Rasa's tracker store encrypts with; Rasa never gets the secret itself."""
    return base64.b64encode(PersonalKey(secret_key).derive("dialogue states")).decode()
