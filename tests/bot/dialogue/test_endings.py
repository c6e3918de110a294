"""What ends a talk on safety or takes back what was told, and words into which it was only read."""

from __future__ import annotations

from datetime import date

import pytest

from bot.dialogue import endings
from bot.dialogue.standing import Standing

TALK = Standing(date(2026, 11, 23), frozenset(), in_safety=True)
NONE = Standing(date(2026, 11, 23), frozenset())


@pytest.mark.parametrize(
    "text",
    ["no gracias", "nada mas", "nada", "no", "ya me voy", "es todo", "por ahora no", "luego le digo",
     "asi esta bien", "no quiero nada", "ok", "hasta luego", "mejor no", "ya no, gracias"],
)  # fmt: skip
def test_an_end_holds_a_word_of_one(text: str) -> None:
    """Thanks, leaving, wanting nothing."""
    assert not endings.is_stray("/thank", text, TALK)


@pytest.mark.parametrize(
    "text",
    ["no nos an pagado", "ya no lo ise", "no nos dan nada de comer", "nos cuida un señor",
     "no tengo nada de dinero", "no me dejan hablar"],
)  # fmt: skip
def test_what_is_told_ends_nothing(text: str) -> None:
    """Though the model of the place heard "nothing for now"."""
    assert endings.is_stray("/thank", text, TALK)


@pytest.mark.parametrize(
    "text",
    ["no es eso", "no me entendiste", "me equivoque", "era broma", "no es violencia", "no quise decir eso",
     "estaba jugando", "no, era para otra cosa", "no me pega", "no"],
)  # fmt: skip
def test_taking_back_speaks_of_what_was_understood(text: str) -> None:
    """Nothing of the talk is kept after it."""
    assert not endings.is_stray("/not_that", text, TALK)


@pytest.mark.parametrize(
    "text",
    ["ya yego\nno espera no era el era el vecino", "mi marido no sabe", "no le he dicho a nadie",
     "no se que hacer"],
)  # fmt: skip
def test_more_of_her_story_takes_nothing_back(text: str) -> None:
    """It would lose all that she told."""
    assert endings.is_stray("/not_that", text, TALK)


def test_other_acts_and_other_talks_are_left_alone() -> None:
    """Only in a talk on safety, and only these two."""
    assert not endings.is_stray("/want_person", "no nos an pagado", TALK)
    assert not endings.is_stray("/thank", "no nos an pagado", NONE)
