"""The desk's list and the pages by which a conversation changes hands; the supervisor's page."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select
from staffroom import CANARY, Browser, Programme, enter, open_case

from console import display
from models import AuditEvent, Conversation, Role, Staff
from outreach.casework import cases
from outreach.messages import conversation_state

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy.orm import Session as Database

    from models import Case
    from outreach.casework.case_state import CaseState
    from outreach.sealing.crypto import PersonalKey

pytest_plugins = ("console_fixtures",)
REASON = "terminó mi turno"


@pytest.fixture
def marta(app: Flask, session: Database, team: str) -> Browser:
    """Return a second caseworker."""
    return enter(app, session, Role.CASEWORKER, "marta", team)


@pytest.fixture
def sofia(app: Flask, session: Database, team: str) -> Browser:
    """Return a supervisor."""
    return enter(app, session, Role.SUPERVISOR, "sofia", team)


@pytest.fixture
def case(session: Database, key: PersonalKey, programme: Programme) -> Case:
    return open_case(session, key, programme.conversation)


def page_of(browser: Browser, path: str) -> str:
    return browser.get(path).get_data(as_text=True)


def plain(html: str) -> str:
    """What a page says, without its marks, on one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def id_of(session: Database, username: str) -> str:
    return str(session.scalars(select(Staff.id).where(Staff.username == username)).one())


def state_of(session: Database, key: PersonalKey, case: Case) -> CaseState:
    session.rollback()
    session.refresh(case)
    return cases.read_state(key, case)


def test_a_row_says_what_there_is_to_know(
    app: Flask, session: Database, key: PersonalKey, lucia: Browser, programme: Programme, case: Case
) -> None:
    """How long she waits, when she last wrote, how long text may still reach her; no word of hers."""
    start = datetime.now(UTC)
    cases.woman_wrote(session, key, case.id, "sigo aquí", start)
    programme.conversation.last_inbound_at = start
    session.commit()
    app.extensions["avanza_clock"] = lambda: start + timedelta(minutes=6)
    row = plain(page_of(lucia, "/casos/lista"))
    for said in ("Peligro 1", "espera 6 min", "Nadie la tiene", "escribió hace 6 min · quedan 23 h"):
        assert said in row
    assert CANARY not in row
    programme.conversation.last_inbound_at = start - timedelta(hours=22)
    session.commit()
    assert "<strong>queda 1 h</strong>" in page_of(lucia, "/casos/lista")
    programme.conversation.last_inbound_at = start - timedelta(hours=30)
    session.commit()
    assert "ya no sale texto libre" in page_of(lucia, "/casos/lista")


SPANS = (
    (timedelta(seconds=-1), "", "acaba de escribir"),
    (timedelta(seconds=0), "", "acaba de escribir"),
    (timedelta(seconds=59), "queda menos de 1 min", "acaba de escribir"),
    (timedelta(seconds=60), "queda 1 min", "escribió hace 1 min"),
    (timedelta(minutes=59, seconds=59), "quedan 59 min", "escribió hace 59 min"),
    (timedelta(minutes=60), "queda 1 h", "escribió hace 1 h"),
    (timedelta(hours=23, minutes=59), "quedan 23 h", "escribió hace 23 h 59 min"),
)


def test_how_long_is_said(app: Flask) -> None:
    """Rounded down on both sides: what is left is never more than there is."""
    now = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)  # the evening before, in Jalisco
    app.extensions["avanza_clock"] = lambda: now
    with app.test_request_context():
        for span, left, ago in SPANS:
            assert (display.left(now + span), display.ago(now - span)) == (left, ago), span
        days = {0: "hoy, 23:30", 1: "mañana, 23:30", -1: "ayer, 23:30", 2: "mié 25 nov, 23:30"}
        for ahead, said in days.items():
            assert display.near_moment(now + timedelta(days=ahead)) == said


def test_the_title_counts_and_says_nothing(
    session: Database, key: PersonalKey, lucia: Browser, marta: Browser, case: Case
) -> None:
    """P5: a number in the tab: what calls her; nothing of what it is about."""
    here = f"/casos/{case.id}"
    assert "<title>(1) Conversaciones · Avanza</title>" in page_of(lucia, "/casos")
    assert "<title>(1) Conversación · Avanza</title>" in page_of(lucia, here)
    lucia.post(f"{here}/tomar", page=here)
    assert "<title>(1) Conversaciones · Avanza</title>" in page_of(lucia, "/casos")
    assert "<title>Conversaciones · Avanza</title>" in page_of(marta, "/casos")
    assert 'data-calling="0"' in page_of(marta, "/casos/lista")


def test_offered_and_accepted(
    session: Database, key: PersonalKey, lucia: Browser, marta: Browser, case: Case
) -> None:
    """P7: to whom it is offered sees so at the top of her list and accepts; both pages say whose it is."""
    here = f"/casos/{case.id}"
    assert "/ofrecer" not in page_of(lucia, here)
    lucia.post(f"{here}/tomar", page=here)
    assert "Marta Prueba · " in page_of(lucia, here)
    lucia.post(f"{here}/ofrecer", page=here, to=id_of(session, "marta"))
    assert "Ofrecida a Marta Prueba; la tienes tú hasta que acepte" in plain(page_of(lucia, here))
    assert "La tienes tú y la ofreces" in page_of(lucia, "/casos/lista")
    assert "Lucia Prueba te la ofrece" in page_of(marta, "/casos/lista")
    there = page_of(marta, here)
    assert "te ofrece esta conversación" in plain(there)
    assert 'form="f-accept"' in there
    marta.post(f"{here}/aceptar", page=here)
    assert state_of(session, key, case).claimed_by == id_of(session, "marta")
    assert "la tiene Marta Prueba" in plain(page_of(lucia, here))
    assert 'form="f-accept"' not in page_of(marta, here)


def test_declined_and_withdrawn(
    session: Database, key: PersonalKey, lucia: Browser, marta: Browser, case: Case
) -> None:
    here = f"/casos/{case.id}"
    lucia.post(f"{here}/tomar", page=here)
    for browser, button in ((marta, "rechazar"), (lucia, "ya-no-ofrecer")):
        lucia.post(f"{here}/ofrecer", page=here, to=id_of(session, "marta"))
        browser.post(f"{here}/{button}", page=here)
        state = state_of(session, key, case)
        assert (state.offered_to, state.claimed_by) == (None, id_of(session, "lucia"))
        assert 'form="f-accept"' not in page_of(marta, here)


def test_offered_to_the_whole_team(
    session: Database, key: PersonalKey, lucia: Browser, marta: Browser, sofia: Browser, case: Case
) -> None:
    """Everybody sees it; nobody says no for all; the first has it and the second is told so."""
    here = f"/casos/{case.id}"
    lucia.post(f"{here}/tomar", page=here)
    lucia.post(f"{here}/ofrecer", page=here, to=str(case.team_id))
    assert "Ofrecida a todo el equipo" in plain(page_of(lucia, here))
    for browser in (marta, sofia):
        there = page_of(browser, here)
        assert 'form="f-accept"' in there
        assert 'form="f-decline"' not in there
    marta.post(f"{here}/aceptar", page=here)
    sofia.post(f"{here}/aceptar", page=here)
    assert "La conversación la tiene Marta Prueba." in page_of(sofia, here)


def test_taken_over_with_a_reason(
    session: Database, key: PersonalKey, lucia: Browser, marta: Browser, case: Case
) -> None:
    """No button takes a colleague's conversation: a form asks why, and the reason stands in the thread."""
    here = f"/casos/{case.id}"
    lucia.post(f"{here}/tomar", page=here)
    there = page_of(marta, here)
    assert 'form="f-take"' not in there
    found = re.search(r'name="holder" value="([^"]+)"', there)
    assert found
    assert found[1] == id_of(session, "lucia")
    marta.post(f"{here}/tomar-en-lugar", page=here, reason="", holder=found[1])
    assert "Escribe el motivo" in page_of(marta, here)
    assert state_of(session, key, case).claimed_by == id_of(session, "lucia")
    marta.post(f"{here}/tomar-en-lugar", page=here, reason="Lucía salió", holder=found[1])
    assert "en lugar de Lucia Prueba. Motivo: Lucía salió" in page_of(marta, here)
    assert (
        marta.post(f"{here}/tomar-en-lugar", page=here, reason="x" * 400, holder=found[1]).status_code == 400
    )


def test_left_for_the_team(
    session: Database, key: PersonalKey, lucia: Browser, programme: Programme, case: Case
) -> None:
    """P8: left with a reason it waits, is nobody's, and the bot answers and tells her so."""
    here = f"/casos/{case.id}"
    lucia.post(f"{here}/tomar", page=here)
    lucia.post(f"{here}/dejar", page=here, reason="ya")
    assert state_of(session, key, case).claimed_by
    lucia.post(f"{here}/dejar", page=here, reason=REASON)
    state = state_of(session, key, case)
    assert (state.claimed_by, bool(state.waiting_since)) == (None, True)
    session.refresh(programme.conversation)
    assert conversation_state.read(key, programme.conversation).released
    assert "Nadie la tiene" in page_of(lucia, "/casos/lista")


def test_an_agreed_hour(session: Database, key: PersonalKey, lucia: Browser, case: Case) -> None:
    """Kept by the installation's clock, listed until what came of it is noted, whatever she writes."""
    here = f"/casos/{case.id}"
    lucia.post(f"{here}/tomar", page=here)
    day = (datetime.now(UTC) + timedelta(days=3)).date().isoformat()
    lucia.post(f"{here}/acordar", page=here, day=day, hour="10:00", agreed="después de dejar a los niños")
    state = state_of(session, key, case)
    assert state.appointment_at is not None
    assert datetime.fromisoformat(state.appointment_at).astimezone(UTC).hour == 16
    cases.woman_wrote(session, key, case.id, "ok gracias", datetime.now(UTC))
    session.commit()
    shown = plain(page_of(lucia, "/casos/lista"))
    assert "Horas acordadas 1" in shown
    assert "10:00" in shown
    assert "niños" not in shown
    assert "Hora acordada:" in page_of(lucia, here)
    assert "«después de dejar a los niños»" in page_of(lucia, here)
    lucia.post(f"{here}/acordada", page=here, kept="yes")
    assert "Horas acordadas" not in page_of(lucia, "/casos/lista")
    assert "se cumplió la hora acordada" in page_of(lucia, here)


NO_HOURS = (
    ("2020-01-01", "10:00", "todavía no pase"),
    ("9999-12-31", "10:00", "60 días"),
    ("", "10:00", "Elige el día y la hora"),
    ("2026-13-40", "10:00", "Elige el día y la hora"),
    ("2026-12-01", "25:61", "Elige el día y la hora"),
)


def test_no_hour(session: Database, key: PersonalKey, lucia: Browser, case: Case) -> None:
    """Past, too far ahead or no hour at all: said, and nothing is kept."""
    here = f"/casos/{case.id}"
    lucia.post(f"{here}/tomar", page=here)
    for day, hour, said in NO_HOURS:
        lucia.post(f"{here}/acordar", page="/llave", day=day, hour=hour, agreed="")
        assert said in page_of(lucia, here), (day, hour)
    assert state_of(session, key, case).appointment_at is None


def test_the_sound_is_hers(session: Database, lucia: Browser, marta: Browser, case: Case) -> None:
    """Off at first; kept with her account, not in the browser, and not for a colleague."""
    here = f"/casos/{case.id}"
    assert "data-sound" not in page_of(lucia, "/casos")
    answer = lucia.post(f"/casos/sonido?caso={case.id}", page=here, on="yes")
    assert answer.location == here
    assert "data-board data-sound" in page_of(lucia, "/casos")
    assert "data-sound" not in page_of(marta, "/casos")
    assert lucia.post("/casos/sonido?caso=nada", page="/casos", on="no").location == "/casos"
    assert "data-sound" not in page_of(lucia, "/casos")
    for header in answer.headers.getlist("Set-Cookie"):
        assert "sound" not in header


def test_a_supervisor_sees_how_it_stands(
    session: Database, key: PersonalKey, lucia: Browser, sofia: Browser, case: Case
) -> None:
    """Load, waiting, unanswered danger; nothing is opened, and no look is recorded."""
    lucia.post(f"/casos/{case.id}/tomar", page=f"/casos/{case.id}")
    state = state_of(session, key, case)
    state.waiting_since = (datetime.now(UTC) - timedelta(minutes=12)).isoformat()
    cases.write_state(key, case, state)
    session.commit()
    before = len(session.scalars(select(AuditEvent.id)).all())
    page = page_of(sofia, "/supervision")
    session.rollback()
    assert len(session.scalars(select(AuditEvent.id)).all()) == before
    said = plain(page)
    assert "1 de peligro sin respuesta en más de 5 min" in said
    assert "<title>(1) Supervisión · Avanza</title>" in page
    assert page.count(f'data-case="{case.id}" data-calls') == 1
    assert "Lucia Prueba en la mesa 1 1 12 min" in said
    assert CANARY not in page
    assert "Supervisión" in page_of(sofia, "/casos")
    assert "Supervisión" not in page_of(lucia, "/casos")
    answer = sofia.get("/supervision/lista")
    assert sofia.get("/supervision/lista", **{"X-Seen": answer.headers["X-Version"]}).status_code == 204
    for path in ("/supervision", "/supervision/lista"):
        assert lucia.get(path).status_code == 404


def test_a_supervisor_reassigns(
    session: Database, key: PersonalKey, lucia: Browser, marta: Browser, sofia: Browser, case: Case
) -> None:
    """To who has the desk open, with a reason; a caseworker has no such address."""
    here, there = f"/casos/{case.id}", f"/supervision/{case.id}"
    lucia.post(f"{here}/tomar", page=here)
    marta.get("/casos")
    form = page_of(sofia, f"/supervision?caso={case.id}")
    assert "La tiene Lucia Prueba." in form
    assert f'<option value="{id_of(session, "marta")}">Marta Prueba' in form
    assert f'<option value="{id_of(session, "lucia")}">' not in form
    sent = {"to": id_of(session, "marta"), "reason": REASON, "holder": id_of(session, "lucia")}
    assert marta.post(f"{there}/reasignar", page="/casos", **sent).status_code == 404
    answer = sofia.post(f"{there}/reasignar", page="/supervision", **sent)
    assert answer.location == "/supervision"
    assert state_of(session, key, case).claimed_by == id_of(session, "marta")
    again = sofia.post(f"{there}/reasignar", page="/supervision", **sent)
    assert "La conversación la tiene Marta Prueba." in page_of(sofia, again.location)
    freed = {"to": str(case.team_id), "reason": REASON, "holder": id_of(session, "marta")}
    sofia.post(f"{there}/reasignar", page="/supervision", **freed)
    assert state_of(session, key, case).claimed_by is None
    assert "Reasignar la conversación" not in page_of(sofia, f"/supervision?caso={uuid.uuid4()}")


def test_many_open_cases(
    session: Database, key: PersonalKey, lucia: Browser, sofia: Browser, programme: Programme
) -> None:
    """Forty cases in every state: both lists have a row for each."""
    for number in range(40):
        other = Conversation(id=uuid.uuid4(), last_inbound_at=datetime.now(UTC), private_cipher=b"")
        other.private_cipher = conversation_state.empty(key, other.id)
        session.add(other)
        session.flush()
        case = open_case(session, key, other)
        state = cases.read_state(key, case)
        state.urgency = ("danger", "urgent", "support")[number % 3]
        state.handed_back = number % 5 == 0
        cases.write_state(key, case, state)
    session.commit()
    assert page_of(lucia, "/casos/lista").count("data-case=") == 40
    assert page_of(sofia, "/supervision").count("Reasignar<") >= 40
