"""Spanish of the pages of supports that is not in a template."""

from __future__ import annotations

from typing import Final

SUPPORT_ENTERED: Final = "El apoyo quedó anotado."
SUPPORT_OVER_RULE: Final = "El apoyo quedó anotado con su motivo. Aparece en apoyos dobles, como decidido."
SUPPORT_AVOIDED: Final = "Anotado: no se entregó."
SUPPORT_VOIDED: Final = "El apoyo quedó anulado. Ya no cuenta; el motivo se guarda."
DOUBLE_DECIDED: Final = "Decisión guardada."
KIND_ADDED: Final = "El apoyo ya se puede anotar."
KIND_RETIRED: Final = "Ese apoyo ya no se ofrece al anotar. Lo entregado se queda."
KIND_BACK: Final = "Ese apoyo se puede anotar otra vez."
RULE_ENDED: Final = "La regla terminó. Lo de antes se sigue viendo con ella."
PERIODS: Final = {
    "month": "al mes",
    "year": "al año",
    "days": "cada tantos días",
    "ever": "en total",
}
SCOPES: Final = {"all": "todas las dependencias juntas", "each": "cada dependencia por su lado"}
DOUBLE_STATES: Final = {
    "open": "por decidir",
    "justified": "se justifica",
    "recovered": "se recuperó o se descontó",
    "mistake": "no se entregó: se anotó por error",
    "avoided": "se detuvo a tiempo",
    "cleared": "ya no es doble",
}
DECISIONS: Final = {
    "justified": "Se justifica",
    "recovered": "Se recuperó o se descuenta del siguiente",
    "mistake": "No se entregó: se anotó por error (se anula)",
}


def rule_added(found: int) -> str:
    """Say that a rule holds, and how many supports it finds over it."""
    if not found:
        return "La regla quedó guardada. Ningún apoyo anotado pasa de ella."
    over = "1 apoyo anotado pasa" if found == 1 else f"{found} apoyos anotados pasan"
    return f"La regla quedó guardada. {over} de ella: están en apoyos dobles."
