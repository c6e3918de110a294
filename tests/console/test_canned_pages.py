"""The page of the texts that a team sends often, and their place beside the box."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select
from staffroom import Browser, Programme, enter, open_case

from models import AuditEvent, CannedAnswer, Role

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy.orm import Session as Database

    from outreach.sealing.crypto import PersonalKey

pytest_plugins = ("console_fixtures",)
PAGE = "/casos/respuestas-listas"
BODY = 'Cuando puedas, "escríbeme" <b>y</b> lo vemos'


@pytest.fixture
def sofia(app: Flask, session: Database, team: str) -> Browser:
    """A supervisor with the key."""
    return enter(app, session, Role.SUPERVISOR, "sofia", team)


def _team(browser: Browser) -> str:
    found = re.search(r'name="team" value="([^"]+)"', browser.get(PAGE).get_data(as_text=True))
    assert found
    return found[1]


def _adds(sofia: Browser, title: str = "Saludo", body: str = BODY) -> int:
    return sofia.post(PAGE, team=_team(sofia), title=title, body=body).status_code


def test_a_supervisor_writes_and_everybody_reads(
    session: Database, key: PersonalKey, sofia: Browser, lucia: Browser, programme: Programme
) -> None:
    """Written, changed and removed by a supervisor; a caseworker finds it at her box, as text."""
    here = f"/casos/{open_case(session, key, programme.conversation).id}"
    lucia.post(f"{here}/tomar", page=here)
    assert "Todavía no hay ninguna" in lucia.get(here).get_data(as_text=True)
    assert _adds(sofia) == 302
    html = lucia.get(here).get_data(as_text=True)
    assert 'data-title="Saludo"' in html
    assert "<b>y</b>" not in html
    assert "&#34;escríbeme&#34;" in html
    assert "Saludo" in lucia.get(PAGE).get_data(as_text=True)
    made = session.scalars(select(CannedAnswer)).one()
    sofia.post(f"{PAGE}/{made.id}", page=PAGE, team=_team(sofia), title="Saludo", body="Hola")
    assert "Hola" in lucia.get(PAGE).get_data(as_text=True)
    sofia.post(f"{PAGE}/{made.id}/quitar", page=PAGE)
    assert "Saludo" not in lucia.get(PAGE).get_data(as_text=True)
    actions = session.scalars(select(AuditEvent.action)).all()
    assert actions.count("answer.saved") == 3


def test_what_is_refused_comes_back(sofia: Browser, session: Database) -> None:
    answer = sofia.post(PAGE, team=_team(sofia), title="Línea", body="Márcale al 33 1234 5678")
    assert answer.status_code == 422
    html = answer.get_data(as_text=True)
    assert "no es de un recurso de ayuda" in html
    assert "Márcale al 33 1234 5678" in html
    assert sofia.post(PAGE, team=_team(sofia), title="", body="x").status_code == 422
    assert session.scalars(select(CannedAnswer)).all() == []


def test_only_a_supervisor_writes(session: Database, sofia: Browser, lucia: Browser, rosa: Browser) -> None:
    """P10: a caseworker is offered no form and none of hers is taken; others have no such page."""
    _adds(sofia)
    made = session.scalars(select(CannedAnswer)).one()
    page = lucia.get(PAGE).get_data(as_text=True)
    assert "Otra respuesta" not in page
    for path in (PAGE, f"{PAGE}/{made.id}", f"{PAGE}/{made.id}/quitar"):
        assert lucia.post(path, page=PAGE, team=str(made.team_id), title="x", body="x").status_code == 404
        assert rosa.post(path, page="/programa").status_code == 404
    assert rosa.get(PAGE).status_code == 404


def test_words_that_may_reveal_are_said_at_the_text(sofia: Browser) -> None:
    """They may be needed there; whoever writes one sees which they are."""
    _adds(sofia, body="Puedes ir con la abogada")
    assert "«abogada»" in sofia.get(PAGE).get_data(as_text=True)
