"""Three views of what she typed, so that spelling stops hiding what she means.

`written` keeps the words as typed (small letters, no accents); `spoken` is a phonetic Spanish view in
which "ke m kiere aser" and "que me quiere hacer" are the same letters; `squeezed` is the spoken view
without spaces, for words joined or split by haste. Pure functions: they must never log a text, nor keep it
longer than its turn (`turn_memo`).
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from pathlib import Path

from bot.components.turn_memo import once_a_turn

LONGEST = 1_500
"""Characters read for the meaning: what follows in a forwarded chain says nothing more."""

_LETTERS = re.compile(r"[a-zñ0-9]+|[^\sa-zñ0-9]")
_WORD = re.compile(r"[a-zñ0-9]+")
_RUN = re.compile(r"(.)\1{2,}")
_KEPT_BELOW = 0x2100
"""Letters and signs up to here are few enough to be remembered."""
_STEPS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), with_)
    for pattern, with_ in (
        (r"ch|sh", "x"),  # muxo, muchacho: one sign for the sound; a real x is rare and keeps it too
        (r"ph", "f"),
        (r"h?u(?=[aeiou])", "w"),  # huevo, guevo, webo meet below
        (r"(?<=[gq])w(?=[ei])", "u"),  # but gue, gui, que, qui are spelling, not sound
        (r"gu(?=[ei])", "k_"),  # held apart from the g of gente
        (r"qu(?=[ei])|q", "k"),
        (r"gw|bw", "w"),
        (r"h", ""),
        (r"ll", "y"),
        (r"sc(?=[ei])|cc(?=[ei])|xc(?=[ei])", "s"),
        (r"c(?=[ei])|z", "s"),
        (r"c", "k"),
        (r"g(?=[ei])", "j"),
        (r"k_", "g"),
        (r"v", "b"),
        (r"ñ", "n"),
        (r"m(?=[bp])", "n"),
        (r"(?<=[aeiou])y(?![aeiou])", "i"),
        (r"(?:^|(?<=[aeiou]))i(?=[aeou])", "y"),
        (r"(?<=[aeio])d$|(?<=[a])do(s?)$", r"\1"),  # verda, cansao: closed below to one form
        (r"(.)\1+", r"\1"),
    )
)


_DROPPED = frozenset({"Cf", "Cs", "Co", "Cn", "Mn", "Me"})
"""Format characters, halves of pairs, private and unassigned ones; nonspacing and enclosing marks."""
_BLANKS = frozenset("\u115f\u1160\u3164\uffa0\u2800")
"""Letters and signs that are drawn as nothing: Hangul fillers, the braille blank."""
_EMOJI_STYLE = "\ufe0f"
"""Follows a sign that is to be drawn as an emoji; the models know it as part of one, so there it stays."""
_STRAY_STYLE = re.compile(rf"(?<![^\w\s]){_EMOJI_STYLE}")
_MARKUP = re.compile(r"(?<![^\W_])[*_~`]+|[*_~`]+(?![^\W_])")
"""WhatsApp's bold, italics, strikethrough and monospace, but not between two letters: a_b."""


def _is_drawn(char: str) -> bool:
    return unicodedata.category(char) not in _DROPPED and char not in _BLANKS


def _bare_letter(letter: str) -> str:
    if letter in "ñÑ" or letter == _EMOJI_STYLE:
        return letter.lower()
    folded = unicodedata.normalize("NFKD", letter.casefold()).casefold()
    return "".join(map(_folded, filter(_is_drawn, folded)))


def _folded(char: str) -> str:
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    return " " if unicodedata.category(char) == "Cc" else char


@once_a_turn
def readable(text: str) -> str:
    """Return `text` as it is seen, in the usual signs: composed, without markup or what is not drawn.

    Case, accents and line breaks stay; full-width and ornamental letters and the figures of other scripts
    become those of a keyboard.
    """
    composed = unicodedata.normalize("NFC", text)
    drawn = "".join(c for c in composed.replace("\r\n", "\n") if _is_drawn(c) or c == _EMOJI_STYLE)
    usual = "".join(map(_usual, _STRAY_STYLE.sub("", drawn)))
    bared = _MARKUP.sub("", usual)
    return bared if bared.strip() else usual  # marks alone mark nothing


def _usual(char: str) -> str:
    if char == "\n" or (char.isascii() and char.isprintable()):
        return char
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    if char.isspace() or unicodedata.category(char) == "Cc":
        return " " if char.isspace() else ""
    plain = unicodedata.normalize("NFKC", char)
    ornamental = plain.isascii() and plain.isalnum() and unicodedata.category(char) != "Lo"  # not ª, º
    return plain if ornamental else char


class _BareLetters(dict[int, str]):
    """What each letter becomes, whatever stands beside it; worked out once for those that Spanish uses."""

    def __missing__(self, code: int) -> str:
        found = _bare_letter(chr(code))
        if code < _KEPT_BELOW:
            self[code] = found
        return found


_BARE = _BareLetters()


@once_a_turn
def bare(text: str) -> str:
    """Fold `text`: small letters, ASCII figures, no accents, no invisible or control characters; ñ stays."""
    return unicodedata.normalize("NFC", text[:LONGEST]).translate(_BARE)


@once_a_turn
def written(text: str) -> str:
    """Return the written view: words and signs apart, no letter more than twice in a row."""
    return " ".join(_LETTERS.findall(_RUN.sub(r"\1\1", bare(text))))


@lru_cache(maxsize=50_000)
def sound(word: str) -> str:
    """Return how a bare word sounds, as letters; "hizo" and "iso" sound the same."""
    if word.isdecimal():
        return word
    for pattern, with_ in _STEPS:
        word = pattern.sub(with_, word)
    return word


@cache
def _written_out() -> dict[str, str]:
    lines = Path(__file__).with_name("abbreviations.txt").read_text(encoding="utf-8").splitlines()
    known = (line.partition(": ") for line in lines if not line.startswith("#"))
    return {short: meant for meant, _, shorts in known for short in shorts.split()}


@lru_cache(maxsize=50_000)
def _expanded(word: str) -> tuple[str, ...]:
    single = re.sub(r"(.)\1+", r"\1", word) if not word.isdecimal() else word
    full = _written_out().get(word) or _written_out().get(single) or word
    return tuple(s for s in (sound(part) for part in full.split()) if s)


def spoken_words(text: str) -> list[str]:
    """Return the words of the spoken view; abbreviations are written out."""
    return spoken(text).split()


@once_a_turn
def spoken(text: str) -> str:
    """Return the spoken view; "ke m kiere aser" and "que me quiere hacer" have the same."""
    return " ".join(s for word in _WORD.findall(bare(text)) for s in _expanded(word))


def squeezed(text: str) -> str:
    """Return the spoken view without spaces."""
    return spoken(text).replace(" ", "")
