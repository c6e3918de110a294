"""Spellings that sound alike are set right for the models and the lists, and nothing else is."""

from __future__ import annotations

import pytest

from bot.dialogue.respelled import respelled


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("me siento mui mal", "me siento muy mal"),
        ("Mui bien, i usted", "muy bien, y usted"),
        ("me grita i me jala", "me grita y me jala"),
        ("soi ana i boi mañana", "soy ana y voy mañana"),
        ("oi no puedo", "hoy no puedo"),
    ],
)
def test_set_right(text: str, meant: str) -> None:
    """Whole words alone."""
    assert respelled(text) == meant


@pytest.mark.parametrize("text", ["fui ayer", "muina", "soil", "a b i", "3 i 4", "la opcion i", "boina"])
def test_left_alone(text: str) -> None:
    """Other words, letters and figures."""
    assert respelled(text) == text
