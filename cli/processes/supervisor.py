"""Keeps all processes of one machine running and stops them in order, within the 20 seconds promised.

One that can't live never takes the others with it: it is tried again for ever, with growing pauses and an
alarm. What a user can mend is looked at before anything starts (`start.check_before`).

Knows nothing of what they do. When it is killed itself, its guardian (see `guardian`) ends what it left.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from cli import words
from cli.install.places import ROOT
from cli.processes.running import Running, Service, Sink

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

_TICK_SECONDS = 0.2


class Supervisor:
    """Runs services until told to stop; `var` where an embedded PostgreSQL has to go down with them."""

    def __init__(self, services: Iterable[Service], sink: Sink, embedded_in: Path | None = None) -> None:
        self._all = [Running(service, _never_failing(sink)) for service in services]
        self._by_name = {one.service.name: one for one in self._all}
        self._sink = _never_failing(sink)
        # Not an `Event`: a handler that sets one hangs where the main thread has its lock in hand.
        self._signals: SimpleQueue[int] = SimpleQueue()
        self._hurry = False
        """Whether a second signal came while all are being stopped."""
        self._began = time.monotonic()
        argv = [
            sys.executable,
            "-sP",
            "-m",
            "cli.processes.guardian",
            *([str(embedded_in)] if embedded_in else []),
        ]
        self._guardian = subprocess.Popen(
            argv,
            stdin=subprocess.PIPE,
            text=True,
            start_new_session=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )

    def run(self, on_ready: Callable[[], None]) -> None:
        """Run until SIGTERM or SIGINT; `on_ready` is called once, when everything answers."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        told = False
        try:
            while True:
                for one in self._all:
                    self._look_after(one)
                if not told and all(one.ready for one in self._all):
                    told = True
                    with suppress(OSError):  # whoever read our output may have left
                        on_ready()
                if self._asked(_TICK_SECONDS):
                    break
        finally:
            self._stop_all()
            self._tell_guardian("bye")

    def _on_signal(self, number: int, _frame: object) -> None:
        self._signals.put(number)

    def _asked(self, seconds: float) -> bool:
        """Wait so long for a signal to stop; say whether one came."""
        with suppress(Empty):
            self._signals.get(timeout=seconds)
            return True
        return False

    def _look_after(self, one: Running) -> None:
        group = one.group
        code = one.died()
        if code is not None:
            self._tell_guardian(f"-{group}")
            self._tell_death(one, code)
        if one.process is None:
            if time.monotonic() >= one.start_again_at and not self._waits(one):
                self._start(one)
        elif one.stuck:
            self._sink("up", words.CHILD_STUCK.format(name=one.service.name))
            one.kill()
        else:
            one.probe()
            if one.ready and not one.told_ready and one.service.ready is not None:
                one.told_ready = True
                seconds = time.monotonic() - one.started_at
                self._sink("up", words.CHILD_READY.format(name=one.service.name, seconds=seconds))

    def _start(self, one: Running) -> None:
        try:
            one.start()
        except (OSError, RuntimeError) as error:
            one.kill()
            one.could_not_start(type(error).__name__)
            self._tell_death(one, "?")
        else:
            self._tell_guardian(f"+{one.group}")

    def _tell_death(self, one: Running, code: int | str) -> None:
        name, line = one.service.name, one.last_line[:200]
        self._sink("up", words.CHILD_DIED.format(name=name, code=code, pause=one.pause))
        if one.alarming:
            self._sink("up", words.CHILD_ALARM.format(name=name, times=one.young_deaths, line=line))

    def _waits(self, one: Running) -> bool:
        other = self._by_name.get(one.service.after or "")
        waited = time.monotonic() - self._began
        return other is not None and not other.ready and waited < one.service.wait_at_most

    def _stop_all(self) -> None:
        for rank in sorted({one.service.stop_rank for one in self._all}):
            together = [one for one in self._all if one.service.stop_rank == rank]
            for one in together:
                one.ask_to_stop()
            self._wait_for(together)
            for one in together:
                one.kill()

    def _wait_for(self, together: Sequence[Running]) -> None:
        deadline = time.monotonic() + max(one.service.stop_seconds for one in together)
        while time.monotonic() < deadline and not self._hurry:
            if all(one.process is None or one.process.poll() is not None for one in together):
                return
            self._hurry = self._asked(0.05)

    def _tell_guardian(self, word: str) -> None:
        with suppress(OSError, ValueError):
            assert self._guardian.stdin is not None  # noqa: S101 (opened as a pipe above)
            self._guardian.stdin.write(f"{word}\n")
            self._guardian.stdin.flush()


def _never_failing(sink: Sink) -> Sink:
    """A full disk or a closed terminal must not end what is supervised."""

    def told(name: str, line: str) -> None:
        with suppress(OSError, ValueError):
            sink(name, line)

    return told
