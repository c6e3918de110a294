"""A PNG with a palette of at most 16 colours, four bits a pixel: what a picture of text needs and no more."""

from __future__ import annotations

import struct
import zlib

MOST_COLOURS = 16


def encode(width: int, height: int, palette: list[tuple[int, int, int]], indices: bytes) -> bytes:
    """The file's bytes; `indices` holds one byte a pixel, row by row."""
    if len(palette) > MOST_COLOURS or len(indices) != width * height:
        raise ValueError("a palette of at most 16 colours, and one index a pixel")
    rows = bytearray()
    for top in range(0, len(indices), width):
        row = indices[top : top + width] + bytes(width % 2)
        rows.append(0)
        rows += bytes(high << 4 | low for high, low in zip(row[::2], row[1::2], strict=True))
    header = struct.pack(">IIBBBBB", width, height, 4, 3, 0, 0, 0)
    colours = b"".join(bytes(colour) for colour in palette)
    parts = ((b"IHDR", header), (b"PLTE", colours), (b"IDAT", zlib.compress(bytes(rows), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
