"""Who is to be enrolled, where that is not simply she: another woman on this phone, a man; or she goes on.

Why: "quiero inscribir también a mi hermana" has no answer in a form that holds one woman, a man is told
kindly whom the programme serves, and "no gracias, mejor sigo con la inscripción" is no goodbye. These are
whole requests, never a word in a story. Pure; must never store or log.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.components.spelling import bare
from bot.dialogue.standing import Act

if TYPE_CHECKING:
    from bot.dialogue.parse import Understanding
    from bot.dialogue.standing import Standing

MOST_WORDS = 25
"""A longer text is a story."""
LASTING = 0.8
_ENROL = r"(?:inscri\w+|apunt\w+|anot\w+|registr\w+|meter|dar de alta|entr\w+|particip\w+)"
_WOMAN = (
    r"(?:herman(?:a|as|ita)|ermana|mama|madre|hij(?:a|as|ita)|ija|cuñad(?:a|as)|suegra|prim(?:a|as|ita)|"
    r"vecin(?:a|as)|"
    r"amig(?:a|as)|tia|nuera|sobrin(?:a|as)|comadre|abuel(?:a|ita)|señora|compañera|otra (?:señora|mujer|"
    r"persona))"
)
_GROWN = (
    r"(?:herman(?:a|as)|ermana|mama|madre|cuñada|suegra|prima|vecina|amig(?:a|as)|tia|nuera|comadre|abuelita)"
)
"""Who comes along and is no child of hers: for a daughter she asks about the care of children."""
_ANOTHER = re.compile(
    rf"\b{_ENROL}\b[^.?!]{{0,30}}?\b(?:a|para) (?:mi|mis|una|unas|otra|otras) {_WOMAN}\b|"
    rf"\b(?:mi|una) {_WOMAN}\b[^.?!]{{0,25}}\b(?:tambien )?(?:quier\w+|kier\w+|quisier\w+|"
    rf"le gustaria) (?:tambien )?{_ENROL}\b|"
    rf"\b(?:es|son|seria|la inscripcion es) para (?:mi|mis|una|otra) {_WOMAN}\b|\bno (?:es|soy) (?:para mi|"
    rf"yo)\b[^.?!]{{0,20}}\bmi {_WOMAN}\b|"
    rf"\b{_ENROL}\b[^.?!]{{0,25}}\b(?:a las dos|a ambas|a otra|a alguien mas|a otra persona|somos dos)\b|"
    rf"\bmi {_WOMAN} tambien (?:quier\w+|kier\w+|le (?:gustaria|interesa|late))\b|"
    rf"\bsomos (?:mi {_WOMAN} y yo|yo y mi {_WOMAN})\b|\b(?:mi {_WOMAN} y yo|yo y mi {_WOMAN}) "
    rf"(?:queremos|keremos|nos queremos|quisieramos) {_ENROL}|"
    rf"\b(?:puede|podria|dejan|la dejan) (?:ir|hir|entrar|venir|asistir) (?:tambien )?mi {_GROWN}\b|"
    rf"\b(?:puedo|podria) (?:llevar|invitar|traer) a (?:mi|una) {_GROWN}\b"
)
_I_TOO = re.compile(
    r"\b(?:inscribirme|inscrivirme|apuntarme|anotarme|registrarme|entrar|meterme) (?:yo )?tambien\b|"
    r"\byo tambien (?:me )?(?:quiero|kiero|quisiera|puedo|podria) (?:me )?(?:inscrib|inscriv|apunt|anot|"
    r"registr|entr|"
    r"meter)\w*|"
    r"\b(?:soy|habla|escribe) (?:la |su )?(?:hija|nuera|hermana|sobrina|nieta) de (?:doña|dona|la señora|"
    r"\w+)\b"
    r"[^.?!]*\b(?:inscrib|apunt|anot)\w*me\b"
)
"""On the phone of one who is enrolled, another says that she wants it too."""
_STORY = re.compile(r"\b(?:peg|golp|mat|maltrat|amenaz|viol)\w*\b")
_MAN = re.compile(
    r"^\W*(?:(?:hola|buenas|buenos|dias|tardes|oiga|disculpe|pero|y|es que|bueno|yo)[\s,]+)*(?:soy|"
    r"yo soy) (?:un )?(?:hombre|varon|señor|caballero|muchacho)\b(?! de(?! \d))|"
    r"\b(?:aceptan|reciben|admiten|inscriben|hay (?:lugar|taller\w*|cursos?) para|es (?:tambien )?para|"
    r"son (?:tambien )?para|pueden (?:entrar|ir|inscribirse)|entran) (?:a )?(?:los )?(?:hombres|varones)\b|"
    r"\b(?:los )?hombres (?:tambien )?(?:pueden|podemos|entran|puedo)\b|\bpuedo (?:entrar|ir|"
    r"inscribirme)[^.?!]{0,20}\bsoy hombre\b"
)
_HIS_WIFE = re.compile(rf"\b{_ENROL}\b[^.?!]{{0,20}}?\ba mi (?:esposa|mujer|señora|novia)\b")
"""Whoever enrols his wife: that she write herself."""
_NO_THANKS = (
    r"(?:(?:no|nada|gracias|muchas|mejor|pues|ya|si|bueno|ok|okey|va|todo|bien|estoy|ahorita|por|ahora|eso|"
    r"despues|luego|asi|yo|oiga|"
    r"disculpe|perdon|no era eso|solo|nomas)[\s,.]+)*"
)
_STOPS = re.compile(
    r"\bno (?:le |(?:quiero|puedo|voy a|vamos a|quisiera|me gustaria|pienso|podre) )*(?:sig\w+|seg\w+|"
    r"continu\w+|termin\w+|acab\w+|regres\w+|volv\w+)\b"
)
_GOES_ON = re.compile(
    rf"^\W*{_NO_THANKS}(?:(?:mejor|ya|quiero|quisiera|vamos a|vamos|prefiero|hay que|podemos|puedo|"
    rf"me gustaria|deja|dejeme|dejame)\s+)*"
    r"(?:le sigo|le seguimos|sigo|seguir|sigamos|seguimos|seguirle|continuar|continuo|continuamos|"
    r"continuemos|termin\w+|acab\w+|regres\w+|volver|volvamos)\s+"
    r"(?:con |a |en )?(?:la |mi |el |lo de la |lo del |lo de |las |los |esto de la )?(?:inscripcion|"
    r"inscripsion|registro|formulario|preguntas|apuntarme|"
    r"inscribirme|taller|talleres|curso|datos)\b[^?]{0,20}$"
)


_ENROLS_HER = re.compile(
    r"\b(?:mejor|ya|pero|y|entonces)\s+(?:(?:siga|sigue|sigame|sigueme|sigale|siguele|sigamosle|sigamos|"
    r"seguimos)"
    r"(?:\s+(?:con|apuntando\w*|inscribiendo\w*|anotando\w*|preguntando\w*|en|al?|lo|de|del|la|el|las|los|"
    r"mi))*|"
    r"(?:apunt|inscrib|anot)[ae]me(?:\s+(?:en|al?|lo|de|del|la|el|las|los))*)\s+"
    r"(?:taller|talleres|curso|cursos|inscripcion|registro|preguntas|datos)\b[^?]{0,20}$"
)
"""She turns from what she told to the enrolment: "de eso ya no, mejor sígame apuntando al taller"."""
_TURNS = 16
"""Words up to which a message turns to the enrolment and tells nothing more."""


_ME_FIRST = re.compile(
    r"\W*(?:(?:bueno|pues|ps|pos|si|ok|entonces|mejor|va|sale|ah|ay)[\s,]+)*(?:(?:primero|nomas|solo|nada "
    r"mas) "
    r"(?:a mi|yo|apunt[ea]me(?: a mi)?|inscrib[ea]me(?: a mi)?|anot[ea]me(?: a mi)?)|"
    r"(?:yo|a mi)(?: primero| nomas| sola)?|a mi si|yo si(?: quiero)?|apunt[ea]me a mi(?: primero)?)[\s.!]*"
)
"""Told that a phone is of one woman: "bueno pues primero yo"."""


_GUARDIAN = (
    r"(?:mam[ai]|jefa|pap(?:a|i|as)|apa|ama|abuel(?:a|ita|o)|ti[ao]|tutora?|madrina|hermana mayor|padres)"
)
_WITH_GUARDIAN = re.compile(
    rf"\b(?:mis?|la|el|con|una?) {_GUARDIAN}\b[^.?!]{{0,25}}\b(?:va|vaya|viene|venga|firm\w+|acompañ\w+|"
    rf"acompan\w+|"
    rf"(?:da|de|dio|dan) permiso|deja|dejan|autoriz\w+|inscrib\w+|apunt\w+|llev\w+|quiere|si quiere|entra|"
    rf"habl\w+|escrib\w+|llam\w+)\b|"
    rf"\b(?:va|voy|vaya|viene|lleva\w*|llevo|acompañ\w+|firm\w+|permiso|junto|ir|entrar|"
    rf"inscribirme)\b[^.?!]{{0,15}}"
    rf"\b(?:con |de |a )?(?:mis?|una?) {_GUARDIAN}\b|^\W*(?:y )?(?:si )?(?:es )?con (?:mis?|"
    rf"una?) {_GUARDIAN}\W*$"
)
"""A girl who may enrol only with who cares for her asks whether she may come with her."""
_HER_DETAILS = re.compile(
    r"^\W*(?:(?:y|ella|bueno|pues|si|es|ok|entonces|mi \w+|la otra)[\s,]+)*(?:(?:se |le )?(?:llama|yama|"
    r"dicen|apellida|"
    r"disen)\b|(?:ella )?(?:vive|bibe|nacio|nasio|cumple|tiene)\b|su (?:nombre|apellido|curp|fecha|"
    r"direccion|colonia|"
    r"telefono|cel\w*|numero)\b|(?:no tiene|no trae|sin) (?:telefono|cel\w*|whats\w*|curp)\b)"
)
"""Details in the third person, told after another woman was to be enrolled."""


def _goes_on(line: str) -> bool:
    turns = len(line.split()) <= _TURNS and _ENROLS_HER.search(line)
    return bool((_GOES_ON.match(line) or turns) and not _STOPS.search(line))


def aside(text: str, said: Understanding, here: Standing) -> Act | None:
    """Return the act of such a request; None where it is none, or where danger is heard in it."""
    line = " ".join(bare(text).split())
    if len(line.split()) > MOST_WORDS or said.risk == "danger" or _STORY.search(line):
        return None
    if _goes_on(line) and not here.registered and not here.cover:
        return Act("ask_again") if here.form_field else Act("enroll")
    if here.in_safety:
        return None
    if _ME_FIRST.fullmatch(line) and not here.registered and not here.form_field and not here.place:
        return Act("enroll")
    if here.minor and not here.registered and "guardian_told" in here.filled and _WITH_GUARDIAN.search(line):
        return Act("needs_guardian")
    if _ANOTHER.search(line) or (here.registered and _I_TOO.search(line)):
        return Act("another_woman")
    if "another_told" in here.filled and said.tier == "none" and _HER_DETAILS.match(line):
        return Act("of_another_woman")
    wife = _HIS_WIFE.search(line) and not here.secret and not here.case_open
    if wife or _MAN.search(line) or (_says_man(said) and said.intent == "enroll"):
        return Act("a_man")
    return None


def _says_man(said: Understanding) -> bool:
    return said.speaker == "man" and said.speaker_confidence >= LASTING
