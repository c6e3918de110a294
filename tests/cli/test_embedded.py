"""The embedded PostgreSQL answers again within seconds of its death, whatever its files look like (A1)."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import psycopg
import pytest
from support import TEST_VAR

from outreach.ground import embedded
from outreach.ground.settings import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.processes
PROMISED_SECONDS = 5.0


@pytest.fixture
def var() -> Iterator[Path]:
    """A state folder of its own; whatever runs in it is stopped.

    Not one of pytest's: as root the server runs as another user, and each start of pytest shuts others out
    of the folder above.
    """
    TEST_VAR.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix="pg-", dir=TEST_VAR))
    yield made
    embedded.stop(made)
    shutil.rmtree(made)


def postmaster(var: Path) -> int:
    return int((var / "postgresql" / "postmaster.pid").read_text().split("\n", 1)[0])


def with_number(var: Path, number: int) -> None:
    """Have the lock file name another process, as after a restart of the machine."""
    path = var / "postgresql" / "postmaster.pid"
    first, _, rest = path.read_text().partition("\n")
    assert first
    path.write_text(f"{number}\n{rest}")


def kill_postmaster(var: Path) -> None:
    kill(psutil.Process(postmaster(var)))


def kill_all(var: Path) -> None:
    """The postmaster first: it would call the end of a child a crash and recover by itself."""
    data = str((var / "postgresql").resolve())
    master = next(one for one in psutil.process_iter() if data in command_of(one))
    kill(master, *master.children())


def command_of(process: psutil.Process) -> list[str]:
    with suppress(psutil.Error):
        return list(process.cmdline())
    return []


def kill(*processes: psutil.Process) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(processes, timeout=5)


def kill_and_leave_a_strangers_number(var: Path) -> None:
    with_number(var, os.getpid())
    kill_all(var)


def kill_and_leave_an_empty_lock(var: Path) -> None:
    (var / "postgresql" / "postmaster.pid").write_text("")
    kill_all(var)


def kill_and_leave_half_a_lock(var: Path) -> None:
    path = var / "postgresql" / "postmaster.pid"
    path.write_text("\n".join(path.read_text().splitlines()[:4]))
    kill_all(var)


def kill_and_leave_nothing(var: Path) -> None:
    (var / "postgresql" / "postmaster.pid").unlink()
    kill_all(var)


def answers(address: str) -> bool:
    try:
        with psycopg.connect(address, connect_timeout=2) as connection:
            return connection.execute("SELECT count(*) FROM kept").fetchone() == (20_000,)
    except psycopg.Error:
        return False


def seconds_until(check: Callable[[], bool]) -> float:
    began = time.monotonic()
    while not check():
        assert time.monotonic() - began < 30, "it did not happen"
        time.sleep(0.02)
    return time.monotonic() - began


@pytest.mark.parametrize(
    "deaths",
    [
        (kill_postmaster, kill_postmaster),
        (kill_all,),
        (kill_and_leave_a_strangers_number,),
        (kill_and_leave_an_empty_lock,),
        (kill_and_leave_half_a_lock,),
        (kill_and_leave_nothing,),
    ],
)
def test_answers_again_within_five_seconds(var: Path, deaths: tuple[Callable[[Path], None], ...]) -> None:
    """A1: killed with kill -9 in the middle of its work, it recovers what was committed and answers."""
    told: list[str] = []
    with embedded.held(var, told.append) as address:
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute("CREATE TABLE kept AS SELECT n, md5(n::text) FROM generate_series(1, 20000) n")
        for die in deaths:
            die(var)
            assert seconds_until(lambda: answers(address)) < PROMISED_SECONDS
    assert told


def test_recovery_may_take_its_time(var: Path) -> None:
    """Two that want it at once, right after a crash, both get the one server that recovers."""
    address = embedded.start(var)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT n, md5(n::text) FROM generate_series(1, 20000) n")
    kill_all(var)
    got: list[str] = []
    both = [threading.Thread(target=lambda: got.append(embedded.start(var))) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert got == [address, address]
    assert answers(address)


def test_a_long_path(var: Path) -> None:
    """Sockets have short names: with a long folder they stand elsewhere, after a crash as well."""
    var /= "long" * 30
    with embedded.held(var) as address:
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute("CREATE TABLE kept AS SELECT n FROM generate_series(1, 20000) n")
        kill_all(var)
        assert seconds_until(lambda: answers(address)) < PROMISED_SECONDS


def test_a_server_whose_lock_is_lost_is_stopped_too(var: Path) -> None:
    """Whoever leaves last stops the server also where its file no longer names it."""
    with embedded.held(var):
        pid = postmaster(var)
        (var / "postgresql" / "postmaster.pid").unlink()
    assert not psutil.pid_exists(pid)


def test_what_was_never_finished_is_never_used(var: Path) -> None:
    """A first start that was cut off while it made the files begins anew."""
    draft = var / "postgresql.new"
    draft.mkdir()
    (draft / "PG_VERSION").write_text("18\n")
    address = embedded.start(var)
    with psycopg.connect(address) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert not draft.exists()


HOLDER = """
import sys, time
from pathlib import Path
from outreach.ground import embedded
with embedded.held(Path(sys.argv[1])):
    print("has it", flush=True)
    sys.stdin.readline()
"""


def holder(var: Path) -> subprocess.Popen[str]:
    made = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(var)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert made.stdout is not None
    assert made.stdout.readline() == "has it\n"
    return made


def test_the_last_to_leave_stops_it(var: Path) -> None:
    """Processes share the server; it ends with the last of them, however the others ended."""
    first, second, third = holder(var), holder(var), holder(var)
    first.communicate("\n")
    assert embedded.runs(var)
    second.kill()
    second.communicate()
    assert embedded.runs(var)
    third.communicate("\n")
    assert not embedded.runs(var)


def test_its_log_quotes_no_value(var: Path) -> None:
    """P4: the server's own log never quotes what a statement was given."""
    with embedded.held(var) as address, psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE TABLE named (name text UNIQUE)")
        connection.execute("INSERT INTO named VALUES (%s)", ["Canaria Prueba"])
        for statement in (
            "INSERT INTO named VALUES ('Canaria Prueba')",
            "SELECT 'Canaria Prueba'::int",
            "SELECT Canaria FROM Prueba",
        ):
            with pytest.raises(psycopg.Error):
                connection.execute(statement)
    log = (var / "postgresql" / "log").read_text()
    assert "shut down" in log
    assert "canaria" not in log.casefold()
