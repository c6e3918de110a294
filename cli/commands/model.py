"""`train`, `understand`, `check-model`: the trained model, from the terminal.

What runs inside Rasa's environment is a module of `bot`; here it is only started. Standard output of
`understand` carries answers and nothing else.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from typing import TYPE_CHECKING

from cli import model, words
from cli.install.failure import WrongUse
from cli.install.places import BOT_STATE, BOT_VENV, MODEL, ROOT, python_of
from cli.install.progress import step
from cli.processes.rasa import rasa_environment

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from pathlib import Path
    from typing import IO

_WRONG_INPUT = 2


def train(args: argparse.Namespace) -> int:
    """Train where the data changed, or where told to."""
    if not model.ensure(force=args.force):
        print(words.MODEL_CURRENT)
    return 0


def understand(args: argparse.Namespace) -> int:
    """JSON lines in, JSON lines out; or the words of one message as arguments."""
    if args.places:
        return _answer(more=("--places",))
    if not args.text and sys.stdin.isatty():
        raise WrongUse(words.UNDERSTAND_NEEDS_INPUT)
    ready_model()
    if not args.text:
        return _answer()
    with tempfile.TemporaryFile(dir=BOT_STATE) as one:
        message = {"text": " ".join(args.text)} | ({"after": args.after} if args.after else {})
        one.write(json.dumps(message).encode())
        one.seek(0)
        return _answer(one)


def check(args: argparse.Namespace) -> int:
    """Hold the model against its floors, unseen authors and its own data; 1 where it may not be used."""
    ready_model()
    argv: list[str | Path] = [python_of(BOT_VENV), "-m", "bot.learning.check_model", "--model", MODEL]
    argv += ["--report", args.report] if args.report else []
    argv += [f"--{name}" for name in ("quick", "record") if getattr(args, name)]
    env = rasa_environment(BOT_STATE, os.environ)
    with step(words.STEP_CHECK_MODEL):
        code = subprocess.run(argv, env=env, cwd=ROOT, check=False).returncode
    print(words.MODEL_BELOW if code else words.MODEL_GOOD, flush=True)
    return 1 if code else 0


def ready_model() -> None:
    """A model of the present data that can be read to its end."""
    model.ensure()
    model.fingerprint_of_file()
    BOT_STATE.mkdir(parents=True, exist_ok=True)


def _answer(source: IO[bytes] | None = None, out: IO[bytes] | None = None, more: Sequence[str] = ()) -> int:
    argv = [str(python_of(BOT_VENV)), "-m", "bot.learning.understand", "--model", str(MODEL), *more]
    env = rasa_environment(BOT_STATE, os.environ)
    code = subprocess.run(argv, stdin=source, stdout=out, env=env, cwd=ROOT, check=False).returncode
    return code if code in {0, _WRONG_INPUT} else 1
