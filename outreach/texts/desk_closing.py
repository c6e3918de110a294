"""Spanish of how a case ends: lines of a sealed thread, for staff alone, and what a step answers.

The outcomes are a closed list, so that they can be counted; the words of the caseworker stand in the reason.
"""

from __future__ import annotations

from typing import Final

# By `outreach.casework.closing.Outcome`.
OUTCOMES: Final = {
    "attended": "Atendida",
    "referred": "Canalizada",
    "declined": "Ella ya no quiso",
    "no_contact": "Sin contacto",
    "duplicate": "Duplicada",
    "other": "Otra",
}
# No choices of a form, but what became of a referral (`outreach.casework.referrals`).
BY_REFERRAL: Final = {
    "returned": "Devuelta a la dependencia que la canalizó",
    "withdrawn": "La retiró la dependencia que la canalizó",
}
BY_HER: Final = "La cerró ella"
ASKED: Final = "Pediste cerrarlo. Lo sigues teniendo tú hasta que la supervisión lo apruebe."
CLOSED: Final = "El caso quedó cerrado. Está en «Casos cerrados»."
KEPT_OPEN: Final = "El caso sigue contigo."
SENT_BACK: Final = "No se cerró. Tu motivo quedó en la conversación."
REOPENED: Final = "El caso está abierto otra vez y lo tienes tú. El asistente ya no responde."
NO_OUTCOME: Final = "Elige cómo termina el caso."
ASK_FIRST: Final = "El cierre lo aprueba la supervisión: pídelo."
NOBODY_TO_ASK: Final = "Nadie más puede aprobarlo: ciérralo tú."
ASKED_ALREADY: Final = "Ya está pedido: falta que la supervisión lo apruebe."
NOT_ASKED: Final = "Ya nadie pide cerrar este caso."
NOT_YOUR_OWN: Final = "Lo pediste tú: lo aprueba otra persona de la supervisión."
SHE_WROTE: Final = "Ella escribió mientras tanto. Lee lo que dice antes de cerrar."
OPEN_ALREADY: Final = "El caso ya está abierto."
CLOSED_BY_HER: Final = (
    "Ella pidió cerrar este caso: no se vuelve a abrir. Si pide ayuda otra vez, se abre otro."
)
ALONE: Final = "Sin aprobación: nadie más podía darla"


def label(outcome: str | None) -> str:
    """Say how a case ended; nothing for one from before outcomes were kept."""
    return (OUTCOMES | BY_REFERRAL).get(outcome or "", "")


NOT_NOW: Final = "Este caso no se puede reabrir por ahora. Si hace falta, coméntalo con tu supervisión."
"""Where she has a case that the one who asks may not know of: the refusal says nothing of it."""


def has_another(code: str) -> str:
    """Why a case stays closed: she has a newer one that is open."""
    return f"Ella tiene otro caso abierto ({code}): sigue en ese."


def asked(name: str, outcome: str, reason: str) -> str:
    """Its caseworker wants to close the case."""
    return f"{name} pidió cerrar el caso: {_inside(outcome)}. Falta que se apruebe. Motivo: {reason}"


def approved(name: str, outcome: str) -> str:
    """A supervisor agreed, and the case is closed."""
    return f"{name} aprobó cerrar el caso: {_inside(outcome)}. El asistente vuelve a responder."


def sent_back(name: str, reason: str) -> str:
    """A supervisor did not agree."""
    return f"{name} no aprobó cerrar el caso. Motivo: {reason}"


def closed_alone(name: str, outcome: str, reason: str) -> str:
    """It was closed without approval, since nobody else of the team can give it."""
    return (
        f"{name} cerró el caso: {_inside(outcome)}. Nadie más del equipo podía aprobarlo. El asistente vuelve a "
        f"responder. Motivo: {reason}"
    )


def kept_open(name: str) -> str:
    """Its caseworker does not want to close it any more, or has seen that it was not approved."""
    return f"{name} sigue con el caso: ya no pide cerrarlo."


def reopened(name: str, reason: str) -> str:
    """A closed case is open again."""
    return f"{name} volvió a abrir el caso y lo tiene. El asistente calla. Motivo: {reason}"


def _inside(outcome: str) -> str:
    shown = label(outcome)
    return shown[:1].lower() + shown[1:]
