"""A girl says that her parents "will kill her" once they know: a saying, and the threats that are none."""

from __future__ import annotations

import pytest

from bot.dialogue.parents import only_a_saying

SAYINGS = (
    "mis papas me van a matar si se enteran",
    "si se enteran mis papas me matan",
    "mi papa me va a matar por las calificaciones",
    "me va a matar mi papa si sabe",
    "mi papá me va a matar cuando sepa que estoy embarazada",
    "mis papás me van a matar si ven el video",
)
THREATS = (
    "mi papa me quiere matar porque sali embarazada",
    "mi papa dice que me va a matar si salgo",
    "mi papa me va a matar tiene una pistola",
    "mi papa me va a matar a golpes si se entera",
    "mi papa ya viene me va a matar si me ve",
    "mi papa me va a matar si le digo que me toca mi tio",
    "mis papas me van a matar si se enteran, ayudenme",
    "mi papa juro que me mata si se entera",
    "mi papa me va a matar si se entera, ya me pego",
    "mi esposo me va a matar si se entera",
    "mi ex me mata si me ve",
    "mi hermano me va a matar si sabe que hable",
)


@pytest.mark.parametrize("text", SAYINGS)
def test_what_they_will_say_once_they_know_is_a_saying(text: str) -> None:
    """Her own words of what comes, and no threat that was made."""
    assert only_a_saying(text, told=False)


@pytest.mark.parametrize("text", THREATS)
def test_a_threat_a_weapon_or_a_blow_is_none(text: str) -> None:
    """Also where she told of photos before."""
    assert not only_a_saying(text, told=False)
    assert not only_a_saying(text, told=True)


def test_after_what_she_told_the_bare_saying_is_enough() -> None:
    """Of whom nothing was told before, the same words are heard as danger."""
    assert only_a_saying("mis papas me van a matar", told=True)
    assert not only_a_saying("mis papas me van a matar", told=False)
