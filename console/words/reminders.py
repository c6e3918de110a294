"""Spanish of the pages of reminders that is not in a template."""

from __future__ import annotations

from typing import Final

HOUR_MINUTES, DAY_MINUTES = 60, 24 * 60
TIME_UNITS: Final = {"minutes": "minutos", "hours": "horas", "days": "días"}
UNIT_MINUTES: Final = {"minutes": 1, "hours": HOUR_MINUTES, "days": DAY_MINUTES}
REMINDED: Final = {
    "enrolled": "a todas las inscritas",
    "unconfirmed": "solo a quien no ha dicho que viene",
    "absent": "solo a quien faltó a la sesión anterior",
}
USUAL_TEMPLATE: Final = "La de siempre para recordatorios"
REMINDERS_ADOPTED: Final = "Listo. Salen igual que antes; ahora aquí se pueden cambiar."
REMINDER_RULE_SAVED: Final = "El recordatorio quedó guardado."
LOOK_AGAIN: Final = "Cambiaste algo después de ver qué pasa. Revísalo otra vez."
STEP_DONE: Final = {
    "detener": "El recordatorio está detenido: no sale ninguno más.",
    "seguir": "El recordatorio sale otra vez.",
    "quitar": "El recordatorio se quitó.",
}
STEP_TITLES: Final = {
    "detener": "Detener el recordatorio",
    "seguir": "Seguir con el recordatorio",
    "quitar": "Quitar el recordatorio",
}
STEP_BUTTONS: Final = {"detener": "Detener", "seguir": "Seguir", "quitar": "Quitar"}
REMINDERS_RESET: Final = "Se quitaron. Valen otra vez las reglas generales."


def before_session(minutes: int) -> str:
    """Say how long before a session: `1 día antes`, `2 horas antes`, `90 minutos antes`."""
    return f"{length_of_time(minutes)} antes"


def length_of_time(minutes: int) -> str:
    """Say a length of time in the largest unit that holds it: `1 día`, `2 horas`, `90 minutos`."""
    if minutes % DAY_MINUTES == 0:
        days = minutes // DAY_MINUTES
        return "1 día" if days == 1 else f"{days} días"
    if minutes % HOUR_MINUTES == 0:
        hours = minutes // HOUR_MINUTES
        return "1 hora" if hours == 1 else f"{hours} horas"
    return "1 minuto" if minutes == 1 else f"{minutes} minutos"


def women_counted(count: int) -> str:
    """Say how many women: `1 mujer`, `42 mujeres`, `1,200 mujeres`."""
    return "1 mujer" if count == 1 else f"{count:,} mujeres"


def reminders_too_late(count: int) -> str:
    """Say of how many reminders the moment has passed."""
    if count == 1:
        return "A 1 mujer ya se le pasó ese momento para su próxima sesión: a ella no le sale."
    return f"A {count:,} mujeres ya se les pasó ese momento para su próxima sesión: a ellas no les sale."


def reminded_again(count: int) -> str:
    """Say how many had another reminder of the same session."""
    if count == 1:
        return "1 mujer ya recibió otro recordatorio de esa misma sesión y recibirá también este."
    return f"{count:,} mujeres ya recibieron otro recordatorio de esa misma sesión y recibirán también este."
