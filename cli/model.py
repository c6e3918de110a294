"""The trained model: whether it belongs to the present data, whether it can be read, and making it anew.

A new model takes the old one's place only when it is whole: training happens beside it, then one rename.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tarfile
import tempfile
import zlib
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from cli import words
from cli.install.failure import Failure
from cli.install.locking import alone
from cli.install.places import BOT_STATE, BOT_VENV, MODEL, MODEL_NOTE, ROOT, TRAINED, python_of
from cli.install.programs import run
from cli.install.progress import step
from cli.processes.rasa import SAME_SUMS, rasa_environment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cli.install.progress import Tell

_DIGITS = 16
_CODE_THAT_TRAINS = ("*.py", "*.json", "*.csv", "*.yml", "*.npz")


def fingerprint() -> str:
    """A hash of all that decides what the model is: data, configuration, domain, components, Rasa's lock."""
    digest = hashlib.sha256()
    digest.update(f"{sorted(SAME_SUMS.items())}\0".encode())
    for path in sorted(_ingredients()):
        digest.update(f"{path.relative_to(ROOT).as_posix()}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _ingredients() -> Iterator[Path]:
    for needed in (ROOT / "config.yml", ROOT / "data", ROOT / "bot/domain", ROOT / "bot/requirements.lock"):
        if not needed.exists():
            raise Failure(words.TRAINING_DATA_MISSING.format(where=needed))
    yield ROOT / "config.yml"
    yield ROOT / "bot/requirements.lock"
    for kind in ("*.yml", "*.jsonl"):
        yield from (path for path in (ROOT / "data").rglob(kind) if path.is_file())
    # The rest of bot/ serves the running process (channel, dialogue, tracker store), not the training.
    for folder in (ROOT / "bot/domain", ROOT / "bot/components"):
        for pattern in _CODE_THAT_TRAINS:
            yield from folder.rglob(pattern)
    importer = ROOT / "bot/serving/importer.py"
    if importer.exists():
        yield importer


def is_current() -> bool:
    """Whether the trained model was made from what is here now."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        note = json.loads(MODEL_NOTE.read_text())
        return bool(note["fingerprint"] == fingerprint() and note["bytes"] == MODEL.stat().st_size)
    return False


def fingerprint_of_file() -> str:
    """The trained file's own digest, as Rasa's health answers it; reads the archive to the end first.

    Raises:
        Failure: there is no model, or it is broken.
    """
    whole = False
    try:
        with tarfile.open(MODEL, "r:gz") as archive:
            for member in archive:
                if member.isfile() and member.name.removeprefix("./") == "metadata.json":
                    content = archive.extractfile(member)
                    whole = content is not None and bool(json.load(content)["model_id"])
    except FileNotFoundError:
        raise Failure(words.MODEL_MISSING) from None
    except (tarfile.TarError, EOFError, OSError, zlib.error, ValueError, KeyError):
        whole = False
    if not whole:
        raise Failure(words.MODEL_BROKEN.format(where=MODEL.relative_to(ROOT)))
    return hashlib.sha256(MODEL.read_bytes()).hexdigest()[:_DIGITS]


def ensure(*, force: bool = False) -> bool:
    """Train unless the model is current; whether anything was done."""
    if is_current() and not force:
        return False
    with alone("train"):
        if is_current() and not force:
            return False
        _train()
    return True


def _told(line: str, tell: Tell) -> None:
    """Pass a stage of the training on in words; `bot/components/stage.py` prints it."""
    mark, _, rest = line.partition(":")
    name, _, share = rest.strip().partition(":")
    what = words.TRAINING_STAGES.get(name) if mark == "stage" else None
    if what is None:
        return
    done, _, whole = share.partition("/")
    if done.isdecimal() and whole.isdecimal() and int(whole):
        what = words.TRAINING_SHARE.format(what=what, percent=100 * int(done) // int(whole))
    tell(what, begins=not share)


def _train() -> None:
    made_from = fingerprint()
    TRAINED.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=".training-", dir=TRAINED))
    try:
        argv: list[str | Path] = [python_of(BOT_VENV), "-m", "rasa", "train", "--config", "config.yml"]
        argv += ["--domain", "bot/domain", "--data", "data", "--out", scratch, "--fixed-model-name", "avanza"]
        env = rasa_environment(BOT_STATE, os.environ)
        with step(words.STEP_TRAIN) as tell:
            tell(words.TRAINING_STAGES["rules"])
            run(argv, what=words.STEP_TRAIN, log="train", env=env, on_line=lambda line: _told(line, tell))
        made = scratch / MODEL.name
        if not made.exists():
            raise Failure(words.STEP_FAILED.format(what=words.STEP_TRAIN, reason=MODEL.name, log="train.log"))
        note = {"fingerprint": made_from, "bytes": made.stat().st_size}
        (scratch / "note.json").write_text(json.dumps(note))
        MODEL_NOTE.unlink(missing_ok=True)
        made.replace(MODEL)
        (scratch / "note.json").replace(MODEL_NOTE)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
