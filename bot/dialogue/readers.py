"""Who reads her phone, and when she may be written to, in her own words.

Why: "me lo revisan",  "es el de la casa" and "cuando mi marido no está" are answers, and the last is the
safest of all: it is kept as she said it for the caseworker and never read back to whoever holds the phone.
Pure; must never store or log.
"""

from __future__ import annotations

import re

from bot.components.spelling import bare
from bot.dialogue import lexicon, words

_ALONE = (
    r"\b(?:nadie|solo yo|solamente yo|unicamente yo|nomas yo|no mas yo|nada mas yo|puro yo|pura yo|"
    r"yo (?:sola|solita|nomas|solamente|nada mas)|"
    r"yo mera|yo mero|mero yo|solo es mio|es (?:solo )?mio(?: nomas| nada mas| solo)?|(?:nomas|solo|"
    r"nada mas) mio|es personal|"
    r"mi telefono personal|yo la unica|la unica soy yo|solita)\b"
)
_NOBODY_ELSE = (
    r"\b(?:nadie|ningun[oa]?)\b(?: \w+){0,3}? (?:lo |los |la |las |me )?(?:ve|lee|agarra|usa|revisa|toca|mas|"
    r"checa|mira)\b|"
    r"\b(?:no|ni)\b(?: \w+){0,2}? (?:lo |los |me lo )?(?:ve|ven|leen?|agarra|agarran|usa|usan|revisa|revisan|"
    r"presto|comparto|checan?) (?:nadie|otr\w+|con nadie)|"
    r"\bno (?:lo )?(?:comparto|presto)\b|\bni mi \w+\b"
)
_RELATIVE = (
    r"(?:espos[oa]|marido|viejo|señor|senor|pareja|novio|novia|hij\w+|ij[oa]s?|niñ\w+|nin[oa]s|mam[a]|papa|"
    r"suegr\w+|herman\w+|"
    r"cuñad\w+|niet\w+|sobrin\w+|vecin\w+|familia|patron\w*|jefe|nuera|yerno|comadre|gente|chiquill\w+|"
    r"muchach\w+|plebes?)"
)
_OTHERS = (
    rf"\b(?:mi|mis|el|la|los|las|con|y|tambien|toda la) {_RELATIVE}\b|"
    r"\b(?:prestado|emprestado|compart\w+|ajeno|rentado)\b|"
    r"\b(?:es|lo) (?:de |el de )?(?:la )?(?:casa|todos|los dos|ambos|mi \w+|otra persona|alguien mas)\b|"
    r"\b(?:el de|de) (?:la casa|todos|la familia|toda la familia)\b|^\W*(?:todos|todas|todos en la casa|"
    r"varios|ambos|los dos|todo el mundo|"
    r"la familia|otros|otros tambien|alguien mas|alguien|mas gente|aveces|a veces)\W*(?:lo (?:leen|ven|usan|"
    r"agarran))?\W*$|"
    r"\b(?:me )?(?:lo|los|las|la) (?:\w+ )?(?:revisan?|revisa|checan?|leen|lee|esculcan?|agarran?|usan?|ven|"
    r"mira|miran|espian?)\b|"
    r"\b(?:otros|otras personas|alguien mas|varios|a veces|en ocasiones|tambien)\b|\bno (?:es mio|"
    r"tengo (?:telefono|celular))\b|\bla familia\b"
)


def phone_is_shared(text: str) -> bool | None:
    """True where others read this phone, False where only she does, None where neither is said."""
    line = bare(text)
    if re.search(_NOBODY_ELSE, line):
        return False
    if re.search(r"\byo\b[,\s]+(?:y|con|e)\b|\b(?:solo|nomas|nada mas) yo y\b", line) or _others_too(line):
        return True
    if re.search(_ALONE, line) or words.is_no(text):
        return False
    return True if words.is_yes(text) or re.search(_OTHERS, line) else None


def _others_too(line: str) -> bool:
    """Whether somebody is named beside her: "mi hija también", "yo casi siempre, a veces mi esposo"."""
    return bool(re.search(_OTHERS, line)) and bool(re.search(rf"\b{_RELATIVE}\b|\btodos\b", line))


_ABSENCE = (
    r"\b(?:cuando|mientras|si|en lo que|hasta que|ya que)\b(?: \w+){0,4}? (?:no (?:est[ae]n?|ande|anda|haya|"
    r"este|se encuentr\w+)|"
    r"(?:se (?:va|vaya|van|duerma|duerme|fue)|trabaja|trabajen|ande? (?:en el|de|trabajando|fuera)|"
    r"este? (?:en el|trabajando|fuera|dormid\w+)|"
    r"esta (?:en el|trabajando|fuera|dormid\w+)|sal[eg]\w*|salga))|"
    r"\b(?:cuando|mientras) (?:yo )?(?:este|estoy|ande|ando|quede|me quedo|me quede) (?:sola|solita|"
    r"trabajando|en el trabajo|en mi trabajo|fuera)|"
    r"\b(?:cuando|mientras) (?:los |mis )?(?:niñ\w+|nin[oa]s|hij\w+) (?:est\w+ )?(?:en la |"
    r"en el )?(?:escuela|kinder|duerm\w+)|"
    r"\bcuando (?:me |este |esté )?(?:desocup\w+|pueda|tenga tiempo|acabe|termine|salga)|"
    r"\bno (?:este|esta|haya) (?:mi|el) (?:marido|esposo|señor|senor|viejo|pareja)"
)
_WHY_THEN = re.compile(
    r"\b(?:q|que|k|ke|por ?que|pq|xq|x ?q|pork) (?:el|mi (?:marido|esposo|viejo|señor|senor|pareja|suegr\w+))"
    r" (?:no (?:esta|anda|ha llegado)|trabaja|se va|sale|duerme|anda|esta trabajando)\b"
)
"""The reason for her hours: "en la mañana que él no está"."""
_HE = re.compile(r"\b(?:marido|esposo|señor|senor|viejo|pareja|el|novio|suegr\w+|sola|solita|nadie)\b")
_HIM = re.compile(r"\b(?:marido|esposo|(?:mi|el) (?:señor|senor|viejo|hombre)|pareja|novio|suegr\w+)\b")
_CLOCK_WORDS = re.compile(
    r"\b(?:\d{1,2}(?::\d\d)?|mañana\w*|manana\w*|tard\w+|noch\w+|medio ?dia|madrugada|lunes|martes|miercoles|"
    r"jue[vb]es|[vb]iernes|sabado\w*|"
    r"domingo\w*|entre semana|fin de semana|diario|temprano|medio ?dia)\b"
)
_ANY_HOUR = re.compile(
    r"^\W*(?:(?:pues|ps|a|en|la|el|mi|me|para|por|si|esta bien|yo) )*(?:cualquier(?:a)?(?: (?:hora|dia|"
    r"momento|rato|horario))*|cuando (?:sea|quier\w+|gust\w+|pueda\w*|usted\w*|tu\b.*)|"
    r"la hora que (?:sea|quier\w+|gust\w+|pueda\w*|usted\w*)|toda hora|todo el dia|todo el tiempo|siempre|"
    r"la que (?:sea|guste\w*|quier\w+)|"
    r"(?:me )?da (?:igual|lo mismo)|no importa(?: la hora)?|es igual|24 horas|las 24 horas)\b(?!.*\b(?:menos|"
    r"pero|excepto|no|salvo|despues|antes|de \d|\d)\b)"
)
_FAULT = re.compile(
    r"\b(?:muy|tan|bien) (?:noche|tarde|temprano|de noche|de madrugada)\b|\b(?:mandan|llegan|escriben|"
    r"marcan|me lleg\w+|"
    r"me mandaron|me escribieron)\b"
)
"""She tells when messages came: which hours suit her is still to be asked."""
_MOST_WORDS = 12
_HARM = re.compile(r"\b(?:peg|golp|mat|maltrat|amenaz|insult|grit|enoj|miedo|viol|encierr|celos)\w*\b")


def any_hour(text: str) -> bool:
    """Tell whether any hour will do, and nothing narrows it: "a cualquier hora", "cuando usted pueda"."""
    line = re.sub(r"\b(?:las )?24 horas\b", "siempre", bare(text))
    return words.is_yes(text) or bool(_ANY_HOUR.search(line) and not names_a_span(line))


def by_absence(text: str) -> bool:
    """Tell whether she says it by who is not there, or by what she does then: "cuando mi marido no está"."""
    return bool(re.search(_ABSENCE, bare(text)))


def only_hours(text: str) -> bool:
    """Tell whether a short text says only when: "cuando no está mi esposo" tells of no harm there."""
    line = bare(text)
    return by_absence(text) and len(line.split()) <= _MOST_WORDS and not _HARM.search(line)


def keeps_quiet(text: str) -> bool:
    """Tell whether the words speak of him or of being alone: they are never read back on this phone."""
    line = bare(text)
    return bool(_HIM.search(line) or _WHY_THEN.search(line)) or (by_absence(text) and bool(_HE.search(line)))


def names_a_span(text: str) -> bool:
    """Tell whether a text names an hour, a part of the day or a weekday."""
    return bool(_CLOCK_WORDS.search(bare(text)))


def finds_fault(text: str) -> bool:
    """Tell whether it says when she was written to, or is not to be: "mandan mensajes muy noche"."""
    return bool(_FAULT.search(bare(text)))


def names_hours(text: str) -> bool:
    """Tell whether it is an answer to "when may I write to you?" at all."""
    return names_a_span(text) or bool(re.search(lexicon.TIME, bare(text)))
