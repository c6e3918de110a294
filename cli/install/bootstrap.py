"""What `./avanza` runs first, on any Python >= 3.11 with nothing installed.

Sets up the environments that the command needs and hands over to the product's own Python.
Standard library only.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from cli import parser
from cli.install import environments
from cli.install.failure import guarded
from cli.install.places import PRODUCT_VENV, ROOT, python_of


def main(argv: list[str]) -> int:
    """Answer help and wrong use at once; else set up and become the product's Python."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace", line_buffering=True)  # type: ignore[union-attr]
    args = parser.parse(argv or ["--help"])
    command = parser.BY_NAME[args.command]
    if not command.needs:
        from cli.commands import setup  # noqa: PLC0415 (only these commands run here)

        return guarded(lambda: int(getattr(setup, command.target.split(":")[1])(args)))
    return guarded(lambda: _hand_over(command.needs, argv))


def _hand_over(needs: tuple[str, ...], argv: list[str]) -> int:
    environments.ensure(needs)
    python = python_of(PRODUCT_VENV)
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    env.pop("PYTHONHOME", None)
    sys.stdout.flush()
    os.execve(python, [str(python), "-sP", "-m", "cli", *argv], env)  # noqa: S606 (a list, never a shell)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
