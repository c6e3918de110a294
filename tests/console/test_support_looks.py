"""The pages of supports hold narrow and wide, light and dark, by axe; in a browser a double is stopped."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import axe
import pytest
from flows.browser import chromium
from playwright.sync_api import expect
from serving import Visitor, served
from sqlalchemy import func, select
from staffroom import PASSWORD
from supporting import coordinator, give, kind_id

from models import DoubleState, DoubleSupport, Support
from outreach.single_list import supports_doubles

if TYPE_CHECKING:
    from flask import Flask
    from playwright.sync_api import Page
    from sqlalchemy.orm import Session as Database
    from staffroom import Browser, Programme

    from outreach.sealing.crypto import PersonalKey

pytest_plugins = ("console_fixtures",)
pytestmark = [pytest.mark.processes, pytest.mark.browser, pytest.mark.timeout(900)]
SCREENS: tuple[tuple[int, Literal["dark", "light"]], ...] = ((360, "dark"), (1440, "light"))


def test_pages_of_supports(
    app: Flask, session: Database, key: PersonalKey, rosa: Browser, programme: Programme,
    database_url: str, tmp_path: Path,
) -> None:  # fmt: skip
    """WCAG 2.2 AA by axe: the ledger, who is found, her page, the stop, doubles and rules."""
    dif = coordinator(app, session, "DIF", "delia")
    elena, teresa, _ = programme.women
    give(session, key, elena)
    for agency in ("DIF", "SSAS"):
        give(session, key, teresa, agency=agency)
    supports_doubles.look_again(session, datetime.now(UTC))
    session.commit()
    double = session.scalars(select(DoubleSupport)).one()
    rules = "/programa/apoyos/reglas"
    pages = (
        (rosa, (("ledger", "/programa/apoyos"), ("woman", f"/programa/apoyos/mujer/{teresa.id}"),
                ("doubles", "/programa/apoyos/dobles"), ("double", f"/programa/apoyos/dobles/{double.id}"),
                ("rules", rules), ("rule", f"{rules}/{kind_id(session)}"))),
        (dif, (("own", f"/programa/apoyos/mujer/{elena.id}"), ("empty", "/programa/apoyos"))),
    )  # fmt: skip
    with served(database_url, tmp_path) as console, chromium() as chrome:
        for person, seen in pages:
            visitor = Visitor(console.address)
            visitor.enters(person.username, PASSWORD, person.phone)
            for width, scheme in SCREENS:
                context = chrome.new_context(
                    viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True
                )
                visitor.lends_her_login(context)
                page = context.new_page()
                for name, path in seen:
                    page.goto(console.address + path)
                    _holds(page, f"{name}-{width}-{scheme}", width)
                if person is dif:
                    _is_stopped(page, console.address, f"{width}-{scheme}", width)
                context.close()
    assert session.scalar(select(func.count()).select_from(Support)) == 3
    states = session.scalars(select(DoubleSupport.state).where(DoubleSupport.id != double.id)).all()
    assert states == [DoubleState.AVOIDED] * len(SCREENS)


def _is_stopped(page: Page, address: str, name: str, width: int) -> None:
    """Look for her, enter what another agency gave her already, and don't give it."""
    page.goto(f"{address}/programa/apoyos")
    page.get_by_label("Nombre, CURP, teléfono o folio").fill("elena uno")
    page.get_by_role("button", name="Buscar").click()
    expect(page.get_by_text("Elena Uno")).to_be_visible()
    _holds(page, f"found-{name}", width)
    page.get_by_role("link", name="Apoyos de Elena Uno").click()
    expect(page.get_by_text("ya no le toca")).to_be_visible()
    page.get_by_label("Qué recibe").select_option("Despensa")
    page.get_by_role("button", name="Anotar", exact=True).click()
    expect(page.get_by_role("heading", name="Alto: ya lo recibió")).to_be_visible()
    _holds(page, f"stopped-{name}", width)
    page.get_by_role("button", name="Anotarlo con este motivo").click()
    expect(page.get_by_text("Escribe el motivo")).to_be_visible()
    _holds(page, f"reason-{name}", width)
    page.get_by_role("button", name="No se entrega").click()
    expect(page.get_by_text("Anotado: no se entregó.")).to_be_visible()


def _holds(page: Page, name: str, width: int) -> None:
    expect(page.locator("h1:visible")).to_have_count(1)
    folder = os.environ.get("AVANZA_TEST_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"support-{name}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    assert axe.violations(page) == [], name
