"""The database for commands: opened, brought up to date, and left as it was found.

An embedded PostgreSQL that a command started itself is stopped again; one that `up` holds is left alone.
"""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from cli import key_check, words
from outreach.ground import embedded, migrate
from outreach.ground.database import check, make_engine, make_sessions
from outreach.sealing.crypto import PersonalKey
from outreach.start import seed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy import Engine

    from outreach.ground.settings import Settings

PATIENCE_SECONDS = 5.0


@contextmanager
def opened(
    settings: Settings, tell: Callable[[str], None] = lambda _line: None
) -> Iterator[tuple[Engine, Settings]]:
    """An engine whose server answers, and the settings with its address filled in.

    `tell` takes a line where an embedded server died and is started again.

    Raises:
        DatabaseUnavailableError: it does not answer, or is too old.
    """
    with ExitStack() as stack:
        url = settings.database_url or stack.enter_context(embedded.held(settings.var, tell))
        known = replace(settings, database_url=url)
        engine = make_engine(known)
        stack.callback(engine.dispose)
        check(engine, patience=PATIENCE_SECONDS)
        yield engine, key_check.arranged(engine, known)


def bring_up_to_date(engine: Engine, settings: Settings, *, team: bool = True) -> None:
    """Tables at the code's version, and what every installation starts with.

    `team`: also the casework team and its keys. A recovery key that was made on the way is shown
    before the commit: committed and unseen it would be lost.

    Raises:
        Failure: the data belongs to another secret key.
    """
    key_check.before(engine, settings)
    if not migrate.is_current(engine):
        migrate.upgrade(engine, PersonalKey(settings.secret_key))
    key_check.ensure(engine, settings)
    with make_sessions(engine).begin() as session:
        seed.plant(session)
        key = seed.ensure_team(session) if team else None
        if key is not None:
            _show_once(key, settings.var)


def _show_once(key: str, var: Path) -> None:
    """On a terminal to the person; else into a file that only its owner reads, so that no log keeps it."""
    if sys.stdout.isatty():
        print(f"\n{words.RECOVERY_KEY.format(key=key)}\n", flush=True)
        return
    path = recovery_file(var)
    var.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(f"{key}\n")
        file.flush()
        os.fsync(file.fileno())
    print(words.RECOVERY_KEY_IN_FILE.format(where=path), file=sys.stderr, flush=True)


def recovery_file(var: Path) -> Path:
    """Where a recovery key waits for the person who prints it and deletes the file."""
    return var / "recovery-key.txt"
