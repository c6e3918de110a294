"""35,000 messages, their worker killed again and again: lost and doubled, ours beside a Celery queue.

The same stand-in for Twilio takes the calls, the same number of SIGKILLs falls at random moments. The Celery
queue marks its rows before the call, or after it; its jobs are acknowledged late, so that those of a dead
worker come again. Ours is a whole campaign: prepared and handed over by the clock, sent by the worker.
"""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING

from benchmarks import seeding
from benchmarks.books import Books
from benchmarks.campaigning import Bench
from benchmarks.celery_stack import WORKER, peer
from benchmarks.killing import killing
from benchmarks.report import Report, run_once
from benchmarks.stack import installed
from benchmarks.standin import standing_in
from cli.install.progress import step
from outreach.ground.database import make_engine, make_sessions
from outreach.sealing.crypto import PersonalKey

if TYPE_CHECKING:
    import argparse

    from sqlalchemy import Engine

    from benchmarks.stack import Stack
    from benchmarks.standin import StandIn

_ROWS, _KILLS, _THREADS = 35_000, 12, 48
_IN_FLIGHT_SHARE = 0.97
"""Nothing is killed once this share was taken: the last moments would be no fair target."""


def measure(given: argparse.Namespace) -> Report:
    """Both sides on one database, one after the other."""
    report = Report("sent_once", 1, keep=given.rows >= _ROWS)
    with standing_in() as twilio, installed(twilio.url, team=True, AVANZA_SENDS_PER_SECOND="0") as stack:
        twilio.delay = given.latency / 1000
        engine = make_engine(stack.ready.settings)
        for marks in ("before", "after"):
            _celery(report, stack, engine, twilio, given, marks)
        _ours(report, stack, engine, twilio, given)
        engine.dispose()
    report.notes |= {"rows": given.rows, "SIGKILLs asked for": given.kills, "API latency, ms": given.latency}
    return report


def _ours(report: Report, stack: Stack, engine: Engine, twilio: StandIn, given: argparse.Namespace) -> None:
    bench = Bench(stack, twilio, Books(engine))
    sessions, key = make_sessions(engine), PersonalKey(stack.ready.settings.secret_key)
    with step(f"seed {given.rows} women"):
        seeded = seeding.women(sessions, key, given.rows, group_of=given.rows)
    with sessions() as session:
        twilio.learn(seeding.contents(session))
    stack.start_ours("clock", "worker")
    since = twilio.total()
    with killing(stack, "worker", given.kills, given.seed, lambda: _busy(twilio, since, given.rows)) as kills:
        seen = bench.campaign(seeded)
    stack.stop_one("clock")
    stack.stop_one("worker")
    times = Counter(one.outbox_id for one in twilio.taken(since))
    women = {one.to for one in twilio.taken(since)}
    shown = sum(n for state, n in seen.states.items() if state in {"failed", "in_doubt"})
    lost = len(seeded.phones) - len(women & seeded.phones.keys())
    doubled = sum(count - 1 for count in times.values())
    _tell(report, "Avanza", kills.done, lost, doubled)
    report.goal("Avanza: not sent, and shown to a person", shown, "")
    report.notes["Avanza: states"] = seen.states
    report.wrong |= {"Avanza: lost and shown to nobody": max(0, lost - shown), "Avanza: doubled": doubled}


def _celery(
    report: Report, stack: Stack, engine: Engine, twilio: StandIn, given: argparse.Namespace, marks: str
) -> None:
    name = f"Celery, marked {marks} the call"
    since = twilio.total()
    with peer(stack, engine, twilio.url, marks=marks) as queue:
        with step(f"{name}: {given.rows} jobs"):
            queue.fill(given.rows)
        queue.work(given.threads)
        busy = killing(stack, WORKER, given.kills, given.seed, lambda: _busy(twilio, since, given.rows))
        with step(f"{name}: send them"), busy as kills:
            queue.drained()
        states = queue.states()
    times = Counter(one.outbox_id for one in twilio.taken(since))
    _tell(report, name, kills.done, given.rows - len(times), sum(count - 1 for count in times.values()))
    report.notes[f"{name}: states"] = states


def _busy(twilio: StandIn, since: int, rows: int) -> bool:
    return 0 < twilio.total() - since < rows * _IN_FLIGHT_SHARE


def _tell(report: Report, name: str, kills: int, lost: int, doubled: int) -> None:
    report.goal(f"{name}: SIGKILLs", kills, "")
    report.goal(f"{name}: lost", lost, "")
    report.goal(f"{name}: doubled", doubled, "")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The size, and what happens meanwhile."""
    parser.add_argument("--rows", type=int, default=_ROWS)
    parser.add_argument("--kills", type=int, default=_KILLS, help="SIGKILLs of each side's worker, at most")
    parser.add_argument("--threads", type=int, default=_THREADS, help="of the Celery worker")
    parser.add_argument("--latency", type=float, default=100.0, help="of Twilio's stand-in, ms")
    parser.add_argument("--seed", type=int, default=11, help="of the moments")


if __name__ == "__main__":
    sys.exit(run_once("sent_once", __doc__, add_arguments, measure))
