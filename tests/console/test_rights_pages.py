"""Pages of requests, of how long data is kept, and of the week: steps, agencies, costs."""

from __future__ import annotations

import json
import re
import uuid
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event, select
from staffroom import Browser, Programme, enter
from supporting import coordinator, give, today

from models import (
    AuditEvent,
    BlockedReading,
    BlockedRecord,
    DataKind,
    DataRequest,
    Holiday,
    OutboxKind,
    OutboxState,
    Reminder,
    ReminderState,
    RequestOutcome,
    RetentionPause,
    Role,
    Staff,
    Woman,
)
from outreach.messages import outbox
from outreach.messages.outbox import Content
from outreach.people import registry
from outreach.single_list import copy_sheet, requests, retention, rights
from outreach.single_list.requests import Asked

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session as Database

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

pytest_plugins = ("console_fixtures",)
HOME, PERIODS, WEEK = "/programa/derechos", "/programa/plazos", "/programa/semana"


def asks(browser: Browser, db: Database, woman: Woman, kind: str = "access") -> DataRequest:
    """Enter a request through the form."""
    path = f"{HOME}/nueva/{woman.id}"
    sent = browser.post(
        path, kind=kind, asked="quiere su copia", contact="en la oficina", received=today().isoformat()
    )
    assert sent.status_code == 302
    db.expire_all()
    return db.get_one(DataRequest, uuid.UUID(sent.headers["Location"].rsplit("/", 1)[-1]))


def text_of(browser: Browser, path: str) -> str:
    return browser.get(path).get_data(as_text=True)


def test_a_request_from_entry_to_copy(
    session: Database, key: PersonalKey, rosa: Browser, programme: Programme
) -> None:
    """Nothing is granted before it is noted who she is, and no copy given before it is granted."""
    elena = programme.women[0]
    give(session, key, elena)
    found = rosa.post(f"{HOME}/buscar", HOME, asked="elena uno")
    assert f"{HOME}/nueva/{elena.id}" in found.get_data(as_text=True)
    request = asks(rosa, session, elena)
    path = f"{HOME}/{request.id}"
    assert request.number in text_of(rosa, HOME)
    assert "quedan 20 días hábiles" in text_of(rosa, HOME) or "quedan 19" in text_of(rosa, HOME)
    assert rosa.get(f"{path}/copia.json").status_code == 404
    refused = rosa.post(f"{path}/responder", path, outcome="granted", said="procede")
    assert refused.status_code == 422
    assert "comprobó quién es" in refused.get_data(as_text=True)
    assert rosa.post(f"{path}/identidad", path, said="credencial para votar").status_code == 302
    assert rosa.post(f"{path}/responder", path, outcome="granted", said="procede").status_code == 302
    copy = rosa.get(f"{path}/copia.json")
    assert json.loads(copy.get_data())["supports"][0]["note"] == "Nota ajena"
    assert rosa.get(f"{path}/copia.pdf").get_data().startswith(b"%PDF")
    assert rosa.post(f"{path}/hecha", path).status_code == 302
    assert "Ninguna espera respuesta" in text_of(rosa, HOME)
    assert request.number in text_of(rosa, f"{HOME}?estado=terminadas")
    actions = set(session.scalars(select(AuditEvent.action)))
    assert {"request.entered", "request.noted", "request.answered", "request.copy", "request.done"} <= actions
    assert rosa.get(f"{path}/copia.json").status_code == 404, "given once"


def test_every_wrong_step_says_why(session: Database, rosa: Browser, programme: Programme) -> None:
    """Missing words, a step out of its order: one sentence, nothing changed."""
    request = asks(rosa, session, programme.women[0], "correction")
    path = f"{HOME}/{request.id}"
    empty = rosa.post(f"{HOME}/nueva/{programme.women[0].id}", asked="", received="")
    assert (empty.status_code, empty.get_data(as_text=True).count("Falta este dato")) == (422, 3)
    assert rosa.post(f"{HOME}/nueva/{uuid.uuid4()}").status_code == 404
    for step, fields in (("identidad", {"said": ""}), ("completa", {}), ("hecha", {})):
        rosa.post(f"{path}/{step}", path, **fields)
        assert 'class="flash error"' in text_of(rosa, path)
    assert rosa.post(f"{path}/responder", path, outcome="").status_code == 422
    assert rosa.post(f"{path}/falta", path, said="su CURP").status_code == 302
    assert "espera un dato de ella" in text_of(rosa, path)
    assert rosa.post(f"{path}/completa", path).status_code == 302
    assert rosa.post(f"{path}/ampliar", path, said="hay mucho que buscar").status_code == 302
    assert "ya con 10 días más" in text_of(rosa, path)
    assert rosa.post(f"{path}/responder", path, outcome="refused", said="no es suyo").status_code == 302
    session.refresh(request)
    assert request.outcome is RequestOutcome.REFUSED


def test_an_erasure_through_the_page(session: Database, rosa: Browser, programme: Programme) -> None:
    """Her receipt is shown as she reads it; afterwards nobody sees a name."""
    elena = programme.women[0]
    request = asks(rosa, session, elena, "erasure")
    path, woman_id = f"{HOME}/{request.id}", elena.id
    rosa.post(f"{path}/identidad", path, said="credencial para votar")
    rosa.post(f"{path}/responder", path, outcome="granted", said="procede")
    assert rosa.post(f"{path}/hecha", path).status_code == 302
    session.expire_all()
    assert session.get(Woman, woman_id) is None
    html = text_of(rosa, path)
    assert "tus datos ya se borraron" in html
    assert "Elena" not in html.replace(programme.women[1].id.hex, "")
    assert "credencial" not in html


def test_of_another_agency_nothing_is_seen(
    app: Flask, session: Database, key: PersonalKey, rosa: Browser, programme: Programme
) -> None:
    """A coordinator sees the requests of her agency, of its women, and of women of none."""
    dif = coordinator(app, session, "DIF", "delia")
    elena, teresa, carmen = programme.women
    registry.affiliate(session, key, elena, "SSAS", "S-1", source="import")
    registry.affiliate(session, key, teresa, "DIF", "D-1", source="import")
    session.commit()
    numbers = {}
    for name, woman in (("elena", elena), ("teresa", teresa), ("carmen", carmen)):
        given = Asked("access", woman.id, "quiere su copia", "", today(), None)
        made = requests.enter(session, key, app.extensions["avanza_settings"], given, datetime.now(UTC))
        numbers[name] = made.number, made.id
    session.commit()
    html = text_of(dif, HOME)
    assert [name for name, (number, _) in numbers.items() if number in html] == ["teresa", "carmen"]
    assert dif.get(f"{HOME}/{numbers['elena'][1]}").status_code == 404
    assert rosa.get(f"{HOME}/{numbers['elena'][1]}").status_code == 200
    assert numbers["elena"][0] not in text_of(dif, WEEK)
    # Entered by her own agency, it is hers too.
    hers = asks(dif, session, elena)
    assert dif.get(f"{HOME}/{hers.id}").status_code == 200
    assert dif.get(PERIODS).status_code == 200
    for path in (f"{PERIODS}/support", f"{PERIODS}/bloqueados"):
        assert dif.get(path).status_code == 404
    assert dif.post(f"{PERIODS}/support/pausa", PERIODS, until="2030-01-01", reason="x").status_code == 404


def test_periods_pauses_and_what_is_blocked(
    session: Database, key: PersonalKey, settings: Settings, rosa: Browser, programme: Programme
) -> None:
    """A rule with its ground; what it announces; a pause by name; a blocked record opened for a reason."""
    give(session, key, programme.women[0], days_ago=800)
    wrong = rosa.post(f"{PERIODS}/support", months="12", blocked_months="3", ground="", reason="x")
    assert wrong.status_code == 422
    rule = {"months": "12", "blocked_months": "3", "ground": "Catálogo 7", "reason": "lo pide el archivo"}
    assert rosa.post(f"{PERIODS}/support", **rule).status_code == 302
    assert rosa.get(f"{PERIODS}/nada").status_code == 404
    now = datetime.now(UTC)
    retention.announce(session, settings, now)
    session.commit()
    html = text_of(rosa, PERIODS)
    assert "Apoyos: 1" in html
    assert "Catálogo 7" in html
    assert "Apoyos: 1" in text_of(rosa, WEEK)
    until = (today() + timedelta(days=5)).isoformat()
    rosa.post(f"{PERIODS}/support/pausa", PERIODS, until=until, reason="revisión de la contraloría")
    assert session.scalars(select(RetentionPause.kind)).all() == [DataKind.SUPPORT]
    assert "Rosa Prueba: revisión de la contraloría" in text_of(rosa, PERIODS)
    rosa.post(f"{PERIODS}/support/seguir", PERIODS)
    assert "en pausa" not in text_of(rosa, PERIODS)
    assert retention.block_step(session, key, settings, now + timedelta(days=31)).rows == 1
    session.commit()
    record = session.scalars(select(BlockedRecord)).one()
    listed = text_of(rosa, f"{PERIODS}/bloqueados")
    assert str(record.id) in listed
    assert "Elena" not in listed
    opens = f"{PERIODS}/bloqueados/{record.id}"
    assert rosa.post(opens, f"{PERIODS}/bloqueados", reason="").status_code == 302
    opened = rosa.post(opens, f"{PERIODS}/bloqueados", reason="lo pide un juez").get_data(as_text=True)
    assert "Elena" in opened
    assert len(session.scalars(select(BlockedReading)).all()) == 1
    assert "blocked.opened" in set(session.scalars(select(AuditEvent.action)))
    rosa.post(f"{PERIODS}/support/sin-plazo", PERIODS, reason="ya no")
    assert retention.rules(session) == {}


def test_the_week_shows_what_waits(
    session: Database, key: PersonalKey, rosa: Browser, programme: Programme
) -> None:
    """Seats, who waits, who has not answered; a number that took no reminder; no reply is looked at."""
    elena, teresa, _ = programme.women
    monday = today() - timedelta(days=today().weekday())
    programme.session.starts_at = datetime.combine(monday + timedelta(days=6), datetime.max.time(), UTC)
    for woman, kind in ((elena, OutboxKind.REMINDER), (teresa, OutboxKind.REPLY)):
        row = outbox.enqueue(session, key, programme.conversation.id, kind, Content("Hola"), job=False)
        row.state, row.reason, row.ended_at = OutboxState.FAILED, "unreachable", datetime.now(UTC)
        session.add(
            Reminder(woman_id=woman.id, session_id=programme.session.id, minutes_before=int(woman is elena),
                     due_at=datetime.now(UTC), state=ReminderState.HANDED_OVER, outbox_id=row.id)
        )  # fmt: skip
    session.commit()
    html = text_of(rosa, WEEK)
    numbers = html[html.index('id="numeros"') :]
    assert "Elena" in numbers
    assert "Teresa" not in numbers
    assert "Casa de la Cultura" in html
    assert re.search(r"\d de 3<", html)


def test_costs_do_not_grow(
    session: Database,
    key: PersonalKey,
    settings: Settings,
    rosa: Browser,
    programme: Programme,
    engine: Engine,
) -> None:
    """Statements of each page at two requests and at thirty: equal; the week has one a block."""
    noted: list[str] = []
    event.listen(
        engine,
        "before_cursor_execute",
        lambda *given: None if given[2].startswith("UPDATE staff_session") else noted.append(given[2]),
    )
    now = datetime.now(UTC)
    by = session.scalars(select(Staff.id)).first()
    assert by
    retention.set_rule(
        session,
        key,
        DataKind.SUPPORT,
        months=12,
        blocked_months=3,
        ground="Catálogo",
        reason="x",
        by=by,
        now=now,
    )
    session.add(Holiday(day=date(2030, 1, 1), name="Cierre"))

    def fill(count: int) -> None:
        for number in range(count):
            details = registry.Details(full_name=f"Mujer {number}")
            woman = registry.add_woman(session, key, details, municipality="14039", axis="food")
            give(session, key, woman, days_ago=800)
            given = Asked("access", woman.id, "x", "", today(), None)
            requests.enter(session, key, settings, given, now)
            done = requests.enter(session, key, settings, given, now)
            requests.answer(session, key, settings, done, RequestOutcome.REFUSED, "x", by, now)
        session.commit()

    def costs() -> list[int]:
        found = []
        for path in (HOME, f"{HOME}?estado=terminadas", PERIODS, f"{PERIODS}/bloqueados", WEEK):
            noted.clear()
            assert rosa.get(path).status_code == 200
            found.append(len(noted))
        return found

    fill(2)
    retention.announce(session, settings, now)
    assert retention.block_step(session, key, settings, now + timedelta(days=40)).rows == 2
    session.commit()
    few = costs()
    fill(30)
    assert retention.announce(session, settings, now)
    assert retention.block_step(session, key, settings, now + timedelta(days=40)).rows == 30
    session.commit()
    assert costs() == few
    # The gate's two, and for the week: sessions, numbers, lists, pairs, doubles, requests, closed days,
    # notices, pauses, templates that WhatsApp stopped.
    assert few[-1] <= 12


def test_the_sheet_can_be_set(session: Database, key: PersonalKey, programme: Programme) -> None:
    """Words that look like markup are words."""
    elena = programme.women[0]
    details = registry.read_details(key, elena)
    details.locality = "#panic() *calle* $x$ [a]"
    registry.write_details(session, key, elena, details)
    whole = rights.handed_over(session, key, elena, datetime.now(UTC), None)
    parts = copy_sheet.sections(session, whole, ZoneInfo("America/Mexico_City"))
    assert any("#panic()" in line for line in parts[0]["lines"])
    assert copy_sheet.typeset(parts, "AV-2026-00000000", "1 de enero de 2026").startswith(b"%PDF")


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR])
def test_others_find_nothing(app: Flask, session: Database, role: Role) -> None:
    """P10: only coordinators."""
    other = enter(app, session, role, role.value)
    assert [other.get(path).status_code for path in (HOME, PERIODS, WEEK)] == [404] * 3


def test_a_copy_of_another_agencys_woman_is_not_given(
    app: Flask, session: Database, key: PersonalKey, rosa: Browser, programme: Programme
) -> None:
    """Whoever enters a request would else read any woman: hers and those of no agency are given."""
    dif = coordinator(app, session, "DIF", "delia")
    elena, teresa, carmen = programme.women
    registry.affiliate(session, key, elena, "SSAS", "S-1", source="import")
    registry.affiliate(session, key, teresa, "DIF", "D-1", source="import")
    session.commit()
    for woman, given in ((elena, False), (teresa, True), (carmen, True)):
        request = asks(dif, session, woman)
        path = f"{HOME}/{request.id}"
        dif.post(f"{path}/identidad", path, said="credencial para votar")
        dif.post(f"{path}/responder", path, outcome="granted", said="procede")
        for ending in ("json", "pdf"):
            assert dif.get(f"{path}/copia.{ending}").status_code == (200 if given else 302)
            assert ("La atiende otra dependencia" in text_of(dif, path)) is not given
        dif.post(f"{path}/hecha", path)
        session.refresh(request)
        assert (request.done_at is not None) is given
        if not given:
            assert rosa.get(f"{path}/copia.json").status_code == 200, "who coordinates all gives it"
