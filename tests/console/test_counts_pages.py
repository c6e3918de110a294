"""The counts of a quarter through their page and file: a supervisor's, of her own teams."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select
from staffroom import Browser, Programme, enter

from models import Conversation, Role, Team
from outreach.casework import cases, counts
from outreach.messages import conversation_state
from outreach.sealing import vault
from outreach.texts import desk_counts as texts

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy.orm import Session as Database

    from outreach.sealing.crypto import PersonalKey

pytest_plugins = ("console_fixtures",)


@pytest.fixture
def sofia(app: Flask, session: Database, team: str) -> Browser:
    """Return a supervisor."""
    return enter(app, session, Role.SUPERVISOR, "sofia", team)


def cases_of(session: Database, key: PersonalKey, count: int, at: datetime) -> None:
    """Open cases of as many women."""
    for _ in range(count):
        talk = Conversation(id=uuid.uuid4(), last_inbound_at=at, private_cipher=b"")
        talk.private_cipher = conversation_state.empty(key, talk.id)
        session.add(talk)
        cases.open_case(session, key, talk, urgency="danger", about="violence", now=at)
    session.commit()


def a_quarter_ago(now: datetime) -> datetime:
    """Return noon of a day in the quarter that is over."""
    first = counts.quarter_of(now.date()).before().begins
    return datetime(first.year, first.month, 15, 18, tzinfo=UTC)


def test_page_and_file(sofia: Browser, session: Database, key: PersonalKey, programme: Programme) -> None:
    assert texts.ALL_HIDDEN in sofia.get("/supervision/estadistica").get_data(as_text=True)
    cases_of(session, key, 23, a_quarter_ago(datetime.now(UTC)))
    html = sofia.get("/supervision/estadistica").get_data(as_text=True)
    assert "20 o más" in html
    assert "23" not in html.split("<h2>")[1].split("Modalidades")[0]
    file = sofia.get("/supervision/estadistica.csv")
    assert file.data.decode("utf-8-sig").splitlines()[1] == "Casos,,20"
    assert "no-store" in file.headers["Cache-Control"]
    assert "caso" not in file.headers["Content-Disposition"]


def test_only_hers(sofia: Browser, lucia: Browser, session: Database) -> None:
    """P10: no caseworker's, and no other team's."""
    vault.make_team(session, "Instituto")
    session.commit()
    theirs = session.scalars(select(Team.id).where(Team.name == "Instituto")).one()
    for path in ("/supervision/estadistica", "/supervision/estadistica.csv"):
        assert lucia.get(path).status_code == 404
        assert sofia.get(f"{path}?equipo={theirs}").status_code == 404
        assert sofia.get(f"{path}?equipo=nada").status_code == 404
        assert sofia.get(f"{path}?trimestre=2020-1").status_code == 200
