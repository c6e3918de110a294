"""Rasa alone on one core, text in and replies out: our channel against Rasa's own; start-up and memory.

Both sides serve the same model and get the same messages of the training data, each only once. The servers
are started anew in every round and bound to one core; the client and the database have the others.
"""

from __future__ import annotations

import statistics
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from benchmarks import used
from benchmarks.dialogue import Talk, ours, rasas, texts
from benchmarks.posts import Client
from benchmarks.report import Report, run_bench
from benchmarks.stack import installed
from benchmarks.standin import standing_in
from cli.install.progress import step

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.dialogue import Make
    from benchmarks.measure import Round
    from benchmarks.stack import Stack

WARM = 20
"""Turns of another conversation before the first that counts."""
EACH = 40
"""Turns looked at each time: the first of a conversation, those after 40, those after 400."""
LONG = 400


@dataclass
class Side:
    """One of the two, with what was seen of it in each round."""

    name: str
    start: Callable[[Stack], str]
    make: Make
    seen: dict[str, list[Round]] = field(default_factory=dict)
    also: dict[str, list[float]] = field(default_factory=dict)

    def _keep(self, what: str, turns: Round) -> None:
        self.seen.setdefault(what, []).append(turns)

    def _note(self, what: str, value: float | None) -> None:
        if value is not None:
            self.also.setdefault(what, []).append(value)

    def round(self, stack: Stack, core: int | None, words: Sequence[str], *, long: bool) -> None:
        """Start the server, hold one conversation with it, note what it used, stop it."""
        with used.bound_to(core):
            url = self.start(stack)
        server = stack.running[-1]
        group = server.group or 0
        self._note("start-up, s", stack.started_within[server.service.name])
        self._note("memory when ready, MB", used.resident_mb(group))
        client = Client(url)
        Talk(client, self.make, words[-WARM:]).turns(WARM)
        talk = Talk(client, self.make, words)
        before = used.cpu_ms(group)
        self._keep(f"first {EACH} turns", talk.turns(EACH))
        self._keep(f"after {EACH} turns", talk.turns(EACH))
        if before is not None and (after := used.cpu_ms(group)) is not None:
            self._note("processor time a turn, ms", (after - before) / (2 * EACH))
        if long:
            talk.turns(LONG - 2 * EACH)
            self._keep(f"after {LONG} turns", talk.turns(EACH))
            self._note("memory after all turns, MB", used.resident_mb(group))
        self._note("turns answered with nothing", talk.silent)
        client.close()
        stack.stop()

    def notes(self) -> dict[str, Any]:
        """The medians of the rounds."""
        return {f"{self.name}: {what}": round(statistics.median(all_), 1) for what, all_ in self.also.items()}


def _ours(stack: Stack) -> str:
    stack.start_ours("rasa")
    return stack.rasa


def measure(rounds: int) -> Report:
    """Both in each round; the peer's long conversation, which takes its time, in the first round alone."""
    report = Report("dialogue", rounds)
    words, core = texts(), used.set_apart()
    with standing_in() as twilio, installed(twilio.url) as stack:
        avanza = Side("Avanza's channel", _ours, ours)
        peer = Side("Rasa rest:", lambda stack: stack.start_peer(twilio.url), rasas)
        for number in range(rounds):
            for side in (avanza, peer):
                with step(f"{side.name}, round {number + 1} of {rounds}"):
                    side.round(stack, core, words, long=side is avanza or number == 0)
    for what, all_ in avanza.seen.items():
        theirs = peer.seen[what]
        report.add(f"{avanza.name}, {what}", 1, all_)
        report.add(f"{peer.name}, {what}", 1, theirs, all_[: len(theirs)])
    report.notes |= {"bound to one core": core is not None} | avanza.notes() | peer.notes()
    return report


if __name__ == "__main__":
    sys.exit(run_bench("dialogue", __doc__, measure))
