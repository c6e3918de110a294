"""Orders that hold whatever the classifier thinks: BAJA, SALIR, ALTA, MENÚ, with any courtesy around them.

Compared by sound, after courtesy, repetition and spelled-out letters are taken away. Errs on the side of
hiding; must never decide about violence.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from bot.components.spelling import bare, readable, spoken
from bot.dialogue import lexicon

_COURTEOUS = frozenset(("opt_out", "opt_in", "quick_exit", "ask_menu"))
"""Orders around which courtesy may stand; to the others a "gracias" may be a refusal or an answer."""
_SPELLED_OUT = re.compile(r"\b[a-zñ](?:[\s.,\-_*]+[a-zñ]\b){2,}")
_NO_LETTER = re.compile(r"[^a-zñ]")


@cache
def sounds(phrases: str) -> frozenset[str]:
    """How the phrases, apart by "|", sound; a sign stays as it is."""
    return frozenset(spoken(p) or p for p in phrases.split("|"))


def heard(text: str) -> str:
    """The whole text as it sounds, without the signs around it; of signs alone, these."""
    line = " ".join(bare(readable(text)).split()).strip(" .,;:¡!¿?…")
    return spoken(line) or line


def command(text: str) -> str | None:
    """The act that a text of only these words means, always: BAJA, ALTA, SALIR, MENÚ, "no es eso"."""
    if _only_signs(text):
        return "quick_exit"
    plainly, ordered = heard(text), _ordered(text)
    for act, phrases in lexicon.COMMANDS.items():
        known = sounds(phrases)
        if plainly in known or (act in _COURTEOUS and ordered in known):
            return act
    return None


def command_among(text: str) -> str | None:
    """SALIR or BAJA as one message of a burst: it holds whatever stands beside it."""
    lines = [_ordered(line) for line in text.split("\n")]
    if any(line in sounds(lexicon.HIDES) for line in lines) or any(map(_only_signs, text.split("\n"))):
        return "quick_exit"
    return "opt_out" if any(line in sounds(lexicon.STOPS) for line in lines) else None


def stops_the_form(text: str) -> bool:
    """Only "parar": between questions it ends these, elsewhere it ends all messages."""
    return _ordered(text) in sounds(lexicon.STOPS_THE_FORM)


def _only_signs(text: str) -> bool:
    """Whether all its signs hide: 🙈🙈🙈; punctuation beside them does not count."""
    line = bare(readable(text))
    signs = {c for c in line if unicodedata.category(c).startswith("S")}
    return bool(signs) and signs <= sounds(lexicon.HIDING_SIGNS) and not any(c.isalnum() for c in line)


def _ordered(text: str) -> str:
    """What is said beside courtesy, each word once: "hola, baja baja por favor" is "baja"."""
    line = _SPELLED_OUT.sub(lambda found: _NO_LETTER.sub("", found[0]), bare(readable(text)))
    words = spoken(line).split() or [heard(text)]
    before, after = _phrases(lexicon.COURTESY), _phrases(lexicon.AFTER_AN_ORDER)
    while len(words) > 1:
        size = next((n for n in (3, 2, 1) if n < len(words) and tuple(words[:n]) in before), 0)
        if not size:
            break
        words = words[size:]
    while len(words) > 1:
        size = next((n for n in (3, 2, 1) if n < len(words) and tuple(words[-n:]) in before | after), 0)
        if not size:
            break
        words = words[:-size]
    return " ".join(word for i, word in enumerate(words) if not i or word != words[i - 1])


@cache
def _phrases(phrases: str) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(sound.split()) for sound in sounds(phrases))
