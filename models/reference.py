"""Facts that people edit: help resources and the answers to common questions."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import Date, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Created, Id, Moment
from models.programme import ProgrammeId


class HelpResource(Base):
    """A place or line that helps.

    An old number is better than none, so the unverified are given too, after those that a person
    has confirmed lately. `needs` is a space-separated list (emergency violence self_harm child
    legal shelter health other anonymous outside); `municipality` is empty where it serves the whole
    state. `rank` orders equals (lower first). `programme_id` is empty where it is for every programme.
    """

    __tablename__ = "help_resource"

    id: Mapped[Id]
    programme_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("programme.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    channel: Mapped[str] = mapped_column(String(160))
    hours: Mapped[str] = mapped_column(String(120))
    says: Mapped[str] = mapped_column(Text)
    needs: Mapped[str] = mapped_column(String(120))
    municipality: Mapped[str | None] = mapped_column(String(5))
    rank: Mapped[int] = mapped_column(default=100)
    source: Mapped[str] = mapped_column(Text)
    source_date: Mapped[date | None] = mapped_column(Date)
    verified_at: Mapped[Moment | None]
    verified_by: Mapped[str | None] = mapped_column(String(80))
    retired_at: Mapped[Moment | None]


class Answer(Base):
    """The answer of a programme to one question, for one municipality or (empty) for all."""

    __tablename__ = "answer"

    id: Mapped[Id]
    programme_id: Mapped[ProgrammeId]
    topic: Mapped[str] = mapped_column(String(24))
    municipality: Mapped[str | None] = mapped_column(String(5))
    text: Mapped[str] = mapped_column(Text)
    updated_at: Mapped[Created]

    __table_args__ = (
        Index(
            "uq_answer_topic_municipality",
            "programme_id",
            "topic",
            "municipality",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
    )
