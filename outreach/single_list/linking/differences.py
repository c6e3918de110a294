"""Two records side by side: for each value both, and what agrees or differs, in words. No figure is shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Final

from outreach.ground import dates
from outreach.people.registry import plain_name
from outreach.single_list.linking import names
from outreach.texts import duplicates as texts

if TYPE_CHECKING:
    from collections.abc import Mapping

EQUAL, ALIKE, OTHER, MISSING = "equal", "alike", "other", "missing"
WORDS: Final = {
    EQUAL: texts.EQUAL, ALIKE: texts.ALIKE, OTHER: texts.OTHER, MISSING: texts.MISSING,
}  # fmt: skip
CURP_LETTERS = 2
ORDER = (
    "full_name", "birth_date", "curp", "phone", "municipality", "locality", "preferred_name", "children",
    "axis", "folios", "groups",
)  # fmt: skip
# What two records of one woman need not share: it is shown, and is neither for nor against.
_NEUTRAL = frozenset({"folios", "groups", "axis"})

# What whoever coordinates for one agency sees of the women of others (decision 64).
OF_EVERY_WOMAN: Final = frozenset({"full_name", "birth_date", "municipality", "folios"})


@dataclass(frozen=True)
class Line:
    """A value of both records; `kind` is equal, alike, other, missing, or empty: neither for nor against."""

    name: str
    label: str
    a: str
    b: str
    kind: str
    word: str


def lines(
    a: Mapping[str, str], b: Mapping[str, str], *, hidden: tuple[bool, bool] = (False, False)
) -> list[Line]:
    """Return the lines of two records; what neither has is left out.

    `hidden` says of each whether it is another agency's: of its values a reader sees those that she sees of
    every woman, and of the others only whether they agree.
    """
    found = []
    for name in ORDER:
        one, other = a.get(name, ""), b.get(name, "")
        if one or other:
            kind, word = ("", "") if name in _NEUTRAL else _judged(name, one, other)
            same = kind == EQUAL and one == other
            one, other = (
                texts.ELSEWHERE if value and away and not same and name not in OF_EVERY_WOMAN
                else _shown(name, value)
                for value, away in zip((one, other), hidden, strict=True)
            )  # fmt: skip
            found.append(Line(name, texts.LABELS[name], one, other, kind, word))
    return found


def _shown(name: str, value: str) -> str:
    return dates.birthday(date.fromisoformat(value)) if name == "birth_date" and value else value


def _judged(name: str, one: str, other: str) -> tuple[str, str]:
    if not one or not other:
        return MISSING, WORDS[MISSING]
    if plain_name(one) == plain_name(other):
        return EQUAL, WORDS[EQUAL]
    judge = {"full_name": _name, "birth_date": _birth, "curp": _curp}.get(name)
    return judge(one, other) if judge else (OTHER, WORDS[OTHER])


def _name(one: str, other: str) -> tuple[str, str]:
    a, b = names.split(one), names.split(other)
    if not _sounds(a.given) & _sounds(b.given):
        return OTHER, texts.OTHER_GIVEN
    firsts = names.sound(a.first) == names.sound(b.first)
    seconds = names.sound(a.second) == names.sound(b.second)
    if firsts and seconds:
        same = _sounds(a.given) == _sounds(b.given)
        return ALIKE, texts.SAME_SOUND if same else texts.ONE_NAME
    if names.sound(a.first) == names.sound(b.second) and names.sound(a.second) == names.sound(b.first):
        return ALIKE, texts.SWAPPED_SURNAMES
    if firsts and not (a.second and b.second):
        return ALIKE, texts.MARRIED
    return OTHER, texts.OTHER_SURNAME


def _sounds(given: tuple[str, ...]) -> set[str]:
    return {names.sound(word) for word in given}


def _birth(one: str, other: str) -> tuple[str, str]:
    if one[:4] == other[:4] and one[5:7] == other[8:] and one[8:] == other[5:7]:
        return ALIKE, texts.DAY_MONTH
    if one[5:] == other[5:]:
        return ALIKE, texts.OTHER_YEAR
    if sum(a != b for a, b in zip(one, other, strict=False)) == 1:
        return ALIKE, texts.ONE_DIGIT
    return OTHER, WORDS[OTHER]


def _curp(one: str, other: str) -> tuple[str, str]:
    common = sum(
        block.size for block in SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks()
    )
    if max(len(one), len(other)) - common <= CURP_LETTERS:
        return ALIKE, texts.CURP_NEAR
    return OTHER, WORDS[OTHER]
