"""Every ninety days somebody says of each account whether it stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import event, select

from models import AccessReview, Role
from outreach.staff import access_review, accounts

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session as Database
    from staffroom import Browser

    from models import Staff

pytest_plugins = ("console_fixtures",)
PAGE = "/administracion/revision"


def _found(session: Database, username: str) -> Staff:
    found = accounts.find(session, username)
    assert found is not None
    return found


def test_an_account_is_due_after_ninety_days(session: Database, rosa: Browser) -> None:
    """A new account counts from its making, a reviewed one from its review, a disabled one not at all."""
    person, now = _found(session, "rosa"), datetime.now(UTC)
    assert access_review.due(session, now + timedelta(days=89)) == 0
    late = now + timedelta(days=91)
    assert access_review.due(session, late) == 1
    line = access_review.lines(session, late)[0]
    assert (line.due, line.unused, line.has_key, line.has_factor) == (True, True, False, False)
    access_review.keep(session, person, person, late)
    assert access_review.due(session, late) == 0
    line = access_review.lines(session, late)[0]
    assert (line.due, line.reviewed_at, line.reviewed_by) == (False, late, person.display_name)
    assert access_review.due(session, late + timedelta(days=90)) == 1
    accounts.disable(session, person, late)
    assert access_review.due(session, late + timedelta(days=90)) == 0
    assert access_review.lines(session, late) == []


def test_one_by_one(session: Database, lucia: Browser, rosa: Browser, ana: Browser) -> None:
    """The page says what the decision needs; each decision is kept with who took it."""
    page = ana.get(PAGE).get_data(as_text=True)
    assert "Lucia Prueba" in page
    assert "Tiene la llave del equipo" in page
    assert "Nadie la ha revisado" in page
    stays, goes, herself = _found(session, "lucia"), _found(session, "rosa"), _found(session, "ana")
    assert ana.post(f"{PAGE}/{stays.id}/sigue", page=PAGE).location == PAGE
    assert "La revisó Ana Prueba" in ana.get(PAGE).get_data(as_text=True)
    assert lucia.get("/casos").status_code == 200
    ana.post(f"{PAGE}/{goes.id}/quitar", page=PAGE)
    assert rosa.get("/programa").location == "/entrar"
    ana.post(f"{PAGE}/{herself.id}/quitar", page=PAGE)
    assert "No puedes quitarte el acceso" in ana.get(PAGE).get_data(as_text=True)
    assert ana.post(f"{PAGE}/{goes.id}/sigue", page=PAGE).status_code == 404
    session.expire_all()
    kept = {(one.staff_id, one.decision.value, one.by_id) for one in session.scalars(select(AccessReview))}
    assert kept == {(stays.id, "stays", herself.id), (goes.id, "removed", herself.id)}


def test_the_administrator_is_reminded(session: Database, rosa: Browser, ana: Browser) -> None:
    """The page of all accounts says how many are due."""
    assert "por revisar)" not in ana.get("/administracion/personal").get_data(as_text=True)
    for person in (_found(session, "rosa"), _found(session, "ana")):
        person.created_at -= timedelta(days=91)
    session.commit()
    assert "(2 por revisar)" in ana.get("/administracion/personal").get_data(as_text=True)


def test_it_costs_the_same_with_many(engine: Engine, session: Database, ana: Browser) -> None:
    """The page takes as many statements with twenty accounts as with one."""
    seen: list[str] = []

    def note(*given: object) -> None:
        if not str(given[2]).startswith("UPDATE staff_session"):
            seen.append(str(given[2]))

    event.listen(engine, "before_cursor_execute", note)
    ana.get(PAGE)
    few = len(seen)
    for number in range(20):
        accounts.add(session, f"rosa{number}", "Rosa", Role.COORDINATOR, datetime.now(UTC))
    session.commit()
    seen.clear()
    assert ana.get(PAGE).status_code == 200
    assert len(seen) == few
