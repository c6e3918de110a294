"""Until when a request waits for the database: whoever asked has a limit of his own, and is told before it.

The limits of `postgres_address` end a connection whose packets vanish, within ten seconds. They do not see a
server that is connected and says nothing (a frozen machine, a disk that hangs, a commit that waits for a
standby), and they do not know how long a request has waited behind others.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final, TypeVar

import psycopg

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from psycopg.abc import PQGen

    Result = TypeVar("Result")

RECEIVED: Final = "avanza.received_at"
"""Where the server writes into a WSGI environment when it had the whole request, by the monotonic clock."""
_LEAST_CONNECT_SECONDS: Final = 2
"""libpq takes a shorter limit for this one."""
_INTERVAL: Final = 0.1
_moment: ContextVar[float | None] = ContextVar("deadline", default=None)


class DeadlineError(psycopg.OperationalError):
    """Whoever asked waits no longer; where a statement was under way its connection is closed."""


@contextmanager
def until(moment: float) -> Iterator[None]:
    """Have nothing in the block wait for the database beyond a moment of the monotonic clock.

    Within another such block the earlier moment holds.
    """
    outer = _moment.get()
    token = _moment.set(moment if outer is None else min(moment, outer))
    try:
        yield
    finally:
        _moment.reset(token)


def left() -> float | None:
    """Return the seconds until the deadline, 0.0 after it; None where there is none."""
    moment = _moment.get()
    return None if moment is None else max(0.0, moment - time.monotonic())


class Limited:
    """An app with a deadline for each request, so many seconds after it was received whole.

    A response that is streamed has none.
    """

    def __init__(self, app: WSGIApplication, seconds: float) -> None:
        self._app, self._seconds = app, seconds

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer as the app does."""
        with until(environ.get(RECEIVED, time.monotonic()) + self._seconds):
            return self._app(environ, start_response)


def connect_seconds(given: int, servers: int) -> int:
    """Return how many seconds connecting to each of several servers may take, `given` at most.

    Raises:
        DeadlineError: there is no time for all of them.
    """
    seconds = left()
    if seconds is None:
        return given
    each = int(seconds / servers)
    if each < _LEAST_CONNECT_SECONDS:
        raise DeadlineError
    return min(given, each)


class Connection(psycopg.Connection[Any]):
    """A connection that waits no longer than whoever uses it."""

    def wait(self, gen: PQGen[Result], interval: float = _INTERVAL, timeout: float | None = None) -> Result:
        """Wait as psycopg does.

        Raises:
            DeadlineError: the deadline came first. What the server made of the statement is not known.
        """
        seconds = left()
        if seconds is None or (timeout is not None and timeout <= seconds):
            return super().wait(gen, interval, timeout)
        try:
            return super().wait(gen, interval, seconds)
        except psycopg.OperationalError:
            if left():
                raise
            self.close()
            raise DeadlineError from None
