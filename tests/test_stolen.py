"""The search of a stolen disk finds what is there, in every spelling, and nothing that is not."""

from __future__ import annotations

import base64
import gzip
import json
import os
import zlib
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
import stolen

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

WORD = "colibrí-púrpura"
AROUND = "ella dijo que {} y nada más"
WAYS: dict[str, Callable[[bytes], bytes]] = {
    "plain": bytes,
    "hex": lambda plain: plain.hex().encode(),
    "base64 at 0": base64.b64encode,
    "base64 at 1": lambda plain: base64.b64encode(b"x" + plain),
    "base64 at 2": lambda plain: base64.b64encode(b"xx" + plain),
    "base64 for addresses at 1": lambda plain: base64.urlsafe_b64encode(b"y" + plain),
    "json": lambda plain: json.dumps({"text": plain.decode()}).encode(),
    "address": lambda plain: quote(plain.decode()).encode(),
    "utf-16-le": lambda plain: plain.decode().encode("utf-16-le"),
    "utf-16-be": lambda plain: plain.decode().encode("utf-16-be"),
    "latin-1": lambda plain: plain.decode().encode("latin-1"),
    "plain, packed": gzip.compress,
    "json, packed": lambda plain: zlib.compress(json.dumps(plain.decode()).encode(), 9),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("before", [0, 1, 2])
def test_every_spelling_is_found(way: str, before: int) -> None:
    said = ("z" * before + AROUND.format(WORD)).encode()
    noise = os.urandom(3000)
    found = stolen.search(noise + WAYS[way](said) + noise, [WORD, "otra-palabra"])
    wanted = way.split(" at ", maxsplit=1)[0]
    assert any(one.startswith(f"{WORD}: {wanted}") for one in found), found
    assert not any(one.startswith("otra") for one in found)


def test_random_bytes_hold_no_word() -> None:
    """The look-alike: noise, with the beginnings of packed streams in it, and a word of the same letters."""
    noise = b"".join(os.urandom(200) + magic for magic in stolen.PACKED * 20)
    assert stolen.search(noise + b"colibri purpura", [WORD]) == set()


def test_every_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "one").write_bytes(WORD.encode())
    (tmp_path / "two.gz").write_bytes(gzip.compress(WORD.encode()))
    (tmp_path / "three").write_bytes(b"nothing")
    assert stolen.told(tmp_path, [WORD]).keys() == {"a/b/one", "two.gz"}
