"""A file under its own key: only the team opens it, a damaged one opens for nobody (P4)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nacl.public import PrivateKey

from outreach.sealing import files, vault

TEAM, OTHER = PrivateKey.generate(), PrivateKey.generate()
RING = bytes(TEAM)
CONTENT = bytes(range(256)) * 3000


def sealed(content: bytes = CONTENT) -> files.Sealed:
    return files.seal(bytes(TEAM.public_key), content, {"type": "audio/ogg"})


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 3 * files.CHUNK))
def test_what_was_sealed_comes_back(length: int) -> None:
    """Whatever its length, also one that ends with zeros, as the padding does."""
    content = CONTENT[: length // 2] + bytes(length - length // 2)
    one = sealed(content)
    assert files.unseal(bytes(OTHER) + RING, one.key_sealed, one.chunks) == content
    assert files.about(RING, one.key_sealed) == {"type": "audio/ogg"}


def test_another_team_opens_nothing() -> None:
    one = sealed()
    for ring in (b"", bytes(OTHER)):
        with pytest.raises(vault.UnsealError):
            files.unseal(ring, one.key_sealed, one.chunks)
        with pytest.raises(vault.UnsealError):
            files.about(ring, one.key_sealed)


def _changed(chunk: bytes) -> bytes:
    return bytes([chunk[0] ^ 1]) + chunk[1:]


def test_what_was_changed_opens_for_nobody() -> None:
    """A piece that is missing, moved, repeated, changed, cut or of another file: all are noticed."""
    one, other = sealed(), sealed()
    a, b, *rest = one.chunks
    for chunks in (
        [], [a], [a, b], [b, a, *rest], [a, a, b, *rest], [_changed(a), b, *rest], [a[:-1], b, *rest],
        [a, b, *rest, *rest], [b""], other.chunks, [a, *other.chunks[1:]],
    ):  # fmt: skip
        with pytest.raises(vault.UnsealError):
            files.unseal(RING, one.key_sealed, chunks)


def test_one_that_waits_has_no_content() -> None:
    waiting = files.seal_about(bytes(TEAM.public_key), {"state": "waiting"})
    with pytest.raises(vault.UnsealError):
        files.unseal(RING, waiting, sealed().chunks)


def test_all_rows_are_of_one_length() -> None:
    """Waiting, here or failed, short or long: nothing tells but the number of steps."""
    public = bytes(TEAM.public_key)
    rows = [
        files.seal_about(public, {"state": "waiting"}),
        sealed(b"").key_sealed,
        sealed(bytes(10**7)).key_sealed,
        files.seal(public, b"x", {"declared": "a" * 80, "shows": "download", "why": "too_large"}).key_sealed,
    ]
    assert len({len(row) for row in rows}) == 1
    with pytest.raises(ValueError, match="longer than others"):
        files.seal(public, b"x", {"declared": "a" * 500})


def test_lengths_go_in_steps() -> None:
    kib = files.KIB
    for length, padded in (
        (0, 64), (1, 64), (64 * kib, 64), (64 * kib + 1, 128), (1024 * kib, 1024), (1024 * kib + 1, 2048),
        (16 * 1024 * kib, 16 * 1024),
    ):  # fmt: skip
        assert files.padded_length(length) == padded * kib
    short, longer = sealed(b"a"), sealed(bytes(60_000))
    assert [len(chunk) for chunk in short.chunks] == [len(chunk) for chunk in longer.chunks]


def test_each_file_has_a_key_of_its_own() -> None:
    """The same voice note twice is not seen to be the same."""
    one, two = sealed(), sealed()
    assert one.chunks != two.chunks
    assert one.key_sealed != two.key_sealed
