"""The console as a process of its own, served as in production, on the database of a test."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import entering
import requests
from support import environment

from cli import checks
from cli.processes.http_workers import listener
from outreach.ground.settings import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from codes import CodesApp
    from playwright.sync_api import BrowserContext

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass(frozen=True)
class Served:
    """A running console."""

    address: str
    process: subprocess.Popen[bytes]


@contextmanager
def served(database_url: str, var: Path) -> Iterator[Served]:
    """Run one process of the console until the test is done with it."""
    listening = listener("127.0.0.1", 0)
    descriptor = listening.fileno()
    env = environment(var, AVANZA_DATABASE_URL=database_url)
    with (var / "console.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-sP", "-m", "cli.processes.wsgi", "console", str(descriptor)],
            env={**os.environ, **env, "PYTHONPATH": str(ROOT)},
            pass_fds=[descriptor],
            cwd=ROOT,
            stdout=log,
            stderr=log,
        )
    port = listening.getsockname()[1]
    listening.close()
    made = Served(f"http://127.0.0.1:{port}", process)
    try:
        deadline = time.monotonic() + 120
        while checks.answers(f"{made.address}/healthz") is None:
            assert process.poll() is None, (var / "console.log").read_text()
            assert time.monotonic() < deadline, "the console did not start"
            time.sleep(0.1)
        yield made
    finally:
        process.terminate()
        process.wait(20)


@dataclass
class Visitor:
    """A member of staff who logs in over the network."""

    address: str
    session: requests.Session = field(default_factory=requests.Session)

    def enters(self, username: str, password: str, phone: CodesApp | None) -> None:
        """Log in, with the code of her phone where she has one."""
        for form in entering.forms(username, password):
            self.posts("/entrar", "/entrar", **form)
        if phone is not None:
            self.posts("/entrar/codigo", "/entrar/codigo", code=phone.code())
        assert self.session.cookies.get("avanza_session")

    def posts(self, path: str, page: str, **fields: str) -> requests.Response:
        """Send a form of a page."""
        found = TOKEN.search(self.session.get(self.address + page, timeout=60).text)
        assert found
        sent = fields | {"csrf_token": found[1]}
        return self.session.post(self.address + path, data=sent, timeout=60, allow_redirects=False)

    def listens(self) -> requests.Response:
        """Open a stream."""
        headers = {"Accept": "text/event-stream"}
        return self.session.get(self.address + "/casos/vivo", headers=headers, stream=True, timeout=60)

    def lends_her_login(self, context: BrowserContext) -> None:
        """Let a browser go on with this login."""
        for cookie in self.session.cookies:
            context.add_cookies([{"name": cookie.name, "value": cookie.value or "", "url": self.address}])
