"""Orders that hold whatever the classifier thinks: BAJA, SALIR, ALTA, MENÚ, with any courtesy around them.

Compared by sound, after courtesy, repetition and spelled-out letters are taken away, and always as the whole
message (or a whole message of a burst): a word inside a longer text orders nothing. Must never decide about
violence.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from bot.components.spelling import bare, readable, spoken
from bot.components.turn_memo import once_a_turn
from bot.dialogue import lexicon

_COURTEOUS = frozenset(("opt_out", "opt_in", "quick_exit", "ask_menu"))
"""Orders around which courtesy may stand; to the others a "gracias" may be a refusal or an answer."""
_SPELLED_OUT = re.compile(r"\b[a-zñ](?:[\s.,\-_*]+[a-zñ]\b){2,}")
_NO_LETTER = re.compile(r"[^a-zñ]")
_SLOT = re.compile(r"\[[^\]]*\]|[^\s\[\]]+")
_PATTERNS = {"opt_out": "stop whole", "opt_in": "start whole", "quick_exit": "hide whole"}
_OF_AN_HOUR = re.compile(
    r"\b(?:\d+|noches?|mañanas?|tardes?|horas?|dias?|temprano|domingos?|sabados?|lunes)\b"
)
"""Behind "but" she says when she may be written to: then nothing is stopped."""
_LONGEST = 24
"""Words of a message that can be an order at all."""


@cache
def sounds(phrases: str) -> frozenset[str]:
    """How the phrases, apart by "|", sound; a sign stays as it is."""
    return frozenset(spoken(p) or p for p in phrases.split("|"))


@once_a_turn
def heard(text: str) -> str:
    """The whole text as it sounds, without the signs around it; of signs alone, these."""
    line = " ".join(bare(readable(text)).split()).strip(" .,;:¡!¿?…")
    return spoken(line) or line


@cache
def patterns(section: str) -> re.Pattern[str]:
    """The patterns of a section of `orders.txt`, as one of sounds; each matches whole words."""
    lines = [line for line in lexicon.section(section) if line]
    return re.compile("|".join(f"(?:{_compiled(line)})" for line in lines) or r"(?!)")


def _compiled(line: str) -> str:
    """One pattern; every slot takes the space after it, and a text is matched with one at its end."""
    made = ""
    for slot in _SLOT.findall(line):
        if slot.startswith("["):
            made += f"(?:{_compiled(slot[1:-1])})?"
        else:
            made += "(?:" + "|".join(re.escape(spoken(w.replace("_", " "))) for w in slot.split("|")) + ") "
    return made


def fits(text: str, section: str) -> bool:
    """Whether the whole text, with or without its courtesy, is one of a section's patterns."""
    whole = patterns(section)
    return bool(whole.fullmatch(f"{ordered(text)} ") or whole.fullmatch(f"{heard(text)} "))


def command(text: str) -> str | None:
    """The act that a text of only these words means, always: BAJA, ALTA, SALIR, MENÚ, "no es eso"."""
    if _only_signs(text):
        return "quick_exit"
    plainly, said = heard(text), ordered(text)
    for act, phrases in lexicon.COMMANDS.items():
        known = sounds(phrases)
        if plainly in known or (act in _COURTEOUS and said in known):
            return act
        if act in _PATTERNS and fits(text, _PATTERNS[act]):
            return act
    return "quick_exit" if _of_hiding_alone(said.split()) else None


def command_among(text: str) -> str | None:
    """SALIR or BAJA as one message of a burst, or BAJA before a "but": it holds whatever stands beside."""
    lines = [ordered(line) for line in text.split("\n")]
    if any(line in sounds(lexicon.HIDES) for line in lines) or any(map(_only_signs, text.split("\n"))):
        return "quick_exit"
    if any(line in sounds(lexicon.STOPS) for line in lines):
        return "opt_out"
    first, but, rest = bare(text).partition(" pero ")
    stops = but and not _OF_AN_HOUR.search(rest) and command(first) == "opt_out"
    return "opt_out" if stops else None


def stops_the_form(text: str) -> bool:
    """Only "parar": between questions it ends these, elsewhere it ends all messages."""
    return ordered(text) in sounds(lexicon.STOPS_THE_FORM)


def _of_hiding_alone(words: list[str]) -> bool:
    """Whether it is several phrases that hide, one after the other: "ya llegó, cámbiale de tema"."""
    if not words or len(words) > _LONGEST:
        return False
    known, several = sounds(lexicon.COMMANDS["quick_exit"]), patterns("hide whole")
    ends = {(0, False)}  # how far it is made of such phrases, and whether one of them hides
    for start in range(len(words)):
        for hides in {hides for end, hides in ends if end == start}:
            for end in range(start + 1, len(words) + 1):
                part = " ".join(words[start:end])
                if part in known or several.fullmatch(f"{part} "):
                    ends.add((end, True))
                elif tuple(words[start:end]) in _polite():
                    ends.add((end, hides))
    return (len(words), True) in ends


@cache
def _polite() -> frozenset[tuple[str, ...]]:
    return _phrases(lexicon.COURTESY) | _phrases(lexicon.AFTER_AN_ORDER)


def _only_signs(text: str) -> bool:
    """Whether all its signs hide: 🙈🙈🙈; punctuation beside them does not count."""
    line = bare(readable(text))
    signs = {c for c in line if unicodedata.category(c).startswith("S")}
    return bool(signs) and signs <= sounds(lexicon.HIDING_SIGNS) and not any(c.isalnum() for c in line)


@once_a_turn
def ordered(text: str) -> str:
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
