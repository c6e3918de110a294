"""Work on several rows of which none may stop the others."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

log = logging.getLogger("avanza.rows")
T = TypeVar("T")


def each(action: str, rows: Iterable[T], work: Callable[[T], None], *, threads: int = 1) -> None:
    """Do `work` for every row, so many at a time; the first error is raised after the last row."""

    def one(row: T) -> Exception | None:
        try:
            work(row)
        except Exception as error:  # noqa: BLE001 (whatever it was, the other rows must have their turn)
            log.warning("row failed", extra={"action": action, "kind": type(error).__name__})
            return error
        return None

    if threads == 1:
        failures = [one(row) for row in rows]
    else:
        with ThreadPoolExecutor(threads, thread_name_prefix=action) as pool:
            failures = list(pool.map(one, rows))
    for failure in failures:
        if failure is not None:
            raise failure
