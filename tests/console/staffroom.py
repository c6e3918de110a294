"""What the tests of the console share: a browser with its forms, people, a case."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import entering
from codes import CodesApp

from models import Enrolment, Group, Role, Session, TemplateState, Workshop
from outreach.campaigns import campaigns
from outreach.casework import cases
from outreach.messages import templates
from outreach.people import consent, conversations, registry
from outreach.sealing import vault
from outreach.staff import accounts

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session as Database
    from werkzeug.test import TestResponse

    from models import Campaign, Case, Conversation, Woman
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


def make_programme(db: Database, key: PersonalKey) -> Programme:
    """Add a group with three women, a session to come and a campaign, committed."""
    now = datetime.now(UTC)
    workshop = Workshop(code="huerto", name="Huerto en casa", axis="food")
    db.add(workshop)
    db.flush()
    group = Group(
        code="g1", workshop_id=workshop.id, municipality="14039", place="Casa de la Cultura", capacity=3
    )
    db.add(group)
    db.flush()
    women = []
    for i, name in enumerate(("Elena Uno", "Teresa Dos", "Inés Tres")):
        details = registry.Details(full_name=name, birth_date="1990-01-01")
        woman = registry.add_woman(db, key, details, municipality="14039", axis="food")
        db.add(Enrolment(woman_id=woman.id, group_id=group.id, state="enrolled"))
        registry.link_phone(db, key, woman, f"330000000{i}")
        reached = conversations.of_woman(db, woman.id)
        assert reached is not None
        consent.record(db, reached.id, consent.PRIVACY, given=True, message_sid=f"SM{i}")
        women.append(woman)
    meeting = Session(code="s1", group_id=group.id, starts_at=now + timedelta(days=2), minutes=120)
    db.add(meeting)
    template = templates.by_name(db, templates.GROUP_NOTICE)
    assert template is not None
    template.state, template.content_sid = TemplateState.APPROVED, "HX1"
    accounts.add(db, "autora", "Autora", Role.COORDINATOR, now)
    author = accounts.find(db, "autora")
    assert author is not None
    campaign = campaigns.create(
        db,
        name="Aviso",
        template=template,
        group_id=group.id,
        variables={"1": "mañana a las 10:00"},
        starts_at=now,
        ends_at=now + timedelta(hours=8),
        staff_id=author.id,
    )
    conversation = conversations.of_woman(db, women[0].id)
    assert conversation is not None
    conversation.last_inbound_at = now
    db.commit()
    return Programme(group, meeting, campaign, women, conversation)


def once() -> str:
    """Return a form's own id."""
    return str(uuid.uuid4())
