"""Notes in the database that an app answers, so that the clock can tell where none does (`figures.standing`).

It asks the port as a client would: one whose threads are all held is as good as away. Holds no connection
while it waits, and never stops the app whatever fails.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy.exc import SQLAlchemyError

from cli import checks
from models import utcnow
from outreach.ground import logs, tick_state

if TYPE_CHECKING:
    from sqlalchemy.orm import Session, sessionmaker

EVERY_SECONDS = 10.0
ANSWER_SECONDS, END_SECONDS = 3.0, 0.5
log = logs.get("avanza.http")


class Listening(Protocol):
    """A listening socket: all that is asked of it is where it listens."""

    def getsockname(self) -> Any:  # noqa: ANN401 (a socket's own word)
        """Return host and port first."""


class Beat:
    """The thread of one process that serves `app`; several processes note the same row."""

    def __init__(self, app: str, listening: Listening, sessions: sessionmaker[Session]) -> None:
        self._name, self._url, self._sessions = tick_state.SERVES[app], address_of(listening), sessions
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="beat", daemon=True)

    def start(self) -> None:
        """Begin; the first look comes at once."""
        self._thread.start()

    def stop(self) -> None:
        """End, and wait until nothing of it is in the database's library; a stop takes two seconds in all."""
        self._over.set()
        self._thread.join(END_SECONDS)

    def _run(self) -> None:
        while True:
            self.look()
            if self._over.wait(EVERY_SECONDS):
                return

    def look(self) -> None:
        """Ask once, and note it where it answered."""
        if checks.answers(self._url, ANSWER_SECONDS) is None:
            return
        try:
            with self._sessions.begin() as session:
                tick_state.beat(session, self._name, utcnow())
        except SQLAlchemyError as error:
            log.warning("not noted", action="beat_not_noted", kind=type(error).__name__)


def address_of(listening: Listening) -> str:
    """Return where to ask a listening socket for its health, from this machine."""
    host, port = listening.getsockname()[:2]
    reach = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 (compared, not bound)
    return f"http://[{reach}]:{port}/healthz" if ":" in reach else f"http://{reach}:{port}/healthz"
