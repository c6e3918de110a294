"""Messages without spaces are read in words; names, places and long words are left alone."""

from __future__ import annotations

import pytest

from bot.dialogue.joined import spaced


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("sivoyair", "si voy a ir"),
        ("aquehoraes", "a que hora es"),
        ("nopuedoirmañanaestoyenferma", "no puedo ir mañana estoy enferma"),
        ("siacepto", "si acepto"),
        ("buenastardesquieroinscribirme", "buenas tardes quiero inscribirme"),
        ("12demarzode1951", "12 de marzo de 1951"),
        ("metieneencerrada", "me tiene encerrada"),
        ("yanomemandenmensajes", "ya no me manden mensajes"),
    ],
)
def test_written_together(text: str, meant: str) -> None:
    """All of it is words that women write."""
    assert spaced(text) == meant


@pytest.mark.parametrize(
    "text",
    [
        "mariadejesuslopezramos", "Tlajomulco", "Zapotlanejo", "Guadalupe", "estudiante", "acompañada",
        "conservas", "panaderia", "desesperadamente", "LOPM850714MJCPRR04", "NOYA850714MJCPRR04",
        "que me quiere hacer", "el taller de conservas esta bonito", "jajajajajaja",
        "https://ejemplo.mx/quieroinscribirme", "", "👍👍👍👍👍👍👍👍",
        "ayudaaa", "porfavor ayudaaaa", "auxiliooo",
    ],
)  # fmt: skip
def test_left_as_it_is(text: str) -> None:
    """A name, a place, a CURP, one word, and whatever has its spaces."""
    assert spaced(text) == text
