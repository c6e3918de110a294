"""The pages where a coordinator brings a list in: nothing is kept before she has seen what would change."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event, func, select
from staffroom import TOKEN, Browser, enter

from models import Agency, AuditEvent, ImportRun, ImportState, Role, Woman, utcnow
from outreach.single_list import import_runs, imports
from outreach.staff import accounts

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session as Database
    from werkzeug.test import TestResponse

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

pytest_plugins = ("console_fixtures",)
HERE = "/programa/listas"
LIST = (
    "Folio,Nombre completo,Fecha de nacimiento,Estado civil\n"
    "1,Ana Prueba,1990-05-17,casada\n2,Eva Prueba,ayer,soltera\n"
)


def send(browser: Browser, content: bytes, name: str = "lista.csv", **fields: str) -> TestResponse:
    """Send a file as a browser does; werkzeug's own client would put it into a temporary file."""
    found = TOKEN.search(browser.get(HERE).get_data(as_text=True))
    given = {"kind": "women", "agency": "", "encoding": "", "csrf_token": found[1] if found else ""} | fields
    head = "".join(
        f'--x\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'
        for field, value in given.items()
    )
    file = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    body = head.encode() + file.encode() + content + b"\r\n--x--\r\n"
    return browser.client.post(HERE, data=body, content_type="multipart/form-data; boundary=x")


def work(db: Database, key: PersonalKey, settings: Settings) -> None:
    """Do what the worker does."""
    for run_id in db.scalars(select(ImportRun.id).where(ImportRun.state.in_(import_runs.UNDER_WAY))).all():
        while import_runs.step(db, key, settings, run_id, {}, utcnow()):
            pass
    db.commit()


def columns_of(page: str) -> dict[str, str]:
    """The form of the columns as a browser would send it."""
    chosen = {}
    for name, options in re.findall(r'<select id="(c\d+)" name="c\d+">(.*?)</select>', page, re.DOTALL):
        found = re.search(r'<option value="([^"]*)" selected>', options)
        chosen[name] = found[1] if found else ""
    return chosen


def text_of(answer: TestResponse) -> str:
    return answer.get_data(as_text=True)


@pytest.fixture
def dif(session: Database) -> None:
    for code in ("DIF", "IJM"):
        session.merge(Agency(code=code, name=f"Dependencia {code}"))
    session.commit()


def brought(browser: Browser, **fields: str) -> str:
    """Bring the list in; return its address."""
    answer = send(browser, LIST.encode(), **fields)
    assert answer.status_code == 302
    return str(answer.location)


def test_from_the_file_to_the_rows_to_correct(
    session: Database, key: PersonalKey, settings: Settings, rosa: Browser, dif: None
) -> None:
    """Columns, check, what would change, keep, errors with line and cell, the workbook to correct."""
    here = brought(rosa, agency="DIF")
    page = text_of(rosa.get(here))
    assert "Ana Prueba" in page  # the first rows are shown, to see whether accents were read right
    chosen = columns_of(page)
    assert list(chosen.values()) == ["external_id", "full_name", "birth_date", ""]
    rosa.post(f"{here}/columnas", page=here, **chosen)
    assert "Se revisa sin guardar nada" in text_of(rosa.get(here))
    work(session, key, settings)
    page = text_of(rosa.get(here))
    assert "Todavía no se guarda nada" in page
    assert re.search(r"C3</td><td[^>]*>Fecha de nacimiento: no se puede leer", page)
    assert "No se usan: Estado civil." in page
    assert session.scalar(select(func.count()).select_from(Woman)) == 0
    rosa.post(f"{here}/guardar", page=here)
    work(session, key, settings)
    assert session.scalar(select(func.count()).select_from(Woman)) == 1
    answer = rosa.get(f"{here}/corregir")
    assert answer.headers["Content-Disposition"] == "attachment; filename=por-corregir.xlsx"
    again = imports.read("women", answer.data)
    assert [row.cells["full_name"] for row in again.rows] == ["Eva Prueba"]
    done = session.scalars(select(AuditEvent.action).where(AuditEvent.action.like("list.%"))).all()
    assert sorted(done) == ["list.downloaded", "list.kept", "list.taken_in"]


def test_what_is_wrong_with_a_file_is_said_on_the_same_page(rosa: Browser) -> None:
    for content, said in (
        (b"", "El archivo está vacío."),
        (b"full_name\n", "solo tiene los nombres"),
        (b'full_name,folio\n"Ana Prueba,1\n', "comillas"),
        (b"PK\x03\x04", "dañado"),
        (b"full_name\nAna\0\n", "caracteres nulos"),
    ):
        answer = send(rosa, content)
        assert answer.status_code == 422
        assert said in text_of(answer)


def test_a_column_that_is_missing_is_said_with_what_was_chosen(rosa: Browser, dif: None) -> None:
    here = brought(rosa)
    answer = rosa.post(f"{here}/columnas", page=here, c0="external_id", c1="", c2="birth_date", c3="")
    assert answer.status_code == 422
    assert columns_of(text_of(answer)) == {"c0": "external_id", "c1": "", "c2": "birth_date", "c3": ""}
    assert "nombre completo" in text_of(answer)


def test_progress_is_a_part_that_tells_its_state(session: Database, rosa: Browser, dif: None) -> None:
    here = brought(rosa)
    rosa.post(f"{here}/columnas", page=here, **columns_of(text_of(rosa.get(here))))
    answer = rosa.get(f"{here}/avance", **{"X-Fragment": "1"})
    assert (answer.status_code, answer.headers["X-Mode"]) == (200, "checking")
    assert "0 de 2 renglones" in text_of(answer)


def test_cancelled_it_can_go_nowhere(session: Database, rosa: Browser, dif: None) -> None:
    here = brought(rosa)
    rosa.post(f"{here}/cancelar", page=here)
    rosa.post(f"{here}/guardar", page=HERE)
    rosa.post(f"{here}/columnas", page=HERE, c0="external_id", c1="full_name", c2="", c3="")
    assert session.scalars(select(ImportRun.state)).one() is ImportState.CANCELLED
    assert text_of(rosa.get(here)).count("cancelada") == 1


def test_another_agencys_lists_are_not_there(app: Flask, session: Database, rosa: Browser, dif: None) -> None:
    """P10: who works for one agency meets the page of a list that never was, and no name of it."""
    here = brought(rosa, agency="DIF")
    ines = enter(app, session, Role.COORDINATOR, "ines")
    person = accounts.find(session, "ines")
    assert person is not None
    person.agency = "IJM"
    session.commit()
    made_up = f"{HERE}/{uuid.uuid4()}"
    for part in ("", "/columnas", "/avance", "/corregir"):
        told = [ines.get(f"{one}{part}") for one in (here, made_up)]
        assert {answer.status_code for answer in told} == {404}
    for part in ("/columnas", "/guardar", "/cancelar"):
        assert ines.post(f"{here}{part}", page=HERE).status_code == 404
    assert "DIF" not in text_of(ines.get(HERE))
    own = send(ines, LIST.encode(), agency="IJM")
    assert session.scalars(select(ImportRun.agency).order_by(ImportRun.created_at.desc())).first() == "IJM"
    assert ines.get(str(own.location)).status_code == 200


def test_a_file_that_is_too_long_is_refused(rosa: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    from console.imports import views  # noqa: PLC0415 (its limit is set here)

    monkeypatch.setattr(views.take_in, "_avanza_largest", 4096)
    assert send(rosa, b"x" * 5000).status_code == 413


def test_a_name_in_a_file_is_no_markup(rosa: Browser, dif: None) -> None:
    answer = send(rosa, b"full_name,<script>alert(1)</script>\n<b>Ana</b>,x\n", name="<i>.csv")
    page = text_of(rosa.get(str(answer.location)))
    assert "<script>alert" not in page
    assert "<b>Ana" not in page
    assert "<i>" not in page


def test_the_list_of_lists_comes_in_pages_of_few_statements(
    session: Database, engine: Engine, rosa: Browser, dif: None
) -> None:
    seen: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda _c, _k, statement, *_: seen.append(statement))

    def cost() -> int:
        seen.clear()
        assert rosa.get(HERE).status_code == 200
        return len(seen)

    brought(rosa)
    rosa.get(HERE)
    few = cost()
    for _ in range(24):
        brought(rosa)
    rosa.get(HERE)
    assert cost() <= few
    page = text_of(rosa.get(HERE))
    found = set(re.findall(rf'href="{HERE}/([0-9a-f-]{{36}})"', page))
    older = re.search(r'href="([^"]*despues=[^"]*)"', page)
    assert older is not None
    found |= set(re.findall(rf'href="{HERE}/([0-9a-f-]{{36}})"', text_of(rosa.get(older[1]))))
    assert len(found) == 25
