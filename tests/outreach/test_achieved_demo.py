"""The sample programme shows what it achieved within its first minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ledger import NOW, a_woman
from sqlalchemy import select

from models import Session, Woman, Workshop
from outreach.figures import kept
from outreach.figures.counting import AXIS, GRADUATING, QUANTITIES
from outreach.start import demo_achieved

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session as Database

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey


@pytest.mark.parametrize("now", [NOW, NOW.replace(month=1, day=1)])
def test_the_last_quarter(session: Database, key: PersonalKey, settings: Settings, now: datetime) -> None:
    """On any day of a year: 8 % of the graduates with both interviews improved, in a quarter that is over."""
    for axis in ("food", "health"):
        session.add(Workshop(code=axis, name=axis, axis=axis))
    for number in range(demo_achieved.WOMEN):
        a_woman(session, key, f"Mujer {number}")
    session.flush()
    demo_achieved.load(session, key, settings, now)
    report = kept.read(session, key, kept.quarters(now, settings.timezone)[0], settings.timezone, now).report
    food = report.food
    assert (food.both, food.graded, food.improved, food.share) == (250, 250, 20, 8)
    assert all((report.women[name].total or 0) >= demo_achieved.WOMEN for name in QUANTITIES)
    shown = dict(report.women[GRADUATING].by[AXIS].rows)
    assert (shown["food"], shown["health"]) == (135, 135)
    assert all(at < now for at in session.scalars(select(Session.starts_at)))
    assert len(session.scalars(select(Woman.created_at)).all()) == demo_achieved.WOMEN
