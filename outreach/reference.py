"""Facts that people edit: answers to common questions and help resources, one at a time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from models import Answer, HelpResource
from outreach.texts import answers

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

# A confirmation by a person counts for half a year.
VERIFIED_FOR = timedelta(days=183)
DANGER, VIOLETA = "danger", "violeta"


def answer(session: Session, topic: str, municipality: str | None) -> str:
    """Return the answer for her municipality, else the general one, else an honest way on."""
    row = session.scalar(
        select(Answer)
        .where(Answer.topic == topic, or_(Answer.municipality == municipality, Answer.municipality.is_(None)))
        .order_by(Answer.municipality.nulls_last())
        .limit(1)
    )
    return row.text if row else answers.NONE


def best_help(session: Session, need: str, municipality: str | None, now: datetime) -> HelpResource | None:
    """Return the one resource to give: verified lately first, then her municipality, then rank.

    Where none is verified the best documented is still given: an old number is better than none.
    In danger 911 has been said, and VIOLETA comes next.
    """
    if need == DANGER:
        # The state's own service goes second only to 911, whatever else is verified or nearer.
        first = session.scalar(
            select(HelpResource).where(HelpResource.code == VIOLETA, HelpResource.retired_at.is_(None))
        )
        if first is not None:
            return first
        need = "violence"
    rows = session.scalars(
        select(HelpResource).where(
            HelpResource.retired_at.is_(None),
            or_(HelpResource.municipality == municipality, HelpResource.municipality.is_(None)),
        )
    ).all()
    fitting = [row for row in rows if need in row.needs.split()]

    def order(row: HelpResource) -> tuple[bool, bool, int, str]:
        fresh = row.verified_at is not None and now - row.verified_at < VERIFIED_FOR
        return (not fresh, row.municipality is None, row.rank, row.code)

    return min(fitting, key=order, default=None)
