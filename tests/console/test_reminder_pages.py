"""The pages of the rules of reminders: what comes next, what did not leave, what a change would do."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event, select

from models import (
    FIRST_PROGRAMME,
    AuditEvent,
    Enrolment,
    Reminder,
    ReminderFor,
    ReminderRule,
    ReminderState,
    RsvpAnswer,
    Template,
    TemplateState,
    Workshop,
    utcnow,
)
from outreach.campaigns import reminder_rule_changes as changes
from outreach.campaigns import reminders
from outreach.campaigns.reminder_rule_changes import Scope
from outreach.programme import enrolment
from outreach.staff.audit import Action

if TYPE_CHECKING:
    import uuid

    from sqlalchemy import Engine
    from sqlalchemy.orm import Session as Database
    from staffroom import Browser, Programme

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

pytest_plugins = ("console_fixtures",)
RULES = "/programa/recordatorios/reglas"
TAGS, SPACE = re.compile(r"<[^>]+>"), re.compile(r"\s+")


def text_of(browser: Browser, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, path
    return plain(answer.get_data(as_text=True))


def plain(html: str) -> str:
    return SPACE.sub(" ", TAGS.sub(" ", html.split("<main", 1)[1]))


@pytest.fixture
def house(session: Database, key: PersonalKey, settings: Settings, programme: Programme) -> Programme:
    """Three women whose session is the day after tomorrow, planned as the clock does."""
    for seat in session.scalars(select(Enrolment)):
        seat.created_at = utcnow() - timedelta(days=30)
    session.flush()
    reminders.plan(session, key, settings, utcnow())
    session.commit()
    return programme


def adopted(
    session: Database, settings: Settings, workshop_id: uuid.UUID | None = None
) -> list[ReminderRule]:
    scope = Scope(FIRST_PROGRAMME, workshop_id)
    changes.adopt(session, settings, scope)
    session.commit()
    return [row for row in changes.stored(session, FIRST_PROGRAMME) if row.workshop_id == workshop_id]


def test_what_comes_next_and_what_did_not_leave(session: Database, rosa: Browser, house: Programme) -> None:
    """Each rule says when how many women are reminded next, and why others were not, in plain words."""
    html = text_of(rosa, RULES)
    assert "1 día antes , a todas las inscritas" in html
    assert html.count(": 3 mujeres") == 2
    assert "Los de la instalación: nadie los ha cambiado." in html
    enrolment.answer(session, house.women[0].id, house.session.id, RsvpAnswer.DECLINED)
    row = session.scalars(
        select(Reminder).where(Reminder.woman_id == house.women[1].id, Reminder.minutes_before == 1440)
    ).one()
    row.state, row.reason = ReminderState.DROPPED, "in_conversation"
    row.due_at = utcnow() - timedelta(hours=1)
    session.commit()
    html = text_of(rosa, RULES)
    assert ": 1 mujer" in html
    assert ": 2 mujeres" in html
    assert "No salieron en los últimos siete días: 1" in html
    assert "1: no hubo un buen momento para escribirle" in html


def test_a_change_is_shown_before_it_is_saved(
    session: Database, settings: Settings, rosa: Browser, house: Programme
) -> None:
    """F: the page says what goes and what comes; only what was looked at is saved, and the plan follows."""
    day, hours = adopted(session, settings)
    assert (day.minutes_before, hours.minutes_before) == (1440, 120)
    path = f"{RULES}/{day.id}"
    wanted = {"amount": "20", "unit": "hours", "whom": "enrolled", "template": ""}
    seen = rosa.post(path, **wanted, do="look").get_data(as_text=True)
    assert ">3</td>" in seen
    assert "<strong>0</strong>" in seen
    assert "<strong>3</strong>" in seen
    assert session.get_one(ReminderRule, day.id).minutes_before == 1440
    mark = re.search(r'name="seen"[^>]*value="([^"]+)"', seen)
    assert mark is not None
    other = rosa.post(path, **(wanted | {"amount": "10"}), do="save", seen=mark[1])
    assert "Revísalo otra vez" in plain(other.get_data(as_text=True))
    assert rosa.post(path, **wanted, do="save", seen=mark[1]).status_code == 302
    session.expire_all()
    assert session.get_one(ReminderRule, day.id).minutes_before == 20 * 60
    left = session.scalars(select(Reminder.minutes_before)).all()
    assert set(left) == {120}


def test_mistakes_stand_beside_their_field(
    session: Database, settings: Settings, rosa: Browser, house: Programme
) -> None:
    """Two of one offset, none, too far ahead, and a template that is not for reminders are refused."""
    day, _ = adopted(session, settings)
    new = f"{RULES}/nueva/{FIRST_PROGRAMME}"
    for amount, unit, said in (
        ("1", "days", "Ya hay un recordatorio a ese tiempo"),
        ("0", "days", "Un número de 1 en adelante"),
        ("", "hours", "Falta este dato"),
        ("61", "days", "De 1 minuto a 60 días antes"),
    ):
        answer = rosa.post(new, amount=amount, unit=unit, whom="enrolled", template="", do="look")
        assert answer.status_code == 422
        assert said in plain(answer.get_data(as_text=True))
    for path, fields in (
        (f"{RULES}/{day.id}", {"amount": "2", "unit": "days", "whom": "everybody", "template": ""}),
        (new, {"amount": "2", "unit": "days", "whom": "enrolled", "template": "session_moved"}),
    ):
        assert rosa.post(path, **fields, do="look").status_code == 422
    assert rosa.get(f"{RULES}/nueva/{house.group.id}").status_code == 404
    # What is in force is written down first: one rule alone would take the place of all of it.
    assert rosa.get(f"{RULES}/nueva/{FIRST_PROGRAMME}?taller={house.group.workshop_id}").status_code == 404


def test_rules_of_a_workshop_take_the_place_of_the_programmes(
    session: Database, settings: Settings, rosa: Browser, house: Programme
) -> None:
    """A workshop begins with what it had; stopped, all its reminders stop; taken away, the old ones hold."""
    workshop = house.group.workshop_id
    answer = rosa.post(f"{RULES}/propias/{FIRST_PROGRAMME}", RULES, workshop=str(workshop))
    assert answer.status_code == 302
    rows = [row for row in changes.stored(session, FIRST_PROGRAMME) if row.workshop_id == workshop]
    assert [row.minutes_before for row in rows] == [1440, 120]
    assert session.scalars(select(Reminder)).all() != []
    for row in rows:
        shown = text_of(rosa, f"{RULES}/{row.id}/detener")
        assert "Con el cambio" in shown
        assert rosa.post(f"{RULES}/{row.id}/detener").status_code == 302
    session.expire_all()
    assert session.scalars(select(Reminder)).all() == []
    assert "detenido" in text_of(rosa, RULES)
    reset = f"{RULES}/generales/{FIRST_PROGRAMME}?taller={workshop}"
    assert "El taller tendrá otra vez los recordatorios" in text_of(rosa, reset)
    assert rosa.post(reset).status_code == 302
    assert changes.stored(session, FIRST_PROGRAMME) == []


def test_steps_stop_go_on_and_take_away(
    session: Database, settings: Settings, rosa: Browser, house: Programme
) -> None:
    """Each step is shown first, written down, and leaves the other rules as they are."""
    day, hours = (row.id for row in adopted(session, settings))
    for step in ("detener", "seguir", "quitar"):
        assert rosa.get(f"{RULES}/{day}/{step}").status_code == 200
        assert rosa.post(f"{RULES}/{day}/{step}").status_code == 302
    session.expire_all()
    assert [row.id for row in changes.stored(session, FIRST_PROGRAMME)] == [hours]
    assert rosa.get(f"{RULES}/{day}").status_code == 404
    noted = session.scalars(select(AuditEvent.action)).all()
    assert noted.count(Action.REMINDER_RULES.value) == 3


def test_a_template_of_the_programme_may_remind(
    session: Database, settings: Settings, rosa: Browser, house: Programme
) -> None:
    """Only approved ones with a reminder's variables are offered; its text is shown before."""
    adopted(session, settings)
    mine = Template(
        name="recordatorio_corto", body="Hola. Tu sesión es {{1}}. Te esperamos.", samples='{"1": "mañana"}',
        state=TemplateState.APPROVED, content_sid="HX7", programme_id=FIRST_PROGRAMME,
    )  # fmt: skip
    other = Template(
        name="otro", body="Hola {{4}}.", samples='{"4": "x"}', state=TemplateState.APPROVED, content_sid="HX8"
    )
    session.add_all([mine, other, Template(name="sin_aprobar", body="Hola {{1}}.", samples='{"1": "x"}')])
    session.commit()
    new = f"{RULES}/nueva/{FIRST_PROGRAMME}"
    html = rosa.get(new).get_data(as_text=True)
    assert 'value="recordatorio_corto"' in html
    for name in ("otro", "sin_aprobar", "session_moved", "write_to_us"):
        assert f'value="{name}"' not in html
    fields = {"amount": "3", "unit": "hours", "whom": "unconfirmed", "template": "recordatorio_corto"}
    seen = rosa.post(new, **fields, do="look").get_data(as_text=True)
    assert "Tu sesión es mañana" in seen
    mark = re.search(r'name="seen"[^>]*value="([^"]+)"', seen)
    assert mark is not None
    assert rosa.post(new, **fields, do="save", seen=mark[1]).status_code == 302
    row = next(one for one in changes.stored(session, FIRST_PROGRAMME) if one.minutes_before == 180)
    assert (row.whom, row.template_name) == (ReminderFor.UNCONFIRMED, "recordatorio_corto")


def test_only_coordinators(rosa: Browser, ana: Browser, lucia: Browser, house: Programme) -> None:
    """P10: the pages are not there for anybody else."""
    for other in (ana, lucia):
        for path in (RULES, f"{RULES}/nueva/{FIRST_PROGRAMME}", f"{RULES}/generales/{FIRST_PROGRAMME}"):
            assert other.get(path).status_code == 404


def test_a_page_costs_the_same_with_more_workshops(
    session: Database, settings: Settings, rosa: Browser, house: Programme, engine: Engine
) -> None:
    """The statements of the page are those of one workshop with rules of its own, also with five."""
    adopted(session, settings, house.group.workshop_id)
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *given: statements.append(str(given[2])))

    def cost() -> int:
        statements.clear()
        assert rosa.get(RULES).status_code == 200
        return len(statements)

    one = cost()
    for number in range(5):
        made = Workshop(code=f"w{number}", name=f"Taller {number}", axis="food")
        session.add(made)
        session.flush()
        adopted(session, settings, made.id)
    assert cost() == one
    assert one <= 16
