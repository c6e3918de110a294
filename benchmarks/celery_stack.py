"""A Celery queue with its broker and worker, in an environment made for the run and removed with it."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import text

from cli.install import uv
from cli.install.failure import Failure
from cli.install.places import ROOT, python_of
from cli.install.progress import step
from cli.processes.running import Service

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from sqlalchemy import Engine

    from benchmarks.stack import Stack

_PACKAGES = ("celery[redis]==5.5.3", "psycopg[binary,pool]==3.2.*", "requests==2.*")
WORKER = "celery"
_DRAIN_SECONDS, _LOOK_SECONDS = 3600.0, 1.0
_TABLE = "CREATE TABLE peer_row (id int PRIMARY KEY, phone text NOT NULL, state text NOT NULL)"
_ROWS = """INSERT INTO peer_row SELECT n, '+522' || lpad(n::text, 9, '0'), 'created'
    FROM generate_series(0, :last) n"""


@dataclass(frozen=True)
class Peer:
    """A Celery queue that is ready to work."""

    stack: Stack
    engine: Engine
    env: dict[str, str]
    python: Path
    broker: Path

    def fill(self, rows: int) -> None:
        """Write rows anew, and a job for each."""
        with self.engine.begin() as connection:
            connection.execute(text("DROP TABLE IF EXISTS peer_row"))
            connection.execute(text(_TABLE))
            connection.execute(text(_ROWS), {"last": rows - 1})
        argv = [str(self.python), "-m", "benchmarks.celery_peer", str(rows)]
        subprocess.run(argv, env=self.env, cwd=ROOT, check=True, capture_output=True)

    def work(self, threads: int) -> None:
        """Start its worker."""
        argv = (
            *(str(self.python), "-m", "celery", "-A", "benchmarks.celery_peer", "worker"),
            *("--pool", "threads", "--concurrency", str(threads), "--loglevel", "ERROR"),
            *("--without-gossip", "--without-mingle"),
        )
        self.stack.start(Service(WORKER, argv, self.env))

    def drained(self) -> bool:
        """Wait until no job is left, also none that the broker keeps for a worker that died."""
        until = time.monotonic() + _DRAIN_SECONDS
        while time.monotonic() < until:
            if not self._count("LLEN", "celery") + self._count("HLEN", "unacked"):
                return True
            time.sleep(_LOOK_SECONDS)
        return False

    def _count(self, *command: str) -> int:
        argv = ["redis-cli", "-s", str(self.broker), *command]
        return int(subprocess.run(argv, check=True, capture_output=True, text=True).stdout)

    def states(self) -> dict[str, int]:
        """How its table says that the rows ended."""
        with self.engine.connect() as connection:
            rows = connection.execute(text("SELECT state, count(*) FROM peer_row GROUP BY 1 ORDER BY 1"))
            return {str(state): int(count) for state, count in rows}


@contextmanager
def peer(stack: Stack, engine: Engine, api: str, *, marks: str) -> Iterator[Peer]:
    """Make the environment where it is missing, start the broker; end both with the measurement.

    `marks`: whether a row is marked `before` the call or `after` it.
    """
    folder = stack.ready.settings.var / "celery"
    python = _environment(folder)
    socket = folder / f"{marks}.sock"
    broker = subprocess.Popen(
        [_redis(), "--port", "0", "--unixsocket", str(socket), "--save", "", "--appendonly", "no",
         "--dir", str(folder)],
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait_for(socket)
        env = {
            **{name: value for name, value in os.environ.items() if name in {"PATH", "LANG", "HOME"}},
            "PYTHONPATH": str(ROOT),
            "PEER_BROKER": f"redis+socket://{socket}",
            "PEER_DATABASE": stack.ready.settings.database_url or "",
            "PEER_API": api,
            "PEER_MARKS": marks,
        }
        yield Peer(stack, engine, env, python, socket)
    finally:
        stack.stop_one(WORKER)
        broker.terminate()
        broker.wait(10)


def _environment(folder: Path) -> Path:
    python = python_of(folder / "venv")
    if python.exists():
        return python
    folder.mkdir(parents=True, exist_ok=True)
    with step("make the peer's environment"):
        installer, env = str(uv.find_uv()), uv.uv_environment()
        _quietly([installer, "venv", "--quiet", str(folder / "venv")], env)
        _quietly([installer, "pip", "install", "--quiet", "--python", str(python), *_PACKAGES], env)
    return python


def _quietly(argv: Sequence[str], env: dict[str, str]) -> None:
    done = subprocess.run(argv, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failure(f"the peer's environment could not be made: {done.stderr.strip()[-200:]}")


def _redis() -> str:
    found = shutil.which("redis-server")
    if found is None:
        raise Failure("the peer's broker is missing: apt-get install redis-server")
    return found


def _wait_for(socket: Path) -> None:
    for _ in range(100):
        if socket.exists():
            return
        time.sleep(0.1)
    raise Failure("the peer's broker did not start")
