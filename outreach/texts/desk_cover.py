"""Spanish of what a step of the desk does to her: said before it is taken, in the words of the one who takes it.

Each sentence is what the code does: `outreach.messages.cover_state`, `outreach.turns.keep`, `casework.pending`.
"""

from __future__ import annotations

from typing import Literal

Step = Literal["take", "instead", "back", "ask", "close"]
ASKED = {
    "take": "¿Tomar la conversación?",
    "instead": "¿Tomar la conversación en su lugar?",
    "back": "¿Devolver la conversación al asistente?",
    "ask": "¿Pedir que se cierre el caso? Si se aprueba, el asistente vuelve a responder.",
    "close": "¿Cerrar el caso? El asistente volverá a responder.",
}
COVERED = {
    "take": "Ella está en modo oculto: lo que le escribas no sale, se queda guardado aquí. El asistente le sigue contestando solo de talleres.",
    "back": "Ella está en modo oculto: el asistente le habla solo de talleres hasta que ella vuelva. Lo que se escriba desde su teléfono se sigue guardando en el caso.",
    "close": "Ella está en modo oculto y así se queda: termina con su palabra, o solo, tras {hours} sin mensajes. Lo que se escriba desde su teléfono ya no se guarda, salvo un peligro claro.",
}
HELD = {
    "take": "Sin salir para ella: {count}.",
    "back": "Sin salir para ella: {count}; alguien del equipo tiene que enviarlos o quitarlos.",
    "close": "Sin salir para ella: {count}; ya no se envían.",
}
WAITS = {
    "answer": {
        "take": "Un texto guardado sale cuando ella conteste.",
        "back": "Un texto guardado sale cuando ella conteste, aunque la tenga el asistente.",
        "close": "Un texto guardado esperaba su respuesta: ya no sale.",
    },
    "hour": {
        "take": "Un texto guardado sale a la hora acordada.",
        "back": "Un texto guardado tiene hora: si a esa hora nadie tiene la conversación, no sale.",
        "close": "Un texto guardado tenía hora: ya no sale.",
    },
}


def effect_of(step: Step, *, cover_hours: int | None, held: int, waits: str | None) -> str | None:
    """Return what is asked before a step, with what it does; None where there is nothing to ask.

    `cover_hours`: under cover, the hours of silence after which it ends by itself without a case. `held`
    counts the texts that a person has to send, `waits` is "answer" or "hour" where one leaves by itself.
    """
    kind = {"instead": "take", "ask": "close"}.get(step, step)
    if kind == "take" and cover_hours is None:
        return None  # taking changes nothing of them, and must cost no second in danger
    parts = []
    if cover_hours is not None:
        parts.append(COVERED[kind].format(hours=_hours(cover_hours)))
    if held:
        parts.append(HELD[kind].format(count="un texto" if held == 1 else f"{held} textos"))
    if waits is not None:
        parts.append(WAITS[waits][kind])
    return " ".join([ASKED[step], *parts]) if parts or step == "close" else None


def _hours(hours: int) -> str:
    days = hours // 24
    if hours % 24 == 0:
        return "un día" if days == 1 else f"{days} días"
    return "una hora" if hours == 1 else f"{hours} horas"
