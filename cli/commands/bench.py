"""`bench`: runs one of the measurements in `benchmarks/`, or enumerates them."""

from __future__ import annotations

import ast
import os
import sys
from typing import TYPE_CHECKING

from cli import model, words
from cli.install.failure import WrongUse
from cli.install.places import ROOT

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

_FOLDER = ROOT / "benchmarks"


def run(args: argparse.Namespace) -> int:
    """Hand over to the module of that name, or enumerate them."""
    known = {path.stem: path for path in sorted(_FOLDER.glob("bench_*.py"))}
    if args.name is None:
        for name, path in known.items():
            print(f"  {name.removeprefix('bench_'):<16} {_first_line(path)}")
        return 0
    if f"bench_{args.name}" not in known:
        names = ", ".join(name.removeprefix("bench_") for name in known)
        raise WrongUse(words.BENCH_UNKNOWN.format(name=args.name, known=names))
    model.ensure()
    return _become(args.name, args.bench_args)


def _become(name: str, arguments: list[str]) -> int:
    """Become the measurement: a Ctrl-C then reaches it alone, and it stops what it started."""
    argv = [sys.executable, "-sP", "-m", f"benchmarks.bench_{name}", *arguments]
    os.chdir(ROOT)
    os.execve(sys.executable, argv, {**os.environ, "PYTHONPATH": str(ROOT)})  # noqa: S606 (a list, never a shell)


def _first_line(path: Path) -> str:
    return (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").split("\n", 1)[0]
