"""Plain sentences of violence and despair are never unheard; negation and figures of speech undo them."""

from __future__ import annotations

import pytest

from bot.components.lexicon import unmistakable


@pytest.mark.parametrize(
    "text",
    [
        "mi esposo me pega",
        "ke m pega mi marido",
        "mi biejo m golpeo anoxe",
        "mi marido ya no me pega",
        "ya no kiero bivir",
        "mi suegro nos amenaza",
        "me boy a matar",
        "me quiero morir de una vez",
        "mejor muerta yo que regresar",
        "ya no encuentro rason para vivir",
        "ya me canse de bibir",
        "anoche i wanted, i want to die",
    ],
)
def test_plain_words_are_heard(text: str) -> None:
    """However spelled; what is past ("ya no me pega") has been."""
    assert unmistakable(text)


@pytest.mark.parametrize(
    "text",
    [
        "mi esposo no me pega",
        "me muero de risa",
        "me pego el sol",
        "mi marido me quemo el arroz",
        "quiero el taller",
        "mi viejo nunca me pega",
        "me voy a matar estudiando",
        "me quiero morir de la vergüenza",
        "ya no quiero vivir allá",
        "ya me canse de vivir aqui, mucho sancudo",
    ],
)
def test_negation_and_figures_of_speech_are_no_disclosure(text: str) -> None:
    """What did not happen, and what is only said so, lifts nothing."""
    assert not unmistakable(text)
