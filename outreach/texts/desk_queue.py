"""Spanish of who has a conversation: lines of a sealed thread, for staff alone, and what a step answers."""

from __future__ import annotations

TO_THE_TEAM = "al equipo"
WRONG_HOUR = "Elige una hora que todavía no pase, de los próximos 60 días."
LONG_WORDS = "Escribe lo acordado más corto (hasta 200 letras)."


def to_person(name: str) -> str:
    """To whom a conversation is offered."""
    return f"a {name}"


def taken_over(name: str, from_whom: str, reason: str) -> str:
    """A colleague has it instead."""
    return f"{name} tomó la conversación en lugar de {from_whom}. Motivo: {reason}"


def let_go(name: str, reason: str) -> str:
    """Its holder left it."""
    return f"{name} dejó la conversación. Nadie la tiene; mientras, responde el asistente. Motivo: {reason}"


def reassigned(name: str, to: str, reason: str) -> str:
    """A supervisor gave it to somebody."""
    return f"{name} le asignó la conversación a {to}. El asistente calla. Motivo: {reason}"


def reassigned_to_all(name: str, reason: str) -> str:
    """A supervisor took it from its holder, and it waits for whoever takes it."""
    return (
        f"{name} dejó la conversación para todo el equipo. Nadie la tiene; mientras, responde el asistente. "
        f"Motivo: {reason}"
    )


def offered(name: str, whom: str) -> str:
    """Its holder offers it and keeps it until somebody accepts."""
    return f"{name} le ofreció la conversación {whom}. Mientras nadie acepte, la tiene {name}."


def withdrawn(name: str) -> str:
    """Its holder offers it no longer."""
    return f"{name} ya no ofrece la conversación."


def accepted(name: str, before: str) -> str:
    """To whom it was offered has it."""
    return f"{name} aceptó la conversación que tenía {before}. El asistente calla."


def declined(name: str) -> str:
    """To whom it was offered can't have it."""
    return f"{name} no puede tomar la conversación ahora."


def appointed(name: str, when: str, agreed: str) -> str:
    """An hour was agreed."""
    said = f" Lo acordado: «{agreed}»." if agreed else ""
    return f"{name} acordó con ella escribirle {when}.{said}"


def settled(name: str, *, kept: bool) -> str:
    """What came of an agreed hour."""
    if kept:
        return f"{name} anotó que se cumplió la hora acordada."
    return f"{name} anotó que no se pudo a la hora acordada."
