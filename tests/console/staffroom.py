"""What the tests of the console share: a browser with its forms, people, a case."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import entering
from codes import CodesApp

from outreach.casework import cases
from outreach.sealing import vault
from outreach.staff import accounts

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session as Database
    from werkzeug.test import TestResponse

    from models import (
        Campaign,
        Case,
        Conversation,
        Group,
        Role,
        Session,
        Woman,
    )
    from outreach.sealing.crypto import PersonalKey

CANARY = "me encerró con llave"
PASSWORD = "una frase bien larga"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class Browser:
    """A member of staff at her browser: follows forms with their tokens, as a browser does."""

    client: FlaskClient
    username: str
    phone: CodesApp | None = None

    def get(self, path: str, **headers: str) -> TestResponse:
        """Open a page."""
        return self.client.get(path, headers=headers)

    def post(self, path: str, page: str | None = None, **fields: str) -> TestResponse:
        """Send a form of a page, the page it goes to where none is named."""
        html = self.client.get(page or path).get_data(as_text=True)
        found = TOKEN.search(html)
        token = found[1] if found else ""
        return self.client.post(path, data=fields | {"csrf_token": token})

    def enters(self, password: str) -> None:
        """Log in."""
        for form in entering.forms(self.username, password):
            self.post("/entrar", **form)


@dataclass
class Programme:
    """A group with women, and a conversation of one of them."""

    group: Group
    session: Session
    campaign: Campaign
    women: list[Woman]
    conversation: Conversation


def enter(app: Flask, db: Database, role: Role, username: str, recovery_key: str | None = None) -> Browser:
    """Add somebody of a role with a password of her own, and log her in."""
    now = datetime.now(UTC)
    first = accounts.add(db, username, f"{username.title()} Prueba", role, now)
    person = accounts.find(db, username)
    assert person is not None
    if recovery_key and role in vault.KEY_ROLES:
        vault.grant_with_recovery_key(db, recovery_key, person.id)
    db.commit()
    browser = Browser(app.test_client(), username)
    browser.enters(first)
    answer = browser.post("/contrasena", current=first, new=PASSWORD, again=PASSWORD)
    assert answer.status_code == 302
    if role in vault.KEY_ROLES:
        set_up_codes(browser)
    browser.post("/cuenta/conducta")
    browser.client.get("/", follow_redirects=True)  # the page that says once that the password changed
    return browser


def set_up_codes(browser: Browser) -> str:
    """Let her phone learn the codes of her account; return the page with the recovery codes."""
    browser.phone = CodesApp.from_page(browser.get("/cuenta/codigo").get_data(as_text=True))
    answer = browser.post("/cuenta/codigo", code=browser.phone.code())
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def enter_again(app: Flask, known: Browser, password: str = PASSWORD) -> Browser:
    """Log in somebody from another browser, with her phone at hand."""
    browser = Browser(app.test_client(), known.username, known.phone)
    browser.post("/entrar", username=known.username, password=password)
    if browser.phone is not None:
        answer = browser.post("/entrar/codigo", code=browser.phone.code())
        assert (answer.status_code, answer.location) == (302, "/")
    return browser


def open_case(db: Database, key: PersonalKey, conversation: Conversation) -> Case:
    """Open a case with a word of hers."""
    now = datetime.now(UTC)
    case = cases.open_case(db, key, conversation, urgency="danger", about="violence", now=now)
    cases.woman_wrote(db, key, case.id, CANARY, now)
    db.commit()
    return case


def once() -> str:
    """Return a form's own id."""
    return str(uuid.uuid4())
