"""`import`: a CSV file into the lists, each bad row told in its place, without what it says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cli import words
from cli.database import bring_up_to_date, opened
from cli.install.failure import Failure
from outreach.ground.database import make_sessions
from outreach.ground.settings import load_settings, read_environment
from outreach.sealing.crypto import PersonalKey
from outreach.single_list import imports

if TYPE_CHECKING:
    import argparse

_MOST_SHOWN = 50


def run(args: argparse.Namespace) -> int:
    """Keep the good rows; 1 where any row was bad. With `--check` nothing is kept."""
    settings = load_settings(read_environment(), twilio=False)
    try:
        with Path(args.file).open(encoding="utf-8-sig", newline="") as file:
            rows = imports.read_rows(args.kind, file)
    except UnicodeDecodeError as error:
        raise Failure(words.IMPORT_NOT_TEXT.format(file=args.file)) from error
    except imports.ImportFileError as error:
        raise Failure(str(error)) from error
    with opened(settings) as (engine, known):
        bring_up_to_date(engine, settings)
        with make_sessions(engine)() as session:
            report = imports.load(session, PersonalKey(known.secret_key), known, args.kind, rows)
            if not args.check:
                session.commit()
    for line, message in report.errors[:_MOST_SHOWN]:
        print(words.IMPORT_ROW.format(line=line, message=message))
    summary = words.IMPORT_CHECKED if args.check else words.IMPORT_DONE
    print(summary.format(kept=report.kept, failed=len(report.errors)))
    return 1 if report.errors else 0
