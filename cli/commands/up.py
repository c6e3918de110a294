"""`up`: every process of one machine, looked after until SIGTERM."""

from __future__ import annotations

import sys
import threading
import time
from typing import TYPE_CHECKING

from cli import words
from cli.install.failure import Failure
from cli.processes import start
from cli.processes.services import product_services
from outreach.ground import simulated_clock
from outreach.ground.settings import load_settings, read_environment

if TYPE_CHECKING:
    import argparse

_PRINTING = threading.Lock()


def run(args: argparse.Namespace) -> int:
    """Check, prepare, run, stop."""
    began = time.monotonic()
    env = read_environment()
    settings = load_settings(env)
    if settings.simulated_clock or simulated_clock.was_moved(settings):
        raise Failure(words.UP_SIMULATED_CLOCK)
    start.check_before(settings, args.host)

    def on_ready() -> None:
        webhook, console = start.addresses(settings, args.host)
        seconds = time.monotonic() - began
        print(words.UP_READY.format(seconds=seconds, webhook=webhook, console=console), flush=True)

    with start.prepared(settings, env, to_terminal) as ready:
        services = product_services(ready.settings, ready.env, args.host, ready.fingerprint)
        start.supervise(services, to_terminal, ready, on_ready)
    print(words.UP_STOPPED, flush=True)
    return 0


def to_terminal(name: str, line: str) -> None:
    """A child's line, with its name before it."""
    with _PRINTING:
        print(f"[{name}] {line}", file=sys.stderr, flush=True)
