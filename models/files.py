"""Files: hers and ours in a case, sealed; what is at Twilio; what waits there to be fetched by it.

No row says which woman it belongs to, and none holds the moment in which something was sent.
"""

from __future__ import annotations

import uuid

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Cipher, Id, KeyedHash, Moment, Sealed


class SealedFile(Base):
    """A file of a case. `key_sealed` holds its key and what it is, sealed to the case's team, in one length.

    It is there from the moment that a line of the thread names the file; what it contains comes later.
    """

    __tablename__ = "sealed_file"

    id: Mapped[Id]
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case_file.id", ondelete="CASCADE"))
    key_sealed: Mapped[Sealed]

    __table_args__ = (Index(None, "case_id"),)


class SealedChunk(Base):
    """A piece of a file's padded content, encrypted under the file's own key."""

    __tablename__ = "sealed_chunk"

    file_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("sealed_file.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    content_sealed: Mapped[Sealed]


class WaitingFile(Base):
    """A voice note of any woman, sealed to a team, for the days in which she may still ask for a person.

    A case of hers gets a copy. A confidential note has such a row, too, with noise in it.
    `content_locked` is empty until the note is fetched, and padded like the pieces of a case's file.
    """

    __tablename__ = "waiting_file"

    id: Mapped[Id]
    team_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"))
    due_at: Mapped[Moment]
    key_sealed: Mapped[Sealed]
    content_locked: Mapped[Sealed]

    __table_args__ = (Index(None, "team_id"), Index(None, "due_at"))


class OutgoingFile(Base):
    """A file on its way to a woman, for the minutes until Twilio has fetched it.

    `content_locked` is encrypted under the token by which Twilio fetches it; here is only the token's hash.
    """

    __tablename__ = "outgoing_file"

    id: Mapped[Id]
    token_hash: Mapped[KeyedHash] = mapped_column(unique=True)
    about_cipher: Mapped[Cipher]
    content_locked: Mapped[Sealed]


class MediaFetch(Base):
    """A file of hers at Twilio, and what is to become of it at `due_at`.

    Every file of every woman has such a row for some days, in one length; its id is a keyed hash of her
    message's. What is to be done at once is a row of its own beside it (`outreach.messages.media`).
    """

    __tablename__ = "media_fetch"

    id: Mapped[Id]
    due_at: Mapped[Moment]
    work_cipher: Mapped[Cipher]

    __table_args__ = (Index(None, "due_at"),)
