"""Pages of supports: what she got is shown before one more is entered, and a double is stopped."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event, func, select
from staffroom import open_case
from supporting import coordinator, enters, give, kind_id, today

from models import AuditEvent, DoubleState, DoubleSupport, Support, SupportRule
from outreach.people import registry
from outreach.single_list import supports_doubles

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session as Database
    from staffroom import Browser, Programme

    from outreach.sealing.crypto import PersonalKey

pytest_plugins = ("console_fixtures",)
PAGES = ("/programa/apoyos", "/programa/apoyos/dobles", "/programa/apoyos/dobles?estado=decididos",
         "/programa/apoyos/reglas")  # fmt: skip


@pytest.fixture
def dif(app: Flask, session: Database) -> Browser:
    """Return a coordinator of DIF alone."""
    return coordinator(app, session, "DIF", "delia")


def count(db: Database, noun: type[Support | DoubleSupport]) -> int:
    return db.scalar(select(func.count()).select_from(noun)) or 0


def text_of(browser: Browser, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def test_a_support_is_entered(session: Database, dif: Browser, programme: Programme) -> None:
    """She is found by a form, so that no name stands in an address; what she gets is entered once."""
    found = dif.post("/programa/apoyos/buscar", page="/programa/apoyos", asked="elena uno")
    html = found.get_data(as_text=True)
    woman = programme.women[0]
    assert f"/programa/apoyos/mujer/{woman.id}" in html
    assert "Teresa Dos" not in html
    her_page = f"/programa/apoyos/mujer/{woman.id}"
    assert "Nada, de ninguna dependencia." in text_of(dif, her_page)
    once = str(uuid.uuid4())
    for _ in range(2):
        assert enters(dif, session, woman, once=once).status_code == 302
    html = text_of(dif, her_page)
    assert "El apoyo quedó anotado." in html
    assert "Sistema DIF Jalisco · entregó Quien Entrega" in html
    assert "ya no le toca" in html
    row = session.scalars(select(Support)).one()
    assert (row.agency, row.day, row.cents) == ("DIF", today(), None)
    assert "Elena Uno" in text_of(dif, "/programa/apoyos")
    actions = session.scalars(select(AuditEvent.action).where(AuditEvent.action.like("support.%"))).all()
    assert set(actions) == {"support.entered"}


def test_a_double_is_stopped_at_entry(
    session: Database, key: PersonalKey, dif: Browser, programme: Programme
) -> None:
    """The page says what she got from another agency and the rule, and nothing of who, where or how much."""
    woman = programme.women[0]
    give(session, key, woman)
    stopped = enters(dif, session, woman)
    html = stopped.get_data(as_text=True)
    assert stopped.status_code == 422
    for said in ("Alto: ya lo recibió", "1 al mes, contando todas las dependencias", "otra dependencia"):
        assert said in html
    for hidden in ("Persona Ajena", "Nota ajena", "SSAS", "Asistencia Social"):
        assert hidden not in html
    assert count(session, Support) == 1
    once = str(uuid.uuid4())
    for _ in range(2):
        assert enters(dif, session, woman, once=once, do="avoid").status_code == 302
    double = session.scalars(select(DoubleSupport)).one()
    assert (double.state, double.agency) == (DoubleState.AVOIDED, "DIF")
    assert count(session, Support) == 1
    assert "Se detuvo a tiempo" in text_of(dif, "/programa/apoyos/dobles?estado=decididos")


def test_given_all_the_same(session: Database, key: PersonalKey, dif: Browser, programme: Programme) -> None:
    """What was handed over is entered with a reason; without one the page asks for it and keeps the form."""
    woman = programme.women[0]
    give(session, key, woman)
    asked = enters(dif, session, woman, do="anyway", note="Llegó tarde", reason="  ")
    assert asked.status_code == 422
    html = asked.get_data(as_text=True)
    assert 'id="reason-error"' in html
    assert 'value="Llegó tarde"' in html
    assert enters(dif, session, woman, do="anyway", reason="Perdió la primera").status_code == 302
    assert count(session, Support) == 2
    double = session.scalars(select(DoubleSupport)).one()
    html = text_of(dif, f"/programa/apoyos/dobles/{double.id}")
    assert "se justifica" in html
    assert "Perdió la primera" in html
    assert "Persona Ajena" not in html


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"day": "2099-01-01"}, "está en el futuro"),
        ({"amount": "850"}, "no es en dinero"),
        ({"amount": "mil"}, "Escribe la cantidad en pesos"),
        ({"kind": ""}, "Falta este dato."),
        ({"kind": str(uuid.uuid4())}, "field"),
        ({"once": "x"}, "Anotar un apoyo"),
        ({"day": ""}, "Falta este dato."),
    ],
)
def test_entries_that_can_not_be(
    session: Database, dif: Browser, programme: Programme, changed: dict[str, str], said: str
) -> None:
    """The form comes back with what is wrong and what was typed; nothing is entered."""
    answer = enters(dif, session, programme.women[0], note="Lo que escribí", **changed)
    assert answer.status_code == 422
    html = answer.get_data(as_text=True)
    assert said in html
    assert "Lo que escribí" in html
    assert count(session, Support) == 0


def test_an_agency_is_its_own(session: Database, key: PersonalKey, app: Flask, dif: Browser,
                              rosa: Browser, programme: Programme) -> None:  # fmt: skip
    """What a form says of another agency is not heard; another's supports and doubles are not there."""
    woman = programme.women[0]
    enters(dif, session, woman, agency="SSAS")
    own = session.scalars(select(Support)).one()
    assert own.agency == "DIF"
    others = give(session, key, woman)
    supports_doubles.look_again(session, datetime.now(UTC))
    session.commit()
    double = session.scalars(select(DoubleSupport)).one()
    assert double.agency == "SSAS"
    page = f"/programa/apoyos/mujer/{woman.id}"
    assert str(others.id) not in text_of(dif, page)
    assert dif.post(f"/programa/apoyos/{others.id}/anular", page=page, reason="x").status_code == 404
    assert dif.get(f"/programa/apoyos/dobles/{double.id}").status_code == 404
    told = dif.post(f"/programa/apoyos/dobles/{double.id}", page=page, decision="justified", reason="x")
    assert told.status_code == 404
    assert "Ninguno espera decisión." in text_of(dif, "/programa/apoyos/dobles")
    # Who coordinates all agencies sees all of it.
    assert "Persona Ajena" in text_of(rosa, page)
    assert "Elena Uno" in text_of(rosa, "/programa/apoyos/dobles")


def test_a_support_is_voided(session: Database, dif: Browser, programme: Programme) -> None:
    """With a reason it no longer counts, and stays to be read; without one nothing happens."""
    woman = programme.women[0]
    enters(dif, session, woman)
    row = session.scalars(select(Support)).one()
    page = f"/programa/apoyos/mujer/{woman.id}"
    dif.post(f"/programa/apoyos/{row.id}/anular", page=page, reason="")
    session.refresh(row)
    assert row.voided_at is None
    dif.post(f"/programa/apoyos/{row.id}/anular", page=page, reason="Era de otra señora")
    html = text_of(dif, page)
    assert "Se anuló: Era de otra señora" in html
    assert "ya no le toca" not in html
    assert enters(dif, session, woman).status_code == 302


def test_a_double_found_afterwards_is_decided(
    session: Database, key: PersonalKey, rosa: Browser, programme: Programme
) -> None:
    """The list says how many wait; the decision needs a reason, and is told with who may read it."""
    woman = programme.women[1]
    give(session, key, woman, agency="DIF")
    give(session, key, woman)
    supports_doubles.look_again(session, datetime.now(UTC))
    session.commit()
    assert "Apoyos dobles (1)" in text_of(rosa, "/programa/apoyos")
    double = session.scalars(select(DoubleSupport)).one()
    page = f"/programa/apoyos/dobles/{double.id}"
    assert "pasa de la regla" in text_of(rosa, page)
    for missing in ({"decision": "justified", "reason": ""}, {"decision": "", "reason": "x"},
                    {"decision": "avoided", "reason": "x"}):  # fmt: skip
        assert rosa.post(page, **missing).status_code == 422
    assert rosa.post(page, decision="recovered", reason="Se descuenta en diciembre").status_code == 302
    assert "Ninguno espera decisión." in text_of(rosa, "/programa/apoyos/dobles")
    assert "Se descuenta en diciembre" in text_of(rosa, page)


def test_rules_are_changed_by_those_of_all_agencies(
    session: Database, key: PersonalKey, dif: Browser, rosa: Browser, programme: Programme
) -> None:
    """A coordinator of one agency reads them; a new rule says how many supports are over it already."""
    rules = "/programa/apoyos/reglas"
    html = text_of(dif, rules)
    assert "1 al mes, contando todas las dependencias" in html
    assert "Agregar regla" not in html
    kind = kind_id(session, "despensa")
    rule = session.scalars(select(SupportRule)).one()
    for path in (rules, f"{rules}/{kind}", f"{rules}/{kind}/retirar", f"{rules}/terminar/{rule.id}"):
        assert dif.post(path, page=rules, name="Estufa", most="1").status_code == 404
    assert rosa.post(f"{rules}/terminar/{rule.id}", page=rules).status_code == 302
    for _ in range(2):
        give(session, key, programme.women[0])
    fields = {"most": "1", "period": "year", "days": "", "scope": "all", "since": "2026-01-01", "ground": ""}
    assert rosa.post(f"{rules}/{kind}", **fields | {"days": "30"}).status_code == 422
    assert rosa.post(f"{rules}/{kind}", **fields | {"most": "0"}).status_code == 422
    assert rosa.post(f"{rules}/{kind}", **fields).status_code == 302
    assert "1 apoyo anotado pasa de ella" in text_of(rosa, rules)
    assert rosa.post(rules, name="Apoyo por violencia").status_code == 422
    assert rosa.post(rules, name="Estufa ahorradora").status_code == 302
    assert "Estufa ahorradora" in text_of(rosa, f"/programa/apoyos/mujer/{programme.women[0].id}")


def test_the_same_with_a_case(
    app: Flask, session: Database, key: PersonalKey, team: str, rosa: Browser, programme: Programme
) -> None:
    """P4: byte for byte, no page of supports tells that a woman has a case."""
    moment = datetime.now(UTC)
    app.extensions["avanza_clock"] = lambda: moment
    for woman in programme.women:
        give(session, key, woman)
    paths = [*PAGES, *(f"/programa/apoyos/mujer/{woman.id}" for woman in programme.women)]

    def seen() -> list[bytes]:
        changes = rb'(?:name="csrf_token" value|data-left|name="once"[^>]*value)="[^"]+"'
        return [re.sub(changes, b"", rosa.get(path).data) for path in paths]

    before = seen()
    open_case(session, key, programme.conversation)
    assert seen() == before


def test_pages_stand_alone(rosa: Browser, programme: Programme) -> None:
    """P10: nothing inline, no other host; P5: no name in a title or an address."""
    for path in (*PAGES, f"/programa/apoyos/mujer/{programme.women[0].id}"):
        html = text_of(rosa, path)
        assert not re.search(r"<script(?![^>]*src)|\son\w+=|\sstyle=|<style", html)
        assert not re.search(r'(src|href|action)="(https?:)?//', html)
        assert not [each for each in re.findall(r'<title>[^<]*|href="[^"]*', html) if "Elena" in each]


def test_no_page_costs_more_with_more_rows(
    session: Database, engine: Engine, key: PersonalKey, rosa: Browser, programme: Programme
) -> None:
    """Statements of each page with a few supports and with many: equal, and few."""
    noted: list[str] = []

    def note(*given: object) -> None:
        if not str(given[2]).startswith("UPDATE staff_session"):
            noted.append(str(given[2]))

    event.listen(engine, "before_cursor_execute", note)
    woman = programme.women[0]

    def costs(rows: int) -> dict[str, int]:
        for number in range(rows):
            other = registry.add_woman(
                session, key, registry.Details(full_name=f"Mujer {number}"), municipality=None, axis=None
            )
            give(session, key, other)
            give(session, key, woman, days_ago=number)
        supports_doubles.look_again(session, datetime.now(UTC))
        session.commit()
        double = session.scalars(select(DoubleSupport.id)).first()
        found = {}
        for path in (*PAGES, f"/programa/apoyos/mujer/{woman.id}", f"/programa/apoyos/dobles/{double}"):
            noted.clear()
            text_of(rosa, path)
            found[path] = len(noted)
        return found

    few = costs(3)
    many = costs(40)
    assert list(many.values()) == list(few.values())
    assert max(few.values()) <= 13
