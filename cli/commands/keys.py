"""`keys`: another AVANZA_SECRET_KEY takes the place of the present one while the service runs."""

from __future__ import annotations

import base64
import os
import time
from typing import TYPE_CHECKING

from cli import key_check, key_words, rehearsal
from cli.database import opened
from cli.install.failure import Failure
from models import utcnow
from outreach.ground.database import make_sessions
from outreach.ground.settings import key_file, load_settings, next_key_file, read_environment
from outreach.sealing import rekeying
from outreach.sealing.crypto import PersonalKey, succeeds, successor, tags

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable
    from pathlib import Path

    from outreach.ground.settings import Settings


def run(args: argparse.Namespace) -> int:
    """Hand over to the action."""
    settings = load_settings(read_environment(), twilio=False, new_key=False)
    actions: dict[str, Callable[[Settings], int]] = {
        "new": _new, "replace": _replace, "status": _status, "finish": _finish, "rehearse": _rehearse,
    }  # fmt: skip
    return actions[args.action](settings)


def _new(settings: Settings) -> int:
    """Make the next key, in a file beside the present one, or shown where that is in the environment."""
    path = next_key_file(settings.var)
    if settings.secret_key.other is not None or path.exists():
        raise Failure(key_words.NEXT_THERE.format(where=path if path.exists() else "AVANZA_NEXT_SECRET_KEY"))
    made = base64.b64encode(successor(settings.secret_key)).decode()
    if not _in_file(settings):
        print(key_words.MADE.format(key=made))
        return 0
    draft = path.with_name(f".{path.name}.part")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(made)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    print(key_words.MADE_FILE.format(where=path))
    return 0


def _replace(settings: Settings) -> int:
    """Have everything written with the next key from the next start of each process on."""
    with opened(settings) as (engine, known):
        present = known.secret_key
        if present.other is None:
            raise Failure(key_words.NO_NEXT)
        if not succeeds(present.other, present):
            raise Failure(key_words.NOT_A_SUCCESSOR)
        key_check.ensure(engine, known)
        engine.dispose()
        with make_sessions(engine).begin() as session:
            late = rekeying.stragglers(session, tags(present))
            if late:
                raise Failure(key_words.RESTART_FIRST.format(count=late))
            try:
                rekeying.begin(
                    session,
                    utcnow(),
                    present=PersonalKey(bytes(present)),
                    following=PersonalKey(present.other),
                )
            except rekeying.NotPreparedError as error:
                raise Failure(key_words.UNDER_WAY) from error
    print(key_words.BEGUN)
    return 0


def _status(settings: Settings) -> int:
    """Say how far it is."""
    with opened(settings) as (engine, known), make_sessions(engine)() as session:
        told = rekeying.progress(session)
        if told is None:
            print(_told_of_none(settings, known))
            return 0
        late, left = rekeying.stragglers(session, tags(known.secret_key)), told.left or rekeying.left(session)
    print(key_words.STATUS.format(round=told.round + 1, rows=told.rows))
    if late:
        print(key_words.STATUS_STRAGGLERS.format(count=late))
    if left:
        print(key_words.STATUS_LEFT.format(left=left))
    return 0


def _told_of_none(settings: Settings, known: Settings) -> str:
    if settings.secret_key.other is None:
        return key_words.STATUS_NONE
    return key_words.STATUS_READY if known.secret_key.other is not None else key_words.STATUS_OVER


def _finish(settings: Settings) -> int:
    """Put the new key in the place of the one of before, once nothing is left under that."""
    if settings.secret_key.other is None:
        raise Failure(key_words.NO_NEXT)
    with opened(settings) as (_, known):
        if known.secret_key.other is not None:
            raise Failure(key_words.NOT_OVER)
    path = next_key_file(settings.var)
    if not (_in_file(settings) and path.exists()):
        print(key_words.FINISHED)
        return 0
    former = _kept_aside(key_file(settings.var))
    path.replace(key_file(settings.var))
    print(key_words.FINISHED_FILE.format(where=key_file(settings.var), former=former))
    return 0


def _kept_aside(path: Path) -> Path:
    """Give the key of before another name too; the next step takes this one away."""
    former = path.with_name(f"{path.name}.before-{utcnow():%Y%m%d-%H%M%S}")
    os.link(path, former)
    return former


def _in_file(settings: Settings) -> bool:
    path = key_file(settings.var)
    kept = path.read_text(encoding="ascii").strip() if path.exists() else ""
    return bool(kept) and kept == base64.b64encode(settings.secret_key).decode()


def _rehearse(settings: Settings) -> int:
    """Replace the key in a copy of the database, look at it, and drop the copy."""
    with opened(settings) as (engine, known):
        key_check.ensure(engine, known)
        began = time.monotonic()
        rows = rehearsal.of_secret_key(engine, known)
    print(key_words.REHEARSED.format(rows=rows, seconds=round(time.monotonic() - began)))
    return 0
