"""The floor under the models: signs that a woman or a child may be killed, heard whatever the models say.

Why: a classifier is right on most messages, and these may not be among the others. The list is closed
(`red_flags.txt`); negation, films, jokes, kitchen, work and animals are looked at before a sign counts.
Comparison is by sound, so that spelling hides nothing. Pure; it must never store or log what it reads.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.components import sexual
from bot.components.sound_patterns import compiled, read_list
from bot.components.spelling import bare, spoken
from bot.components.turn_memo import once_a_turn

if TYPE_CHECKING:
    from bot.components.sound_patterns import Section

_LIST = Path(__file__).with_name("red_flags.txt")
_INTENTS = {"self": "self_harm", "child": "child_at_risk", "other": "support_for_other"}
_DOCTOR = frozenset(("strangled", "hit_while_pregnant"))
_SENTENCE = re.compile(r"[.!?;…\n]+")
_CLAUSE = re.compile(r"[,:()\"¡¿]+")
_LAUGHTER = re.compile(r"(?:j[aei]){2,}|(?:ha){3,}|\bxd+\b|[😂🤣😆😹]")
_DENIED = re.compile(
    r"\b(?:no|nunka|jamas|ni|tanpoko|sin ke)(?: (?:kreo|pienso|dijo|dise|a|es ke|a pasado ke|ke|me|nos|le|lo|"
    r"la|e|abia|esta|anda)){0,3} $"
)
_NOT_ONLY = re.compile(r"\b(?:ya no|no nomas|no solo|no nada mas|si no|sino) ?$")


@dataclass(frozen=True)
class Flag:
    """A sign that was heard: its name, whom it threatens, and whether it was years ago."""

    name: str
    whom: str = "her"
    """`her`, `self` (by her own hand), `child` or `other` (another grown person)."""
    past: bool = False
    grave: bool = True

    @property
    def risk(self) -> str:
        """Danger, but support where it was years ago or is no danger by itself."""
        return "danger" if self.grave and not self.past else "support"

    @property
    def intent(self) -> str:
        """The intent of the contract that fits."""
        own = "immediate_danger" if self.risk == "danger" else "disclose_violence"
        return _INTENTS.get(self.whom, own)

    @property
    def doctor(self) -> bool:
        """It can harm without leaving a mark: she should be seen by a doctor today."""
        return self.name in _DOCTOR and self.whom == "her" and not self.past


def _compiled(pattern: str) -> re.Pattern[str]:
    return compiled(_LIST, pattern)


@once_a_turn
def _said(sentence: str) -> str:
    """How a sentence sounds, its clauses held apart so that no gap of a pattern spans two of them."""
    return " | ".join(filter(None, (spoken(part) for part in _CLAUSE.split(sentence))))


@once_a_turn
def flag(text: str) -> Flag | None:
    """Return the gravest sign of a message, None where there is none."""
    plain = bare(text)
    sentences = [said for said in map(_said, _SENTENCE.split(plain)) if said]
    if not sentences or laughs(plain):
        return None
    whole, before = " | ".join(sentences), ["", *sentences[:-1]]
    told = [said for said, last in zip(sentences, before, strict=True) if not _invented(f"{last} | {said}")]
    found = [one for said in told for sign in read_list(_LIST).sections if (one := _heard(sign, said, whole))]
    found += [one for one in (_with_child(whole), _forced(text)) if one]
    return min(found, key=lambda one: (one.risk != "danger", one.whom not in ("self", "her")), default=None)


def only_told(text: str) -> bool:
    """Tell whether a blow or a touch is surely told, and no word of it says that it goes on now."""
    heard = flag(text)
    return heard is not None and not heard.grave and not _compiled("{NOW}").search(spoken(bare(text)))


@once_a_turn
def is_blow(text: str) -> bool:
    """Tell whether she tells of a blow to her, by whomever; not of a cold, the sun or a door."""
    whole = _said(bare(text))
    return not _compiled("{NO_BLOW}").search(whole) and _first("{HIT}", whole) is not None


def is_with_child(text: str) -> bool:
    """Tell whether she speaks of a pregnancy as one that is."""
    whole = _said(bare(text))
    found = _first("{BELLY}", whole)
    return found is not None and not _compiled("{LONG_AGO}").search(whole)


def laughs(text: str) -> bool:
    """Tell whether she laughs as she writes it."""
    return bool(_LAUGHTER.search(bare(text)))


def _invented(said: str) -> bool:
    """Tell whether it is told of a film, a dream or a joke."""
    return bool(_compiled("{FICTION}").search(said))


def _heard(sign: Section, said: str, whole: str) -> Flag | None:
    match = _first(sign.pattern("says"), said, denied="denied" not in sign.lines)
    if match is None or _compiled(sign.pattern("unless")).search(said):
        return None
    beside = sign.pattern("beside")
    if beside and not _compiled(beside).search(whole):
        return None
    return Flag(sign.name, sign.words, past=_of_old(said, match[0], whole), grave="grave" not in sign.lines)


def _first(pattern: str, said: str, *, denied: bool = True) -> re.Match[str] | None:
    """The first place where it is said; where `denied`, one that no "no" undoes."""
    found = _compiled(pattern).finditer(said)
    return next((one for one in found if not (denied and is_denied(said[: one.start()]))), None)


def is_denied(before: str) -> bool:
    """Tell whether the words before a sign undo it: "no", "nunca me ha"; "ya no" tells of what has been."""
    return bool(_DENIED.search(before)) and not _NOT_ONLY.search(before)


def _with_child(whole: str) -> Flag | None:
    """A blow and a pregnancy in one message."""
    if not _compiled("{BELLY}").search(whole) or _compiled("{NO_BLOW}").search(whole):
        return None
    if _invented(whole) or not _first("{HIT}", whole):
        return None
    return Flag("hit_while_pregnant", past=_of_old(whole, "", whole))


def _of_old(said: str, match: str, whole: str) -> bool:
    """Tell whether it was years ago, once or by one who is dead, and is not said of these days as well.

    `match` is the sign, `said` its sentence, `whole` the message.
    """
    old = _compiled("{LONG_AGO}|{ONCE}").search(said) or _compiled("{HABIT_OF_OLD}").search(match)
    ended = old or _compiled("{ENDED}").search(whole)
    return bool(ended) and not (_compiled("{RECENT}").search(said) or _compiled("{STILL}").search(whole))


def is_over(text: str) -> bool:
    """Tell whether the danger told is of the past, whatever the models say of it: years ago, once, he died.

    With a word of these days, of what he still does or of what he will do, it is not over.
    """
    heard = flag(text)
    if heard is not None and heard.grave:
        return heard.past and heard.whom != "self"
    whole = " | ".join(filter(None, map(_said, _SENTENCE.split(bare(text)))))
    old = _compiled("{LONG_AGO}|{ONCE}|{ENDED}").search(whole)
    return bool(old) and not _compiled("{RECENT}|{STILL}").search(whole)


def _forced(text: str) -> Flag | None:
    """Forced sex in these days; of other times the dialogue hears by itself."""
    said = _said(bare(text))
    if not sexual.told(text) or not _compiled("{RECENT}").search(said) or _invented(said):
        return None
    return None if _compiled("(?:la|las|de la|del) (?:mano|manos|brazo)").search(said) else Flag("forced_sex")
