"""The end of a case through its pages: asked for, approved or sent back, found again, reopened."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select
from staffroom import CANARY, Browser, Programme, enter, open_case

from models import AuditEvent, Case, Role
from outreach.casework import cases, closing
from outreach.casework.case_state import read_state
from outreach.messages import conversation_state
from outreach.texts import desk_closing as texts

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy.orm import Session as Database
    from werkzeug.test import TestResponse

    from outreach.sealing.crypto import PersonalKey

pytest_plugins = ("console_fixtures",)
WHY = "ya está con su hermana"
HEARD = re.compile(r'name="heard" value="([^"]*)"')


class Ending:
    """A case that Lucia has, in a team with a supervisor."""

    def __init__(self, session: Database, key: PersonalKey, lucia: Browser, programme: Programme) -> None:
        self.session, self.key, self.lucia = session, key, lucia
        self.case: Case = open_case(session, key, programme.conversation)
        self.here = f"/casos/{self.case.id}"
        self.does(lucia, "tomar")

    def does(self, who: Browser, step: str, **fields: str) -> TestResponse:
        """Send a form of the case's page, with the last word that it shows."""
        found = HEARD.search(self.html(who))
        heard = {"heard": found[1]} if found else {}
        return who.post(f"{self.here}/{step}", page=self.here, **(heard | fields))

    def html(self, who: Browser) -> str:
        """Return the case's page as somebody sees it."""
        return who.get(self.here).get_data(as_text=True)

    def is_open(self) -> bool:
        """Say whether the case is open."""
        self.session.rollback()
        self.session.refresh(self.case)
        return self.case.is_open


@pytest.fixture
def sofia(app: Flask, session: Database, team: str) -> Browser:
    """Return a supervisor."""
    return enter(app, session, Role.SUPERVISOR, "sofia", team)


@pytest.fixture
def ending(session: Database, key: PersonalKey, lucia: Browser, programme: Programme) -> Ending:
    return Ending(session, key, lucia, programme)


def test_asked_approved_found_and_reopened(ending: Ending, sofia: Browser) -> None:
    """The whole way; until it is approved it is hers and marked, and the list of closed ones says no word."""
    lucia = ending.lucia
    assert "Pedir que se cierre" in ending.html(lucia)
    ending.does(lucia, "pedir-cierre", outcome="referred", reason=WHY)
    assert ending.is_open()
    mine = ending.html(lucia)
    assert "Pediste cerrarlo (canalizada)" in mine
    assert "Le escribes a ella" in mine
    assert "La tienes tú; se pidió cerrarla" in mine
    assert 'id="close-outcome"' not in mine
    page = sofia.get("/supervision").get_data(as_text=True)
    assert "Por aprobar: cerrar el caso" in page
    theirs = ending.html(sofia)
    assert "Lucia Prueba pidió cerrarlo (canalizada)" in theirs
    assert f"Motivo: {WHY}" in theirs
    assert "Ella espera respuesta." in theirs
    assert 'data-confirm="¿Cerrar el caso?' in theirs
    assert 'id="panel-closing" open' in theirs
    ending.does(sofia, "aprobar-cierre")
    assert not ending.is_open()
    code = str(ending.case.id)[:4].upper()
    listed = lucia.get(f"/casos/cerrados?code={code}").get_data(as_text=True)
    assert (code in listed, "Canalizada" in listed) == (True, True)
    for word in (CANARY, WHY, "Elena"):
        assert word not in listed
    today = datetime.now(UTC).date()
    assert code not in lucia.get("/casos/cerrados?day=2020-01-01").get_data(as_text=True)
    ended = ending.html(lucia)
    assert "cerrado · canalizada" in ended
    assert re.search(r'class="thread-live"[^>]* data-mode="closed"', ended)
    assert str(today.year) in listed
    ending.does(lucia, "reabrir", reason="volvió a pedir ayuda")
    assert ending.is_open()
    assert "la tienes tú" in ending.html(lucia)
    assert code not in lucia.get(f"/casos/cerrados?code={code}").get_data(as_text=True).split("</form>")[-1]


def test_sent_back_and_taken_back(ending: Ending, sofia: Browser) -> None:
    """Her page says so and where the reason is, until she has seen it; then she may ask again."""
    lucia = ending.lucia
    ending.does(lucia, "pedir-cierre", outcome="attended", reason=WHY)
    ending.does(sofia, "devolver-cierre", reason="falta llamar al refugio")
    html = ending.html(lucia)
    assert "La supervisión no aprobó cerrarlo" in html
    assert "Motivo: falta llamar al refugio" in html
    ending.does(lucia, "ya-no-cerrar")
    assert "no aprobó cerrarlo" not in ending.html(lucia)
    ending.does(lucia, "pedir-cierre", outcome="attended", reason=WHY)
    ending.does(lucia, "ya-no-cerrar")
    ending.does(sofia, "aprobar-cierre")
    assert ending.is_open()


def test_what_does_not_hold_is_said(ending: Ending, sofia: Browser) -> None:
    refused = (
        ({"outcome": "", "reason": WHY}, texts.NO_OUTCOME),
        ({"outcome": "ganada", "reason": WHY}, texts.NO_OUTCOME),
        ({"reason": WHY}, texts.NO_OUTCOME),
        ({"outcome": "other", "reason": "ya"}, "Escribe el motivo"),
        ({"outcome": "other", "reason": "a" * 301}, "El motivo es muy largo"),
    )
    for fields, said in refused:
        for step in ("pedir-cierre", "cerrar"):
            ending.does(ending.lucia, step, **fields)
            assert said in ending.html(ending.lucia), (step, fields)
    assert ending.is_open()


def test_her_word_on_the_way(ending: Ending, sofia: Browser) -> None:
    """The supervisor's page is older than what she wrote: it is shown first, nothing is closed over it."""
    ending.does(ending.lucia, "pedir-cierre", outcome="attended", reason=WHY)
    found = HEARD.search(ending.html(sofia))
    assert found is not None
    cases.woman_wrote(ending.session, ending.key, ending.case.id, "volvió a la casa", datetime.now(UTC))
    ending.session.commit()
    ending.does(sofia, "aprobar-cierre", heard=found[1])
    assert ending.is_open()
    html = ending.html(sofia)
    assert texts.SHE_WROTE in html
    assert "volvió a la casa" in html
    ending.does(sofia, "aprobar-cierre")
    assert not ending.is_open()


def test_alone_she_closes_it(
    ending: Ending, session: Database, key: PersonalKey, programme: Programme
) -> None:
    """A team without a supervisor; under cover she is asked with what happens to the woman then."""
    lucia = ending.lucia
    session.refresh(programme.conversation)
    private = conversation_state.read(key, programme.conversation)
    private.cover, private.cover_since = True, datetime.now(UTC).isoformat()
    conversation_state.write(key, programme.conversation, private)
    session.commit()
    html = ending.html(lucia)
    assert "Pedir que se cierre" not in html
    asked = re.search(r'/cerrar"[^>]*data-confirm="([^"]+)"', html)
    assert asked is not None
    assert "Ella está en modo oculto y así se queda" in asked[1]
    ending.does(lucia, "cerrar", outcome="no_contact", reason=WHY)
    assert not ending.is_open()
    assert read_state(key, ending.case).outcome == "no_contact"
    assert "Nadie más del equipo podía aprobarlo" in ending.html(lucia)


def test_under_cover_asking_says_what_comes(
    ending: Ending, session: Database, key: PersonalKey, programme: Programme, sofia: Browser
) -> None:
    session.refresh(programme.conversation)
    private = conversation_state.read(key, programme.conversation)
    private.cover, private.cover_since = True, datetime.now(UTC).isoformat()
    conversation_state.write(key, programme.conversation, private)
    session.commit()
    asked = re.search(r'/pedir-cierre"[^>]*data-confirm="([^"]+)"', ending.html(ending.lucia))
    assert asked is not None
    assert asked[1].startswith("¿Pedir que se cierre el caso?")
    assert "Ella está en modo oculto y así se queda" in asked[1]


def test_what_she_closed_has_no_form(
    ending: Ending, session: Database, key: PersonalKey, programme: Programme
) -> None:
    lucia = ending.lucia
    session.refresh(programme.conversation)
    closing.close_by_her(session, key, programme.conversation, datetime.now(UTC))
    session.commit()
    ending.does(lucia, "archivar")
    html = ending.html(lucia)
    assert texts.CLOSED_BY_HER in html
    assert "/reabrir" not in html
    assert texts.BY_HER in lucia.get("/casos/cerrados").get_data(as_text=True)


@pytest.mark.parametrize(
    "asked", ["code=%25", "code=zz", "code=" + "a" * 40, "day=ayer", "pagina=-4", "pagina=x"]
)
def test_odd_searches_are_answered(ending: Ending, asked: str) -> None:
    answer = ending.lucia.get(f"/casos/cerrados?{asked}")
    assert answer.status_code == 200
    assert ("Escribe el código" in answer.get_data(as_text=True)) == (not asked.startswith("pagina"))


@pytest.mark.parametrize(
    ("asked", "searches"),
    [
        ("code=ab", 1),
        ("day=2020-01-01", 1),
        ("outcome=attended", 1),
        ("", 0),
        ("pagina=2", 0),
        ("code=zz", 0),
    ],
)
def test_a_search_is_recorded(ending: Ending, session: Database, asked: str, searches: int) -> None:
    """Who looks for closed cases leaves that she did; the list itself leaves nothing."""
    ending.lucia.get(f"/casos/cerrados?{asked}")
    query = select(func.count()).select_from(AuditEvent).where(AuditEvent.action == "desk.searched")
    assert session.scalar(query) == searches


def test_cases_of_a_woman_are_found_by_her_number(
    app: Flask, session: Database, ending: Ending, lucia: Browser, team: str
) -> None:
    """A colleague finds who has her; the number stands in no address, and no other role may ask."""
    marta = enter(app, session, Role.CASEWORKER, "marta", team)
    code = str(ending.case.id)[:4].upper()
    answer = marta.post("/casos/buscar", page="/casos/buscar", phone="33 0000 0000")
    html = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert code in html
    assert "lo tiene" in html
    assert "no-store" in answer.headers["Cache-Control"]
    nobody = marta.post("/casos/buscar", page="/casos/buscar", phone="33 0000 0999").get_data(as_text=True)
    assert code not in nobody
    assert "ningún caso" in nobody
    wrong = marta.post("/casos/buscar", page="/casos/buscar", phone="Elena").get_data(as_text=True)
    assert "diez cifras" in wrong
    found = lucia.get("/casos/buscar?phone=3300000000").get_data(as_text=True)
    assert code not in found.split("<h1>")[-1]
