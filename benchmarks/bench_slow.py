"""200 connections that trickle a byte a second are open while genuine signed posts are timed.

Each genuine post comes on a connection of its own, as from Twilio's many hosts. One that is not answered
within 15 seconds, after which Twilio gives up, counts as unanswered and with these 15 seconds.
"""

from __future__ import annotations

import itertools
import sys
import time
from typing import TYPE_CHECKING

from benchmarks import slow
from benchmarks.measure import Round, figures, run
from benchmarks.posts import Client, inbound
from benchmarks.report import Report, run_once
from benchmarks.stack import installed
from benchmarks.standin import standing_in
from cli.install.progress import step

if TYPE_CHECKING:
    import argparse

PATIENCE_SECONDS = 15.0
_CLIENTS = 4
_phones = itertools.count()


def posted(url: str, requests: int, seconds: float) -> tuple[Round, int]:
    """Post so many, in at most so many seconds; the times in milliseconds, and how many were not answered."""
    posts = [inbound(url, f"whatsapp:+521330040{next(_phones):04d}", "gracias") for _ in range(requests)]
    unanswered: list[int] = []
    end = time.perf_counter() + seconds

    def one(_who: int, number: int) -> float:
        began = time.perf_counter()
        if began > end:
            return -1.0
        client = Client(url, timeout=PATIENCE_SECONDS)
        try:
            client.send(posts[number])
        except (OSError, RuntimeError):
            unanswered.append(number)
            return PATIENCE_SECONDS * 1000
        finally:
            client.close()
        return (time.perf_counter() - began) * 1000

    measured = run(_CLIENTS, requests, one)
    return Round(tuple(ms for ms in measured.times if ms >= 0), measured.seconds), len(unanswered)


def measure(given: argparse.Namespace) -> Report:
    """Alone, with the slow ones, and alone again, in each round."""
    report = Report("slow", given.rounds, keep=given.connections >= 200)  # noqa: PLR2004 (the promise's number)
    alone: list[Round] = []
    beside: list[Round] = []
    lost = closed = 0
    with standing_in() as twilio, installed(twilio.url) as stack:
        stack.start_ours("webhook")
        posted(stack.webhook, 16, 30.0)  # connections, caches, lazy imports
        for number in range(given.rounds):
            with step(f"round {number + 1} of {given.rounds}"):
                alone.append(posted(stack.webhook, given.requests, 60.0)[0])
                with slow.trickling(stack.webhook, given.connections) as state:
                    measured, unanswered = posted(stack.webhook, given.requests, 60.0)
                    closed += state.closed
                beside.append(measured)
                lost += unanswered
    report.add("alone", _CLIENTS, alone)
    report.add(f"beside {given.connections} slow connections", _CLIENTS, beside, alone)
    more = figures(beside)
    report.goal("more than alone, p50", more.p50_ms - figures(alone).p50_ms, "ms", 100.0)
    report.goal("more than alone, p99", more.p99_ms - figures(alone).p99_ms, "ms", 100.0)
    report.wrong["genuine posts unanswered"] = lost
    report.notes["slow connections that the server closed"] = closed
    return report


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How many slow ones, how many genuine ones."""
    parser.add_argument("--connections", type=int, default=200)
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=2)


if __name__ == "__main__":
    sys.exit(run_once("slow", __doc__, add_arguments, measure))
