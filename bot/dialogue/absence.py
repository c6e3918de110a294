"""Hears "no voy a poder ir" told together with its reason: "no puedo ir porque mi marido no me deja salir".

Why: one message may say two things, an absence that is to be noted and something of hers that is to be heard.
A clause counts only as a whole: "no puedo ir a denunciar" is no absence. Pure; must never store or log.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.components.spelling import bare

if TYPE_CHECKING:
    from bot.dialogue.standing import Standing

NOTED = "utter_do_absence"
"""The response that notes the absence without a word, beside whatever else is answered."""
_ENDS = re.compile(
    r"[,.;:\n!?]+|\b(?:por ?que|x ?q(?:ue)?|por ?q|xk|pork(?:e)?|pq|ya que|es que|esk|pues|ps|pero|y es que|"
    r"debido a que|como)\b|"
    r"(?= mi (?:marido|esposo|pareja|viejo|señor|novio|ex|suegr[ao]|mama|papa|hij[oa])\b|"
    r" el (?:no )?(?:me|se)\b| me (?:dej|peg|golpe|lastim|encerr|amenaz|quit|grit|corri)\w*\b)"
)
_ABSENT = re.compile(
    r"(?:(?:hola|buenas|buenos dias|buenas tardes|oiga|oye|disculpe|perdon|ay|no|maestra|seño|ya|"
    r"fijese(?: que)?|creo que|siempre|que|hoy|mañana|manana|esta vez|ahora|yo|la verdad) +)*"
    r"(?:no +(?:(?:boy|voy) +a +)?(?:me +)?(?:puedo|podre|poder|pude|alcanzo|ire|ir|asistire|voy|boy)"
    r"(?: +(?:a +)?(?:ir|hir|asistir|llegar|acudir))?|(?:voy|boy) +a +faltar|faltare)"
    r"(?: +(?:al?|a +la|a +mi|del|de +la|de) *(?:taller|clase|sesion|secion|curso|platica|grupo))?"
    r"(?: +(?:hoy|mañana|manana|esta +vez|ese +dia|el +\w+|este +\w+|otra +vez|tampoco|siempre))*"
)
_PLAIN = frozenset(("no voy", "ya no voy", "no boy", "ya no boy", "hoy no voy", "no ire", "mañana no voy"))
_GOES = re.compile(
    r"\b(?:ir|hir|asistir|llegar|acudir|faltar\w*|ire|asistire|taller|clase|sesion|secion|curso|platica)\b"
)


def told(text: str) -> bool:
    """Whether some clause of `text` says, as a whole, that she is not coming to her session."""
    clauses = (" ".join(clause.split()) for clause in _ENDS.split(bare(text)))
    return any(
        clause in _PLAIN or (_ABSENT.fullmatch(clause) and _GOES.search(clause))
        for clause in clauses
        if clause
    )


_OF_COMING = re.compile(
    r"\b(?:ir|hir|ire|voy|boy|vamos|iremos|fui|falt\w+|asist\w+|lleg\w+|puedo|podre|poder|pude|alcanz\w+|"
    r"bengo|vengo|"
    r"venir|imposible|cancel\w+|enferm\w+|mal[ao]?|cita|compromiso|trabaj\w+|no)\b"
)
_SURELY_GOES = re.compile(r"\bsi (?:voy|boy|puedo|podre|ire|asisto|asistire|alcanzo|llego|quiero ir)\b")
_SUPPOSES = re.compile(
    r"\W*(?:(?:y|oiga|oye|disculpe|pero|una pregunta)[\s,]+)*(?:que pasa )?si (?:un dia |una vez |ya |yo )?"
    r"(?:no )?(?:llego|voy|boy|falto|puedo|alcanzo|asisto|llegara|fuera|faltara)\b"
    r"(?=.*(?:\?|\b(?:me|pasa|pierdo|quitan)\b))"
)
_OF_NEXT = re.compile(r"\b(?:otra|siguiente|proxima|prosima|que sigue|que viene|que entra)\b")


def meant(text: str, here: Standing) -> bool:
    """Whether an absence is told at all: "hoy no tengo ánimos de nada" tells of no session.

    A bare "no", a number or a title to a question of hers is one whatever its words.
    """
    line = bare(text)
    if supposes(text):
        return False
    asked = here.place.startswith("sessions.") or here.reminder_pending or bool(here.offers)
    if asked and not _SURELY_GOES.search(line):
        return True
    if _SURELY_GOES.search(line) and not re.search(r"\bno (?:voy|boy|puedo|podre|ire)\b", line):
        return False
    return told(text) or bool(_OF_COMING.search(re.sub(r"\bno (?:tengo|traigo|ando)\b", " ", line)))


def supposes(text: str) -> bool:
    """Whether she only asks what would be: "¿y si no llego a tiempo me regresan?"."""
    return bool(_SUPPOSES.match(bare(text)))


_PAST = re.compile(
    r"\b(?:(?:no|ya no|ni) (?:pude|pudimos|fui|alcance|llegue|asisti)|falte|faltamos)\b"
    r"(?=.*\b(?:ayer|antier|antes de ayer|pasad[oa]s?|la otra vez|esa vez|la vez pasada|hace \w+|"
    r"la anterior)\b)|"
    r"\b(?:ayer|antier|(?:la|el) \w+ pasad[oa]|la otra vez) (?:ya )?(?:no (?:pude|fui|alcance|llegue)|"
    r"falte)\b|"
    r"\bfalte a (?:la|una|dos|varias)\b"
)
_DID_NOT = re.compile(
    r"\b(?:no|ni) (?:pude|pudimos|fui|alcance|llegue|asisti)\b(?!.*\b(?:tampoco|mañana|hoy|proxim\w+)\b)"
)
_TO_COME = re.compile(r"\b(?:tampoco|mañana|hoy|este|esta|proxim\w+)\b(?!.*\bpasad[oa])")


def past(text: str) -> bool:
    """Whether she tells of a session that is over: "no pude ir ayer" must not free the next one's seat."""
    line = bare(text)
    return bool(_PAST.search(line)) and not _TO_COME.search(line)


def over(text: str, here: Standing) -> bool:
    """Whether she tells of a session that is over: "no pude ir", where none waits for her answer."""
    return past(text) or (not here.reminder_pending and bool(_DID_NOT.search(bare(text))))


def speaks_of_next(text: str) -> bool:
    """Whether she speaks of a later session: "pero la otra sí voy"."""
    return bool(_OF_NEXT.search(bare(text)))
