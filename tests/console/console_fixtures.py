"""Fixtures of the console: the real application on a database of its own, and people who log in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from staffroom import Browser, Programme, enter

from console import stream
from console.app import create_app
from models import Enrolment, Group, Role, Session, TemplateState, Workshop
from outreach.campaigns import campaigns
from outreach.messages import templates
from outreach.people import consent, conversations, registry
from outreach.sealing import vault
from outreach.staff import accounts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from sqlalchemy.orm import Session as Database
    from sqlalchemy.orm import sessionmaker

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey


@pytest.fixture
def app(settings: Settings, sessions: sessionmaker[Database]) -> Iterator[Flask]:
    made = create_app(settings, sessions)
    made.config["TESTING"] = True
    yield made
    stream.hub_of(made).stop()


@pytest.fixture
def team(session: Database) -> str:
    """Make the casework team; return its recovery key."""
    made = vault.make_team(session, "Atención")
    session.commit()
    return made


@pytest.fixture
def lucia(app: Flask, session: Database, team: str) -> Browser:
    """Return a caseworker with the key."""
    return enter(app, session, Role.CASEWORKER, "lucia", team)


@pytest.fixture
def rosa(app: Flask, session: Database) -> Browser:
    """Return a coordinator."""
    return enter(app, session, Role.COORDINATOR, "rosa")


@pytest.fixture
def ana(app: Flask, session: Database) -> Browser:
    """Return an administrator."""
    return enter(app, session, Role.ADMINISTRATOR, "ana")


@pytest.fixture
def programme(session: Database, key: PersonalKey) -> Programme:
    return make_programme(session, key)


def make_programme(session: Database, key: PersonalKey) -> Programme:
    """Add a group with three women, a session to come and a campaign, committed."""
    now = datetime.now(UTC)
    workshop = Workshop(code="huerto", name="Huerto en casa", axis="food")
    session.add(workshop)
    session.flush()
    group = Group(
        code="g1", workshop_id=workshop.id, municipality="14039", place="Casa de la Cultura", capacity=3
    )
    session.add(group)
    session.flush()
    women = []
    for i, name in enumerate(("Elena Uno", "Teresa Dos", "Inés Tres")):
        details = registry.Details(full_name=name, birth_date="1990-01-01")
        woman = registry.add_woman(session, key, details, municipality="14039", axis="food")
        session.add(Enrolment(woman_id=woman.id, group_id=group.id, state="enrolled"))
        registry.link_phone(session, key, woman, f"330000000{i}")
        reached = conversations.of_woman(session, woman.id)
        assert reached is not None
        consent.record(session, reached.id, consent.PRIVACY, given=True, message_sid=f"SM{i}")
        women.append(woman)
    meeting = Session(code="s1", group_id=group.id, starts_at=now + timedelta(days=2), minutes=120)
    session.add(meeting)
    template = templates.by_name(session, templates.GROUP_NOTICE)
    assert template is not None
    template.state, template.content_sid = TemplateState.APPROVED, "HX1"
    accounts.add(session, "autora", "Autora", Role.COORDINATOR, now)
    author = accounts.find(session, "autora")
    assert author is not None
    campaign = campaigns.create(
        session,
        name="Aviso",
        template=template,
        group_id=group.id,
        variables={"1": "mañana a las 10:00"},
        starts_at=now,
        ends_at=now + timedelta(hours=8),
        staff_id=author.id,
    )
    conversation = conversations.of_woman(session, women[0].id)
    assert conversation is not None
    conversation.last_inbound_at = now
    session.commit()
    return Programme(group, meeting, campaign, women, conversation)
