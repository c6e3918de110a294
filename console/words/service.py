"""Spanish of the page that says how the service runs."""

from __future__ import annotations

from typing import Final

# What is not in order: said now, said of the past, and what to do. The times stand beside them.
SERVICE_TROUBLES: Final = {
    "clock": (
        "El reloj no corre",
        "El reloj no corrió",
        "Sin él no salen recordatorios, campañas ni avisos. Pide a quien da soporte que lo arranque.",
    ),
    "worker": (
        "Nadie atiende los mensajes",
        "Nadie atendió los mensajes",
        "Los mensajes se guardan y esperan. Pide a quien da soporte que arranque el proceso «worker».",
    ),
    "rasa": (
        "Rasa no contesta",
        "Rasa no contestaba",
        "A cada mensaje se le da una respuesta sencilla y pasa al equipo. Avisa a quien da soporte.",
    ),
    "some_rasa": (
        "Uno de los Rasa no contesta",
        "Uno de los Rasa no contestaba",
        "Los demás siguen. Avisa a quien da soporte.",
    ),
    "twilio": (
        "Twilio rechaza mensajes por la configuración",
        "Twilio rechazaba mensajes por la configuración",
        "Revisa en Twilio el saldo, el número y su registro de errores, donde está el código.",
    ),
    "unanswered": (
        "Hay mensajes sin respuesta",
        "Hubo mensajes sin respuesta",
        "Esperan más de dos minutos. Si no baja pronto, avisa a quien da soporte.",
    ),
    "unsent": (
        "Hay respuestas que no salen",
        "Hubo respuestas que no salían",
        "Puede ser Twilio o la red. Si sigue, revisa el estado de Twilio y avisa a quien da soporte.",
    ),
    "in_doubt": (
        "No se sabe si algunos mensajes salieron",
        "No se sabía si algunos mensajes salieron",
        "No se puede leer la lista de Twilio. No se repite ninguno hasta saberlo.",
    ),
    "alerts": (
        "Los avisos al personal no se revisan",
        "Los avisos al personal no se revisaban",
        "Que alguien mire la lista de conversaciones mientras tanto. Avisa a quien da soporte.",
    ),
    "ticks": (
        "Una tarea del reloj falla",
        "Una tarea del reloj fallaba",
        "Cuál es, está en Pendientes. Avisa a quien da soporte.",
    ),
    "dead_letters": (
        "Hay trabajo que el sistema no pudo terminar",
        "Hubo trabajo por revisar",
        "Está en Pendientes.",
    ),
    "silence": (
        "Hace más de lo usual que no llega ningún mensaje",
        "No llegó ningún mensaje por más de lo usual",
        "Puede ser un día tranquilo. Escribe al número desde un teléfono: si no aparece aquí, revisa Twilio.",
    ),
    "backup": (
        "Falta el respaldo de la noche",
        "Faltó el respaldo de la noche",
        "Revisa espacio y permisos de la carpeta, y pide a quien da soporte que haga uno.",
    ),
    "disk": (
        "Queda poco espacio en el disco",
        "Quedaba poco espacio en el disco",
        "Hay que liberar espacio: sin él se detiene todo.",
    ),
}
SERVICE_OTHER: Final = ("Algo no está en orden", "Algo no estaba en orden", "Avisa a quien da soporte.")
LETTER_AGAIN: Final = "Va otra vez. Si vuelve a fallar, aparecerá aquí de nuevo."
LETTER_NOT_AGAIN: Final = "Eso no se puede intentar otra vez desde aquí."


def lasted(minutes: int) -> str:
    """Say how long something lasted."""
    if minutes < 1:
        return "menos de 1 min"
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} min"
    days, hours_left = divmod(hours, 24)
    if days:
        return f"{days} {'día' if days == 1 else 'días'}" + (f" {hours_left} h" if hours_left else "")
    return f"{hours} h {rest} min" if rest else f"{hours} h"
