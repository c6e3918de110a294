"""Dead letters, as supervisors and administrators see them."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event, select
from staffroom import enter

from models import AuditEvent, DeadLetter, Role
from outreach.ground import dead_letters

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session as Database
    from staffroom import Browser

pytest_plugins = ("console_fixtures",)


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.ADMINISTRATOR])
def test_seen_and_closed(app: Flask, session: Database, team: str, role: Role) -> None:
    """What was given up is listed without content until one click closes it; who did stands in the audit."""
    browser = enter(app, session, role, "quien", team)
    subject = uuid.uuid4()
    letter = dead_letters.bury(session, dead_letters.TURN, subject, "KeyError")
    session.commit()
    page = browser.get("/pendientes").get_data(as_text=True)
    assert "Un mensaje que el asistente no pudo contestar" in page
    assert "Pendientes (1)" in page
    assert str(subject) not in page
    for _ in range(2):
        browser.post(f"/pendientes/{letter.id}/cerrar", page="/pendientes")
    session.rollback()
    kept = session.get_one(DeadLetter, letter.id, populate_existing=True)
    assert kept.closed_at is not None
    assert "dead_letter.closed" in session.scalars(select(AuditEvent.action)).all()
    assert "Todo se pudo hacer" in browser.get("/pendientes").get_data(as_text=True)


def test_any_kind_has_words(session: Database, ana: Browser) -> None:
    """A kind that has no words of its own is shown all the same."""
    dead_letters.bury(session, "otra cosa", None, "ValueError")
    session.commit()
    assert "Algo que el sistema no pudo hacer" in ana.get("/pendientes").get_data(as_text=True)


def test_few_statements(session: Database, ana: Browser, engine: Engine) -> None:
    """The page asks the same few questions, however many there are."""
    for i in range(30):
        dead_letters.bury(session, "turn", uuid.uuid4(), f"Error{i}")
    session.commit()
    seen: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda _c, _k, statement, *_: seen.append(statement))
    assert ana.get("/pendientes").status_code == 200
    assert len([one for one in seen if one.startswith(("SELECT", "UPDATE"))]) <= 6
