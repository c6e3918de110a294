"""A yes or a no to "did it ever happen?": "a veces", "una vez", "gracias a dios no", "ps sí".

Why: the questions on food ask whether something happened at all, and women answer how often. The whole answer
is compared, courtesy aside; "casi nunca" and "no alcanza" may be either and are asked again. Pure; must never
store or log.
"""

from __future__ import annotations

import re

from bot.components.spelling import bare
from bot.dialogue import words
from bot.dialogue.orders import heard, sounds

_BESIDE = re.compile(
    r"\b(?:pues|ps|pos|pz|pss|la verdad|la mera verdad|fij[ae]se que|fij[ae]te que|gracias a (?:mi )?dios|"
    r"bendito (?:sea )?dios|dios mediante|primero dios|"
    r"hasta (?:ahorita|ahora|hoy)|por (?:desgracia|suerte|fortuna)|desgraciadamente|lamentablemente|"
    r"afortunadamente|tristemente|creo que|yo creo que|yo creo|"
    r"yo diria que|ay|mm+|hmm+|bueno|mire|mira|oiga|oye|maestra|seño|señorita|licenciada|eso|a nosotros|aqui|"
    r"en mi casa|nosotros|ahi|nomas|nada mas|solo|"
    r"en estos meses|este mes|estos meses|como que|digamos|ya|x|por|porfa|gracias)\b"
)
_YES = (
    "si|a veces|aveces|algunas veces|hay veces|en ocasiones|de vez en cuando|de repente|seguido|muy seguido|"
    "siempre|casi siempre|una vez|una sola vez|"
    "dos veces|tres veces|una o dos veces|un par de veces|varias veces|muchas veces|pocas veces|algunos dias|"
    "unos dias|un dia|todos los dias|diario|cada rato|"
    "a cada rato|si a veces|si una vez|si siempre|si seguido|si varias veces|si muchas veces|si ha pasado|"
    "si nos ha pasado|si paso|si me ha pasado|"
    "nos ha pasado|me ha pasado|ha pasado|si pasa|rara vez|una que otra vez|cuando no hay|cuando no alcanza|"
    "a fin de mes|cada quincena|si poquito|tantito|"
    "si un poco|un poco|si la verdad|si claro|si mucho|mucho|bastante|si diario|si cada rato|si unas veces|"
    "unas veces|a beces|alguna vez|si alguna vez"
)
_NO = (
    "no|nunca|jamas|no nunca|no jamas|nunca nunca|nada|para nada|no para nada|todavia no|no todavia|"
    "no ha pasado|no nos ha pasado|no me ha pasado|"
    "nunca ha pasado|nunca nos ha pasado|no paso|no no|nel|nop|ninguna vez|ni una vez|no fijese|no fijate|"
    "no ninguna|no ninguno|ninguno|no hasta no|"
    "no nunca ha pasado|no siempre hay|siempre ha habido|siempre hay|no falta|no nos falta|no ha faltado|"
    "no nos ha faltado|tampoco|no tampoco|igual no"
)
_LEAVES = (
    "no se|quien sabe|no me acuerdo|no recuerdo|paso|prefiero no decir|no quiero contestar|"
    "eso no lo digo|no sabria decirle|no estoy segura"
)


def happened(text: str) -> bool | None:
    """True where it happened, however seldom; False where it never did; None where neither is said."""
    left = re.sub(r"[.,;!¡]", " ", _BESIDE.sub(" ", bare(text))).split()
    rest = " ".join(word for at, word in enumerate(left) if not at or word != left[at - 1])
    said = heard(rest) if rest else ""
    if words.is_yes(text) or said in sounds(_YES):
        return True
    return False if words.is_no(text) or said in sounds(_NO) else None


def leaves_it(text: str) -> bool:
    """She leaves the question unanswered."""
    return words.is_skip(text) or heard(text) in sounds(_LEAVES)
