"""Bringing lists in: good rows kept, bad rows told with their line, the same file changes nothing twice.

Messages never repeat what a row says: a list may be read over a shoulder. One bad row never costs another:
each is written under a savepoint of its own or of its batch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from sqlalchemy.exc import DBAPIError

from models import FIRST_PROGRAMME, utcnow
from outreach.ground import programme_rules
from outreach.single_list import reading, women
from outreach.single_list.attendance_lists import AttendanceList
from outreach.single_list.audience_lists import AudienceLists
from outreach.single_list.columns import LABELS, NAMES, NEEDED
from outreach.single_list.date_cells import Order
from outreach.single_list.delimited import WINDOWS
from outreach.single_list.enrolment_lists import Enrolments
from outreach.single_list.reading import ImportFileError
from outreach.single_list.report import Kept, Report, RowError, row_error
from outreach.single_list.supports_lists import SupportsList
from outreach.single_list.workshop_lists import Sessions, Workshops
from outreach.texts import imports as texts

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from sqlalchemy.orm import Session as Database

    from models import Group
    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey
    from outreach.single_list.grids import Grid
    from outreach.single_list.reading import Row, Table

__all__ = [
    "BATCH",
    "KINDS",
    "ImportFileError",
    "Report",
    "check_columns",
    "load",
    "read",
    "read_both",
    "steps",
]
KINDS = tuple(NEEDED)
BATCH = 500


class _Keeper(Protocol):
    def keep(self, row: Row) -> Kept: ...


def read(kind: str, data: bytes, *, agency: str = "", encoding: str | None = None) -> Table:
    """Read the bytes of a file of one kind; `agency` is whose rows are that name none.

    Raises:
        ImportFileError: it can't be read, or a column is missing.
    """
    return read_both(kind, data, agency=agency, encoding=encoding)[1]


def read_both(
    kind: str,
    data: bytes,
    *,
    agency: str = "",
    encoding: str | None = None,
    also: Mapping[str, str] | None = None,
) -> tuple[Grid, Table]:
    """Read a file as it stands and as our rows; `also` has headers that mean something in it alone.

    Raises:
        ImportFileError: it can't be read, or a column is missing.
    """
    names = NAMES[kind] | dict(also or {})
    grid, table = reading.read_table(data, names, agency=agency, encoding=encoding)
    check_columns(kind, table.columns)
    return grid, table


def check_columns(kind: str, columns: frozenset[str]) -> None:
    """Refuse a file that lacks a column which its kind needs.

    Raises:
        ImportFileError: naming what is missing.
    """
    missing = [names for names in NEEDED[kind] if not columns.intersection(names)]
    if missing:
        wanted = ", ".join(" o ".join(f"«{LABELS[name]}»" for name in names) for names in missing)
        raise ImportFileError(texts.NO_HEADER.format(columns=wanted))


def load(
    db: Database,
    key: PersonalKey,
    settings: Settings,
    kind: str,
    table: Table,
    now: datetime | None = None,
    *,
    by: uuid.UUID | None = None,
) -> Report:
    """Keep the rows of one file in the caller's transaction; `by` is who of staff brings it in."""
    report = Report()
    for _ in steps(db, key, settings, kind, table, report, now, by=by):
        pass
    return report


def steps(
    db: Database,
    key: PersonalKey,
    settings: Settings,
    kind: str,
    table: Table,
    report: Report,
    now: datetime | None = None,
    seen: dict[uuid.UUID, int] | None = None,
    *,
    by: uuid.UUID | None = None,
) -> Iterator[None]:
    """Keep the rows batch by batch, filling `report`; the caller may commit after each.

    A long file in one transaction would keep the rows of women locked, and their turns waiting. `seen` has
    the women whom earlier parts of the same file were about, by the line, and is filled.
    """
    now = now or utcnow()
    settings = programme_rules.rules_for(db, settings, FIRST_PROGRAMME)
    if table.encoding == WINDOWS:
        report.remarks.append(texts.ENCODING)
    if table.others:
        report.remarks.append(texts.SHEET.format(sheet=table.sheet, others=", ".join(table.others)))
    if table.ignored:
        report.remarks.append(texts.IGNORED.format(names=", ".join(table.ignored)))
    if not table.rows:
        report.remarks.append(texts.NO_ROWS)
    if kind == "women":
        yield from women.steps(db, key, settings, table, now, report, {} if seen is None else seen)
    else:
        for start in range(0, len(table.rows), BATCH):
            rows = table.rows[start : start + BATCH]
            _one_by_one(db, _keeper(db, key, settings, kind, table, rows, now, by), rows, report)
            yield
    report.settle()


def _keeper(
    db: Database,
    key: PersonalKey,
    settings: Settings,
    kind: str,
    table: Table,
    rows: Sequence[Row],
    now: datetime,
    by: uuid.UUID | None,
) -> _Keeper:
    match kind:
        case "workshops":
            return Workshops(db)
        case "sessions":
            zone = settings.timezone
            return Sessions(db, zone, _zone_of(db, settings), table.day_first.get("starts_at"), now)
        case "enrolments":
            return Enrolments(db, key, rows)
        case "attendance":
            today = now.astimezone(settings.timezone).date()
            order = Order(today, table.day_first.get("day"), of_births=False)
            said = "attended" in table.columns
            return AttendanceList(db, key, rows, order, _zone_of(db, settings), now, said=said, by=by)
        case "supports":
            today = now.astimezone(settings.timezone).date()
            order = Order(today, table.day_first.get("given_on"), of_births=False)
            return SupportsList(db, key, rows, order, now, by=by)
        case "audiences":
            return AudienceLists(db, key, rows, now, by=by)
        case _:
            raise ValueError(kind)


def _zone_of(db: Database, settings: Settings) -> Callable[[Group], ZoneInfo]:
    """Return how the zone of a group is found: hours and days in a file are those of its programme."""
    rules = programme_rules.all_rules(db, settings)
    return lambda group: rules.get(group.workshop.programme_id, settings).timezone


def _one_by_one(db: Database, keeper: _Keeper, rows: Sequence[Row], report: Report) -> None:
    for row in rows:
        try:
            with db.begin_nested():
                kept = keeper.keep(row)
        except RowError as error:
            report.refuse(row.line, error)
        except DBAPIError:
            report.refuse(row.line, row_error(texts.REFUSED))
        else:
            report.keep(row.line, kept)
