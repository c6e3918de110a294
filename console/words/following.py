"""Spanish of the pages on what became of campaigns and of the number that messages leave from."""

from __future__ import annotations

from typing import Final

CAMPAIGN_TRIED_AGAIN_NONE: Final = "Ya no hay mensajes que se puedan intentar otra vez."
SENDER_SAVED: Final = "Quedó guardado."
SENDER_PAUSED: Final = "Recordatorios y campañas están en pausa. Lo que ya iba en camino llega."
SENDER_GOES_ON: Final = "Recordatorios y campañas vuelven a salir."
SENDER_WENT_ON: Final = "Ya habían vuelto a salir."
SENDER_WAS_PAUSED: Final = "Ya estaban en pausa."
QUALITIES: Final = {
    "high": "alta (verde)",
    "medium": "media (amarilla): las campañas usan menos",
    "low": "baja (roja): las campañas esperan",
}
NO_LIMIT: Final = "sin límite"
FILTERS: Final = {
    "": "Todas",
    "por-salir": "Por salir",
    "en-camino": "En camino",
    "llegaron": "Llegaron",
    "leidas": "Leídas",
    "fallas": "No llegaron",
    "tope": "Tope de Meta",
    "bloqueadas": "Teléfono bloqueado",
    "sin-numero": "Sin número",
    "por-confirmar": "Por confirmar",
    "no-reciben": "No la reciben",
}
# What stopped the number, by Twilio's code (https://www.twilio.com/docs/api/errors).
SENDER_CODES: Final = {
    20003: "la clave de la cuenta de envío ya no sirve",
    30002: "la cuenta de envío está suspendida",
    30037: "la cuenta de envío no tiene permitido enviar",
    63007: "el número ya no está dado de alta en WhatsApp",
    63020: "falta aceptar la invitación de Meta",
    63051: "Meta bloqueó el número",
    63112: "Meta desactivó la cuenta de WhatsApp",
}
SENDER_UNKNOWN: Final = "WhatsApp no deja enviar desde el número"


def tried_again(number: int) -> str:
    """Say how many messages are tried again."""
    return "1 mensaje se intenta otra vez." if number == 1 else f"{number:,} mensajes se intentan otra vez."


def share_by_lot(percent: int) -> str:
    """Say a share of women."""
    return f"{percent} de cada 100" if percent else "ninguna"


def few(count: int | None) -> str:
    """Say a count that is withheld where it is small."""
    return "menos de 10" if count is None else f"{count:,}"
