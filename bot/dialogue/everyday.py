"""Small things that she asks or says of every day, beside what the intents know.

Which workshop that is, in which group she is, her card, an answer by voice, abuse for the bot, a wish for
help that she is ashamed to name. Pure; must never store or log.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.components.spelling import bare
from bot.dialogue import words
from bot.dialogue.standing import Act

if TYPE_CHECKING:
    from bot.dialogue.parse import Understanding
    from bot.dialogue.standing import Standing

_CLASS = r"(?:taller|curso|clase|platica|sesion)"
_WHICH = re.compile(
    rf"\b(?:que|ke|q|cual) {_CLASS}(?: (?:es|era|seria))?(?: (?:ese|eso|el de mañana|el mio))?\W*$|"
    rf"\bde (?:que|cual|q|ke)(?: es)?(?: (?:el|mi|ese))? {_CLASS}\b|\bcual es mi (?:{_CLASS}|grupo)\b|"
    rf"\b(?:cuando|kuando|que dia|a que ora|a que hora)\b.{{0,25}}\bmi {_CLASS}\b"
)
"""Her own workshop, after a reminder that does not name it."""
_PUT_DOWN = (
    r"(?:anotaste|anotaron|apuntaste|apuntaron|inscribiste|inscribieron|registraste|registraron|metieron)"
)
_WHERE_SHE_IS = re.compile(
    rf"\b(?:en |a |de )?(?:cual|que|k|ke|kual) (?:{_CLASS} |grupo )?(?:me )?{_PUT_DOWN}\b|"
    rf"\ben (?:cual|que|ke) (?:grupo |{_CLASS} )?(?:estoy|quede|ando)\b"
)
_WHICH_NOTICE = re.compile(
    r"^\W*(?:(?:hola|buen[ao]s|dias|tardes|noches|oiga|oye|y|si|disculpe|mande|digame|dime|vi su "
    r"mensaje)[\s,.?]+)*"
    r"(?:(?:de )?(?:que|q|k|ke|cual)(?: (?:es|era))?(?: (?:el|ese|su))? aviso|(?:que|cual) me (?:iba|iban) "
    r"a avisar)\b"
    r"(?!.*\bprivacidad\b)"
)
"""Asked after an invitation to write, which says no more than that there is a notice of her workshops."""
_CARD = re.compile(
    r"\b(?:mi|la|una?|su|me (?:dan|dieron|piden|pidieron)) (?:credencial|cartilla|gafete|tarjeta|carnet)\b|"
    r"\b(?:credencial|cartilla|gafete|tarjeta) (?:del (?:taller|programa|curso)|de asistencia)\b"
)
_NO_CARD = re.compile(
    r"\b(?:ine|elector|banco|dinero|bienestar|peso|cobr\w+|quit\w+|esconde\w*|escondi\w*|vacun\w*|mi "
    r"(?:marido|"
    r"esposo|viejo|pareja))\b"
)
_BY_VOICE = re.compile(
    r"\b(?:mand|envi|contest|habl|respond|dig|grab|me lo dic|expli)\w*\b.{0,25}\b(?:audios?|notas? de voz|"
    r"por voz)\b"
)
_SHE_SENDS = re.compile(
    r"\b(?:(?:le|les|te) (?:mando|mandar|mande|mandamos|envio|puedo)|(?:puedo|podria|voy a|quiero) "
    r"(?:mandar|enviar)|"
    r"mandarl\w+|mandart\w+|recib\w+|escuch\w+|el me|me (?:mando|mandaba|manda))\b"
)
_ABUSE = re.compile(
    r"^(?:pendej|put[oa]|chinga|chingu|verga|mierda|culer|idiota|estupid|mens[oa]|tont[oa]|babos|cabron|"
    r"ojete|hdp)"
)
_BESIDE_ABUSE = frozenset(
    (
        "pinche", "pinches", "bot", "robot", "maquina", "maldito", "maldita", "a", "la", "tu", "su",
        "madre", "vete", "vayanse", "que", "k", "eres", "son", "y", "de", "tan", "bien", "muy", "no",
        "sirves", "sirven", "sirve", "para", "nada", "porqueria", "basura", "wey", "guey", "hijo",
        "hija", "esta", "este", "eso", "ya", "callate",
    )
)  # fmt: skip
_OBSCENE = re.compile(
    r"\W*(?:hola|oye|ey|y|a ver|anda|andale)?[\s,]*(?:(?:mand|pas|envi|ensen|enseñ)\w+me?(?: \w+){0,3} "
    r"(?:encuerad\w+|"
    r"desnud\w+|pack|nudes?|tus (?:chichis|nalgas))\b.*|(?:quieres|kieres) (?:ser mi novia|coger|sexo|"
    r"andar conmigo)\W*|"
    r"(?:tienes|eres) (?:novio|casada|soltera)\W*|(?:estas|has de estar) (?:rica|buena|buenota|sabrosa)\W*|"
    r"(?:te quiero|kiero) coger\w*\W*|cuanto cobras\W*)"
)
_ASHAMED = re.compile(
    r"\b(?:me da|tengo|que) (?:mucha |muchisima |harta )?(?:pena|verguenza|berguenza)\b|"
    r"\bno (?:se|encuentro) como (?:decir|contar|explicar|empezar)\w*\b|"
    r"\bes (?:algo |muy |bien |un tema )*(?:delicado|privado|personal|intimo|feo)\b"
)
_WHETHER_TO_TELL = re.compile(
    r"\bno se si (?:(?:puedo|debo|deba|este bien|me atrevo a) )?(?:contar|decir|hablar|platicar)\w*"
)
_WANTS_HELP = re.compile(
    r"\b(?:ayud\w+|orient\w+|platicar|contar\w*|decir(?:le|te|les)?|desahog\w*|consejo|apoyo)\b"
)
_OF_THE_COURSE = re.compile(
    r"\b(?:hablar en publico|exponer|pasar al frente|leer|escribir|ortografia|preguntar|molestar\w*|pedir)\b"
)
_OPEN = frozenset(
    ("ask_workshops", "enroll", "nlu_fallback", "out_of_scope", "inform", "ask_enrolment_status")
)


def settled(text: str, act: Act, said: Understanding, here: Standing) -> Act:
    """The act as it is meant by a woman who has a seat, or one of those asides."""
    if here.in_safety or here.form_field or said.tier != "none" or not text:
        return act
    line = " ".join(bare(text).split())
    if act.intent == "enroll" and here.has_seat and words.is_yes(text):
        return Act("affirm")  # "👍" to what was only told
    if here.has_session and (act.missed or act.intent in ("ask_workshops", "enroll")) and _WHICH.search(line):
        return Act("ask_next_session")
    if here.has_seat and (act.missed or act.intent in _OPEN) and _WHERE_SHE_IS.search(line):
        return Act("ask_enrolment_status")
    return act if here.cover else _aside(line, act, here)


def _aside(line: str, act: Act, here: Standing) -> Act:
    for_nobody = act.missed or act.intent in ("complain", "out_of_scope", "complaint_told", "enroll")
    if for_nobody and is_abuse(line):
        return Act("bot_challenge")
    if _BY_VOICE.search(line) and not _SHE_SENDS.search(line):
        return Act("ask_about", {"question": "audio"})
    if _WHICH_NOTICE.search(line) and here.registered:
        return Act("ask_next_session" if here.has_session else "ask_menu")
    card = here.registered and _CARD.search(line) and not _NO_CARD.search(line)
    if card and (
        act.missed or act.intent in ("ask_requirements", "ask_support", "ask_certificate", "ask_about")
    ):
        return Act("ask_about", {"question": "card"})
    return act


def is_abuse(line: str) -> bool:
    """Tell whether a bare line only abuses the bot, or makes it an indecent offer."""
    said = re.sub(r"[^\w\s]", " ", line).split()
    rude = [bool(_ABUSE.match(word)) for word in said]
    only = any(rude) and all(bad or word in _BESIDE_ABUSE for bad, word in zip(rude, said, strict=True))
    return only or _OBSCENE.fullmatch(line) is not None


def is_ashamed(text: str) -> bool:
    """Tell whether she wants help with something that she is ashamed to name: she meets an open door."""
    line = " ".join(bare(text).split())
    ashamed = (_ASHAMED.search(line) and _WANTS_HELP.search(line)) or _WHETHER_TO_TELL.search(line)
    return bool(ashamed) and not _OF_THE_COURSE.search(line)
