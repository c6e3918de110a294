"""What tests of files at the desk share: files of a case, and how they stand on its page."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PIL import Image

from outreach.casework import cases, files
from outreach.ground.settings import ROOT

if TYPE_CHECKING:
    import uuid

    from sqlalchemy.orm import Session as Database

    from models import Case
    from outreach.sealing.crypto import PersonalKey

VOICE = (ROOT / "simulator" / "sample_files" / "voice-note.ogg").read_bytes()
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


def picture() -> bytes:
    """Return a picture that says where it was taken."""
    made, exif = io.BytesIO(), Image.Exif()
    exif[0x010F] = "MarcaDeTelefono"
    Image.new("RGB", (640, 480), (180, 90, 60)).save(made, "JPEG", exif=exif)
    return made.getvalue()


def she_sends(
    session: Database, key: PersonalKey, case: Case, kind: str, content: bytes | None, declared: str = "",
    text: str = "", **more: str,
) -> uuid.UUID:  # fmt: skip
    """Let a line with a file come into her case, here already or still on its way; `text` is a transcript."""
    file_id = files.begin(session, case, declared)
    if content is not None:
        assert files.keep(session, file_id, content, declared)
    extra = {"kind": kind, "files": [{"id": str(file_id), "type": declared}], **more}
    cases.woman_wrote(session, key, case.id, text, datetime.now(UTC), extra)
    session.commit()
    return file_id
