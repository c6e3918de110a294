"""A whole turn: from her message's post to the reply's acceptance by Twilio, against Rasa's own channel.

Each turn is one short text that both sides understand with the same model and answer with one message.
Ours is measured without the wait for the end of a burst (see `posts.OLD_BUTTON`), which stands on its own.
"""

from __future__ import annotations

import itertools
import json
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from benchmarks import traced_worker
from benchmarks.measure import Round, figures, ratios, run
from benchmarks.posts import Client, inbound
from benchmarks.report import Report, run_bench
from benchmarks.stack import installed
from benchmarks.standin import standing_in
from cli.install.places import ROOT
from cli.install.progress import step
from cli.processes.running import Service
from outreach.turns.gather import SETTLED_AFTER

if TYPE_CHECKING:
    from benchmarks.stack import Stack
    from benchmarks.standin import StandIn

TEXTS = ("gracias", "hasta luego")
DELAYS = {"API 0 ms": 0.0, "API 150 ms": 0.15}
_TURNS = {1: 20, 8: 48}
MOST_TIMES = 1.6
_TRACED, _TRACED_CLIENTS = 240, 8
_BEFORE_A_NEW_PHONE = 10
_REPLY_SECONDS = 30.0
_phones = itertools.count()


@dataclass
class Woman:
    """One client's phone; a new number after a few turns, so that no conversation grows long."""

    url: str
    twilio: StandIn
    tapped: bool
    acknowledged: list[float] = field(default_factory=list)
    _turns: int = 0
    _phone: str = ""

    def __post_init__(self) -> None:
        self._client = Client(self.url)

    def turn(self) -> float:
        """Write, wait until Twilio has accepted the reply; milliseconds from the post on."""
        if self._turns % _BEFORE_A_NEW_PHONE == 0:
            self._phone = f"whatsapp:+521330020{next(_phones):04d}"
        text = TEXTS[self._turns % 2]
        self._turns += 1
        post = inbound(self.url, self._phone, text, tapped=self.tapped)
        position = self.twilio.count(self._phone)
        began = time.perf_counter()
        self._client.send(post)
        self.acknowledged.append((time.perf_counter() - began) * 1000)
        return (self.twilio.wait(self._phone, position, _REPLY_SECONDS) - began) * 1000

    def close(self) -> None:
        """Hang up."""
        self._client.close()


def turns(
    url: str, twilio: StandIn, clients: int, requests: int, *, tapped: bool = True
) -> tuple[Round, Round]:
    """Whole turns, and how long their posts alone took."""
    women = [Woman(url, twilio, tapped) for _ in range(clients)]
    try:
        whole = run(clients, requests, lambda who, _number: women[who].turn())
    finally:
        for woman in women:
            woman.close()
    return whole, Round(tuple(ms for woman in women for ms in woman.acknowledged), whole.seconds)


def whole_turns(report: Report, stack: Stack, peer_url: str, twilio: StandIn) -> None:
    """Both sides, with Twilio at once and after 150 ms, one woman and eight at a time."""
    cases = list(itertools.product(DELAYS, _TURNS))
    ours: dict[tuple[str, int], list[Round]] = {case: [] for case in cases}
    posts: dict[tuple[str, int], list[Round]] = {case: [] for case in cases}
    peer: dict[tuple[str, int], list[Round]] = {case: [] for case in cases}
    for url in (stack.webhook, peer_url):
        turns(url, twilio, 8, 16)  # connections, caches, lazy imports
    for number in range(report.rounds):
        with step(f"whole turns, round {number + 1} of {report.rounds}"):
            for case in cases:
                twilio.delay = DELAYS[case[0]]
                whole, acknowledged = turns(stack.webhook, twilio, case[1], _TURNS[case[1]])
                ours[case].append(whole)
                posts[case].append(acknowledged)
                peer[case].append(turns(peer_url, twilio, case[1], _TURNS[case[1]])[0])
    for case in cases:
        report.add(f"Avanza, {case[0]}", case[1], ours[case])
        report.add(f"Rasa twilio:, {case[0]}", case[1], peer[case], ours[case])
    at_once = cases[1]
    times = 1 / ratios(ours[at_once], peer[at_once]).p50
    report.goal("eight women, API 0 ms: ours / Rasa's, p50", times, "times", MOST_TIMES)
    for case in cases[:2]:
        report.add("Avanza, the post alone, all processes running", case[1], posts[case])


def burst(report: Report, stack: Stack, twilio: StandIn) -> None:
    """The same turn typed instead of tapped: it waits until she has stopped writing."""
    twilio.delay = 0.0
    with step("typed turns, with the wait for the end of the burst"):
        typed = turns(stack.webhook, twilio, 4, 8, tapped=False)[0]
    report.add("Avanza, API 0 ms, typed: with the wait", 4, [typed])
    report.notes["wait for the end of a burst, by design, ms"] = SETTLED_AFTER.total_seconds() * 1000
    report.notes["typed turn beyond that wait, p50 ms"] = round(
        figures([typed]).p50_ms - SETTLED_AFTER.total_seconds() * 1000, 1
    )


def where_it_goes(report: Report, stack: Stack, twilio: StandIn) -> None:
    """Turns of eight women once more, with a clock at each step of the worker."""
    twilio.delay = 0.0
    target = stack.ready.settings.var / "traced.json"
    stack.stop_one("worker")
    argv = (sys.executable, "-sP", "-m", "benchmarks.traced_worker", str(target))
    env = {**stack.ready.env, "PYTHONPATH": str(ROOT)}
    stack.start(Service("worker", argv, env, stop_seconds=12.0))
    with step("where a turn's time goes"):
        turns(stack.webhook, twilio, _TRACED_CLIENTS, _TRACED)
        stack.stop_one("worker")
    seen = json.loads(target.read_text(encoding="utf-8"))
    taken = seen["apply the answer"][0]
    report.goal("statements a turn", seen[traced_worker.STATEMENTS][0] / taken, "")
    report.goal("commits a turn, of the worker's own", seen[traced_worker.COMMITS][0] / taken, "")
    report.notes["where a turn's time goes, eight women: ms by the clock, ms of the processor, times"] = {
        name: [round(clock / taken * 1000, 2), round(worked / taken * 1000, 2), round(calls / taken, 2)]
        for name, (calls, clock, worked) in sorted(seen.items(), key=lambda one: -one[1][1])
        if name != traced_worker.STATEMENTS
    }


def measure(rounds: int) -> Report:
    """Whole turns, then typed ones, which wait for the end of a burst, then step by step."""
    report = Report("turn", rounds)
    with standing_in() as twilio, installed(twilio.url) as stack:
        stack.start_ours("webhook", "rasa", "worker")
        peer = stack.start_peer(twilio.url)
        whole_turns(report, stack, f"{peer}/webhooks/twilio/webhook", twilio)
        burst(report, stack, twilio)
        where_it_goes(report, stack, twilio)
    return report


if __name__ == "__main__":
    sys.exit(run_bench("turn", __doc__, measure))
