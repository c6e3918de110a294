"""Spanish of messages that did not reach her: what happened, and what staff can do. She never reads it."""

from __future__ import annotations

UNKNOWN = (
    "No le llegó.",
    "Escríbele otra vez. Si tampoco llega, busca otra forma de contactarla que ella haya aceptado.",
)
# By our word for the reason: what happened, and what to do.
TROUBLES: dict[str, tuple[str, str]] = {
    "temporary": (
        "No le llegó: WhatsApp estuvo fallando y se intentó varias veces.",
        "Escríbele otra vez en unos minutos.",
    ),
    "unreachable": (
        "No le llegó: ese número no recibe WhatsApp.",
        "Busca otro número o el medio que ella haya aceptado. No dejes recado con otra persona.",
    ),
    "blocked_by_her": (
        "No le llegó: desde su teléfono se bloqueó este número.",
        "No insistas por aquí. Si ella vuelve a escribir, la conversación se abre sola.",
    ),
    "window_closed": (
        "No le llegó: pasaron más de 24 horas desde su último mensaje.",
        "Mándale el aviso neutro y espera a que escriba.",
    ),
    "no_address": (
        "No salió: ya no hay a dónde escribirle.",
        "Revisa su número en su ficha.",
    ),
    "no_consent": (
        "No salió: no ha aceptado el aviso de privacidad.",
        "Espera a que escriba y lo acepte.",
    ),
    "template_not_approved": (
        "No salió: WhatsApp todavía no aprueba la plantilla.",
        "Avisa a quien coordina las plantillas.",
    ),
    "missed_its_moment": (
        "No salió a tiempo y ya no servía mandarlo.",
        "Si todavía le hace falta, escríbele ahora.",
    ),
    "outside_her_hours": (
        "No salió: solo se le podía escribir fuera de sus horas.",
        "Escríbele en el horario que ella pidió.",
    ),
    "fix_request": (
        "No le llegó: WhatsApp rechazó el texto del mensaje.",
        "Escríbelo más corto o con otras palabras.",
    ),
    "fix_configuration": (
        "No le llegó: la cuenta de WhatsApp necesita un arreglo.",
        "Avisa ya a quien administra el sistema: les pasa a todas.",
    ),
    "in_doubt": (
        "No se sabe si le llegó.",
        "Léelo como no recibido: pregúntale de forma neutra si lo vio.",
    ),
    "error": (
        "No salió por un error nuestro.",
        "Escríbele otra vez y avisa a quien administra el sistema.",
    ),
}
STILL_IN_DOUBT = (
    "Todavía no se sabe si le llegó; se está averiguando.",
    "Espera un par de minutos antes de repetirlo.",
)


def trouble(reason: str | None) -> tuple[str, str]:
    """Return what happened and what to do; a reason that we don't know gets the general words."""
    return TROUBLES.get(reason or "", UNKNOWN)
