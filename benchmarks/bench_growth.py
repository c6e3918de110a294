"""What a turn, the desk's list and the list of women take as the installation grows a thousandfold.

Each size is an installation of its own with its processes; all are measured in every round, one after the
other, so that a slow minute of the machine weighs on each. A stand-in answers for Rasa, which keeps nothing
that grows; once the smallest and the largest are measured with Rasa itself.
"""

from __future__ import annotations

import argparse
import itertools
import random
import shutil
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sqlalchemy import select, text

from benchmarks import among, caseload, growing, standin_rasa
from benchmarks.desks import Line
from benchmarks.measure import percentile
from benchmarks.posts import Client, inbound
from benchmarks.report import Report, run_once
from benchmarks.stack import Stack, free_port, installed
from benchmarks.standin import standing_in
from cli.install.failure import Failure
from cli.install.places import ROOT
from cli.install.progress import step
from models import Role, Team, utcnow
from outreach.ground import embedded
from outreach.ground.database import make_engine, make_sessions
from outreach.ground.settings import load_settings
from outreach.sealing import vault
from outreach.sealing.crypto import PersonalKey
from outreach.staff import accounts, sessions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Engine
    from sqlalchemy.orm import Session, sessionmaker

    from benchmarks.growing import Grown
    from benchmarks.standin import StandIn

WOMEN, MESSAGES_EACH, MOST_TIMES = (1_000, 100_000, 1_000_000), 4.0, 1.5
_WRITE, _CASES = 400, 60
_TURNS, _PAGES, _ROUNDS, _WHOLE_ROUNDS = 40, 40, 5, 3
_REPLY_SECONDS, _OK = 30.0, 200
_WOMAN_BYTES, _MESSAGE_BYTES = 9_300, 3_050
"""What one takes on the disk with its indexes, as measured."""
_PROCESSES = ("webhook", "worker", "console")
_QUICK = ("wal_level = minimal", "max_wal_senders = 0", "max_wal_size = '4GB'")


@dataclass
class Size:
    """One installation with what is in it, and what was measured of it."""

    stack: Stack
    grown: Grown
    writers: Iterator[str]
    desk: Line
    coordinator: Line
    times: dict[str, list[float]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Its size, in words."""
        return f"{self.grown.women:,} women, {self.grown.messages:,} messages"

    def note(self, what: str, times: list[float]) -> None:
        """Add what a round took, in milliseconds."""
        self.times.setdefault(what, []).extend(times)


def measure(given: argparse.Namespace) -> Report:
    """Plant every size, measure all in rounds, compare the largest with the smallest."""
    _room(given)
    whole = max(given.women) >= WOMEN[-1] and given.messages_each >= MESSAGES_EACH
    report = Report("growth", given.rounds, keep=whole)
    with ExitStack() as stack:
        twilio = stack.enter_context(standing_in())
        rasa = stack.enter_context(standin_rasa.answering())
        planted = []
        for number, women in enumerate(given.women):
            messages = int(women * given.messages_each) if number else 0
            one = stack.enter_context(installed(twilio.url, AVANZA_RASA_URLS=rasa))
            planted.append(_plant(one, women, messages, 21 + number, stack))
        # Who sits at a desk and does nothing is locked out: only now.
        sizes = [_opened(one) for one in planted]
        for size in sizes:
            _round(size, twilio)  # connections, caches, lazy imports
            size.times.clear()
        for number in range(given.rounds):
            with step(f"round {number + 1} of {given.rounds}"):
                for size in sizes:
                    _round(size, twilio)
        if given.whole:
            _with_rasa((sizes[0], sizes[-1]), twilio)
    _tell(report, sizes)
    return report


def _room(given: argparse.Namespace) -> None:
    """Stop before a disk is filled: what is planted, and a tenth of it besides."""
    needed = sum(
        women * (_WOMAN_BYTES + _MESSAGE_BYTES * (given.messages_each if number else 0))
        for number, women in enumerate(given.women)
    )
    free = shutil.disk_usage(ROOT).free
    if needed * 1.1 > free:
        raise Failure(f"{needed / 1e9:.0f} GB are to be planted and {free / 1e9:.0f} are free")


@dataclass(frozen=True)
class _Planted:
    """An installation whose database is full and whose processes have not begun."""

    stack: Stack
    grown: Grown
    makers: sessionmaker[Session]
    key: PersonalKey
    recovery: str


def _plant(stack: Stack, women: int, messages: int, area: int, leaving: ExitStack) -> _Planted:
    engine = make_engine(stack.ready.settings)
    leaving.callback(engine.dispose)
    makers, key = make_sessions(engine), PersonalKey(stack.ready.settings.secret_key)
    with makers.begin() as session:
        recovery = vault.make_team(session, "Atención")
        team = session.scalars(select(Team.id)).one()
    with step(f"plant {women:,} women, {messages:,} messages"):
        _restarted(engine, stack, _QUICK)
        grown = growing.plant(
            engine, key, makers, team, women=women, messages=messages, whole=_WRITE + _CASES, area=area
        )
        _restarted(engine, stack, ())
    return _Planted(stack, grown, makers, key, recovery)


def _opened(one: _Planted) -> Size:
    """Start the processes, and log in a caseworker with her cases and a coordinator."""
    one.stack.start_ours(*_PROCESSES)
    phones = list(one.grown.phones)
    with_case = {phone: one.grown.phones[phone] for phone in phones[_WRITE:]}
    (sitting,) = caseload.seat(one.makers, one.key, with_case, 1, one.recovery)
    with one.makers.begin() as session:
        accounts.add(session, "listas", "Listas", Role.COORDINATOR, utcnow())
        staff = accounts.find(session, "listas")
        if staff is None:
            raise Failure("the coordinator could not be added")
        staff.must_change_password = False
        token = sessions.begin(session, staff, None, utcnow())
    address = f"http://127.0.0.1:{one.stack.ready.settings.console_port}"
    return Size(
        one.stack,
        one.grown,
        itertools.cycle(phones[:_WRITE]),
        Line(address, {"avanza_session": sitting.token}),
        Line(address, {"avanza_session": token}),
    )


def _restarted(engine: Engine, stack: Stack, changes: tuple[str, ...]) -> None:
    """Start the database anew with these settings, or with its own where there are none."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ALTER SYSTEM RESET ALL"))
        for one in changes:
            connection.execute(text(f"ALTER SYSTEM SET {one}"))
        connection.execute(text("CHECKPOINT"))
    engine.dispose()
    embedded.stop(stack.ready.settings.var)
    embedded.start(stack.ready.settings.var)


def _round(size: Size, twilio: StandIn, turn: str = "a turn") -> None:
    client = Client(size.stack.webhook)
    size.note(turn, [_turn(size, client, twilio) for _ in range(_TURNS)])
    client.close()
    if turn == "a turn":
        for line, page in ((size.desk, "/casos"), (size.coordinator, "/programa/mujeres")):
            line.ask(page)  # somebody is there: the lists alone count for nothing
        size.note("the desk's list", _pages(size.desk, lambda: "/casos/lista"))
        size.note("the list of women", _pages(size.coordinator, lambda: _somewhere(size.grown.women)))


def _turn(size: Size, client: Client, twilio: StandIn) -> float:
    """Write, wait until Twilio has accepted the reply; milliseconds from the post on."""
    phone = next(size.writers)
    post, position = inbound(size.stack.webhook, phone, "gracias", tapped=True), twilio.count(phone)
    began = time.perf_counter()
    client.send(post)
    return (twilio.wait(phone, position, _REPLY_SECONDS) - began) * 1000


def _pages(line: Line, path: Callable[[], str]) -> list[float]:
    times = []
    for _ in range(_PAGES):
        answer = line.ask(path(), {"X-Fragment": "1"})
        if answer.status != _OK:
            raise Failure(f"a page answered {answer.status}")
        times.append(answer.ms)
    line.close()
    return times


def _somewhere(women: int) -> str:
    """A page of the list: every third the first, of a town every second, at any depth."""
    chance, asked = random.Random(time.perf_counter_ns()), []
    if chance.randrange(3):
        asked.append(f"despues={growing.spread(chance.randrange(women), women, 'w')}")
    if chance.randrange(2):
        asked.append(f"municipio={chance.choice(among.TOWNS)}")
    return f"/programa/mujeres?{'&'.join(asked)}"


def _with_rasa(sizes: tuple[Size, ...], twilio: StandIn) -> None:
    """Measure whole turns: the same with Rasa itself, which each of these gets for the purpose."""
    for size in sizes:
        env = {**size.stack.ready.env, "AVANZA_RASA_URLS": f"http://127.0.0.1:{free_port()}"}
        settings = load_settings({**env, "AVANZA_VAR": str(size.stack.ready.settings.var)})
        size.stack.stop_one("worker")
        size.stack.ready = replace(size.stack.ready, settings=settings, env=env)
        size.stack.start_ours("rasa", "worker")
    for number in range(_WHOLE_ROUNDS + 1):
        for size in sizes:
            _round(size, twilio, "a whole turn")
            if not number:
                size.times.pop("a whole turn")


def _tell(report: Report, sizes: list[Size]) -> None:
    small = sizes[0]
    for what in sizes[-1].times:
        for size in sizes:
            if what in size.times:
                report.goal(f"{what}, {size.name}: p50", percentile(size.times[what], 0.5), "ms")
                report.goal(f"{what}, {size.name}: p95", percentile(size.times[what], 0.95), "ms")
        for share, target in ((0.5, None), (0.95, MOST_TIMES)):
            times = percentile(sizes[-1].times[what], share) / percentile(small.times[what], share)
            report.goal(f"{what}: largest / smallest, p{share * 100:.0f}", times, "times", target)
    for size in sizes:
        grown = size.grown
        report.notes[size.name] = {
            "planted in, s": round(grown.seconds),
            "MB on disk": round(grown.disk_bytes / 1e6),
            "MB by table, indexes included, and of these the indexes": {
                name: [round(number / 1e6), round(grown.indexes[name] / 1e6)]
                for name, number in grown.by_table.items()
            },
        }


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How many women, messages of each, rounds."""
    parser.add_argument("--women", type=int, nargs="+", default=list(WOMEN))
    parser.add_argument("--messages-each", type=float, default=MESSAGES_EACH, dest="messages_each")
    parser.add_argument("--rounds", type=int, default=_ROUNDS)
    parser.add_argument("--whole", action=argparse.BooleanOptionalAction, default=True)


if __name__ == "__main__":
    sys.exit(run_once("growth", __doc__, add_arguments, measure))
