"""What a thief with the disk reads: a word in every spelling, in every file, packed streams unpacked."""

from __future__ import annotations

import base64
import json
import zlib
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

PACKED = (b"\x1f\x8b\x08", b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
"""How a stream of gzip or zlib begins."""
MOST_UNPACKED, STEP = 64 * 1024 * 1024, 64 * 1024


def spellings(word: str) -> dict[str, bytes]:
    """Return how a word may stand in a file, by the name of the spelling."""
    plain = word.encode()
    found = {
        "plain": plain,
        "latin-1": word.encode("latin-1"),
        "utf-16-le": word.encode("utf-16-le"),
        "utf-16-be": word.encode("utf-16-be"),
        "hex": plain.hex().encode(),
        "HEX": plain.hex().upper().encode(),
        "json": json.dumps(word)[1:-1].encode(),
        "address": quote(word).encode(),
    }
    for offset in range(3):
        packed = base64.b64encode(bytes(offset) + plain)
        # What lies before and behind it decides the letters at both ends.
        inner = packed[-(-8 * offset // 6) : 8 * (offset + len(plain)) // 6]
        found[f"base64 at {offset}"] = inner
        found[f"base64 for addresses at {offset}"] = inner.translate(bytes.maketrans(b"+/", b"-_"))
    return found


def unpacked(content: bytes) -> Iterator[bytes]:
    """Yield what the packed streams in some bytes hold, as far as they are whole."""
    view = memoryview(content)
    for magic in PACKED:
        start = content.find(magic)
        while start >= 0:
            found = _unpack(view[start:])
            if found:
                yield found
            start = content.find(magic, start + 1)


def _unpack(view: memoryview) -> bytes:
    stream, found = zlib.decompressobj(wbits=47), bytearray()
    try:
        for start in range(0, len(view), STEP):
            found += stream.decompress(view[start : start + STEP])
            if stream.eof or len(found) > MOST_UNPACKED:
                break
    except zlib.error:
        pass
    return bytes(found)


def search(content: bytes, words: Iterable[str]) -> set[str]:
    """Return which words stand in some bytes, each with its spelling."""
    known = [(word, name, spelt) for word in words for name, spelt in spellings(word).items()]
    found = {f"{word}: {name}" for word, name, spelt in known if spelt in content}
    for inner in unpacked(content):
        found |= {f"{word}: {name}, packed" for word, name, spelt in known if spelt in inner}
    return found


def files(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """Yield every file under a folder with what is in it."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield path, path.read_bytes()


def told(folder: Path, words: Iterable[str]) -> dict[str, set[str]]:
    """Return which words stand in which files under a folder."""
    sought = list(words)
    found = {str(path.relative_to(folder)): search(content, sought) for path, content in files(folder)}
    return {path: words for path, words in found.items() if words}
