"""Caseworkers at their desks: each has the list and one conversation open, and does what its page does.

A page listens to the stream, fetches what it shows again when it hears of something, tells every quarter of
a minute that it is in sight, and asks anyhow twice a minute (`console/static/live.js`, `thread.js`). Nobody
logs in: the sessions were made beside the console, by the product's own verbs.
"""

from __future__ import annotations

import http.client
import re
import threading
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_LAST = re.compile(r'data-last="(\d+)"')
_PATIENCE_SECONDS = 30.0
_FRAGMENT = {"X-Fragment": "1"}


@dataclass
class Answer:
    """What came back, and how long it took, in milliseconds."""

    status: int
    body: str
    headers: http.client.HTTPMessage
    ms: float


@dataclass
class Line:
    """One kept connection of a browser, with its cookies."""

    address: str
    cookies: dict[str, str]
    _connection: http.client.HTTPConnection | None = field(default=None, repr=False)

    def ask(
        self, path: str, headers: dict[str, str] | None = None, form: dict[str, str] | None = None
    ) -> Answer:
        """Ask for a page, or send a form; a connection that the server closed meanwhile is made anew.

        Raises:
            OSError: the console does not answer.
        """
        began = time.perf_counter()
        sent = {"Cookie": "; ".join(f"{n}={v}" for n, v in self.cookies.items())} | (headers or {})
        body = urlencode(form).encode() if form is not None else None
        if body is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        for last in (False, True):
            fresh = self._connection is None
            if self._connection is None:
                self._connection = http.client.HTTPConnection(
                    urlsplit(self.address).netloc, timeout=_PATIENCE_SECONDS
                )
            try:
                self._connection.request("GET" if form is None else "POST", path, body, sent)
                answer = self._connection.getresponse()
                content = answer.read().decode()
            except (http.client.HTTPException, OSError):
                self.close()
                if fresh or last:
                    raise
                continue
            break
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return Answer(answer.status, content, answer.headers, (time.perf_counter() - began) * 1000)

    def close(self) -> None:
        """Close it."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class Desk:
    """One desk with its stream; `heard` is when it last heard of each case, on this process's clock."""

    def __init__(self, address: str, token: str, case_id: str) -> None:
        self.address, self.case_id = address, case_id
        self.line = Line(address, {"avanza_session": token})
        self._parts = Line(address, self.line.cookies)
        self.heard: dict[str, float] = {}
        self.lists: list[tuple[float, float]] = []
        """When each fetch of the list began and ended."""
        self.read = ""
        """What its conversation has gained since it was opened."""
        self.failures: list[str] = []
        self._token = self._list_version = self._thread_version = ""
        self._last = "0"
        self._rang_at = 0.0
        self._dirty: set[str] = set()
        self._wake = threading.Condition()
        self._ended = threading.Event()
        self._listening = threading.Event()
        self._stream: http.client.HTTPConnection | None = None
        self._threads = [threading.Thread(target=one, daemon=True) for one in (self._listen, self._renew)]

    def sit_down(self) -> None:
        """Open the page and the stream; return once it listens."""
        self.open_case()
        for thread in self._threads:
            thread.start()
        if not self._listening.wait(_PATIENCE_SECONDS):
            raise OSError("the stream did not begin")

    def open_case(self) -> Answer:
        """Load the page of its conversation."""
        answer = self.line.ask(f"/casos/{self.case_id}")
        found, last = _TOKEN.search(answer.body), _LAST.search(answer.body)
        if answer.status != 200 or not found or not last:  # noqa: PLR2004
            raise OSError(f"the page of a conversation answered {answer.status}")
        self._token, self._last = found[1], last[1]
        return answer

    def is_in_sight(self) -> None:
        """Tell that somebody sits here."""
        form = {"typing": "", "case": self.case_id}
        self._good(self.line.ask("/casos/aqui", _FRAGMENT | {"X-CSRFToken": self._token}, form))

    def answer(self, text: str) -> None:
        """Answer her."""
        form = {"text": text, "once": str(uuid.uuid4()), "csrf_token": self._token}
        answer = self.line.ask(f"/casos/{self.case_id}/responder", form=form)
        if answer.status != 302:  # noqa: PLR2004
            self.failures.append(f"answer {answer.status}")

    def ask_again(self) -> None:
        """Have everything fetched again, as the page does twice a minute."""
        self._hear("again", "")

    def _fetch_list(self) -> None:
        began = time.perf_counter()
        seen = {"X-Seen": self._list_version} if self._list_version else {}
        answer = self._parts.ask(f"/casos/lista?actual={self.case_id}", _FRAGMENT | seen)
        if self._good(answer):
            self._list_version = answer.headers.get("X-Version") or self._list_version
            self.lists.append((began, time.perf_counter()))

    def _fetch_thread(self) -> None:
        seen = {"X-Seen": self._thread_version} if self._thread_version else {}
        answer = self._parts.ask(f"/casos/{self.case_id}/hilo?desde={self._last}", _FRAGMENT | seen)
        if self._good(answer) and answer.status == 200:  # noqa: PLR2004
            self._thread_version = answer.headers.get("X-Version") or ""
            self._last = answer.headers.get("X-Last") or self._last
            self.read += answer.body

    def shows(self, case_id: str, since: float) -> float | None:
        """When the list here showed what happened in a case since then; None as long as it does not."""
        heard = self.heard.get(case_id, 0.0)
        if heard < since:
            return None
        return next((ended for began, ended in self.lists if began >= heard), None)

    def leave(self) -> None:
        """Close everything."""
        self._ended.set()
        with self._wake:
            self._wake.notify_all()
        stream = self._stream
        if stream is not None and stream.sock is not None:
            with suppress(OSError):
                stream.sock.shutdown(2)
        for thread in self._threads:
            if thread.is_alive():
                thread.join(5)
        self.line.close()

    def _good(self, answer: Answer) -> bool:
        if answer.status in {200, 204}:
            return True
        self.failures.append(str(answer.status))
        return False

    def _listen(self) -> None:
        self._stream = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=60)
        headers = {"Cookie": f"avanza_session={self.line.cookies['avanza_session']}",
                   "Accept": "text/event-stream"}  # fmt: skip
        try:
            self._stream.request("GET", "/casos/vivo", headers=headers)
            answer = self._stream.getresponse()
            if answer.status != 200:  # noqa: PLR2004
                self.failures.append(f"stream {answer.status}")
                return
            self._listening.set()
            event = ""
            while line := answer.readline():
                name, _, value = line.decode().strip().partition(":")
                value = value.strip()
                if name == "event":
                    event = value
                elif name == "data":
                    self._hear(event, value)
        except (OSError, ValueError, http.client.HTTPException) as error:
            if not self._ended.is_set():
                self.failures.append(f"stream {type(error).__name__}")

    def _hear(self, event: str, value: str) -> None:
        if event == "queue":
            self._rang_at = time.perf_counter()
        elif event == "case":
            # Its list is fetched from the ring on that came just before it.
            self.heard[value] = self._rang_at
        with self._wake:
            if event in {"queue", "again"}:
                self._dirty.add("queue")
            if event == "again" or (event == "case" and value == self.case_id):
                self._dirty.add("case")
            self._wake.notify()

    def _renew(self) -> None:
        """Fetch again what has changed; what changes meanwhile is fetched once more after that."""
        while not self._ended.is_set():
            with self._wake:
                while not self._dirty and not self._ended.is_set():
                    self._wake.wait(1.0)
                dirty, self._dirty = self._dirty, set()
            try:
                if "case" in dirty:
                    self._fetch_thread()
                if "queue" in dirty:
                    self._fetch_list()
            except (OSError, http.client.HTTPException) as error:
                self.failures.append(type(error).__name__)
        self._parts.close()
