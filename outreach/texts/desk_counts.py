"""Spanish of a team's counts: what a report says, and how it says what it withholds."""

from __future__ import annotations

from typing import Final

from outreach.texts import desk_closing, desk_record

TITLE: Final = "Estadística de los casos"
LEAD: Final = (
    "Casos que el equipo abrió en un trimestre que ya terminó. No dice de quién son. Lo que pasó menos de 10 "
    "veces no se muestra, ni lo que lo dejaría ver al restar; lo demás se redondea hacia abajo, de 5 en 5."
)
HIDDEN: Final = "no se muestra"
ALL_HIDDEN: Final = "Son muy pocos para mostrarlos sin que se sepa de alguien."
TOTAL: Final = "Casos"
AT_LEAST: Final = "{count} o más"
OVERLAPS: Final = "Un caso puede estar en varios renglones."
COLUMNS: Final = ("tabla", "renglón", "casos (redondeado hacia abajo, de 5 en 5)")

TABLES: Final = {
    "month": "Mes en que se abrió",
    "urgency": "Urgencia",
    "types": "Tipos de violencia",
    "modalities": "Modalidades",
    "relation": "Quién la ejerce",
    "age": "Edad",
    "town": "Municipio donde ocurre",
    "outcome": "Cómo terminó",
    "referred": "Canalizaciones",
}
OVERLAPPING: Final = frozenset({"types", "modalities", "referred"})
_NOT_SAID: Final = {"not_said": "Sin dato"}
ROWS: Final[dict[str, dict[str, str]]] = {
    "urgency": {"danger": "Peligro", "urgent": "Urgente", "support": "Apoyo"},
    "types": desk_record.CHOICES["types"],
    "modalities": desk_record.CHOICES["modalities"],
    "relation": desk_record.CHOICES["relation"] | _NOT_SAID,
    "age": {
        "minor": "Menos de 18",
        "18-29": "18 a 29",
        "30-44": "30 a 44",
        "45-59": "45 a 59",
        "60": "60 o más",
    }
    | _NOT_SAID,
    "town": _NOT_SAID,
    "outcome": {
        **desk_closing.OUTCOMES,
        **desk_closing.BY_REFERRAL,
        "by_her": desk_closing.BY_HER,
        "open": "Sigue abierto",
    },
    "referred": {
        "sent": "A otra dependencia",
        "service": "A un servicio fuera de Avanza",
        "received": "Llegó de otra dependencia",
    },
}
MONTHS: Final = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre",
    "noviembre", "diciembre",
)  # fmt: skip


def quarter(year: int, number: int) -> str:
    """Say a quarter, such as `julio a septiembre de 2026`."""
    first = (number - 1) * 3
    return f"{MONTHS[first]} a {MONTHS[first + 2]} de {year}"


def row(table: str, code: str, towns: dict[str, str]) -> str:
    """Say a row of a table."""
    if table == "month":
        return MONTHS[int(code[-2:]) - 1].capitalize()
    return ROWS[table].get(code) or towns.get(code, code)
