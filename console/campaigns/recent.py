"""Progress that was counted a moment ago, so that open pages share one count of a large campaign."""

from __future__ import annotations

from datetime import timedelta
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable
    from datetime import datetime

    from outreach.campaigns.campaigns import Progress

LARGE, KEPT, MOST = 1000, timedelta(seconds=10), 200


class Recent:
    """Keeps the last count of each large campaign for ten seconds; a small one is counted each time."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counts: dict[Hashable, tuple[datetime, Progress]] = {}

    def get(self, campaign: Hashable, now: datetime, count: Callable[[], Progress]) -> Progress:
        """Return the last count, or a new one where that is old."""
        with self._lock:
            known = self._counts.get(campaign)
        if known is not None and timedelta(0) <= now - known[0] < KEPT:
            return known[1]
        counted = count()
        with self._lock:
            if counted.total >= LARGE:
                if len(self._counts) >= MOST:
                    self._counts.clear()
                self._counts[campaign] = (now, counted)
            else:
                self._counts.pop(campaign, None)
        return counted
