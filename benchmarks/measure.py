"""Clients that repeat an action, and what their times say.

Machines are noisy: both sides are measured in turns, round by round, and a ratio is the median of the
rounds' own ratios, so that a slow minute weighs on both. Must never drop a slow or a failed request.
"""

from __future__ import annotations

import itertools
import math
import statistics
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Action = Callable[[int, int], float]
    """Takes the client's number and the request's, does it, returns its milliseconds."""


@dataclass(frozen=True)
class Round:
    """The times of one side in one round, in milliseconds, and the seconds that it took as a whole."""

    times: tuple[float, ...]
    seconds: float

    @property
    def per_second(self) -> float:
        """Requests a second, all clients together."""
        return len(self.times) / self.seconds


@dataclass(frozen=True)
class Figures:
    """What the table shows of one side: percentiles over all rounds, the median round's throughput."""

    requests: int
    p50_ms: float
    p99_ms: float
    per_second: float


@dataclass(frozen=True)
class Ratios:
    """How many times the peer's figure is ours; over 1 is to our advantage, throughput included."""

    p50: float
    p99: float
    throughput: float


def percentile(times: Sequence[float], share: float) -> float:
    """The smallest measured time that `share` of all do not exceed.

    Raises:
        ValueError: there are no times.
    """
    if not times:
        raise ValueError("no times were measured")
    return sorted(times)[max(0, math.ceil(share * len(times)) - 1)]


def figures(rounds: Sequence[Round]) -> Figures:
    """Sum up one side."""
    times = [time_ms for one in rounds for time_ms in one.times]
    throughput = statistics.median(one.per_second for one in rounds)
    return Figures(len(times), percentile(times, 0.5), percentile(times, 0.99), throughput)


def ratios(ours: Sequence[Round], peer: Sequence[Round]) -> Ratios:
    """Compare round by round; both sides must have been measured in the same rounds."""
    pairs = list(zip(ours, peer, strict=True))

    def of(share: float) -> float:
        return statistics.median(percentile(b.times, share) / percentile(a.times, share) for a, b in pairs)

    return Ratios(of(0.5), of(0.99), statistics.median(a.per_second / b.per_second for a, b in pairs))


def run(clients: int, requests: int, action: Action) -> Round:
    """Have `clients` share `requests`, each starting its next one as soon as its last has ended.

    Raises:
        whatever the action raised first: a failed request is a failed measurement.
    """
    numbers, taking = itertools.count(), threading.Lock()
    times: list[float] = []
    failures: list[BaseException] = []

    def client(who: int) -> None:
        while not failures:
            with taking:
                number = next(numbers)
            if number >= requests:
                return
            try:
                times.append(action(who, number))
            except Exception as error:  # noqa: BLE001 (raised again below, by the thread that measures)
                failures.append(error)

    threads = [threading.Thread(target=client, args=(who,), daemon=True) for who in range(clients)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    if failures:
        raise failures[0]
    return Round(tuple(times), seconds)
