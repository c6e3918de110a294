"""The clock's part of retention: one tick blocks and deletes all that is due, in batches."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from case_weeks import running
from sqlalchemy import func, select, update

from models import BlockedRecord, DataKind, RetentionNotice, Role, Support, SupportKind
from outreach.people import registry
from outreach.single_list import retention, supports
from outreach.single_list.supports import Entry
from outreach.staff import accounts
from worker import clock, keeping

if TYPE_CHECKING:
    import pytest
    from sqlalchemy.orm import Session, sessionmaker

    from outreach.ground.settings import Settings


def test_one_tick_does_all_that_is_due(
    settings: Settings, sessions: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Announced, due, blocked in batches of two, and deleted where nothing is to stay blocked."""
    monkeypatch.setattr(retention.block_step, "__defaults__", (2,))
    now = datetime.now(UTC)
    with running(settings) as runtime:
        with sessions.begin() as session:
            accounts.add(session, "rosa", "Rosa Prueba", Role.COORDINATOR, now)
            by = accounts.find(session, "rosa")
            assert by is not None
            details = registry.Details(full_name="Elena Uno")
            woman = registry.add_woman(session, runtime.key, details, municipality=None, axis=None)
            kind = session.scalars(select(SupportKind).where(SupportKind.code == "despensa")).one()
            for month in range(1, 6):
                entry = Entry(uuid.uuid4(), woman.id, kind.id, "DIF", date(2020, month, 1), None, "", "")
                supports.add(session, runtime.key, entry, by=None, source=supports.IMPORT, now=now)
            retention.set_rule(
                session, runtime.key, DataKind.SUPPORT, months=12, blocked_months=0, ground="Catálogo 7",
                reason="x", by=by.id, now=now,
            )  # fmt: skip
        keeping.announce(runtime)
        keeping.block_and_erase(runtime)
        with sessions.begin() as session:
            assert session.scalar(select(func.count()).select_from(Support)) == 5
            session.execute(update(RetentionNotice).values(due_at=now - timedelta(hours=1)))
        keeping.block_and_erase(runtime)
        with sessions() as session:
            for noun in (Support, BlockedRecord):
                assert session.scalar(select(func.count()).select_from(noun)) == 0
            assert session.scalars(select(RetentionNotice.done)).all() == [5]
            assert retention.notices(session) == []


def test_the_clock_runs_it() -> None:
    """Each tick is on the wheel."""
    assert {keeping.announce, keeping.block_and_erase} <= clock.WHEEL.keys()
