"""The HTTP server of both Flask apps: waitress, which takes a thread only for a request that is whole.

Slow or idle connections cost a little memory, never a thread: each has a time limit for a request, and where
too many are open the one that has waited longest is closed. Nothing of a request is kept on disk or logged.
"""

from __future__ import annotations

import os
import resource
import signal
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.server import TcpWSGIServer
from waitress.task import ThreadedTaskDispatcher, WSGITask

from outreach.ground import deadlines

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

BACKLOG = 1024
ALIVE = "/healthz"
HUNG_SECONDS = 30.0
"""So long after the last answer, while others wait, no thread works any more."""
_LOOK_SECONDS = 0.5
_STOP_SECONDS = 2.0


@dataclass(frozen=True)
class Limits:
    """What one process grants. The app itself says what is too long; here is only what memory allows."""

    threads: int
    request_seconds: float
    """From the first byte of a request to its last."""
    body_bytes: int
    idle_seconds: float = 30.0
    """Between two requests of one connection, and for a client that takes nothing of its answer."""
    connections: int = 1000
    header_bytes: int = 32 * 1024
    waiting_bytes: int = 128 * 1024 * 1024
    """Of all requests together that are not whole yet."""


class _Task(WSGITask):  # type: ignore[misc] # waitress carries no types
    """One answer; waitress would close the connection after each that has no body, such as every 204."""

    def set_close_on_finish(self) -> None:
        """Close the connection after this answer, unless it says by itself where it ends."""
        asked = self.request.headers.get("CONNECTION", "").lower() == "close"
        if self.has_body or self.version != "1.1" or asked:
            super().set_close_on_finish()

    def get_environment(self) -> dict[str, Any]:
        """Say in it since when the request waits."""
        environment: dict[str, Any] = super().get_environment()
        environment[deadlines.RECEIVED] = self.channel.received_at
        return environment


class _Channel(HTTPChannel):  # type: ignore[misc] # waitress carries no types
    """One connection that remembers since when it is waited for."""

    task_class = _Task
    server: Server
    waits_since: float
    received_at: float = 0.0
    """When the request that is served, or is about to be, was there as a whole."""
    aside: bool = False
    """Whether it is served beside those that wait for the database."""
    begun_at: float | None = None
    held: int = 0
    """Bytes of a request that is not whole yet."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 (waitress' own arguments)
        super().__init__(*args, **kwargs)
        self.waits_since = time.monotonic()

    def received(self, data: bytes) -> bool:
        if self.begun_at is None:
            self.begun_at = time.monotonic()
        taken = bool(super().received(data))
        if self.request is None:
            self.begun_at = None
            self._let_go()
        else:
            self.held += len(data)
            self.server.hold(len(data))
        return taken

    def _let_go(self) -> None:
        self.server.held -= self.held
        self.held = 0

    def del_channel(self, map: Any = None) -> None:  # noqa: A002, ANN401 (waitress' own name)
        super().del_channel(map)
        self._let_go()

    def service(self) -> None:
        super().service()
        self.waits_since = time.monotonic()
        if not self.aside:
            self.server.served_at = self.waits_since

    def _flush_some(self, do_close: bool = True) -> bool:
        sent = bool(super()._flush_some(do_close=do_close))
        if sent:
            self.waits_since = time.monotonic()
        return sent

    @property
    def is_served(self) -> bool:
        """Whether a thread works for it, or is about to."""
        return bool(self.requests)

    def is_late(self, limits: Limits, now: float) -> bool:
        """Whether its client had the time that it may have."""
        if self.is_served:
            return False
        if self.begun_at is not None:
            return now - self.begun_at > limits.request_seconds
        return now - self.waits_since > limits.idle_seconds


class Server(TcpWSGIServer):  # type: ignore[misc] # waitress carries no types
    """waitress' server with time limits, and with room made where too many connections are open."""

    channel_class = _Channel

    def __init__(self, app: Callable[..., Any], listener: socket.socket, limits: Limits) -> None:
        self.limits = limits
        most = _most_connections(limits.connections)
        self._most = most
        adjustments = Adjustments(
            sockets=[listener],
            threads=limits.threads,
            backlog=BACKLOG,
            # Its own limits come after ours: it would stop listening where we make room.
            connection_limit=2 * most + 100,
            channel_timeout=3600,
            cleanup_interval=1,
            asyncore_use_poll=True,
            max_request_header_size=limits.header_bytes,
            max_request_body_size=limits.body_bytes,
            # What she writes never goes into a temporary file.
            inbuf_overflow=2 * limits.body_bytes,
            outbuf_overflow=1 << 30,
            ident="",
            log_socket_errors=False,
            expose_tracebacks=False,
            clear_untrusted_proxy_headers=False,  # the console reads them itself (ProxyFix)
        )
        dispatcher = ThreadedTaskDispatcher()
        dispatcher.set_thread_count(limits.threads)
        where = (listener.family, listener.type, listener.proto, listener.getsockname())
        super().__init__(
            app, {}, True, listener, dispatcher=dispatcher, adj=adjustments, sockinfo=where, bind_socket=False
        )
        self._stopping = False
        self.held = 0
        self.served_at = time.monotonic()
        self._aside = ThreadedTaskDispatcher()
        self._aside.set_thread_count(1)

    def add_task(self, task: _Channel) -> None:
        """Have a request served. Whether the process lives is said beside those that wait for the database.

        Not where all threads have hung for long by another fault: then who looks after it starts it again.
        """
        task.received_at = time.monotonic()
        hangs = self.task_dispatcher.queue and task.received_at - self.served_at > HUNG_SECONDS
        task.aside = getattr(task.requests[0], "path", "") == ALIVE and not hangs
        (self._aside if task.aside else self.task_dispatcher).add_task(task)

    def handle_accept(self) -> None:
        """Take one more connection; the longest waiting one goes where there are too many."""
        if len(self.active_channels) >= self._most and not self._make_room():
            return
        super().handle_accept()

    def hold(self, count: int) -> None:
        """Count what waits in memory; where it is too much, the request that holds most of it goes."""
        self.held += count
        while self.held > self.limits.waiting_bytes:
            largest = max(self.active_channels.values(), key=lambda one: one.held)
            if not largest.held:
                return
            largest.handle_close()

    def _make_room(self) -> bool:
        waiting = [one for one in self.active_channels.values() if not one.is_served]
        if not waiting:
            return False
        min(waiting, key=lambda one: one.waits_since).handle_close()
        return True

    def maintenance(self, now: float) -> None:  # noqa: ARG002 (wall time, which may be set back)
        """Close what had its time."""
        moment = time.monotonic()
        for one in self.active_channels.values():
            if one.is_late(self.limits, moment):
                one.cancel()

    def serve(self, *, parent: int | None = None, on_stop: Callable[[], None] | None = None) -> None:
        """Serve until SIGTERM or SIGINT, or until `parent` is gone; finish what was begun.

        `on_stop` ends answers that would go on for as long as their page is open.
        """
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        while not self._stopping and parent in {None, os.getppid()}:
            self._turn()
        self.accepting = False
        if on_stop is not None:
            on_stop()
        self.del_channel()  # no longer listened to: another process takes what comes
        deadline = time.monotonic() + _STOP_SECONDS
        while time.monotonic() < deadline and any(
            one.is_served or one.total_outbufs_len for one in self.active_channels.values()
        ):
            self._turn(0.05)
        self._aside.shutdown(timeout=0.1)
        self.task_dispatcher.shutdown(timeout=0.5)
        self._turn(0)
        wasyncore.close_all(self._map)

    def _turn(self, seconds: float = _LOOK_SECONDS) -> None:
        wasyncore.loop(timeout=seconds, use_poll=True, map=self._map, count=1)

    def _stop(self, _number: int, _frame: object) -> None:
        self._stopping = True
        self.pull_trigger()


def _most_connections(wanted: int) -> int:
    """As many as the system lets a process have, with room for files and the database."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < 4 * wanted:
        most = 4 * wanted if hard == resource.RLIM_INFINITY else min(4 * wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        soft = most
    return wanted if soft == resource.RLIM_INFINITY else min(wanted, soft // 2)
