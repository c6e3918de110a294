"""Tells words that end a talk on safety, or take back what was told, from those into which it was only read.

Why: "no nos han pagado" of one who is kept met "Gracias a ti. Cuídate mucho", and "no era él, era el vecino"
met "ya no queda nada de eso": both lose her whom the talk is about. An end stands on a word of thanks, of
leaving or of wanting nothing; "no es eso" on words about what was understood. Pure; must never store or log.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.components.spelling import bare

if TYPE_CHECKING:
    from bot.dialogue.standing import Standing

_ENDS = re.compile(
    r"\b(?:gra[cs]ias\w*|grax|adios|bye|baye|hasta (?:luego|mañana|pronto)|nada(?: mas)?|ninguna?|"
    r"(?:es|seria|eso es) todo|por (?:ahora|ahorita|el momento|lo pronto|hoy)|ahorita no|ahora no|luego|"
    r"despues|al rato|otro dia|mejor (?:no|luego|ya no)|asi (?:esta )?bien|esta bien|asi (?:lo )?dej\w+|"
    r"deja(?:lo|mos|r)\w*|ya (?:es todo|estuvo|me voy|no (?:quiero|necesito|ocupo|digo|hablo))|"
    r"no (?:mas|quiero|quisiera|necesito|nesesito|ocupo|gusto|deseo|hace falta|por)|ok\w*|va|sale)\b|"
    r"^\W*(?:no+|nel|nop|nah)\W*$|^\W*(?:ya )?no\b[\s,]+(?:ya|asi|estoy bien|todo bien)\b"
)
_OF_ME = r"(?:me|nos)"
_NOTHING_OF_HERS = re.compile(
    rf"\bno {_OF_ME} (?:a|an|ha|han|pag\w*|da\w*|dej\w*|quier\w*|cre\w*)\b|\bno (?:tengo|hay|ay) (?:nada|"
    rf"ni)\b|"
    r"\bnada (?:de|que|para|pa)\b"
)
"""What is kept from her, with the same words: "no nos dan nada de comer"."""
_TAKES_BACK = re.compile(
    r"\b(?:entend\w+|entiend\w+|refer\w+|refier\w+|equivo[cq]\w+|ekivok\w+|confund\w+|broma|bromita|jueg\w+|jug\w+|"
    r"exager\w+|no es (?:eso|asi|cierto|verdad|nada|lo que|de eso|para tanto|ningun\w*|violencia|maltrato)|"
    r"no (?:era|fue|iba|hablo|hablaba) (?:eso|de eso|asi|por|lo que|nada|para tanto|enserio|en serio|"
    r"por ahi)|"
    r"no (?:quise|quiero) decir|no (?:dije|digo) eso|otra cosa|nada que ver|de otra|"
    r"(?:la|una) (?:pelicula|novela|serie|cancion)|olvid\w+|no te preocup\w*|mal escri\w+|era para|"
    r"no (?:me|nos) (?:pega|hace|ha hecho|golpea|maltrata)|(?:eso|asi) no|solo (?:queria|era|pregunt\w+))\b|"
    r"^\W*no+\W*$"
)


_OF_COMING = re.compile(r"\b(?:si|ya|no|mejor) (?:voy|boy|ire|vamos)\b(?! a (?:salir|irme))(?!.*\bplan\b)")
"""Of her session: "si se me baja lo hinchado sí voy" asks for no plan."""


def ends(text: str) -> bool:
    """Tell whether words of thanks, of leaving or of wanting nothing stand in a message."""
    return _ENDS.search(" ".join(bare(text).split())) is not None


def is_stray(does: str, text: str, here: Standing) -> bool:
    """Tell whether the act `does` of a place of safety was read into words that hold nothing of it."""
    if not here.in_safety:
        return False
    line = " ".join(bare(text).split())
    if does == "/thank":
        return not _ENDS.search(line) or _NOTHING_OF_HERS.search(line) is not None
    if does == "/want_plan":
        return _OF_COMING.search(line) is not None
    return does == "/not_that" and not _TAKES_BACK.search(line)
