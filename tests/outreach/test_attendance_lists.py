"""A list of attendance: found by code or by group and day, said once, the same file changes nothing."""

from __future__ import annotations

import threading
import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from ledger import NOW, a_woman
from people import add_group
from sqlalchemy import event, func, select

from models import Attendance, AttendanceMark, MarkSource, MarkState, Session
from outreach.people import registry
from outreach.programme import attendance, enrolment
from outreach.programme.attendance import Mark
from outreach.single_list import imports

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session as Database
    from sqlalchemy.orm import sessionmaker

    from models import Woman
    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey
    from outreach.single_list.report import Report

HEAD = "Dependencia;Folio;Clave de la sesión;Grupo;Fecha;Asistencia"


def load(db: Database, key: PersonalKey, settings: Settings, *lines: str, head: str = HEAD) -> Report:
    table = imports.read("attendance", "\n".join((head, *lines)).encode())
    return imports.load(db, key, settings, "attendance", table, NOW)


@pytest.fixture
def meeting(session: Database) -> Session:
    """A session of the day before, at 10:00 in Jalisco."""
    _, made = add_group(session)
    made.starts_at = datetime(2026, 11, 28, 16, tzinfo=UTC)
    session.flush()
    return made


@pytest.fixture
def elena(session: Database, key: PersonalKey, meeting: Session) -> Woman:
    woman = a_woman(session, key)
    registry.affiliate(session, key, woman, "DIF", "F-1", source="import")
    enrolment.enrol(session, woman, meeting.group_id)
    return woman


def state(db: Database) -> str | None:
    found = db.scalar(select(Attendance.state))
    return found.value if found else None


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("DIF;F-1;g-1;;;sí", "present"), ("DIF;F-1;g-1;;;X", "present"), ("DIF;F-1;g-1;;;No vino", "absent"),
        ("DIF;F-1;;g;28/11/2026;0", "absent"), ("DIF;F-1;;g;2026-11-28;Asistió", "present"),
        ("DIF;F-1;g-1;;;", None), ("DIF;F-1;g-1;;;s/d", None),
    ],
)  # fmt: skip
def test_what_a_row_says(
    session: Database, key: PersonalKey, settings: Settings, elena: Woman, line: str, said: str | None
) -> None:
    """By the session's code, or by group and day; an empty cell says nothing."""
    report = load(session, key, settings, line)
    assert (report.errors, state(session)) == ([], said)
    assert (report.added, report.same) == ((1, 0) if said else (0, 1))


def test_whoever_is_listed_came(
    session: Database, key: PersonalKey, settings: Settings, elena: Woman
) -> None:
    """Where the file has no column of attendance."""
    load(session, key, settings, "DIF;F-1;g-1", head="Dependencia;Folio;Sesión")
    assert state(session) == "present"


def test_a_list_twice(
    session: Database, key: PersonalKey, settings: Settings, meeting: Session, elena: Woman
) -> None:
    """It says the last word over the door once; what is corrected after it stays when it comes again."""
    door = Mark(uuid.uuid4(), elena.id, MarkState.ABSENT, meeting.starts_at)
    attendance.record(session, meeting.id, [door], source=MarkSource.DOOR, by=None, now=NOW)
    line = "DIF;F-1;g-1;;;sí"
    report = load(session, key, settings, line)
    assert (report.changed, [(one.before, one.after) for one in report.changes]) == (1, [("no", "sí")])
    assert (load(session, key, settings, line).same, state(session)) == (1, "present")
    later = NOW + timedelta(hours=1)
    page = Mark(uuid.uuid4(), elena.id, MarkState.ABSENT, later)
    attendance.record(session, meeting.id, [page], source=MarkSource.PAGE, by=None, now=later)
    report = load(session, key, settings, line)
    assert [note for _, note in report.notes] == [
        "esta lista ya se había cargado y alguien lo cambió después: no se tocó"
    ]
    assert state(session) == "absent"
    assert session.scalar(select(func.count()).select_from(AttendanceMark)) == 3


def test_a_list_and_the_door_at_one_moment(
    session: Database, sessions: sessionmaker[Database], key: PersonalKey, settings: Settings,
    meeting: Session, elena: Woman,
) -> None:  # fmt: skip
    """A mark of the door that arrives while the list is kept is the older one, and does not overrule it."""
    place, door = meeting.id, Mark(uuid.uuid4(), elena.id, MarkState.ABSENT, meeting.starts_at)
    session.commit()
    load(session, key, settings, "DIF;F-1;g-1;;;sí")

    def arrives() -> None:
        with sessions.begin() as other:
            attendance.record(other, place, [door], source=MarkSource.DOOR, by=None, now=NOW)

    thread = threading.Thread(target=arrives)
    thread.start()
    thread.join(0.5)
    session.commit()
    thread.join(20)
    assert not thread.is_alive()
    assert state(session) == "present"
    assert session.scalar(select(func.count()).select_from(AttendanceMark)) == 2


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("DIF;F-1;g-9;;;sí", "clave de la sesión: no hay una sesión"),
        ("DIF;F-1;;otro;28/11/2026;sí", "grupo: no hay un grupo"),
        ("DIF;F-1;;g;27/11/2026;sí", "fecha: ese grupo no tiene una sesión ese día"),
        ("DIF;F-1;;g;;sí", "fecha: falta"),
        ("DIF;F-1;g-1;;;quizá", "asistencia: debe decir sí o no"),
        ("DIF;F-1;g-2;;;sí", "la sesión todavía no empieza"),
        ("DIF;F-2;g-1;;;sí", "no está en el padrón"),
        ("DIF;F-3;g-1;;;sí", "grupo: no está inscrita"),
        ("DIF;F-1;c-1;;;sí", "la sesión está cancelada"),
        ("DIF;F-1;;g;26/11/2026;sí", "fecha: ese grupo tiene varias sesiones"),
    ],
)
def test_rows_that_can_not_be_kept(
    session: Database, key: PersonalKey, settings: Settings, meeting: Session, elena: Woman, line: str,
    said: str,
) -> None:  # fmt: skip
    """Each says which column and why, and costs no other row."""
    other = a_woman(session, key, "Otra Mujer")
    registry.affiliate(session, key, other, "DIF", "F-3", source="import")
    thursday = datetime(2026, 11, 26, 16, tzinfo=UTC)
    session.add(Session(code="c-1", group_id=meeting.group_id, starts_at=thursday, cancelled_at=NOW))
    session.add(Session(code="t-1", group_id=meeting.group_id, starts_at=thursday))
    session.add(Session(code="t-2", group_id=meeting.group_id, starts_at=thursday + timedelta(hours=4)))
    session.flush()
    report = load(session, key, settings, line, "DIF;F-1;g-1;;;sí")
    ((_, error),) = report.errors
    assert error.startswith(said)
    assert report.kept == 1


def test_what_a_row_costs(
    session: Database, engine: Engine, key: PersonalKey, settings: Settings, meeting: Session
) -> None:
    """A batch reads some statements for all its rows; no row reads."""
    meeting.group.capacity = 90
    lines = []
    for number in range(30):
        woman = a_woman(session, key, f"Mujer Número {number}")
        registry.affiliate(session, key, woman, "DIF", f"F-{number}", source="import")
        enrolment.enrol(session, woman, meeting.group_id)
        lines.append(f"DIF;F-{number};g-1;;;sí")
    session.flush()
    noted: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *given: noted.append(str(given[2])))
    assert load(session, key, settings, *lines).added == 30
    assert len([each for each in noted if each.startswith("SELECT")]) <= 10
    assert len([each for each in noted if each.startswith("INSERT")]) == 60
