"""Acknowledging a webhook: ours, Rasa's own Twilio channel, and a Flask view that does nothing.

Ours checks the signature and commits the message with its job before it answers; Rasa's answers after it
has processed the message and sent the reply; the last one is the floor. The worker does not run meanwhile.
"""

from __future__ import annotations

import itertools
import sys
import time

from benchmarks.measure import Round, run
from benchmarks.posts import Client, inbound
from benchmarks.report import Report, run_bench
from benchmarks.stack import installed
from benchmarks.standin import standing_in
from cli.install.progress import step

TEXTS = ("gracias", "hasta luego")
SLOW_SECONDS = 0.15
_PHONES = 200
_FAST = {1: 150, 8: 400}
_PEER = {1: 60, 8: 120}
_SLOW_PEER = {1: 20, 8: 40}
_phones = itertools.count()


def acknowledged(url: str, clients: int, requests: int) -> Round:
    """Post to `url`; made and signed beforehand, so that only the server's work is timed."""
    posts = [
        inbound(url, f"whatsapp:+521330010{next(_phones) % _PHONES:04d}", TEXTS[number % 2])
        for number in range(requests)
    ]
    connections = [Client(url) for _ in range(clients)]

    def one(who: int, number: int) -> float:
        began = time.perf_counter()
        connections[who].send(posts[number])
        return (time.perf_counter() - began) * 1000

    try:
        return run(clients, requests, one)
    finally:
        for connection in connections:
            connection.close()


def measure(rounds: int) -> Report:
    """All sides in each round, one after the other."""
    report = Report("ack", rounds)
    ours, floor, peer, slow = (
        "Avanza",
        "Flask, 204 only",
        "Rasa twilio:, API 0 ms",
        "Rasa twilio:, API 150 ms",
    )
    seen: dict[tuple[str, int], list[Round]] = {
        (name, clients): [] for clients in _FAST for name in (ours, floor, peer, slow)
    }
    with standing_in() as twilio, installed(twilio.url) as stack:
        stack.start_ours("webhook")
        floor_url = stack.start_floor()
        peer_url = f"{stack.start_peer(twilio.url)}/webhooks/twilio/webhook"
        for url in (stack.webhook, floor_url, peer_url):
            acknowledged(url, 8, 16)  # connections, caches, lazy imports
        for number in range(rounds):
            with step(f"round {number + 1} of {rounds}"):
                for clients, requests in _FAST.items():
                    twilio.delay = 0.0
                    seen[ours, clients].append(acknowledged(stack.webhook, clients, requests))
                    seen[floor, clients].append(acknowledged(floor_url, clients, requests))
                    seen[peer, clients].append(acknowledged(peer_url, clients, _PEER[clients]))
                    twilio.delay = SLOW_SECONDS
                    seen[slow, clients].append(acknowledged(peer_url, clients, _SLOW_PEER[clients]))
    for clients in _FAST:
        report.add(ours, clients, seen[ours, clients])
        for name in (floor, peer, slow):
            report.add(name, clients, seen[name, clients], seen[ours, clients])
    return report


if __name__ == "__main__":
    sys.exit(run_bench("ack", __doc__, measure))
