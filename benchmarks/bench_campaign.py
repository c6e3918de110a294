"""35,000 women with a reminder due at one moment, or a campaign to as many: planned, handed over, sent.

Everything is the product's own: the clock plans and hands over, the worker sends. The stand-in for Twilio
takes 100 ms for each message. Meanwhile one woman after the other writes and waits for her answer.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from sqlalchemy import text

from benchmarks import among, seeding
from benchmarks.books import Books
from benchmarks.campaigning import Bench, Seen
from benchmarks.meanwhile import Asked, writing
from benchmarks.measure import percentile
from benchmarks.posts import Client, inbound
from benchmarks.report import Report, run_once
from benchmarks.stack import installed
from benchmarks.standin import standing_in
from benchmarks.statements import Count, counted
from cli.install.failure import WrongUse
from cli.install.progress import step
from outreach.ground.database import make_engine, make_sessions
from outreach.sealing.crypto import PersonalKey
from outreach.turns.gather import SETTLED_AFTER

if TYPE_CHECKING:
    import argparse

    from sqlalchemy.orm import Session, sessionmaker

    from benchmarks.seeding import Seeded

_WOMEN, _COUNTED_WOMEN, _AMONG = 35_000, 250, 1_000_000


def measure(given: argparse.Namespace) -> Report:
    """Seed, count the statements of a few, then time them all."""
    if given.among and given.kind != "campaign":
        raise WrongUse("--among goes with --kind campaign")
    name = given.kind + ("_no_cap" if given.no_cap else "") + ("_among" if given.among else "")
    report = Report(name, 1, keep=given.women >= _WOMEN and given.among in {0, _AMONG})
    changes = {"AVANZA_REMINDER_OFFSETS": "1440", "AVANZA_SENDS_PER_SECOND": str(_cap(given))}
    changes |= dict(one.split("=", 1) for one in given.setting)
    group_of = given.women if given.kind == "campaign" else 25
    with standing_in() as twilio, installed(twilio.url, team=True, **changes) as stack:
        settings = stack.ready.settings
        bench = Bench(stack, twilio, Books(make_engine(settings)))
        sessions, key = make_sessions(bench.books.engine), PersonalKey(settings.secret_key)
        with step(f"seed {given.women} women"):
            few = seeding.women(sessions, key, _COUNTED_WOMEN, group_of=group_of, first=90_000_000)
            seeded = (
                among.plant(bench.books.engine, key, sessions, given.women, given.among)
                if given.among
                else seeding.women(sessions, key, given.women, group_of=group_of)
            )
            with bench.books.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("ANALYZE"))
        with sessions() as session:
            twilio.learn(seeding.contents(session))
        if given.among:
            _count(report, sessions, key, given)
        stack.start_ours("webhook", "rasa", "clock", "worker")
        twilio.delay = given.latency / 1000
        drive = bench.campaign if given.kind == "campaign" else bench.remind
        _warm_up(bench)
        log = settings.var / "postgresql" / "log"
        with step(f"statements of {_COUNTED_WOMEN}"), counted(settings.database_url or "", log) as count:
            drive(few)
        with writing(stack, twilio) as asked:
            seen = drive(seeded)
        report.wrong = _wrong(bench, seeded, seen)
        bench.books.engine.dispose()
    _tell(report, given, seeded, seen, count, asked)
    return report


def _count(
    report: Report, sessions: sessionmaker[Session], key: PersonalKey, given: argparse.Namespace
) -> None:
    found, p95 = among.counted(sessions, key)
    report.goal("the audience counted, p95", p95, "ms", 500.0)
    report.wrong["counted too many or too few"] = abs(found.reached - given.women)
    report.notes["left out at the count"] = dict(found.reasons)


def _cap(given: argparse.Namespace) -> int:
    """As in the setting: 0 is none."""
    return 0 if given.no_cap else int(given.cap)


def _warm_up(bench: Bench) -> None:
    client = Client(bench.stack.webhook)
    for number in range(8):
        phone = f"whatsapp:+521331008{number:04d}"
        client.send(inbound(bench.stack.webhook, phone, "gracias", tapped=True))
        bench.twilio.wait(phone, 0, 60.0)
    client.close()


def _wrong(bench: Bench, seeded: Seeded, seen: Seen) -> dict[str, int]:
    got = [one.to for one in bench.twilio.taken() if one.to in seeded.phones]
    left_out = sum(seen.reasons.values())
    ended = {"expired", "suppressed", "failed", "undelivered"}
    return bench.books.wrong(bench.twilio.taken()) | {
        "women who got it twice": len(got) - len(set(got)),
        "women who did not get it": len(seeded.phones) - len(set(got)),
        "of these dropped or left out, with a reason": left_out,
        "of these ended in the outbox": sum(n for state, n in seen.states.items() if state in ended),
    }


def _tell(
    report: Report, given: argparse.Namespace, seeded: Seeded, seen: Seen, count: Count, asked: Asked
) -> None:
    never = float("inf")
    report.goal("planned in", seen.planned or never, "s", 10.0)
    report.goal("handed over in", seen.handed_over or never, "s", 60.0)
    report.goal("all sent, after they fell due", (seen.handed_over or never) + (seen.sent or never), "s")
    cap = _cap(given)
    if given.no_cap:
        report.goal("sent", seen.per_second, "per s", 300.0, ">=")
    else:
        report.goal("sent", seen.per_second, "per s")
        report.goal("away from the cap", abs(seen.per_second / cap - 1) * 100, "%", 2.0)
    if seen.refreshes:
        report.goal("a refresh of the live page, p95", percentile(seen.refreshes, 0.95), "ms", 20.0)
    report.goal("statements a recipient", count.beyond_idle / _COUNTED_WOMEN, "")
    if asked.times:
        wait = SETTLED_AFTER.total_seconds() * 1000
        report.add("a woman who writes meanwhile, with the burst's wait", 1, [asked.as_round()])
        report.goal("her answer beyond that wait, p95", percentile(asked.times, 0.95) - wait, "ms", 1500.0)
    report.wrong["women who wrote meanwhile and got no answer"] = asked.unanswered + asked.refused
    report.goal("seeding", seeded.seconds, "s")
    report.notes |= {
        "women": given.women,
        "kind": given.kind,
        "cap, per s": cap or None,
        "API latency of the stand-in, ms": given.latency,
        "idle statements, per s": round(count.idle_per_second, 1),
        "states": seen.states,
        "left out": seen.reasons,
    }


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The size, what is sent, and what Twilio takes to answer."""
    parser.add_argument("--women", type=int, default=_WOMEN)
    parser.add_argument("--kind", choices=("reminders", "campaign"), default="reminders")
    parser.add_argument("--among", type=int, default=0, help=f"of how many the audience is built ({_AMONG})")
    parser.add_argument("--latency", type=float, default=100.0, help="of Twilio's stand-in, ms")
    parser.add_argument("--cap", type=int, default=70, help="the configured rate a second")
    parser.add_argument("--no-cap", action="store_true", help="how fast it goes without one")
    parser.add_argument(
        "--setting", action="append", default=[], metavar="NAME=VALUE", help="a further setting"
    )


if __name__ == "__main__":
    sys.exit(run_once("campaign", __doc__, add_arguments, measure))
