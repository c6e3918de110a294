"""A list brought in through a real browser: errors with their cells, narrow and wide, light and dark."""

from __future__ import annotations

import io
import itertools
import os
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import axe
import pytest
import python_calamine
import xlsxwriter
from flows.browser import chromium
from playwright.sync_api import expect
from serving import Visitor, served
from sqlalchemy import select
from staffroom import PASSWORD, Browser

from models import Agency, ImportRun, utcnow
from outreach.single_list import import_runs

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from sqlalchemy.orm import Session as Database

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

pytest_plugins = ("console_fixtures",)
pytestmark = [pytest.mark.processes, pytest.mark.browser, pytest.mark.timeout(600)]
SCREENS = [*itertools.product((360, 1440), ("light", "dark"))]
FIRST = "Folio,Nombre completo,Fecha de nacimiento,Municipio\n7,Ángela Muñoz Prueba,1990-05-17,Tonalá\n"
LIST = (
    "Folio,Nombre completo,Fecha de nacimiento,Municipio,Teléfono celular,Estado civil\n"
    "7,Ángela Muñoz Prueba,1990-05-17,Zapopan,3300000071,casada\n"
    "8,Eva Prueba Núñez,31/02/1990,Tonalá,3300000072,soltera\n"
    "9,Inés Prueba Ruiz,1991-05-17,Atlántida,33000000,\n"
    "10,Rosa Prueba Díaz,1992-05-17,Tlajomulco,3300000074,\n"
)


def _picture(page: Page, name: str) -> None:
    folder = os.environ.get("AVANZA_TEST_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def _work(db: Database, key: PersonalKey, settings: Settings) -> None:
    """Do what the worker does."""
    db.expire_all()
    for run_id in db.scalars(select(ImportRun.id).where(ImportRun.state.in_(import_runs.UNDER_WAY))).all():
        while import_runs.step(db, key, settings, run_id, {}, utcnow()):
            pass
    db.commit()


def _corrected(file: Path) -> bytes:
    """Correct what the workbook says is wrong, in its own cells, and leave the rest as it came."""
    table = python_calamine.load_workbook(str(file)).get_sheet_by_index(0).to_python()
    right = {"31/02/1990": "28/02/1990", "Atlántida": "Tonalá", "33000000": "3300000073"}
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet()
    for place, row in enumerate(table):
        for column, cell in enumerate(row):
            sheet.write_string(place, column, right.get(str(cell), str(cell)))
    book.close()
    return out.getvalue()


def _bring(page: Page, address: str, content: bytes, name: str = "padron.csv") -> None:
    page.goto(f"{address}/programa/listas")
    page.select_option("#agency", "DIF")
    page.set_input_files("#file", {"name": name, "mimeType": "application/octet-stream", "buffer": content})
    page.get_by_role("button", name="Leer el archivo").click()
    expect(page.get_by_role("button", name="Revisar la lista")).to_be_visible()


def test_a_list_with_errors(
    session: Database, key: PersonalKey, settings: Settings, rosa: Browser,
    database_url: str, tmp_path: Path,
) -> None:  # fmt: skip
    """Read, columns named, checked while the page waits, kept, the rest to correct; WCAG 2.2 AA by axe."""
    session.merge(Agency(code="DIF", name="DIF Jalisco"))
    session.commit()
    with served(database_url, tmp_path) as console, chromium() as browser:
        visitor = Visitor(console.address)
        visitor.enters(rosa.username, PASSWORD, rosa.phone)
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        visitor.lends_her_login(context)
        page = context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
        shown = [f"{console.address}/programa/listas"]
        for content in (FIRST, LIST):
            _bring(page, console.address, content.encode())
            shown.append(page.url + "/columnas")
            page.get_by_role("button", name="Revisar la lista").click()
            expect(page.get_by_text("Se revisa sin guardar nada")).to_be_visible()
            _work(session, key, settings)
            # The page sees by itself that the check is over.
            expect(page.get_by_role("button", name="Guardar en el padrón")).to_be_visible(timeout=15000)
            shown.append(page.url)
            if content == LIST:
                expect(page.get_by_text("C3", exact=True)).to_be_visible()
                expect(page.get_by_text("Zapopan")).to_be_visible()
                _looks(visitor, browser, [shown[0], shown[-1]])
            page.get_by_role("button", name="Guardar en el padrón").click()
            expect(page.get_by_text("sigue sola").first).to_be_visible()
            _work(session, key, settings)
            expect(page.get_by_text("Por columna")).to_be_visible(timeout=15000)
        with page.expect_download() as download:
            page.get_by_role("link", name="Descargar para corregir").click()
        assert download.value.suggested_filename == "por-corregir.xlsx"
        _bring(page, console.address, _corrected(Path(download.value.path())), "por-corregir.xlsx")
        page.get_by_role("button", name="Revisar la lista").click()
        _work(session, key, settings)
        expect(page.get_by_role("button", name="Guardar en el padrón")).to_be_visible(timeout=15000)
        expect(page.get_by_role("link", name="Descargar para corregir")).to_have_count(0)
        _picture(page, "import-corrected-1440-light")
        assert errors == []
        context.close()


def _looks(visitor: Visitor, browser: object, addresses: list[str]) -> None:
    for (width, scheme), (number, address) in itertools.product(SCREENS, enumerate(addresses)):
        context = browser.new_context(  # type: ignore[attr-defined] # what chromium() gives
            viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True
        )
        visitor.lends_her_login(context)
        page = context.new_page()
        page.goto(address)
        _picture(page, f"import-{('start', 'errors')[number]}-{width}-{scheme}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        if find_spec(axe.PACKAGE):
            assert axe.violations(page) == [], (address, width, scheme)
        context.close()
