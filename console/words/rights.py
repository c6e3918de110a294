"""Spanish of the pages of requests, of how long data is kept and of the week that is not in a template."""

from __future__ import annotations

from typing import Final

REQUEST_KINDS: Final = {
    "access": "Copia de sus datos",
    "correction": "Corregir datos",
    "erasure": "Borrar sus datos",
    "opposition": "Que ya no se le escriba",
}
REQUEST_STATES: Final = {
    "open": "por contestar",
    "waiting": "espera un dato de ella",
    "answered": "por hacer",
    "done": "terminada",
}
OUTCOMES: Final = {
    "granted": "Se acepta",
    "partly": "Se acepta una parte",
    "refused": "No se acepta",
    "not_ours": "Le toca a otra oficina",
    "lapsed": "Se cierra: no dio lo que faltaba",
}
REQUEST_ENTERED: Final = "La solicitud quedó anotada."
IDENTITY_NOTED: Final = "Anotado cómo se comprobó quién es."
MISSING_ASKED: Final = "Anotado lo que falta."
MISSING_CAME: Final = "Anotado: ya dio lo que faltaba."
EXTENDED: Final = "El plazo tiene 10 días hábiles más."
TOLD: Final = " Se le avisa en su chat."
NOT_TOLD: Final = " En su chat no se le puede avisar: díselo por donde lo pidió."
ANSWERED: Final = "Respuesta guardada."
RECEIPT: Final = "Su comprobante dice: «{text}»"
NO_SHEET: Final = "La copia no se pudo hacer en PDF. Descarga el archivo de datos."
DATA_KINDS: Final = {
    "woman": "Registros sin actividad",
    "support": "Apoyos",
    "attendance": "Asistencias",
    "interview": "Entrevistas sobre comida",
    "request": "Solicitudes sobre datos",
}
COUNTED_FROM: Final = {
    "woman": "desde que se supo de ella por última vez",
    "support": "desde el día en que se entregó",
    "attendance": "desde que se anotó",
    "interview": "desde el día de la entrevista",
    "request": "desde que se terminó",
}
RETENTION_STEPS: Final = {"announced": "se anunciaron", "blocked": "se bloquearon", "erased": "se borraron"}
RULE_SAVED: Final = "El plazo quedó guardado. Lo que ya pasa de él se anuncia con 30 días."
RULE_GONE: Final = "Esos datos ya no tienen plazo: no se borran."
PAUSED: Final = "Pausa guardada: hasta ese día no se bloquea ni se borra nada de ese tipo."
RESUMED: Final = "La pausa terminó."
NOT_DELIVERED: Final = {
    "unreachable": "el número no tiene WhatsApp o ya no existe",
    "blocked_by_her": "bloqueó los mensajes",
}

YEAR: Final = 12
"""Months."""


def days_left(left: int) -> str:
    """Say how many business days a term has left."""
    if left < 0:
        return "venció"
    if left == 0:
        return "vence hoy"
    return "queda 1 día hábil" if left == 1 else f"quedan {left} días hábiles"


def months(count: int) -> str:
    """Say how many months."""
    years, rest = divmod(count, YEAR)
    if years and not rest:
        return "1 año" if years == 1 else f"{years} años"
    return "1 mes" if count == 1 else f"{count} meses"
