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


NO_CONTACT: Final = "Primero escribe y guarda un teléfono o un correo."
BAD_PHONE: Final = "Ese teléfono no se pudo leer. Escríbelo con 10 números, por ejemplo 33 1234 5678."
BAD_EMAIL: Final = "Ese correo no se pudo leer. Escríbelo como nombre@ejemplo.org."
