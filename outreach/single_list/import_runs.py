"""A list that staff bring in: read, its columns named, checked without keeping anything, then kept.

The worker does the two passes a part at a time. What became of a part is committed with its rows, so that
a pass which ends anywhere goes on where it was and does nothing twice. Somebody who works for one agency
sees and brings in her agency's lists alone.
"""

from __future__ import annotations

import uuid
from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, or_, select, text, update

from models import Agency, ImportMapping, ImportPart, ImportRun, ImportState
from outreach.campaigns import audience
from outreach.ground import jobs
from outreach.people.registry import plain_name
from outreach.single_list import import_parts, imports, reading
from outreach.single_list.columns import NAMES
from outreach.single_list.date_cells import day_first
from outreach.single_list.delimited import WINDOWS
from outreach.single_list.import_parts import About
from outreach.single_list.reading import ImportFileError, Row, Table, header_key
from outreach.single_list.report import Report, RowError, Tally
from outreach.texts import imports as texts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from models import Staff
    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

LARGEST = 16 * 1024 * 1024
"""Bytes of a file that is brought in through a page."""
UNDER_WAY: Final = (ImportState.CHECKING, ImportState.RUNNING)
WAITING: Final = (ImportState.COLUMNS, ImportState.CHECKED)
ENDED: Final = (ImportState.DONE, ImportState.CANCELLED, ImportState.FAILED)
KEPT_FOR, WAITS_FOR = timedelta(days=7), timedelta(days=2)
"""How long the refused rows stay after the end, and how long a file waits for somebody to go on."""
MOST_TRIES = 3
FORGOTTEN_AFTER = timedelta(seconds=60)
_FORGOTTEN = text(
    "SELECT id FROM import_run WHERE state IN ('checking', 'running') AND moved_at < :before"
    " AND id::text NOT IN (SELECT args->>'run_id' FROM procrastinate_jobs"
    " WHERE status IN ('todo', 'doing') AND args ? 'run_id')"
)


class ImportStateError(ValueError):
    """The import has gone on since this page was made; load it again."""


def take_in(
    db: Session,
    key: PersonalKey,
    staff: Staff,
    kind: str,
    data: bytes,
    now: datetime,
    *,
    agency: str | None = None,
    name: str = "",
    encoding: str | None = None,
) -> ImportRun:
    """Read a file and keep its rows, encrypted, until a person has said what is to become of them.

    Raises:
        ImportFileError: it can't be read.
    """
    agency = staff.agency or agency
    names = NAMES[kind] | remembered(db, key, kind, agency)
    grid = reading.read_grid(data, names, encoding)
    if not grid.records:
        raise ImportFileError(texts.NO_ROWS)
    meant: list[str | None] = []
    for header in grid.header:
        column = names.get(header_key(header)) or None
        # Of two columns for the same the first one stands, until the person says which.
        meant.append(None if column in meant else column)
    orders = [
        day_first(cells[place] for _, cells in grid.records if place < len(cells))
        for place in range(len(grid.header))
    ]
    run = ImportRun(
        id=uuid.uuid4(),
        kind=kind,
        agency=agency,
        own_only=staff.agency is not None,
        staff_id=staff.id,
        state=ImportState.COLUMNS,
        about_cipher=b"",
        rows=len(grid.records),
        tallies={},
        created_at=now,
        moved_at=now,
    )
    about = About(grid.header, grid.line, meant, orders, name, grid.encoding, grid.sheet, list(grid.others))
    if grid.encoding == WINDOWS:
        about.remarks.append(texts.ENCODING)
    if grid.others:
        about.remarks.append(texts.SHEET.format(sheet=grid.sheet, others=", ".join(grid.others)))
    import_parts.write_about(key, run, about)
    db.add(run)
    db.flush()
    import_parts.keep_rows(db, key, run.id, grid.records)
    return run


def remembered(db: Session, key: PersonalKey, kind: str, agency: str | None) -> dict[str, str]:
    """Return what an agency's headers mean, as a person said of an earlier file; an empty column: ignored."""
    row = _mapping(db, kind, agency)
    return dict(key.decrypt(row.columns_cipher, place=f"import_mapping:{row.id}")) if row else {}


def _mapping(db: Session, kind: str, agency: str | None) -> ImportMapping | None:
    return db.scalar(
        select(ImportMapping).where(
            ImportMapping.kind == kind, ImportMapping.agency.is_not_distinct_from(agency)
        )
    )


def _remember(
    db: Session,
    key: PersonalKey,
    run: ImportRun,
    header: Sequence[str],
    columns: Sequence[str | None],
    now: datetime,
) -> None:
    """Keep what differs from what every file's headers mean."""
    said = {header_key(name): column or "" for name, column in zip(header, columns, strict=True)}
    known = NAMES[run.kind]
    said = {name: column for name, column in said.items() if name and known.get(name, "") != column}
    row = _mapping(db, run.kind, run.agency)
    held = dict(key.decrypt(row.columns_cipher, place=f"import_mapping:{row.id}")) if row else {}
    again = {header_key(name) for name in header}
    held = {name: column for name, column in held.items() if name not in again} | said
    if not held and row is None:
        return
    if row is None:
        row = ImportMapping(id=uuid.uuid4(), agency=run.agency, kind=run.kind)
        db.add(row)
    row.columns_cipher, row.updated_at = key.encrypt(held, place=f"import_mapping:{row.id}"), now


def set_columns(
    db: Session, key: PersonalKey, run: ImportRun, columns: Sequence[str | None], now: datetime
) -> None:
    """Say what the columns of a file mean, remember it for the agency's next file, and have it checked.

    Raises:
        ImportFileError: a column is missing or there twice.
        ImportStateError: the file is past that.
    """
    _expect(run, ImportState.COLUMNS, ImportState.CHECKED)
    about = import_parts.read_about(key, run)
    if len(columns) != len(about.header) or not {c for c in columns if c} <= set(NAMES[run.kind].values()):
        raise ImportStateError(ImportStateError.__doc__)
    about.columns = list(columns)
    twins = {column for column in about.columns if column and about.columns.count(column) > 1}
    if twins:
        both = [n for n, c in zip(about.header, about.columns, strict=True) if c in twins]
        raise ImportFileError(texts.TWIN_COLUMNS.format(names=", ".join(f"«{name[:40]}»" for name in both)))
    imports.check_columns(run.kind, about.layout().known | ({"agency"} if run.agency else frozenset()))
    import_parts.write_about(key, run, about)
    _remember(db, key, run, about.header, about.columns, now)
    _start(db, run, ImportState.CHECKING, now)


def confirm(db: Session, run: ImportRun, now: datetime) -> None:
    """Have a file kept that was checked.

    Raises:
        ImportStateError: it was not, or is past that.
    """
    _expect(run, ImportState.CHECKED)
    _start(db, run, ImportState.RUNNING, now)


def _start(db: Session, run: ImportRun, state: ImportState, now: datetime) -> None:
    run.state, run.moved_at, run.tries, run.tallies = state, now, 0, {}
    run.done = run.added = run.changed = run.same = run.failed = run.noted = 0
    import_parts.forget(db, run.id, _purpose(state))
    jobs.defer_import(db, run.id)


def cancel(db: Session, run: ImportRun, now: datetime) -> None:
    """Stop an import; the rows that were kept already stay.

    Raises:
        ImportStateError: it is over.
    """
    _expect(run, *UNDER_WAY, *WAITING)
    _end(db, run, ImportState.CANCELLED, now)


def _end(db: Session, run: ImportRun, state: ImportState, now: datetime) -> None:
    run.state, run.moved_at = state, now
    import_parts.forget(db, run.id, import_parts.ROWS, import_parts.CHECKED)


def _expect(run: ImportRun, *states: ImportState) -> None:
    if run.state not in states:
        raise ImportStateError(ImportStateError.__doc__)


def _purpose(state: ImportState) -> str:
    return import_parts.CHECKED if state in {ImportState.CHECKING, ImportState.CHECKED} else import_parts.KEPT


def seen_so_far(db: Session, key: PersonalKey, run_id: uuid.UUID) -> dict[uuid.UUID, int]:
    """Return the women whom the rows kept so far were about, by the line, for a pass that goes on."""
    kept = import_parts.outcomes(db, key, run_id, import_parts.KEPT)
    return {woman_id: line for part in kept for woman_id, line in part.met.items()}


def step(
    db: Session,
    key: PersonalKey,
    settings: Settings,
    run_id: uuid.UUID,
    seen: dict[uuid.UUID, int],
    now: datetime,
) -> bool:
    """Do the next part of the pass under way, in the caller's transaction; say whether there is more."""
    run = db.get(ImportRun, run_id, with_for_update=True)
    if run is None or run.state not in UNDER_WAY:
        return False
    number = run.done // import_parts.SIZE
    records = import_parts.rows_of(db, key, run_id, number)
    if records:
        checking = run.state is ImportState.CHECKING
        met = dict(seen)
        report = (
            _checked(db, key, settings, run, records, met, now)
            if checking
            else _kept(db, key, settings, run, records, met, now)
        )
        new = {} if checking else {w: line for w, line in met.items() if seen.get(w) != line}
        import_parts.keep_outcome(db, key, run_id, _purpose(run.state), number, records, report, new)
        seen.update(new)
        _count(run, report, len(records))
        _remark(key, run, report.remarks)
        run.moved_at, run.tries = now, 0
    if run.done < run.rows and records:
        return True
    if run.state is ImportState.CHECKING:
        run.state, run.moved_at = ImportState.CHECKED, now
    else:
        _end(db, run, ImportState.DONE, now)
    return False


def _checked(
    db: Session,
    key: PersonalKey,
    settings: Settings,
    run: ImportRun,
    records: Sequence[import_parts.Record],
    met: dict[uuid.UUID, int],
    now: datetime,
) -> Report:
    """Keep rows to see what would become of them, and take it all back."""
    point = db.begin_nested()
    try:
        return _kept(db, key, settings, run, records, met, now)
    finally:
        point.rollback()


def _kept(
    db: Session,
    key: PersonalKey,
    settings: Settings,
    run: ImportRun,
    records: Sequence[import_parts.Record],
    met: dict[uuid.UUID, int],
    now: datetime,
) -> Report:
    report = Report()
    found = import_parts.read_about(key, run).layout()
    table = reading.table_of(records, found, run.agency or "")
    rows = _own_rows(db, run, table.rows, report) if run.own_only else table.rows
    if rows:
        some = Table(rows, table.columns, (), table.day_first)
        for _ in imports.steps(db, key, settings, run.kind, some, report, now, met, by=run.staff_id):
            pass
    return report


def _own_rows(db: Session, run: ImportRun, rows: Sequence[Row], report: Report) -> list[Row]:
    """Leave the rows out that name another agency: she works for this one alone."""
    own = db.get_one(Agency, run.agency)
    names = {plain_name(own.code), plain_name(own.name)}
    found = []
    for row in rows:
        if plain_name(row.cells.get("agency", own.code)) in names:
            found.append(row)
        else:
            report.refuse(row.line, RowError(("agency", texts.OTHER_AGENCY)))
    return found


def _count(run: ImportRun, report: Report, rows: int) -> None:
    run.done += rows
    run.added += report.added
    run.changed += report.changed
    run.same += report.same
    run.failed += len(report.wrong)
    run.noted += len(report.notes)
    whole = Report(tallies=tallies_of(run))
    whole.add(Report(tallies=report.tallies))
    run.tallies = {column: asdict(tally) for column, tally in whole.tallies.items()}


def _remark(key: PersonalKey, run: ImportRun, remarks: Sequence[str]) -> None:
    """Keep what holds for the whole file, such as an agency that was not there."""
    about = import_parts.read_about(key, run)
    news = [remark for remark in remarks if remark not in about.remarks]
    if news:
        about.remarks += news
        import_parts.write_about(key, run, about)


def tallies_of(run: ImportRun) -> dict[str, Tally]:
    """Return the counts of each column."""
    return {column: Tally(**counts) for column, counts in run.tallies.items()}


def stumbled(db: Session, run_id: uuid.UUID, now: datetime) -> bool:
    """Count an error of ours; after `MOST_TRIES` in a row the import ends. Say whether it goes on."""
    run = db.get(ImportRun, run_id, with_for_update=True)
    if run is None or run.state not in UNDER_WAY:
        return False
    run.tries += 1
    run.moved_at = now
    if run.tries >= MOST_TRIES:
        _end(db, run, ImportState.FAILED, now)
        return False
    return True


def wake_forgotten(db: Session, now: datetime) -> int:
    """Defer a job for the imports under way that lost theirs, to a worker's end or to a restore."""
    lost = db.scalars(_FORGOTTEN, {"before": now - FORGOTTEN_AFTER}).all()
    for run_id in lost:
        jobs.defer_import(db, run_id)
    return len(lost)


def tidy(db: Session, now: datetime) -> None:
    """Forget what stood in files: of those nobody goes on with, and of those that ended some days ago."""
    audience.forget_lists(db, now)
    db.execute(
        update(ImportRun)
        .where(ImportRun.state.in_(WAITING), ImportRun.moved_at < now - WAITS_FOR)
        .values(state=ImportState.CANCELLED, moved_at=now)
    )
    over = select(ImportRun.id).where(ImportRun.state.in_(ENDED))
    old = select(ImportRun.id).where(ImportRun.state.in_(ENDED), ImportRun.moved_at < now - KEPT_FOR)
    db.execute(
        delete(ImportPart).where(
            or_(
                ImportPart.run_id.in_(over) & (ImportPart.purpose != import_parts.KEPT),
                ImportPart.run_id.in_(old),
            )
        )
    )
