"""In a browser a request is answered and carried out; the pages hold narrow and wide, by axe."""

from __future__ import annotations

import os
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import axe
import pytest
from flows.browser import chromium
from playwright.sync_api import expect
from serving import Visitor, served
from sqlalchemy import select
from staffroom import PASSWORD
from supporting import JALISCO, give, today

from models import DataKind, DataRequest, RequestOutcome, Staff
from outreach.single_list import requests, retention
from outreach.single_list.requests import Asked

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from sqlalchemy.orm import Session as Database
    from staffroom import Browser, Programme

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

pytest_plugins = ("console_fixtures",)
pytestmark = [pytest.mark.processes, pytest.mark.browser, pytest.mark.timeout(900)]
SCREENS: tuple[tuple[int, Literal["dark", "light"]], ...] = ((360, "dark"), (1440, "light"))
SEEN = (
    ("week", "/programa/semana"), ("periods", "/programa/plazos"), ("period", "/programa/plazos/support"),
    ("blocked", "/programa/plazos/bloqueados"), ("over", "/programa/derechos?estado=terminadas"),
)  # fmt: skip


def test_a_request_is_answered(
    settings: Settings, session: Database, key: PersonalKey, rosa: Browser, programme: Programme,
    database_url: str, tmp_path: Path,
) -> None:  # fmt: skip
    """WCAG 2.2 AA by axe at 360 and 1440 px, on the way from the entry to the receipt."""
    give(session, key, programme.women[1], days_ago=800)
    by = session.scalars(select(Staff.id)).first()
    assert by
    now = datetime.now(UTC)
    retention.set_rule(
        session, key, DataKind.SUPPORT, months=12, blocked_months=12, ground="Catálogo de disposición 7",
        reason="lo pide el archivo", by=by, now=now,
    )  # fmt: skip
    retention.announce(session, settings, now)
    given = Asked("access", programme.women[1].id, "quiere su copia", "por carta", today(), None)
    requests.enter(session, key, settings, given, now)
    monday = today() - timedelta(days=today().weekday())
    programme.session.starts_at = datetime.combine(monday, time(17), JALISCO)
    session.commit()
    with served(database_url, tmp_path) as console, chromium() as chrome:
        visitor = Visitor(console.address)
        visitor.enters(rosa.username, PASSWORD, rosa.phone)
        for width, scheme in SCREENS:
            context = chrome.new_context(
                viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True
            )
            visitor.lends_her_login(context)
            page = context.new_page()
            _answers(page, console.address, f"{width}-{scheme}", width)
            for name, path in SEEN:
                page.goto(console.address + path)
                _holds(page, f"{name}-{width}-{scheme}", width)
            context.close()
    done = select(DataRequest.outcome).where(DataRequest.done_at.is_not(None))
    assert session.scalars(done).all() == [RequestOutcome.GRANTED] * len(SCREENS)


def _answers(page: Page, address: str, name: str, width: int) -> None:
    """Enter, try to grant at once, note who she is, grant, do, read the receipt."""
    page.goto(f"{address}/programa/derechos")
    page.get_by_label("Nombre, CURP, teléfono o folio").fill("elena uno")
    page.get_by_role("button", name="Buscar").click()
    page.get_by_role("link", name="Anotar una solicitud de Elena Uno").click()
    page.get_by_label("Que ya no se le escriba").check()
    page.get_by_label("Con sus palabras").fill("que ya no le lleguen avisos")
    _holds(page, f"entry-{name}", width)
    page.get_by_role("button", name="Anotar").click()
    expect(page.get_by_role("heading", name="Primero: ¿es ella?")).to_be_visible()
    _holds(page, f"open-{name}", width)
    page.get_by_label("Se acepta", exact=True).check()
    page.get_by_label("Por qué, como se le explica").fill("procede")
    page.get_by_role("button", name="Guardar respuesta").click()
    expect(page.get_by_role("alert")).to_contain_text("Primero anota cómo se comprobó quién es")
    page.get_by_label("Cómo se comprobó quién es").fill("mostró su credencial para votar")
    page.get_by_role("button", name="Guardar", exact=True).click()
    expect(page.get_by_text("Anotado cómo se comprobó quién es.")).to_be_visible()
    page.get_by_label("Se acepta", exact=True).check()
    page.get_by_label("Por qué, como se le explica").fill("procede")
    page.get_by_role("button", name="Guardar respuesta").click()
    expect(page.get_by_text("Respuesta guardada.")).to_be_visible()
    _holds(page, f"answered-{name}", width)
    request = page.url
    page.goto(f"{address}/programa/derechos")
    _holds(page, f"list-{name}", width)
    page.goto(request)
    page.get_by_role("button", name="Que ya no se le escriba").click()
    expect(page.get_by_role("status").filter(has_text="quedó hecha")).to_be_visible()
    _holds(page, f"done-{name}", width)


def _holds(page: Page, name: str, width: int) -> None:
    expect(page.locator("h1:visible")).to_have_count(1)
    folder = os.environ.get("AVANZA_TEST_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"rights-{name}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    assert axe.violations(page) == [], name
