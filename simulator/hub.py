"""The simulator's parts in one place, and how a request reaches them."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from flask import current_app

from simulator.clock import Scheduler, SimClock
from simulator.faults import Faults
from simulator.ledger import Ledger
from simulator.outgoing import Outgoing
from simulator.store import Store

if TYPE_CHECKING:
    from simulator.config import Config


class Hub:
    """One simulator: its settings, time, memory, witness and faults."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.clock = SimClock(config.ahead)
        self.scheduler = Scheduler(self.clock)
        self.ledger = Ledger(self.clock)
        self.faults = Faults()
        self.store = Store(self.clock, config.demo_phones)
        self.outgoing = Outgoing(config.auth_token, self.ledger, self.faults)

    def reset(self) -> None:
        """Begin again: nothing waits, nothing is remembered; time keeps what was skipped."""
        self.scheduler.clear()
        self.faults.clear()
        self.outgoing.clear()
        self.store.reset()
        self.ledger.clear()

    def stop(self) -> None:
        """End the background threads."""
        self.scheduler.stop()


def hub() -> Hub:
    """The simulator of the running Flask app."""
    return cast("Hub", current_app.extensions["simulator"])
