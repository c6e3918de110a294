"""The desk in real processes and a real browser: a ring within a second, its end, its looks."""

from __future__ import annotations

import itertools
import os
import re
import signal
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import axe
import pytest
from flows.browser import chromium
from playwright.sync_api import expect
from serving import Served, Visitor, served
from sqlalchemy import select
from staffroom import PASSWORD, Browser, Programme, enter, once, open_case

from models import Role, Staff
from outreach.casework import cases

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable, Iterator

    import requests
    from flask import Flask
    from playwright.sync_api import Page
    from sqlalchemy.orm import Session as Database

    from models import Case
    from outreach.sealing.crypto import PersonalKey

pytest_plugins = ("console_fixtures",)
pytestmark = [pytest.mark.processes, pytest.mark.timeout(900)]
PROMISED_SECONDS = 1.0
TRIES = 5
SCREENS = [*itertools.product((360, 1440), ("light", "dark"))]


@pytest.fixture
def console(database_url: str, tmp_path: Path) -> Iterator[Served]:
    with served(database_url, tmp_path) as made:
        yield made


def writes(
    session: Database, key: PersonalKey, case_id: uuid.UUID, words: str, extra: dict[str, str] | None = None
) -> None:
    """She writes; it rings when it is committed."""
    cases.woman_wrote(session, key, case_id, words, datetime.now(UTC), dict(extra or {}))
    session.commit()


def next_line(lines: Iterator[bytes], start: str) -> str:
    """The next line of a stream that begins so."""
    return next(line.decode() for line in lines if line.decode().startswith(start))


def lines_of(stream: requests.Response) -> Iterator[bytes]:
    return stream.iter_lines(chunk_size=1)


def test_a_ring_comes_within_a_second_and_a_stop_ends_it(
    session: Database, key: PersonalKey, lucia: Browser, programme: Programme, console: Served
) -> None:
    """What she writes rings at a desk within a second; SIGTERM ends streams and process at once."""
    case = open_case(session, key, programme.conversation)
    visitor = Visitor(console.address)
    visitor.enters(lucia.username, PASSWORD, lucia.phone)
    stream = visitor.listens()
    assert stream.status_code == 200
    lines = lines_of(stream)
    next_line(lines, "event: again")
    taken = []
    for number in range(TRIES):
        writes(session, key, case.id, f"palabra {number}")
        began = time.monotonic()
        assert next_line(lines, "data: " + str(case.id))
        taken.append(time.monotonic() - began)
    # Another process may hold the machine once; the usual ring is quick.
    assert sorted(taken)[TRIES // 2] < PROMISED_SECONDS, taken
    console.process.send_signal(signal.SIGTERM)
    assert console.process.wait(30) == 0
    stream.close()


def _open(page: Page, console: Served, path: str) -> None:
    page.goto(console.address + path)
    expect(page.locator("h1:visible")).to_have_count(1)


def _picture(page: Page, name: str) -> None:
    folder = os.environ.get("AVANZA_TEST_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png")


def _open_what_is_known_of_her(page: Page) -> None:
    """Open the panel about her with its parts, where the page has it; what is shut is not looked at."""
    parts = page.locator("#panel-person, #panel-person details")
    parts.evaluate_all("parts => { for (const part of parts) part.open = true; }")


def _a_full_thread(
    session: Database, key: PersonalKey, lucia: Browser, programme: Programme, *, long: bool = False
) -> Case:
    """A case that lucia holds, with every kind of line."""
    case = open_case(session, key, programme.conversation)
    here = f"/casos/{case.id}"
    now = datetime.now(UTC)
    for number in range(230 if long else 6):
        cases.woman_wrote(session, key, case.id, f"línea {number}: me dijo que no saliera de la casa", now)
    place = {
        "kind": "location",
        "latitude": "20.6236",
        "longitude": "-103.2421",
        "address": "Hidalgo 12, Tonalá",
    }
    cases.woman_wrote(session, key, case.id, "", now, place)
    session.commit()
    lucia.post(f"{here}/tomar", page=here)
    lucia.post(f"{here}/responder", page=here, text="Te leo. ¿Puedes escribir ahora?", once=once())
    lucia.post(f"{here}/nota", page=here, text="Vive con su suegra; llamar después de las 5.", once=once())
    return case


def _a_shift_and_a_note(session: Database, lucia: Browser) -> None:
    """What the roster's page shows: shifts of today, by day and by night, and what was left to the next."""
    person = str(session.scalars(select(Staff.id).where(Staff.username == lucia.username)).one())
    local = datetime.now(ZoneInfo("America/Mexico_City"))
    hours = (local + timedelta(hours=1), local + timedelta(hours=9), local + timedelta(hours=12))
    for start, end in itertools.pairwise(hours):
        at = {"day": f"{start:%Y-%m-%d}", "start": f"{start:%H:%M}", "end": f"{end:%H:%M}"}
        lucia.post("/turnos", person=person, **at)
    lucia.post("/turnos/nota", page="/turnos", text="La llave del cajón la tiene Marta hasta el jueves.")
    lucia.post("/cuenta/avisos", phone="33 1234 5678", email="lucia@example.org")


@pytest.mark.browser
def test_pages_of_the_desk_can_be_used_by_everybody(
    app: Flask, session: Database, key: PersonalKey, team: str, lucia: Browser, programme: Programme,
    console: Served,
) -> None:  # fmt: skip
    """WCAG 2.2 AA by axe: list, thread, shifts, alerts, supervision, narrow and wide, light and dark."""
    case = _a_full_thread(session, key, lucia, programme)
    _a_shift_and_a_note(session, lucia)
    here = f"/casos/{case.id}"
    day = (datetime.now(UTC) + timedelta(days=3)).date().isoformat()
    lucia.post(f"{here}/acordar", page=here, day=day, hour="10:00", agreed="después de dejar a los niños")
    sofia = enter(app, session, Role.SUPERVISOR, "sofia", team)
    visitor, supervisor = Visitor(console.address), Visitor(console.address)
    visitor.enters(lucia.username, PASSWORD, lucia.phone)
    supervisor.enters(sofia.username, PASSWORD, sofia.phone)
    with chromium() as browser:
        for width, scheme in SCREENS:
            context = browser.new_context(
                viewport={"width": width, "height": 800},
                color_scheme=scheme,  # type: ignore[arg-type]
                bypass_csp=True,
            )
            page = context.new_page()
            pages = [("list", "/casos", visitor), ("thread", here, visitor), ("other", here, supervisor)]
            pages += [("roster", "/turnos", visitor), ("alerts", "/cuenta/avisos", visitor)]
            if scheme == "light":
                pages.append(("supervision", f"/supervision?caso={case.id}", supervisor))
                pages += [("closed", "/casos/cerrados", visitor), ("search", "/casos/buscar", visitor)]
            for name, path, who in pages:
                who.lends_her_login(context)
                _open(page, console, path)
                _open_what_is_known_of_her(page)
                _picture(page, f"{name}-{width}-{scheme}")
                assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)
                assert axe.violations(page) == [], (path, width, scheme)
            context.close()


def _the_number_and_the_hidden_page(page: Page, shares_a_place: Callable[[], None]) -> None:
    """Letters that are left, her number and what 911 is told, nothing in the browser, and Esc twice."""
    page.fill("#reply", "x" * 1590)
    expect(page.locator("[data-left-of=reply]")).to_have_text("Quedan 10 letras")
    page.fill("#reply", "")
    page.get_by_text("Para leerle al 911", exact=True).click()
    expect(page.get_by_text("Se llama Elena Uno, ")).to_be_in_viewport()
    shares_a_place()
    # What is being read aloud is not shut by what comes meanwhile.
    expect(page.get_by_text(re.compile("^Mandó su ubicación .*: Juárez 8"))).to_be_visible()
    page.get_by_text("Sus números", exact=True).click()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copiar el número").click()
    expect(page.get_by_role("button", name="Copiado")).to_be_visible()
    _picture(page, "number-1440-light")
    assert page.evaluate("Object.keys(localStorage).length + Object.keys(sessionStorage).length") == 0
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.wait_for_url("**/pausa")
    assert "Elena" not in page.content()
    assert page.title() == "Pausa"


@pytest.mark.browser
def test_a_desk_in_use(
    app: Flask, session: Database, key: PersonalKey, team: str, lucia: Browser, programme: Programme,
    console: Served,
) -> None:  # fmt: skip
    """Lines come by themselves, older ones on asking; a colleague is seen; the number; Esc twice hides."""
    case = _a_full_thread(session, key, lucia, programme, long=True)
    here = f"/casos/{case.id}"
    lucia.post("/casos/sonido", page="/casos", on="yes")
    marta = enter(app, session, Role.CASEWORKER, "marta", team)
    people = [Visitor(console.address), Visitor(console.address)]
    for visitor, known in zip(people, (lucia, marta), strict=True):
        visitor.enters(known.username, PASSWORD, known.phone)
    with chromium() as browser:
        contexts = [browser.new_context(viewport={"width": 1440, "height": 800}) for _ in people]
        for visitor, context in zip(people, contexts, strict=True):
            visitor.lends_her_login(context)
        errors: list[str] = []
        page = contexts[0].new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
        _open(page, console, here)
        assert page.title() == "Conversación · Avanza"
        lines = page.locator(".lines > li.say")
        expect(lines.last).to_be_in_viewport()
        page.fill("#reply", "a medias")
        page.locator("h1").click()  # a browser lets no page sound that nobody has touched
        writes(session, key, case.id, "ya me voy")
        expect(page.locator(".lines > li.woman").last).to_contain_text("ya me voy")
        expect(lines.last).to_be_in_viewport()
        expect(page.locator("[data-announce]")).to_have_text("Ella escribió.")
        assert page.input_value("#reply") == "a medias"
        expect(page.locator("[data-board]")).to_have_attribute("data-sounded", "1")
        assert page.title() == "(1) Conversación · Avanza"
        before = lines.count()
        page.get_by_role("link", name="Ver lo anterior").click()
        expect(page.get_by_text("línea 0:")).to_have_count(1)
        assert lines.count() > before
        expect(page.get_by_role("link", name="Ver lo anterior")).to_have_count(0)
        colleague = contexts[1].new_page()
        _open(colleague, console, "/casos")
        row = colleague.locator(f'[data-case="{case.id}"]')
        expect(row.locator("[data-looks]")).to_have_text("Lucia Prueba la está viendo")
        _open(colleague, console, here)
        expect(colleague.locator("h1")).to_have_text("Esta conversación la tiene Lucia Prueba")
        colleague.get_by_label("Motivo").fill("Lucía me pidió ayuda")
        colleague.get_by_role("button", name="Abrir la conversación").click()
        expect(page.locator("[data-looking]")).to_have_text("Marta Prueba también la está viendo")
        colleague.locator(".ours textarea").press_sequentially("hola")
        expect(page.locator("[data-looking]")).to_have_text("Marta Prueba está escribiendo")
        place = {"kind": "location", "latitude": "20.6", "longitude": "-103.2", "address": "Juárez 8"}
        _the_number_and_the_hidden_page(page, lambda: writes(session, key, case.id, "", place))
        assert errors == []
