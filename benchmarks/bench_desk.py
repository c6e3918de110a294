"""200 open cases, 20 desks with open streams: a message at all desks, a long thread, an hour's memory.

A message is timed from her post to the webhook until the list of every desk that listens has been fetched
again, and her words stand at the desk that has the conversation. The hour is what 20 desks do in one, without
the waits between. Nobody logs in, and Rasa does not run: a held conversation asks it nothing.
"""

from __future__ import annotations

import sys
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

from benchmarks import caseload, seeding
from benchmarks.desks import Desk, Line
from benchmarks.measure import percentile
from benchmarks.posts import Client, inbound
from benchmarks.report import Report, run_once
from benchmarks.stack import installed
from benchmarks.standin import standing_in
from benchmarks.used import cpu_ms, resident_mb
from cli.install.progress import step
from outreach.ground.database import make_engine, make_sessions
from outreach.sealing.crypto import PersonalKey

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from benchmarks.caseload import Sitting
    from benchmarks.stack import Stack

_CASES, _DESKS, _THREAD, _OPENED = 200, 20, 2_000, 40
_PATIENCE_SECONDS, _PAUSE_SECONDS = 15.0, 1.0
_HOUR = 3600
_SIGHT_EVERY, _AGAIN_EVERY, _MESSAGE_EVERY, _PAGE_EVERY, _ANSWER_EVERY = 15, 30, 12, 120, 180
"""Seconds of the hour between two of these, of each desk but for the messages, which are of all women."""


def measure(given: argparse.Namespace) -> Report:
    """Seed, let the desks sit down, then messages, the long thread and the hour."""
    whole = (given.cases, given.desks, given.thread) >= (_CASES, _DESKS, _THREAD) and given.hours >= 1
    report = Report("desk", 1, keep=whole)
    with standing_in() as twilio, installed(twilio.url) as stack, ExitStack() as leaving:
        engine = make_engine(stack.ready.settings)
        leaving.callback(engine.dispose)
        sessions, key = make_sessions(engine), PersonalKey(stack.ready.settings.secret_key)
        with step(f"seed {given.cases} cases"):
            women = seeding.women(sessions, key, given.cases, group_of=25)
            sitting = caseload.seat(sessions, key, women.phones, given.desks)
            long_one = sitting[0].cases[-1]
            caseload.lengthen(sessions, key, long_one, given.thread)
        stack.start_ours("webhook", "worker", "console")
        room = Room(stack, sitting)
        leaving.callback(room.leave)
        with step(f"{given.desks} desks sit down"):
            room.sit_down()
        _messages(report, room, given.messages)
        _long_thread(report, room, sitting[0].token, long_one.id)
        _hours(report, room, given.hours)
        report.wrong["failed requests of the desks"] = sum(len(desk.failures) for desk in room.desks)
        report.notes["what failed"] = sorted({one for desk in room.desks for one in desk.failures})
    return report


class Room:
    """All desks, and the women who write to them in turn."""

    def __init__(self, stack: Stack, sitting: Sequence[Sitting]) -> None:
        self.stack = stack
        self.address = f"http://127.0.0.1:{stack.ready.settings.console_port}"
        self.desks = [Desk(self.address, one.token, one.cases[0].id) for one in sitting]
        self._client = Client(stack.webhook)
        self._writers = self._in_turn(sitting)
        self.missed = 0

    @staticmethod
    def _in_turn(sitting: Sequence[Sitting]) -> Iterator[tuple[int, str, str]]:
        """Yield a desk's number, a case that it holds and her phone: that which it shows, then another."""
        number = 0
        while True:
            desk, turn = number % len(sitting), number // len(sitting)
            own = sitting[desk].cases[:-1] or sitting[desk].cases
            case = own[0] if turn % 2 == 0 else own[turn % len(own)]
            yield desk, case.id, case.phone
            number += 1

    def sit_down(self) -> None:
        """Open every page and every stream."""
        for desk in self.desks:
            desk.sit_down()

    def leave(self) -> None:
        """Close them."""
        for desk in self.desks:
            desk.leave()
        self._client.close()

    def message(self, number: int) -> tuple[float, float, float] | None:
        """Let a woman write; the milliseconds until all desks heard, until all show it, until it is read.

        The last is 0 where nobody has her conversation open. None where it did not come everywhere in time.
        """
        desk, case_id, phone = next(self._writers)
        words = f"canario {number:05d} {caseload.SAID}"
        holder = self.desks[desk] if self.desks[desk].case_id == case_id else None
        post = inbound(self.stack.webhook, phone, words)
        began = time.perf_counter()
        self._client.send(post)
        until = began + _PATIENCE_SECONDS
        read_at = 0.0
        while time.perf_counter() < until:
            if holder is not None and not read_at and f"canario {number:05d}" in holder.read:
                read_at = time.perf_counter()
            shown = [one.shows(case_id, began) for one in self.desks]
            if all(shown) and (holder is None or read_at):
                heard = max(one.heard[case_id] for one in self.desks)
                last = max(at for at in shown if at is not None)
                return tuple(max(0.0, at - began) * 1000 for at in (heard, last, read_at or began))  # type: ignore[return-value] # three of them
            time.sleep(0.002)
        self.missed += 1
        return None


def _console(room: Room) -> int:
    return next(one.group for one in room.stack.running if one.service.name == "console") or 0


def _worked(room: Room) -> float:
    """The console's processor time so far, in milliseconds; what else runs here changes it little."""
    return cpu_ms(_console(room)) or 0.0


def _messages(report: Report, room: Room, number: int) -> None:
    for warm in range(5):
        room.message(90_000 + warm)
    took, before = [], _worked(room)
    with step(f"{number} messages"):
        for one in range(number):
            took.append(room.message(one))
            time.sleep(_PAUSE_SECONDS)
    worked = (_worked(room) - before) / number
    whole = [one for one in took if one is not None]
    report.wrong["messages that did not reach every desk"] = len(took) - len(whole)
    heard, shown = [one[0] for one in whole], [one[1] for one in whole]
    read = [one[2] for one in whole if one[2]]
    report.goal("heard at all desks, p50", percentile(heard, 0.5), "ms")
    report.goal("heard at all desks, p95", percentile(heard, 0.95), "ms")
    report.goal("shown at all desks, p50", percentile(shown, 0.5), "ms")
    report.goal("shown at all desks, p95", percentile(shown, 0.95), "ms", 1000.0)
    report.goal("read at the desk that has her, p95", percentile(read, 0.95), "ms", 1000.0)
    report.goal("console's processor time for a message", worked, "ms")


def _long_thread(report: Report, room: Room, token: str, case_id: str) -> None:
    line = Line(room.address, {"avanza_session": token})
    opened, before = [], _worked(room)
    with step(f"open a long thread {_OPENED} times"):
        for _ in range(_OPENED):
            answer = line.ask(f"/casos/{case_id}")
            if answer.status != 200:  # noqa: PLR2004
                raise RuntimeError(f"the long thread answered {answer.status}")
            opened.append(answer.ms)
        worked = (_worked(room) - before) / _OPENED
        whole = [line.ask(f"/casos/{case_id}?antes=2").ms for _ in range(_OPENED // 4)]
    line.close()
    report.goal("opens a long thread, p50", percentile(opened, 0.5), "ms")
    report.goal("opens a long thread, p95", percentile(opened, 0.95), "ms", 1000.0)
    report.goal("console's processor time for it", worked, "ms")
    report.goal("opens all of it at once, p95", percentile(whole, 0.95), "ms", 1000.0)


def _hours(report: Report, room: Room, hours: float) -> None:
    """Do what the desks do in so many hours, and look at the console's memory after each twelfth."""
    group = _console(room)
    seconds = int(_HOUR * hours)
    memory, began = [resident_mb(group)], time.perf_counter()
    with step(f"{hours:g} hours of {len(room.desks)} desks"):
        for second in range(0, seconds, 3):
            _moment(room, second)
            if second % (seconds // 12) < 3:  # noqa: PLR2004
                memory.append(resident_mb(group))
    memory.append(resident_mb(group))
    warm = memory[len(memory) // 4]
    report.goal("console's memory at the start", memory[0], "MB")
    report.goal("after a quarter of the hour", warm, "MB")
    report.goal("after the hour", memory[-1], "MB", warm * 1.1)
    report.notes["memory in MB"] = [round(one) for one in memory]
    report.notes["seconds that the hour took"] = round(time.perf_counter() - began)
    report.wrong["messages of the hour that did not reach every desk"] = room.missed


def _moment(room: Room, second: int) -> None:
    for number, desk in enumerate(room.desks):
        at = second + 3 * number
        if at % _SIGHT_EVERY == 0:
            desk.is_in_sight()
        if at % _AGAIN_EVERY == 0:
            desk.ask_again()
        if at % _PAGE_EVERY == 0:
            desk.open_case()
        if at % _ANSWER_EVERY == 0:
            desk.answer("Te leo. Aquí sigo, cuéntame con calma.")
    if second % _MESSAGE_EVERY == 0:
        room.message(10_000 + second)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How many cases, desks, messages, lines and hours."""
    parser.add_argument("--cases", type=int, default=_CASES)
    parser.add_argument("--desks", type=int, default=_DESKS)
    parser.add_argument("--messages", type=int, default=60)
    parser.add_argument("--thread", type=int, default=_THREAD)
    parser.add_argument("--hours", type=float, default=1.0)


if __name__ == "__main__":
    sys.exit(run_once("desk", __doc__, add_arguments, measure))
