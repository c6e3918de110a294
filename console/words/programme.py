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
    "avanza_aviso_ahora": "Aviso urgente al equipo",
    "avanza_aviso_equipo": "Aviso al equipo",
    "first_invitation": "Primera invitación",
    "group_notice": "Aviso al grupo",
    "request_answered": "Solicitud con respuesta",
    "seat_confirmed": "Lugar confirmado",
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
ABOUT: Final = "unas {number}"
REASONS: Final = {
    "no_number": "no tenemos su número",
    "no_address": "no tenemos su número",
    "opted_out": "pidió no recibir mensajes",
    "blocked": "su teléfono no recibe nuestros mensajes",
    "blocked_by_her": "su teléfono no recibe nuestros mensajes",
    "unreachable": "su número no tiene WhatsApp o cambió",
    "in_another": "ya recibe otra campaña ese día",
    "no_value": "nos falta un dato suyo que va en el mensaje",
    "too_late": "la campaña terminó antes de su turno",
    "cancelled": "se canceló",
    "session_cancelled": "la sesión se canceló",
    "session_moved": "la sesión cambió de fecha",
    "no_consent": "no ha aceptado el aviso de privacidad",
    "missed_its_moment": "se pasó su momento",
    "outside_her_hours": "no cabía en las horas en que se le escribe",
    "no_longer_enrolled": "ya no está en el grupo",
    "she_declined": "ya había avisado que no viene",
    "she_confirmed": "ya había dicho que sí viene",
    "she_came": "vino a la sesión anterior",
    "in_conversation": "no hubo un buen momento para escribirle",
    "rule_changed": "cambió la regla del recordatorio",
    "known_too_late": "se programó cuando ya había pasado su momento",
    "rule_came_later": "la regla es posterior a ese momento",
    "template_missing": "falta la plantilla",
    "template_not_approved": "WhatsApp no dejó salir la plantilla",
    "template_withdrawn": "la plantilla se retiró",
    "variable_missing": "faltaba un dato del mensaje",
    "reveals": "el texto tenía palabras que no deben salir",
    "in_doubt": "no se sabe si llegó",
    "held_out": "quedó sin mensaje por sorteo, para comparar",
    "error": "hubo un error nuestro",
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
    "card": "¿Cómo tengo mi credencial o tarjeta?",
    "audio": "¿Me puede contestar por audio?",
    "politics": "¿Es de un partido o por elecciones?",
    "online": "¿Hay en línea?",
    "absence": "¿Y si falto?",
    "responsible": "Aviso de privacidad: quién es responsable de los datos y su domicilio",
}
WHOLE_STATE: Final = "todo el estado"
AUDIENCE_ALL: Final = "todas las mujeres del programa"
NO_LIST: Final = "ninguna lista"
HOLIDAY_KINDS: Final = {
    "state": "oficinas cerradas: ni sesiones ni plazos legales",
    "school": "calendario escolar: sin sesiones",
}
EVERY: Final = {
    "two_weeks": "cada dos semanas, el mismo día",
    "fifteen_days": "cada 15 días",
    "week": "cada semana",
    "four_weeks": "cada cuatro semanas",
}
WHEN_CLOSED: Final = {
    "skip": "no hay sesión y la serie acaba más tarde",
    "next_day": "la sesión pasa al siguiente día abierto",
}
ALL_PROGRAMMES: Final = "todos los programas"
WORKSHOP_SAVED: Final = "El taller quedó guardado."
WORKSHOP_RETIRED: Final = "El taller ya no se ofrece. Sus grupos siguen."
WORKSHOP_BACK: Final = "El taller se ofrece otra vez."
GROUP_CLOSED: Final = "El grupo ya no recibe a nadie nueva. Las inscritas y la lista de espera siguen."
GROUP_OPEN: Final = "El grupo recibe inscripciones otra vez."
SERIES_CHANGED: Final = "Las fechas ya no son las que viste. Revísalas otra vez."
CLOSED_DAYS_REMOVED: Final = "Esos días ya se pueden usar. Las sesiones ya programadas no se mueven."
PROGRAMME_SAVED: Final = "El programa quedó guardado."
AXIS_SAVED: Final = "Los ejes quedaron guardados."
AGENCY_SAVED: Final = "La dependencia quedó guardada."
SESSION_CREATED: Final = "La sesión quedó guardada. Los recordatorios se preparan solos."
CAMPAIGN_SCHEDULED: Final = "La campaña quedó programada."
CAMPAIGN_PAUSED: Final = "La campaña está en pausa. Lo que ya iba en camino llega."
CAMPAIGN_RESUMED: Final = "La campaña sigue."
CAMPAIGN_DROPPED: Final = "El borrador se descartó."
TEMPLATE_SAVED: Final = "La plantilla quedó guardada. En un momento se envía a WhatsApp para que la apruebe."
ANSWER_SAVED: Final = "La respuesta cambió. Desde ahora se contesta así."
ANSWER_DROPPED: Final = "Ahí vuelve a valer la respuesta general."


def audience_list(name: str | None) -> str:
    """Name the audience of a list that a file made; None: it was forgotten."""
    return f"las mujeres de la lista «{name}»" if name else "una lista que ya se borró"


def audience_of(municipality: str) -> str:
    """Name the women of a municipality, as the audience of a campaign."""
    return f"las mujeres de {municipality}"


def session_moved(to_tell: int, *, in_time: bool) -> str:
    """Say that a session has another time, and how many will be told."""
    if not to_tell:
        return "La sesión quedó con su nuevo horario. No hay a quién avisar."
    return f"La sesión quedó con su nuevo horario. {_will_be_told(to_tell, in_time=in_time)}"


def session_cancelled(to_tell: int, reminded: int, *, in_time: bool) -> str:
    """Say that a session was cancelled, how many will be told, and how many had been reminded."""
    if not to_tell:
        return "La sesión se canceló. No hay a quién avisar."
    known = f" ({reminded} ya tenían el recordatorio)" if reminded else ""
    return f"La sesión se canceló. {_will_be_told(to_tell, in_time=in_time)}{known}"


def _will_be_told(women: int, *, in_time: bool) -> str:
    if not in_time:
        who = "a 1 mujer inscrita" if women == 1 else f"a {women} mujeres inscritas"
        return f"Por la hora, el aviso {who} no sale a tiempo: hay que llamar por teléfono."
    who = "Se avisa a 1 mujer" if women == 1 else f"Se avisa a {women} mujeres"
    return f"{who}, dentro de sus horas. Aquí verás a quién le llegó."


def group_saved(moved_up: int) -> str:
    """Say that a group was saved, and how many moved up from its waiting list."""
    if not moved_up:
        return "El grupo quedó guardado."
    who = "1 mujer pasó" if moved_up == 1 else f"{moved_up} mujeres pasaron"
    return (
        f"El grupo quedó guardado. {who} de la lista de espera a un lugar; se les avisa dentro de sus horas."
    )


def series_created(sessions: int) -> str:
    """Say how many sessions a series has."""
    if sessions == 1:
        return SESSION_CREATED
    return f"Quedaron guardadas {sessions} sesiones. Los recordatorios se preparan solos."


def closed_days_entered(days: int) -> str:
    """Say how many days were closed that were not before."""
    if not days:
        return "Esos días ya estaban: quedaron con el nuevo nombre."
    return "Quedó 1 día sin sesiones." if days == 1 else f"Quedaron {days} días sin sesiones."
