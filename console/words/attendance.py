"""Spanish of the pages of attendance that is not in a template."""

from __future__ import annotations

from typing import Final

NAMELESS: Final = "Sin nombre"
MARK_STATES: Final = {"present": "llegó", "absent": "no vino", "blank": "sin marcar"}
MARK_SOURCES: Final = {
    "door": "en la puerta",
    "card": "con su tarjeta",
    "page": "en esta página",
    "list": "por una lista",
}
MARK_REFUSED: Final = {
    "cancelled": "La sesión se canceló: lo que marcaste no se guardó.",
    "too_early": "La sesión todavía no empieza, o cambió de fecha: lo que marcaste no se guardó.",
    "not_hers": "Alguien ya no está en la lista de este grupo: su marca no se guardó.",
}


def marks_kept(count: int) -> str:
    """Say how many marks were kept."""
    if not count:
        return "No había cambios."
    return "Se guardó 1 cambio." if count == 1 else f"Se guardaron {count} cambios."


CALL_NOTED: Final = "La llamada quedó anotada."
CALL_TWICE: Final = "Alguien ya anotó esa llamada, o ella ya no está en la lista."
RULE_SET: Final = "La regla quedó guardada. Vale desde ahora."
COMPLETION_RULE_ENDED: Final = "La regla terminó. Lo ya anotado se queda."
GRADUATION_UNDONE: Final = "Se quitó. Si tenía constancia, ya no vale."
GRADUATION_GONE: Final = "Eso ya se había quitado."
CERTIFICATE_REVOKED: Final = "La constancia quedó anulada."
INTERVIEWS: Final = {"start": "entrevista de inicio", "graduation": "entrevista al terminar"}


def graduated(count: int) -> str:
    """Say how many were recorded."""
    if not count:
        return "No se anotó a nadie."
    return "Quedó anotado que 1 terminó." if count == 1 else f"Quedó anotado que {count} terminaron."


PAPER_SENT: Final = (
    "Se le manda por su chat. Si hoy no se le puede mandar, le llega un aviso y sale cuando conteste."
)
