"""Spanish of alerts, shifts and agreed hours: lines of a sealed thread, and what staff read on their pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

LAST: Final = 3
WHOM: Final = {1: "quienes están de turno", 2: "la supervisión", 3: "los contactos de último recurso"}


def told(step: int, names: Sequence[str], here: Sequence[str], *, last_resort: bool) -> str:
    """Who was alerted of danger that nobody had taken."""
    together = ", ".join(names)
    if last_resort:
        whom = f"{WHOM[LAST]}, {together}" if names else WHOM[LAST]
    else:
        whom = f"{WHOM[step]} ({together})" if step < LAST else together
    parts = [f"Nadie la ha tomado: se avisó a {whom}."] if names or last_resort else []
    if here:
        parts.append(f"Le aparece a quien tiene la mesa abierta ({', '.join(here)}).")
    return " ".join(parts)


def nobody_to_tell(step: int) -> str:
    """There was nobody at this step, or nobody of them gave a phone or a mail."""
    return f"No hubo a quién avisar entre {WHOM[step]}."


def not_told(step: int) -> str:
    """There was somebody, and nothing left."""
    return f"No se pudo avisar a {WHOM[step]}."


def appointed(when: str) -> str:
    """She said when she may be written to, and nobody had her conversation."""
    return f"Ella dijo cuándo le pueden escribir: {when}."


HOURS: Final = "{days}, de {start} a {end}"
NO_CONTACT: Final = "Primero escribe y guarda un teléfono o un correo."
BAD_PHONE: Final = "Ese teléfono no se pudo leer. Escríbelo con 10 números, por ejemplo 33 1234 5678."
BAD_EMAIL: Final = "Ese correo no se pudo leer. Escríbelo como nombre@ejemplo.org."
PLAN_PAST: Final = "Ese turno ya pasó."
PLAN_FAR: Final = "Eso es más de tres meses adelante: todavía no se planea."
PLAN_LONG: Final = "Un turno dura hasta 16 horas."
PLAN_OVERLAPS: Final = "Esa persona ya tiene un turno a esa hora."
PLAN_NOT_YOURS: Final = "Solo puedes planear tus propios turnos; los demás los planea la supervisión."
PLAN_GONE: Final = "Ese turno ya no está en el plan."
PLAN_WHO: Final = "Elige a una colega de tu equipo que tenga la llave."
PLANNED: Final = "El turno quedó en el plan."
WITHDRAWN: Final = "El turno ya no está en el plan."
PASSED_ON: Final = "El turno es ahora de tu colega. Avísale tú: el sistema no le escribe."
NOTE_KEPT: Final = "La nota quedó para el siguiente turno. Solo la lee el equipo."
WHICH_TEAM: Final = "Elige para qué equipo es la nota."
CHOOSE: Final = "Elige…"
EMPTY_NOTE: Final = "Escribe la nota antes de dejarla."
NOTHING_TO_REPEAT: Final = "No había turnos que repetir, o ya están en esta semana."
CONTACT_KEPT: Final = "Guardado."
TRIAL_WANTED: Final = "La prueba sale en unos segundos. Actualiza esta página para ver si salió."


def repeated(count: int) -> str:
    """How many shifts of last week are planned again."""
    return "Se repitió 1 turno." if count == 1 else f"Se repitieron {count} turnos."
