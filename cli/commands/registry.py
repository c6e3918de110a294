"""`registry`: the single list as a whole: which records are one woman, and where somebody is on it."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from cli import key_words, words
from cli.database import bring_up_to_date, opened
from cli.install.failure import Failure
from cli.install.progress import step
from outreach.ground.database import make_sessions
from outreach.ground.settings import load_settings, read_environment
from outreach.people.finding import Asked
from outreach.sealing.crypto import PersonalKey
from outreach.single_list import search
from outreach.single_list.linking import listing
from outreach.single_list.linking import run as linking

if TYPE_CHECKING:
    import argparse

    from sqlalchemy import Engine

    from outreach.ground.settings import Settings

_TOLD = {"read": words.LINK_READ, "compared": words.LINK_COMPARED, "kept": words.LINK_KEPT}


def run(args: argparse.Namespace) -> int:
    """Hand over to the action."""
    settings = load_settings(read_environment(), twilio=False)
    with opened(settings) as (engine, known):
        bring_up_to_date(engine, settings)
        if args.action == "search":
            return _search(engine, known, args)
        return {"link": _link, "pairs": _pairs}[args.action](engine, known)


def _link(engine: Engine, settings: Settings) -> int:
    """Compare the list; what was found is kept, what is sure by CURP is joined."""
    try:
        with step(words.STEP_LINK):
            found = linking.link(
                engine,
                make_sessions(engine),
                PersonalKey(settings.secret_key),
                settings.database_url or "",
                settings.secret_key,
                _tell,
            )
    except linking.KeyChangesError as error:
        raise Failure(key_words.WAIT) from error
    except linking.AlreadyRunningError as error:
        raise Failure(words.LINK_RUNNING) from error
    except linking.LinkingError as error:
        raise Failure(words.LINK_FAILED) from error
    print(words.LINK_DONE.format(**vars(found)))
    return 0


def _tell(what: str, count: int) -> None:
    print(_TOLD[what].format(count=f"{count:,}"), file=sys.stderr, flush=True)


def _pairs(engine: Engine, settings: Settings) -> int:
    """Print each pair by its folios."""
    with make_sessions(engine)() as session:
        for line in listing.pairs(session, PersonalKey(settings.secret_key)):
            sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
    return 0


def _search(engine: Engine, settings: Settings, args: argparse.Namespace) -> int:
    """Print who may be meant, the likeliest first."""
    asked = Asked.of(" ".join(args.asked) or sys.stdin.readline(), args.municipality)
    with make_sessions(engine)() as session:
        found, more = search.lines(session, PersonalKey(settings.secret_key), asked, max(1, args.limit))
    for line in found:
        sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
    if more or not found:
        print(words.SEARCH_MORE if more else words.SEARCH_NOBODY, file=sys.stderr)
    return 0
