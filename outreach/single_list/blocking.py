"""Taking data out of its table: kept apart and encrypted until its time is over, read with a reason only.

Blocking comes before deleting (LGPDPPSO arts. 17 and 18). What is blocked is in no list, count or search.
"""

from __future__ import annotations

import calendar
import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Date, delete, insert, select, tuple_, update

from models import (
    AbsenceCall,
    Attendance,
    AttendanceMark,
    Base,
    BlockedReading,
    BlockedRecord,
    DataKind,
    DataRequest,
    DoubleSupport,
    FoodSecurityInterview,
    RetentionRule,
    Support,
    Woman,
)
from outreach.people import registry
from outreach.single_list.plain_rows import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from sqlalchemy import Column, ColumnElement, Row, Table
    from sqlalchemy.orm import Session

    from outreach.sealing.crypto import PersonalKey

BUCKET: Final = 1024
LONGEST_REASON: Final = 500
ROWS: Final[dict[DataKind, tuple[Table, str]]] = {
    DataKind.SUPPORT: (Base.metadata.tables[Support.__tablename__], "day"),
    DataKind.ATTENDANCE: (Base.metadata.tables[Attendance.__tablename__], "updated_at"),
    DataKind.INTERVIEW: (Base.metadata.tables[FoodSecurityInterview.__tablename__], "created_at"),
    DataKind.REQUEST: (Base.metadata.tables[DataRequest.__tablename__], "done_at"),
}
"""The kinds that are rows of one table, and the column from which their period counts."""
# Rows that say what one of those says, and go with it: by which of their columns, and which of its.
_OF_SESSION: Final = {"woman_id": "woman_id", "session_id": "session_id"}
_PARTS: Final[dict[DataKind, list[tuple[Table, dict[str, str]]]]] = {
    DataKind.SUPPORT: [(Base.metadata.tables[DoubleSupport.__tablename__], {"support_id": "id"})],
    DataKind.ATTENDANCE: [
        (Base.metadata.tables[AttendanceMark.__tablename__], _OF_SESSION),
        (Base.metadata.tables[AbsenceCall.__tablename__], _OF_SESSION),
    ],
}


@dataclass(frozen=True)
class Stays:
    """What an erasure leaves blocked: of which kind, by which document, until when it is kept."""

    kind: DataKind
    ground: str
    until: date


def older(kind: DataKind, cutoff: datetime) -> ColumnElement[bool]:
    """Return what is true of the rows of a kind whose period is over."""
    column = _since(kind)
    return column < (cutoff.date() if isinstance(column.type, Date) else cutoff)


def later(moment: datetime, months: int) -> datetime:
    """Return the same day and hour so many months on, below zero back; else a month's last day."""
    count = moment.year * 12 + moment.month - 1 + months
    year, month = count // 12, count % 12 + 1
    return moment.replace(year=year, month=month, day=min(moment.day, calendar.monthrange(year, month)[1]))


def _since(kind: DataKind) -> Column[Any]:
    table, name = ROWS[kind]
    return table.c[name]


def block_rows(
    session: Session, key: PersonalKey, kind: DataKind, cutoff: datetime, erase_after: datetime,
    now: datetime, limit: int,
) -> int:  # fmt: skip
    """Block up to `limit` rows of a kind that nobody is changing; return how many."""
    table, _ = ROWS[kind]
    rows = session.execute(
        select(table)
        .where(older(kind, cutoff))
        .order_by(_since(kind), table.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    _take_out(session, key, kind, rows, now, lambda _: erase_after)
    return len(rows)


def stays(session: Session, key: PersonalKey, woman: Woman, now: datetime) -> list[Stays]:
    """Block what the rules keep of a woman whose record is about to be deleted; return what that is.

    It names her inside, since nobody else does, and hangs on no record.
    """
    rules = session.scalars(
        select(RetentionRule).where(RetentionRule.ended_at.is_(None), RetentionRule.on_erasure)
    ).all()
    found = []
    for rule in rules:
        if rule.kind not in ROWS:
            continue
        table, _ = ROWS[rule.kind]
        rows = session.execute(select(table).where(table.c.woman_id == woman.id).with_for_update()).all()
        ends = {row: later(at, rule.months) for row in rows if (at := _moment(rule.kind, row)) is not None}
        kept = {row: end for row, end in ends.items() if end > now}
        _take_out(session, key, rule.kind, list(kept), now, kept.__getitem__, asked=True)
        earlier = session.scalars(
            update(BlockedRecord)
            .where(BlockedRecord.woman_id == woman.id, BlockedRecord.kind == rule.kind)
            .values(woman_id=None, asked=True)
            .returning(BlockedRecord.erase_after)
        ).all()
        if kept or earlier:
            found.append(Stays(rule.kind, rule.ground, max([*kept.values(), *earlier]).date()))
    return found


def _moment(kind: DataKind, row: Row[Any]) -> datetime | None:
    value: datetime | date | None = getattr(row, ROWS[kind][1])
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    return value


def _take_out(
    session: Session, key: PersonalKey, kind: DataKind, rows: Sequence[Row[Any]], now: datetime,
    erase_after: Callable[[Row[Any]], datetime], *, asked: bool = False,
) -> None:  # fmt: skip
    if not rows:
        return
    table, _ = ROWS[kind]
    ids = [row.id for row in rows]
    names = _names(session, key, {row.woman_id for row in rows if row.woman_id})
    parts = _take_parts(session, key, kind, rows)
    store(
        session,
        key,
        [
            Taken(
                kind,
                None if asked else row.woman_id,
                {"who": names.get(row.woman_id, {}), table.name: [plain(key, table, row)], **parts[row.id]},
                erase_after(row),
                asked=asked,
            )
            for row in rows
        ],
        now,
    )
    session.execute(delete(table).where(table.c.id.in_(ids)))
    session.expire_all()


def _take_parts(
    session: Session, key: PersonalKey, kind: DataKind, rows: Sequence[Row[Any]]
) -> defaultdict[uuid.UUID, dict[str, Any]]:
    """Take what belongs to these rows out of its tables; return it by the row's id and the table."""
    found: defaultdict[uuid.UUID, dict[str, Any]] = defaultdict(dict)
    for table, columns in _PARTS.get(kind, ()):
        of = {tuple(getattr(row, name) for name in columns.values()): row.id for row in rows}
        theirs = tuple_(*(table.c[name] for name in columns)).in_(list(of))
        for part in session.execute(select(table).where(theirs).order_by(table.c.id)):
            owner = of[tuple(getattr(part, name) for name in columns)]
            found[owner].setdefault(table.name, []).append(plain(key, table, part))
        session.execute(delete(table).where(theirs))
    return found


def _names(session: Session, key: PersonalKey, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, dict[str, str]]:
    women = session.scalars(select(Woman).where(Woman.id.in_(ids)))
    found = {woman.id: registry.read_details(key, woman) for woman in women}
    return {
        one: {"full_name": details.full_name or details.preferred_name, "curp": details.curp}
        for one, details in found.items()
    }


@dataclass(frozen=True)
class Taken:
    """What is to be kept apart, in plain JSON."""

    kind: DataKind
    woman_id: uuid.UUID | None
    content: dict[str, Any]
    erase_after: datetime
    asked: bool = False


def store(session: Session, key: PersonalKey, taken: Iterable[Taken], now: datetime) -> None:
    """Keep these apart; of when, the day alone is written."""
    day = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = []
    for one in taken:
        new = uuid.uuid4()
        cipher = key.encrypt(one.content, place=f"blocked_record:{new}", bucket=BUCKET)
        rows.append(
            {"id": new, "kind": one.kind, "woman_id": one.woman_id, "content_cipher": cipher,
             "asked": one.asked, "blocked_at": day, "erase_after": one.erase_after}
        )  # fmt: skip
    if rows:
        session.execute(insert(BlockedRecord), rows)


class ReasonError(ValueError):
    """Escribe el motivo: lo bloqueado solo se abre con uno."""


def read(
    session: Session, key: PersonalKey, record_id: uuid.UUID, by: uuid.UUID, reason: str, now: datetime
) -> dict[str, Any] | None:
    """Return what is blocked in one record, and keep who read it and why; None where there is none.

    Raises:
        ReasonError: without a reason it stays shut.
    """
    reason = " ".join(reason.split())[:LONGEST_REASON]
    if not reason:
        raise ReasonError(ReasonError.__doc__)
    record = session.get(BlockedRecord, record_id)
    if record is None:
        return None
    reading = BlockedReading(id=uuid.uuid4(), record_id=record.id, staff_id=by, at=now)
    reading.reason_cipher = key.encrypt(
        {"reason": reason}, place=f"blocked_reading:{reading.id}", bucket=BUCKET
    )
    session.add(reading)
    session.flush()
    return key.decrypt(record.content_cipher, place=f"blocked_record:{record.id}")
