"""How many women are on the list: counted where that is cheap, else as PostgreSQL reckons it.

Counting a million takes longer than the rest of a page that shows the number, and nobody reads its last
digits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select, text

from models import Woman

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

EXACT_UP_TO = 50_000
FAR = 2
"""Where so many times more are reckoned, not even the first ones are counted."""
DIGITS = 3
"""Of a number that is reckoned: its first ones are told, the others are zeros."""
_RECKONED = "EXPLAIN (FORMAT JSON) SELECT 1 FROM woman"


@dataclass(frozen=True)
class HowMany:
    """A number of women; `about`: near it, not counted."""

    number: int
    about: bool = False


def women(db: Session, municipality: str | None = None) -> HowMany:
    """Return how many women are on the list, or of one municipality."""
    where, values = (" WHERE municipality = :code", {"code": municipality}) if municipality else ("", {})
    (plan,) = db.scalar(text(_RECKONED + where), values)
    reckoned = int(plan["Plan"]["Plan Rows"])
    if reckoned <= FAR * EXACT_UP_TO:
        counted = _counted(db, municipality)
        if counted <= EXACT_UP_TO:
            return HowMany(counted)
    return HowMany(max(rounded(reckoned), EXACT_UP_TO), about=True)


def _counted(db: Session, municipality: str | None) -> int:
    """Count up to one more than is counted."""
    listed = select(Woman.id)
    # Each of these is one index alone; the oldest rows are those that need no look at the table.
    listed = (
        listed.where(Woman.municipality == municipality)
        if municipality
        else listed.order_by(Woman.created_at, Woman.id)
    )
    return db.scalar(select(func.count()).select_from(listed.limit(EXACT_UP_TO + 1).subquery())) or 0


def rounded(number: int) -> int:
    """Return a number with its first digits alone."""
    return round(number, min(0, DIGITS - len(str(number))))
