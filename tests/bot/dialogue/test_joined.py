"""Messages without spaces are read in words; names, places and long words are left alone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.components.spelling import bare
from bot.dialogue.joined import _listed, spaced

MESSAGES = Path(__file__).parents[3] / "data" / "nlu"


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


def test_the_list_holds_no_name_of_an_entity() -> None:
    """What an annotation calls its part, "[Cocula](municipality)", is no word that a woman writes."""
    found = {
        part
        for file in MESSAGES.glob("*.yml")
        for name in re.findall(r"\]\((\w+)\)", file.read_text(encoding="utf-8"))
        for part in name.split("_")
    }
    assert "municipality" in found
    assert set(_listed()[0]) & found == {"curp"}


def test_the_list_is_spelt_as_it_is_compared() -> None:
    """Without accents and capitals, each word once, and none both joined and one."""
    known, one = _listed()
    assert [word for word in (*known, *one) if bare(word) != word] == []
    assert len(known) == len(set(known))
    assert not one & set(known)
