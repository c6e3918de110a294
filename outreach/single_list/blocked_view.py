"""What is blocked as a coordinator lists it, without a name, and the lines of one record that was opened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, tuple_

from models import BlockedRecord, DataKind

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterator
    from datetime import date, datetime

    from sqlalchemy.orm import Session

PAGE = 50


@dataclass(frozen=True)
class Blocked:
    """One blocked record, shut."""

    id: uuid.UUID
    kind: DataKind
    asked: bool
    blocked_on: date
    erase_after: datetime


@dataclass(frozen=True)
class Page:
    """A page of them, newest first; `older` is the one after which the next page begins."""

    lines: list[Blocked]
    older: uuid.UUID | None


def listed(session: Session, *, after: uuid.UUID | None = None) -> Page:
    """Return a page of what is blocked."""
    query = select(
        BlockedRecord.id,
        BlockedRecord.kind,
        BlockedRecord.asked,
        BlockedRecord.blocked_at,
        BlockedRecord.erase_after,
    )
    if after is not None:
        at = select(BlockedRecord.blocked_at).where(BlockedRecord.id == after).scalar_subquery()
        query = query.where(tuple_(BlockedRecord.blocked_at, BlockedRecord.id) < tuple_(at, after))
    query = query.order_by(BlockedRecord.blocked_at.desc(), BlockedRecord.id.desc()).limit(PAGE + 1)
    rows = [
        Blocked(row.id, row.kind, row.asked, row.blocked_at.astimezone(UTC).date(), row.erase_after)
        for row in session.execute(query)
    ]
    return Page(rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None)


def lines(content: Any) -> list[tuple[str, str]]:  # noqa: ANN401 (JSON)
    """Return JSON as name and value, a line each; ids of rows say nothing to a person and are left out."""
    return list(_lines(content, ""))


def _lines(value: Any, name: str) -> Iterator[tuple[str, str]]:  # noqa: ANN401 (JSON)
    if isinstance(value, dict):
        for inner, one in value.items():
            if inner != "id" and not inner.endswith("_id"):
                yield from _lines(one, f"{name} · {inner}" if name else inner)
    elif isinstance(value, list):
        for number, one in enumerate(value, start=1):
            yield from _lines(one, f"{name} {number}" if len(value) > 1 else name)
    elif value not in {None, ""}:
        yield name, str(value)
