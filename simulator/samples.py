"""Small files that a phone can send when no file is given: a silent voice note, a picture, and the like."""

from __future__ import annotations

from pathlib import Path

FILES = Path(__file__).parent / "sample_files"
BY_TYPE = {
    "audio/ogg": "voice-note.ogg",
    "image/png": "picture.png",
    "text/vcard": "contact.vcf",
    "application/pdf": "document.pdf",
}


def sample(content_type: str) -> bytes:
    """A file of this kind where there is one, else a few bytes."""
    name = BY_TYPE.get(content_type)
    return (FILES / name).read_bytes() if name else b"muestra"
