"""An app says in the database that it answers; the clock tells where none does."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select
from standins import serving

from cli.processes import beat
from cli.processes.beat import Beat
from models import TickState, utcnow

if TYPE_CHECKING:
    from sqlalchemy.orm import Session, sessionmaker


@pytest.fixture
def listening() -> socket.socket:
    return socket.create_server(("127.0.0.1", 0))


def noted(session: Session) -> list[str]:
    session.rollback()
    return list(session.scalars(select(TickState.name)))


def test_one_that_answers_is_noted(
    sessions: sessionmaker[Session],
    session: Session,
    listening: socket.socket,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A port that takes connections and answers none is away: all its threads may be held."""
    monkeypatch.setattr(beat, "ANSWER_SECONDS", 0.2)
    with listening:
        Beat("webhook", listening, sessions).look()
        assert noted(session) == []
    with serving(lambda *_: (200, {"status": "ok"})) as url:
        one = Beat("webhook", Port(url), sessions)
        one.look()
        one.look()
        assert noted(session) == ["serve_webhook"]
        Beat("console", Port(url), sessions).look()
    assert noted(session) == ["serve_webhook", "serve_console"]
    assert all(utcnow() >= row.well_at for row in session.scalars(select(TickState)) if row.well_at)


class Port:
    """A socket's name for the port of a stand-in."""

    def __init__(self, url: str) -> None:
        self._port = urlsplit(url).port or 0

    def getsockname(self) -> tuple[str, int]:
        """Say where it listens, on all addresses."""
        return ("0.0.0.0", self._port)  # noqa: S104 (compared, not bound)


def test_several_processes_note_the_same_row(sessions: sessionmaker[Session], session: Session) -> None:
    """Both of a start at once: neither fails over the other's row."""
    with serving(lambda *_: (200, {"status": "ok"})) as url:
        both = [threading.Thread(target=Beat("webhook", Port(url), sessions).look) for _ in range(4)]
        for one in both:
            one.start()
        for one in both:
            one.join()
    assert noted(session) == ["serve_webhook"]


def test_where_it_is_asked() -> None:
    """From this machine, also where it listens on all addresses."""

    class Six:
        def getsockname(self) -> tuple[str, int, int, int]:
            return ("::", 8000, 0, 0)

    assert beat.address_of(Port("http://x:81/")) == "http://127.0.0.1:81/healthz"
    assert beat.address_of(Six()) == "http://[::1]:8000/healthz"
