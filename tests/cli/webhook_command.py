"""`./avanza webhook` as it is run on its own, for the tests that attack it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from support import environment

from cli import checks
from outreach.ground.settings import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def running(database_url: str, var: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Run the command until the test is done with it; yields the process and its port once it is ready."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    base = f"http://127.0.0.1:{port}"
    env = environment(
        var, AVANZA_DATABASE_URL=database_url, AVANZA_WEBHOOK_PORT=str(port), AVANZA_PUBLIC_URL=base
    )
    log = var / "log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-sP", "-m", "cli", "webhook"],
            env={**os.environ, **env, "PYTHONPATH": str(ROOT)},
            cwd=ROOT,
            stdout=file,
            stderr=file,
        )
    try:
        deadline = time.monotonic() + 150
        while checks.answers(f"{base}/readyz") is None:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, "the webhook did not start"
            time.sleep(0.1)
        yield process, port
    finally:
        process.terminate()
        process.wait(20)
