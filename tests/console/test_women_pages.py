"""A woman's page: found, corrected, enrolled, undone; never a case, another agency's in part."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event, select
from staffroom import open_case
from supporting import coordinator, give

from models import (
    Attendance,
    AuditEvent,
    Enrolment,
    OutboxKind,
    OutboxMessage,
    OutboxState,
    Woman,
)
from outreach.messages import outbox, templates
from outreach.messages.outbox import Content
from outreach.people import registry
from outreach.people.details import HERSELF, Source
from outreach.single_list import her_record
from outreach.single_list.linking import merging

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session as Database
    from staffroom import Browser, Programme
    from werkzeug.test import TestResponse

    from outreach.sealing.crypto import PersonalKey

pytest_plugins = ("console_fixtures",)
LIST = "/programa/mujeres"


def text_of(browser: Browser, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def path_of(woman: Woman) -> str:
    return f"{LIST}/{woman.id}"


def corrects(browser: Browser, woman: Woman, **changed: str) -> TestResponse:
    """Send the form of her values as it was opened, with some of them changed."""
    page = f"{path_of(woman)}/corregir"
    html = text_of(browser, page)
    version = re.search(r'name="version"[^>]* value="([^"]+)"', html)
    assert version
    fields = {"version": version[1], "full_name": "Elena Uno", "birth_date": "1990-01-01",
              "municipality": "14039", "axis": "food"}  # fmt: skip
    return browser.post(page, **fields | changed)


def test_found_and_opened(rosa: Browser, programme: Programme) -> None:
    """By a form, so that no name stands in an address; who sounds alike first, nobody for nobody."""
    html = rosa.post(f"{LIST}/buscar", page=LIST, asked="helena uno").get_data(as_text=True)
    assert path_of(programme.women[0]) in html
    assert "Teresa Dos" not in html
    html = rosa.post(f"{LIST}/buscar", page=LIST, asked="elena uno", town="14120").get_data(as_text=True)
    assert "Nadie del padrón coincide" in html
    assert rosa.post(f"{LIST}/buscar", page=LIST, asked=" ").status_code == 422
    assert path_of(programme.women[0]) in text_of(rosa, LIST)
    assert "Huerto en casa (g1)" in text_of(rosa, path_of(programme.women[0]))
    assert rosa.get(f"{LIST}/{uuid.uuid4()}").status_code == 404


def test_pages_of_what_is_found(session: Database, key: PersonalKey, rosa: Browser) -> None:
    """Common names meet many: 25 a page, by the form again."""
    for number in range(30):
        details = registry.Details(full_name=f"Rosa Mora {'Luna' if number % 2 else ''}")
        registry.add_woman(session, key, details, municipality=None, axis=None)
    session.commit()
    seen: set[str] = set()
    for page, count in (("1", 25), ("2", 5), ("3", 0)):
        html = rosa.post(f"{LIST}/buscar", page=LIST, asked="rosa mora", pagina=page)
        found = set(re.findall(rf'{LIST}/([0-9a-f-]{{36}})"', html.get_data(as_text=True)))
        assert len(found) == count, page
        seen |= found
    assert len(seen) == 30


def test_added(session: Database, rosa: Browser, programme: Programme) -> None:
    """Twice the same form adds her once; who may be there already is shown first; a girl is not added."""
    page, once = f"{LIST}/nueva", str(uuid.uuid4())
    fields = {"once": once, "full_name": "Nueva De Prueba", "birth_date": "1985-07-14",
              "curp": "LOPM85O714MJCPRR04", "municipality": "14039", "children": "2", "axis": ""}  # fmt: skip
    for _ in range(2):
        assert rosa.post(page, **fields).location.endswith(once)
    assert "Se agregó al padrón" in text_of(rosa, f"{LIST}/{once}")
    stopped = rosa.post(page, **fields | {"once": str(uuid.uuid4()), "full_name": "Otra Persona"})
    assert stopped.status_code == 422
    assert once in stopped.get_data(as_text=True)
    wrong = (
        ({"full_name": ""}, "Falta este dato."), ({"full_name": "=1+1"}, "No es un nombre"),
        ({"birth_date": "2015-01-01"}, "edad mínima"), ({"birth_date": "2099-01-01"}, "Está en el futuro."),
        ({"curp": "LOPM850714MJCPRR05"}, "No es una CURP válida"), ({"children": "muchos"}, "entero"),
    )  # fmt: skip
    for changed, said in wrong:
        answer = rosa.post(page, **fields | {"once": str(uuid.uuid4())} | changed)
        assert (answer.status_code, said in answer.get_data(as_text=True)) == (422, True), changed
    assert len(session.scalars(select(Woman)).all()) == 4
    assert "woman.added" in session.scalars(select(AuditEvent.action)).all()
    assert programme.women


def test_corrected_and_undone(
    session: Database, key: PersonalKey, rosa: Browser, programme: Programme
) -> None:
    """What changed stands in the history with what it was, and goes back by a button."""
    woman = programme.women[0]
    assert corrects(rosa, woman).status_code == 302
    assert "No cambió ningún dato." in text_of(rosa, path_of(woman))
    assert corrects(rosa, woman, municipality="14120", locality="Oblatos").status_code == 302
    html = text_of(rosa, path_of(woman))
    assert "Guadalajara → Zapopan" in html
    assert "personal del programa" in html
    undo = re.search(r'action="([^"]+/deshacer)"[^>]*>.*?aria-label="Deshacer: Municipio', html, re.DOTALL)
    assert undo
    path = re.findall(r'action="([^"]+/deshacer)"', undo[0])[-1]
    assert rosa.post(path, page=path_of(woman)).status_code == 302
    assert "deshecho" in text_of(rosa, path_of(woman))
    session.expire_all()
    assert woman.municipality == "14039"
    rosa.post(path, page=path_of(woman))
    assert "ya no se puede deshacer" in text_of(rosa, path_of(woman))


def test_what_she_said(session: Database, key: PersonalKey, rosa: Browser, programme: Programme) -> None:
    """It is marked as hers, and asks for a confirmation; meanwhile changed records are not written over."""
    woman = programme.women[0]
    details = registry.read_details(key, woman)
    details.sources["full_name"] = Source.of(HERSELF, datetime.now(UTC))
    registry.write_details(session, key, woman, details)
    session.commit()
    assert "ella misma" in text_of(rosa, path_of(woman))
    stopped = corrects(rosa, woman, full_name="Elena Otra")
    assert stopped.status_code == 422
    assert "Ella misma dio: Nombre completo" in stopped.get_data(as_text=True)
    assert corrects(rosa, woman, full_name="Elena Otra", confirmed="y").status_code == 302
    assert "Elena Otra" in text_of(rosa, path_of(woman))
    late = corrects(rosa, woman, version="2026-01-01T00:00:00+00:00", full_name="Elena Tarde")
    assert late.location.endswith("corregir")
    assert "Elena Tarde" not in text_of(rosa, path_of(woman))


def test_enrolled_left_numbers_folio_contact(
    session: Database, key: PersonalKey, rosa: Browser, programme: Programme
) -> None:
    """Each by its own small form on her page."""
    woman, group = programme.women[0], programme.group
    page = path_of(woman)
    seat = session.scalars(select(Enrolment).where(Enrolment.woman_id == woman.id)).one()

    def does(path: str, said: str, **fields: str) -> None:
        assert rosa.post(f"{page}/{path}", page=page, **fields).status_code == 302
        assert said in text_of(rosa, page), path

    does("grupo", "Ya está en ese grupo.", group=str(group.id))
    does(f"grupo/{seat.id}/baja", "Quedó dada de baja del grupo.")
    does(f"grupo/{seat.id}/baja", "Ya no está en ese grupo.")
    does("grupo", "Quedó apuntada.", group=str(group.id))
    does("grupo", "Ese grupo ya no recibe a nadie.", group="x")
    does("telefono", "No se pudo agregar", number="12")
    does("telefono", "El teléfono quedó agregado.", number="33 9876 5432")
    does("folio", "El folio quedó agregado.", agency="DIF", folio="F-1", consent_on="2026-01-05")
    does("folio", "Ese folio ya es de una mujer", agency="DIF", folio="F-1")
    does("folio", "está en el futuro", agency="DIF", folio="F-2", consent_on="2099-01-05")
    does("contacto", "Ya no se le mandan recordatorios")
    html = text_of(rosa, page)
    for shown in (
        "+523398765432",
        "folio F-1",
        "permiso por escrito: 5 ene 2026",
        "No: pidió no recibir mensajes",
    ):
        assert shown in html, shown


def test_another_agency_sees_who_she_is(
    app: Flask, session: Database, key: PersonalKey, programme: Programme
) -> None:
    """Name, town, agencies, supports by kind and day; no values, folio, number, and nothing to change."""
    woman = programme.women[0]
    registry.affiliate(session, key, woman, "SSAS", "S-77", source="import")
    registry.link_phone(session, key, woman, "3312345678")
    give(session, key, woman)
    session.commit()
    dif, ssas = coordinator(app, session, "DIF", "delia"), coordinator(app, session, "SSAS", "sofia")
    page = path_of(woman)
    html = text_of(dif, page)
    for shown in ("Elena Uno", "La atiende otra dependencia", "Despensa"):
        assert shown in html
    for hidden in ("S-77", "3312345678", "Historia", "Huerto en casa", "/corregir", "Persona Ajena"):
        assert hidden not in html, hidden
    assert dif.get(f"{page}/corregir").status_code == 404
    for path in ("grupo", "contacto", "telefono", "folio", f"historia/{uuid.uuid4()}/deshacer"):
        assert dif.post(f"{page}/{path}", page=LIST).status_code == 404, path
    html = text_of(ssas, page)
    for shown in ("folio S-77", "3312345678", "/corregir", "Huerto en casa"):
        assert shown in html
    registry.affiliate(session, key, woman, "DIF", "D-88", source="import")
    session.commit()
    assert "D-88" not in text_of(ssas, page)
    assert "D-88" in text_of(dif, page)


@pytest.mark.usefixtures("team")
def test_nothing_of_a_case(session: Database, key: PersonalKey, rosa: Browser, programme: Programme) -> None:
    """Her page is the same, byte for byte, before and after there is a case and an invitation (P10)."""
    woman, conversation = programme.women[0], programme.conversation

    def seen() -> str:
        return re.sub(r'value="[^"]{30,}"', "", text_of(rosa, path_of(woman)))

    before = seen()
    open_case(session, key, conversation)
    invite = templates.by_name(session, templates.INVITATION)
    for kind, template in ((OutboxKind.REPLY, None), (OutboxKind.NOTICE, invite)):
        outbox.enqueue(session, key, conversation.id, kind, Content(body="Hola"),
                       template_id=template.id if template else None)  # fmt: skip
    session.flush()
    for row in session.scalars(select(OutboxMessage)):
        row.state = OutboxState.DELIVERED
    session.commit()
    assert seen() == before
    outbox.enqueue(session, key, conversation.id, OutboxKind.REMINDER, Content(body="Texto del recordatorio"))
    for row in session.scalars(select(OutboxMessage)):
        row.state = OutboxState.DELIVERED
    session.commit()
    html = text_of(rosa, path_of(woman))
    assert "Recordatorio de sesión" in html
    assert "Texto del recordatorio" not in html


def test_statements_do_not_grow(
    session: Database, key: PersonalKey, rosa: Browser, programme: Programme, engine: Engine
) -> None:
    """As many for a woman with much as for one with little; a merge of hers is shown with its link."""
    little, much = programme.women[1], programme.women[0]
    now = datetime.now(UTC)
    staff = session.scalars(select(AuditEvent.staff_id).where(AuditEvent.staff_id.is_not(None))).first()
    assert staff
    session.add(Attendance(woman_id=much.id, session_id=programme.session.id, state="present"))
    for number in range(25):
        her_record.correct(session, key, much, {"locality": f"Calle {number}"}, by=staff, now=now)
    for agency in ("DIF", "SSAS"):
        registry.affiliate(session, key, much, agency, "1", source="import")
        give(session, key, much, agency=agency)
    twin = registry.add_woman(
        session, key, registry.Details(full_name="Elena Uno"), municipality=None, axis=None
    )
    merging.merge(session, key, much.id, twin.id, now)
    for number, woman in enumerate((little, much, much)):
        registry.link_phone(session, key, woman, f"331234567{number}")
    session.commit()
    noted: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *given: noted.append(given[2]))
    cost = []
    for woman in (little, much):
        noted.clear()
        html = text_of(rosa, path_of(woman))
        cost.append(len([one for one in noted if not one.startswith("UPDATE staff_session")]))
    assert cost[0] == cost[1] <= 32
    assert "asistió a 1 de 1" in html
    assert "/duplicados/unidas" in html
    older = re.search(r"historia=(\d+)", html)
    assert older
    assert "Lo último" in text_of(rosa, f"{path_of(much)}?historia={older[1]}")
