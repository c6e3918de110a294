"""Requests over her data as coordinators read them: the next legal term first, by agency."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select, true, tuple_
from sqlalchemy.orm import aliased

from models import Affiliation, DataRequest, Woman
from outreach.ground import dates
from outreach.programme import overview
from outreach.single_list import legal_terms, requests

if TYPE_CHECKING:
    import uuid
    from datetime import datetime
    from typing import Any

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

PAGE = 50
_DUE = func.coalesce(DataRequest.execute_by, DataRequest.answer_by)


@dataclass(frozen=True)
class Line:
    """A request of the list; `left` is how many business days its term has left, None where it is over."""

    request: DataRequest
    name: str
    left: int | None


@dataclass(frozen=True)
class Page:
    """A page of the list; `older` is the request after which the next page begins."""

    lines: list[Line]
    older: uuid.UUID | None


@dataclass(frozen=True)
class Shown:
    """One request with what was noted of it."""

    line: Line
    woman: Woman | None
    about: dict[str, Any]
    may_ask: bool


def seen_by(agency: str | None) -> ColumnElement[bool]:
    """Return what is true of the requests that a coordinator of this agency sees: None sees all.

    Hers are those that her agency entered and those of its women; of a woman of no agency, everybody's.
    """
    if agency is None:
        return true()
    of = aliased(Affiliation)
    listed = select(of.id).where(of.woman_id == DataRequest.woman_id)
    nobodys = DataRequest.agency.is_(None) & ~listed.exists()
    return or_(DataRequest.agency == agency, listed.where(of.agency == agency).exists(), nobodys)


def listed(
    session: Session, key: PersonalKey, settings: Settings, agency: str | None, now: datetime, *,
    over: bool = False, after: uuid.UUID | None = None, most: int = PAGE,
) -> Page:  # fmt: skip
    """Return a page of the open requests, the nearest term first, or of those that are over, newest first."""
    query = (
        select(DataRequest, Woman).outerjoin(Woman, Woman.id == DataRequest.woman_id).where(seen_by(agency))
    )
    last = session.get(DataRequest, after) if after is not None else None
    if over:
        query = query.where(DataRequest.done_at.is_not(None))
        if last is not None and last.done_at is not None:
            query = query.where(tuple_(DataRequest.done_at, DataRequest.id) < (last.done_at, last.id))
        query = query.order_by(DataRequest.done_at.desc(), DataRequest.id.desc())
    else:
        query = query.where(DataRequest.done_at.is_(None))
        if last is not None:
            query = query.where(tuple_(_DUE, DataRequest.id) > (last.due, last.id))
        query = query.order_by(_DUE, DataRequest.id)
    rows = session.execute(query.limit(most + 1)).all()
    today = dates.today(settings.timezone, now)
    closed = legal_terms.closed_days(session, today) if not over and rows else frozenset()
    lines = [
        Line(
            request,
            overview.name_of(key, woman) if woman is not None else "",
            None if over else legal_terms.days_left(settings, closed, now, request.due),
        )
        for request, woman in rows[:most]
    ]
    return Page(lines, rows[most - 1][0].id if len(rows) > most else None)


def find(
    session: Session, request_id: uuid.UUID, agency: str | None, *, lock: bool = False
) -> DataRequest | None:
    """Return a request that somebody may see; `lock` it to change it."""
    query = select(DataRequest).where(DataRequest.id == request_id, seen_by(agency))
    return session.scalar(query.with_for_update() if lock else query)


def shown(
    session: Session, key: PersonalKey, settings: Settings, request: DataRequest, now: datetime
) -> Shown:
    """Return one request for its page."""
    woman = session.get(Woman, request.woman_id) if request.woman_id else None
    received = dates.today(settings.timezone, request.created_at)
    closed = legal_terms.closed_days(session, received)
    left = None if request.done_at else legal_terms.days_left(settings, closed, now, request.due)
    until = legal_terms.end(settings, closed, received, legal_terms.ASK_FOR_MISSING)
    name = overview.name_of(key, woman) if woman is not None else ""
    may_ask = now <= until and request.complete_by is None
    return Shown(Line(request, name, left), woman, requests.about(key, request), may_ask)
