"""With and without a message, by lot: both groups as they may be shown, or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from outreach.casework import withheld

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True)
class Compared:
    """Women by lot with and without, and how many of each came; None: too few to be shown."""

    with_women: int
    with_came: int
    without_women: int
    without_came: int


def compare(counted: Mapping[str, int]) -> Compared | None:
    """Return both groups as they may be shown, or nothing: one withheld cell would follow from the others."""
    cells: Iterable[str] = ("with_came", "with_not", "without_came", "without_not")
    found = dict(withheld.shared_out("lot", {cell: counted.get(cell, 0) for cell in cells}).rows)
    if not found or None in found.values():
        return None
    number = {cell: count or 0 for cell, count in found.items()}
    return Compared(
        number["with_came"] + number["with_not"],
        number["with_came"],
        number["without_came"] + number["without_not"],
        number["without_came"],
    )
