"""The floor under the models: signs that a woman or a child may be killed, heard whatever the models say.

Why: a classifier is right on most messages, and these may not be among the others. The list is closed
(`red_flag_patterns`); negation, films, jokes, kitchen, work and animals are looked at before a sign counts.
Comparison is by sound, so that spelling hides nothing. Pure; it must never store or log what it reads.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from bot.components import sexual
from bot.components.red_flag_patterns import (
    FICTION,
    GROUPS,
    HABIT_OF_OLD,
    HIT,
    LONG_AGO,
    NO_BLOW,
    RECENT,
    SIGNS,
    Sign,
)
from bot.components.spelling import bare, sound, spoken

_INTENTS = {"self": "self_harm", "child": "child_at_risk", "other": "support_for_other"}
_DOCTOR = frozenset(("strangled", "hit_while_pregnant"))
_SENTENCE = re.compile(r"[.!?;…\n]+")
_CLAUSE = re.compile(r"[,:()\"¡¿]+")
_LAUGHTER = re.compile(r"(?:j[aei]){2,}|(?:ha){3,}|\bxd+\b|[😂🤣😆😹]")
_GAP = re.compile(r"~(\d)")
_DENIED = re.compile(
    r"\b(?:no|nunka|jamas|ni|tanpoko|sin ke)(?: (?:kreo|pienso|dijo|dise|a|es ke|a pasado ke|ke|me|nos|le|lo|la|e|abia|esta|anda)){0,3} $"
)
_AGAIN = re.compile(r"\b(?:ya no|no nomas|no solo|no nada mas|si no|sino) ?$")


@dataclass(frozen=True)
class Flag:
    """A sign that was heard: its name, whom it threatens, and whether it was long ago."""

    name: str
    whom: str = "her"
    """`her`, `self` (by her own hand), `child` or `other` (another grown person)."""
    past: bool = False

    @property
    def risk(self) -> str:
        """Danger, but support where it was long ago."""
        return "support" if self.past else "danger"

    @property
    def intent(self) -> str:
        """The intent of the contract that fits."""
        return _INTENTS.get(self.whom) or ("disclose_violence" if self.past else "immediate_danger")

    @property
    def doctor(self) -> bool:
        """It can harm without leaving a mark: she should be seen by a doctor today."""
        return self.name in _DOCTOR and self.whom == "her" and not self.past


def sounding(pattern: str) -> str:
    """Return a pattern in ordinary spelling as it sounds; its groups and gaps are written out."""
    for _ in range(2):
        pattern = re.sub(r"\{([A-Z]+)\}", lambda m: GROUPS[m[1]], pattern)
    pattern = _GAP.sub(r"(?: \\w+){0,\1}", pattern)
    return re.sub(r"(?<!\\)[a-zñü]+", lambda m: sound(bare(m[0])), pattern)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{sounding(pattern)})\b")


def _said(sentence: str) -> str:
    """How a sentence sounds, its clauses held apart so that no gap of a pattern spans two of them."""
    return " | ".join(filter(None, (spoken(part) for part in _CLAUSE.split(sentence))))


def flag(text: str) -> Flag | None:
    """Return the gravest sign of a message, None where there is none."""
    plain = bare(text)
    sentences = [said for said in map(_said, _SENTENCE.split(plain)) if said]
    whole = " | ".join(sentences)
    if not sentences or _LAUGHTER.search(plain):
        return None
    before = ["", *sentences[:-1]]
    told = [said for said, last in zip(sentences, before, strict=True) if not _invented(f"{last} | {said}")]
    found = [one for said in told for sign in SIGNS if (one := _heard(sign, said, whole))]
    found += [one for one in (_with_child(whole), _forced(text)) if one]
    return min(found, key=lambda one: (one.past, one.whom not in ("self", "her")), default=None)


def _invented(said: str) -> bool:
    """Tell whether it is told of a film, a dream or a joke."""
    return bool(_compiled(FICTION).search(said))


def _heard(sign: Sign, said: str, whole: str) -> Flag | None:
    match = _first(sign.says, said, denied=sign.denied)
    if match is None or _compiled(sign.unless).search(said):
        return None
    if sign.beside and not _compiled(sign.beside).search(whole):
        return None
    return Flag(sign.name, sign.whom, past=_of_old(said, match[0]))


def _first(patterns: tuple[str, ...], said: str, *, denied: bool = True) -> re.Match[str] | None:
    for pattern in patterns:
        for match in _compiled(pattern).finditer(said):
            if not (denied and is_denied(said[: match.start()])):
                return match
    return None


def is_denied(before: str) -> bool:
    """Tell whether the words before a sign undo it: "no", "nunca me ha"; "ya no" tells of what has been."""
    return bool(_DENIED.search(before)) and not _AGAIN.search(before)


def _with_child(whole: str) -> Flag | None:
    """A blow and a pregnancy in one message."""
    if not _compiled(GROUPS["BELLY"]).search(whole) or _compiled(NO_BLOW).search(whole):
        return None
    if _invented(whole) or not _first(HIT, whole):
        return None
    return Flag("hit_while_pregnant", past=_of_old(whole, ""))


def _of_old(said: str, match: str) -> bool:
    """Tell whether it was years ago, and is not said of these days as well."""
    old = _compiled(LONG_AGO).search(said) or _compiled(HABIT_OF_OLD).search(match)
    return bool(old) and not _compiled(RECENT).search(said)


def _forced(text: str) -> Flag | None:
    """Forced sex in these days; of other times the dialogue hears by itself."""
    said = _said(bare(text))
    if not sexual.told(text) or not _compiled(RECENT).search(said) or _invented(said):
        return None
    return (
        None if _compiled(r"(?:la|las|de la|del) (?:mano|manos|brazo)").search(said) else Flag("forced_sex")
    )
