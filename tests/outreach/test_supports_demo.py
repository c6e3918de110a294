"""The sample programme shows double supports within its first minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ledger import NOW, a_woman
from sqlalchemy import func, select

from models import DoubleState, DoubleSupport, Support
from outreach.single_list import supports_doubles
from outreach.start import demo_supports

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session as Database

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey


@pytest.mark.parametrize("now", [NOW, NOW.replace(day=1), NOW.replace(month=1, day=1)])
def test_some_are_double(session: Database, key: PersonalKey, settings: Settings, now: datetime) -> None:
    """On any day of a month: four doubles of two agencies each, none of a day to come."""
    for number in range(20):
        a_woman(session, key, f"Mujer {number}")
    demo_supports.load(session, key, settings, now)
    assert session.scalars(select(DoubleSupport.state)).all() == [DoubleState.OPEN] * demo_supports.TWICE
    assert supports_doubles.look_again(session, now) == 0
    latest = session.scalar(select(func.max(Support.day)))
    assert latest is not None
    assert latest <= now.date()
