"""The files of a case: named by a line of its thread, sealed once they are here, opened for who may open it.

A file's row is there as soon as its line is, with the same length whether it waits, is here or could not be
had; what it contains comes by itself (`worker.media`). It goes with its case, and with a draft that is
forgotten.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Literal

from sqlalchemy import delete, insert, select

from models import Case, SealedChunk, SealedFile
from outreach.casework import bell, file_kinds, pictures
from outreach.casework.file_kinds import FileKind
from outreach.casework.opened import DeskError
from outreach.casework.reading import STANDS_OPEN
from outreach.casework.verbs import look
from outreach.sealing import files as sealed_files
from outreach.sealing import vault
from outreach.staff.audit import Action

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

    from outreach.casework.file_kinds import Shows
    from outreach.casework.opened import Seen
    from outreach.casework.thread import Entry

State = Literal["waiting", "here", "failed"]
LONGEST_TYPE: Final = 80
ONE_LOOK: Final = timedelta(minutes=5)
"""A player asks for a voice note piece by piece: within this it is one look."""


class NoSuchFileError(DeskError):
    """Ese archivo no está en este caso."""


@dataclass(frozen=True)
class About:
    """What a file is and whether it can be opened. `declared` is what it called itself when it came."""

    state: State
    declared: str = ""
    shows: Shows = "download"
    content_type: str = file_kinds.PLAIN
    extension: str = "bin"
    size: int = 0
    why: str = ""

    @property
    def kind(self) -> FileKind:
        """How it is shown and handed out."""
        return FileKind(self.shows, self.content_type, self.extension)


@dataclass(frozen=True)
class Shown:
    """A file as it is handed to a browser."""

    content: bytes
    kind: FileKind


def begin(session: Session, case: Case, declared: str) -> uuid.UUID:
    """Make room for a file that is on its way; return its id, by which a line names it."""
    public_key = vault.public_key_of(session, case.team_id)
    row = SealedFile(id=uuid.uuid4(), case_id=case.id, key_sealed=b"")
    row.key_sealed = sealed_files.seal_about(public_key, _told(About("waiting", declared)))
    session.add(row)
    session.flush()
    return row.id


def keep(session: Session, file_id: uuid.UUID, content: bytes, declared: str) -> bool:
    """Seal what a file contains; False where it was forgotten meanwhile, and then nothing is kept."""
    row, case = _locked(session, file_id)
    if row is None or case is None:
        return False
    sealed = sealed_files.seal(
        vault.public_key_of(session, case.team_id), content, about_of(content, declared)
    )
    _store(session, row, sealed)
    bell.say_changed(session, case.id)
    return True


def _store(session: Session, row: SealedFile, sealed: sealed_files.Sealed) -> None:
    row.key_sealed = sealed.key_sealed
    session.execute(delete(SealedChunk).where(SealedChunk.file_id == row.id))
    for position, chunk in enumerate(sealed.chunks):
        chunk_row = {"file_id": row.id, "position": position, "content_sealed": chunk}
        session.execute(insert(SealedChunk), chunk_row)
    session.flush()


def copy(session: Session, file_id: uuid.UUID, team_id: uuid.UUID, sealed: sealed_files.Sealed) -> bool:
    """Take over what is sealed to a team already; False where the case is another team's, or is gone."""
    row, case = _locked(session, file_id)
    if row is None or case is None or case.team_id != team_id:
        return False
    _store(session, row, sealed)
    bell.say_changed(session, case.id)
    return True


def about_of(content: bytes, declared: str) -> dict[str, str | int]:
    """Return what is told of a file that is here, to whoever seals it."""
    kind = file_kinds.kind_of(content, declared)
    return _told(About("here", declared, kind.shows, kind.content_type, kind.extension, len(content)))


def failed(session: Session, file_id: uuid.UUID, declared: str, why: str) -> None:
    """Note that a file could not be had; the desk says so in its place."""
    row, case = _locked(session, file_id)
    if row is None or case is None:
        return
    about = About("failed", declared, why=why)
    row.key_sealed = sealed_files.seal_about(vault.public_key_of(session, case.team_id), _told(about))
    session.flush()
    bell.say_changed(session, case.id)


def named(entries: Iterable[Entry]) -> list[str]:
    """Return the ids of the files that lines name."""
    return [str(one["id"]) for entry in entries for one in entry.extra.get("files", [])]


def abouts(seen: Seen, file_ids: Iterable[str]) -> dict[str, About]:
    """Return what these files of a case are; one that is not there is missing."""
    wanted = [uuid.UUID(file_id) for file_id in file_ids]
    if not wanted:
        return {}
    rows = seen.session.execute(
        select(SealedFile.id, SealedFile.key_sealed).where(
            SealedFile.id.in_(wanted), SealedFile.case_id == seen.case.id
        )
    )
    ring = seen.worker.private_key
    return {str(file_id): _about(sealed_files.about(ring, sealed)) for file_id, sealed in rows}


@look(Action.DESK_MEDIA, again_after=ONE_LOOK)
def open_file(seen: Seen, file_id: uuid.UUID) -> Shown:
    """Open a file for the desk: a picture made anew, anything else as it came, under a type that we chose.

    Raises:
        NoSuchFileError: it is not of this case, or it is not here (yet).
    """
    row, about = _found(seen, file_id)
    if about.state != "here":
        raise NoSuchFileError(NoSuchFileError.__doc__)
    query = select(SealedChunk.content_sealed).where(SealedChunk.file_id == row.id)
    chunks = seen.session.scalars(query.order_by(SealedChunk.position)).all()
    content = sealed_files.unseal(seen.worker.private_key, row.key_sealed, chunks)
    if about.shows != "picture":
        return Shown(content, about.kind)
    try:
        drawn, content_type = pictures.redrawn(content)
    except pictures.NotAPictureError:
        return Shown(content, FileKind("download", file_kinds.PLAIN, about.extension))
    return Shown(drawn, FileKind("picture", content_type, about.extension))


@look(Action.DESK_OPENED, again_after=STANDS_OPEN)
def follow_file(seen: Seen, file_id: uuid.UUID) -> About:
    """Say where a file stands, to a page that shows its place in the thread already.

    Raises:
        NoSuchFileError: it is not of this case.
    """
    return _found(seen, file_id)[1]


def _found(seen: Seen, file_id: uuid.UUID) -> tuple[SealedFile, About]:
    row = seen.session.get(SealedFile, file_id)
    if row is None or row.case_id != seen.case.id:
        raise NoSuchFileError(NoSuchFileError.__doc__)
    return row, _about(sealed_files.about(seen.worker.private_key, row.key_sealed))


def _locked(session: Session, file_id: uuid.UUID) -> tuple[SealedFile | None, Case | None]:
    row = session.get(SealedFile, file_id, with_for_update=True, populate_existing=True)
    return row, session.get(Case, row.case_id) if row is not None else None


def _told(about: About) -> dict[str, str | int]:
    return {
        "state": about.state,
        "declared": about.declared[:LONGEST_TYPE],
        "shows": about.shows,
        "type": about.content_type,
        "extension": about.extension,
        "size": about.size,
        "why": about.why,
    }


def _about(told: dict[str, str | int]) -> About:
    state, shows = str(told["state"]), str(told["shows"])
    return About(
        state=state if state in {"here", "failed"} else "waiting",  # type: ignore[arg-type] # the literals above
        declared=str(told["declared"]),
        shows=shows if shows in {"audio", "picture", "video"} else "download",  # type: ignore[arg-type]
        content_type=str(told["type"]),
        extension=str(told["extension"]),
        size=int(told["size"]),
        why=str(told["why"]),
    )
