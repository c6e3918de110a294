"""Imports: good rows kept, bad rows told in their place, the same file twice changes nothing."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

import pytest
from people import NOW
from sqlalchemy import func, select

from models import (
    FIRST_PROGRAMME,
    Affiliation,
    Axis,
    Conversation,
    Enrolment,
    EnrolmentState,
    Group,
    Programme,
    Reminder,
    Session,
    Woman,
    Workshop,
)
from outreach.campaigns import reminders
from outreach.people import registry
from outreach.programme import enrolment
from outreach.single_list import imports

if TYPE_CHECKING:
    from sqlalchemy.orm import Session as Database

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

WORKSHOPS = """workshop,workshop_name,axis,group,municipality,place,capacity
huerto,Huerto en casa,food,h1,Guadalajara,Casa de la Cultura,20
costura,Costura,occupation,c1,14120,Colmena,x
"""
WOMEN = """agency,external_id,full_name,birth_date,municipality,phone,axis
DIF,1,Prueba Uno,1990-05-17,14039,33 0000 0001,food
DIF,2,Prueba Dos,ayer,14039,3300000002,food
DIF,3,Prueba Tres,,Atlántida,,
DIF,4,Prueba Cuatro,,,123,
"""
SESSIONS = """session,group,starts_at,minutes
h1-1,h1,2026-11-25T10:00,90
"""
ENROLMENTS = """group,phone
h1,+52 1 33 0000 0001
h1,3300000009
"""


def load(db: Database, key: PersonalKey, settings: Settings, kind: str, text: str) -> imports.Report:
    return imports.load(db, key, settings, kind, imports.read(kind, text.encode()), NOW)


def count(db: Database, noun: type) -> int:
    return db.scalar(select(func.count()).select_from(noun)) or 0


def test_the_four_files(session: Database, key: PersonalKey, settings: Settings) -> None:
    """Each row error names its line and never repeats what the row says."""
    reports = {}
    for _ in range(2):
        for kind, text in (
            ("workshops", WORKSHOPS), ("women", WOMEN), ("sessions", SESSIONS), ("enrolments", ENROLMENTS),
        ):  # fmt: skip
            reports[kind] = load(session, key, settings, kind, text)
    lines = {kind: [line for line, _ in report.errors] for kind, report in reports.items()}
    assert lines == {"workshops": [3], "women": [3, 4, 5], "sessions": [], "enrolments": [3]}
    assert not any("Prueba" in message for _, message in reports["women"].errors)
    for noun in (Woman, Group, Session, Enrolment, Affiliation, Conversation):
        assert count(session, noun) == 1
    woman = registry.woman_by_phone(session, key, "3300000001")
    assert woman is not None
    assert registry.read_details(key, woman).full_name == "Prueba Uno"
    # Local time at the edge, UTC inside: Jalisco is six hours behind.
    assert session.scalars(select(Session)).one().starts_at.astimezone(NOW.tzinfo).hour == 16


def test_all_errors_of_a_row_are_told_at_once(
    session: Database, key: PersonalKey, settings: Settings
) -> None:
    """With the columns' names, so that the file is corrected in one go."""
    text = "full_name,birth_date,phone,children,eje\nAna <3,1990-13-40,12,muchos,magia\n"
    ((line, message),) = load(session, key, settings, "women", text).errors
    assert line == 2
    for column in ("nombre completo", "fecha de nacimiento", "teléfono", "hijos", "eje"):
        assert column in message
    assert "magia" not in message


def test_a_moved_session_moves_its_reminders(session: Database, key: PersonalKey, settings: Settings) -> None:
    """Reminders follow their session to its new time."""
    for kind, text in (("workshops", WORKSHOPS), ("women", WOMEN), ("sessions", SESSIONS)):
        load(session, key, settings, kind, text)
    load(session, key, settings, "enrolments", ENROLMENTS)
    for seat in session.scalars(select(Enrolment)):
        seat.created_at = NOW
    reminders.plan(session, key, settings, NOW)
    load(session, key, settings, "sessions", SESSIONS.replace("10:00", "13:00"))
    reminders.plan(session, key, settings, NOW)
    due = sorted(session.scalars(select(Reminder.due_at).where(Reminder.state == "planned")))
    assert [moment.astimezone(settings.timezone).hour for moment in due] == [13, 11]


def test_a_missing_column_stops_the_file() -> None:
    with pytest.raises(imports.ImportFileError, match="nombre completo"):
        imports.read("women", b"phone\n3300000001\n")


def test_an_unknown_column_is_told_and_ignored(
    session: Database, key: PersonalKey, settings: Settings
) -> None:
    report = load(session, key, settings, "women", "full_name,estado civil\nAna Ruiz,casada\n")
    assert report.kept == 1
    assert any("estado civil" in remark for remark in report.remarks)


SPANISH = (
    "FOLIO;Dependencia;Nombres;Apellido Paterno;Apellido Materno;Fecha de Nacimiento (dd/mm/aaaa);MUNICIPIO;"
    "Localidad;Teléfono celular;Eje;No. hijos;Fecha de consentimiento\r\n"
    "7;Sistema DIF Jalisco;MARÍA;LÓPEZ;PÉREZ;17/05/1990;TONALA;Centro;"
    "044 33 4001 0001;Alimentación;2;15/08/2026\r\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_spanish_register_of_excel(
    session: Database, key: PersonalKey, settings: Settings, encoding: str
) -> None:
    """Headers, names in parts, dates, agencies by name, prefixes and encodings as agencies have them."""
    table = imports.read("women", SPANISH.encode(encoding))
    report = imports.load(session, key, settings, "women", table, NOW)
    assert (report.errors, report.notes, report.kept) == ([], [], 1)
    woman = registry.by_folio(session, key, "DIF", "7")
    assert woman is not None
    details = registry.read_details(key, woman)
    assert (details.full_name, details.birth_date) == ("MARÍA LÓPEZ PÉREZ", "1990-05-17")
    assert (woman.municipality, woman.axis, details.children) == ("14101", "food", "2")
    held = session.scalars(select(Affiliation)).one()
    assert held.consent_on is not None
    assert held.consent_on.isoformat() == "2026-08-15"
    assert registry.woman_by_phone(session, key, "3340010001") is not None


def test_a_woman_who_left_is_not_enrolled_again(
    session: Database, key: PersonalKey, settings: Settings
) -> None:
    """P9: what she did by her own word outlasts the file that is loaded again."""
    for kind, text in (("workshops", WORKSHOPS), ("women", WOMEN), ("enrolments", ENROLMENTS)):
        load(session, key, settings, kind, text)
    enrolment.leave(session, session.scalars(select(Enrolment)).one())
    report = load(session, key, settings, "enrolments", ENROLMENTS)
    assert [line for line, _ in report.notes] == [2]
    assert session.scalars(select(Enrolment.state)).all() == [EnrolmentState.LEFT]


def test_absent_columns_and_empty_cells_change_nothing(
    session: Database, key: PersonalKey, settings: Settings
) -> None:
    """A group's place on the map, a description and a session's length survive a shorter file."""
    full = (
        "workshop,workshop_name,axis,group,municipality,place,capacity,latitude,longitude,description\n"
        "w,Huerto,food,g,14039,Casa,20,20.67,-103.35,Con macetas\n"
    )
    load(session, key, settings, "workshops", full)
    load(session, key, settings, "sessions", SESSIONS.replace("h1", "g"))
    load(session, key, settings, "workshops", "\n".join(
        line.rsplit(",", 3)[0] for line in full.splitlines()))  # fmt: skip
    load(session, key, settings, "sessions", "session,group,starts_at\ng-1,g,2026-11-25T12:00\n")
    group, meeting = session.scalars(select(Group)).one(), session.scalars(select(Session)).one()
    assert (group.latitude, group.longitude, group.workshop.description) == (20.67, -103.35, "Con macetas")
    assert meeting.minutes == 90


@pytest.mark.parametrize(("zone", "hour"), [("America/Tijuana", 18), (None, 16)])
def test_hours_and_days_are_those_of_the_programme(
    session: Database, key: PersonalKey, settings: Settings, zone: str | None, hour: int
) -> None:
    """Ten in the morning where the group is; an evening there is not the next day of the installation's."""
    session.get_one(Programme, FIRST_PROGRAMME).timezone = zone
    load(session, key, settings, "workshops", WORKSHOPS)
    load(session, key, settings, "women", WOMEN)
    load(session, key, settings, "enrolments", ENROLMENTS)
    load(session, key, settings, "sessions", SESSIONS)
    meeting = session.scalars(select(Session)).one()
    assert meeting.starts_at.astimezone(UTC).hour == hour
    evening = SESSIONS.replace("10:00", "23:30")
    load(session, key, settings, "sessions", evening)
    assert load(session, key, settings, "sessions", evening).same == 1
    table = imports.read("attendance", b"group,day,phone,attended\nh1,2026-11-25,3300000001,1\n")
    report = imports.load(session, key, settings, "attendance", table, meeting.starts_at)
    assert (report.errors, report.added) == ([], 1)


def test_a_code_that_two_programmes_have(session: Database, key: PersonalKey, settings: Settings) -> None:
    """A row changes its group's own; a new group goes to the first programme's; no other is touched."""
    other = Programme(code="otro", name="Otro programa")
    session.add(other)
    session.flush()
    theirs = Workshop(code="huerto", name="Huerto de ellas", axis="health", programme_id=other.id)
    session.add_all([theirs, Axis(programme_id=other.id, code="food", name="Alimentación", position=1)])
    session.flush()
    held = {"municipality": "14039", "place": "Casa", "capacity": 5}
    session.add(Group(code="suyo", workshop_id=theirs.id, **held))
    session.add(Workshop(code="huerto", name="Huerto", axis="food"))
    session.flush()
    assert load(session, key, settings, "workshops", WORKSHOPS).added == 1
    session.refresh(theirs)
    assert (theirs.name, theirs.axis) == ("Huerto de ellas", "health")
    row = WORKSHOPS.splitlines()[1].replace(",h1,", ",suyo,").replace("Huerto en casa", "Huerto grande")
    report = load(session, key, settings, "workshops", f"{WORKSHOPS.splitlines()[0]}\n{row}\n")
    assert (report.errors, theirs.name) == ([], "Huerto grande")


def test_old_sessions_of_a_file_loaded_again_are_no_errors(
    session: Database, key: PersonalKey, settings: Settings
) -> None:
    """The same file again changes nothing, also when its first sessions have passed."""
    load(session, key, settings, "workshops", WORKSHOPS)
    load(session, key, settings, "sessions", SESSIONS)
    meeting = session.scalars(select(Session)).one()
    later = meeting.starts_at.replace(year=2027)
    report = imports.load(
        session, key, settings, "sessions", imports.read("sessions", SESSIONS.encode()), later
    )
    assert (report.errors, report.kept) == ([], 1)


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [
        ("nan", "inf"),
        ("1e999", "-103"),
        ("-103.35", "20.67"),
        ("20,67", "-103,35"),
        ("٢٠", "-103"),
        ("20.6", ""),
    ],
)
def test_float_is_not_the_only_check(
    session: Database, key: PersonalKey, settings: Settings, latitude: str, longitude: str
) -> None:
    text = (
        "workshop;workshop_name;axis;group;municipality;place;capacity;latitude;longitude\n"
        f"w;Huerto;food;g;14039;Casa;20;{latitude};{longitude}\n"
    )
    assert [line for line, _ in load(session, key, settings, "workshops", text).errors] == [2]


@pytest.mark.parametrize("capacity", ["²", "٢٠", "-1", "1e3", "20.0", "9" * 5000, "99999999999"])
def test_isdigit_is_not_enough_before_int(
    session: Database, key: PersonalKey, settings: Settings, capacity: str
) -> None:
    text = WORKSHOPS.replace(",x\n", f",{capacity}\n")
    report = load(session, key, settings, "workshops", text)
    assert [line for line, _ in report.errors] == [3]
    assert report.kept == 1
