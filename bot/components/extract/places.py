"""The 125 municipalities of Jalisco by any usual name or spelling.

A name that fits several, or that is also a common word, is given with the candidates in `ambiguous`:
the dialogue asks. It must never choose between two places by itself.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from rapidfuzz.distance import Levenshtein

from bot.components.extract.tokens import Found, tokens
from bot.components.spelling import spoken_words
from bot.components.wordlist import listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.components.extract.tokens import Token

FILE = Path(__file__).with_name("municipalities.csv")
_LITTLE = {"de", "del", "el", "la", "los", "las", "d", "san", "santa", "villa", "valle", "union", "puerto"}
_LONGEST_NAME = 7
_FUZZY_FROM, _FUZZY_TWO = 6, 10
_ALIKE = 0.84
"""Likeness from which the misspelt answer is taken for the name."""
_SHORTEST_PART, _LONGEST_ANSWER, _LENGTHS_APART = 4, 60, 3
"""Letters: of a part of a name, of what may be a name, by which a misspelt one may differ in length."""
_WORDS_TOO = listed(
    """
    mascota, tequila, tala, el salto, salto, la barca, la huerta, el limon, el arenal, magdalena, jesus
    maria, concepcion, encarnacion, degollado, san pedro, canadas, canada, lagos, tona, tonaya, san juan,
    san miguel, san martin, san marcos, san ignacio, san diego, san julian, san gabriel, san cristobal,
    santa maria, san sebastian, bolanos, vallarta, juarez, la manzanilla, valle, union, hidalgo, chapala,
    gomez farias, villa guerrero, villa hidalgo, corona, guadalupe, mercado, amatitan, atengo, cuautla,
    guzman, la perla tapatia, zapotlan, sayula, ameca, arenal, barca, tuna
    """
)
"""Names that are also words, people or streets: taken for a place only where the words around say so."""
_AT = listed(
    """
    de, en, d, desde, a, dsd, pa, para, hasta, por, n, x, dsde, soi, soy, bibo, vivo, municipio, ciudad,
    asta, pal, del, dl, al, entre, es, era, sede, k, aki, aqui, alla, no, dice, cambia, desd, rumbo
    """
)
_STREETS = listed(
    """
    calle, avenida, av, colonia, col, privada, esquina, fraccionamiento, iglesia, templo, mi, su, una,
    botella, virgen, santo, senor, maestra, dona, don, senora, el, tomar, tomo
    """
)


_NICKNAMES = {"toña", "toñita", "toño"}


class Name(NamedTuple):
    """One way to call a municipality."""

    codes: tuple[str, ...]
    risky: bool
    """Also a common word, so that the words around must say that it is a place."""


def _key(text: str) -> str:
    return " ".join(spoken_words(text))


@cache
def _names() -> dict[str, Name]:
    full: dict[str, set[str]] = defaultdict(set)
    short: dict[str, set[str]] = defaultdict(set)
    with FILE.open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            full[_key(row["name"])].add(row["code"])
            for also in filter(None, row["also"].split(";")):
                full[_key(also)].add(row["code"])
            for cut in _shortened(row["name"]):
                short[_key(cut)].add(row["code"])
    for key, codes in short.items():
        if key not in full:
            full[key] = codes
        elif key in short:
            full[key] |= {c for c in codes if len(key.split()) > 1}
    risky = {_key(word) for word in _WORDS_TOO}
    return {key: Name(tuple(sorted(codes)), key in risky) for key, codes in full.items()}


def _shortened(name: str) -> Iterator[str]:
    """Yield how a long name is cut short: "Autlán de Navarro" is Autlán, "El Grullo" is Grullo."""
    words = name.split()
    for at, word in enumerate(words[1:], 1):
        if word.lower() in {"de", "del", "el"} or (at > 1 and words[0] in {"San", "Santa"}):
            yield " ".join(words[:at])
            break
    if words[0] in {"El", "La"}:
        yield " ".join(words[1:])
    if words[0] == "San" and len(words) > 2 and words[1] in {"Pedro", "Ignacio"}:  # noqa: PLR2004
        yield " ".join(words[2:])


@cache
def _by_first_sound() -> dict[str, list[tuple[str, Name]]]:
    found: dict[str, list[tuple[str, Name]]] = defaultdict(list)
    for key, name in _names().items():
        if len(key) >= _FUZZY_FROM:
            found[key[0]].append((key, name))
    return found


def _near(key: str) -> Name | None:
    """Return the one municipality whose name differs by a letter or two, if there is one."""
    if len(key) < _FUZZY_FROM:
        return None
    best: list[tuple[int, Name]] = []
    for name_key, name in _by_first_sound().get(key[0], ()):
        most = 2 if len(name_key) >= _FUZZY_TWO else 1
        edits = Levenshtein.distance(name_key, key, score_cutoff=most)
        if edits <= most:
            best.append((edits, name))
    best.sort(key=lambda pair: pair[0])
    if not best or (len(best) > 1 and best[0][0] == best[1][0] and best[0][1].codes != best[1][1].codes):
        return None
    return best[0][1]


def places(words: Sequence[Token], common: frozenset[str] = frozenset()) -> Iterator[Found]:
    """Yield municipalities; a word of `common` (as it sounds) is never taken for a misspelt name."""
    at, keys = 0, [_key(word.bare) for word in words]
    while at < len(words):
        hit = _longest(keys, at) or _misspelt(words, at, common)
        if hit is None:
            at += 1
            continue
        name, used = hit
        if name.risky and not _said_as_place(words, at, used):
            at += 1
            continue
        extra = {"ambiguous": list(name.codes)} if len(name.codes) > 1 else {}
        yield Found(
            "municipality",
            name.codes[0] if not extra else "",
            words[at].start,
            words[at + used - 1].end,
            extra,
        )
        at += used


def _longest(keys: Sequence[str], at: int) -> tuple[Name, int] | None:
    names = _names()
    for used in range(min(_LONGEST_NAME, len(keys) - at), 0, -1):
        key = " ".join(filter(None, keys[at : at + used]))
        if key in names:
            return names[key], used
    return None


def _misspelt(words: Sequence[Token], at: int, common: frozenset[str]) -> tuple[Name, int] | None:
    for used in (2, 1):
        if at + used > len(words):
            continue
        part = words[at : at + used]
        if part[0].bare in _LITTLE - {"san", "santa", "villa"} | _NICKNAMES or any(
            word.text.isdecimal() for word in part
        ):
            continue
        sounds = [word.sound for word in part]
        if all(one in common for one in sounds) or (
            used > 1
            and any(one in common for one in sounds)
            and part[0].bare not in {"san", "santa", "villa"}
        ):
            continue
        name = _near(" ".join(sounds)) or (_near("".join(sounds)) if used > 1 else None)
        if name is not None:
            return name._replace(
                risky=True if used == 1 and len(sounds[0]) <= _FUZZY_FROM else name.risky
            ), used
    return None


def _said_as_place(words: Sequence[Token], at: int, used: int) -> bool:
    before = words[at - 1].bare if at else ""
    two = words[at - 2].bare if at > 1 else ""
    if before in _STREETS or two in {"calle", "botella", "av", "avenida", "colonia"}:
        return False
    if before in _AT:
        return True
    written_as_name = words[at].text[:1].isupper() and not words[at].text.isupper() and at > 0
    return len(words) <= used + 1 or written_as_name


def lookup(text: str, common: frozenset[str] = frozenset()) -> list[str]:
    """Return the codes that a whole text may name: one, several to ask about, or none.

    A word of `common` (as it sounds) is never taken for a misspelt name.
    """
    found = list(places(tokens(text), common))
    if not found:
        return []
    return found[0].extra.get("ambiguous") or [found[0].value]


def answered(text: str, common: frozenset[str] = frozenset()) -> list[str]:
    """Return the codes of the places that `text`, the answer to "which municipality?", may mean.

    Here a word that is also something else is a place, and a part of a name ("santa maria") is enough. A text
    with a word of `common` (as it sounds) is a sentence: nothing in it is a misspelt name ("no la tengo").
    """
    said = _key(text)
    if not said or len(said) > _LONGEST_ANSWER:
        return []
    known = _names()
    if said in known:
        return list(known[said].codes)
    inside = [key for key in known if len(key) >= _SHORTEST_PART and f" {key} " in f" {said} "]
    if inside:
        longest = max(map(len, inside))
        return sorted({code for key in inside if len(key) == longest for code in known[key].codes})
    if len(said) >= _SHORTEST_PART and said not in _LITTLE:
        parts = {code for key, name in known.items() if f" {said} " in f" {key} " for code in name.codes}
        if parts:
            return sorted(parts)
    return [] if any(word in common for word in said.split() if word not in _LITTLE) else _alike(said)


def is_name(text: str) -> bool:
    """Tell whether `text` is the name of a municipality and nothing else."""
    return _key(text) in _names()


def _alike(said: str) -> list[str]:
    """Return the codes of the names that are most like a misspelt one."""
    alike = {
        key: SequenceMatcher(None, said, key).ratio()
        for key in _names()
        if abs(len(key) - len(said)) <= _LENGTHS_APART
    }
    best = max(alike.values(), default=0.0)
    if best < _ALIKE:
        return []
    return sorted({code for key, ratio in alike.items() if ratio == best for code in _names()[key].codes})


@cache
def _official() -> dict[str, str]:
    with FILE.open(encoding="utf-8", newline="") as rows:
        return {row["code"]: row["name"] for row in csv.DictReader(rows)}


def name_of(code: str) -> str:
    """Return the name of a code as INEGI writes it; empty where there is no such code."""
    return _official().get(code, "")
