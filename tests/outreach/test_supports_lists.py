"""An agency's list of supports: it was given, so it is entered; doubles are noted, the same file once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ledger import NOW, a_woman, give
from sqlalchemy import event, func, select

from models import DoubleState, DoubleSupport, Support
from outreach.people import registry
from outreach.single_list import imports, supports

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session as Database

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

HEAD = "Dependencia;Folio;Tipo de apoyo;Fecha de entrega;Monto;Entregó"


def load(db: Database, key: PersonalKey, settings: Settings, *lines: str) -> tuple[list[str], list[str]]:
    """Keep the lines of a file; return what was said of those kept, and of those not."""
    table = imports.read("supports", "\n".join((HEAD, *lines)).encode())
    report = imports.load(db, key, settings, "supports", table, NOW)
    return [note for _, note in report.notes], [error for _, error in report.errors]


@pytest.fixture
def elena(session: Database, key: PersonalKey) -> None:
    woman = a_woman(session, key)
    registry.affiliate(session, key, woman, "DIF", "F-1", source="import")
    registry.affiliate(session, key, woman, "SSAS", "S-9", source="import")


def test_a_list_twice(session: Database, key: PersonalKey, settings: Settings, elena: None) -> None:
    """What is over a rule is entered and noted as double; the same file again changes nothing."""
    lines = (
        "DIF;F-1;despensa;03/11/2026;;Quien Entrega",
        "Secretaría del Sistema de Asistencia Social;S-9;Despensa;20/11/2026;;",
        "DIF;F-1;BIENEBONO;20/11/2026;$1,250.50;",
    )
    assert load(session, key, settings, *lines) == (
        ["pasa de la regla (1 al mes, contando todas las dependencias): quedó en la lista de apoyos dobles"],
        [],
    )
    rows = session.scalars(select(Support).order_by(Support.day, Support.cents)).all()
    assert [(row.agency, row.cents, row.source) for row in rows] == [
        ("DIF", None, "import"), ("DIF", 125050, "import"), ("SSAS", None, "import"),
    ]  # fmt: skip
    double = session.scalars(select(DoubleSupport)).one()
    assert (double.state, double.agency, double.at_entry) == (DoubleState.OPEN, "SSAS", False)
    supports.void(session, key, rows[0], by=None, reason="no era ella", now=NOW)
    notes, errors = load(session, key, settings, *lines)
    assert (notes, errors) == (["ya estaba anotado ese día: no se repitió"] * 3, [])
    assert session.scalar(select(func.count()).select_from(Support)) == 3


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("DIF;F-1;tinaco;03/11/2026;;", "apoyo: no es un apoyo de los que se dan."),
        ("DIF;F-1;despensa;30/11/2026;;", "fecha de entrega: está en el futuro."),
        ("DIF;F-1;despensa;;;", "fecha de entrega: falta."),
        ("DIF;F-1;despensa;03/11/2026;850;", "monto: Este apoyo no es en dinero"),
        ("DIF;F-1;bienebono;03/11/2026;;", "monto: Falta la cantidad"),
        ("DIF;F-1;bienebono;03/11/2026;mil;", "monto: Escribe la cantidad"),
        (";F-1;despensa;03/11/2026;;", "dependencia: falta"),
        ("OTRA;F-1;despensa;03/11/2026;;", "dependencia: Elige la dependencia"),
        ("DIF;F-2;despensa;03/11/2026;;", "no está en el padrón"),
        ("DIF;;despensa;03/11/2026;;", "falta con qué encontrarla"),
    ],
)
def test_rows_that_can_not_be_kept(
    session: Database, key: PersonalKey, settings: Settings, elena: None, line: str, said: str
) -> None:
    """Each says which column and why, and costs no other row."""
    notes, (error,) = load(session, key, settings, line, "DIF;F-1;despensa;20/11/2026;;")
    assert error.startswith(said)
    assert notes == []
    assert session.scalar(select(func.count()).select_from(Support)) == 1


def test_what_a_row_costs(session: Database, engine: Engine, key: PersonalKey, settings: Settings) -> None:
    """A batch costs some statements for all its rows, and one a row with its savepoint; no row reads."""
    lines = []
    for number in range(30):
        woman = a_woman(session, key, f"Mujer Número {number}")
        registry.affiliate(session, key, woman, "DIF", f"F-{number}", source="import")
        give(session, key, woman, "2026-09-03")
        lines.append(f"DIF;F-{number};despensa;23/10/2026;;")
    noted: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *given: noted.append(str(given[2])))
    assert load(session, key, settings, *lines) == ([], [])
    assert len([each for each in noted if each.startswith("SELECT")]) <= 10
    assert len([each for each in noted if each.startswith("INSERT")]) == 30
