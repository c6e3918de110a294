"""A case that one agency's desk refers to another's, for tests of its pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from staffroom import PASSWORD, Browser, Programme, enter, open_case

from models import Case, Role, Team
from outreach.sealing import vault
from outreach.staff import accounts

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy.orm import Session as Database
    from werkzeug.test import TestResponse

    from outreach.sealing.crypto import PersonalKey

ASKED = "Que le den asesoría legal"
CONSENT = "me dijo que sí por teléfono"
HERS = "Instituto"


def enter_there(app: Flask, session: Database) -> Browser:
    """Make another agency's team and return its caseworker, who has its key alone."""
    recovery = vault.make_team(session, HERS)
    browser = enter(app, session, Role.CASEWORKER, "ines")
    person = accounts.find(session, "ines")
    theirs = session.scalars(select(Team).where(Team.name == HERS)).one()
    ours = session.scalars(select(Team).where(Team.name != HERS)).one()
    assert person is not None
    vault.join_team(session, person, theirs)
    vault.leave_team(session, person, ours)
    vault.grant_with_recovery_key(session, recovery, person.id)
    session.commit()
    browser.post("/salir")
    browser.post("/entrar", username="ines", password=PASSWORD)
    assert browser.phone is not None
    browser.post("/entrar/codigo", code=browser.phone.code())
    return browser


class Referring:
    """A case that Lucia has, and the forms by which she refers it."""

    def __init__(self, session: Database, key: PersonalKey, lucia: Browser, programme: Programme) -> None:
        self.session, self.lucia = session, lucia
        self.case = open_case(session, key, programme.conversation)
        self.here = f"/casos/{self.case.id}"
        self.form = f"{self.here}/canalizar"
        lucia.post(f"{self.here}/tomar", page=self.here)
        self.team = str(session.scalars(select(Team.id).where(Team.name == HERS)).one())

    def fields(self, **more: str) -> dict[str, str]:
        """Return what is filled in."""
        return {"to": self.team, "asked": ASKED, "consent": CONSENT} | more

    def posts(self, path: str, **more: str) -> TestResponse:
        """Send the form."""
        return self.lucia.post(path, page=self.form, **self.fields(**more))

    def sent(self) -> str:
        """Send it with her name; return the page of the case that it opened."""
        known = set(self.session.scalars(select(Case.id)))
        self.posts(f"{self.form}/enviar", part="called")
        self.session.rollback()
        return f"/casos/{self.session.scalars(select(Case.id).where(Case.id.not_in(known))).one()}"
