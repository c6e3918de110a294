"""What a step does to her is said before it is taken, and is what the code does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from outreach.messages import cover_state
from outreach.messages.conversation_state import PrivateState
from outreach.texts import desk_cover
from outreach.texts.desk_cover import Step, effect_of

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
STEPS: tuple[Step, ...] = get_args(Step)


@pytest.mark.parametrize("step", STEPS)
def test_nothing_is_asked_where_nothing_happens(step: Step) -> None:
    """Without cover and without a text that has not left only closing is asked about, as ever."""
    asked = effect_of(step, cover_hours=None, held=0, waits=None)
    assert asked == (desk_cover.ASKED["close"] if step == "close" else None)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("waits", [None, "answer", "hour"])
def test_everything_that_holds_is_said(step: Step, waits: str | None) -> None:
    said = effect_of(step, cover_hours=12, held=2, waits=waits)
    assert said is not None
    assert "modo oculto" in said
    assert "2 textos" in said
    assert ("Un texto guardado" in said) == (waits is not None)
    assert "{" not in said


@pytest.mark.parametrize("step", ["take", "instead"])
def test_taking_costs_no_second(step: Step) -> None:
    """Without cover it is not asked about, whatever has not left."""
    assert effect_of(step, cover_hours=None, held=2, waits="hour") is None


def test_one_text_is_one() -> None:
    said = effect_of("back", cover_hours=None, held=1, waits=None)
    assert said is not None
    assert "un texto" in said


@pytest.mark.parametrize(
    ("hours", "said"), [(1, "una hora"), (12, "12 horas"), (24, "un día"), (168, "7 días"), (36, "36 horas")]
)
def test_how_long_cover_lasts_alone(hours: int, said: str) -> None:
    asked = effect_of("close", cover_hours=hours, held=0, waits=None)
    assert asked is not None
    assert f"tras {said} sin mensajes" in asked


@pytest.mark.parametrize("word", [None, "a hash"])
def test_the_hours_are_those_after_which_it_ends(word: str | None) -> None:
    """P8: said before closing, true after it."""
    state = PrivateState(cover=True, cover_since=NOW.isoformat(), word_hash=word)
    hours = cover_state.hours_of_silence(state, 12)
    assert cover_state.ends_by_itself(state, 12) == NOW + timedelta(hours=hours)
