"""A half hour in the record is not lost: by a lock, a lost connection, a refusal, or a colleague."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select
from staffroom import Browser, Programme, enter, once, open_case

from models import CaseRecord, Role, SealedDraft, Staff
from outreach.texts import desk_record as texts

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy.orm import Session as Database
    from werkzeug.test import TestResponse

    from models import Case
    from outreach.sealing.crypto import PersonalKey

pytest_plugins = ("console_fixtures",)
TYPED = "su hermana, en Tonalá"
KNOWN = re.compile(r'name="known" value="(\d+)"')
ONCE = re.compile(r'name="once" value="([0-9a-f-]+)"')


@pytest.fixture
def case(session: Database, key: PersonalKey, programme: Programme, lucia: Browser) -> Case:
    """A case that Lucia holds."""
    made = open_case(session, key, programme.conversation)
    lucia.post(f"/casos/{made.id}/tomar", page=f"/casos/{made.id}")
    return made


def fills(browser: Browser, at: Case, known: str = "0", section: str = "plan", **fields: str) -> TestResponse:
    """Let her page keep a section as it stands."""
    given = {"case": str(at.id), "section": section, "known": known, "once": once(), **fields}
    return browser.post("/casos/borrador/expediente", page="/casos", **given)


def form(browser: Browser, at: Case, section: str = "plan") -> str:
    """The form of a section."""
    answer = browser.get(f"/casos/{at.id}/expediente/{section}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_it_comes_back_in_its_form_and_is_not_saved(lucia: Browser, case: Case, session: Database) -> None:
    """After a lock or a closed lid; the record says that something is not saved, and has none of it."""
    assert fills(lucia, case, trust=TYPED).status_code == 204
    page = form(lucia, case)
    assert f">{TYPED}</textarea>" in page
    assert texts.DRAFTED in page
    whole = lucia.get(f"/casos/{case.id}/expediente").get_data(as_text=True)
    assert texts.UNSAVED_HERE in whole
    assert TYPED not in whole
    assert session.scalar(select(func.count()).select_from(CaseRecord)) == 0
    assert texts.DRAFTED not in form(lucia, case, "contacto")


def test_saved_it_is_gone(lucia: Browser, case: Case) -> None:
    """Also what the page tells a moment later, by the same form."""
    page = form(lucia, case)
    sent = ONCE.search(page)
    assert sent
    fills(lucia, case, trust=TYPED)
    here = f"/casos/{case.id}/expediente/plan"
    saved = lucia.post(here, page=here, known="0", trust=TYPED, once=sent[1])
    assert saved.status_code == 302
    assert fills(lucia, case, trust=TYPED[:5], once=sent[1]).status_code == 204
    assert texts.DRAFTED not in form(lucia, case)
    assert texts.UNSAVED_HERE not in lucia.get(f"/casos/{case.id}/expediente").get_data(as_text=True)


def test_left_as_it_was(lucia: Browser, case: Case, session: Database) -> None:
    """She throws away what she typed, and the record is as it was."""
    fills(lucia, case, trust=TYPED)
    left = lucia.post(
        "/casos/borrador/expediente/quitar", page="/casos", case=str(case.id), section="plan", known="0"
    )
    assert left.location == f"/casos/{case.id}/expediente#plan"
    assert session.scalars(select(SealedDraft)).all() == []
    assert TYPED not in form(lucia, case)


def test_what_equals_the_record_is_no_draft(lucia: Browser, case: Case) -> None:
    """She typed and took it back: nothing is said of it."""
    here = f"/casos/{case.id}/expediente/plan"
    lucia.post(here, page=here, known="0", trust=TYPED, once=once())
    fills(lucia, case, trust=f" {TYPED}\r\n")
    assert texts.DRAFTED not in form(lucia, case)


def test_what_is_refused_is_kept(lucia: Browser, case: Case) -> None:
    """The page that shows what is wrong may be lost, too."""
    here = f"/casos/{case.id}/expediente/situacion"
    refused = lucia.post(here, page=here, known="0", once=once(), age="-3", what=TYPED)
    assert refused.status_code == 422
    page = form(lucia, case, "situacion")
    assert TYPED in page
    assert texts.DRAFTED in page


def test_another_window_saved_meanwhile(lucia: Browser, case: Case) -> None:
    """Her draft is of the version that she saw: saving it later still shows what came between."""
    here = f"/casos/{case.id}/expediente/plan"
    fills(lucia, case, trust=TYPED)
    lucia.post(here, page=here, known="0", trust="su tía", once=once())
    fills(lucia, case, trust=TYPED)
    page = form(lucia, case)
    known = KNOWN.search(page)
    assert known
    assert known[1] == "0"
    answer = lucia.post(here, page=here, known=known[1], trust=TYPED, once=once())
    assert answer.status_code == 409
    assert "su tía" in answer.get_data(as_text=True)


def test_taken_over_while_she_typed(
    app: Flask, session: Database, team: str, lucia: Browser, case: Case
) -> None:
    """Her words stand before the door of the conversation that she lost, and nobody else is shown them."""
    sofia = enter(app, session, Role.SUPERVISOR, "sofia", team)
    fills(lucia, case, trust=TYPED)
    here = f"/casos/{case.id}"
    had = session.scalars(select(Staff.id).where(Staff.username == "lucia")).one()
    sofia.post(f"{here}/tomar-en-lugar", page=here, reason="terminó su turno", holder=str(had))
    assert TYPED not in sofia.get(f"{here}/expediente/plan").get_data(as_text=True)
    page = lucia.get(here)
    assert page.status_code == 403
    assert TYPED in page.get_data(as_text=True)
    refused = lucia.post(f"{here}/expediente/plan", page="/casos", known="0", trust=f"{TYPED}!", once=once())
    assert refused.status_code == 409
    assert f"{TYPED}!" in lucia.get(here).get_data(as_text=True)
    lucia.post("/casos/borrador/expediente/quitar", page="/casos", case=str(case.id), section="plan")
    assert TYPED not in lucia.get(here).get_data(as_text=True)


def test_who_may_keep_one(app: Flask, session: Database, lucia: Browser, case: Case) -> None:
    """P4, P10: a case of another team, or none, is not there; a wrong section or too much is refused."""
    absent = {"case": once(), "section": "plan", "known": "0", "trust": TYPED}
    assert lucia.post("/casos/borrador/expediente", page="/casos", **absent).status_code == 404
    assert fills(lucia, case, section="reply", trust=TYPED).status_code == 400
    assert fills(lucia, case, more="a" * 5001).status_code == 400
    stranger = enter(app, session, Role.CASEWORKER, "ines")
    assert fills(stranger, case, trust=TYPED).status_code == 403
    assert session.scalars(select(SealedDraft)).all() == []
