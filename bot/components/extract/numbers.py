"""Spanish numbers in words, however spelled: "diesiseis", "treinta y dos", "quince"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.components.spelling import bare, sound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.components.extract.tokens import Token

_NAMES = """
    cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciseis
    diecisiete dieciocho diecinueve veinte veintiuno veintidos veintitres veinticuatro veinticinco
    veintiseis veintisiete veintiocho veintinueve
    """
_UNITS = tuple(_NAMES.split())
_UNDER_TEN = range(1, 10)
_HUNDRED = 100
_TENS = {
    "treinta": 30,
    "cuarenta": 40,
    "cincuenta": 50,
    "sesenta": 60,
    "setenta": 70,
    "ochenta": 80,
    "noventa": 90,
}
_HUNDREDS = {
    "cien": 100,
    "ciento": 100,
    "doscientos": 200,
    "trescientos": 300,
    "cuatrocientos": 400,
    "quinientos": 500,
    "seiscientos": 600,
    "setecientos": 700,
    "ochocientos": 800,
    "novecientos": 900,
}
_MORE = {"un": 1, "una": 1, "dies": 10, "veinti": 20, "treintai": 30, "primero": 1}
_WORDS = {
    sound(bare(word)): value
    for table in ({word: i for i, word in enumerate(_UNITS)}, _TENS, _HUNDREDS, _MORE)
    for word, value in table.items()
}
_AND = {"y", "i"}
_FIGURES = 2


def value_of(token: Token) -> int | None:
    """Return the number that one word is, if it is one."""
    if token.text.isdecimal():
        return int(token.text) if len(token.text) <= _FIGURES * 5 else None
    return _WORDS.get(token.sound)


def spelled(words: Sequence[Token], at: int) -> tuple[int, int] | None:
    """Return (value, words used) of the number under a hundred that starts at word `at`."""
    first = value_of(words[at])
    if first is None or (words[at].text.isdecimal() and len(words[at].text) > _FIGURES):
        return None
    if not words[at].text.isdecimal() and first in _TENS.values() and at + 2 < len(words):
        unit = value_of(words[at + 2])
        if (
            words[at + 1].bare in _AND
            and unit is not None
            and unit in _UNDER_TEN
            and not words[at + 2].text.isdecimal()
        ):
            return first + unit, 3
    return (first, 1) if first < _HUNDRED else None
