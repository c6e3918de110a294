"""What she answers to a reminder in more than a yes or no: "a ver si puedo", "mi mamá dice que sí va".

Why: a reminder comes into whatever was talked of, is answered with a reason, taken back the next day, or
answered by a daughter. Each is a whole message or its beginning; a word inside a story is none. Somebody who
says of her "mi señora no va" answers nothing for her (`speaker.txt`). Pure; must never store or log.
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

_OF_HER_SEAT = frozenset(("sessions.drop_out", "sessions.drop_sure", "sessions.none"))
"""Questions whether she leaves or has a seat: there a yes or no is to that."""
_BEFORE = (
    r"\W*(?:(?:hola|buen[ao]s|dias|tardes|noches|oiga|oye|disculpe|perdon|pues|ps|pos|ay|uy|mire|maestra|"
    r"señorita|seño|la verdad|bueno|fijese que|fijate que|si|ya|es que|dios (?:la|te) bendiga|"
    r"si dios quiere)[\s,.!]+)*"
)
"""Courtesy; never a "no", which would be lost."""
_AFTER = (
    r"(?:[\s,.!]*(?:mañana|hoy|al taller|a (?:mi|la) (?:taller|sesion|clase|platica)|gracias|muchas gracias|"
    r"señorita|maestra|por favor|primero dios|si dios quiere|dios mediante|a (?:la|las) \w+|el \w+|sin falta|"
    r"con gusto|seguro|bendiciones))*\W*"
)
_COMES = re.compile(
    rf"{_BEFORE}(?:(?:si |claro que (?:si )?|simon )?(?:voy|boy|vamos) a (?:ir|hir|asistir|llegar|estar ahi)|"
    r"si (?:voy|boy|asisto|asistire|ire|ahi estare)|si (?:puedo|podre) (?:ir|hir|asistir)|"
    r"(?:ahi|alli|alla|ay) (?:estare|estoy|nos vemos|llego|andare)|cuenten? conmigo|"
    rf"sin falta (?:voy|boy)){_AFTER}"
)
"""She comes, and nothing else: no yes to another question."""
_DOUBTS = re.compile(
    rf"{_BEFORE}(?:(?:todavia |aun )?no (?:le )?se(?: todavia| aun| bien)?"
    r"(?:\W*$|[\s,.]+(?:si (?:ir|hir|voy|boy|vaya|pued[ao]|podre|alcance|llegue|"
    r"me (?:den|dejen) (?:permiso|chanza))|a ver|deja|dejeme|yo (?:le|te))\b)|"
    r"a ver si (?:pued[ao]|voy|boy|alcanzo|llego|me (?:dan|dejan|da|deja)\b)|quien sabe\b|depende\b|"
    r"(?:yo )?(?:luego|despues|al rato|mañana|mas tarde|ahorita) (?:le|te|les) (?:digo|aviso|confirmo)|"
    r"(?:dejeme|dejame|deja) (?:ver|veo|checo|checar|pregunto)\b|no estoy segura\b|tal ?vez\b|a lo mejor\b)"
)
_NO_DOUBT = re.compile(r"\b(?:leer|escribir|que hacer|como decir\w*|a quien|miedo)\b")
_LONGEST = 16
"""Words of a doubt; a longer one tells a story."""
_BEFORE_A_CHANGE = (
    r"^\W*(?:(?:hola|ay|oiga|oye|disculpe|perdon|pues|ps|fijese que|fijate que|no|ya|maestra|"
    r"señorita)[\s,.!]+)*"
)
_NOT_AFTER_ALL = re.compile(
    rf"{_BEFORE_A_CHANGE}siempre (?P<said>no|si)"
    r"(?=\W*$|[,.;:\n]|\s+(?:voy|boy|puedo|podre|ire|alcanzo|alcance|asisto|asistire|vamos|porque|por ?q|xq|"
    r"xk|pq|ya que|es que|esq|esk|tengo (?:que|q|k|cita|trabajo)|se (?:me )?(?:enfermo|complico|atraveso)|"
    r"me (?:salio|dieron|toco)|gracias|hay manera|mañana|hoy|ese dia|esta vez|este \w+|"
    r"el (?:lunes|martes|miercoles|jueves|viernes|sabado|domingo))\b)"
)
_HERS = (
    r"(?:mi (?:mama|mami|madre|jefa|jefita|abuela|abuelita|tia|suegra|hermana|hija|nuera|cuñada)|doña \w+)"
)
_WILL_COME = r"(?:va|ba|puede|podra|ira|asiste)(?: a)?(?: (?:ir|hir|poder ir|asistir))?"
_RELAYED = re.compile(
    rf"{_BEFORE}(?:(?:{_HERS}|ella) (?:dice|dise|dijo|me dijo|me dice|manda (?:a )?decir|avisa) "
    rf"(?:que |q |k )?(?P<says>si|no)(?: {_WILL_COME})?|"
    rf"{_HERS} (?P<goes>si|no) {_WILL_COME})"
    r"(?:\W*$|[\s,.]+(?:porque|pq|xq|ya que|es que|mañana|hoy|al? |gracias))"
)
_OF_HER = re.compile(rf"^{_BEFORE}ella\b")
_ANSWERS_FOR = re.compile(
    r"\W*(?:(?:hola|buen[ao]s|dias|tardes|noches|oiga|disculpe|yo|no)[\s,.]+)*(?:soy|habla|le contesta|"
    r"contesta|escribe) (?:su|la) (?:hija|nieta|nuera|hermana|cuñada|sobrina|vecina|comadre|mama|amiga)"
    r"(?: de (?:ella|doña \w+|la señora|\w+))?"
    r"(?:[\s,.]+(?:y )?(?:ella|mi (?:mama|abuela|abuelita|suegra|hermana|tia|hija)|la señora)? ?"
    r"(?:ahorita |ahora )?(?:no (?:esta|se encuentra|puede|trae|tiene)|salio|anda trabajando|"
    r"esta (?:trabajando|dormida|ocupada|bañando\w*)|(?:dejo|olvido) (?:el|su) \w+)\b.{0,30})?\W*"
)


def answered(text: str, said: Understanding, here: Standing) -> Act | None:
    """Return the act of an answer to a reminder that waits, whatever was asked since; None: it is none."""
    if here.reminder_pending and not here.fresh and (words.is_yes(text) or words.is_no(text)):
        return Act("confirm_attendance" if words.is_yes(text) else "decline_attendance")
    if not here.reminder_pending or _elsewhere(said, here):
        return None
    line = " ".join(bare(text).split())
    relayed = _RELAYED.match(line)
    if relayed:
        return _for_her(line, relayed["says"] or relayed["goes"])
    doubts = _DOUBTS.match(line) and not _NO_DOUBT.search(line) and len(line.split()) <= _LONGEST
    return Act("deny") if doubts and said.tier == "none" and not here.offers else None


def comes(text: str, said: Understanding, here: Standing) -> Act | None:
    """Return the act of "sí voy a ir" where buttons of something else stand: no yes to them."""
    if not here.reminder_pending or not here.offers or _elsewhere(said, here) or "?" in text:
        return None
    return Act("confirm_attendance") if _COMES.fullmatch(" ".join(bare(text).split())) else None


def _for_her(line: str, said: str) -> Act:
    """What a daughter passes on; of "ella" anybody may speak, who is not to take her reminders from her."""
    if said == "no" and _OF_HER.match(line):
        return Act("ask_later")
    return Act("confirm_attendance" if said == "si" else "decline_attendance")


def beside(text: str, said: Understanding, here: Standing) -> Act | None:
    """Return the act of what is no answer to what was asked last: a change of mind, or another's answer."""
    return _changed(text, said, here) or _answers_for_her(text, said, here)


def _changed(text: str, said: Understanding, here: Standing) -> Act | None:
    """What takes back her word on a session: "siempre no, tengo que trabajar"."""
    if not here.has_session or _elsewhere(said, here) or here.place.startswith("consent."):
        return None
    found = _NOT_AFTER_ALL.match(" ".join(bare(text).split()))
    if found is None or "?" in text:
        return None
    return Act("decline_attendance" if found["said"] == "no" else "confirm_attendance")


def _answers_for_her(text: str, said: Understanding, here: Standing) -> Act | None:
    """Where "soy su hija, ella no está": she may write when she is there."""
    if _elsewhere(said, here) or not here.registered or said.tier != "none":
        return None
    return Act("ask_later") if _ANSWERS_FOR.fullmatch(" ".join(bare(text).split())) else None


def _elsewhere(said: Understanding, here: Standing) -> bool:
    """Whether something goes on in which such words mean something else."""
    return bool(here.form_field) or here.in_safety or said.sure or here.place in _OF_HER_SEAT
