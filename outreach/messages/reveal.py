"""The reveal check (promise P5): may a text be read over her shoulder by anyone?

Used when a template is saved and again at the gate that every message leaves through. It reads
word stems without accents, so that one entry covers a family of words; phrases cover the agencies
and lines whose name alone gives her away.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from outreach.ground.words import fold

# Stems are compared with the beginning of each word.
STEMS = (
    "violen", "violad", "violet", "maltrat", "agred", "agresi", "agresor", "golpe", "abus", "acos", "hostig",
    "amenaz", "denunci", "refugi", "victim", "feminic", "auxili", "rescat", "suicid", "psicolog", "peligr",
    "emergenc", "caso", "caseworker", "trabajadora social", "abogad", "ministerio", "policia", "fiscal",
    "proteccion", "confiden", "secreto", "sobreviv", "machis", "celos", "encerr", "encubr", "sexual", "arma",
)  # fmt: skip
PHRASES = (
    "911", "089", "079", "linea de la vida", "linea de las mujeres", "centro de justicia", "codigo violeta",
    "red nacional de", "orden de proteccion", "instituto de la mujer", "igualdad sustantiva", "sisemh", "cjm",
    "pulso de vida", "palabra segura", "tu situacion", "estas a salvo", "estas segura", "3314151002",
)  # fmt: skip
ANY_BOT_MAY_SAY = "Emergencias: 911, a toda hora, gratis y sin saldo."
"""Under cover a cry is answered with this line, word for word: it names nobody and nothing of hers."""
# Everyday words that begin like a stem and say nothing.
HARMLESS = frozenset({"casos", "armas", "armar", "armado", "armando", "casona", "confidencialidad"})
# Women are called so. As what she is greeted by, alone, such a name says no more than any other.
FIRST_NAMES = frozenset({"violeta", "violetta", "violet", "refugio", "auxilio", "auxiliadora"})

_TOKEN = re.compile(r"[a-z0-9]+")
_PIECE = re.compile(r"[^\W_]+")
_BETWEEN_FIGURES = re.compile(r"(?<=\d)[\s.-]+(?=\d)")


class Revealing(NamedTuple):
    """A word of a text that would give her away, as it is written there, and the entry of the lists."""

    word: str
    entry: str


def revealing_words(text: str) -> list[str]:
    """Return the words and phrases of `text` that would give her away, in the order of the lists."""
    plain = fold(text)
    words = [word for word in _TOKEN.findall(plain) if word not in HARMLESS]
    spaced = " ".join(words)
    digits = _BETWEEN_FIGURES.sub("", plain)
    found = [stem for stem in STEMS if (stem in spaced if " " in stem else _begins(words, stem))]
    found += [phrase for phrase in PHRASES if _whole(phrase).search(spaced + " " + digits)]
    return found


def is_a_first_name(word: str) -> bool:
    """Say whether a word that the lists hold is a name that women have."""
    return fold(word).strip() in FIRST_NAMES


def found(text: str) -> list[Revealing]:
    """Return each word and phrase of `text` that would give her away as it is written, in its order, once."""
    written, words = _as_written(text)
    hits: list[tuple[int, Revealing]] = []
    for entry in revealing_words(text):
        places = _places(words, entry)
        hits += [(first, Revealing(" ".join(written[first:end]), entry)) for first, end in places]
        if not places:  # a number in groups of figures is named as the list has it
            hits.append((len(words), Revealing(entry, entry)))
    return list(dict.fromkeys(one for _, one in sorted(hits, key=lambda hit: hit[0])))


def _places(words: list[str], entry: str) -> list[tuple[int, int]]:
    """Return where an entry stands among folded words: from which, and up to which."""
    if entry in STEMS and " " not in entry:
        return [(at, at + 1) for at, word in enumerate(words) if _begins([word], entry)]
    pattern = re.compile(re.escape(entry)) if entry in STEMS else _whole(entry)
    starts = [sum(len(word) + 1 for word in words[:place]) for place in range(len(words))]
    spans = [hit.span() for hit in pattern.finditer(" ".join(words))]
    return [(_place(starts, begin), _place(starts, end - 1) + 1) for begin, end in spans]


def _as_written(text: str) -> tuple[list[str], list[str]]:
    """Return the words of a text as they are written, and the same words folded, harmless ones left out."""
    written, words = [], []
    for chunk in text.split():
        tokens, pieces = _TOKEN.findall(fold(chunk)), _PIECE.findall(chunk)
        for place, token in enumerate(tokens):
            if token not in HARMLESS:
                words.append(token)
                written.append(pieces[place] if len(pieces) == len(tokens) else chunk)
    return written, words


def _place(starts: list[int], offset: int) -> int:
    return max(place for place, start in enumerate(starts) if start <= offset)


def _whole(phrase: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z0-9]){re.escape(phrase)}(?![a-z0-9])")


def _begins(words: list[str], stem: str) -> bool:
    if stem in {"caso", "arma"}:
        return stem in words
    return any(word.startswith(stem) for word in words)


def quoted(text: str) -> str:
    """Return the revealing words of a text, quoted, to be named to whoever wrote it."""
    return ", ".join(dict.fromkeys(f"«{one.word}»" for one in found(text)))
