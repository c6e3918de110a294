"""Another voice in the middle of her talk: what it says is misheard, and whose it is must not be missed."""

from __future__ import annotations

from datetime import date

import pytest

from bot.dialogue import speaker
from bot.dialogue.parse import Understanding
from bot.dialogue.standing import Standing

ORDINARY = Understanding("out_of_scope", 0.5, "none", "none")


def here(**of: object) -> Standing:
    return Standing(date(2026, 11, 23), frozenset(), **{"in_safety": True, "by_voice": True} | of)  # type: ignore[arg-type] # a few


@pytest.mark.parametrize(
    "heard",
    [
        "Bueno, ¿quién es? ¿Por qué les ha descrimiendo a mi mujer?",
        "a ver que le estan mandando a mi esposa", "este es el telefono de mi señora",
        "que quieren con mi vieja",
    ],
)  # fmt: skip
@pytest.mark.parametrize("tier", ["none", "perhaps"])
def test_his_voice_hides_her_talk(heard: str, tier: str) -> None:
    """Misheard as it is: from there this is a workshops bot."""
    act = speaker.other(heard, Understanding("out_of_scope", 0.5, "none", tier), here())
    assert act is not None
    assert act.intent == "other_holds_phone"


@pytest.mark.parametrize(
    ("heard", "said", "where"),
    [
        ("me dice tu eres mi mujer y te aguantas", ORDINARY, {}),
        ("yo soy su mujer y no me deja salir", ORDINARY, {}),
        ("mi esposa me grita", Understanding("disclose_violence", 0.9, "support", "sure"), {}),
        ("mi esposa", ORDINARY, {"filled": {"hurts": "she"}}),
        ("quiero llevar a mi esposa al taller", ORDINARY, {"in_safety": False}),
        ("bueno quien es que les ha descrimiendo a mi mujer", ORDINARY, {"by_voice": False}),
        ("mi mama y mi suegra no saben", ORDINARY, {}),
    ],
)
def test_its_look_alikes_hide_nothing(heard: str, said: Understanding, where: dict[str, object]) -> None:
    """What is quoted, what is done to her, of whom she told; typed, or outside of such a talk."""
    assert speaker.other(heard, said, here(**where)) is None
