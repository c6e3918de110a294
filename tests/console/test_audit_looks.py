"""The pages of the record can be used by everybody: narrow and wide, light and dark, by axe."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from looks import looking
from sqlalchemy import select
from staffroom import Browser, Programme, enter, open_case

from models import Role, Staff
from outreach.staff import audit
from outreach.staff.audit import Action

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask
    from sqlalchemy.orm import Session as Database

    from outreach.sealing.crypto import PersonalKey

pytest_plugins = ("console_fixtures",)
pytestmark = [pytest.mark.processes, pytest.mark.browser, pytest.mark.timeout(900)]


def test_pages_of_the_record(
    app: Flask, session: Database, key: PersonalKey, team: str, lucia: Browser, programme: Programme,
    database_url: str, tmp_path: Path,
) -> None:  # fmt: skip
    """WCAG 2.2 AA by axe: why a conversation is opened, what a supervisor is told, what an auditor sees."""
    here = f"/casos/{open_case(session, key, programme.conversation).id}"
    lucia.post(f"{here}/tomar", page=here)
    sofia = enter(app, session, Role.SUPERVISOR, "sofia", team)
    marta = enter(app, session, Role.CASEWORKER, "marta", team)
    aurora = enter(app, session, Role.AUDITOR, "aurora")
    marta.post(f"{here}/abrir", page=here, reason="Lucía me pidió ayuda con ella")
    known = session.scalars(select(Staff).where(Staff.username == "marta")).one()
    for _ in range(12):
        audit.record(session, known.id, Action.DESK_OPENED, known.created_at)
    session.commit()
    pages = (
        (lucia, (("seen", here),)),
        (sofia, (("glass", here), ("openings", "/aperturas"))),
        (aurora, (("office", "/auditoria"), ("desk", "/auditoria/mesa"), ("state", "/auditoria/estado"))),
    )
    with looking(database_url, tmp_path, "audit") as looks:
        for person, seen in pages:
            for screen in looks.screens_of(person):
                for name, path in seen:
                    screen.opens(path)
                    screen.unfolds("#panel-seen")
                    screen.holds(name)
