"""A quarter's counts: what is counted, and that nothing of another team or quarter is in it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from desk_steps import ZONE
from referral_support import Agencies, referred_outside
from sqlalchemy import select

from models import AuditEvent
from outreach.casework import cases, counts, record, record_fields
from outreach.casework.counts import Quarter
from outreach.sealing import vault

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from models import Case
    from outreach.casework.counts import Report
    from outreach.casework.opened import Caseworker
    from outreach.sealing.crypto import PersonalKey

# The desk of these tests opens its cases on 23 November 2026.
FOURTH = Quarter(2026, 4)
AFTER = datetime(2027, 1, 15, 18, tzinfo=UTC)


@pytest.fixture
def agencies(session: Session, key: PersonalKey) -> Agencies:
    return Agencies(session, key)


def _say(agencies: Agencies, case: Case, **told: str) -> None:
    values = record_fields.clean("violence", {name: text.split() for name, text in told.items()})
    record.save_section(
        agencies.session, agencies.lucia, case.id, AFTER, record_fields.VIOLENCE, values, known=99
    )


def _set(agencies: Agencies, case: Case, **changes: object) -> None:
    state = cases.locked_state(agencies.session, agencies.key, case)
    for name, value in changes.items():
        setattr(state, name, value)
    cases.write_state(agencies.key, case, state)


def _count(agencies: Agencies, who: Caseworker | None = None, quarter: Quarter = FOURTH) -> Report:
    who = who or agencies.sofia
    team = agencies.theirs.id if who is agencies.ines else agencies.team_id
    session, key = agencies.session, agencies.key
    return counts.count(session, key, who.private_key, who.staff, team, quarter, ZONE, AFTER)


def _table(report: Report, name: str) -> dict[str, int | None]:
    (found,) = (table for table in report.tables if table.name == name)
    return dict(found.rows)


def test_what_is_counted(agencies: Agencies) -> None:
    """Thirty-one cases in the words of the law; what was few or was not said is withheld."""
    made = [agencies.taken() for _ in range(30)] + [referred_outside(agencies)]
    for at, case in enumerate(made):
        told = {"types": "physical economic" if at < 17 else "physical", "age": "33" if at < 16 else "51"}
        if at < 21:
            _say(agencies, case, **told)
    _set(agencies, made[0], outcome="duplicate", closed_at=AFTER.isoformat())
    for case in made[1:13]:
        _set(agencies, case, outcome="attended", closed_at=AFTER.isoformat())
    report = _count(agencies)
    assert report.total == 30
    assert _table(report, "types")["physical"] == 20
    assert _table(report, "types")["economic"] == 15
    assert _table(report, "types")["sexual"] is None
    assert _table(report, "age")["30-44"] == 15
    assert _table(report, "age")["45-59"] is None
    assert (_table(report, "outcome")["attended"], _table(report, "outcome")["open"]) == (None, 15)
    assert _table(report, "referred") == {"sent": None, "service": None, "received": None}
    assert _table(report, "month")["2026-11"] is None
    events = list(agencies.session.scalars(select(AuditEvent.action)))
    assert events.count("desk.counted") == 1


def test_few_cases_are_not_told(agencies: Agencies) -> None:
    for _ in range(9):
        agencies.taken()
    report = _count(agencies)
    assert (report.total, {table.rows for table in report.tables}) == (None, {()})


def test_only_of_its_team_and_quarter(agencies: Agencies) -> None:
    """Another team's cases, drafts, and those of another quarter by the local clock are not in it."""
    made = [agencies.taken() for _ in range(12)]
    new_year_here = datetime(2027, 1, 1, 5, 59, tzinfo=UTC)
    _set(agencies, made[0], opened_at=new_year_here.isoformat())
    _set(agencies, made[1], opened_at=(new_year_here + timedelta(minutes=2)).isoformat())
    made[2].forget_after = AFTER
    assert _count(agencies).total == 10
    _set(agencies, made[0], opened_at=(new_year_here + timedelta(minutes=2)).isoformat())
    assert _count(agencies).total is None
    assert _count(agencies, agencies.ines).total is None
    _say(agencies, made[3], types="physical")
    with pytest.raises(vault.UnsealError):
        counts.count(
            agencies.session, agencies.key, agencies.ines.private_key, agencies.ines.staff, agencies.team_id,
            FOURTH, ZONE, AFTER,
        )  # fmt: skip


def test_only_quarters_that_are_over(agencies: Agencies) -> None:
    """What grows from day to day would tell by its growth."""
    assert counts.quarters(date(2027, 1, 15))[:2] == [FOURTH, Quarter(2026, 3)]
    assert counts.quarters(date(2026, 12, 31))[0] == Quarter(2026, 3)
    for quarter in (Quarter(2027, 1), Quarter(2020, 1)):
        with pytest.raises(ValueError, match="quarters"):
            _count(agencies, quarter=quarter)
