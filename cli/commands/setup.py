"""`setup` and `lock`: run by the bootstrap on the standard library alone."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from cli import words
from cli.install import environments, speech
from cli.install.places import ROOT
from cli.install.programs import run as run_program
from cli.install.progress import step
from cli.install.uv import find_uv, uv_environment

if TYPE_CHECKING:
    import argparse


def run(args: argparse.Namespace) -> int:
    """Make both environments what their locks say, and look inside even where the stamps are right."""
    began = time.monotonic()
    environments.ensure(("dev" if args.dev else "product", "bot"), check=True)
    if args.speech or speech.is_begun():
        speech.ensure(check=True)
    print(words.SETUP_DONE.format(seconds=time.monotonic() - began))
    return 0


def lock(args: argparse.Namespace) -> int:
    """Remake every lock from its list of wishes."""
    uv = find_uv()
    options = ["--upgrade"] if args.upgrade else []
    with step(words.STEP_LOCK):
        env = {**uv_environment(), "UV": str(uv)}
        run_program([ROOT / "requirements/lock.sh", *options], what=words.STEP_LOCK, log="lock", env=env)
    return 0
