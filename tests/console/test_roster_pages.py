"""The pages of the roster and of one's own alerts."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select
from staffroom import CANARY, Browser, Programme, enter, open_case

from models import Role, Shift, ShiftNote, Staff, Team
from outreach.casework import cases
from outreach.sealing import vault
from outreach.staff import contacts

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy.orm import Session as Database

    from outreach.sealing.crypto import PersonalKey

pytest_plugins = ("console_fixtures",)
NEXT_WEEK = (datetime.now(UTC) + timedelta(days=7)).date()


def _id(session: Database, username: str) -> str:
    return str(session.scalars(select(Staff.id).where(Staff.username == username)).one())


def _plan(browser: Browser, person: str, **changes: str) -> str:
    fields = {"person": person, "day": NEXT_WEEK.isoformat(), "start": "08:00", "end": "16:00"} | changes
    answer = browser.post("/turnos", **fields)
    html = answer.get_data(as_text=True)
    return html if answer.status_code != 302 else browser.get(answer.location or "").get_data(as_text=True)


def test_a_caseworker_plans_herself_and_her_supervisor_everybody(
    app: Flask, session: Database, team: str, lucia: Browser
) -> None:
    """P10: the form offers her alone, and a form made by hand does not help either."""
    sofia = enter(app, session, Role.SUPERVISOR, "sofia", team)
    page = lucia.get("/turnos").get_data(as_text=True)
    assert "Lucia Prueba" in page
    assert f'value="{_id(session, "sofia")}"' not in page
    assert "El turno quedó en el plan." in _plan(lucia, _id(session, "lucia"))
    _plan(lucia, _id(session, "sofia"))
    assert session.scalars(select(Shift)).one().planned
    shown = _plan(sofia, _id(session, "lucia"), start="20:00", end="06:00")
    assert "8:00 a 16:00" in shown
    assert "20:00 a 6:00" in shown
    assert "ya tiene un turno" in _plan(sofia, _id(session, "lucia"), start="15:00", end="19:00")
    again = "El turno quedó en el plan."
    assert again not in _plan(sofia, _id(session, "lucia"), start="nunca")


def test_a_shift_changes_hands_by_the_page(app: Flask, session: Database, team: str, lucia: Browser) -> None:
    sofia = enter(app, session, Role.SUPERVISOR, "sofia", team)
    _plan(lucia, _id(session, "lucia"))
    shift = session.scalars(select(Shift)).one()
    lucia.post(f"/turnos/{shift.id}/pasar", page="/turnos", person=_id(session, "sofia"))
    session.rollback()
    assert str(session.scalars(select(Shift.staff_id)).one()) == _id(session, "sofia")
    moved = session.scalars(select(Shift.id)).one()
    answer = lucia.post(f"/turnos/{moved}/quitar", page="/turnos")
    assert "tus propios turnos" in lucia.get(answer.location or "").get_data(as_text=True)
    sofia.post("/turnos/repetir", page="/turnos", semana=(NEXT_WEEK + timedelta(days=7)).isoformat())
    session.rollback()
    assert len(session.scalars(select(Shift)).all()) == 2
    sofia.post(f"/turnos/{moved}/quitar", page="/turnos")
    session.rollback()
    assert len(session.scalars(select(Shift)).all()) == 1


@pytest.mark.parametrize("week", ["ayer", "9999-12-31", "0001-01-01", "2026-13-01"])
def test_a_week_that_is_none(lucia: Browser, week: str) -> None:
    assert lucia.get(f"/turnos?semana={week}").status_code == 404


def test_the_plan_is_no_presence(session: Database, lucia: Browser) -> None:
    """P8: with a planned shift running and the plan open, no woman is told that somebody is there."""
    lucia.get("/casos")
    now = datetime.now(UTC)
    lucia_id = session.scalars(select(Staff.id).where(Staff.username == "lucia")).one()
    session.add(Shift(staff_id=lucia_id, starts_at=now, ends_at=now + timedelta(hours=8), planned=True))
    session.commit()
    assert cases.on_shift(session, now + timedelta(seconds=40))
    lucia.get("/turnos")
    session.rollback()
    assert cases.on_shift(session, now + timedelta(seconds=60)) == []


def test_notes_between_shifts(app: Flask, session: Database, team: str, lucia: Browser) -> None:
    """Sealed: a colleague with the key reads it, without it she is told so; nothing empty is kept."""
    lucia.post("/turnos/nota", page="/turnos", text="Marta llega tarde el jueves")
    assert "Escribe la nota" in lucia.post("/turnos/nota", page="/turnos", text="").get_data(as_text=True)
    assert "Marta llega tarde el jueves" in lucia.get("/turnos").get_data(as_text=True)
    other = enter(app, session, Role.CASEWORKER, "otra")
    page = other.get("/turnos").get_data(as_text=True)
    assert "Marta" not in page
    assert "llave del equipo" in page


def test_a_note_for_one_of_two_teams(app: Flask, session: Database, team: str, lucia: Browser) -> None:
    """In two agencies' teams she says which; none is chosen beforehand; with one team nothing is asked."""
    assert "Para qué equipo" not in lucia.get("/turnos").get_data(as_text=True)
    paper = vault.make_team(session, "Otra")
    other = session.scalars(select(Team).where(Team.name == "Otra")).one()
    vault.join_team(session, session.get_one(Staff, uuid.UUID(_id(session, "lucia"))), other)
    vault.grant_with_recovery_key(session, paper, uuid.UUID(_id(session, "lucia")))
    session.commit()
    assert "Para qué equipo" in lucia.get("/turnos").get_data(as_text=True)
    for chosen in ("", str(uuid.uuid4())):
        answer = lucia.post("/turnos/nota", page="/turnos", text="El portón", team=chosen)
        assert (answer.status_code, "Elige para qué equipo" in answer.get_data(as_text=True)) == (422, True)
        assert "El portón" in answer.get_data(as_text=True)
    lucia.post("/turnos/nota", page="/turnos", text="El portón", team=str(other.id))
    assert session.scalars(select(ShiftNote.team_id)).all() == [other.id]


def test_her_contacts(session: Database, key: PersonalKey, lucia: Browser) -> None:
    """Kept, shown again to her alone, refused with what she typed still there; the trial is asked for."""
    answer = lucia.post("/cuenta/avisos", phone="33 1234", email="lucia@example.org")
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert "10 números" in page
    assert 'value="lucia@example.org"' in page
    assert "Primero escribe" in _followed(lucia, lucia.post("/cuenta/avisos/prueba", page="/cuenta/avisos"))
    lucia.post("/cuenta/avisos", phone="33 1234 5678", email="lucia@example.org", muted="y")
    page = lucia.get("/cuenta/avisos").get_data(as_text=True)
    assert 'value="3312345678"' in page
    assert "checked" in page
    lucia.post("/cuenta/avisos/prueba", page="/cuenta/avisos")
    lucia_id = session.scalars(select(Staff.id).where(Staff.username == "lucia")).one()
    assert contacts.read(session, key, lucia_id).trial_wanted
    assert "3312345678" not in lucia.get("/turnos").get_data(as_text=True)


def _followed(browser: Browser, answer: object) -> str:
    location = getattr(answer, "location", "")
    return browser.get(location).get_data(as_text=True)


def test_who_can_not_be_alerted_is_named(app: Flask, session: Database, team: str, lucia: Browser) -> None:
    """A supervisor sees in the plan whom no alert would reach."""
    sofia = enter(app, session, Role.SUPERVISOR, "sofia", team)
    sofia.post("/cuenta/avisos", phone="33 1234 5678", email="")
    page = sofia.get("/turnos").get_data(as_text=True)
    assert "Sin teléfono ni correo para avisos: Lucia Prueba." in page


def test_the_roster_is_the_same_with_a_case(
    session: Database, key: PersonalKey, lucia: Browser, programme: Programme
) -> None:
    """P4: nothing on the page depends on what is open."""
    before = lucia.get("/turnos").get_data(as_text=True)
    open_case(session, key, programme.conversation)
    after = lucia.get("/turnos").get_data(as_text=True)
    assert CANARY not in after
    assert len(before) == len(after)
