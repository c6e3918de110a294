"""The commands themselves, on the product's Python: finds the one that was asked for and runs it guarded."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

from cli import parser, words
from cli.install import environments
from cli.install.failure import guarded
from cli.install.imports import without_garbage
from cli.install.places import PRODUCT_VENV, ROOT


def main(argv: list[str]) -> int:
    """Run one command; a missing library is mended by the next run."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace", line_buffering=True)  # type: ignore[union-attr]
    args = parser.parse(argv)
    module, _, function = parser.BY_NAME[args.command].target.partition(":")

    def command() -> int:
        with without_garbage():
            if parser.BY_NAME[args.command].needs:
                from outreach.ground import logs  # noqa: PLC0415 (only once the libraries are there)

                logs.configure(args.command)
            run = getattr(importlib.import_module(f"cli.commands.{module}"), function)
        return int(run(args))

    return guarded(command, explain=(explain_missing_library, explain_our_own))


def explain_missing_library(error: BaseException) -> str | None:
    """A library of the lock that can't be imported: forget the stamp, so that the next run repairs."""
    if not isinstance(error, ModuleNotFoundError) or (ROOT / (error.name or "?").split(".")[0]).is_dir():
        return None
    if Path(sys.prefix) != PRODUCT_VENV:
        return None
    environments.PRODUCT.stamp.unlink(missing_ok=True)
    return words.ENVIRONMENT_BROKEN.format(module=error.name)


def explain_our_own(error: BaseException) -> str | None:
    """Errors whose message is already a line for the user."""
    from procrastinate.exceptions import ConnectorException  # noqa: PLC0415 (only once the libraries are there)
    from sqlalchemy.exc import OperationalError  # noqa: PLC0415

    from outreach.ground.database import DatabaseUnavailableError  # noqa: PLC0415 (only once the libraries are there)
    from outreach.ground.embedded import EmbeddedPostgresError  # noqa: PLC0415
    from outreach.ground.migrate import TablesNewerError  # noqa: PLC0415
    from outreach.ground.settings import SettingsError  # noqa: PLC0415

    ours = SettingsError | DatabaseUnavailableError | EmbeddedPostgresError | TablesNewerError
    if isinstance(error, ours):
        return str(error)
    if isinstance(error, OperationalError | ConnectorException):  # it was there and went away
        return words.DATABASE_AWAY
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
