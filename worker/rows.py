"""Work on several rows of which none may stop the others."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

log = logging.getLogger("avanza.clock")
T = TypeVar("T")


def each(action: str, rows: Iterable[T], work: Callable[[T], None]) -> None:
    """Do `work` for every row; the first error is raised after the last row."""
    first: Exception | None = None
    for row in rows:
        try:
            work(row)
        except Exception as error:  # noqa: BLE001 (whatever it was, the other rows must have their turn)
            log.warning("row failed", extra={"action": action, "kind": type(error).__name__})
            first = first or error
    if first is not None:
        raise first
