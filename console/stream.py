"""The stream by which the desk's pages hear that something happened, within a second; never what (P4).

One connection to the database listens for a process; each page holds one thread for as long as it is open.
A stream ends with the login: it looks again every few seconds, in a short transaction of its own.
"""

from __future__ import annotations

import json
import queue
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from flask import Flask, Response, current_app
from sqlalchemy.exc import SQLAlchemyError

from models import Role
from outreach.casework import bell
from outreach.ground import logs
from outreach.sealing import vault
from outreach.staff import sessions as logins

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable, Generator, Iterator
    from datetime import datetime

    from sqlalchemy.orm import Session, sessionmaker

    from outreach.sealing.crypto import PersonalKey
    from outreach.staff.sessions import Identity

MOST: Final = 64
"""Streams of one process; the server has threads for them and for everything else."""
MOST_OF_ONE: Final = 3
"""Of one login: a browser opens no more than six connections at all."""
WAITING: Final = 64
LOOK_AGAIN_SECONDS: Final = 15.0
RETRY_MS: Final = 3000
ROLES: Final = frozenset({Role.CASEWORKER, Role.SUPERVISOR})

Event = tuple[str, str]
log = logs.get("avanza.console")
AGAIN: Final[Event] = ("again", "")
QUEUE: Final[Event] = ("queue", "")


@dataclass(frozen=True)
class Rights:
    """What a page may hear of."""

    teams: frozenset[uuid.UUID]
    supervisor: bool


@dataclass(eq=False)
class Client:
    """One page that listens."""

    login_id: uuid.UUID
    staff_id: uuid.UUID
    rights: Rights
    waiting: queue.Queue[Event | None] = field(default_factory=lambda: queue.Queue(WAITING))

    def tell(self, event: Event | None) -> None:
        """Have the page told (None: that it is over); one that does not keep up has to fetch everything."""
        try:
            self.waiting.put_nowait(event)
        except queue.Full:
            with self.waiting.mutex:
                self.waiting.queue.clear()
            with suppress(queue.Full):
                self.waiting.put_nowait(None if event is None else AGAIN)


class Hub:
    """All streams of this process, and the thread that listens for them."""

    def __init__(self, sessions: sessionmaker[Session], key: PersonalKey) -> None:
        self._sessions, self._key = sessions, key
        self._clients: set[Client] = set()
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._open: set[uuid.UUID] = set()

    @property
    def stopped(self) -> bool:
        """Whether the process is about to end."""
        return self._stop.is_set()

    def join(self, client: Client) -> bool:
        """Let a page listen; False where there are too many, of all or of one login."""
        with self._lock:
            own = sum(one.login_id == client.login_id for one in self._clients)
            if self.stopped or len(self._clients) >= MOST or own >= MOST_OF_ONE:
                return False
            self._clients.add(client)
            if self._thread is None:
                self._thread = threading.Thread(target=self._listen, name="desk stream", daemon=True)
                self._thread.start()
            return True

    def leave(self, client: Client) -> None:
        """Forget a page."""
        with self._lock:
            self._clients.discard(client)

    def end(self) -> None:
        """End all streams, and let none begin."""
        self._stop.set()
        for client in self._all():
            client.tell(None)

    def stop(self) -> None:
        """End all streams, and wait until nobody listens to the database."""
        self.end()
        if self._thread is not None:
            self._thread.join(timeout=3.0)

    def _all(self) -> list[Client]:
        with self._lock:
            return list(self._clients)

    def _listen(self) -> None:
        engine = self._sessions.kw["bind"]
        for ring in bell.rings(engine, self._stop):
            if isinstance(ring, bell.Missed):
                for client in self._all():
                    client.tell(AGAIN)
            else:
                self._try_to_pass_on(ring)

    def _try_to_pass_on(self, ring: bell.Changed | bell.Looking) -> None:
        """Pass a ring on; the thread outlives one that can't be looked up, and the pages fetch everything."""
        try:
            self._pass_on(ring)
        except Exception as error:  # noqa: BLE001 (no ring may silence those after it)
            log.warning("ring lost", action="ring_lost", kind=type(error).__name__)
            for client in self._all():
                client.tell(AGAIN)

    def _pass_on(self, ring: bell.Changed | bell.Looking) -> None:
        with self._sessions() as session:
            audience = bell.audience(session, self._key, ring.case_id)
            name = bell.name_of(session, ring.staff_id) if isinstance(ring, bell.Looking) else ""
        if audience is None or not self._concerns(ring.case_id, is_open=audience.is_open):
            return
        for client in self._all():
            if not audience.includes(client.rights.teams, supervisor=client.rights.supervisor):
                continue
            if isinstance(ring, bell.Changed):
                client.tell(QUEUE)
                client.tell(("case", str(ring.case_id)))
            elif client.staff_id != ring.staff_id:
                said = {"case": str(ring.case_id), "name": name, "typing": ring.typing}
                client.tell(("looking", json.dumps(said)))

    def _concerns(self, case_id: uuid.UUID, *, is_open: bool) -> bool:
        """Whether the desks show this case: it is open, or was when it last rang; a draft is neither."""
        known = case_id in self._open
        if is_open:
            self._open.add(case_id)
        else:
            self._open.discard(case_id)
        return is_open or known


def install(app: Flask, sessions: sessionmaker[Session], key: PersonalKey) -> None:
    """Give the application its hub, which listens from the first stream on and ends with its process."""
    app.extensions["avanza_streams"] = Hub(sessions, key)


def hub_of(app: Flask) -> Hub:
    """Return the application's hub."""
    found: Hub = app.extensions["avanza_streams"]
    return found


def rights_of(session: Session, identity: Identity) -> Rights | None:
    """Return what she may hear of; None where she may not open cases."""
    if identity.private_key is None or identity.staff.role not in ROLES:
        return None
    teams = frozenset(vault.teams_of(session, identity.staff.id))
    return Rights(teams, identity.staff.role is Role.SUPERVISOR)


def answer(session: Session, identity: Identity, token: str) -> Response:
    """Answer with a stream, or 503 where there are too many: then the page asks by itself, as ever.

    The request's own database session ends before the first byte leaves; `token` is what the stream looks
    her login up with from then on.
    """
    hub = hub_of(current_app)
    rights = rights_of(session, identity)
    client = Client(identity.session.id, identity.staff.id, rights) if rights else None
    if client is None or not hub.join(client):
        return Response(status=503)
    known = current_app.extensions
    look = _Look(known["avanza_sessions"], token, known["avanza_clock"])
    response = Response(_Events(hub, client, look), mimetype="text/event-stream")
    response.headers["X-Accel-Buffering"] = "no"
    return response


@dataclass(frozen=True)
class _Look:
    """Looks whether a login still holds."""

    sessions: sessionmaker[Session]
    token: str = field(repr=False)
    clock: Callable[[], datetime]

    def rights(self) -> Rights | None:
        """Return what she may hear of now; None where the login has ended or can't be looked up."""
        try:
            with self.sessions.begin() as session:
                identity = logins.identify(session, self.token, self.clock(), touch=False)
                return rights_of(session, identity) if identity else None
        except SQLAlchemyError:
            return None


class _Events:
    """The body of one stream; closing it, begun or not, lets its place go."""

    def __init__(self, hub: Hub, client: Client, look: _Look) -> None:
        self._hub, self._client, self._look = hub, client, look
        self._lines: Generator[bytes, None, None] = self._run()

    def __iter__(self) -> Iterator[bytes]:
        return self._lines

    def close(self) -> None:
        self._hub.leave(self._client)
        self._lines.close()

    def _run(self) -> Generator[bytes, None, None]:
        try:
            yield f"retry: {RETRY_MS}\n\n".encode()
            look_at = time.monotonic() + LOOK_AGAIN_SECONDS
            while not self._hub.stopped:
                try:
                    event = self._client.waiting.get(timeout=max(0.0, look_at - time.monotonic()))
                except queue.Empty:
                    rights = self._look.rights()
                    if rights is None:
                        return
                    self._client.rights = rights
                    look_at = time.monotonic() + LOOK_AGAIN_SECONDS
                    yield b":\n\n"
                    continue
                if event is None:
                    return
                yield f"event: {event[0]}\ndata: {event[1]}\n\n".encode()
        finally:
            self._hub.leave(self._client)
