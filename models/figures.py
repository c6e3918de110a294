"""Counts of the programme that were made once and are shown until they are a day old."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Cipher, Id, Moment


class KeptFigures(Base):
    """The counts of one quarter (`2026-3`) before anything is withheld; they name nobody.

    Encrypted all the same: a page withholds what is few, and so must a stolen dump.
    """

    __tablename__ = "kept_figures"

    id: Mapped[Id]
    quarter: Mapped[str] = mapped_column(String(8), unique=True)
    counted_at: Mapped[Moment]
    content_cipher: Mapped[Cipher]
