"""Files of a case: encrypted under a key of their own, which is sealed to the case's team.

The content is padded and goes in chunks through libsodium's secretstream, which notices a chunk that is
missing, moved or changed. The key is sealed apart from the content, so that a change of the team's key means
sealing 32 bytes again and not a voice note. What a file is stands beside its key and has one length for all.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nacl.bindings import (
    crypto_secretstream_xchacha20poly1305_ABYTES,
    crypto_secretstream_xchacha20poly1305_init_pull,
    crypto_secretstream_xchacha20poly1305_init_push,
    crypto_secretstream_xchacha20poly1305_keygen,
    crypto_secretstream_xchacha20poly1305_pull,
    crypto_secretstream_xchacha20poly1305_push,
    crypto_secretstream_xchacha20poly1305_state,
)
from nacl.bindings.crypto_secretstream import (
    crypto_secretstream_xchacha20poly1305_TAG_FINAL as FINAL,
)
from nacl.bindings.crypto_secretstream import (
    crypto_secretstream_xchacha20poly1305_TAG_MESSAGE as MESSAGE,
)
from nacl.exceptions import CryptoError

from outreach.sealing import vault

if TYPE_CHECKING:
    from collections.abc import Sequence

KIB = 1024
CHUNK = 256 * KIB
ADDED = crypto_secretstream_xchacha20poly1305_ABYTES
"""What a chunk is longer by once it is encrypted."""
SMALL_STEP, LARGE_STEP = 64 * KIB, 1024 * KIB
BOX_BYTES = 48
"""What a sealed box adds to its content."""


@dataclass(frozen=True)
class Sealed:
    """A file as it is stored."""

    key_sealed: bytes
    chunks: list[bytes]


def padded_length(length: int) -> int:
    """Return the length of a content once padded: steps of 64 KiB up to 1 MiB, then of 1 MiB."""
    step = SMALL_STEP if length <= LARGE_STEP else LARGE_STEP
    return max(1, -(-length // step)) * step


def seal(public_key: bytes, content: bytes, about: dict[str, Any]) -> Sealed:
    """Seal a file to a team; `about` says what it is, in few short words.

    Raises:
        ValueError: `about` is too long to leave the row at its length.
    """
    key = crypto_secretstream_xchacha20poly1305_keygen()
    state = crypto_secretstream_xchacha20poly1305_state()
    header = crypto_secretstream_xchacha20poly1305_init_push(state, key)
    padded = content + bytes(padded_length(len(content)) - len(content))
    starts = range(0, len(padded), CHUNK)
    chunks = [
        crypto_secretstream_xchacha20poly1305_push(
            state, padded[start : start + CHUNK], tag=FINAL if start == starts[-1] else MESSAGE
        )
        for start in starts
    ]
    return Sealed(seal_about(public_key, about, key=key, header=header, length=len(content)), chunks)


def seal_about(
    public_key: bytes, about: dict[str, Any], *, key: bytes = b"", header: bytes = b"", length: int = 0
) -> bytes:
    """Seal what a file is, with its key once it has one; the same number of bytes with and without.

    Raises:
        ValueError: `about` is too long to leave the row at its length.
    """
    lock = {"key": _text(key), "header": _text(header), "length": length}
    sealed = vault.seal(public_key, {"about": about, "lock": lock})
    if len(sealed) > vault.BUCKET + BOX_BYTES:
        raise ValueError("what is said of a file must be short: its row would be longer than others")
    return sealed


def about(keyring: bytes, key_sealed: bytes) -> dict[str, Any]:
    """Return what a file is.

    Raises:
        UnsealError: it is sealed to another team.
    """
    found: dict[str, Any] = vault.unseal(keyring, key_sealed)["about"]
    return found


def unseal(keyring: bytes, key_sealed: bytes, chunks: Sequence[bytes]) -> bytes:
    """Return a file's content.

    Raises:
        UnsealError: it is sealed to another team, has no content yet, or a chunk is missing or damaged.
    """
    lock = vault.unseal(keyring, key_sealed)["lock"]
    if not lock["key"] or not chunks:
        raise vault.UnsealError(vault.UnsealError.__doc__)
    state = crypto_secretstream_xchacha20poly1305_state()
    padded, tag = bytearray(), MESSAGE
    try:
        crypto_secretstream_xchacha20poly1305_init_pull(
            state, base64.b64decode(lock["header"]), base64.b64decode(lock["key"])
        )
        for chunk in chunks:
            piece, tag = crypto_secretstream_xchacha20poly1305_pull(state, chunk)
            padded += piece
    except CryptoError:
        raise vault.UnsealError(vault.UnsealError.__doc__) from None
    if tag != FINAL:
        raise vault.UnsealError(vault.UnsealError.__doc__)
    return bytes(padded[: lock["length"]])


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
