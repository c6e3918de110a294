"""Spanish of the page that says how the service runs."""

from __future__ import annotations

from typing import Final

# What is not in order: said now, said of the past, and what to do. The times stand beside them.
SERVICE_TROUBLES: Final = {
    "database": (
        "La base de datos no contesta",
        "La base de datos no contestaba",
        "Los mensajes que llegan no se pueden guardar: Twilio lo intenta de nuevo. Avisa a quien da soporte.",
    ),
    "webhook": (
        "No contesta lo que recibe los mensajes",
        "No contestaba lo que recibe los mensajes",
        "Twilio lo intenta de nuevo por un rato. Pide a quien da soporte que arranque el proceso «webhook».",
    ),
    "console": (
        "El panel no contesta bien",
        "El panel no contestaba",
        "El equipo no puede ver ni contestar. Pide a quien da soporte que arranque el proceso «console».",
    ),
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
    "speech": (
        "Las notas de voz no se pueden escuchar",
        "Las notas de voz no se podían escuchar",
        "Cada nota pasa al equipo, que la oye. Pide a quien da soporte que corra «./avanza doctor».",
    ),
    "silence": (
        "Hace más de lo usual que no llega ningún mensaje",
        "No llegó ningún mensaje por más de lo usual",
        "Puede ser un día tranquilo. Escribe al número desde un teléfono: si no aparece aquí, revisa Twilio.",
    ),
    "backup": (
        "Falta el respaldo de la noche, o falló",
        "Faltó el respaldo de la noche, o falló",
        "Por qué, está abajo en Respaldos. Se intenta otra vez cada hora. Avisa a quien da soporte.",
    ),
    "drill": (
        "Hace más de tres meses que no se recupera ningún respaldo de prueba",
        "Pasaron más de tres meses sin recuperar ningún respaldo de prueba",
        "Pide a quien da soporte que corra «./avanza backup»: dice por qué no se prueba.",
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
