"""Workshops, groups, series and the calendar for coordinators; programmes and agencies for administrators."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from models import (
    FIRST_PROGRAMME,
    Agency,
    AuditEvent,
    Axis,
    Enrolment,
    EnrolmentState,
    Group,
    Holiday,
    HolidayKind,
    OutboxMessage,
    Session,
    Workshop,
)
from models import Programme as ProgrammeRow
from outreach.ground import dates
from outreach.people import registry
from outreach.programme import enrolment, timetable

if TYPE_CHECKING:
    from sqlalchemy.orm import Session as Database
    from staffroom import Browser, Programme

    from outreach.sealing.crypto import PersonalKey

pytest_plugins = ("console_fixtures",)
GROUP = {"code": "g-9", "municipality": "14120", "place": "Casa Común", "capacity": "12",
         "directions": "Ruta 24, frente al mercado", "facilitator": "Ana Prueba"}  # fmt: skip


def a_monday() -> date:
    """A Monday in eight weeks or so that is no day of rest, nor is the one four weeks later."""
    day = datetime.now(UTC).date() + timedelta(days=56)
    day -= timedelta(days=day.weekday())
    while any(one in dates.federal_holidays(one.year) for one in (day, day + timedelta(weeks=4))):
        day += timedelta(weeks=1)
    return day


def actions(session: Database) -> list[str]:
    return list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.at)))


def test_a_workshop_and_its_group(session: Database, rosa: Browser) -> None:
    """Written in two forms, shown on their pages, left in the record of what was done."""
    answer = rosa.post("/programa/talleres/nuevo", code="pan", name="Pan en casa", axis="production",
                       description="Trae un mandil.")  # fmt: skip
    assert (answer.status_code, answer.location) == (302, "/programa/talleres")
    workshop = session.scalars(select(Workshop).where(Workshop.code == "pan")).one()
    html = rosa.get("/programa/talleres").get_data(as_text=True)
    for text in ("Pan en casa", "Producción", "Trae un mandil."):
        assert text in html
    where = rosa.post(f"/programa/talleres/{workshop.id}/grupos/nuevo", **GROUP).location
    assert where is not None
    page = rosa.get(where).get_data(as_text=True)
    for text in ("Casa Común, Zapopan", "Cómo llegar: Ruta 24, frente al mercado", "Lo da: Ana Prueba"):
        assert text in page
    assert {"workshop.saved", "group.saved"} <= set(actions(session))


def test_what_a_form_may_not_hold_is_said_beside_its_field(
    session: Database, rosa: Browser, programme: Programme
) -> None:
    """A code of another, too few seats, a revealing place; nothing of it is saved."""
    edit = f"/programa/grupos/{programme.group.id}/editar"
    for changes, field, said in (
        ({"capacity": "2"}, "capacity", "Ya hay 3 inscritas"),
        ({"capacity": "muchos"}, "capacity", ""),
        ({"place": "Refugio para mujeres"}, "place", "no puede decir"),
        ({"latitude": "20.6"}, "latitude", "Pon latitud y longitud"),
        ({"municipality": "99999"}, "municipality", ""),
        ({"place": "  "}, "place", "Falta este dato."),
    ):
        answer = rosa.post(edit, **(GROUP | {"capacity": "12"} | changes))
        html = answer.get_data(as_text=True)
        assert answer.status_code == 422, changes
        assert f'id="{field}-error"' in html, changes
        assert said in html
    session.refresh(programme.group)
    assert (programme.group.code, programme.group.capacity) == ("g1", 3)
    twice = rosa.post("/programa/talleres/nuevo", code="huerto", name="Otro", axis="food")
    assert twice.status_code == 422
    assert "Esa clave ya existe." in twice.get_data(as_text=True)


def test_more_seats_let_the_waiting_list_move_up(
    session: Database, key: PersonalKey, rosa: Browser, programme: Programme
) -> None:
    """The page says how many moved up; they are told."""
    for number in range(2):
        woman = registry.add_woman(
            session, key, registry.Details(full_name=f"Espera {number}"), municipality=None, axis=None
        )
        registry.link_phone(session, key, woman, f"331111000{number}")
        seat = enrolment.enrol(session, woman, programme.group.id)
        assert seat is not None
        assert seat.state is EnrolmentState.WAITING
    session.commit()
    page = f"/programa/grupos/{programme.group.id}"
    html = rosa.get(page).get_data(as_text=True)
    assert "en espera, 1.ª" in html
    assert "en espera, 2.ª" in html
    rosa.post(f"{page}/editar", **(GROUP | {"capacity": "4"}))
    assert "1 mujer pasó de la lista de espera a un lugar" in rosa.get(page).get_data(as_text=True)
    states = session.scalars(select(Enrolment.state).order_by(Enrolment.seq)).all()
    assert states == [EnrolmentState.ENROLLED] * 4 + [EnrolmentState.WAITING]
    assert len(session.scalars(select(OutboxMessage)).all()) == 1


def test_a_group_is_closed_and_opened(session: Database, rosa: Browser, programme: Programme) -> None:
    page = f"/programa/grupos/{programme.group.id}"
    rosa.post(f"{page}/estado", page=page, do="close")
    assert "inscripciones cerradas" in rosa.get(page).get_data(as_text=True)
    session.refresh(programme.group)
    assert programme.group.closed_at is not None
    rosa.post(f"{page}/estado", page=page, do="open")
    assert "Cerrar inscripciones" in rosa.get(page).get_data(as_text=True)
    assert rosa.post(f"{page}/estado", page=page, do="algo").status_code == 400


def test_a_workshop_is_retired_and_offered_again(
    session: Database, rosa: Browser, programme: Programme
) -> None:
    state = f"/programa/talleres/{programme.group.workshop_id}/estado"
    rosa.post(state, page="/programa/talleres", do="retire")
    assert "ya no se ofrece" in rosa.get("/programa/talleres").get_data(as_text=True)
    rosa.post(state, page="/programa/talleres", do="offer")
    assert session.get_one(Workshop, programme.group.workshop_id).retired_at is None


def series(first: date, **changes: str) -> dict[str, str]:
    return {"day": first.isoformat(), "hour": "10:00", "minutes": "90", "every": "two_weeks", "count": "10",
            "when_closed": "skip"} | changes  # fmt: skip


def test_a_series_is_seen_before_it_is_saved(session: Database, rosa: Browser, programme: Programme) -> None:
    """Ten sessions every two weeks past a closed day; one of them is moved, and the others stay."""
    first = a_monday()
    closed = first + timedelta(weeks=4)
    session.add(Holiday(day=closed, name="Aniversario", kind=HolidayKind.SCHOOL))
    session.commit()
    path = f"/programa/grupos/{programme.group.id}/serie"
    before = len(session.scalars(select(Session)).all())
    html = rosa.post(path, **series(first, do="preview")).get_data(as_text=True)
    assert "10 sesiones" in html
    assert "sin sesión: Aniversario" in html
    assert len(session.scalars(select(Session)).all()) == before
    seen = re.search(r'name="dates" value="([^"]+)"', html)
    assert seen is not None
    assert closed.isoformat() not in seen[1]
    saved = rosa.post(path, **series(first, do="save", dates=seen[1]))
    assert saved.status_code == 302
    made = session.scalars(select(Session).where(Session.minutes == 90).order_by(Session.starts_at)).all()
    assert " ".join(one.starts_at.date().isoformat() for one in made) == seen[1]
    assert {one.starts_at.astimezone(UTC).hour for one in made} == {16}
    assert "Quedaron guardadas 10 sesiones." in rosa.get(path[: -len("/serie")]).get_data(as_text=True)
    # The same form sent once more finds the group taken, and adds nothing.
    assert rosa.post(path, **series(first, do="save", dates=seen[1])).status_code == 422
    day = (made[3].starts_at + timedelta(days=1)).date().isoformat()
    rosa.post(f"/programa/sesiones/{made[3].id}/mover", day=day, hour="12:00", minutes="90")
    session.expire_all()
    after = session.scalars(select(Session).where(Session.minutes == 90).order_by(Session.starts_at)).all()
    assert [one.revision for one in after] == [1, 1, 1, 2, 1, 1, 1, 1, 1, 1]


def test_what_was_not_seen_is_not_saved(session: Database, rosa: Browser, programme: Programme) -> None:
    """The calendar changed between the two steps: the dates are shown again."""
    first = a_monday()
    path = f"/programa/grupos/{programme.group.id}/serie"
    html = rosa.post(path, **series(first, do="preview", count="2")).get_data(as_text=True)
    seen = re.search(r'name="dates" value="([^"]+)"', html)
    assert seen is not None
    session.add(Holiday(day=first, name="Aniversario"))
    session.commit()
    again = rosa.post(path, **series(first, do="save", count="2", dates=seen[1]))
    assert again.status_code == 422
    assert "Las fechas ya no son las que viste." in again.get_data(as_text=True)
    assert session.scalars(select(Session).where(Session.minutes == 90)).all() == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"count": "0"}, "De 1 a 60."),
        ({"count": "61"}, "De 1 a 60."),
        ({"every": "four_weeks", "count": "60"}, "No caben tantas sesiones"),
        ({"every": "daily"}, 'id="every-error"'),
        ({"hour": "25:00"}, 'id="hour-error"'),
        ({"minutes": "5"}, "De 15 a 720."),
    ],
)
def test_a_series_that_can_not_be_is_said(
    rosa: Browser, programme: Programme, changes: dict[str, str], said: str
) -> None:
    answer = rosa.post(f"/programa/grupos/{programme.group.id}/serie", **series(a_monday(), **changes))
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)


@pytest.mark.parametrize("day", ["9999-12-31", "9999-01-01", "2206-12-07", "0001-01-01"])
def test_a_year_that_was_mistyped_is_said(rosa: Browser, programme: Programme, day: str) -> None:
    """Such a date is refused with a word, wherever sessions and campaigns are dated."""
    group, meeting = programme.group.id, programme.session.id
    window = {"start_day": day, "start_hour": "20:00", "end_day": day, "end_hour": "23:00"}
    sent: tuple[tuple[str, dict[str, str]], ...] = (
        (f"/programa/grupos/{group}/serie", series(a_monday(), day=day, do="preview")),
        (f"/programa/grupos/{group}/serie", series(a_monday(), day=day, do="save", count="1", dates=day)),
        (f"/programa/sesiones/{meeting}/mover", {"day": day, "hour": "20:00", "minutes": "90"}),
    )
    for path, form in sent:
        assert rosa.post(path, **form).status_code == 422, path
    one = f"/programa/grupos/{group}"
    assert rosa.post(f"{one}/sesiones", one, day=day, hour="20:00", minutes="90").status_code == 422
    fields = {"name": "Aviso", "template": str(programme.campaign.template_id), "variable_1": "hoy"}
    assert rosa.post(f"/programa/campanas/nueva/{group}", **fields | window).status_code == 422


def test_the_calendar(session: Database, rosa: Browser) -> None:
    """Federal days stand there by themselves; others are entered by their span, and taken away."""
    html = rosa.get("/programa/calendario").get_data(as_text=True)
    assert "Día del Trabajo" in html
    first = a_monday()
    fields = {"first": first.isoformat(), "last": (first + timedelta(days=4)).isoformat(),
              "name": "Vacaciones", "kind": "school", "source": "Calendario escolar",
              "programme": ""}  # fmt: skip
    rosa.post("/programa/calendario", **fields)
    html = rosa.get("/programa/calendario").get_data(as_text=True)
    assert "Quedaron 5 días sin sesiones." in html
    assert html.count("Vacaciones") >= 1
    assert "calendario escolar: sin sesiones · Calendario escolar" in html
    rows = session.scalars(select(Holiday).order_by(Holiday.day)).all()
    assert [(row.day, row.kind) for row in rows] == [
        (first + timedelta(days=n), HolidayKind.SCHOOL) for n in range(5)
    ]
    backwards = rosa.post("/programa/calendario", **(fields | {"last": "2020-01-01"}))
    assert backwards.status_code == 422
    assert "no puede ser antes" in backwards.get_data(as_text=True)
    rosa.post("/programa/calendario/quitar", page="/programa/calendario", day=str(rows[0].id))
    assert len(session.scalars(select(Holiday)).all()) == 4
    bad = rosa.post("/programa/calendario/quitar", page="/programa/calendario", day="todos")
    assert bad.status_code == 400


def test_a_programme_and_its_axes(session: Database, ana: Browser) -> None:
    """An administrator adds a programme, gives it rules and orders its axes."""
    there = ana.post("/programas/nuevo", code="segundo", name="Segundo programa", least_age="15").location
    assert there is not None
    made = session.scalars(select(ProgrammeRow).where(ProgrammeRow.code == "segundo")).one()
    assert (made.least_age, made.timezone) == (15, None)
    wrong = ana.post(there, name="Segundo", quiet_hours="de noche")
    assert wrong.status_code == 422
    assert "Las horas van así" in wrong.get_data(as_text=True)
    ana.post(there, name="Segundo", quiet_hours="21:00-08:00", least_age="")
    session.refresh(made)
    assert (made.name, made.quiet_hours, made.least_age) == ("Segundo", "21:00-08:00", None)
    ana.post(f"{there}/ejes", page=there, code="values", name="Valores")
    axes = session.scalars(select(Axis).where(Axis.programme_id == made.id).order_by(Axis.position)).all()
    assert [axis.code for axis in axes] == [
        "food", "production", "occupation", "health", "employment", "values",
    ]  # fmt: skip
    ana.post(f"/ejes/{axes[5].id}", page=there, do="up")
    ana.post(f"/ejes/{axes[0].id}", page=there, do="rename", name="Comida")
    ana.post(f"/ejes/{axes[1].id}", page=there, do="retire")
    session.expire_all()
    html = ana.get(there).get_data(as_text=True)
    assert "Comida" in html
    assert "ya no se ofrece" in html
    assert html.index("values") < html.index("employment")
    ana.post(f"/ejes/{axes[2].id}", page=there, do="rename", name="Salir de la violencia")
    assert "no puede decir" in ana.get(there).get_data(as_text=True)
    assert session.scalars(select(Axis.name).where(Axis.id == axes[2].id)).one() == "Oficios"
    taken = ana.post(f"{there}/ejes", page=there, code="values", name="Otra vez")
    assert taken.status_code == 422
    assert 'id="axis-code-error"' in taken.get_data(as_text=True)
    first = session.scalars(select(Axis.name).where(Axis.programme_id == FIRST_PROGRAMME)).all()
    assert "Comida" not in first


def test_agencies_keep_their_codes(session: Database, ana: Browser) -> None:
    page = "/dependencias"
    ana.post(page, code="INM", name="Instituto de las Mujeres")
    ana.post(f"{page}/cambiar", page=page, code="INM", do="rename", name="Instituto Nuevo")
    ana.post(f"{page}/cambiar", page=page, code="DIF", do="retire")
    session.expire_all()
    assert session.get_one(Agency, "INM").name == "Instituto Nuevo"
    assert session.get_one(Agency, "DIF").retired_at is not None
    html = ana.get(page).get_data(as_text=True)
    assert "ya no está en el programa" in html
    assert ana.post(page, code="DIF", name="Otra").status_code == 422
    assert ana.post(f"{page}/cambiar", page=page, code="NADIE", do="retire").status_code == 404
    ana.post(f"{page}/cambiar", page=page, code="DIF", do="offer")
    session.expire_all()
    assert session.get_one(Agency, "DIF").retired_at is None


def test_the_workshops_of_each_programme_have_its_axes(
    session: Database, rosa: Browser, ana: Browser
) -> None:
    """A new workshop of another programme is offered that programme's axes alone."""
    ana.post("/programas/nuevo", code="segundo", name="Segundo programa")
    made = session.scalars(select(ProgrammeRow).where(ProgrammeRow.code == "segundo")).one()
    session.add(Axis(programme_id=made.id, code="values", name="Valores", position=6))
    session.commit()
    path = f"/programa/talleres/nuevo?programa={made.id}"
    assert "Valores" in rosa.get(path).get_data(as_text=True)
    assert "Valores" not in rosa.get("/programa/talleres/nuevo").get_data(as_text=True)
    assert rosa.post("/programa/talleres/nuevo", code="v", name="V", axis="values").status_code == 422
    assert rosa.post(path, code="v", name="V", axis="values").status_code == 302
    assert session.scalars(select(Workshop).where(Workshop.code == "v")).one().programme_id == made.id


def test_a_session_too_many_of_a_series_is_refused_whole(
    session: Database, rosa: Browser, programme: Programme
) -> None:
    """One date that is taken: it is named, and no other is saved."""
    first = a_monday()
    path = f"/programa/grupos/{programme.group.id}/serie"
    html = rosa.post(path, **series(first, do="preview", count="3")).get_data(as_text=True)
    seen = re.search(r'name="dates" value="([^"]+)"', html)
    assert seen is not None
    start = datetime.fromisoformat(f"{seen[1].split()[1]}T16:00:00+00:00")
    group = session.get_one(Group, programme.group.id)
    timetable.create_session(session, group, start, 60, datetime.now(UTC))
    session.commit()
    answer = rosa.post(path, **series(first, do="save", count="3", dates=seen[1]))
    assert answer.status_code == 422
    assert "a esa hora el grupo ya tiene una sesión" in answer.get_data(as_text=True)
    looked = rosa.post(path, **series(first, do="preview", count="3"))
    assert looked.status_code == 422
    assert "a esa hora el grupo ya tiene una sesión" in looked.get_data(as_text=True)
    assert session.scalars(select(Session).where(Session.minutes == 90)).all() == []
