"""What of a reading in context may be acted on: acts that last need more, and a cry is no choice.

The bounds were chosen on authors whom the models had not seen (benchmarks/understanding.md). Negation decides
between opposites, which a model tells apart badly: a text that hedges, asks or says both is never read as an
act that lasts. Pure; must never keep or log a text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from bot.components import harm_now
from bot.components.opposites import keeps, of_another_detail
from bot.components.places import ELSEWHERE, UNCLEAR, places
from bot.components.spelling import bare

if TYPE_CHECKING:
    from bot.components.places import PlaceAct


class Reading(NamedTuple):
    """The act that an answer means at its place, and how sure that is."""

    act: str
    confidence: float


NOT_READ = Reading("", 0.0)
"""Nobody asked anything, or the place is not known."""
SURE, SURE_IN_FEAR = 0.6, 0.8
"""From these on an act is taken, and one where the text may be a cry of danger."""
SURE_THAT_LASTS, SURE_CORRECTION, SURE_HIDING, SURE_TO_ASK, SURE_OF_SEAT = 0.93, 0.97, 0.85, 0.85, 0.85
"""... one that stays, a detail's correction, one that hides, one that is asked back, a seat that is told."""
CRY_STAYS = frozenset(("answer", "hide"))
"""Acts that a text which tells of danger may still be, since they are no choice among offers ..."""
_SAYS = {
    "cannot_speak": re.compile(""),
    "alone": re.compile(r"\b(?:sol[ai]t?[ai]?|nadien?|ningun[ao]?)\b"),
    "with_someone": re.compile(r"\b(?:mis?|con|conmigo|aqui|si|hay|ay)\b"),
}
"""... and those that it may be even as harm is done, where these words stand in it."""
_HEDGES = re.compile(
    r"\?|\b(pero|si no|aunque|todavia|aun no|depende|quien sabe|a ver|primero|antes|luego|mañana|despues|"
    r"dejeme|deja (?:me )?(?:lo )?pens\w*|nomas que|siempre no|mejor no|no se|no estoy segura|"
    r"que (?:pasa|tal|seria)|como|cuando|cuanto|por ?que)\b"
)
"""She asks, puts it off or sets a condition: "¿y si lo borro qué pasa?", "sí pero no hoy"."""
_NO = re.compile(r"\b(no|nunca|tampoco|ni|sin|nada|jamas|nel|nop)\b")
_STAYS = re.compile(
    r"\b(?:no|sin) (?:me |lo |la |le |los |te |se )*(?:quit|kit|sal|borr|cierr|dej|cambi)|"
    r"\b(?:qued|kued|siga|sigo|segu)|\bsiempre no\b"
)
"""She stays or keeps: "no me salgo", "me quedo", "no me quites"."""
_GONE = re.compile(
    r"\?|\b(?:borr\w*|como)\b|\b(?:no|ya no) (?:esta|sta|anda|hay|viene)\b|\bse fue\b|\bsalio\b"
)
"""He is not there, or she asks how: no reason to hide."""
_SILENT = re.compile(
    r"\b(?:no|ni|sin|oi\w*|oye\w*|oir\w*|hoy\w*|esc?uch\w*|vo[sz]|ruido|callad\w*|silencio)\b"
)
"""Without a word of these she does not say that she can't speak: "quiero hablar con una persona"."""
_NOT_SAFE = re.compile(
    r"\b(?:me (?:ence|enserr|encer|escond|scond)\w*|encerrad\w*|enserrad\w*|escondid\w*|"
    r"no se (?:en |ni )?(?:q|que|k|donde)|tocando la puerta|afuera|en el baño)\b"
)
"""Who hides from him or does not know where she is has not said that she is safe."""
_SAID_BY_YES = frozenset(("erase", "consent_yes", "opt_in"))
_SAID_BY_NO = frozenset(("drop_seat", "close_case", "withdraw_consent", "opt_out"))


def vetoed(act: str, text: str) -> bool:
    """Whether the words of a text speak against an act that lasts."""
    line = bare(text)
    if _HEDGES.search(line) or "?" in text:
        return True
    if act in _SAID_BY_YES and _NO.search(line):
        return True
    return act in _SAID_BY_NO and bool(_STAYS.search(line))


def guarded(reading: Reading, place: str, text: str, risk: str, tier: str) -> Reading:
    """The reading as it may be acted on: `unclear` where it is not sure enough, `elsewhere` at a cry.

    `risk` and `tier` are what the text says of danger wherever it was said.
    """
    known = places().get(place)
    if known is None or known.hidden or reading.act not in known.acts:
        return reading
    told = harm_now.is_told(text)
    if (told or risk == "danger") and not _no_cry(reading, text, tier, told=told):
        return Reading(ELSEWHERE, reading.confidence)
    if reading.act == "can_write" and _NOT_SAFE.search(bare(text)):
        return Reading(ELSEWHERE, reading.confidence)
    if reading.act == "cannot_speak" and not _SILENT.search(bare(text)):
        return Reading(ELSEWHERE, reading.confidence)
    if not known.acts[reading.act].lasting:
        least = SURE_OF_SEAT if reading.act == "has_seat" else 0.0
        return reading if reading.confidence >= least else Reading(ELSEWHERE, reading.confidence)
    line = bare(text)
    vetoes = _GONE.search(line) if reading.act == "hide" else vetoed(reading.act, text)
    vetoes = vetoes or keeps(reading.act, line)
    if reading.act == "change_detail" and known.family == "enrolment":
        vetoes = vetoes or not of_another_detail(place, line)
    if reading.confidence < _least(known.acts[reading.act], reading.act) or vetoes:
        return Reading(UNCLEAR, reading.confidence)
    return reading


def _no_cry(reading: Reading, text: str, tier: str, *, told: bool) -> bool:
    """Whether a text that tells of danger, or of harm as it is done (`told`), may still be this act."""
    if reading.act in _SAYS:
        return reading.confidence >= SURE_IN_FEAR and bool(_SAYS[reading.act].search(bare(text)))
    if told:
        return False
    if reading.act in CRY_STAYS:
        return reading.confidence >= SURE_IN_FEAR
    return tier == "perhaps" and (reading.act == "can_write" or reading.confidence >= SURE_IN_FEAR)


def _least(act: PlaceAct, name: str) -> float:
    if act.asks_back:
        return SURE_TO_ASK
    return {"change_detail": SURE_CORRECTION, "hide": SURE_HIDING}.get(name, SURE_THAT_LASTS)
