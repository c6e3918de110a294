"""Spanish of the desk: lines that stand in a sealed thread. Staff read them; she never does."""

from __future__ import annotations

URGENCY = {"danger": "peligro", "urgent": "urgente", "support": "apoyo"}
ABOUT = {
    "violence": "violencia",
    "danger": "peligro ahora",
    "self_harm": "pensamientos de morir",
    "child": "una niña o un niño en riesgo",
    "other_woman": "otra mujer",
    "information": "información",
    "programme": "daño de alguien del programa: lo atiende la supervisión de otra dependencia",
    "missing": "una hija o familiar que no aparece: acompañar la búsqueda ya",
    "child_now": "una niña o un niño escribe mientras ocurre",
    "overdose": "tomó algo o se lastimó: peligro de muerte ahora",
    "asked": "pide hablar con una persona",
    "complaint": "tiene una queja",
    "language": "prefiere otra lengua",
    "guardian": "menor de edad: se inscribe con su mamá, papá o quien la cuida",
    "second_woman": "quiere inscribir a otra mujer que no tiene teléfono propio",
    "voice": "mandó una nota de voz",
    "hunger": "hoy no tienen qué comer en su casa",
    "seat": "dice que ya tiene lugar en un grupo y aquí no aparece",
    "other_group": "quiere que le avisen si abren otro grupo u otro horario",
    "lost_phone": "escribe desde otro número: dice que cambió o perdió el que tenía",
    "reading": "le cuesta leer: prefiere mensajes de voz",
    "access": "pregunta por rampa, señas u otra forma de poder asistir",
    "failed": "el asistente no pudo responderle",
    "failed_danger": "el asistente no pudo responderle, y lo que escribió suena a peligro",
    "failed_unknown": "el asistente no pudo responderle ni leer si es peligro: léanla ya",
    "given_up": "el sistema no pudo atender un mensaje suyo y se pasó al equipo: léanla ya",
    "given_up_reply": "una respuesta no le llegó y se pasó al equipo",
    "referral": "canalización de otra dependencia",
    "under_cover": "algo que suena a peligro, escrito en modo oculto; puede haberlo escrito otra persona",
}


def about(code: str) -> str:
    """Say what a case is about; a code that we don't know is shown as it is."""
    return ABOUT.get(code, code)


def opened(urgency: str, code: str) -> str:
    """The first line of a thread."""
    return f"Se abrió el caso ({URGENCY[urgency]}): {about(code)}."


def insisted(urgency: str, code: str) -> str:
    """She asked again, or it became more urgent."""
    return f"Vuelve a necesitar a una persona ({URGENCY[urgency]}): {about(code)}."


def taken(name: str) -> str:
    """A caseworker has it."""
    return f"{name} tomó la conversación. El asistente calla."


def handed_back(name: str) -> str:
    """The bot has the conversation again."""
    return f"{name} devolvió la conversación al asistente. El caso sigue abierto."


def released(name: str) -> str:
    """Who had it is gone."""
    return f"La tenía {name} y ya no está en la mesa. Nadie la tiene; mientras, responde el asistente."


def seen_undelivered(name: str) -> str:
    """Somebody knows that an answer did not arrive."""
    return f"{name} vio que un mensaje no llegó."


def closed(name: str) -> str:
    """The end."""
    return f"{name} cerró el caso. El asistente vuelve a responder."


def neutral_sent(name: str) -> str:
    """A neutral template left in place of words that could not."""
    return f"{name} envió el aviso neutro, porque pasaron más de 24 horas desde su último mensaje."


def cover_ended(name: str, reason: str) -> str:
    """A caseworker ended cover, and why."""
    return f"{name} terminó el modo oculto. Motivo: {reason}"


def held_back_sent(name: str, count: int) -> str:
    """What was held back has left."""
    what = "1 mensaje que estaba guardado" if count == 1 else f"{count} mensajes que estaban guardados"
    return f"{name} envió {what}."


def archived(name: str) -> str:
    """A case that she closed has been seen."""
    return f"{name} vio que ella cerró el caso."


TOLD_TO_ANOTHER_TEAM = (
    "Antes le contó algo al asistente que aquí no se puede abrir. Pregúntale lo que haga falta."
)
CONSENT_GIVEN = "Dijo que sí a abrir un expediente reservado, que solo ve el equipo de apoyo."
CONSENT_REFUSED = "Dijo que no a abrir un expediente."
RETURNED = "Dio su palabra: terminó el modo oculto."
CLOSED_BY_HER = (
    "Ella pidió cerrar el caso y lo confirmó. Ya no se le escribe por aquí; el asistente le responde."
)
HELD_BACK = "No se envió: ella está en modo oculto y alguien más puede tener el teléfono."

# What she sent besides text, as the thread shows it.
KINDS = {
    "voice": "Nota de voz",
    "image": "Imagen",
    "video": "Video",
    "sticker": "Sticker",
    "location": "Ubicación",
    "contact": "Contacto",
    "document": "Documento",
    "reaction": "Reacción",
    "edited": "Mensaje corregido",
    "deleted": "Mensaje borrado",
    "unsupported": "Algo que no se puede mostrar",
}
