"""No page of the programme costs more statements with a hundred rows than with ten."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event, select

from models import (
    Answer,
    Campaign,
    Enrolment,
    Group,
    HelpResource,
    Holiday,
    Municipality,
    Reminder,
    ReminderState,
    Session,
    Staff,
    Template,
    Workshop,
)
from outreach.people import registry
from outreach.programme import timetable

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session as Database
    from staffroom import Browser

    from outreach.sealing.crypto import PersonalKey

pytest_plugins = ("console_fixtures",)
COORDINATOR = ("/programa", "/programa/talleres", "/programa/grupos", "/programa/mujeres",
               "/programa/recordatorios", "/programa/recordatorios/reglas",
               "/programa/campanas", "/programa/plantillas",
               "/programa/plantillas/nueva", "/programa/plantillas/{template}", "/programa/semana",
               "/respuestas",
               "/programa/grupos/{group}", "/programa/campanas/nueva", "/programa/campanas/nueva/{group}",
               "/programa/campanas/{draft}", "/programa/campanas/{running}",
               "/programa/campanas/{running}/avance", "/programa/campanas/{running}/mujeres",
               "/programa/campanas/resultados", "/programa/campanas/envio",
               "/programa/sesiones/{session}/mover",
               "/programa/calendario", "/programa/talleres/nuevo", "/programa/talleres/{workshop}/editar",
               "/programa/talleres/{workshop}/grupos/nuevo", "/programa/grupos/{group}/editar",
               "/programa/grupos/{group}/serie")  # fmt: skip
ADMINISTRATOR = ("/recursos", "/programas", "/programas/nuevo", "/programas/{programme}", "/dependencias")


def fill(db: Database, key: PersonalKey, first: int, until: int) -> dict[str, str]:
    """Add a little of everything that a page lists; everybody is in one group."""
    now = datetime.now(UTC)
    template = db.scalars(select(Template).where(Template.name == "group_notice")).one()
    author = db.scalars(select(Staff)).first()
    towns = db.scalars(select(Municipality.code).order_by(Municipality.code)).all()
    assert author is not None
    shared = db.scalars(select(Group).where(Group.code == "g0")).first()
    for i in range(first, until):
        workshop = Workshop(code=f"w{i}", name=f"Taller {i}", axis="food")
        db.add(workshop)
        db.flush()
        group = Group(
            code=f"g{i}", workshop_id=workshop.id, municipality=towns[i], place="Casa", capacity=500
        )
        db.add(group)
        db.flush()
        shared = shared or group
        woman = registry.add_woman(
            db, key, registry.Details(full_name=f"Mujer {i}"), municipality=towns[i], axis="food"
        )
        meeting = Session(code=f"s{i}", group_id=group.id, starts_at=now + timedelta(hours=1 + i))
        ours = Session(code=f"o{i}", group_id=shared.id, starts_at=now + timedelta(days=3 + i))
        db.add_all([Enrolment(woman_id=woman.id, group_id=shared.id, state="enrolled"), meeting, ours])
        db.add(Holiday(day=now.date() + timedelta(days=2 * i), name=f"Cierre {i}"))
        db.add(HelpResource(code=f"r{i}", name=f"R {i}", channel="33", hours="9", says="x", needs="legal",
                            source="x"))  # fmt: skip
        db.add_all([Template(name=f"aviso_{i}", body="Hola."),
                    Answer(topic="cost", municipality=towns[i], text="Nada.")])  # fmt: skip
        db.add_all(
            Campaign(name=f"C {i}", template_id=template.id, group_id=shared.id, created_by=author.id,
                     state=state, variables=json.dumps({"1": "hoy"}), starts_at=now,
                     ends_at=now + timedelta(days=1))
            for state in ("draft", "running")
        )  # fmt: skip
        db.flush()
        timetable.move_session(db, ours, ours.starts_at + timedelta(hours=3), 60, now)
        db.add(
            Reminder(woman_id=woman.id, session_id=meeting.id, minutes_before=120, due_at=now,
                     state=ReminderState.DROPPED, reason="missed_its_moment")
        )  # fmt: skip
    assert shared is not None
    ids = dict(db.execute(select(Campaign.state, Campaign.id).where(Campaign.group_id == shared.id)).all())
    moving = db.scalars(select(Session).where(Session.group_id == shared.id)).first()
    db.commit()
    assert moving is not None
    found = {state.value: str(campaign_id) for state, campaign_id in ids.items()}
    about = {
        "template": str(template.id),
        "workshop": str(shared.workshop_id),
        "programme": str(shared.workshop.programme_id),
    }
    return found | about | {"group": str(shared.id), "session": str(moving.id)}


@pytest.fixture
def statements(engine: Engine) -> list[str]:
    noted: list[str] = []

    def note(*given: object) -> None:
        # That somebody did something is written every few seconds, whatever the page.
        if not str(given[2]).startswith("UPDATE staff_session"):
            noted.append(str(given[2]))

    event.listen(engine, "before_cursor_execute", note)
    return noted


def test_no_page_costs_more_with_more_rows(
    session: Database, key: PersonalKey, rosa: Browser, ana: Browser, statements: list[str]
) -> None:
    """Statements of each page at ten rows and at a hundred: equal."""

    def costs(ids: dict[str, str]) -> dict[str, int]:
        cost = {}
        for browser, paths in ((rosa, COORDINATOR), (ana, ADMINISTRATOR)):
            for path in paths:
                statements.clear()
                assert browser.get(path.format(**ids)).status_code == 200
                cost[path] = len(statements)
        return cost

    ten = costs(fill(session, key, 0, 10))
    assert costs(fill(session, key, 10, 100)) == ten
    assert max(ten.values()) <= 16
