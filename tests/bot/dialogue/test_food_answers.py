"""The food questions ask whether it ever happened: how often is a yes, thanks to God may go with a no."""

from __future__ import annotations

from datetime import date

import pytest

from bot.dialogue.answers import Answer, read

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("a veces", "yes"), ("siempre", "yes"), ("pues si", "yes"), ("una vez", "yes"),
        ("ps si a veces", "yes"),
        ("Sí, la verdad sí", "yes"), ("aveces", "yes"), ("de vez en cuando", "yes"),
        ("pos si seguido", "yes"),
        ("algunas veses", "yes"), ("si nos ha pasado", "yes"), ("rara vez", "yes"),
        ("lamentablemente si", "yes"),
        ("ay si, varias veces", "yes"), ("una o dos veces", "yes"), ("simon", "yes"), ("casi siempre", "yes"),
        ("ps no", "no"), ("gracias a dios no", "no"), ("no gracias a Dios", "no"), ("nunca", "no"),
        ("no, nunca", "no"), ("bendito dios no", "no"), ("hasta ahorita no", "no"), ("fijese que no", "no"),
        ("la verdad no", "no"), ("eso no", "no"), ("no nos ha pasado", "no"), ("gracias a dios nunca", "no"),
        ("pos no", "no"), ("tampoco", "no"), ("no se", "none"), ("paso", "none"), ("quien sabe", "none"),
    ],
)  # fmt: skip
def test_the_food_answers_in_her_words(written: str, value: str) -> None:
    assert read("q4", written, TODAY) == Answer({"q4": value})


@pytest.mark.parametrize(
    "written",
    ["casi nunca", "no alcanza", "no tenemos que comer desde ayer", "cuanto cuesta", "mi esposo si come",
     "no hay comida", "siempre me pega", "una vez me pego", "nomas los niños"],
)  # fmt: skip
def test_what_may_be_either_is_asked_again(written: str) -> None:
    """Neither a story nor a cry is taken for a yes or a no."""
    assert not isinstance(read("q4", written, TODAY), Answer)
