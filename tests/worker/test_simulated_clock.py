"""The file of the demo's clock: what it says, what it does not, and that nothing follows it unasked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from models import utcnow
from outreach.ground import simulated_clock

if TYPE_CHECKING:
    from outreach.ground.settings import Settings

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_without_the_setting_the_file_means_nothing(settings: Settings) -> None:
    """A file in the folder turns no clock; `up` refuses the folder (`tests/cli`)."""
    simulated_clock.SimulatedClock(settings.var).advance(DAY)
    assert simulated_clock.follow(settings) is None
    assert abs(utcnow() - datetime.now(UTC)) < timedelta(seconds=5)
    assert simulated_clock.was_moved(settings)


@pytest.mark.parametrize("kept", ["", "tomorrow", "-86400", "1e99", "9" * 30])
def test_a_file_that_says_nothing_moves_nothing(settings: Settings, kept: str) -> None:
    settings.var.mkdir(exist_ok=True)
    (settings.var / simulated_clock.FILE).write_text(kept)
    assert simulated_clock.SimulatedClock(settings.var).ahead() == timedelta()


def test_it_never_goes_back(settings: Settings) -> None:
    found = simulated_clock.SimulatedClock(settings.var)
    assert found.advance(DAY) == DAY
    (settings.var / simulated_clock.FILE).unlink()
    assert found.ahead() == DAY
    with pytest.raises(ValueError, match="forward"):
        found.advance(-HOUR)
