"""Worn out by nursing somebody, or lonely; and what only looks like it."""

from __future__ import annotations

import pytest

from bot.dialogue import worn_out


@pytest.mark.parametrize(
    "text",
    [
        "estoy cuidando a mi mamá enferma y ya no puedo",
        "cuido a mi suegro con alzheimer y estoy bien cansada ya no puedo mas",
        "mi papa esta postrado en cama y nadie me ayuda",
        "atiendo a mi niño con discapacidad y ya no doy",
        "me toca cuidar a mi suegra y ando bien cansada",
        "estoy cansada de cuidar a mi mama",
        "mi papa con demencia me tiene agotada no descanso ni de noche",
        "mi hijo tiene autismo y ya no se que hacer",
    ],
)
def test_who_nurses_somebody_is_worn_out(text: str) -> None:
    """Whoever it is, and whatever ails them."""
    assert worn_out.told(text) == "cares"


@pytest.mark.parametrize(
    "text",
    [
        "me siento bien sola",
        "me siento sola y triste desde q murio mi mama",
        "no tengo con quien platicar",
        "no tengo amigas aqui y me siento muy triste",
        "nadie me habla",
        "estoy muy triste",
        "ando bien aguitada",
        "me ciento mui sola aqui en mi casa",
        "la verdad me siento muy deprimida",
        "estoy deprimida",
        "me siento sola con los niños todo el dia",
    ],
)
def test_who_is_lonely_says_so(text: str) -> None:
    """Sad, or with nobody to talk to."""
    assert worn_out.told(text) == "lonely"


@pytest.mark.parametrize(
    "text",
    [
        "me siento sola y ya no quiero vivir",
        "estoy sola",
        "vivo sola con mis hijos",
        "estoy sola en la casa",
        "me siento triste porque mi marido me pega",
        "cuido a mi mama y mi hermano me grita ya no puedo",
        "cuido a mi mama por eso no puedo ir en la mañana",
        "mi mama esta enferma no voy a poder ir",
        "ya no puedo mas",
        "me siento mejor",
        "estoy cansada de que me humille",
        "mi niño esta enfermo no puedo ir hoy",
        "me siento sola y mejor me muero",
    ],
)
def test_what_tells_of_something_else_is_none(text: str) -> None:
    """Harm, thoughts of dying, an absence, a fact."""
    assert not worn_out.told(text)
