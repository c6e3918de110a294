"""The two locked environments: makes them, mends them, and knows in milliseconds when nothing is to do.

A stamp inside the environment holds the hash of the lock that was installed. It is taken away before a change
and written after success only, so that an interrupted set-up is seen and finished by the next run.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cli import words
from cli.install.failure import Failure
from cli.install.locking import alone
from cli.install.places import BOT_VENV, LOGS, PRODUCT_VENV, ROOT, SPEECH_VENV, python_of
from cli.install.programs import run
from cli.install.progress import step
from cli.install.uv import find_uv, uv_environment

if TYPE_CHECKING:
    from pathlib import Path

GB = 1_000_000_000


@dataclass(frozen=True)
class Environment:
    """One set of libraries: where it lives, which lock makes it, and what must import when it is whole."""

    name: str
    folder: Path
    lock: Path
    probe: str
    free_gb: float
    """What must be free on the disk before it is made."""

    @property
    def stamp(self) -> Path:
        """The file that says what was installed."""
        return self.folder / "avanza-stamp.json"

    def digest(self) -> str:
        """The hash of the lock as it is now."""
        return hashlib.sha256(self.lock.read_bytes()).hexdigest()


_PRODUCT_PROBE = "flask, sqlalchemy, psycopg, procrastinate, nacl.public, cryptography.fernet, argon2, twilio"
PRODUCT = Environment("product", PRODUCT_VENV, ROOT / "requirements/product.lock", _PRODUCT_PROBE, 0.6)
DEV = Environment(
    "dev", PRODUCT_VENV, ROOT / "requirements/dev.lock", f"{_PRODUCT_PROBE}, pytest, hypothesis", 0.9
)
BOT = Environment(
    "bot", BOT_VENV, ROOT / "bot/requirements.lock", "rasa, numpy, sklearn, psycopg, cryptography", 4.0
)
SPEECH = Environment(
    "speech",
    SPEECH_VENV,
    ROOT / "requirements/speech.lock",
    "faster_whisper, ctranslate2, av, onnxruntime",
    1.2,
)
BY_NAME = {one.name: one for one in (PRODUCT, DEV, BOT, SPEECH)}


def is_current(environment: Environment) -> bool:
    """Whether nothing is to do; DEV holds all of PRODUCT, so it serves for both."""
    locks = _stamped_locks(environment)
    return locks.get(environment.name) == environment.digest() and python_of(environment.folder).exists()


def ensure(names: tuple[str, ...], *, check: bool = False) -> None:
    """Make the named environments what their locks say; `check` looks again even where the stamp is right."""
    wanted = [BY_NAME[name] for name in names]
    if not check and all(is_current(one) for one in wanted):
        return
    with alone("setup"):
        for environment in wanted:
            if check or not is_current(environment):
                _make(_with_dev_kept(environment))


def _with_dev_kept(environment: Environment) -> Environment:
    """Someone who runs tests here keeps the test tools when the product's lock changes."""
    return DEV if environment is PRODUCT and "dev" in _stamped_locks(DEV) else environment


def _make(environment: Environment) -> None:
    where = environment.folder.relative_to(ROOT)
    _enough_disk(environment)
    uv = find_uv()
    stamp = json.dumps({"root": str(ROOT), "locks": _locks_of(environment)})
    before = environment.stamp.read_bytes() if environment.stamp.exists() else None
    environment.stamp.unlink(missing_ok=True)
    fresh = not _is_whole(environment.folder)
    if fresh:
        _new_venv(uv, environment, where)
    try:
        _sync(uv, environment)
    except Failure as failure:
        untouched = str(failure) == words.NO_NETWORK.format(what=words.STEP_SYNC[environment.name])
        if untouched and before is not None and not fresh:
            # uv fetches all before it changes anything: the code of before still starts with what is here.
            environment.stamp.write_bytes(before)
        raise
    if not fresh and not _probe(environment):
        # Files of an installed package are gone: uv can't see that, so start over.
        fresh = True
        _new_venv(uv, environment, where)
        _sync(uv, environment)
    if fresh and not _probe(environment):
        text = words.STEP_PROBE.format(where=where)
        raise Failure(words.STEP_FAILED.format(what=text, reason=environment.probe, log=LOGS / "probe.log"))
    environment.stamp.write_text(stamp)


def _locks_of(environment: Environment) -> dict[str, str]:
    held = (PRODUCT, DEV) if environment is DEV else (environment,)
    return {one.name: one.digest() for one in held}


def _new_venv(uv: Path, environment: Environment, where: Path) -> None:
    with step(words.STEP_VENV.format(where=where)):
        shutil.rmtree(environment.folder, ignore_errors=True)
        python, env = sys.executable, uv_environment()
        if environment is BOT and sys.version_info[:2] != (3, 11):
            python = "3.11"
        argv: list[str | Path] = [uv, "venv", "--python", python, environment.folder]
        try:
            run(argv, what=words.STEP_VENV.format(where=where), log=f"{environment.name}-venv", env=env)
        except Failure as failure:
            if python != "3.11":
                raise
            version = ".".join(map(str, sys.version_info[:2]))
            raise Failure(words.NO_PYTHON_311.format(version=version)) from failure


def _sync(uv: Path, environment: Environment) -> None:
    text = words.STEP_SYNC[environment.name]
    argv: list[str | Path] = [
        uv,
        "pip",
        "sync",
        "--require-hashes",
        # Where Python may not keep what it compiles, each start of Rasa would compile TensorFlow: 40 s.
        "--compile-bytecode",
        "--python",
        python_of(environment.folder),
        environment.lock,
    ]
    with step(text):
        run(argv, what=text, log=environment.name, env=uv_environment())


def _probe(environment: Environment) -> bool:
    argv = [str(python_of(environment.folder)), "-I", "-W", "ignore", "-c", f"import {environment.probe}"]
    with (
        step(words.STEP_PROBE.format(where=environment.folder.relative_to(ROOT))),
        (LOGS / "probe.log").open("wb") as log,
    ):
        return subprocess.run(argv, stdout=log, stderr=log, check=False).returncode == 0


def _is_whole(folder: Path) -> bool:
    """Whether the interpreter there starts and is of a version that may stay."""
    python = python_of(folder)
    accepted = "sys.version_info[:2] == (3, 11)" if folder == BOT_VENV else "sys.version_info >= (3, 11)"
    argv: list[str | Path] = [
        str(python),
        "-I",
        "-c",
        f"import sys; sys.exit(not (sys.prefix == {str(folder)!r} and {accepted}))",
    ]
    try:
        return subprocess.run(argv, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _enough_disk(environment: Environment) -> None:
    """Only a new environment needs the room; one that is there is mended in place."""
    if environment.folder.exists():
        return
    free = shutil.disk_usage(ROOT).free / GB
    if free < environment.free_gb:
        raise Failure(words.DISK_SHORT.format(need=environment.free_gb, where=ROOT, free=free))


def _stamped_locks(environment: Environment) -> dict[str, str]:
    """What was installed here; nothing where the stamp is missing, broken or of another folder."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        stamp = json.loads(environment.stamp.read_text())
        if stamp["root"] == str(ROOT):
            return dict(stamp["locks"])
    return {}
