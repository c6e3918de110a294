"""Voice notes that wait here for some days, sealed to a team, in case she asks for a person.

No longer at Twilio, and not readable here. Every voice note has such a row, of a case or not: a confidential
one has noise in it, so that no row tells which was sealed to a case (P4). What she takes back is overwritten.
"""

from __future__ import annotations

import os
import uuid
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete

from models import Team, WaitingFile
from outreach.sealing import files as sealed_files

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

PIECE = sealed_files.CHUNK + sealed_files.ADDED
"""Bytes of a piece as it is stored; the last one may be shorter."""
NOTHING: Mapping[str, Any] = {"state": "none"}


def begin(session: Session, team_id: uuid.UUID, due_at: datetime) -> uuid.UUID:
    """Make room for a note that is on its way, or for the noise beside a case's; return its id."""
    row = WaitingFile(id=uuid.uuid4(), team_id=team_id, due_at=due_at, key_sealed=b"", content_locked=b"")
    row.key_sealed = sealed_files.seal_about(_public_key(session, row), dict(NOTHING))
    session.add(row)
    session.flush()
    return row.id


def is_empty(session: Session, file_id: uuid.UUID) -> bool:
    """Whether a note is still to come; not where it is here, or she took it back."""
    row = session.get(WaitingFile, file_id)
    return row is not None and not row.content_locked


def fill(session: Session, file_id: uuid.UUID, content: bytes, about: Mapping[str, Any]) -> bool:
    """Seal what a note contains; False where she took it back meanwhile, and then nothing is kept."""
    row = _locked(session, file_id)
    if row is None or row.content_locked:
        return False
    sealed = sealed_files.seal(_public_key(session, row), content, dict(about))
    row.key_sealed, row.content_locked = sealed.key_sealed, b"".join(sealed.chunks)
    session.flush()
    return True


def fill_with_noise(session: Session, file_id: uuid.UUID, length: int) -> None:
    """Put noise in a row, as long as a note of so many bytes would be."""
    row = _locked(session, file_id)
    if row is not None:
        padded = sealed_files.padded_length(length)
        row.content_locked = os.urandom(padded + -(-padded // sealed_files.CHUNK) * sealed_files.ADDED)
        session.flush()


def read(session: Session, file_id: uuid.UUID) -> tuple[uuid.UUID, sealed_files.Sealed] | None:
    """Return the team of a note that is here and the note as it is sealed; None where it is not (yet)."""
    row = _locked(session, file_id)
    if row is None or not row.content_locked:
        return None
    starts = range(0, len(row.content_locked), PIECE)
    pieces = [row.content_locked[start : start + PIECE] for start in starts]
    return row.team_id, sealed_files.Sealed(row.key_sealed, pieces)


def take_back(session: Session, file_id: uuid.UUID) -> None:
    """Put noise in a note's place; its row stands for its days."""
    row = _locked(session, file_id)
    if row is None:
        return
    length = len(row.content_locked) or sealed_files.SMALL_STEP + sealed_files.ADDED
    row.key_sealed = sealed_files.seal_about(_public_key(session, row), dict(NOTHING))
    row.content_locked = os.urandom(length)
    session.flush()


def forget_due(session: Session, now: datetime) -> None:
    """Delete the notes whose days are over."""
    session.execute(delete(WaitingFile).where(WaitingFile.due_at <= now))


def _locked(session: Session, file_id: uuid.UUID) -> WaitingFile | None:
    return session.get(WaitingFile, file_id, with_for_update=True, populate_existing=True)


def _public_key(session: Session, row: WaitingFile) -> bytes:
    return session.get_one(Team, row.team_id).public_key
