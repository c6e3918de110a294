"""What a file is, by its first bytes: what it calls itself decides nothing.

Only what is named here is ever shown in a page; anything else is handed out as bytes that no program opens.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

import filetype

Shows = Literal["audio", "picture", "video", "download"]
PLAIN: Final = "application/octet-stream"


@dataclass(frozen=True)
class FileKind:
    """A kind of file: how the desk shows it, under which type it is served, and how a copy of it ends."""

    shows: Shows
    content_type: str
    extension: str


# Media types as the registry of IANA names them, for what filetype 1.2 tells apart.
_AUDIO: Final = {
    "audio/ogg": "ogg", "audio/mpeg": "mp3", "audio/mp4": "m4a", "audio/aac": "aac", "audio/amr": "amr",
    "audio/x-wav": "wav",
}  # fmt: skip
_VIDEO: Final = {"video/mp4": "mp4", "video/3gpp": "3gp", "video/x-m4v": "mp4", "video/webm": "webm"}
_PICTURES: Final = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}
_DOCUMENTS: Final = {"application/pdf": "pdf"}
_EXTENSION: Final = re.compile(r"[a-z0-9]{1,5}")
# Endings under which a system would run or render a file that was handed out.
_NOT_AS: Final = frozenset(
    {"exe", "elf", "swf", "dex", "html", "htm", "svg", "xml", "js", "bat", "cmd", "lnk", "crx", "deb", "rpm"}
)
_BOXES: Final = frozenset({"video/mp4", "video/quicktime", "video/x-m4v", "audio/mp4", "video/3gpp"})


def kind_of(content: bytes, declared: str) -> FileKind:
    """Return what a file is; `declared` only says whether the sound of a film's container is meant."""
    guessed = filetype.guess(content)
    mime = guessed.mime if guessed is not None else ""
    if mime in _BOXES and declared.partition("/")[0] == "audio":
        return FileKind("audio", "audio/mp4", "m4a")
    if mime in _AUDIO:
        return FileKind("audio", "audio/wav" if mime == "audio/x-wav" else mime, _AUDIO[mime])
    if mime in _VIDEO:
        return FileKind("video", "video/mp4" if mime == "video/x-m4v" else mime, _VIDEO[mime])
    if mime in _PICTURES:
        return FileKind("picture", mime, _PICTURES[mime])
    if mime in _DOCUMENTS:
        return FileKind("download", PLAIN, _DOCUMENTS[mime])
    ending = str(guessed.extension) if guessed is not None else ""
    usable = _EXTENSION.fullmatch(ending) and ending not in _NOT_AS
    return FileKind("download", PLAIN, ending if usable else "bin")
