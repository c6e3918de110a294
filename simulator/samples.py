"""Small files that a phone can send when no file is given: a silent voice note, a picture, and the like."""

from __future__ import annotations

import struct
import zlib
from functools import cache

_OPUS_SILENCE = b"\xf8\xff\xfe"
_FRAMES_PER_SECOND = 50
_SAMPLES_PER_FRAME = 960
_SERIAL = 7


def sample(content_type: str) -> bytes:
    """A file of this kind that is really of this kind where that is small, else a few bytes."""
    makers = {"audio/ogg": lambda: voice_note(3), "image/png": lambda: picture(320, 200)}
    plain = {
        "text/vcard": b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Contacto de muestra\r\nEND:VCARD\r\n",
        "application/pdf": b"%PDF-1.4\n%%EOF\n",
    }
    maker = makers.get(content_type)
    return maker() if maker else plain.get(content_type, b"muestra")


@cache
def voice_note(seconds: int) -> bytes:
    """A silent Ogg Opus file (RFC 7845), as WhatsApp's voice notes are."""
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 0, 48_000, 0, 0)
    tags = b"OpusTags" + struct.pack("<I", 6) + b"avanza" + struct.pack("<I", 0)
    pages = [_ogg_page([head], 0, 0, 2), _ogg_page([tags], 0, 1, 0)]
    for second in range(seconds):
        position = (second + 1) * _FRAMES_PER_SECOND * _SAMPLES_PER_FRAME
        flags = 4 if second == seconds - 1 else 0
        pages.append(_ogg_page([_OPUS_SILENCE] * _FRAMES_PER_SECOND, position, second + 2, flags))
    return b"".join(pages)


def _ogg_page(packets: list[bytes], position: int, number: int, flags: int) -> bytes:
    lacing = bytes(len(packet) for packet in packets)
    header = struct.pack("<4sBBqIII", b"OggS", 0, flags, position, _SERIAL, number, 0)
    page = header + bytes([len(lacing)]) + lacing + b"".join(packets)
    return page[:22] + struct.pack("<I", _ogg_checksum(page)) + page[26:]


def _ogg_checksum(data: bytes) -> int:
    """Ogg's CRC: polynomial 0x04c11db7, not reflected (RFC 3533, section 6)."""
    value = 0
    for byte in data:
        value ^= byte << 24
        for _ in range(8):
            value = ((value << 1) ^ 0x04C11DB7 if value & 0x80000000 else value << 1) & 0xFFFFFFFF
    return value


@cache
def picture(width: int, height: int) -> bytes:
    """A PNG of a plain evening sky over a hill."""
    rows = bytearray()
    for y in range(height):
        rows.append(0)
        for x in range(width):
            hill = y > height * 0.72 - 30 * ((x / width - 0.5) ** 2)
            rows += bytes((38, 84, 74)) if hill else bytes((90 + y // 2, 96 + y // 3, 150 - y // 6))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(rows), 9)), (b"IEND", b""))
    chunks = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)
