"""Reminders through any history: never outside the hours, after their use, twice, or silently lost (P3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from drawing import History, drawn
from histories import Installation
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as trying

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session, sessionmaker

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

pytestmark = pytest.mark.timeout(3600)
SHORT, LONG = 12, 600


def test_reminders_through_any_history(
    engine: Engine,
    sessions: sessionmaker[Session],
    key: PersonalKey,
    settings: Settings,
    pytestconfig: pytest.Config,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Zones with summer time, quiet hours, hers, moves, late seats, restarts, deaths, skew, lost calls."""
    long = pytestconfig.getoption("--long", default=False)
    house = Installation(engine, sessions, key, settings, monkeypatch)

    @trying(
        max_examples=LONG if long else SHORT,
        deadline=None,
        database=None,
        # The few of every run are always the same; a failure is shown as it was found.
        derandomize=not long,
        phases=(Phase.explicit, Phase.generate, Phase.shrink) if long else (Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(drawn())
    def play(history: History) -> None:
        house.play(history)
        assert house.wrong() == []

    play()
