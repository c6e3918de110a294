"""What the pages of transcripts say, in Spanish, and the steps of the scripts put into it.

A step that is not in the list is shown as the script has it: a reader must see that something happened.
"""

from __future__ import annotations

import re

TITLE = "Conversaciones de Avanza"
INTRO = (
    "Así contesta Avanza en cada flujo. Son conversaciones inventadas, escritas por las pruebas y jugadas "
    "con el producto completo: lo que ella escribe entra por el webhook, y lo que lee es lo que salió "
    "a WhatsApp."
)
HOW_TO_READ = (
    "A la derecha, en morado, lo que ella escribe o toca; a la izquierda, lo que lee. En medio, lo que pasa "
    "mientras tanto. Los botones van también numerados en el texto; aquí se muestran una vez. "
    "Una marca roja dice que la conversación no salió como estaba escrita o que muestra una "
    "falla conocida."
)
COUNT = "{threads} conversaciones"
COUNT_ONE = "1 conversación"
NO_FAULT = "todas salieron como estaban escritas"
FAULTS = "{faults} con falla"
FAULT = "Falla"
BACK = "Todas las áreas"
TAPPED = "toca"
BEGINS_LIKE = "empieza igual que «{name}» ({count} mensajes)"
SAYS_NOTHING = "(no contesta nada)"
CUT = "{start}… (son {length} letras)"
SHE, AVANZA = "Ella", "Avanza"
PICTURE = "{title}, imagen {number}"
AS_TEXT = "Como texto"
NO_PICTURES = "Sin imágenes, para no pesar más: se lee como texto."
HOW_TO_MAKE = (
    "Esta página y sus imágenes las hace `./avanza transcripts --pictures`; no se corrigen a mano. "
    "El nombre de cada conversación es el de su prueba, en inglés."
)

AREAS = {
    "contact": "Primer contacto y aviso de privacidad",
    "enrolment": "Inscripción",
    "questions": "Preguntas sobre el programa",
    "sessions": "Sesiones, recordatorios y asistencia",
    "food_security": "Encuesta de alimentación",
    "her_data": "Sus datos",
    "stop_and_start": "Baja y alta",
    "any_time": "En cualquier momento",
    "disclosure": "Cuenta que vive violencia",
    "danger": "Peligro",
    "hiding": "Ocultarse",
    "people": "Con una persona del equipo",
    "restarts": "Cuando algo se cae",
    "others": "Otras mujeres, niñas y niños, ella misma",
    "reminders": "Recordatorios",
    "odd": "Mensajes raros",
    "asking": "pregunta qué es esto",
    "guessing": "adivina la palabra",
    "pressing": "toca botones viejos",
    "sending": "manda lo que no es texto",
    "team": "mientras la atiende el equipo",
    "twins": "con palabra y sin palabra se ve igual",
    "waiting": "deja pasar el tiempo",
    "cries": "ella grita por ayuda sin que se note",
    "husband": "su esposo pregunta",
    "way_back": "ella vuelve a la plática",
}
FOLDERS = {"adversary": "Otra persona tiene su teléfono"}
_KINDS = {
    "voice": "nota de voz",
    "image": "foto",
    "sticker": "sticker",
    "video": "video",
    "document": "documento",
    "contact": "contacto",
    "location": "ubicación",
    "reaction": "reacción 👍",
    "something else": "otro tipo de archivo",
}
_UNITS = {"minute": "minuto", "hour": "hora", "day": "día", "week": "semana"}
_NOTES = (
    (re.compile(r"staff: takes"), "una compañera del equipo toma la conversación"),
    (re.compile(r"staff: returns"), "la compañera devuelve la conversación a Avanza"),
    (re.compile(r"staff: closes"), "la compañera cierra el caso"),
    (re.compile(r"staff: invites"), "la compañera manda el aviso neutro"),
    (re.compile(r"staff: ends (.*)"), "la compañera termina el modo oculto: {0}"),
    (re.compile(r"staff: writes (.*)"), "la compañera escribe: {0}"),
    (re.compile(r"meanwhile: somebody takes the seat of (.*)"), "otra mujer ocupa el lugar en {0}"),
    (re.compile(r"meanwhile: a seat of (.*) is freed"), "se libera un lugar en {0}"),
    (re.compile(r"meanwhile: a notice goes to her group"), "sale un aviso a su grupo"),
    (re.compile(r"meanwhile: she gets a seat in a group of tomorrow"), "le dan lugar en un grupo de mañana"),
)


def area_title(folder: str, area: str) -> str:
    """The heading of an area; one that is new shows the name of its file."""
    title = AREAS.get(area, area.replace("_", " ").capitalize())
    return title if folder == "scripts" else f"{FOLDERS.get(folder, folder.capitalize())}: {title}"


def sent(text: str) -> str:
    """What she sent that is not text, by its Spanish name."""
    kind = text.removeprefix("(").removesuffix(")")
    return f"({_KINDS[kind]})" if text == f"({kind})" and kind in _KINDS else text


def note(text: str) -> str:
    """What happened between two bubbles."""
    span = re.fullmatch(r"pasan (\d+) (\w+?)s?", text)
    if span and span[2] in _UNITS:
        one = span[1] == "1"
        return f"{'pasa' if one else 'pasan'} {span[1]} {_UNITS[span[2]]}{'' if one else 's'}"
    for pattern, spanish in _NOTES:
        if found := pattern.fullmatch(text):
            return spanish.format(*found.groups())
    return text


def count(threads: int) -> str:
    """How many conversations an area holds."""
    return COUNT_ONE if threads == 1 else COUNT.format(threads=threads)
