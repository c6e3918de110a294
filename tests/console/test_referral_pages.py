"""Referrals through their pages: ticked, seen, sent, answered at another agency's desk, printed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from referring import ASKED, CONSENT, HERS, Referring, enter_there
from sqlalchemy import select
from staffroom import CANARY, Browser, Programme, enter, once

from models import Case, Role
from outreach.texts import desk_referrals as texts

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy.orm import Session as Database
    from werkzeug.test import TestResponse

    from outreach.sealing.crypto import PersonalKey

pytest_plugins = ("console_fixtures",)
REFERRAL = re.compile(r"/canalizaciones/([0-9a-f-]{36})\"")


@pytest.fixture
def ines(app: Flask, session: Database, team: str) -> Browser:
    """Return a caseworker of another agency, with its key alone."""
    return enter_there(app, session)


@pytest.fixture
def referring(
    session: Database, key: PersonalKey, lucia: Browser, ines: Browser, programme: Programme
) -> Referring:
    return Referring(session, key, lucia, programme)


def _does(who: Browser, page: str, **fields: str) -> TestResponse:
    """Send a form of the one referral of a case."""
    found = REFERRAL.search(who.get(page).get_data(as_text=True))
    assert found is not None
    path = f"{page}/canalizaciones/{found[1]}" + ("/decir" if "text" in fields else "")
    return who.post(path, page=page, **fields)


def test_nothing_is_ticked_and_all_is_seen_before(referring: Referring) -> None:
    """The form ticks nothing by itself; the preview shows what goes, and nothing has gone."""
    html = referring.lucia.get(referring.form).get_data(as_text=True)
    assert " checked" not in html
    assert CANARY in html
    seen = referring.posts(referring.form, part="called").get_data(as_text=True)
    for word in (ASKED, CONSENT, "Elena Uno", f"Enviar a {HERS}"):
        assert word in seen
    assert CANARY not in seen.split('id="record-title"')[1]
    back = referring.posts(referring.form, part="called", back="y").get_data(as_text=True)
    assert back.count(" checked") == 2
    assert ASKED in back
    assert referring.session.scalars(select(Case)).all() == [referring.case]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"to": ""}, texts.NO_TEAM),
        ({"to": "service"}, texts.NO_SERVICE),
        ({"asked": "ya"}, texts.NO_ASKED),
        ({"consent": ""}, texts.NO_CONSENT),
        ({"to": "00000000-0000-0000-0000-000000000000"}, texts.NO_TEAM),
    ],
)
def test_what_is_missing_is_said_and_kept(referring: Referring, wrong: dict[str, str], said: str) -> None:
    answer = referring.posts(referring.form, **wrong)
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)


def test_the_whole_way(referring: Referring, ines: Browser) -> None:
    """Sent, found at the other desk without a word too many, taken, accepted, written about, done."""
    there = referring.sent()
    assert "A Instituto" in referring.lucia.get(referring.here).get_data(as_text=True)
    assert referring.lucia.get(there).status_code == 404
    assert ines.get(referring.here).status_code == 404
    assert ines.get(there).status_code == 200
    ines.post(f"{there}/tomar", page=there)
    html = ines.get(there).get_data(as_text=True)
    assert ("Elena Uno" in html, ASKED in html, CANARY in html) == (True, True, False)
    assert texts.APART in html
    assert "Devolver al asistente" not in html
    assert "Le escribes a ella" not in html
    _does(ines, there, step="accepted")
    _does(ines, there, text="¿Tiene sus papeles?", once=once())
    mine = referring.lucia.get(referring.here).get_data(as_text=True)
    assert "Aceptada · Ines Prueba, Instituto" in mine
    assert "¿Tiene sus papeles?" in mine
    assert texts.OPEN_REFERRAL in _after(
        ines, ines.post(f"{there}/cerrar", page=there, outcome="attended", reason="terminó aquí", heard="")
    )
    _does(ines, there, step="done")
    assert "Terminada" in referring.lucia.get(referring.here).get_data(as_text=True)


def _after(who: Browser, answer: TestResponse) -> str:
    return who.get(answer.location).get_data(as_text=True)


def test_declined_is_back_on_the_list(referring: Referring, ines: Browser) -> None:
    there = referring.sent()
    ines.post(f"{there}/tomar", page=there)
    assert "frase corta" in _after(ines, _does(ines, there, step="declined", why="no"))
    _does(ines, there, step="declined", why="no atendemos ese municipio")
    mine = referring.lucia.get(referring.here).get_data(as_text=True)
    assert "no atendemos ese municipio" in mine
    assert "cerrado · devuelta" in ines.get(there).get_data(as_text=True)


def test_the_list_of_both_teams(referring: Referring, ines: Browser) -> None:
    """How they stand, by the code of each team's own case; no word of hers, and not the other's code."""
    there = referring.sent()
    for who, own, other in ((referring.lucia, referring.here, there), (ines, there, referring.here)):
        html = who.get("/casos/canalizaciones").get_data(as_text=True)
        assert own in html
        assert other not in html
        assert "enviada, sin respuesta" in html
        for word in ("Elena", ASKED, CONSENT, CANARY):
            assert word not in html


def test_paper_for_a_service(referring: Referring, session: Database) -> None:
    """A PDF that a browser is not to keep, with a name that says nothing; then it is noted."""
    fields = {"to": "service", "service": "Hospital Civil", "part": "called"}
    seen = referring.posts(referring.form, **fields).get_data(as_text=True)
    assert "Abrir el documento para imprimir" in seen
    answer = referring.posts(f"{referring.here}/documento", **fields)
    assert answer.data.startswith(b"%PDF-")
    assert answer.headers["Content-Disposition"] == "inline; filename=documento.pdf"
    assert "no-store" in answer.headers["Cache-Control"]
    referring.posts(f"{referring.form}/enviar", **fields)
    html = referring.lucia.get(referring.here).get_data(as_text=True)
    assert "A Hospital Civil" in html
    assert "La atendieron" in html


def test_only_its_holder(referring: Referring, app: Flask, session: Database, team: str) -> None:
    """P10: a colleague of the same team is refused each page of it."""
    marta = enter(app, session, Role.CASEWORKER, "marta", team)
    assert marta.get(referring.form).status_code == 403
    for path in (referring.form, f"{referring.form}/enviar", f"{referring.here}/documento"):
        answer = marta.post(path, page="/casos/", **referring.fields())
        assert answer.status_code in {302, 403}, path
    assert len(session.scalars(select(Case)).all()) == 1
