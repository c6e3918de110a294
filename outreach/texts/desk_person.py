"""Spanish of the panel about a woman, and what her caseworker reads aloud to 911."""

from __future__ import annotations

from typing import Final

GONE: Final = "Ya no tienes esta conversación."
NOT_SAID: Final = "no lo ha dicho"
NOT_ON_THE_LIST: Final = "No está inscrita: de ella solo se sabe su número."
NO_NUMBER: Final = "WhatsApp no nos da su número."
NO_GROUPS: Final = "No está en ningún grupo."
NO_SESSION: Final = "sin próxima sesión"
NEXT_SESSION: Final = "próxima sesión: {when}"
WAITING: Final = "en lista de espera"
WRITES: Final = "escribe de este"
NOT_CONFIRMED: Final = "lo dio ella; no está confirmado que sea suyo"
NUMBERS_HINT: Final = "No le marques sin acordarlo con ella: puede contestar otra persona."
OTHER_CASES: Final = "Otros casos de ella"
SAME_NUMBER: Final = "desde este número"
OTHER_NUMBER: Final = "desde otro número suyo"
OTHER_OPEN: Final = "abierto"
OTHER_HELD: Final = "abierto, lo tiene {name}"
OTHER_HINT: Final = (
    "Cada número se contesta por su cuenta: puede que otra persona tenga el otro teléfono. "
    "Acuerda con quien lo tenga quién sigue con ella."
)
CLOSED_BY_HER: Final = "la cerró ella"
NO_CASES: Final = "Tu equipo no tiene ningún caso de quien escribe desde ese número."
SHARED_PHONE: Final = "Otras personas leen este teléfono."
OWN_PHONE: Final = "Nadie más lee este teléfono."
LANGUAGE: Final = "Prefiere otra lengua: {language}. No traducir con máquina."
NO_PLACE: Final = "No ha compartido dónde está."
PLACE_AT: Final = "Lo compartió: {when}."
PLACE_COVERED: Final = "En modo oculto: puede haberlo mandado otra persona."
PERHAPS_ANOTHER: Final = "puede haberla mandado otra persona"
NO_ADDRESS: Final = "Sin dirección escrita."
MAP: Final = "Ver en el mapa"
MAP_HINT: Final = (
    "Abre openstreetmap.org, fuera de Avanza: ese sitio y el historial del navegador verán el lugar."
)
COPY: Final = "Copiar"
COPIED: Final = "Copiado"
NOT_COPIED: Final = "No se pudo copiar: márcalo y cópialo tú."

# Domain notes, "Emergency": 911 answers day and night in Jalisco; «Código Violeta» is its priority dispatch for
# violence against women, and it asks for the place, weapons and injuries (UDGTV and SemMéxico, June 2024).
VIOLETA: Final = "Pido Código Violeta."
AMBULANCE: Final = "Pido ayuda médica de urgencia."
FOR_911_HINT: Final = "Di también si hay armas o alguien herido, si ella lo contó."
ALSO_VIOLETA: Final = "Si además hay violencia, pide Código Violeta."
DO_NOT_CALL_HER: Final = (
    "Por favor no le llamen a ese número: otra persona puede tener su teléfono y ella correría más peligro."
)
MEDICAL: Final = frozenset({"self_harm", "overdose"})
# She who writes tells of another person.
ANOTHER: Final = "quien avisa"
OF_ANOTHER: Final = frozenset({"other_woman", "child", "missing"})
WHAT_HAPPENS: Final = {
    "violence": "una mujer vive violencia",
    "danger": "una mujer está en peligro ahora",
    "self_harm": "una mujer dice que piensa en morir",
    "child": "hay una niña o un niño en riesgo",
    "other_woman": "otra mujer vive violencia",
    "missing": "no aparece su hija o alguien de su familia",
    "child_now": "una niña o un niño pide ayuda mientras ocurre",
    "overdose": "tomó algo o se lastimó y puede morir",
}
"""What a case is about, as it is said to 911; of anything else her caseworker says what she was told."""
TELL_IT: Final = "(di lo que ella te contó)"


def years(age: tuple[int, int] | None) -> str:
    """Say her age; of a year of birth alone, both that it can be."""
    if age is None:
        return ""
    least, most = age
    return f"{least} años" if least == most else f"{least} o {most} años"


def for_911(
    about: str,
    *,
    danger: bool,
    name: str,
    age: str,
    number: str,
    place: tuple[str, str, str] | None,
    lives_in: str,
    others_read: bool,
) -> list[str]:
    """Return the lines to read aloud: what happens, name, place, number.

    `place` is in words (may be empty), as coordinates, and when she shared it. Where she lives is never said
    to be where she is.
    """
    what = WHAT_HAPPENS.get("danger" if danger and about == "violence" else about)
    what = what or (WHAT_HAPPENS["danger"] if danger else TELL_IT)
    who = ANOTHER if about in OF_ANOTHER else ""
    return [
        AMBULANCE if about in MEDICAL else VIOLETA,
        f"Qué pasa: {what}.",
        _named(who, name, age),
        _where(who, place, lives_in),
        f"Su número es {number}." if number else "No tengo su número.",
        *([DO_NOT_CALL_HER] if number and others_read else ()),
    ]


def _named(who: str, name: str, age: str) -> str:
    if not name:
        return f"No sé su nombre. Tiene {age}." if age else "No sé su nombre."
    return _sentence(f"{who} se llama {name}{', ' + age if age else ''}.")


def _where(who: str, place: tuple[str, str, str] | None, lives_in: str) -> str:
    lives = f" Vive en {lives_in}." if lives_in else ""
    if place is None:
        return f"No sé dónde está ahora.{lives}"
    words, coordinates, when = place
    said = f"{words}. Coordenadas: {coordinates}." if words else f"coordenadas {coordinates}."
    return _sentence(f"{who} mandó su ubicación ({when}): {said}{lives}")


def _sentence(text: str) -> str:
    bare = text.strip()
    return bare[:1].upper() + bare[1:]
