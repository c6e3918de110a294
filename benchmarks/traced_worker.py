"""The worker with a clock at each of its steps: where a turn's time goes.

`python -m benchmarks.traced_worker FILE` runs it as the product does and writes what it saw at its end. The
steps are those of `worker.steps` and `worker.sending`; each is timed by the clock and by its thread's
processor, so that what is waited for (another thread, the database, Rasa) shows as the difference.
"""

from __future__ import annotations

import json
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.engine.default import DefaultDialect

from models import utcnow
from outreach.messages import delivery, order
from outreach.messages.rate import Pacer
from outreach.turns import gather, turn
from outreach.turns.rasa import RasaClient
from worker import locks, sending, steps

if TYPE_CHECKING:
    from collections.abc import Callable

PICKED_UP, WHOLE, COMMITS, STATEMENTS = "until it is taken up", "the job", "commits", "statements"
_STEPS: tuple[tuple[object, str, str], ...] = (
    (steps, "take_turn", WHOLE),
    (gather, "anything", "look whether anything waits"),
    (gather, "look", "read what waits"),
    (turn, "begin", "begin the turn"),
    (RasaClient, "ask", "ask Rasa"),
    (turn, "finish", "apply the answer"),
    (order, "next_reply", "which reply is next"),
    (Pacer, "take", "a token to send"),
    (delivery, "begin", "the gate, and mark as sending"),
    (sending, "send", "Twilio"),
    (delivery, "finish", "record what Twilio said"),
    (locks.Pinned, "take", "take a lock"),
    (locks.Pinned, "let_go", "let go of a lock"),
    (DefaultDialect, "do_commit", COMMITS),
)


class Seen:
    """Times of each step: calls, seconds by the clock, seconds of the thread's processor."""

    def __init__(self) -> None:
        self.by_step: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])

    def add(self, step: str, seconds: float, worked: float = 0.0) -> None:
        """Note one call; a lost addition of two threads at once changes no mean that is looked at."""
        sums = self.by_step[step]
        sums[0] += 1
        sums[1] += seconds
        sums[2] += worked


class _Any(Protocol):
    def __call__(self, *arguments: Any, **named: Any) -> Any: ...  # noqa: ANN401 (whatever the step takes)


def _timed(seen: Seen, step: str, work: _Any) -> Callable[..., Any]:
    def run(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401 (as above)
        began, worked = time.perf_counter(), time.thread_time()
        try:
            return work(*arguments, **named)
        finally:
            seen.add(step, time.perf_counter() - began, time.thread_time() - worked)

    return run


def trace() -> Seen:
    """Put a clock at each step of this process."""
    seen = Seen()
    for owner, name, step in _STEPS:
        setattr(owner, name, _timed(seen, step, getattr(owner, name)))
    begin = turn.begin

    def begun(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401 (as above)
        found = arguments[3]
        if found.rows:
            seen.add(PICKED_UP, (utcnow() - found.rows[0].received_at).total_seconds())
        return begin(*arguments, **named)

    turn.begin = begun

    @event.listens_for(Engine, "before_cursor_execute")
    def _statement(*_of: object) -> None:
        seen.add(STATEMENTS, 0.0)

    return seen


def main(argv: list[str]) -> int:
    """Run the worker until it is told to stop, then write down what was seen."""
    from cli.commands.processes import worker  # noqa: PLC0415 (after its parts have their clocks)
    from outreach.ground import logs  # noqa: PLC0415 (the same)

    logs.configure("worker")
    seen = trace()
    code = worker(None)  # type: ignore[arg-type] # it has no arguments
    Path(argv[0]).write_text(json.dumps(seen.by_step), encoding="utf-8")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
