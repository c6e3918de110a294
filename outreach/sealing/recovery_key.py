"""The recovery key as people write it: groups of four, without look-alike letters, with a checksum.

It is printed once and kept on paper. Nothing here stores or logs it.
"""

from __future__ import annotations

import secrets
from hashlib import sha256

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SECRET_LETTERS = 32
CHECK_LETTERS = 4
GROUP = 4
_LOOK_ALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})


class RecoveryKeyError(ValueError):
    """La clave de recuperación no está completa o tiene una letra equivocada: revísala en el papel."""


def make() -> str:
    """Return a new recovery key (160 random bits) as it is to be printed."""
    secret = "".join(secrets.choice(ALPHABET) for _ in range(SECRET_LETTERS))
    return grouped(secret + _check(secret))


def parse(text: str) -> str:
    """Return the key's letters from what a person typed, whatever the case, spaces and dashes.

    Raises:
        RecoveryKeyError: letters missing, too many, unknown, or a checksum that does not fit.
    """
    letters = "".join(c for c in text.upper() if c.isalnum()).translate(_LOOK_ALIKES)
    secret, check = letters[:SECRET_LETTERS], letters[SECRET_LETTERS:]
    if not set(letters) <= set(ALPHABET) or len(secret) != SECRET_LETTERS or check != _check(secret):
        raise RecoveryKeyError(RecoveryKeyError.__doc__)
    return secret


def grouped(letters: str) -> str:
    """Return letters in groups of four."""
    return "-".join(letters[i : i + GROUP] for i in range(0, len(letters), GROUP))


def fingerprint(data: bytes, letters: int = 10) -> str:
    """Return a short code of some bytes that two people can compare by voice."""
    number = int.from_bytes(sha256(data).digest(), "big")
    return "".join(ALPHABET[(number >> (5 * i)) & 31] for i in range(letters))


def _check(secret: str) -> str:
    return fingerprint(b"recovery key" + secret.encode(), CHECK_LETTERS)
