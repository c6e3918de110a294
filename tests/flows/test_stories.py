"""The three stories, end to end, through real processes and in a real browser."""

from __future__ import annotations

import base64
import itertools
import re
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from browser import PhonePage, StaffPage, chromium
from playwright.sync_api import expect
from sqlalchemy import select
from support import SECRET

from models import Group, Role, Rsvp, RsvpAnswer, Session, Workshop, utcnow
from outreach.casework import roster
from outreach.people import consent, conversations, registry
from outreach.people.registry import Details
from outreach.programme import enrolment
from outreach.sealing import vault
from outreach.sealing.crypto import PersonalKey
from outreach.staff import accounts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser
    from sqlalchemy.orm import Session as Database
    from sqlalchemy.orm import sessionmaker
    from system import System

pytestmark = [
    pytest.mark.processes,
    pytest.mark.browser,
    pytest.mark.timeout(480),
]
NEW_PASSWORD = "una frase larga de prueba"
_numbers = itertools.count(1)


@pytest.fixture
def browser() -> Iterator[Browser]:
    with chromium() as made:
        yield made


def a_number() -> str:
    return f"+5213311{next(_numbers):06d}"


def a_group(
    flow_sessions: sessionmaker[Database], municipality: str, starts_in: timedelta, place: str
) -> uuid.UUID:
    """Make a workshop with one group of one session soon and another a week later."""
    with flow_sessions.begin() as db:
        code = uuid.uuid4().hex[:8]
        workshop = Workshop(code=code, name=f"Huerto {code}", axis="food")
        db.add(workshop)
        db.flush()
        group = Group(code=code, workshop_id=workshop.id, municipality=municipality, place=place, capacity=20)
        db.add(group)
        db.flush()
        for number, starts_at in enumerate((utcnow() + starts_in, utcnow() + timedelta(days=7))):
            db.add(Session(code=f"{code}-{number}", group_id=group.id, starts_at=starts_at))
        return group.id


def a_soon_session(
    flow_sessions: sessionmaker[Database], group_id: uuid.UUID, starts_in: timedelta
) -> uuid.UUID:
    """Add a session so near that its one-minute reminder comes while the test runs."""
    with flow_sessions.begin() as db:
        soon = Session(code=uuid.uuid4().hex, group_id=group_id, starts_at=utcnow() + starts_in)
        db.add(soon)
        db.flush()
        return soon.id


def a_person(flow_sessions: sessionmaker[Database], role: Role, recovery: str) -> tuple[str, str]:
    """Add a member of staff by the product's own verbs; return the login that she is handed."""
    username = f"{role.value[:6]}{uuid.uuid4().hex[:6]}"
    with flow_sessions.begin() as db:
        password = accounts.add(db, username, username.title(), role, utcnow())
        found = accounts.find(db, username)
        assert found is not None
        if role in vault.KEY_ROLES:
            vault.grant_with_recovery_key(db, recovery, found.id)
    return username, password


def logged_in(
    browser: Browser, system: System, flow_sessions: sessionmaker[Database], role: Role, recovery: str
) -> tuple[StaffPage, str]:
    username, password = a_person(flow_sessions, role, recovery)
    page = StaffPage(browser, system.console, username, password)
    page.chooses_password(password, NEW_PASSWORD)
    if role in vault.KEY_ROLES:
        page.sets_up_codes()
    page.agrees_to_conduct()
    return page, username


def test_a_woman_enrols_is_reminded_and_answers(
    browser: Browser, system: System, flow_sessions: sessionmaker[Database], recovery: str
) -> None:
    """She greets, consents, enrols, is reminded of her session and says that she will come."""
    place = f"Casa {uuid.uuid4().hex[:6]}"
    group_id = a_group(flow_sessions, "14013", timedelta(days=5), place)
    page = browser.new_page(viewport={"width": 390, "height": 844})
    her = PhonePage(page, system.simulator, "Prueba Uno", a_number())
    her.writes("hola buenas tardes")
    her.reads("¿Estás de acuerdo?")
    her.taps("Sí, acepto")
    her.reads("¿Qué necesitas?")
    her.writes("me kiero inscribir a un taller xfa")
    for question, answer in (
        ("te digan", "Lupita"),
        ("nombre completo", "Guadalupe Prueba Torres"),
        ("Qué día naciste", "17 de mayo de 1990"),
        ("municipio", "Atotonilco el Alto"),
        ("colonia", "Centro"),
        ("viven contigo", "2"),
        ("tema te gusta", "[Comida y huerto]"),
        ("A qué hora", "a cualquier hora"),
        ("Quién lee", "solo yo"),
        ("CURP", "no"),
    ):
        her.reads(question)
        if answer.startswith("["):
            her.taps(answer.strip("[]"))
        else:
            her.writes(answer)
    her.reads("¿Está bien?")
    her.writes("cambia la fecha")
    her.reads("Qué día naciste")
    her.writes("18 de mayo de 1990")
    expect(her.thread.locator(".line.theirs").last).to_contain_text("18 de mayo de 1990")
    first_id = a_soon_session(flow_sessions, group_id, timedelta(seconds=105))
    her.writes("si esta bien")
    her.reads(place)
    her.writes("1")
    her.reads("Ya tienes tu lugar")
    # Before the wait, which is long enough for it.
    coordinator, _ = logged_in(browser, system, flow_sessions, Role.COORDINATOR, recovery)
    # The clock reminds her a minute before; the template brings the buttons.
    expect(her.thread).to_contain_text("¿Vas a venir?", timeout=170_000)
    her.taps("Sí voy")
    her.reads("Te esperamos")
    with flow_sessions() as db:
        answers = db.scalars(select(Rsvp.answer).where(Rsvp.session_id == first_id)).all()
        assert answers == [RsvpAnswer.CONFIRMED]
    coordinator.opens(f"/programa/grupos/{group_id}")
    expect(coordinator.page.locator("body")).to_contain_text("Guadalupe Prueba Torres")


def test_a_woman_in_danger_is_answered_by_a_caseworker(
    browser: Browser, system: System, flow_sessions: sessionmaker[Database], recovery: str
) -> None:
    """911 first; the caseworker sees the case live, answers, and the coordinator sees nothing at all."""
    desk, username = logged_in(browser, system, flow_sessions, Role.CASEWORKER, recovery)
    with flow_sessions.begin() as db:
        found = accounts.find(db, username)
        assert found is not None
        roster.start_shift(db, found, 4, utcnow())
    coordinator, _ = logged_in(browser, system, flow_sessions, Role.COORDINATOR, recovery)
    coordinator.opens("/programa")
    before = coordinator.text()
    desk.opens("/casos")
    known = {link.get_attribute("href") for link in desk.page.locator("a.case").all()}
    her = PhonePage(
        browser.new_page(viewport={"width": 390, "height": 844}), system.simulator, "Prueba Dos", a_number()
    )
    her.writes("me tiene encerrada y trae un cuchillo ayudenme")
    her.reads("911")
    expect(her.thread.locator(".line.theirs").first).to_contain_text("911, di Código Violeta")
    # Live: nobody reloads the list.
    expect(desk.page.locator("a.case")).to_have_count(len(known) + 1)
    found_now = {link.get_attribute("href") for link in desk.page.locator("a.case").all()}
    (new,) = found_now - known
    desk.page.locator(f'a.case[href="{new}"]').click()
    desk.presses("Tomar")
    desk.page.fill("#reply", "Aquí estoy contigo. ¿Puedes salir a la calle?")
    desk.page.locator("form.to-her .actions button[type=submit]").click()
    her.reads("Aquí estoy contigo")
    her.writes("si puedo por la ventana")
    expect(desk.page.locator(".log")).to_contain_text("si puedo por la ventana")
    # The bot is silent: some seconds later the last line on her phone is still her own.
    desk.page.wait_for_timeout(6_000)
    expect(her.thread.locator(".line").last).to_contain_text("si puedo por la ventana")
    coordinator.opens("/programa")
    assert without_time(coordinator.text()) == without_time(before)
    desk.presses("Devolver al asistente")
    expect(desk.page.locator(".thread-head")).to_contain_text("la tiene el asistente")
    desk.presses("Tomar")
    desk.closes_the_case()
    expect(desk.page.locator(f'a.case[href="{new}"]')).to_have_count(0)


def without_time(text: str) -> str:
    """Leave out what the clock alone changes."""
    return re.sub(r"\d{1,2}:\d{2}", "", text)


def test_a_coordinator_runs_a_reminder_campaign(
    browser: Browser, system: System, flow_sessions: sessionmaker[Database], recovery: str
) -> None:
    """Preview, confirm, live progress; a woman who left the messages gets none, the others one each."""
    group_id = a_group(flow_sessions, "14039", timedelta(days=4), "Biblioteca")
    key = PersonalKey(base64.b64decode(SECRET))
    numbers = [f"33{uuid.uuid4().int % 10**8:08d}" for _ in range(4)]
    with flow_sessions.begin() as db:
        for number in numbers:
            details = Details(full_name="Prueba Campaña", preferred_name="Prueba")
            woman = registry.add_woman(db, key, details, municipality="14039", axis="food")
            registry.link_phone(db, key, woman, number)
            reached = conversations.of_woman(db, woman.id)
            assert reached is not None
            consent.record(db, reached.id, consent.PRIVACY, given=True, message_sid=f"SM{number}")
            enrolment.enrol(db, woman, group_id)
        left = registry.woman_by_phone(db, key, numbers[0])
        assert left is not None
        conversation = conversations.of_woman(db, left.id)
        assert conversation is not None
        conversation.opted_out_at = utcnow()
    coordinator, _ = logged_in(browser, system, flow_sessions, Role.COORDINATOR, recovery)
    coordinator.opens(f"/programa/campanas/nueva/{group_id}")
    page = coordinator.page
    option = page.locator("#template option", has_text="Aviso al grupo").get_attribute("value")
    page.locator("#template").select_option(option)
    page.get_by_role("button", name="Usar").click()
    now = utcnow().astimezone(ZoneInfo(system.environment["AVANZA_TIMEZONE"]))
    page.fill("input[name=start_day]", f"{now:%Y-%m-%d}")
    page.fill("input[name=start_hour]", f"{now:%H:%M}")
    page.fill("input[name=end_day]", f"{now + timedelta(days=1):%Y-%m-%d}")
    page.fill("#variable_1", "el viernes a las 10:00")
    page.fill("input[name=name]", "Recordar el viernes")
    page.get_by_role("button", name="Ver cómo queda").last.click()
    expect(page.locator("body")).to_contain_text("el viernes a las 10:00")
    page.get_by_role("button", name=re.compile("Confirmar: enviar a 3")).click()
    arrived = page.locator(".card", has_text="la recibieron, de").locator(".figure")
    expect(arrived).to_have_text("3")
    for number in numbers:
        sent = system.ledger(f"+52{number}")
        assert len(sent) == (0 if number == numbers[0] else 1)
