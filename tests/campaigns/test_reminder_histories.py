"""Reminders through any history: never outside the hours, after their use, twice, or silently lost (P3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from histories import History, Installation, drawn
from hypothesis import HealthCheck, given
from hypothesis import settings as trying

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session, sessionmaker

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

pytestmark = pytest.mark.timeout(3600)


def test_reminders_through_any_history(
    engine: Engine,
    sessions: sessionmaker[Session],
    key: PersonalKey,
    settings: Settings,
    histories: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Zones with summer time, quiet hours, hers, moves, late seats, restarts, deaths, skew, lost calls."""
    house = Installation(engine, sessions, key, settings, monkeypatch)

    @trying(
        max_examples=histories,
        deadline=None,
        database=None,
        derandomize=histories < 100,  # noqa: PLR2004 (the few of every run are always the same)
        suppress_health_check=list(HealthCheck),
    )
    @given(drawn())
    def play(history: History) -> None:
        house.play(history)
        assert house.wrong() == []

    play()
