"""Acknowledging a webhook: ours, Rasa's own Twilio channel, a Node bot, and a Flask view that does nothing.

Ours checks the signature and commits the message with its job before it answers; Rasa's answers after it
has processed the message and sent the reply; BuilderBot's at once, before anything is done and with nothing
kept; the last one is the floor. The worker does not run meanwhile.
"""

from __future__ import annotations

import itertools
import sys
import time
from typing import TYPE_CHECKING

from benchmarks import node_stack
from benchmarks.measure import Round, figures, ratios, run
from benchmarks.posts import Client, inbound
from benchmarks.report import Report, run_bench
from benchmarks.stack import installed
from benchmarks.standin import standing_in
from cli.install.failure import Failure
from cli.install.progress import step

if TYPE_CHECKING:
    from benchmarks.stack import Stack

TEXTS = ("gracias", "hasta luego")
SLOW_SECONDS = 0.15
_PHONES = 200
_FAST = {1: 150, 8: 400}
_PEER = {1: 60, 8: 120}
_SLOW_PEER = {1: 20, 8: 40}
_OK, _SETTLES_SECONDS = 200, 1.0
LEAST_PER_SECOND, MOST_P99_MS, LEAST_TIMES = 500.0, 50.0, 10.0
_phones = itertools.count()


def acknowledged(url: str, clients: int, requests: int, *, expect: int = 204) -> Round:
    """Post to `url`; made and signed beforehand, so that only the server's work is timed."""
    posts = [
        inbound(url, f"whatsapp:+521330010{next(_phones) % _PHONES:04d}", TEXTS[number % 2])
        for number in range(requests)
    ]
    connections = [Client(url) for _ in range(clients)]

    def one(who: int, number: int) -> float:
        began = time.perf_counter()
        connections[who].send(posts[number], expect)
        return (time.perf_counter() - began) * 1000

    try:
        return run(clients, requests, one)
    finally:
        for connection in connections:
            connection.close()


def _node(report: Report, stack: Stack, twilio: str) -> str:
    """Return where the Node peer takes messages; empty where it can't be had, which the report then says."""
    try:
        return node_stack.start(stack, twilio)
    except Failure as why:
        report.notes["the Node peer is left out"] = str(why)
        return ""


def measure(rounds: int) -> Report:
    """All sides in each round, one after the other."""
    report = Report("ack", rounds)
    ours, floor, node = "Avanza", "Flask, 204 only", "BuilderBot, nothing kept"
    peer, slow = "Rasa twilio:, API 0 ms", "Rasa twilio:, API 150 ms"
    names = (ours, floor, node, peer, slow)
    seen: dict[tuple[str, int], list[Round]] = {(name, clients): [] for clients in _FAST for name in names}
    with standing_in() as twilio, installed(twilio.url) as stack:
        stack.start_ours("webhook")
        floor_url = stack.start_floor()
        node_url = _node(report, stack, twilio.url)
        peer_url = f"{stack.start_peer(twilio.url)}/webhooks/twilio/webhook"
        for url in (stack.webhook, floor_url, peer_url):
            acknowledged(url, 8, 16)  # connections, caches, lazy imports
        if node_url:
            acknowledged(node_url, 8, 16, expect=_OK)
        for number in range(rounds):
            with step(f"round {number + 1} of {rounds}"):
                for clients, requests in _FAST.items():
                    twilio.delay = 0.0
                    seen[ours, clients].append(acknowledged(stack.webhook, clients, requests))
                    seen[floor, clients].append(acknowledged(floor_url, clients, requests))
                    if node_url:
                        seen[node, clients].append(acknowledged(node_url, clients, requests, expect=_OK))
                        time.sleep(_SETTLES_SECONDS)  # what it has answered it now does
                    seen[peer, clients].append(acknowledged(peer_url, clients, _PEER[clients]))
                    twilio.delay = SLOW_SECONDS
                    seen[slow, clients].append(acknowledged(peer_url, clients, _SLOW_PEER[clients]))
    for clients in _FAST:
        report.add(ours, clients, seen[ours, clients])
        for name in names[1:]:
            if seen[name, clients]:
                report.add(name, clients, seen[name, clients], seen[ours, clients])
    most = max(_FAST)
    own = figures(seen[ours, most])
    report.goal("acknowledged", own.per_second, "a second", LEAST_PER_SECOND, ">=")
    report.goal("acknowledged: p99", own.p99_ms, "ms", MOST_P99_MS)
    times = ratios(seen[ours, most], seen[slow, most]).throughput
    report.goal("as many as Rasa's channel at 150 ms", times, "times", LEAST_TIMES, ">=")
    return report


if __name__ == "__main__":
    sys.exit(run_bench("ack", __doc__, measure))
