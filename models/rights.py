"""Her rights over her data: requests with their legal dates, and who must not be written to."""

from __future__ import annotations

import enum
import uuid
from typing import TYPE_CHECKING

from sqlalchemy import Boolean, Enum, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Created, Id, KeyedHash, Moment

if TYPE_CHECKING:
    from datetime import datetime


class RequestState(enum.StrEnum):
    """Where a request stands; it follows from its times."""

    OPEN = "open"
    WAITING = "waiting"  # for her: something is missing
    ANSWERED = "answered"  # granted, and still to be carried out
    DONE = "done"


class RequestOutcome(enum.StrEnum):
    """What was answered."""

    GRANTED = "granted"
    PARTLY = "partly"
    REFUSED = "refused"
    NOT_OURS = "not_ours"  # another authority holds the data
    LAPSED = "lapsed"  # what was missing never came


class DataRequest(Base):
    """An ARCO request (LGPDPPSO arts. 45 to 50) with its receipt number, of the chat or entered by staff.

    `created_at` is when it was received, from which the terms count. `about_cipher` holds what was asked, how
    to reach her, how it was seen who she is, and what was answered. `complete_by` is until when she may bring
    what is missing, `execute_by` until when what was granted is to be done. `agency` is of who entered it.
    """

    __tablename__ = "data_request"

    id: Mapped[Id]
    number: Mapped[str] = mapped_column(String(24), unique=True)
    conversation_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("conversation.id", ondelete="SET NULL")
    )
    woman_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("woman.id", ondelete="SET NULL"))
    agency: Mapped[str | None] = mapped_column(ForeignKey("agency.code"))
    kind: Mapped[str] = mapped_column(String(16))
    by_staff: Mapped[bool] = mapped_column(Boolean, default=False, server_default="false")
    about_cipher: Mapped[bytes | None]
    created_at: Mapped[Created]
    answer_by: Mapped[Moment]
    identity_at: Mapped[Moment | None]
    complete_by: Mapped[Moment | None]
    completed_at: Mapped[Moment | None]
    extended_at: Mapped[Moment | None]
    outcome: Mapped[RequestOutcome | None] = mapped_column(
        Enum(RequestOutcome, native_enum=False, length=16, values_callable=lambda e: [m.value for m in e])
    )
    answered_at: Mapped[Moment | None]
    answered_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    execute_by: Mapped[Moment | None]
    done_at: Mapped[Moment | None]

    @property
    def state(self) -> RequestState:
        """Where it stands."""
        if self.done_at is not None:
            return RequestState.DONE
        if self.answered_at is not None:
            return RequestState.ANSWERED
        if self.complete_by is not None and self.completed_at is None:
            return RequestState.WAITING
        return RequestState.OPEN

    @property
    def due(self) -> datetime:
        """The legal term that runs now."""
        return self.execute_by if self.execute_by is not None else self.answer_by

    __table_args__ = (
        Index(None, "conversation_id"),
        Index(None, "woman_id"),
        Index("ix_data_request_open", "answer_by", "id", postgresql_where=text("done_at IS NULL")),
        Index("ix_data_request_over", "done_at", "id", postgresql_where=text("done_at IS NOT NULL")),
    )


class Suppression(Base):
    """An address that must not be written to first; only its keyed hash is kept.

    It outlives the erasure of all else, so that erasing her data never starts the messages again.
    """

    __tablename__ = "suppression"

    id: Mapped[Id]
    lookup_hash: Mapped[KeyedHash] = mapped_column(unique=True)
    reason: Mapped[str] = mapped_column(String(24))
    created_at: Mapped[Created]
