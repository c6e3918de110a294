"""Which axes a woman may be interested in: those of her programme, as data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from models import Axis

if TYPE_CHECKING:
    import uuid

    from sqlalchemy.orm import Session


def offered(session: Session, programme_id: uuid.UUID | None = None) -> dict[str, str]:
    """Return code and name of the axes on offer, in their order; without a programme, those of all."""
    query = select(Axis.code, Axis.name).where(Axis.retired_at.is_(None))
    if programme_id is not None:
        query = query.where(Axis.programme_id == programme_id)
    found: dict[str, str] = {}
    for code, name in session.execute(query.order_by(Axis.position, Axis.code)):
        found.setdefault(code, name)
    return found


def all_names(session: Session) -> dict[str, str]:
    """Return the names of the axes of all programmes by their codes, those that were retired too."""
    rows = session.execute(select(Axis.code, Axis.name).order_by(Axis.retired_at.is_not(None), Axis.position))
    found: dict[str, str] = {}
    for code, name in rows:
        found.setdefault(code, name)
    return found
