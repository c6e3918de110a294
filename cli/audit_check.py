"""The record of what staff did, for `backup`, `restore` and `doctor`: whole, and still what was noted.

The heads of its chains are noted under AVANZA_VAR, without a time or a count, when a backup is made: a chain
by itself shows neither that its end is missing nor that all of it was written anew.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from cli import words
from cli.install.failure import Failure
from models import Stream
from outreach.ground import migrate
from outreach.ground.database import make_sessions
from outreach.staff import chain

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sqlalchemy import Engine
    from sqlalchemy.orm import Session

NAMES = {Stream.DESK: words.AUDIT_DESK, Stream.OFFICE: words.AUDIT_OFFICE}


def check(engine: Engine, var: Path) -> str:
    """Say that all of it is there.

    Raises:
        Failure: an event was changed, or what was noted is not there any more.
    """
    with make_sessions(engine)() as session:
        for one in chain.verify(session):
            if one.broken_at is not None:
                raise Failure(words.AUDIT_BROKEN.format(name=NAMES[one.stream], position=one.broken_at))
        _compare(session, var)
        return _told(chain.heads(session)) or words.AUDIT_EMPTY


def heads(engine: Engine) -> dict[Stream, bytes]:
    """Return the heads of the chains; none where the tables are of a version without chains."""
    if not migrate.is_current(engine):
        return {}
    with make_sessions(engine)() as session:
        return chain.heads(session)


def note(engine: Engine, var: Path, found: Mapping[Stream, bytes]) -> str:
    """Note heads and say them, for paper; what was noted before stays where it is not found any more.

    Raises:
        Failure: it is not.
    """
    with make_sessions(engine)() as session:
        _compare(session, var)
    renew(var, found)
    return _told(found)


def renew(var: Path, found: Mapping[Stream, bytes]) -> None:
    """Note heads in place of all that was noted before, as after a restore."""
    path = _file(var)
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump({stream.value: head.hex() for stream, head in found.items()}, file)


def _compare(session: Session, var: Path) -> None:
    for stream in chain.lost(session, _noted(var)):
        raise Failure(words.AUDIT_LOST.format(name=NAMES[stream], where=_file(var)))


def _noted(var: Path) -> dict[Stream, bytes]:
    try:
        kept = json.loads(_file(var).read_text(encoding="utf-8"))
        return {Stream(stream): bytes.fromhex(head) for stream, head in kept.items()}
    except FileNotFoundError:
        return {}
    except (ValueError, AttributeError, TypeError) as error:
        raise Failure(words.AUDIT_FILE_BROKEN.format(where=_file(var))) from error


def _told(found: Mapping[Stream, bytes]) -> str:
    return " · ".join(f"{NAMES[stream]} {chain.code(head)}" for stream, head in found.items())


def _file(var: Path) -> Path:
    return var / "audit-heads.json"
