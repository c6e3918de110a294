"""Spanish of the staff pages that is not in a template: short messages and names of states."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

ERRORS: Final = {
    400: ("No se entendió", "Los datos no llegaron completos. Vuelve atrás e inténtalo otra vez."),
    401: ("Tu sesión terminó", "Entra de nuevo para seguir."),
    403: ("Falta la llave", "Tu cuenta todavía no tiene la llave del equipo."),
    404: ("Aquí no hay nada", "Esta página no existe o no es para tu cuenta."),
    413: ("Es demasiado", "Lo que enviaste es muy largo."),
    500: ("Algo falló", "No es culpa tuya. Inténtalo otra vez en un momento."),
    503: ("Sin base de datos", "El sistema no alcanza sus datos ahora. Lo que ya estaba guardado sigue ahí."),
}
FORM_EXPIRED: Final = ("La página esperó demasiado", "Vuelve atrás, actualiza la página y envíala otra vez.")

LOGIN_FAILED: Final = (
    "El usuario o la contraseña no son correctos, o hubo demasiados intentos. Espera unos minutos."
)
LOGGED_OUT: Final = "Saliste. Hasta luego."
PASSWORD_CHANGED: Final = "Tu contraseña cambió."  # noqa: S105 (a sentence)
PASSWORDS_DIFFER: Final = "Las dos contraseñas nuevas no son iguales."

TAKEN: Final = "La conversación es tuya. El asistente ya no responde."
SENT: Final = "Enviado."
HELD_BACK: Final = "No se envió: ella está en modo oculto. Tu texto quedó guardado aquí."
COVER_ENDED: Final = (
    "El modo oculto terminó. Lo que estaba guardado va en camino, si WhatsApp todavía lo permite."
)
HELD_BACK_SENT: Final = "Lo que estaba guardado va en camino."
ARCHIVED: Final = "El caso ya no está en la lista."
LONG_REASON: Final = "El motivo es muy largo (hasta 300 letras)."
NOTE_KEPT: Final = "Nota guardada."
HANDED_BACK: Final = "El asistente tiene la conversación otra vez."
CLOSED: Final = "El caso quedó cerrado."
NEUTRAL_SENT: Final = "El aviso neutro va en camino."
SHIFT_STARTED: Final = (
    "Estás de turno. Mientras tengas esta página a la vista, a quien pida ayuda se le dirá que hay alguien."
)
SHIFT_ENDED: Final = "Tu turno terminó."
EMPTY_TEXT: Final = "Escribe algo antes de enviar (hasta 1,600 letras)."

KEY_GRANTED: Final = "Listo: cuando entre de nuevo podrá abrir los casos."
KEY_RECOVERED: Final = "Listo. Sal y entra de nuevo para abrir los casos."
NOBODY_WAITS: Final = "Esa persona ya no espera la llave."


def phone_for_emergency(name: str, numbers: Sequence[str]) -> str:
    """Who she is and her number, for whoever calls 911 for her."""
    known = ", ".join(numbers) or "sin número"
    return (
        f"Para el 911: {name or 'sin nombre'}, {known}. Quedó anotado que lo viste. No marques a este número."
    )


ROLES: Final = {
    "caseworker": "Atención",
    "supervisor": "Supervisión",
    "coordinator": "Coordinación",
    "administrator": "Administración",
}
# What became of a message, as staff read it.
SENDING: Final = {
    "queued": "en camino",
    "sending": "en camino",
    "in_doubt": "por confirmar",
    "sent": "enviado",
    "delivered": "entregado",
    "read": "leído",
    "failed": "no salió",
    "undelivered": "no llegó",
    "expired": "se pasó su momento",
    "suppressed": "no se envió",
}
LOST: Final = frozenset({"failed", "undelivered", "expired", "in_doubt", "suppressed"})
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
# Whom a help resource is given to.
NEEDS: Final = {
    "emergency": "peligro ahora",
    "violence": "violencia",
    "legal": "denuncia y medidas",
    "shelter": "un lugar seguro",
    "health": "atención médica",
    "self_harm": "pensamientos de morir",
    "child": "una niña o un niño en riesgo",
    "other": "ayuda para otra mujer",
    "anonymous": "avisar sin dar su nombre",
    "outside": "fuera de la policía local",
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
STAFF_DISABLED: Final = "Esa cuenta ya no puede entrar."
NOT_YOURSELF: Final = "No puedes quitarte el acceso a ti misma."
NOT_YOUR_ROLE: Final = "No puedes cambiar tu propio puesto."
ROLE_CHANGED: Final = "Su puesto cambió. Tiene que entrar otra vez."
SEEN: Final = "Anotado: ya sabes que no llegó."
LETTER_CLOSED: Final = "Anotado: ya se atendió."
LETTER_WAS_CLOSED: Final = "Alguien ya lo había cerrado."
# What was given up: what it is, and what to do.
LETTERS: Final = {
    "turn": (
        "Un mensaje que el asistente no pudo contestar",
        "Quedó para que le conteste una persona: el equipo de atención lo ve.",
    ),
    "inbound": (
        "Un mensaje que llegó y no se pudo guardar",
        "Avisa a quien da soporte: puede verse en la consola de Twilio.",
    ),
    "delivery": (
        "Un mensaje que no se pudo entregar a WhatsApp",
        "Si era una respuesta, su caso lo marca. Si pasa seguido, avisa a quien da soporte.",
    ),
    "tick": (
        "Una tarea del reloj que falla",
        "Puede haber recordatorios o campañas detenidos. Avisa a quien da soporte.",
    ),
}
LETTER_OTHER: Final = ("Algo que el sistema no pudo hacer", "Avisa a quien da soporte.")
# What to do about an answer that did not arrive, by its reason or else by where it stands.
WHAT_TO_DO: Final = {
    "window_closed": "Pasaron más de 24 horas: envía el aviso neutro y espera a que conteste.",
    "unreachable": "Su número cambió o no tiene WhatsApp: búscala por otro medio que ella haya aceptado.",
    "blocked": "Su teléfono no recibe nuestros mensajes: búscala por otro medio que ella haya aceptado.",
    "blocked_by_her": "Su teléfono no nos recibe: búscala por otro medio que ella haya aceptado.",
    "failed": "No salió. Escríbele otra vez; si vuelve a pasar, avisa a quien da soporte.",
    "undelivered": "WhatsApp no pudo entregarlo. Su teléfono puede estar apagado: espera y escribe otra vez.",
    "expired": "Se pasó su momento antes de salir. Escríbele otra vez si todavía sirve.",
    "in_doubt": "No se sabe si le llegó. Espera unos minutos antes de repetirlo.",
    "suppressed": "No salió porque ella está en modo oculto o pidió no recibir. Mira la conversación.",
}
RESOURCE_CONFIRMED: Final = "Confirmado con fecha de hoy."
RESOURCE_SAVED: Final = "Guardado. Falta que alguien lo confirme."
RESOURCE_RETIRED: Final = "Ya no se ofrece."
RESOURCE_BACK: Final = "Se ofrece otra vez."
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
