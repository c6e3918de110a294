"""The stream of the desk: who hears what, how many there may be, and when it ends (P4, P8, P10)."""

from __future__ import annotations

import json
import queue
import threading
import time
import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select, text
from staffroom import CANARY, Browser, Programme, enter, open_case

from console import stream
from models import Case, Role, Staff, StaffSession, Team
from outreach.casework import bell, colleagues
from outreach.casework.case_state import read_state, write_state
from outreach.sealing import vault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session as Database
    from sqlalchemy.orm import sessionmaker

    from outreach.sealing.crypto import PersonalKey

pytest_plugins = ("console_fixtures",)
ASKS = {"Accept": "text/event-stream"}


def client_of(session: Database, staff: Staff, *, supervisor: bool = False) -> stream.Client:
    """A page of hers that listens."""
    teams = frozenset(vault.teams_of(session, staff.id))
    return stream.Client(uuid.uuid4(), staff.id, stream.Rights(teams, supervisor))


def heard(client: stream.Client) -> list[stream.Event]:
    """What was passed on to a page so far."""
    found: list[stream.Event] = []
    while True:
        try:
            event = client.waiting.get_nowait()
        except queue.Empty:
            return found
        if event is not None:
            found.append(event)


@pytest.fixture
def hub(app: Flask, monkeypatch: pytest.MonkeyPatch) -> stream.Hub:
    """The application's hub, to which nothing rings but what the test passes on."""
    monkeypatch.setattr(bell, "rings", lambda *_given: iter(()))
    return stream.hub_of(app)


def person(session: Database, username: str) -> Staff:
    return session.scalars(select(Staff).where(Staff.username == username)).one()


def at_the_desk(session: Database, moment: datetime) -> set[uuid.UUID]:
    teams = session.scalars(select(Team.id)).all()
    return {one.id for one in colleagues.of_teams(session, teams, moment) if one.here}


def test_who_may_not_open_cases_gets_no_stream(
    app: Flask, session: Database, lucia: Browser, rosa: Browser
) -> None:
    """P10: 401 without a login, 404 for another role, 403 without the key; a page would be sent elsewhere."""
    nobody = Browser(app.test_client(), "")
    assert nobody.get("/casos/vivo", **ASKS).status_code == 401
    assert nobody.get("/casos/vivo").location == "/entrar"
    assert rosa.get("/casos/vivo", **ASKS).status_code == 404
    marta = enter(app, session, Role.CASEWORKER, "marta")
    assert marta.get("/casos/vivo", **ASKS).status_code == 403
    answer = lucia.get("/casos/vivo", **ASKS)
    assert (answer.status_code, answer.mimetype) == (200, "text/event-stream")
    assert answer.headers["X-Accel-Buffering"] == "no"
    assert answer.headers["Cache-Control"] == "no-store"
    answer.close()


def test_a_stream_holds_no_connection(lucia: Browser, engine: Engine) -> None:
    """A page that is open costs a thread, not one of the database's connections."""
    answers = [lucia.get("/casos/vivo", **ASKS) for _ in range(stream.MOST_OF_ONE)]
    until = time.monotonic() + 10  # the hub's own looks are short
    while engine.pool.checkedout() and time.monotonic() < until:  # type: ignore[attr-defined]
        time.sleep(0.05)
    assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    for answer in answers:
        answer.close()


def test_there_is_an_end_to_how_many(hub: stream.Hub, session: Database, lucia: Browser) -> None:
    """The fourth of one login and the 65th of all are refused; one that was closed makes room."""
    own = [lucia.get("/casos/vivo", **ASKS) for _ in range(stream.MOST_OF_ONE)]
    assert {answer.status_code for answer in own} == {200}
    assert lucia.get("/casos/vivo", **ASKS).status_code == 503
    own.pop().close()
    again = lucia.get("/casos/vivo", **ASKS)
    assert again.status_code == 200
    staff = person(session, "lucia")
    others = [client_of(session, staff) for _ in range(stream.MOST - stream.MOST_OF_ONE)]
    assert all(hub.join(one) for one in others)
    refused = client_of(session, staff)
    assert not hub.join(refused)
    hub.leave(others[0])
    assert hub.join(refused)
    for answer in (*own, again):
        answer.close()


def test_a_ring_says_which_case_and_no_more(
    hub: stream.Hub, session: Database, key: PersonalKey, lucia: Browser, programme: Programme
) -> None:
    """P4: no word, name or number of hers is in a stream."""
    case = open_case(session, key, programme.conversation)
    desk = client_of(session, person(session, "lucia"))
    hub.join(desk)
    hub._pass_on(bell.Changed(case.id))
    assert heard(desk) == [("queue", ""), ("case", str(case.id))]
    assert CANARY not in str(heard(desk))


def test_another_team_hears_nothing(
    hub: stream.Hub, session: Database, key: PersonalKey, lucia: Browser, programme: Programme
) -> None:
    """P4: a desk of another team does not learn that there is a case; nor one of hers without the role."""
    case = open_case(session, key, programme.conversation)
    staff = person(session, "lucia")
    other = stream.Client(uuid.uuid4(), uuid.uuid4(), stream.Rights(frozenset({uuid.uuid4()}), True))
    hers, supervisor = client_of(session, staff), client_of(session, staff, supervisor=True)
    for one in (other, hers, supervisor):
        hub.join(one)
    state = read_state(key, case)
    state.for_supervisor = True
    write_state(key, case, state)
    session.commit()
    hub._pass_on(bell.Changed(case.id))
    hub._pass_on(bell.Looking(case.id, uuid.uuid4(), typing=True))
    assert (heard(other), heard(hers)) == ([], [])
    assert [name for name, _ in heard(supervisor)] == ["queue", "case", "looking"]


def test_a_draft_rings_nowhere_and_a_closing_once(
    hub: stream.Hub, session: Database, key: PersonalKey, lucia: Browser, programme: Programme
) -> None:
    """P4: a case in the making is nobody's to hear; one that closes leaves the desks' lists at once."""
    case = open_case(session, key, programme.conversation)
    team = session.scalars(select(Team)).one()
    draft = Case(id=uuid.uuid4(), team_id=team.id, is_open=False, state_cipher=b"", subject_sealed=b"x")
    write_state(key, draft, read_state(key, case))
    session.add(draft)
    session.commit()
    desk = client_of(session, person(session, "lucia"))
    hub.join(desk)
    hub._pass_on(bell.Changed(draft.id))
    hub._pass_on(bell.Changed(uuid.uuid4()))
    assert heard(desk) == []
    hub._pass_on(bell.Changed(case.id))
    case.is_open = False
    session.commit()
    hub._pass_on(bell.Changed(case.id))
    assert heard(desk)
    hub._pass_on(bell.Changed(case.id))
    assert heard(desk) == []


def test_a_ring_that_cannot_be_looked_up_silences_none(
    hub: stream.Hub, session: Database, lucia: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the database fails in that moment every page fetches what it shows; the next ring is heard."""
    desk = client_of(session, person(session, "lucia"))
    hub.join(desk)
    monkeypatch.setattr(bell, "audience", lambda *_given: 1 / 0)
    hub._try_to_pass_on(bell.Changed(uuid.uuid4()))
    assert heard(desk) == [stream.AGAIN]


def test_a_page_that_does_not_keep_up_fetches_everything(session: Database, lucia: Browser) -> None:
    desk = client_of(session, person(session, "lucia"))
    for _ in range(stream.WAITING + 5):
        desk.tell(("case", "x"))
    assert heard(desk)[0] == stream.AGAIN


def test_a_stream_ends_with_the_login(
    app: Flask, session: Database, lucia: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P10: it looks again and again whether she may still listen, and counts as no act of hers."""
    monkeypatch.setattr(stream, "LOOK_AGAIN_SECONDS", 0.05)
    answer = lucia.get("/casos/vivo", **ASKS)
    lines = answer.iter_encoded()
    assert next(lines).startswith(b"retry:")
    seen = session.scalars(select(StaffSession.last_seen_at)).one()
    assert any(line == b":\n\n" for line in (next(lines) for _ in range(3)))
    session.rollback()
    assert session.scalars(select(StaffSession.last_seen_at)).one() == seen
    session.execute(text("DELETE FROM staff_session"))
    session.commit()
    assert len(list(lines)) <= 3
    assert lucia.get("/casos/vivo", **ASKS).status_code == 401
    answer.close()


def test_a_stream_is_no_presence(app: Flask, session: Database, lucia: Browser) -> None:
    """P8: a page that nobody looks at listens, too: only one that is in sight says that she is there."""
    moment = datetime.now(UTC) + timedelta(minutes=2)
    app.extensions["avanza_clock"] = lambda: moment
    lucia.get("/casos/vivo", **ASKS).close()
    lucia.get("/casos/lista", **{"X-Fragment": "1"})
    session.rollback()
    assert at_the_desk(session, moment) == set()
    lucia.post("/casos/aqui", page="/llave")
    session.rollback()
    assert at_the_desk(session, moment) == {person(session, "lucia").id}


@pytest.fixture
def rung(sessions: sessionmaker[Database]) -> Iterator[queue.Queue[bell.Ring]]:
    """What rings in the database of this test."""
    found: queue.Queue[bell.Ring] = queue.Queue()
    stop = threading.Event()

    def listen() -> None:
        for ring in bell.rings(sessions.kw["bind"], stop):
            found.put(ring)

    thread = threading.Thread(target=listen)
    thread.start()
    assert found.get(timeout=60) == bell.Missed()
    yield found
    stop.set()
    thread.join()


def test_who_looks_rings_where_she_may_open_the_case(
    session: Database, key: PersonalKey, lucia: Browser, programme: Programme, rung: queue.Queue[bell.Ring]
) -> None:
    """A page says which case it shows; of one that is not there, or not hers, nothing rings."""
    case = open_case(session, key, programme.conversation)
    lucia.post("/casos/aqui", page="/llave", case=str(uuid.uuid4()), typing="1")
    lucia.post("/casos/aqui", page="/llave", case=str(case.id), typing="1")
    ring: bell.Ring = bell.Missed()
    while not isinstance(ring, bell.Looking):
        ring = rung.get(timeout=60)
    assert ring == bell.Looking(case.id, person(session, "lucia").id, typing=True)


def test_who_looks_is_told_to_others_alone(
    app: Flask, hub: stream.Hub, session: Database, key: PersonalKey, team: str, lucia: Browser,
    programme: Programme,
) -> None:  # fmt: skip
    """A colleague is seen looking or typing, by her name; she does not see herself."""
    case = open_case(session, key, programme.conversation)
    enter(app, session, Role.CASEWORKER, "marta", team)
    her = person(session, "lucia")
    own, other = client_of(session, her), client_of(session, person(session, "marta"))
    hub.join(own), hub.join(other)
    hub._pass_on(bell.Looking(case.id, her.id, typing=True))
    assert heard(own) == []
    ((name, said),) = heard(other)
    assert name == "looking"
    assert json.loads(said) == {"case": str(case.id), "name": "Lucia Prueba", "typing": True}


def test_nonsense_for_a_case_is_refused(lucia: Browser) -> None:
    assert lucia.post("/casos/aqui", page="/llave", case="x").status_code == 400
    assert lucia.client.post("/casos/aqui").status_code == 400  # without its token


def test_what_rings_is_read_and_nonsense_is_not(session: Database, rung: queue.Queue[bell.Ring]) -> None:
    """Whoever is in the database may ring: what is no ring of ours stops nothing."""
    case_id = uuid.uuid4()
    for channel, said in (
        (bell.CASES, "x"), (bell.LOOKING, "{"), (bell.LOOKING, "[1]"), (bell.LOOKING, '{"case": 1}'),
        (bell.CASES, str(case_id)),
    ):  # fmt: skip
        session.execute(select(func.pg_notify(channel, said)))
    session.commit()
    assert rung.get(timeout=60) == bell.Changed(case_id)


def test_a_lost_connection_is_made_again(session: Database, rung: queue.Queue[bell.Ring]) -> None:
    """After it, every page is told to fetch what it may have missed."""
    ended = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND query LIKE 'LISTEN%'"
    )
    assert session.scalars(text(ended)).all() == [True]
    session.commit()
    assert rung.get(timeout=60) == bell.Missed()
    case_id = uuid.uuid4()
    session.execute(select(func.pg_notify(bell.CASES, str(case_id))))
    session.commit()
    assert rung.get(timeout=60) == bell.Changed(case_id)
