"""The auditor's pages: what staff did by person, action and day; never a case, a word or a count of few."""

from __future__ import annotations

import csv
import io
import re
import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text
from staffroom import CANARY, Browser, Programme, enter, once, open_case

from models import Role, Staff, Stream
from outreach.staff import accounts, audit, audit_log, chain
from outreach.staff.audit import Action
from outreach.staff.audit_log import Asked
from outreach.texts import desk_audit as texts

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session as Database

    from outreach.sealing.crypto import PersonalKey

pytest_plugins = ("console_fixtures",)
PAGES = ("/auditoria", "/auditoria/mesa", "/auditoria/estado")
FILES = ("/auditoria/oficina.csv", "/auditoria/mesa.csv")
ZONE = ZoneInfo("America/Mexico_City")
DAY = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)


@pytest.fixture
def aurora(app: Flask, session: Database) -> Browser:
    """Return an auditor."""
    return enter(app, session, Role.AUDITOR, "aurora")


@pytest.fixture
def lucias(session: Database) -> Staff:
    """Somebody who worked at the desk for three days."""
    accounts.add(session, "luz", "=Luz Prueba", Role.CASEWORKER, DAY)
    found = accounts.find(session, "luz")
    assert found is not None
    for days, count in ((0, 12), (1, 9), (2, 10)):
        for _ in range(count):
            audit.record(session, found.id, Action.DESK_OPENED, DAY - timedelta(days=days))
    audit.record(session, found.id, Action.DESK_BROKE_GLASS, DAY)
    audit.record(session, found.id, Action.LOGGED_IN, DAY)
    session.commit()
    return found


def _plain(data: bytes) -> bytes:
    return re.sub(rb'(?:name="csrf_token" value|data-left)="[^"]+"', b"", data)


def _rows(browser: Browser, path: str) -> list[list[str]]:
    answer = browser.get(path)
    assert answer.mimetype == "text/csv"
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))


def test_her_home(aurora: Browser) -> None:
    """P10: an auditor gets to her pages and to nobody else's; nobody else gets to hers."""
    assert aurora.get("/").location == "/auditoria"
    html = aurora.get("/auditoria").get_data(as_text=True)
    assert "Aurora Prueba" in html
    assert "Cambió su contraseña" in html
    for path in ("/casos", "/administracion/personal", "/programa", "/llave"):
        assert aurora.get(path).status_code == 404


def test_nobody_is_led_there(ana: Browser, lucia: Browser) -> None:
    for browser, home in ((ana, "/administracion/personal"), (lucia, "/casos")):
        assert "auditoria" not in browser.get(home).get_data(as_text=True)
        for path in (*PAGES, *FILES):
            assert browser.get(path).status_code == 404


def test_every_action_has_words() -> None:
    """Whatever is recorded is said in words; and nothing that is not recorded has any."""
    assert set(texts.LEGEND) == {action.value for action in Action}
    assert texts.did("nunca.visto") == "nunca.visto"


def test_few_are_not_counted(aurora: Browser, lucias: Staff) -> None:
    """P4: what was done in cases less than ten times on a day is said without its number, in the file too."""
    assert lucias
    opened, broke = texts.LEGEND["desk.opened"], texts.LEGEND["desk.broke_glass"]
    expected = [
        ["2026-11-20", "'=Luz Prueba", broke, "1 a 9"],
        ["2026-11-20", "'=Luz Prueba", opened, "12"],
        ["2026-11-19", "'=Luz Prueba", opened, "1 a 9"],
        ["2026-11-18", "'=Luz Prueba", opened, "10"],
    ]
    assert _rows(aurora, "/auditoria/mesa.csv")[1:] == expected
    html = aurora.get("/auditoria/mesa").get_data(as_text=True)
    shown = re.findall(r'<td data-label="Veces">([^<]+)</td>', html)
    assert shown == [row[3] for row in expected]
    assert not re.search(r"\d\d:\d\d", html.split("<tbody>")[1].split("</tbody>")[0])


def test_filters(aurora: Browser, lucias: Staff) -> None:
    """By person, by action and by days, both included, each by itself and together."""

    def count(**asked: str) -> int:
        query = "&".join(f"{name}={value}" for name, value in asked.items())
        return len(_rows(aurora, f"/auditoria/mesa.csv?{query}")) - 1

    assert count(persona=str(lucias.id)) == 4
    assert count(persona=str(uuid.uuid4())) == 0
    assert count(acto="desk.broke_glass") == 1
    assert count(desde="2026-11-19") == 3
    assert count(hasta="2026-11-19") == 2
    assert count(desde="2026-11-19", hasta="2026-11-19", acto="desk.opened") == 1
    assert count(desde="ayer", hasta="9999-12-31", persona="ella", acto="desk.nada") == 4
    html = aurora.get(f"/auditoria?persona={lucias.id}").get_data(as_text=True)
    assert re.findall(r'<td data-label="Qué hizo">([^<]+)</td>', html) == ["Entró"]


def test_days_of_the_office_are_local(session: Database, lucias: Staff) -> None:
    """An event of the evening belongs to that evening's day, though it is the next one in UTC."""
    evening = datetime(2026, 11, 21, 22, 30, tzinfo=ZONE)
    audit.record(session, lucias.id, Action.LOGGED_OUT, evening)
    session.commit()
    for day, found in ((20, 0), (21, 1), (22, 0)):
        asked = Asked(first=evening.date().replace(day=day), last=evening.date().replace(day=day),
                      action="logout")  # fmt: skip
        assert len(audit_log.office(session, asked, ZONE)[0]) == found


def test_pages_by_place(session: Database, lucias: Staff) -> None:
    """Each event stands on one page, also while others are added; a place that is none begins anew."""
    for minute in range(25):
        audit.record(session, lucias.id, Action.LOGGED_IN, DAY + timedelta(minutes=minute // 3))
    session.commit()
    asked = Asked(staff_id=lucias.id)
    whole, _ = audit_log.office(session, asked, ZONE)
    seen, place = [], ""
    while True:
        acts, following = audit_log.office(session, asked, ZONE, after=place, size=7)
        seen += acts
        audit.record(session, lucias.id, Action.LOGGED_OUT, DAY + timedelta(days=1))
        session.commit()
        if following is None:
            break
        place = following
    assert seen == whole
    assert len(seen) == 26
    days, place = [], ""
    for _ in range(4):
        some, following = audit_log.desk(session, asked, after=place, size=1)
        days += some
        place = following or ""
    assert place == ""
    assert days == audit_log.desk(session, asked)[0]
    for wrong in ("x", "1-", "99999999999999999999999-1", "2026-11-20", "2026-11-20_x_y"):
        assert audit_log.desk(session, asked, after=wrong) == audit_log.desk(session, asked)
        assert audit_log.office(session, asked, ZONE, after=wrong)[0][0].action == "logout"


def test_a_file_leaves_a_trace(aurora: Browser) -> None:
    """P4: taking the record out of the house is itself recorded; its name says nothing."""
    answer = aurora.get("/auditoria/oficina.csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="auditoria-oficina.csv"'
    assert texts.LEGEND["audit.exported"] in {row[2] for row in _rows(aurora, "/auditoria/oficina.csv")}


def test_too_many_for_a_file(aurora: Browser, lucias: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_log, "MOST_EXPORTED", 3)
    answer = aurora.get(f"/auditoria/mesa.csv?persona={lucias.id}")
    assert (answer.status_code, answer.location) == (302, f"/auditoria/mesa?persona={lucias.id}")
    assert texts.TOO_MANY in aurora.get(answer.location).get_data(as_text=True)


def test_the_state_of_the_record(session: Database, engine: Engine, aurora: Browser, lucias: Staff) -> None:
    """It is whole, with a head to write down; a head on paper is found; a changed event shows."""
    assert lucias
    html = aurora.get("/auditoria/estado").get_data(as_text=True)
    assert html.count("completa</span>") == 2
    head = chain.code(chain.heads(session)[Stream.DESK])
    assert head in html
    for typed, said in ((head, "está en la parte «mesa de atención»"), (head[::-1], "Esa huella no está")):
        answer = aurora.post("/auditoria/estado", code=typed)
        assert said in aurora.get(answer.location).get_data(as_text=True)
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text("UPDATE audit_event SET staff_id = NULL WHERE action = 'desk.broke_glass'"))
    html = aurora.get("/auditoria/estado").get_data(as_text=True)
    assert (html.count("alterada</span>"), html.count("completa</span>")) == (1, 1)


def test_her_pages_are_the_same_with_a_case(
    app: Flask,
    session: Database,
    key: PersonalKey,
    aurora: Browser,
    lucia: Browser,
    programme: Programme,
) -> None:
    """P4: byte for byte, no page of an auditor tells that a woman has a case, nor in which what was done."""
    moment = datetime.now(UTC)
    app.extensions["avanza_clock"] = lambda: moment
    before = {path: _plain(aurora.get(path).data) for path in PAGES}
    case = open_case(session, key, programme.conversation)
    assert {path: _plain(aurora.get(path).data) for path in PAGES} == before
    here = f"/casos/{case.id}"
    lucia.post(f"{here}/tomar", page=here)
    lucia.post(f"{here}/notas", page=here, text="hablar el jueves", once=once())
    pages = [aurora.get(path).get_data(as_text=True) for path in (*PAGES, *FILES)]
    for page in pages:
        assert CANARY not in page
        assert "hablar el jueves" not in page
        assert str(case.id)[:8] not in page.lower()
        assert f">{str(case.id)[:4].upper()}<" not in page
