"""When a desk of the benchmark counts as showing what happened."""

from __future__ import annotations

import time

from benchmarks.desks import Desk


def _rings(desk: Desk, case_id: str) -> None:
    desk._hear("queue", "")
    desk._hear("case", case_id)


def test_a_list_counts_from_the_ring_on() -> None:
    """Fetched after the ring it shows what rang; one that had begun before may not."""
    desk = Desk("http://127.0.0.1:1", "token", "own")
    before = time.perf_counter()
    desk.lists.append((before, before + 0.1))
    assert desk.shows("one", before) is None
    _rings(desk, "one")
    assert desk.shows("one", before) is None
    fetched = time.perf_counter()
    desk.lists.append((fetched, fetched + 0.2))
    assert desk.shows("one", before) == fetched + 0.2
    assert desk.shows("other", before) is None
    assert desk.shows("one", time.perf_counter()) is None  # of an earlier message


def test_a_list_that_was_fetched_between_ring_and_name_counts() -> None:
    """The stream names the case after it has rung: whoever fetches at once is not late."""
    desk = Desk("http://127.0.0.1:1", "token", "own")
    before = time.perf_counter()
    desk._hear("queue", "")
    fetched = time.perf_counter()
    desk.lists.append((fetched, fetched + 0.2))
    desk._hear("case", "one")
    assert desk.shows("one", before) == fetched + 0.2
