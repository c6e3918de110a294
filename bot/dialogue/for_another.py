"""What a friend asks for another woman, said as that woman would say it of herself.

Why: the plain forms of fears are written as women write of themselves ("¿me van a creer?"); a friend asks the
very same ("¿y si no le creen?") and met "eso no te lo sé contestar". Only where who writes is known to be a
friend; the answer is worded for her by the slot `writer`. Pure; it must never store or log what it reads.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.components.spelling import bare
from bot.dialogue.told_before import FRIEND

if TYPE_CHECKING:
    from bot.dialogue.standing import Standing

_DONE_TO_HER = (
    r"(?:no |nunca )?(?:va|van|ba|ban|puede|pueden|podrian|quiere|quieren|regres\w+|deport\w+|met\w+|"
    r"cre[ey]\w*|atien\w+|recib\w+|corr\w+|sac\w+|oblig\w+|quit\w+|peg\w+|golpe\w+|lastim\w+|demand\w+|"
    r"acus\w+|dej\w+|pid\w+|dic\w+|dijo|dijeron|promet\w+|jur\w+|hac\w+|hiz\w+|grit\w+|insult\w+|"
    r"amenaz\w+|encierr\w+)\b"
)
_AS_OF_HERSELF = tuple(
    (re.compile(pattern), instead)
    for pattern, instead in (
        (rf"\b(?:le|la)\b(?= {_DONE_TO_HER})", "me"),
        (r"\bse (?=(?:lo|los|la|las) (?:va|van|pueden|quita\w*)\b)", "me "),
        (r"\bse lleva\b", "me llevo"),
        (r"\bse (?:va|sale|baya)\b(?! (?:a )?(?:enter|dar|ent))", "me voy"),
        (r"\bse queda\b", "me quedo"),
        (r"\btiene\b(?! (?:la|el) (?:papel|credencial|ine))", "tengo"),
        (r"\bpuede (?=\w+r(?:se|l[oae]s?)?\b)", "puedo "),
        (r"\bdebe\b", "debo"),
        (r"\b(?:ocupa|okupa)\b", "ocupo"),
        (r"\bnecesita\b", "necesito"),
        (r"\bculpa de (?:ella|eya)\b", "culpa mia"),
        (r"\bsu culpa\b", "mi culpa"),
        (r"\b(?:ella|eya)\b", "yo"),
        (r"\bsus (?=hij|nin|niñ|papel|document|cosas|papas)", "mis "),
        (r"\bsu (?=hij|casa|marido|esposo|viejo|credencial|ine)", "mi "),
    )
)
"""What turns "he does it to her" into "he does it to me"; names of the other fall away."""
_NAMED = re.compile(
    r"\b(?:a )?mi (?:amiga|hermana|vecina|prima|comadre|cuñada|tia|sobrina|nuera|compañera)\b ?"
)


def is_friend(here: Standing) -> bool:
    """Whether a friend, a sister or a neighbour asks for another woman in this talk."""
    return here.in_safety and (here.place == "safety.other_woman" or here.filled.get("writer") == FRIEND)


def as_of_herself(text: str) -> str:
    """Return a friend's question as the woman would ask it of herself; without marks of writing."""
    said = _NAMED.sub("", bare(text))
    for pattern, instead in _AS_OF_HERSELF:
        said = pattern.sub(instead, said)
    return said


_IT_IS_SHE = re.compile(
    r"\W*(?:(?:la verdad|bueno|es que|pues|no es (?:mi|una) \w+|no hay (?:tal )?amiga|le (?:dije|"
    r"di) mentiras?|"
    r"no (?:le )?(?:dije|digo) la verdad|en realidad|de hecho|perdon|esa|la|amiga|y|que)\W+)*(?:soy yo|"
    r"yo soy(?: (?:esa|ella|"
    r"la (?:amiga|que (?:le )?pasa|de eso)))?|es a mi|es de mi|me pasa a mi|a mi me pasa(?: eso)?|"
    r"es mi caso|se trata de mi)"
    r"(?: (?:la que|a la que|a quien|de quien|misma)\b.*)?\W*"
)


def says_it_is_she(text: str, here: Standing) -> bool:
    """Tell whether she who spoke of a friend says that it is she herself: "la verdad soy yo"."""
    return is_friend(here) and _IT_IS_SHE.fullmatch(" ".join(bare(text).split())) is not None
