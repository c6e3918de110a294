"""Spanish of the coordinators' pages that is not in a template."""

from __future__ import annotations

from typing import Final

CAMPAIGN_STATES: Final = {
    "draft": "borrador",
    "scheduled": "programada",
    "running": "en marcha",
    "paused": "en pausa",
    "done": "terminada",
    "cancelled": "cancelada",
}
# The templates that an installation starts with; their own names are for WhatsApp.
TEMPLATE_NAMES: Final = {
    "group_notice": "Aviso al grupo",
    "seat_freed": "Se liberó un lugar",
    "session_cancelled": "Sesión cancelada",
    "session_moved": "Sesión que cambia de fecha",
    "session_reminder": "Recordatorio de sesión",
    "write_to_us": "Aviso neutro",
}
TEMPLATE_STATES: Final = {
    "draft": "por enviar a WhatsApp",
    "pending": "WhatsApp la revisa",
    "approved": "aprobada",
    "rejected": "rechazada",
    "paused": "en pausa por WhatsApp",
    "disabled": "desactivada por WhatsApp",
}
# Why something did not reach a woman. Ordinary reasons, the same for any woman.
REASONS: Final = {
    "no_number": "no tenemos su número",
    "no_address": "no tenemos su número",
    "opted_out": "pidió no recibir mensajes",
    "blocked": "su teléfono no recibe nuestros mensajes",
    "blocked_by_her": "su teléfono no recibe nuestros mensajes",
    "unreachable": "su número no tiene WhatsApp o cambió",
    "in_another": "ya recibe otra campaña ese día",
    "too_late": "la campaña terminó antes de su turno",
    "cancelled": "se canceló",
    "session_cancelled": "la sesión se canceló",
    "session_moved": "la sesión cambió de fecha",
    "no_consent": "no ha aceptado el aviso de privacidad",
    "missed_its_moment": "se pasó su momento",
    "outside_her_hours": "no cabía en las horas en que se le escribe",
    "no_longer_enrolled": "ya no está en el grupo",
    "she_declined": "ya había avisado que no viene",
    "template_missing": "falta la plantilla",
    "template_not_approved": "WhatsApp no ha aprobado la plantilla",
    "reveals": "el texto tenía palabras que no deben salir",
    "in_doubt": "no se sabe si llegó",
    "temporary": "WhatsApp falló varias veces",
    "window_closed": "hace falta una plantilla aprobada",
    "fix_request": "WhatsApp no aceptó el mensaje",
    "fix_configuration": "falta arreglar la cuenta de envío",
    "unknown": "no se sabe por qué",
}
ANSWERS: Final = {
    "confirmed": "viene",
    "declined": "no puede",
    "late": "llega tarde",
    "present": "asistió",
    "absent": "faltó",
    "none": "sin respuesta",
}
AXES: Final = {
    "food": "Alimentación",
    "production": "Producción",
    "occupation": "Oficios",
    "health": "Salud",
    "employment": "Empleo",
}
TOPICS: Final = {
    "programme": "¿Qué es el programa?",
    "requirements": "¿Qué necesito?",
    "cost": "¿Cuánto cuesta?",
    "childcare": "¿Puedo llevar a mis hijos?",
    "support": "¿Qué apoyo dan?",
    "certificate": "¿Dan constancia?",
    "location": "¿Dónde es?",
    "bring": "¿Qué hay que llevar?",
    "duration": "¿Cuánto dura?",
    "teachers": "¿Quién da los talleres?",
    "politics": "¿Es de un partido o por elecciones?",
    "online": "¿Hay en línea?",
    "absence": "¿Y si falto?",
    "responsible": "Aviso de privacidad: quién es responsable de los datos y su domicilio",
}
WHOLE_STATE: Final = "todo el estado"
AUDIENCE_ALL: Final = "todas las mujeres del programa"
SESSION_CREATED: Final = "La sesión quedó guardada. Los recordatorios se preparan solos."
CAMPAIGN_SCHEDULED: Final = "La campaña quedó programada."
CAMPAIGN_PAUSED: Final = "La campaña está en pausa. Lo que ya iba en camino llega."
CAMPAIGN_RESUMED: Final = "La campaña sigue."
CAMPAIGN_CANCELLED: Final = "La campaña se canceló. Lo que no había salido ya no sale."
TEMPLATE_SAVED: Final = "La plantilla quedó guardada. En un momento se envía a WhatsApp para que la apruebe."
TEMPLATE_TAKEN: Final = "Ya hay una plantilla con ese nombre: usa otro."
ANSWER_SAVED: Final = "La respuesta cambió. Desde ahora se contesta así."
ANSWER_DROPPED: Final = "Ahí vuelve a valer la respuesta general."


def audience_of(municipality: str) -> str:
    """Name the women of a municipality, as the audience of a campaign."""
    return f"las mujeres de {municipality}"


def session_moved(to_tell: int) -> str:
    """Say that a session has another time, and how many will be told."""
    if not to_tell:
        return "La sesión quedó con su nuevo horario. No hay a quién avisar."
    return f"La sesión quedó con su nuevo horario. {_will_be_told(to_tell)}"


def session_cancelled(to_tell: int, reminded: int) -> str:
    """Say that a session was cancelled, how many will be told, and how many had been reminded."""
    if not to_tell:
        return "La sesión se canceló. No hay a quién avisar."
    known = f" ({reminded} ya tenían el recordatorio)" if reminded else ""
    return f"La sesión se canceló. {_will_be_told(to_tell)}{known}"


def _will_be_told(women: int) -> str:
    who = "Se avisa a 1 mujer" if women == 1 else f"Se avisa a {women} mujeres"
    return f"{who}, dentro de sus horas. Aquí verás a quién le llegó."
