"""The programmes that this installation serves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from models import Programme

if TYPE_CHECKING:
    import uuid

    from sqlalchemy.orm import Session


def names(session: Session) -> list[tuple[uuid.UUID, str]]:
    """Return id and name of every programme, the oldest first."""
    rows = session.execute(select(Programme.id, Programme.name).order_by(Programme.created_at, Programme.id))
    return [(programme_id, name) for programme_id, name in rows]
