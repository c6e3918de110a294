"""`import`: a file into the lists, each bad row told in its place, without what it says."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from cli import key_words, words
from cli.database import bring_up_to_date, opened
from cli.install.failure import Failure
from outreach.ground.database import make_sessions
from outreach.ground.settings import load_settings, read_environment
from outreach.people.registry import agency_code
from outreach.sealing.crypto import PersonalKey
from outreach.single_list import import_results, import_runs, imports
from outreach.single_list.columns import LABELS
from outreach.single_list.import_parts import Wrong
from outreach.single_list.report import Report

if TYPE_CHECKING:
    import argparse

    from outreach.single_list.reading import Grid, Table

_MOST_SHOWN = 200


def run(args: argparse.Namespace) -> int:
    """Keep the good rows; 1 where any row was bad. With `--check` nothing is kept.

    Each batch is committed by itself, so that a long file keeps no woman's turn waiting.
    """
    settings = load_settings(read_environment(), twilio=False)
    agency = agency_code(args.agency)
    try:
        data = Path(args.file).read_bytes()
    except (IsADirectoryError, PermissionError) as error:
        raise Failure(words.IMPORT_UNREADABLE.format(file=args.file)) from error
    report = Report()
    with opened(settings) as (engine, known):
        bring_up_to_date(engine, settings)
        with make_sessions(engine)() as session:
            key = PersonalKey(known.secret_key)
            if key.is_changing:
                raise Failure(key_words.WAIT)
            grid, table = _read(
                args, data, agency, import_runs.remembered(session, key, args.kind, agency or None)
            )
            for _ in imports.steps(session, key, known, args.kind, table, report):
                if not args.check:
                    session.commit()
    _show(report)
    if args.corrections and report.wrong:
        cells = dict(grid.records)
        rows = (Wrong(line, problems, cells[line]) for line, problems in sorted(report.wrong.items()))
        _write(args.corrections, import_results.workbook(grid.header, rows))
    summary = words.IMPORT_CHECKED if args.check else words.IMPORT_DONE
    print(summary.format(kept=report.kept, failed=len(report.errors)))
    return 1 if report.errors else 0


def _read(args: argparse.Namespace, data: bytes, agency: str, also: dict[str, str]) -> tuple[Grid, Table]:
    """Read the file, also with the headers that a person named on the pages for this agency."""
    try:
        return imports.read_both(args.kind, data, agency=agency, encoding=args.encoding, also=also)
    except imports.ImportFileError as error:
        raise Failure(str(error)) from error


def _write(file: str, content: bytes) -> None:
    """Write the rows to correct where only their owner reads them."""
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            out.write(content)
    except OSError as error:
        raise Failure(words.IMPORT_UNWRITABLE.format(file=file)) from error
    print(words.IMPORT_CORRECTIONS.format(file=file))


def _show(report: Report) -> None:
    for remark in report.remarks:
        print(remark)
    told = sorted([(line, words.IMPORT_ROW, message) for line, message in report.errors]
                  + [(line, words.IMPORT_NOTE, message) for line, message in report.notes])  # fmt: skip
    for line, form, message in told[:_MOST_SHOWN]:
        print(form.format(line=line, message=message))
    if len(told) > _MOST_SHOWN:
        print(words.IMPORT_MORE.format(count=len(told) - _MOST_SHOWN))
    if report.kept:
        print(words.IMPORT_COUNTS.format(added=report.added, changed=report.changed, same=report.same))
    for column, tally in sorted(report.tallies.items()):
        print(words.IMPORT_COLUMN.format(column=LABELS[column], **vars(tally)))
