"""Telephones, ages and the CURP: what is made of figures.

A CURP is checked (shape, date, state, check digit: Instructivo normativo de la CURP) and never required.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from bot.components.extract.numbers import spelled, value_of
from bot.components.extract.tokens import Found
from bot.components.spelling import sound
from bot.components.wordlist import listed, sounded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.components.extract.tokens import Token

_ALPHABET = "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ"
_STATES = listed(
    """
    AS, BC, BS, CC, CL, CM, CS, CH, DF, DG, GT, GR, HG, JC, MC, MN,
    MS, NT, NL, OC, PL, QT, QR, SP, SL, SR, TC, TS, TL, VZ, YN, ZS, NE
    """
)
_CURP = re.compile(
    r"(?<!\w)(?:[A-ZÑ0][\s.-]?){4}(?:[0-9OIL][\s.-]?){6}[HMX][\s.-]?(?:[A-ZÑ0][\s.-]?){5}"
    r"[0-9A-Z][\s.-]?[0-9OIL]{0,1}(?!\w)",
    re.IGNORECASE,
)
_SHAPE = re.compile(r"[A-Z]{4}[0-9]{6}[HMX][A-Z]{5}[0-9A-Z][0-9]")
"""A CURP as RENAPO writes it: it has an X where the name has an Ñ."""
_TO_FIGURES = str.maketrans("OIL", "011")
_TO_LETTERS = str.maketrans("0", "O")
_CURP_LENGTH = 18


def check_digit(first: str) -> str:
    """Return the last figure of a CURP from the seventeen before it."""
    total = sum(_ALPHABET.index(c) * (18 - i) for i, c in enumerate(first))
    return str((10 - total % 10) % 10)


def mended_curp(said: str) -> str:
    """Return a CURP in capitals without spaces, letters and figures where each belongs.

    The seventeenth sign is A, B, C for those born from 2000 on: an O, I or L there was meant as a figure.
    """
    c = re.sub(r"[\s.-]", "", said.upper())
    letters, figures = c[10:16].translate(_TO_LETTERS), c[16:].translate(_TO_FIGURES)
    return c[:4].translate(_TO_LETTERS) + c[4:10].translate(_TO_FIGURES) + letters + figures


def is_valid_curp(curp: str) -> bool:
    """Tell whether date, state and check digit of a mended CURP are right; any sex, any first letters."""
    if not _SHAPE.fullmatch(curp) or curp[11:13] not in _STATES or check_digit(curp[:17]) != curp[17]:
        return False
    century = 1900 if curp[16] in "0123456789" else 2000
    try:
        born = date(century + int(curp[4:6]), int(curp[6:8]), int(curp[8:10]))
    except ValueError:
        return False
    return born <= datetime.now(UTC).date()


def curps(text: str) -> Iterator[Found]:
    """Yield what is written like a CURP, with whether it can be one."""
    for match in _CURP.finditer(text):
        said = match.group().rstrip()
        mended = mended_curp(said)
        if len(mended) >= _CURP_LENGTH - 1:
            yield Found(
                "curp", mended, match.start(), match.start() + len(said), {"valid": is_valid_curp(mended)}
            )


_JOINS = re.compile(r"^[\s.()-]*$")
_DIALLED = re.compile(r"(?:(?:00)?52(?:1|01|044|045)?|01|044|045)?([2-9][0-9]{9})")
"""A Mexican number behind what is dialled before it, or was until August 2019 (IFT, numbering plan)."""
_MOST_FIGURES = 17


def _figures_of(token: Token) -> str:
    """Return the figures of a word in a spoken telephone number: "33", "dies", "ocho2"."""
    parts = re.findall(r"\d+|[^\W\d]+", token.text)
    figures = ""
    for part in parts:
        if part.isdecimal():
            figures += part
            continue
        value = value_of(token._replace(text=part, sound=sound(part.lower())))
        if value is None:
            return ""
        figures += str(value)
    return figures


def _spoken_figures(words: Sequence[Token], at: int) -> tuple[str, int]:
    if not words[at].text.isdecimal():
        number = spelled(words, at)
        if number and number[1] > 1:
            return str(number[0]), number[1]
    return _figures_of(words[at]), 1


def phones(words: Sequence[Token]) -> Iterator[Found]:
    """Yield Mexican telephone numbers, in figures or words, with any prefix of today or of before 2019."""
    at = 0
    while at < len(words):
        figures, end, number, number_end = "", at, "", at
        while end < len(words) and (end == at or _JOINS.match(words[end].after)):
            more, used = _spoken_figures(words, end)
            if not more or len(figures) + len(more) > _MOST_FIGURES:
                break
            figures += more
            end += used
            if whole := _DIALLED.fullmatch(figures):
                number, number_end = whole[1], end  # "3312345678 21 años": what follows is another number
        if number:
            yield Found("phone", number, words[at].start, words[number_end - 1].end)
        at = max(number_end if number else end, at + 1)


_YEARS = frozenset(map(sound, ("año", "años", "añitos", "añito", "anos", "ano", "añoz", "anitos", "abriles")))
_HAVE = sounded(
    """
    tengo, tiene, tenia, tng, tngo, tego, cumpli, cumplo, cumple, cumplio, tienes, edad
    """
)
_YOUNG = sounded(
    """
    hija, hijo, hijas, hijos, ija, ijo, niña, niño, niñas, niños, nieta, nieto, nietos, sobrina, sobrino,
    ahijada, ahijado, hermana, hermano, hermanita, hermanito, muchacha, muchacho, bebe, nena, nene, chamaca,
    chamaco, escuincla, escuincle, señora, señor, vieja, viejo, primo, prima, primita, alumna, novio,
    abuelita, mujer, hombre, entenada, entenado, hijastra, hijastro, nietecita, nietecito, niñita, niñito,
    hijita, hijito, mama, suegra, varones, mayor, menor, chiquita, chiquito, grande, ella, el, la, morra,
    morrita, joven, jovencita, chava, chavita, adolescente, bebita, bebito, morro, vecina, vecinita,
    cuñadita
    """
)
_LASTED = sounded(
    """
    hace, ase, hac, llevo, llevamos, lleva, yebo, durante, desde, por, en, tenemos, aguante, aguanto,
    aguantando, casi, fueron, son, pasaron, dure, duro, tras, dentro, como, cada, estuve, estuvo, vivi,
    vivimos, van, ya
    """
)
_TOGETHER = sounded(
    """
    casada, casados, juntos, junta, juntada, con, aguantando, viviendo, separada, trabajando, de, sin, que,
    q, k, aqui, queriendo, esperando, viuda, siendo
    """
)
_COUNTED = sounded(
    """
    hijos, niños, niñas, hijas, chiquillos, criaturas, meses, mes, dias, dia, semanas, semana, horas,
    minutos, nietos, hermanos, puntadas, vacas, puntos, gallinas, puercos, chivas, pesos, mil, cuartos,
    dedos, moretones, cuadras, perros, clases, faltas, metros, kilos, veces, hrs, chamacos, mensajes,
    puercas, marranos, borregos, plebes, hija, hijo
    """
)
_FULL = frozenset(map(sound, ("cumplidos", "cumplidas", "kumplidos")))
_AT_AGE = frozenset(map(sound, ("a", "desde", "dsd", "tengo", "tiene", "cumplo", "cumple", "cumpli", "de")))
_SOMEONE = sounded(
    """
    una, uno, otra, otro, al, como, niñita, muchachita, muchachito
    """
)
_YOUNGEST_ALONE = 14
"""A lone number from here on is an age; a smaller one may count her children."""
_OLDEST = 110


def ages(words: Sequence[Token]) -> Iterator[Found]:
    """Yield ages: "tengo 34", "mi niña de 9", "29 años"; not how long something lasted."""
    at = 0
    while at < len(words):
        number = spelled(words, at)
        if number is None or not 0 < number[0] <= _OLDEST:
            at += 1
            continue
        value, used = number
        if _is_age(words, at, used):
            yield Found("age", str(value), words[at].start, words[at + used - 1].end)
        at += used


def _sound_at(words: Sequence[Token], at: int) -> str:
    return words[at].sound if 0 <= at < len(words) else ""


def _is_age(words: Sequence[Token], at: int, used: int) -> bool:
    before, two_before = _sound_at(words, at - 1), _sound_at(words, at - 2)
    after, two_after = _sound_at(words, at + used), _sound_at(words, at + used + 1)
    if after in _YEARS:
        return before not in _LASTED and (two_after not in _TOGETHER or before in _YOUNG)
    if after in _COUNTED or (words[at].bare in {"un", "una", "uno"}):
        return False
    if before in _HAVE:
        return True
    if after in _FULL or (before == "los" and two_before in _AT_AGE and after not in _COUNTED):
        return True
    if len(words) == used and value_of(words[at]) and (spelled(words, at) or (0, 0))[0] >= _YOUNGEST_ALONE:
        return True
    if before in {"de", "d"} and two_before in _YOUNG - {"la", "el"} | _SOMEONE:
        return after not in {"a", "de"}
    return before in {"de", "d"} and two_before in {"la", "el"} and _sound_at(words, at - 3) in _YOUNG
