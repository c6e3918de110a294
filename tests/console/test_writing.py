"""What a caseworker types at the desk comes back whatever happens, and to nobody else."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select
from staffroom import Browser, Programme, enter, enter_again, once, open_case

from models import Role, SealedDraft, Staff
from outreach.casework import cases
from outreach.sealing import vault

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy.orm import Session as Database
    from werkzeug.test import TestResponse

    from models import Case
    from outreach.sealing.crypto import PersonalKey

pytest_plugins = ("console_fixtures",)
TYPED = "¿Puedes hablar a las cinco?"
NOTED = "vive con su suegra"
BOX = re.compile(r'<textarea id="(\w+)"[^>]*>([^<]*)</textarea>')


@pytest.fixture
def case(session: Database, key: PersonalKey, programme: Programme, lucia: Browser) -> Case:
    """A case that Lucia holds."""
    made = open_case(session, key, programme.conversation)
    lucia.post(f"/casos/{made.id}/tomar", page=f"/casos/{made.id}")
    return made


def types(browser: Browser, at: Case, words: str, in_box: str = "reply", **more: str) -> TestResponse:
    """Let her page keep what stands in a box."""
    fields = {"case": str(at.id), "box": in_box, "text": words, "once": once()} | more
    return browser.post("/casos/borrador", page="/casos", **fields)


def boxes(browser: Browser, case: Case) -> dict[str, str]:
    """What stands in the boxes of the page."""
    return dict(BOX.findall(browser.get(f"/casos/{case.id}").get_data(as_text=True)))


def test_both_boxes_come_back(lucia: Browser, case: Case) -> None:
    """After a reload, and after the other of the two was sent."""
    here = f"/casos/{case.id}"
    assert types(lucia, case, TYPED).status_code == 200
    assert types(lucia, case, NOTED, "note").status_code == 204
    assert boxes(lucia, case) == {"reply": TYPED, "note": NOTED}
    lucia.post(f"{here}/responder", page=here, text=TYPED, once=once())
    assert boxes(lucia, case) == {"reply": "", "note": NOTED}
    types(lucia, case, "y otra cosa")
    lucia.post(f"{here}/notas", page=here, text=NOTED, once=once())
    assert boxes(lucia, case) == {"reply": "y otra cosa", "note": ""}


def test_after_a_login_that_ended(app: Flask, lucia: Browser, case: Case) -> None:
    """She left in another tab, or was idle for too long: in the next login it stands there."""
    types(lucia, case, TYPED)
    lucia.post("/salir", page="/casos")
    assert types(lucia, case, "más").status_code in {302, 400}
    again = enter_again(app, lucia)
    page = again.get(f"/casos/{case.id}").get_data(as_text=True)
    assert TYPED in page


def test_after_an_idle_lock(app: Flask, session: Database, lucia: Browser, case: Case) -> None:
    """While her page is locked nothing is taken from it; afterwards all that she typed is there."""
    types(lucia, case, TYPED)
    moment = datetime.now(UTC) + timedelta(minutes=11)
    app.extensions["avanza_clock"] = lambda: moment
    fields = {"case": str(case.id), "box": "reply", "text": "de otra mano"}
    answer = lucia.client.post("/casos/borrador", data=fields, headers={"X-Fragment": "1"})
    assert answer.status_code == 423
    assert TYPED not in lucia.get(f"/casos/{case.id}").get_data(as_text=True)
    del app.extensions["avanza_clock"]
    app.extensions["avanza_clock"] = lambda: datetime.now(UTC)
    again = enter_again(app, lucia)
    assert TYPED in again.get(f"/casos/{case.id}").get_data(as_text=True)


def takes_over(session: Database, who: Browser, holder: Browser, case: Case) -> None:
    """Let a colleague take a conversation from its holder, for a reason."""
    had = session.scalars(select(Staff.id).where(Staff.username == holder.username)).one()
    here = f"/casos/{case.id}"
    who.post(f"{here}/tomar-en-lugar", page=here, reason="termina su turno", holder=str(had))


def test_after_a_colleague_took_it(
    app: Flask, session: Database, team: str, lucia: Browser, case: Case
) -> None:
    """It is shown to her beside the thread, to her colleague not at all, and she can throw it away."""
    here = f"/casos/{case.id}"
    types(lucia, case, TYPED)
    marta = enter(app, session, Role.CASEWORKER, "marta", team)
    takes_over(session, marta, lucia, case)
    assert TYPED not in marta.get(here).get_data(as_text=True)
    page = lucia.get(here).get_data(as_text=True)
    assert "Esto no se envió" in page
    assert TYPED in page
    lucia.post("/casos/borrador/quitar", page=here, case=str(case.id), box="reply")
    assert TYPED not in lucia.get(here).get_data(as_text=True)


@pytest.mark.parametrize("step", ["devolver", "cerrar"])
def test_after_she_let_it_go(lucia: Browser, case: Case, step: str) -> None:
    """Handed back or closed with a text in the box, and a note: both are shown, unsent."""
    here = f"/casos/{case.id}"
    types(lucia, case, TYPED)
    types(lucia, case, NOTED, "note")
    lucia.post(f"{here}/{step}", page=here)
    page = lucia.get(here).get_data(as_text=True)
    assert TYPED in page
    assert NOTED in page


def test_a_refused_form_is_kept_too(
    app: Flask, session: Database, team: str, lucia: Browser, case: Case
) -> None:
    """What came with a form that was refused is still there on the next page, without any script."""
    here = f"/casos/{case.id}"
    types(lucia, case, NOTED, "note")
    takes_over(session, enter(app, session, Role.CASEWORKER, "marta", team), lucia, case)
    refused = lucia.post(f"{here}/responder", page=here, text=TYPED, once=once())
    assert refused.status_code == 422
    for page in (refused, lucia.get(here)):
        html = page.get_data(as_text=True)
        assert TYPED in html
        assert NOTED in html


def test_only_for_a_case_that_is_hers_to_see(
    app: Flask, session: Database, key: PersonalKey, rosa: Browser, lucia: Browser, case: Case
) -> None:
    """P10: nothing is kept for a case that is not there, of another team, the supervision's, or by others."""
    assert types(rosa, case, TYPED).status_code == 404
    assert types(lucia, case, TYPED, case=str(uuid.uuid4())).status_code == 404
    vault.make_team(session, "Otra")
    session.commit()
    stranger = enter(app, session, Role.CASEWORKER, "ines")
    assert types(stranger, case, TYPED).status_code in {302, 403}
    state = cases.locked_state(session, key, case)
    state.for_supervisor = True
    cases.write_state(key, case, state)
    session.commit()
    assert types(lucia, case, TYPED).status_code == 404
    assert session.query(SealedDraft).count() == 0


@pytest.mark.parametrize(
    "wrong", [{"box": "reason"}, {"case": "x"}, {"text": "x" * 1601}, {"once": "x"}, {"text": "a\x00b"}]
)
def test_what_is_no_draft_is_refused(
    session: Database, lucia: Browser, case: Case, wrong: dict[str, str]
) -> None:
    assert types(lucia, case, TYPED, **wrong).status_code == 400
    assert session.query(SealedDraft).count() == 0


def test_a_draft_is_no_act_of_hers(session: Database, lucia: Browser, case: Case) -> None:
    """P4: it is not recorded, and the text is in no address and no cookie."""
    types(lucia, case, TYPED)
    assert "Puedes" not in str(lucia.client.get_cookie("avanza_form"))
    assert TYPED not in lucia.get("/casos").get_data(as_text=True)
