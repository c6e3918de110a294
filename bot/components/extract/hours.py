"""Hours as she says them: "a las 4 y media", "10:20", "las seis de la tarde", "entre 9 y 11".

Values: HH:MM, the half of the day as far as she said it. It must not take a count ("las dos") for an hour.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.components.extract.numbers import spelled, value_of
from bot.components.extract.tokens import Found
from bot.components.spelling import sound
from bot.components.wordlist import listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.components.extract.tokens import Token

_CLOCK = re.compile(
    r"(?<![\d:/.])([01]?\d|2[0-4])[:.]([0-5]\d)(?![\d:/])(?:\s*hrs?)?(?:\s*([ap])\.?\s?m\.?\b)?",
    re.IGNORECASE,
)
_LEADS = listed(
    """
    a, de, d, desde, dsd, dsde, hasta, asta, dende, desd, son, como, tipo, para, pa, por, x, antes, despues,
    dspues, entre, eran, era, es, y, i, ni, pasando, pasadas, que, q, k, o, sobre, casi, s
    """
)
_THE = listed(
    """
    las, laz, la, alas, ala, dlas, dela, ls, dls, delas, desdelas, hastalas, loas
    """
)
_JOINED_THE = {"alas", "ala", "dlas", "dls", "delas"}
_PARTS = listed(
    """
    mañana, tarde, noche, madrugada, manana, noxe, tardes, mediodia, nochi, mañna, mñn
    """
)
_HALVES = {"am": "am", "pm": "pm", "hrs": "", "hr": "", "horas": ""}
_LAST_HOUR = 24
_MINUTES = {sound("media"): 30, sound("cuarto"): 15}
_TWO, _THIRD = 2, 3


def _tail(words: Sequence[Token], at: int) -> tuple[int, str]:
    """Return (end, half of the day) of what follows an hour: "y media", "de la tarde", "pm"."""
    end, half = at, ""
    if end + 1 < len(words) and words[end].bare in {"y", "i"} and words[end + 1].sound in _MINUTES:
        end += 2
    if end < len(words) and words[end].bare in _HALVES:
        return end + 1, words[end].bare
    if end + 1 < len(words) and words[end].bare in {"a", "p"} and words[end + 1].bare == "m":
        return end + 2, words[end].bare + "m"
    look = end
    while (
        look < len(words)
        and look - end < _TWO
        and words[look].bare in {"de", "d", "la", "dla", "dela", "l", "en", "por"}
    ):
        look += 1
    if end < look < len(words) and words[look].bare in _PARTS:
        half = "am" if words[look].sound in {sound("mañana"), sound("madrugada"), "manana"} else "pm"
        return look + 1, half
    return end, half


def _clock_times(text: str) -> Iterator[Found]:
    for match in _CLOCK.finditer(text):
        hour = int(match[1]) % _LAST_HOUR
        if match[3] and match[3].lower() == "p" and hour < _LAST_HOUR // 2:
            hour += _LAST_HOUR // 2
        yield Found("time", f"{hour:02d}:{match[2]}", match.start(), match.end())


def _asked_hour(words: Sequence[Token], at: int, used: int, half: str) -> bool:
    """Tell whether the number at `at`, of `used` words, is an hour by what stands around it."""
    return half in {"am", "pm"} or _after_article(words, at) or _in_span(words, at, used)


def _bare_at(words: Sequence[Token], at: int) -> str:
    return words[at].bare if 0 <= at < len(words) else ""


def _after_article(words: Sequence[Token], at: int) -> bool:
    """Tell whether the article of an hour stands before: "a las 4", "tipo 5", "como a las 6"."""
    before, two = _bare_at(words, at - 1), _bare_at(words, at - _TWO)
    if before in _JOINED_THE or before == "tipo":
        return True
    if before in _THE and two in _LEADS:
        return True
    if before == "las":
        return at == 1
    return before == "como" and two in {"a", "tipo"}


def _in_span(words: Sequence[Token], at: int, used: int) -> bool:
    """Tell whether it is one end of a span: "entre 9 y 11", "de 4 a 6"."""
    before, two, third = (_bare_at(words, at - n) for n in (1, _TWO, _THIRD))
    after = _bare_at(words, at + used)
    if before == "entre" and after in {"y", "i"}:
        return True
    if before in {"y", "i"} and two.isdecimal() and third == "entre":
        return True
    following = words[at + used + 1] if at + used + 1 < len(words) else None
    if before in {"de", "d"} and after == "a" and following is not None and value_of(following) is not None:
        return True
    return before == "a" and third in {"de", "d"} and value_of(words[at - _TWO]) is not None


def times(text: str, words: Sequence[Token]) -> Iterator[Found]:
    """Yield hours: "10:20", "a las 4", "5 pm", "las seis de la tarde", "entre 9 y 11", "por la mañana"."""
    taken = list(_clock_times(text))
    yield from taken
    for at in range(len(words)):
        number = spelled(words, at)
        if (
            number is None
            or not 0 < number[0] <= _LAST_HOUR
            or any(clock.start <= words[at].start < clock.end for clock in taken)
        ):
            continue
        hour, used = number
        end, half = _tail(words, at + used)
        if not _asked_hour(words, at, used, half):
            continue
        minutes = next((_MINUTES[w.sound] for w in words[at + used : end] if w.sound in _MINUTES), 0)
        if half == "pm" and hour < _LAST_HOUR // 2:
            hour += _LAST_HOUR // 2
        yield Found(
            "time",
            f"{hour % _LAST_HOUR:02d}:{minutes:02d}",
            words[at].start,
            words[max(end, at + used) - 1].end,
        )
