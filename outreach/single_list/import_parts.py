"""What is kept of a file while it is brought in: its rows and what became of them, all of it encrypted."""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, insert, select

from models import ImportPart, ImportRun
from outreach.single_list.reading import Layout
from outreach.single_list.report import Change

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy.orm import Session

    from outreach.sealing.crypto import PersonalKey
    from outreach.single_list.report import Problem, Report

ROWS: Final = "rows"
CHECKED: Final = "checked"
KEPT: Final = "kept"
"""The purposes of a part: what stands in the file, what the check found, what was kept."""
SIZE = 500
"""Rows of a part: they are decided and committed together."""
_BUCKET = 4096
_AT_ONCE = 4
Record = tuple[int, list[str]]


@dataclass
class About:
    """A file's header and the line it stands on, what each column means, and how the file was read.

    `day_first` is by the place of a column, over all rows (`date_cells.day_first`).
    """

    header: list[str]
    line: int
    columns: list[str | None]
    day_first: list[bool | None]
    name: str = ""
    encoding: str = ""
    sheet: str = ""
    others: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def layout(self) -> Layout:
        """Return what the columns mean."""
        shown = {
            column: self.day_first[place] for place, column in enumerate(self.columns) if column is not None
        }
        return Layout(self.header, self.columns, shown)


@dataclass(frozen=True)
class Wrong:
    """A row that was refused: its line, what is wrong by column, and its cells as they stand in the file."""

    line: int
    problems: tuple[Problem, ...]
    cells: list[str]


@dataclass(frozen=True)
class Outcome:
    """What became of the rows of a part; `met` are the women they were about, by the line."""

    wrong: list[Wrong]
    notes: list[tuple[int, str]]
    changes: list[Change]
    met: dict[uuid.UUID, int]


def read_about(key: PersonalKey, run: ImportRun) -> About:
    """Decrypt what a file is."""
    return About(**key.decrypt(run.about_cipher, place=f"import_run:{run.id}"))


def write_about(key: PersonalKey, run: ImportRun, about: About) -> None:
    """Encrypt what a file is."""
    run.about_cipher = key.encrypt(asdict(about), place=f"import_run:{run.id}", bucket=_BUCKET)


def _row(
    key: PersonalKey, run_id: uuid.UUID, purpose: str, number: int, data: dict[str, Any]
) -> dict[str, Any]:
    made = uuid.uuid4()
    cipher = key.encrypt(data, place=f"import_part:{made}", bucket=_BUCKET)
    return {"id": made, "run_id": run_id, "purpose": purpose, "number": number, "content_cipher": cipher}


def _opened(key: PersonalKey, part: ImportPart) -> dict[str, Any]:
    return key.decrypt(part.content_cipher, place=f"import_part:{part.id}")


def keep_rows(db: Session, key: PersonalKey, run_id: uuid.UUID, records: Sequence[Record]) -> None:
    """Keep the rows of a file, a part for each `SIZE` of them."""
    for number, start in enumerate(range(0, len(records), SIZE)):
        some = records[start : start + SIZE]
        part = _row(key, run_id, ROWS, number, {"rows": some})
        db.execute(insert(ImportPart), [part | {"last_line": some[-1][0], "problems": 0}])


def rows_of(db: Session, key: PersonalKey, run_id: uuid.UUID, number: int) -> list[Record]:
    """Return the rows of a part; none where there is no such part."""
    part = db.scalar(
        select(ImportPart).where(
            ImportPart.run_id == run_id, ImportPart.purpose == ROWS, ImportPart.number == number
        )
    )
    return [(int(line), cells) for line, cells in _opened(key, part)["rows"]] if part else []


def keep_outcome(
    db: Session,
    key: PersonalKey,
    run_id: uuid.UUID,
    purpose: str,
    number: int,
    records: Sequence[Record],
    report: Report,
    met: dict[uuid.UUID, int],
) -> None:
    """Keep what became of the rows of a part."""
    cells = dict(records)
    data = {
        "wrong": [[line, list(problems), cells[line]] for line, problems in sorted(report.wrong.items())],
        "notes": sorted(report.notes),
        "changes": [[c.line, c.column, c.before, c.after] for c in report.changes],
        "met": [[str(woman_id), line] for woman_id, line in met.items()],
    }
    part = _row(key, run_id, purpose, number, data)
    counts = {"last_line": records[-1][0], "problems": len(report.wrong)}
    db.execute(insert(ImportPart), [part | counts])


def outcomes(
    db: Session,
    key: PersonalKey,
    run_id: uuid.UUID,
    purpose: str,
    *,
    after: int = 0,
    problems_only: bool = False,
) -> Iterator[Outcome]:
    """Yield what became of the parts that end after a line of the file, in its order."""
    found = select(ImportPart).where(
        ImportPart.run_id == run_id, ImportPart.purpose == purpose, ImportPart.last_line > after
    )
    if problems_only:
        found = found.where(ImportPart.problems > 0)
    found, number = found.order_by(ImportPart.number).limit(_AT_ONCE), -1
    while parts := db.scalars(found.where(ImportPart.number > number)).all():
        for part in parts:
            yield _outcome(_opened(key, part))
        number = parts[-1].number


def _outcome(data: dict[str, Any]) -> Outcome:
    return Outcome(
        wrong=[
            Wrong(line, tuple((column, what) for column, what in problems), cells)
            for line, problems, cells in data["wrong"]
        ],
        notes=[(line, note) for line, note in data["notes"]],
        changes=[Change(*change) for change in data["changes"]],
        met={uuid.UUID(woman_id): line for woman_id, line in data["met"]},
    )


def forget(db: Session, run_id: uuid.UUID, *purposes: str) -> None:
    """Delete parts of a file."""
    db.execute(delete(ImportPart).where(ImportPart.run_id == run_id, ImportPart.purpose.in_(purposes)))
