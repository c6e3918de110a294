"""Reads which question of the ordinary conversation a message is: what to bring, how many so far, hunger.

Why: the intents are coarse, "que tengo que llevar" and "que papeles piden" are one of them, and no word that
stands somewhere may decide. A message is compared as a whole with the lines of `questions.txt`, by sound, and
is read as the section of the line that it is most like, where it is like enough and no look-alike of [none]
is nearer. Pure and small; must never decide about violence, nor store what she wrote.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path

from bot.components.spelling import spoken_words
from bot.components.stems import stem
from bot.components.turn_memo import once_a_turn
from bot.dialogue import words

FILE = Path(__file__).with_name("questions.txt")
NONE, HUNGER = "none", "hunger"
LIKE = 0.5
"""Likeness (cosine) from which a message is one of the lines in other words."""
APART = 0.06
"""By how much its section must be nearer than any other one, the look-alikes included."""
LONGEST = 16
"""Words of a line beyond which a message tells more than it asks."""
SHORT, LIKE_WHERE_SHORT = 2, 0.8
"""Of so few words nearly all have to be the line's: "se puede?" asks nothing yet."""
CERTAIN = 0.95
"""From this it is that line, whatever else is near."""
_COURTESY = frozenset(
    spoken_words(
        "oiga oye disculpe disculpa perdon porfa porfis plis favor gracias hola buenas señorita seño maestra "
        "mija amiga pregunta pues ay bueno fijese fijate"
    )
)
"""Left out on both sides, but not where nothing else stands."""
_CUT = 4
_CLAUSES = re.compile(
    r"[,;.!?\n]+|\b(?:y|porque|pork|xq|pq|pero)\b|(?= (?:ya )?no (?:tenemos|tengo|hay|ay|traemos|traigo)\b)"
)

Vector = dict[str, float]


def topic(text: str) -> tuple[str, float]:
    """Return the section that `text` is most like, and how much (0 to 1); "" where it is like none.

    Of several lines or sentences the best one counts: she greets, explains and asks.
    """
    parts = [text, *_sentences(text)] if len(text.split()) > _CUT else [text]
    name, best = max((_nearest(part) for part in parts), key=lambda found: (found[0] != "", found[1]))
    return name, best


def hunger(text: str, *, alone: bool = False) -> float:
    """How surely some clause of `text` says that there is nothing to eat; 0.0 where none does.

    By clauses, because it stands beside a greeting, a plea or its cause; `alone`: the whole text says it.
    """
    parts = [text] if alone else [text, *_sentences(text), *_CLAUSES.split(text)]
    found = (_nearest(part) for part in parts if len(part.split()) > 1)
    return max((much for name, much in found if name == HUNGER), default=0.0)


def _sentences(text: str) -> list[str]:
    return [part for part in re.split(r"[?¿.!\n]+", text) if len(part.split()) > 1]


@once_a_turn
def _nearest(text: str) -> tuple[str, float]:
    rest = words.without_greeting(text) or text
    if len(rest.split()) > LONGEST:
        return "", 0.0
    likeness, index = [0.0] * len(_lines()), _index()
    for feature, weight in _vector(rest).items():
        for line, there in index.get(feature, ()):
            likeness[line] += weight * there
    best = [(section, max(likeness[first:last])) for section, first, last in _sections()]
    (name, much), *others = sorted(best, key=lambda found: -found[1])
    if not much:
        return "", 0.0
    least = LIKE if len(_kept(rest)) > SHORT else LIKE_WHERE_SHORT
    sure = name != NONE and much >= least and (much >= CERTAIN or not others or much - others[0][1] >= APART)
    return (name, much) if sure else ("", much)


@cache
def _lines() -> tuple[tuple[str, str], ...]:
    """Return section and line of all that is known, the lines of a section side by side."""
    found, section = [], ""
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif line.strip() and not line.startswith("#"):
            found.append((section, line))
    return tuple(found)


@cache
def _sections() -> tuple[tuple[str, int, int], ...]:
    """Return each section with the numbers of its first line and of the one after its last."""
    of = [section for section, _ in _lines()]
    return tuple((name, of.index(name), of.index(name) + count) for name, count in Counter(of).items())


@cache
def _index() -> dict[str, list[tuple[int, float]]]:
    index: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for number, (_, line) in enumerate(_lines()):
        for feature, weight in _vector(line).items():
            index[feature].append((number, weight))
    return dict(index)


@cache
def _rarity() -> dict[str, float]:
    """How much a feature tells: one that stands in every section tells little."""
    seen = Counter(feature for _, line in _lines() for feature in _features(line))
    total = len(_lines())
    return {feature: math.log((1 + total) / (1 + count)) for feature, count in seen.items()}


def _vector(text: str) -> Vector:
    rarity = _rarity()
    unknown = math.log(1 + len(_lines()))
    raw = {feature: count * rarity.get(feature, unknown) for feature, count in _features(text).items()}
    length = math.sqrt(sum(weight * weight for weight in raw.values())) or 1.0
    return {feature: weight / length for feature, weight in raw.items()}


def _kept(text: str) -> list[str]:
    said = spoken_words(text)
    return [word for word in said if word not in _COURTESY] or said


def _features(text: str) -> Vector:
    """Its words, pairs of words and pieces of words, as they sound and without their endings."""
    kept = _kept(text)
    stems = [stem(word) for word in kept]
    found: Vector = defaultdict(float)
    for word in stems:
        found[word] += 1.0
    for pair in zip(["^", *stems], [*stems, "$"], strict=True):
        found[" ".join(pair)] += 0.5
    for word in kept:
        for at in range(len(word) - 2):
            found[f"#{word[at : at + 3]}"] += 0.25
    return found
