"""Cases and their sealed threads.

No column says which woman a case belongs to, when it began or what it is about: `state_cipher`
(readable by the running server) and the sealed entries (readable only with the team's private
key) do, so that a stolen database does not.
"""

from __future__ import annotations

import uuid

from sqlalchemy import Boolean, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Cipher, Id, Moment, Sealed


class Case(Base):
    """An escalated conversation, sealed to one team. `subject_sealed` says whose it is.

    A row that was never opened and has `forget_after` is a living conversation: what she tells
    before she has said yes to a case, sealed, gone after that hour unless she says yes.
    """

    __tablename__ = "case_file"

    id: Mapped[Id]
    team_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("team.id"))
    is_open: Mapped[bool] = mapped_column(Boolean, default=True)
    state_cipher: Mapped[Cipher]
    subject_sealed: Mapped[Sealed]
    forget_after: Mapped[Moment | None]

    __table_args__ = (
        Index("ix_case_file_open", "is_open", postgresql_where=text("is_open")),
        Index("ix_case_file_forget", "forget_after", postgresql_where=text("forget_after IS NOT NULL")),
        Index(None, "team_id"),
    )


class SealedEntry(Base):
    """One line of a case's thread: her words, ours, a note, a place.

    Its time is inside the seal; `position` counts within the case only.
    """

    __tablename__ = "sealed_entry"

    id: Mapped[Id]
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case_file.id", ondelete="CASCADE"))
    position: Mapped[int]
    content_sealed: Mapped[Sealed]

    __table_args__ = (Index("uq_sealed_entry_position", "case_id", "position", unique=True),)


class SealedDraft(Base):
    """What a caseworker has typed into one box of a case and not sent; of one length, without a time."""

    __tablename__ = "sealed_draft"

    id: Mapped[Id]
    staff_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case_file.id", ondelete="CASCADE"))
    box: Mapped[str] = mapped_column(String(16))
    content_sealed: Mapped[Sealed]

    __table_args__ = (
        Index("uq_sealed_draft_staff_case_box", "staff_id", "case_id", "box", unique=True),
        Index(None, "case_id"),
    )


class CaseNote(Base):
    """A note of the team on a case: never on a way to her. Rows come in blocks; those to come are padding."""

    __tablename__ = "case_note"

    id: Mapped[Id]
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case_file.id", ondelete="CASCADE"))
    position: Mapped[int]
    content_sealed: Mapped[Sealed]

    __table_args__ = (Index("uq_case_note_position", "case_id", "position", unique=True),)


class CaseRecord(Base):
    """A case's record as it was saved once, whole; the highest version is how it stands now.

    Who saved it and when is inside the seal.
    """

    __tablename__ = "case_record"

    id: Mapped[Id]
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case_file.id", ondelete="CASCADE"))
    version: Mapped[int]
    content_sealed: Mapped[Sealed]

    __table_args__ = (Index("uq_case_record_version", "case_id", "version", unique=True),)
