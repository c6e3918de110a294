"""Pages of long lists: the list of women has more than 35,000."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request

SIZE = 50


@dataclass(frozen=True)
class Page:
    """Which page of how many."""

    number: int
    count: int

    @property
    def offset(self) -> int:
        """How many rows come before it."""
        return (self.number - 1) * SIZE


def page_of(total: int) -> Page:
    """Return the page that the address asks for, kept within what there is."""
    count = max(1, -(-total // SIZE))
    asked = request.args.get("pagina", 1, type=int)
    return Page(min(max(1, asked), count), count)
