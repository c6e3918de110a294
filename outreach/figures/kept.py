"""The counts of a quarter, made once a day: grading thousands of interviews takes seconds."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from models import KeptFigures
from outreach.casework import counts as quarters_of
from outreach.figures import counting, report
from outreach.figures.counting import Counts

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from sqlalchemy.orm import Session

    from outreach.casework.counts import Quarter
    from outreach.figures.report import Report
    from outreach.sealing.crypto import PersonalKey

GOOD_FOR = timedelta(days=1)
BUCKET = 16384
"""Bytes: the counts of all municipalities of a state fit in one, so that its length tells nothing."""


class Kept(NamedTuple):
    """A quarter as it may be shown, and when it was counted."""

    report: Report
    counted_at: datetime


def quarters(now: datetime, zone: ZoneInfo) -> list[Quarter]:
    """Return the quarters that can be shown: those that are over, the last one first."""
    return quarters_of.quarters(now.astimezone(zone).date())


def code_of(quarter: Quarter) -> str:
    """Return a quarter as addresses and rows name it, such as `2026-3`."""
    return f"{quarter.year}-{quarter.number}"


def read(session: Session, key: PersonalKey, quarter: Quarter, zone: ZoneInfo, now: datetime) -> Kept:
    """Return a quarter's report, counted anew where what is kept is a day old; the caller commits.

    Raises:
        ValueError: the quarter is not over.
    """
    if quarter not in quarters(now, zone):
        raise ValueError(f"{quarter} is not one of the quarters that are over")
    row = session.scalar(select(KeptFigures).where(KeptFigures.quarter == code_of(quarter)))
    if row is None or row.counted_at < now - GOOD_FOR:
        counts, counted_at = _count_anew(session, key, quarter, zone, now), now
    else:
        counts = Counts.from_json(key.decrypt(row.content_cipher, place=f"kept_figures:{row.id}"))
        counted_at = row.counted_at
    return Kept(report.make(counts, quarter, report.names(session)), counted_at)


def keep_last(session: Session, key: PersonalKey, zone: ZoneInfo, now: datetime) -> bool:
    """Count the last quarter anew before what is kept of it is a day old; say whether that was needed."""
    quarter = quarters(now, zone)[0]
    counted_at = session.scalar(select(KeptFigures.counted_at).where(KeptFigures.quarter == code_of(quarter)))
    if counted_at is not None and counted_at > now - GOOD_FOR * 0.9:
        return False
    _count_anew(session, key, quarter, zone, now)
    return True


def _count_anew(
    session: Session, key: PersonalKey, quarter: Quarter, zone: ZoneInfo, now: datetime
) -> Counts:
    counts = counting.count(session, key, quarter, zone)
    row_id = uuid.uuid5(uuid.NAMESPACE_URL, f"avanza:figures:{code_of(quarter)}")
    cipher = key.encrypt(counts.as_json(), place=f"kept_figures:{row_id}", bucket=BUCKET)
    values = {"counted_at": now, "content_cipher": cipher}
    session.execute(
        insert(KeptFigures)
        .values(id=row_id, quarter=code_of(quarter), **values)
        .on_conflict_do_update(index_elements=[KeptFigures.quarter], set_=values)
    )
    return counts
