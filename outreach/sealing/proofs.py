"""Proofs that the public half of a wrap is the one that somebody with the team's key agreed to.

A sealed box has no sender, and a public half is no secret: whoever can write in the database could put his
own in a colleague's place and be given the next key. A proof needs the team's private key.
"""

from __future__ import annotations

import hmac
from hashlib import sha256
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

if TYPE_CHECKING:
    from models import KeyWrap


def prove(private_key: bytes, wrap: KeyWrap) -> bytes:
    """Return the proof of a caseworker's wrap, under a key derived from her team's."""
    if wrap.staff_id is None:
        raise ValueError("the recovery key's wrap is made anew with each key")
    key = HKDF(SHA256(), 32, salt=None, info=b"avanza/key wrap").derive(private_key)
    return hmac.new(key, wrap.team_id.bytes + wrap.staff_id.bytes + wrap.public_key, sha256).digest()


def holds(private_key: bytes, wrap: KeyWrap) -> bool:
    """Say whether a wrap has the proof that goes with its public half."""
    return wrap.proof is not None and hmac.compare_digest(wrap.proof, prove(private_key, wrap))
