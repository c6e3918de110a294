"""How the fields of a record look: as lines to be read, and as what a form holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from console.display import local_date
from outreach.casework import record_fields
from outreach.casework.record_fields import SECTIONS, SIGNS, TELL, Kind
from outreach.texts import desk_record as texts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from outreach.casework.record_fields import Field, Values

    Towns = Sequence[tuple[str, str]]

ADDRESSES: Final = {
    "acuerdos": record_fields.CONSENT,
    "situacion": record_fields.VIOLENCE,
    "familia": record_fields.FAMILY,
    "contacto": record_fields.CONTACT,
    "senales": record_fields.DANGER,
    "plan": record_fields.PLAN,
    "aviso": record_fields.REPORTING,
    "cierre": record_fields.CLOSING,
}
"""How a section is called in its address: a browser's history keeps it, so it says little."""
ADDRESS_OF: Final = {section: address for address, section in ADDRESSES.items()}


@dataclass(frozen=True)
class Row:
    """One field with what it says; `said` is empty where nothing was filled in."""

    label: str
    said: list[str]


@dataclass(frozen=True)
class Input:
    """One field of a form: what it holds, its options by code, and what is wrong with it."""

    field: Field
    label: str
    held: list[str]
    options: list[tuple[str, str]]
    wrong: str

    @property
    def look(self) -> str:
        """Which element it is."""
        if self.field.kind is Kind.ONE:
            return "radio" if len(self.options) <= len(TELL) + 2 else "select"
        return {Kind.SOME: "boxes", Kind.TOWN: "select", Kind.TEXT: "area"}.get(self.field.kind, "line")


def rows(section: str, values: Values, towns: Towns) -> list[Row]:
    """Return what a section says: of danger signs all, of other fields those that are filled in."""
    labels = texts.FIELDS[section]
    return [
        Row(labels[field.name], _said(field, values.get(field.name), towns))
        for field in SECTIONS[section]
        if field.name in values or field.name in SIGNS
    ]


def inputs(section: str, values: Values, towns: Towns, wrong: Mapping[str, str]) -> list[Input]:
    """Return the form of a section."""
    labels = texts.FIELDS[section]
    return [
        Input(
            field=field,
            label=labels[field.name],
            held=_held(values.get(field.name)),
            options=_options(field, towns),
            wrong=wrong.get(field.name, ""),
        )
        for field in SECTIONS[section]
    ]


def as_typed(section: str, given: Mapping[str, Sequence[str]]) -> Values:
    """Return what a form sent, whatever it is worth, so that a page that refuses it shows it again."""
    return {
        field.name: list(told) if field.kind is Kind.SOME else told[0]
        for field in SECTIONS[section]
        if (told := [text for text in given.get(field.name, ()) if text.strip()])
    }


def _held(value: object) -> list[str]:
    if isinstance(value, list):
        return [str(one) for one in value]
    return [] if value is None else [str(value)]


def _options(field: Field, towns: Towns) -> list[tuple[str, str]]:
    if field.kind is Kind.TOWN:
        return list(towns)
    names = texts.choices(field.name)
    return [(code, names[code]) for code in field.choices]


def _said(field: Field, value: object, towns: Towns) -> list[str]:
    held = _held(value)
    if field.kind in {Kind.ONE, Kind.SOME, Kind.TOWN}:
        names = dict(_options(field, towns))
        return [names.get(code, code) for code in held]
    if field.kind is Kind.DAY:
        return [_day(text) for text in held]
    return held


def _day(text: str) -> str:
    try:
        return local_date(date.fromisoformat(text))
    except ValueError:
        return text
