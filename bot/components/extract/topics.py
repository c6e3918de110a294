"""The five training axes, where she names them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.components.extract.tokens import Found, one_off
from bot.components.spelling import sound
from bot.components.wordlist import sounded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.components.extract.tokens import Token

_AXES = {
    sound(word): axis
    for axis, words in {
        "food": ("alimentacion", "alimentasion", "alimentos", "nutricion"),
        "production": ("produccion", "produsion", "produxion", "productivo", "productiva"),
        "occupation": ("ocupacion", "ocupasion", "okupasion", "ocupacional"),
        "health": ("salud", "salu"),
        "employment": ("empleo", "enpleo", "empeo", "empleabilidad"),
    }.items()
    for word in words
}
_LONG = 7
_ELSEWHERE = sounded(
    """
    centro, sentro, secretaria, seguro, casa, cosa, problemas, carta, cartilla, mi, su, tu, buena, mala,
    bolsa, sector, sin, unidad, un, buscar, busco, algun, otro, nuevo, dar, dan, conseguir, primer,
    jornada, tener, hacer, tengo, llena, mucha, con, ejercito, dio, agarre, consegui, hay, regidora,
    promotora, dice
    """
)
_BEFORE_OF = {"de", "d", "del", "dl", "en", "la", "el", "l"}


def axes(words: Sequence[Token]) -> Iterator[Found]:
    """Yield the axes; "centro de salud" or "buscar empleo" is none."""
    for at, word in enumerate(words):
        axis = _AXES.get(word.sound)
        if axis is None and len(word.sound) >= _LONG:
            axis = next(
                (a for name, a in _AXES.items() if len(name) >= _LONG and one_off(name, word.sound)),
                None,
            )
        if axis is None:
            continue
        back = at - 1
        while back >= 0 and words[back].bare in _BEFORE_OF:
            back -= 1
        if back >= 0 and words[back].sound in _ELSEWHERE:
            continue
        yield Found("axis", axis, word.start, word.end)
