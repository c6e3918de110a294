"""Bringing lists in from CSV files, row by row, each error told in its place.

Good rows are kept, bad rows are reported with their line; running the same file again changes
nothing twice. Messages never repeat what a row says: a list may be read over a shoulder.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from models import Group, Municipality, Session, Woman, Workshop
from outreach.campaigns import reminders
from outreach.ground import addresses
from outreach.people import registry
from outreach.people.registry import DetailError, Details
from outreach.programme import enrolment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from sqlalchemy.orm import Session as Database

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

# The columns of each file; those in the first set must be there.
COLUMNS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "women": (
        frozenset({"full_name"}),
        frozenset(
            {
                "agency", "external_id", "preferred_name", "birth_date", "municipality", "locality", "phone",
                "curp", "axis", "children",
            }
        ),
    ),
    "workshops": (
        frozenset({"workshop", "workshop_name", "axis", "group", "municipality", "place", "capacity"}),
        frozenset({"latitude", "longitude", "description"}),
    ),
    "sessions": (frozenset({"session", "group", "starts_at"}), frozenset({"minutes"})),
    "enrolments": (frozenset({"group"}), frozenset({"phone", "agency", "external_id", "curp"})),
}  # fmt: skip


@dataclass
class Report:
    """How an import went: rows kept, and (line, message) of those that were not."""

    kept: int = 0
    errors: list[tuple[int, str]] = field(default_factory=list)


class ImportFileError(ValueError):
    """The file as a whole can't be read; the message says why."""


class RowError(ValueError):
    """One row can't be kept; the message says why, without repeating it."""


def read_rows(kind: str, lines: Iterable[str]) -> list[dict[str, str]]:
    """Read a CSV file with a header.

    Raises:
        ImportFileError: a column is missing or unknown.
    """
    reader = csv.DictReader(lines, skipinitialspace=True)
    given = {name.strip() for name in reader.fieldnames or ()}
    needed, optional = COLUMNS[kind]
    if missing := sorted(needed - given):
        raise ImportFileError(f"Faltan columnas: {', '.join(missing)}.")
    if unknown := sorted(given - needed - optional):
        raise ImportFileError(f"Columnas que no conozco: {', '.join(unknown)}.")
    return [
        {name.strip(): (value or "").strip() for name, value in row.items() if name is not None}
        for row in reader
    ]


def load(db: Database, key: PersonalKey, settings: Settings, kind: str, rows: list[dict[str, str]]) -> Report:
    """Keep the rows of one file; the caller commits."""
    verbs: dict[str, Callable[[Database, PersonalKey, Settings, Mapping[str, str]], None]] = {
        "women": _woman,
        "workshops": _workshop,
        "sessions": _session,
        "enrolments": _enrolment,
    }
    report = Report()
    # The header is line 1.
    for line, row in enumerate(rows, start=2):
        try:
            with db.begin_nested():
                verbs[kind](db, key, settings, row)
            report.kept += 1
        except RowError as error:
            report.errors.append((line, str(error)))
    return report


def _needed(row: Mapping[str, str], name: str) -> str:
    value = row.get(name, "")
    if not value:
        raise RowError(f"Falta {name}.")
    return value


def _municipality(db: Database, value: str) -> str:
    code = db.scalar(
        select(Municipality.code).where(
            (Municipality.code == value) | (func.lower(Municipality.name) == value.lower())
        )
    )
    if code is None:
        raise RowError("El municipio no es de Jalisco: usa el nombre oficial o el código del INEGI.")
    return code


def _woman(db: Database, key: PersonalKey, settings: Settings, row: Mapping[str, str]) -> None:
    del settings
    details = Details(
        preferred_name=row.get("preferred_name", ""),
        full_name=_needed(row, "full_name"),
        locality=row.get("locality", ""),
        children=row.get("children", ""),
    )
    try:
        details.birth_date = registry.check_birth_date(row["birth_date"]) if row.get("birth_date") else ""
        details.curp = registry.check_curp(row["curp"]) if row.get("curp") else ""
    except DetailError:
        raise RowError("La fecha (AAAA-MM-DD) o la CURP no se pueden leer.") from None
    axis = row.get("axis") or None
    if axis is not None and axis not in registry.AXES:
        raise RowError(f"El eje debe ser uno de: {', '.join(registry.AXES)}.")
    municipality = _municipality(db, row["municipality"]) if row.get("municipality") else None
    agency, external_id = row.get("agency") or None, row.get("external_id") or None
    woman = _known(db, key, agency, external_id)
    if woman is None:
        woman = registry.add_woman(
            db,
            key,
            details,
            municipality=municipality,
            axis=axis,
            agency=agency,
            external_id=external_id,
        )
    else:
        registry.write_details(db, key, woman, details)
        woman.municipality, woman.axis = municipality, axis
    phone = row.get("phone", "")
    if phone and addresses.from_national(phone) is None:
        raise RowError("El teléfono debe tener 10 dígitos.")
    if phone:
        registry.link_phone(db, key, woman, phone)


def _known(db: Database, key: PersonalKey, agency: str | None, external_id: str | None) -> Woman | None:
    return registry.by_folio(db, key, agency, external_id) if agency and external_id else None


def _workshop(db: Database, key: PersonalKey, settings: Settings, row: Mapping[str, str]) -> None:
    del key, settings
    axis = _needed(row, "axis")
    if axis not in registry.AXES:
        raise RowError(f"El eje debe ser uno de: {', '.join(registry.AXES)}.")
    code = _needed(row, "workshop")
    workshop = db.scalar(select(Workshop).where(Workshop.code == code)) or Workshop(code=code)
    workshop.name, workshop.axis = _needed(row, "workshop_name"), axis
    workshop.description = row.get("description", "")
    db.add(workshop)
    db.flush()
    capacity = _needed(row, "capacity")
    if not capacity.isascii() or not capacity.isdigit():
        raise RowError("El cupo debe ser un número.")
    group_code = _needed(row, "group")
    group = db.scalar(select(Group).where(Group.code == group_code)) or Group(code=group_code)
    group.workshop_id, group.capacity = workshop.id, int(capacity)
    group.municipality, group.place = _municipality(db, _needed(row, "municipality")), _needed(row, "place")
    try:
        group.latitude = float(row["latitude"]) if row.get("latitude") else None
        group.longitude = float(row["longitude"]) if row.get("longitude") else None
    except ValueError:
        raise RowError("latitude y longitude deben ser números con punto decimal.") from None
    db.add(group)
    db.flush()


def _group(db: Database, row: Mapping[str, str]) -> Group:
    group = db.scalar(select(Group).where(Group.code == _needed(row, "group")))
    if group is None:
        raise RowError("No hay un grupo con ese código: importa antes los talleres.")
    return group


def _session(db: Database, key: PersonalKey, settings: Settings, row: Mapping[str, str]) -> None:
    del key
    code = _needed(row, "session")
    try:
        starts_at = datetime.fromisoformat(_needed(row, "starts_at"))
    except ValueError:
        raise RowError("starts_at debe ser como 2026-12-01T10:00 (hora local) o con su zona.") from None
    if starts_at.tzinfo is None:
        starts_at = starts_at.replace(tzinfo=settings.timezone)
    minutes = row.get("minutes") or "120"
    if not minutes.isascii() or not minutes.isdigit():
        raise RowError("minutes debe ser un número.")
    session = db.scalar(select(Session).where(Session.code == code)) or Session(code=code)
    moved = session.starts_at is not None and session.starts_at != starts_at
    session.group_id, session.starts_at, session.minutes = _group(db, row).id, starts_at, int(minutes)
    db.add(session)
    db.flush()
    if moved:
        reminders.replan(db, session.id)


def _enrolment(db: Database, key: PersonalKey, settings: Settings, row: Mapping[str, str]) -> None:
    del settings
    group = _group(db, row)
    woman = _known(db, key, row.get("agency") or None, row.get("external_id") or None)
    if woman is None and row.get("curp"):
        wanted = key.lookup("curp", row["curp"].replace(" ", "").upper())
        woman = db.scalar(select(Woman).where(Woman.curp_hash == wanted))
    if woman is None and row.get("phone"):
        woman = registry.woman_by_phone(db, key, row["phone"])
    if woman is None:
        raise RowError("No encuentro a esa mujer en el padrón: revisa teléfono, CURP o folio.")
    enrolment.enrol(db, woman, group.id)
