"""Imports: good rows kept, bad rows told in their place, the same file twice changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from people import NOW
from sqlalchemy import func, select

from models import Enrolment, Group, Reminder, Session, Woman
from outreach.campaigns import reminders
from outreach.people import registry
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
    return imports.load(db, key, settings, kind, imports.read_rows(kind, text.splitlines()))


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
    for noun, expected in ((Woman, 1), (Group, 1), (Session, 1), (Enrolment, 1)):
        assert session.scalar(select(func.count()).select_from(noun)) == expected
    woman = registry.woman_by_phone(session, key, "3300000001")
    assert woman is not None
    assert registry.read_details(key, woman).full_name == "Prueba Uno"
    # Local time at the edge, UTC inside: Jalisco is six hours behind.
    assert session.scalars(select(Session)).one().starts_at.astimezone(NOW.tzinfo).hour == 16


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
    due = sorted(session.scalars(select(Reminder.due_at)))
    assert [moment.astimezone(settings.timezone).hour for moment in due] == [13, 11]


@pytest.mark.parametrize("header", ["full_name,unknown", "phone"])
def test_a_wrong_header_stops_the_file(header: str) -> None:
    with pytest.raises(imports.ImportFileError):
        imports.read_rows("women", [header, "x,y"])
