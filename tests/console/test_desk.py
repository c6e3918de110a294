"""The caseworker's desk, through its pages."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event, select
from staffroom import CANARY, Browser, Programme, enter, enter_again, once, open_case

from console import words
from models import AuditEvent, Conversation, OutboxMessage, OutboxState, Role, Shift, Staff
from outreach.casework import cases, closing
from outreach.messages import conversation_state, outbox

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session as Database

    from outreach.sealing.crypto import PersonalKey

pytest_plugins = ("console_fixtures",)


def test_take_answer_hand_back_close(
    session: Database, key: PersonalKey, lucia: Browser, programme: Programme
) -> None:
    """P7: a caseworker finds the case, reads it, takes it, answers, hands back and closes."""
    case = open_case(session, key, programme.conversation)
    here = f"/casos/{case.id}"
    desk = lucia.get("/casos").get_data(as_text=True)
    assert here in desk
    assert "Peligro" in desk
    assert CANARY not in desk
    assert CANARY in lucia.get(here).get_data(as_text=True)
    lucia.post(f"{here}/tomar", page=here)
    assert _private(session, key, programme).held
    lucia.post(f"{here}/responder", page=here, text="Te leo, ¿puedes escribir ahora?", once=once())
    row = session.scalars(select(OutboxMessage)).one()
    content = outbox.read_content(key, row)
    assert (content.body, content.confidential) == ("Te leo, ¿puedes escribir ahora?", True)
    assert "Te leo" in lucia.get(here).get_data(as_text=True)
    lucia.post(f"{here}/devolver", page=here)
    assert not _private(session, key, programme).held
    lucia.post(f"{here}/tomar", page=here)
    heard = cases.read_state(key, case).last_word_at or ""
    lucia.post(f"{here}/cerrar", page=here, outcome="attended", reason="terminamos", heard=heard)
    assert _private(session, key, programme).case_id is None
    assert here not in lucia.get("/casos").get_data(as_text=True)


def test_a_form_sent_twice_answers_once(
    session: Database, key: PersonalKey, lucia: Browser, programme: Programme
) -> None:
    """P3: a second click on the same form sends nothing more."""
    here = f"/casos/{open_case(session, key, programme.conversation).id}"
    lucia.post(f"{here}/tomar", page=here)
    form = once()
    for _ in range(2):
        lucia.post(f"{here}/responder", page=here, text="Hola", once=form)
    assert len(session.scalars(select(OutboxMessage)).all()) == 1


def test_a_thread_comes_in_parts(
    session: Database, key: PersonalKey, lucia: Browser, programme: Programme
) -> None:
    """What a page shows already is not sent again; a new word of hers is, alone."""
    case = open_case(session, key, programme.conversation)
    path = f"/casos/{case.id}/hilo"
    whole = lucia.get(f"{path}?desde=0")
    assert whole.headers["X-Mode"] == "free"
    assert CANARY in whole.get_data(as_text=True)
    version, last = whole.headers["X-Version"], whole.headers["X-Last"]
    assert lucia.get(f"{path}?desde={last}", **{"X-Seen": version}).status_code == 204
    cases.woman_wrote(session, key, case.id, "ya me voy", datetime.now(UTC))
    session.commit()
    again = lucia.get(f"{path}?desde={last}", **{"X-Seen": version})
    assert "ya me voy" in again.get_data(as_text=True)
    assert CANARY not in again.get_data(as_text=True)
    assert int(again.headers["X-Last"]) == int(last) + 1
    for nonsense in ("?desde=-5", "?desde=x", ""):
        assert CANARY in lucia.get(f"{path}{nonsense}").get_data(as_text=True)
    assert lucia.get(f"{path}?desde=999999").get_data(as_text=True).count("<li") == 0


def test_hostile_words_stay_words(
    session: Database, key: PersonalKey, lucia: Browser, programme: Programme
) -> None:
    """P10: what she writes is shown as text, whatever it looks like."""
    case = open_case(session, key, programme.conversation)
    cases.woman_wrote(session, key, case.id, "<script>alert(1)</script>", datetime.now(UTC))
    session.commit()
    html = lucia.get(f"/casos/{case.id}").get_data(as_text=True)
    assert "<script>alert" not in html
    assert "&lt;script&gt;" in html


def test_window_shut(session: Database, key: PersonalKey, lucia: Browser, programme: Programme) -> None:
    """P8: a day after her last message the desk says that free text can't leave, and sends none."""
    here = f"/casos/{open_case(session, key, programme.conversation).id}"
    lucia.post(f"{here}/tomar", page=here)
    programme.conversation.last_inbound_at = datetime.now(UTC) - timedelta(hours=25)
    session.add(programme.conversation)
    session.commit()
    assert "no puede salir un texto libre" in lucia.get(here).get_data(as_text=True)
    lucia.post(f"{here}/responder", page=here, text="Hola", once=once())
    assert not session.scalars(select(OutboxMessage)).all()


def test_cover(session: Database, key: PersonalKey, lucia: Browser, programme: Programme) -> None:
    """P9: under cover mode an answer stays on the desk, and the caseworker is told."""
    here = f"/casos/{open_case(session, key, programme.conversation).id}"
    lucia.post(f"{here}/tomar", page=here)
    session.refresh(programme.conversation)
    state = conversation_state.read(key, programme.conversation)
    state.cover = True
    conversation_state.write(key, programme.conversation, state)
    session.commit()
    assert "Modo oculto" in lucia.get(here).get_data(as_text=True)
    lucia.post(f"{here}/responder", page=here, text="¿Sigues ahí?", once=once())
    assert not session.scalars(select(OutboxMessage)).all()
    assert "No se envió: modo oculto" in lucia.get(here).get_data(as_text=True)


def _hide(session: Database, key: PersonalKey, programme: Programme, *, word: str | None = None) -> None:
    session.refresh(programme.conversation)
    state = conversation_state.read(key, programme.conversation)
    state.cover, state.cover_since, state.word_hash = True, datetime.now(UTC).isoformat(), word
    conversation_state.write(key, programme.conversation, state)
    session.commit()


def test_cover_is_explained_and_ended_with_a_reason(
    session: Database, key: PersonalKey, lucia: Browser, programme: Programme
) -> None:
    """P8, P9: whether she has a word, when it ends; the caseworker ends it, and what was held back leaves."""
    here = f"/casos/{open_case(session, key, programme.conversation).id}"
    lucia.post(f"{here}/tomar", page=here)
    _hide(session, key, programme, word="a hash")
    assert "Tiene palabra propia" in lucia.get(here).get_data(as_text=True)
    _hide(session, key, programme)
    page = lucia.get(here).get_data(as_text=True)
    assert "No tiene palabra propia: vuelve con «girasol»" in page
    assert "No termina solo mientras el caso esté abierto" in page
    lucia.post(f"{here}/responder", page=here, text="¿Sigues ahí?", once=once())
    lucia.post(f"{here}/modo-oculto/terminar", page=here, reason="")
    assert _private(session, key, programme).cover
    lucia.post(f"{here}/modo-oculto/terminar", page=here, reason="Hablé con ella, está sola")
    assert not _private(session, key, programme).cover
    row = session.scalars(select(OutboxMessage)).one()
    assert outbox.read_content(key, row).body == "¿Sigues ahí?"
    assert "Motivo: Hablé con ella, está sola" in lucia.get(here).get_data(as_text=True)


def test_what_was_held_back_is_offered_once_she_is_back(
    session: Database, key: PersonalKey, lucia: Browser, programme: Programme
) -> None:
    here = f"/casos/{open_case(session, key, programme.conversation).id}"
    lucia.post(f"{here}/tomar", page=here)
    _hide(session, key, programme)
    lucia.post(f"{here}/responder", page=here, text="¿Sigues ahí?", once=once())
    assert "Enviar lo guardado" not in lucia.get(here).get_data(as_text=True)
    state = conversation_state.read(key, programme.conversation)
    state.cover = False
    conversation_state.write(key, programme.conversation, state)
    session.commit()
    assert "Enviar lo guardado" in lucia.get(here).get_data(as_text=True)
    lucia.post(f"{here}/guardado/enviar", page=here)
    assert len(session.scalars(select(OutboxMessage)).all()) == 1
    assert "Enviar lo guardado" not in lucia.get(here).get_data(as_text=True)


def test_a_case_that_she_closed_stays_until_it_is_seen(
    session: Database, key: PersonalKey, lucia: Browser, programme: Programme
) -> None:
    """P8: the team is told; nobody can write to her by it."""
    here = f"/casos/{open_case(session, key, programme.conversation).id}"
    session.refresh(programme.conversation)
    closing.close_by_her(session, key, programme.conversation, datetime.now(UTC))
    session.commit()
    assert "Ella pidió cerrarlo" in lucia.get("/casos").get_data(as_text=True)
    lucia.post(f"{here}/tomar", page=here)
    assert not _private(session, key, programme).held
    lucia.post(f"{here}/archivar", page=here)
    assert here not in lucia.get("/casos").get_data(as_text=True)


def test_without_the_key_nothing_opens(
    app: Flask, session: Database, key: PersonalKey, team: str, lucia: Browser, programme: Programme
) -> None:
    """P4: a caseworker who was not granted the key sees no list and no thread; then a colleague grants it."""
    case = open_case(session, key, programme.conversation)
    marta = enter(app, session, Role.CASEWORKER, "marta")
    assert marta.get("/casos").location == "/llave"
    assert marta.get(f"/casos/{case.id}").location == "/llave"
    for path in ("/casos/lista", f"/casos/{case.id}/hilo"):
        assert marta.get(path).location == "/llave"
        answer = marta.get(path, **{"X-Fragment": "1"})
        assert (answer.status_code, str(case.id) in answer.get_data(as_text=True)) == (403, False)
    assert marta.post(f"/casos/{case.id}/tomar", page="/llave").status_code == 403
    assert "Te falta la llave" in marta.get("/llave").get_data(as_text=True)
    assert "Llave del equipo (1)" in lucia.get("/casos").get_data(as_text=True)
    assert "Llave del equipo (" not in marta.get("/llave").get_data(as_text=True)
    page = lucia.get("/llave").get_data(as_text=True)
    assert "Marta Prueba" in page
    assert "Solo tú puedes abrir los casos" in page
    path = page.split('action="/llave/dar/')[1].split('"')[0]
    lucia.post(f"/llave/dar/{path}", page="/llave")
    again = enter_again(app, marta)
    assert CANARY in again.get(f"/casos/{case.id}").get_data(as_text=True)


def test_recovery_key(app: Flask, session: Database, team: str) -> None:
    """The paper key gives the key back where nobody holds it; a wrong one is refused in plain words."""
    marta = enter(app, session, Role.SUPERVISOR, "marta")
    marta.post("/llave/recuperar", page="/llave", recovery_key="AAAA-BBBB")
    assert "revísala en el papel" in marta.get("/llave").get_data(as_text=True)
    marta.post("/llave/recuperar", page="/llave", recovery_key=team.lower())
    assert "Ya tienes la llave" in marta.get("/llave").get_data(as_text=True)


def test_shift(session: Database, lucia: Browser) -> None:
    """P8: who starts a shift is on the roster, and no longer when she ends it."""
    now = datetime.now(UTC)
    assert cases.on_shift(session, now) == []
    lucia.post("/casos/turno", page="/casos", hours="8")
    session.rollback()
    assert [p.username for p in cases.on_shift(session, datetime.now(UTC))] == ["lucia"]
    lucia.post("/casos/turno/terminar", page="/casos")
    session.rollback()
    assert cases.on_shift(session, datetime.now(UTC)) == []


def test_the_poll_keeps_her_there(app: Flask, session: Database, lucia: Browser) -> None:
    """P8: she is there while the desk's page says so, and no longer 45 seconds after that."""
    moment = datetime.now(UTC)
    app.extensions["avanza_clock"] = lambda: moment
    lucia.post("/casos/turno", page="/casos", hours="8")
    for _ in range(4):
        moment += timedelta(seconds=40)
        lucia.get("/llave")  # another page of hers does not count
        session.rollback()
        lucia.post("/casos/aqui", page="/llave")
        assert [p.username for p in cases.on_shift(session, moment)] == ["lucia"]
    moment += timedelta(seconds=46)
    lucia.get("/llave")
    lucia.get("/casos/lista", **{"X-Fragment": "1"})  # fetched where nobody sees it, too
    session.rollback()
    assert cases.on_shift(session, moment) == []


def test_leaving_ends_the_shift_and_lets_danger_go(
    session: Database, key: PersonalKey, lucia: Browser, programme: Programme
) -> None:
    """P7, P8: with "Salir" she is off the roster, and the danger case that she held is nobody's."""
    here = f"/casos/{open_case(session, key, programme.conversation).id}"
    lucia.post("/casos/turno", page="/casos", hours="8")
    lucia.post(f"{here}/tomar", page=here)
    assert _private(session, key, programme).held
    lucia.post("/salir", page="/casos")
    private = _private(session, key, programme)
    assert (private.held, private.released) == (False, True)
    assert session.scalars(select(Shift.ends_at)).one() <= datetime.now(UTC)


@pytest.mark.parametrize("button", ["contrasena", "quitar", "puesto"])
def test_an_administrator_takes_her_away(
    session: Database, key: PersonalKey, ana: Browser, lucia: Browser, programme: Programme, button: str
) -> None:
    """P7, P8: reset, disabled or of another role: off the roster, and her danger case nobody's, at once."""
    here = f"/casos/{open_case(session, key, programme.conversation).id}"
    lucia.post("/casos/turno", page="/casos", hours="8")
    lucia.post(f"{here}/tomar", page=here)
    person = session.scalars(select(Staff).where(Staff.username == "lucia")).one()
    ana.post(
        f"/administracion/personal/{person.id}/{button}", page="/administracion/personal", role="coordinator"
    )
    session.rollback()
    assert cases.on_shift(session, datetime.now(UTC)) == []
    assert not _private(session, key, programme).held
    assert lucia.get("/casos").location == "/entrar"


def test_a_refused_answer_keeps_her_words(
    app: Flask, session: Database, key: PersonalKey, team: str, lucia: Browser, programme: Programme
) -> None:
    """What a caseworker typed is on the page again where it could not be sent, and nothing left."""
    here = f"/casos/{open_case(session, key, programme.conversation).id}"
    lucia.post(f"{here}/tomar", page=here)
    marta = enter(app, session, Role.CASEWORKER, "marta", team)
    person = session.scalars(select(Staff).where(Staff.username == "lucia")).one()
    marta.post(f"{here}/tomar-en-lugar", page=here, reason="Lucía salió", holder=str(person.id))
    answer = lucia.post(f"{here}/responder", page=here, text="Te leo despacio", once=once())
    assert answer.status_code == 422
    assert "Te leo despacio" in answer.get_data(as_text=True)
    assert not session.scalars(select(OutboxMessage)).all()
    long = lucia.post(f"{here}/notas", page=here, text="x" * 1601, once=once())
    assert (long.status_code, "x" * 1601 in long.get_data(as_text=True)) == (422, True)


@pytest.mark.parametrize("closed", [False, True])
def test_what_did_not_arrive(
    session: Database, key: PersonalKey, lucia: Browser, programme: Programme, *, closed: bool
) -> None:
    """A6: an answer that did not arrive is marked in the thread and listed, until somebody saw it.

    Also where its case was closed before.
    """
    case = open_case(session, key, programme.conversation)
    here = f"/casos/{case.id}"
    lucia.post(f"{here}/tomar", page=here)
    lucia.post(f"{here}/responder", page=here, text="Te leo", once=once())
    row = session.scalars(select(OutboxMessage)).one()
    row.state, row.reason, case.is_open = OutboxState.FAILED, "unreachable", not closed
    session.commit()
    assert "no salió" in lucia.get(here).get_data(as_text=True)
    assert "Un mensaje no llegó" in lucia.get("/casos/lista").get_data(as_text=True)
    page = lucia.get("/casos/no-llegaron").get_data(as_text=True)
    assert here in page
    assert (words.CLOSED_ALREADY in page) == closed
    assert "Te leo" not in page
    lucia.post(f"{here}/no-llegaron/{row.id}", page="/casos/no-llegaron")
    assert here not in lucia.get("/casos/no-llegaron").get_data(as_text=True)
    assert "no llegó" not in lucia.get("/casos/lista").get_data(as_text=True)


def test_the_audit_names_no_case(
    session: Database, key: PersonalKey, lucia: Browser, programme: Programme
) -> None:
    """P4: what the audit keeps of the desk is an action and a day."""
    case = open_case(session, key, programme.conversation)
    lucia.get(f"/casos/{case.id}")
    lucia.post(f"/casos/{case.id}/tomar", page=f"/casos/{case.id}")
    events = session.scalars(select(AuditEvent).where(AuditEvent.action.like("desk.%"))).all()
    assert {event.action for event in events} == {"desk.opened", "desk.taken"}
    assert all(event.at.astimezone(UTC).time() == datetime.min.time() for event in events)


def test_the_poll_asks_little(
    session: Database, key: PersonalKey, lucia: Browser, programme: Programme, engine: Engine
) -> None:
    """Every open page fetches its list each two seconds: few statements, however many cases are open."""
    for _ in range(8):
        other = Conversation(id=uuid.uuid4(), last_inbound_at=datetime.now(UTC), private_cipher=b"")
        other.private_cipher = conversation_state.empty(key, other.id)
        session.add(other)
        session.flush()
        open_case(session, key, other)
    lucia.get("/casos/lista", **{"X-Fragment": "1"})
    seen: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda _c, _k, statement, *_: seen.append(statement))
    assert lucia.get("/casos/lista", **{"X-Fragment": "1"}).get_data(as_text=True).count("data-case=") == 8
    assert len(seen) <= 9


def test_no_such_case(lucia: Browser) -> None:
    """A case that is not there is a plain page, for reading and for acting."""
    path = f"/casos/{uuid.uuid4()}"
    assert lucia.get(path).status_code == 404
    assert lucia.post(f"{path}/tomar", page="/casos").status_code == 302
    assert lucia.post(f"{path}/notas", page="/casos", text="x", once=once()).status_code == 404


def _private(session: Database, key: PersonalKey, programme: Programme) -> conversation_state.PrivateState:
    session.rollback()
    session.refresh(programme.conversation)
    return conversation_state.read(key, programme.conversation)
