"""A backlog: 2,000 messages of 1,000 women wait, and the one cry of danger comes last of all.

What counts is when the line with 911 is taken by Twilio for the woman who cried, and how soon the others have
their answers, each woman's in their order, none lost, none doubled.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.books import Books, until
from benchmarks.measure import Round, run
from benchmarks.posts import Client, inbound
from benchmarks.report import Report, run_once
from benchmarks.stack import installed
from benchmarks.standin import standing_in
from cli.install.progress import step
from outreach.ground.database import make_engine

if TYPE_CHECKING:
    import argparse

    from benchmarks.posts import Post
    from benchmarks.stack import Stack
    from benchmarks.standin import StandIn

TEXTS = ("gracias", "hasta luego")
CRY, EMERGENCY = "me va a matar, trae una pistola", "911"
CRYING = "whatsapp:+5213310099999"
_POSTING, _WOMEN = 8, 1000
_CRY_SECONDS, _DRAIN_SECONDS = 600.0, 1800.0


@dataclass(frozen=True)
class Seen:
    """One run: times in seconds from her cry on."""

    posts: Round
    waiting: int
    cried_for: float
    drained_for: float
    turns: int
    sent_first: int
    """Answers to others that were taken between her cry and its answer."""


def measure(given: argparse.Namespace) -> Report:
    """Let the backlog build up, cry, wait until all have their answers."""
    report = Report("backlog", 1, keep=given.women >= _WOMEN)
    changes = dict(change.split("=", 1) for change in given.setting)
    with standing_in() as twilio, installed(twilio.url, team=True, **changes) as stack:
        twilio.delay = given.latency / 1000
        stack.start_ours("webhook", "rasa", "clock", "worker")
        books = Books(make_engine(stack.ready.settings))
        _warm_up(stack, twilio)
        seen = _run(stack, twilio, books, given.women, tapped=given.tapped)
        report.wrong = books.wrong(twilio.taken())
        books.engine.dispose()
    report.add("her post, acknowledged", _POSTING, [seen.posts])
    report.goal("the cry's answer with 911, after", seen.cried_for, "s", 3.0)
    report.goal("the backlog's turns", seen.turns / seen.drained_for, "per s", 30.0, ">=")
    report.goal("waiting when she cried", seen.waiting, "messages")
    report.goal("answers to others before hers", seen.sent_first, "messages")
    report.goal("turns after her cry", seen.turns, "turns")
    report.goal("the last answer, after", seen.drained_for, "s")
    report.notes["women"] = given.women
    report.notes["API latency of the stand-in, ms"] = given.latency
    return report


def _warm_up(stack: Stack, twilio: StandIn) -> None:
    """Connections, caches and lazy imports of all processes."""
    client = Client(stack.webhook)
    for number in range(8):
        phone = f"whatsapp:+521331008{number:04d}"
        client.send(inbound(stack.webhook, phone, TEXTS[0], tapped=True))
        twilio.wait(phone, 0, 60.0)
    client.close()


def _run(stack: Stack, twilio: StandIn, books: Books, women: int, *, tapped: bool) -> Seen:
    phones = [f"whatsapp:+521331{number:07d}" for number in range(women)]
    posts = [inbound(stack.webhook, phone, text, tapped=tapped) for text in TEXTS for phone in phones]
    cry = inbound(stack.webhook, CRYING, CRY)
    with step(f"post {len(posts)} messages of {women} women"):
        posted = _post(stack.webhook, posts)
    waiting, before = books.unanswered(), twilio.total()
    turns_before = books.number("SELECT count(*) FROM turn WHERE state <> 'open'")
    with step("the cry, and its answer"):
        client = Client(stack.webhook)
        began = time.perf_counter()
        client.send(cry)
        client.close()
        answered = twilio.wait(CRYING, 0, _CRY_SECONDS, EMERGENCY)
    others = [one for one in twilio.taken(before) if one.at < answered and one.to != CRYING]
    with step("the rest of the backlog"):
        if until(lambda: not books.unanswered() and not books.unsent(), _DRAIN_SECONDS) is None:
            print(f"not drained within {_DRAIN_SECONDS:.0f} s")
    drained = max(one.at for one in twilio.taken(before)) - began
    turns = books.number("SELECT count(*) FROM turn WHERE state <> 'open'") - turns_before
    return Seen(posted, waiting, answered - began, drained, turns, len(others))


def _post(url: str, posts: list[Post]) -> Round:
    clients = [Client(url) for _ in range(_POSTING)]

    def one(who: int, number: int) -> float:
        began = time.perf_counter()
        clients[who].send(posts[number])
        return (time.perf_counter() - began) * 1000

    try:
        return run(_POSTING, len(posts), one)
    finally:
        for client in clients:
            client.close()


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The size, and what Twilio takes to answer."""
    parser.add_argument("--women", type=int, default=_WOMEN, help="each writes two messages")
    parser.add_argument("--tapped", action="store_true", help="no burst: each message is a turn of its own")
    parser.add_argument("--latency", type=float, default=50.0, help="of Twilio's stand-in, ms")
    parser.add_argument(
        "--setting",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a further setting",
    )


if __name__ == "__main__":
    sys.exit(run_once("backlog", __doc__, add_arguments, measure))
