"""Spanish of what became of each message of a campaign, and what staff can do about it.

The words are those of any message of any woman: nothing here tells why she has her hours or left (P4).
"""

from __future__ import annotations

from typing import Final

# By part, as the page counts them ("Leído: 310").
PARTS: Final = {
    "waiting": "por salir",
    "her_hours": "esperan la hora en que se les escribe",
    "again": "se intentan otra vez solas",
    "doubt": "no se sabe si llegó: se está averiguando",
    "on_its_way": "en camino",
    "delivered": "llegó y no se ha leído",
    "read": "leído",
    "meta_cap": "Meta no la entregó por su tope de promociones",
    "blocked": "su teléfono no recibe nuestros mensajes",
    "no_number": "sin número o su número no tiene WhatsApp",
    "failed": "no llegó por una falla",
    "too_late": "se acabó el tiempo antes de su turno",
    "left_out": "no la reciben",
    "held_out": "sin mensaje por sorteo, para comparar",
}
# By part, of one woman.
OF_ONE: Final = {
    "waiting": "Por salir",
    "her_hours": "Espera la hora en que se le escribe",
    "again": "Se intenta otra vez solo",
    "doubt": "No se sabe si llegó",
    "on_its_way": "En camino",
    "delivered": "Le llegó",
    "read": "Lo leyó",
    "meta_cap": "Meta no la entregó por su tope de promociones",
    "blocked": "No le llegó",
    "no_number": "No le llegó",
    "failed": "No le llegó",
    "too_late": "No salió",
    "left_out": "No la recibe",
    "held_out": "Sin mensaje, por sorteo",
}
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
    "no_longer_enrolled": "ya no está en el grupo",
    "session_moved": "su sesión cambió y el mensaje decía la fecha de antes",
    "no_consent": "no ha aceptado el aviso de privacidad",
    "missed_its_moment": "se pasó su momento",
    "outside_her_hours": "no cabía en las horas en que se le escribe",
    "template_not_approved": "WhatsApp no tiene aprobada la plantilla",
    "template_withdrawn": "la plantilla se retiró",
    "variable_missing": "faltaba un dato del mensaje",
    "no_value": "nos falta un dato suyo que va en el mensaje",
    "reveals": "el texto tenía palabras que no deben salir",
    "temporary": "WhatsApp falló varias veces",
    "window_closed": "hace falta una plantilla aprobada",
    "fix_request": "WhatsApp no aceptó el mensaje",
    "fix_configuration": "WhatsApp no dejaba enviar desde el número del programa",
    "error": "un error nuestro",
    "erased": "se borraron sus datos",
    "unknown": "WhatsApp no dice por qué",
}
# By Twilio's code, where it says more than our word for it. Twilio's pages: /docs/api/errors/CODE.
CODES: Final = {
    63003: "ese número no tiene WhatsApp",
    63024: "ese número no tiene WhatsApp o no ha aceptado sus condiciones nuevas",
    63014: "bloqueó el número del programa o ya no quiere sus mensajes",
    63033: "pidió a WhatsApp no recibir promociones",
    63032: "WhatsApp no le entrega este tipo de mensajes",
    63018: "WhatsApp recibió demasiados mensajes a la vez",
    63038: "la cuenta llegó a su límite del día",
    63049: "WhatsApp limita cuántas promociones recibe cada persona",
    63041: "WhatsApp puso la plantilla en pausa",
    63040: "WhatsApp rechazó la plantilla",
    63042: "WhatsApp desactivó la plantilla",
    63013: "WhatsApp dice que el texto no cumple sus reglas",
    63016: "pasaron más de 24 horas desde su último mensaje y faltaba la plantilla",
    30003: "su teléfono estaba apagado o sin señal",
    30036: "WhatsApp no pudo entregarlo a tiempo",
}
TRY_AGAIN: Final = "Inténtalo otra vez desde la campaña."
TEMPLATE: Final = "Revisa la plantilla: hay que corregirla y esperar a que WhatsApp la apruebe."
NUMBER: Final = "Pídele su número de WhatsApp la próxima vez que la veas y corrígelo en su ficha."
# What to do, by our word for the reason.
ADVICE: Final = {
    "no_number": NUMBER,
    "no_address": NUMBER,
    "unreachable": NUMBER,
    "opted_out": "Nada: fue su decisión. Si quiere volver, ella escribe.",
    "no_consent": "Nada por ahora: se le pregunta cuando escriba.",
    "blocked": "No insistas por aquí. Si ella escribe, vuelve a recibir mensajes.",
    "blocked_by_her": "No insistas por aquí. Si ella escribe, vuelve a recibir mensajes.",
    "in_another": "Nada: no se le manda más de una campaña al día.",
    "session_moved": TRY_AGAIN,
    "temporary": TRY_AGAIN,
    "too_late": TRY_AGAIN,
    "missed_its_moment": TRY_AGAIN,
    "outside_her_hours": "Inténtalo otra vez con un horario más amplio.",
    "fix_configuration": "Cuando el número pueda enviar, inténtalo otra vez desde la campaña.",
    "template_not_approved": "Cuando WhatsApp apruebe la plantilla, inténtalo otra vez desde la campaña.",
    "window_closed": "Cuando WhatsApp apruebe la plantilla, inténtalo otra vez desde la campaña.",
    "fix_request": TEMPLATE,
    "template_withdrawn": "Haz otra campaña con una plantilla aprobada.",
    "variable_missing": TEMPLATE,
    "no_value": "Completa su ficha, o escribe en la campaña qué se lee cuando falta.",
    "reveals": "Cambia el texto de la plantilla.",
    "error": "Inténtalo otra vez y avisa a quien administra el sistema.",
    "in_doubt": "No se repite sola, para que no le llegue dos veces. Si urge, llámala.",
}
META_CAP: Final = "Espera a otro día. Hoy no se intenta otra vez."
UNKNOWN_ADVICE: Final = "Puede que le haya llegado: no se repite. Si urge, llámala."
STILL_LOOKED_UP: Final = "Se está averiguando con WhatsApp."

TITLE: Final = "Campaña: mujer por mujer"
COLUMNS: Final = ("Nombre", "Qué pasó", "Por qué", "Qué hacer", "Código de WhatsApp")
NO_NAME: Final = "Sin nombre"
FILE_NAMES: Final = {"todas": "campana-todas", "fallas": "campana-no-llegaron"}


def why(reason: str | None, code: int | None) -> str:
    """Say why, or nothing where there is nothing to say."""
    if code in CODES:
        return CODES[code]
    return REASONS.get(reason or "", "")


def advice(part: str, reason: str | None) -> str:
    """Say what to do, or nothing where there is nothing to do."""
    if part == "meta_cap":
        return META_CAP
    if part == "doubt":
        return ADVICE["in_doubt"] if reason == "in_doubt" else STILL_LOOKED_UP
    if part not in {"blocked", "no_number", "failed", "too_late", "left_out"}:
        return ""
    return ADVICE.get(reason or "", UNKNOWN_ADVICE if part == "failed" else "")
