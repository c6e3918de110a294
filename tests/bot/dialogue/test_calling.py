"""A message that only calls is no cry and no question; one that stops in the middle waits for its end."""

from __future__ import annotations

from datetime import date

import pytest

from bot.dialogue import calling
from bot.dialogue.parse import Understanding
from bot.dialogue.standing import Act, Standing

CALLS = [
    "oiga",
    "oiga\noiga\nme oye\nes que",
    "oiga\nme oye",
    "una pregunta",
    "hola oiga",
    "disculpe señorita",
    "hay alguien?",
    "ya",
    "ya estoy aqui",
    "es que",
    "¿está ahí?",
    "oiga una pregunta",
    "mire",
    "es q\noiga",
    "le puedo preguntar algo",
]
NONE = [
    "oiga que hora es",
    "me oye mi marido",
    "bueno",
    "si",
    "no",
    "hola",
    "hay alguien afuera",
    "ya llego",
    "oiga me pego",
    "es que me pega",
    "ya no",
    "ayuda",
    "me oye el",
    "alguien me sigue",
    "ya me tome las pastillas",
    "aqui esta el",
]


@pytest.mark.parametrize("text", CALLS)
def test_a_call(text: str) -> None:
    assert calling.only_calls(text)


@pytest.mark.parametrize("text", NONE)
def test_no_call(text: str) -> None:
    """Any other word makes it a message of its own."""
    assert not calling.only_calls(text)


@pytest.mark.parametrize(
    "text", ["y no se si", "es que mi", "pero", "es q mi", "y es que", "para mis", "lo que pasa es que"]
)
def test_a_piece(text: str) -> None:
    assert text == "pero" or calling.is_a_piece(text)


@pytest.mark.parametrize(
    "text", ["claro que si", "no se", "a mi", "y para mi", "pues si", "tiene 2", "y si?", "creo que si"]
)
def test_no_piece(text: str) -> None:
    assert not calling.is_a_piece(text)


def test_a_danger_read_into_a_call_is_none() -> None:
    said = Understanding("quick_exit", 0.9, "danger", "sure")
    assert calling.calmed("ya", said).tier == "none"
    assert calling.calmed("ya viene", said) is said


@pytest.mark.parametrize("text", ["buenas tardes mija", "hola oiga", "buenas disculpe"])
def test_a_greeting_is_greeted(text: str) -> None:
    """First of all she is told who answers."""
    said = Understanding("greet", 1.0, "none", "none")
    known = Standing(date(2026, 11, 23), frozenset(), consented=True)
    assert calling.answered(text, said, known) in (Act("greet"), None)


def test_who_calls_first_of_all_is_greeted() -> None:
    said = Understanding("repeat", 0.3, "none", "none")
    assert calling.answered("oiga", said, Standing(date(2026, 11, 23), frozenset())) == Act("greet")
    known = Standing(date(2026, 11, 23), frozenset(), consented=True)
    assert calling.answered("oiga", said, known) == Act("calls")
    waits = Standing(date(2026, 11, 23), frozenset(), consented=True, filled={"preferred_name": "Chayo"})
    assert calling.answered("ya", said, waits) == Act("greet")
