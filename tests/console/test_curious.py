"""What a curious colleague can learn: no page, count, export or response time tells who has a case (P4).

Copies of one installation differ in this alone, and all answer the same requests of a coordinator, an
administrator and an auditor.
"""

from __future__ import annotations

import io
import re
import statistics
import time
import zipfile
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import worlds
from routes import filled, places
from sqlalchemy import select
from staffroom import Programme, enter
from supporting import give, kind_id
from worlds import Installation, World

from console import access
from models import (
    FIRST_PROGRAMME,
    DataRequest,
    DoubleSupport,
    HelpResource,
    ReminderRule,
    RequestOutcome,
    Role,
    Staff,
    Template,
    utcnow,
)
from outreach.campaigns import campaigns
from outreach.programme import completion
from outreach.sealing.crypto import PersonalKey
from outreach.single_list import import_runs, requests, supports_doubles
from outreach.single_list.requests import Asked

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterator

    from flask import Flask
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session as Database

    from outreach.ground.settings import Settings

pytest_plugins = ("console_fixtures",)
pytestmark = pytest.mark.timeout(300)
WATCHED = (Role.COORDINATOR, Role.ADMINISTRATOR, Role.AUDITOR)
# What may be asked of a list, by its path; `{staff}` is a caseworker.
ASKED = {
    "/programa/mujeres": ("municipio=14039", "municipio=14120"),
    "/programa/grupos": ("municipio=14039", "pagina=1"),
    "/programa/campanas/nueva": ("plantilla={template}",),
    "/auditoria": ("acto=login", "persona={staff}", "desde=2020-01-01&hasta=2099-01-01"),
    "/auditoria/mesa": ("acto=desk.taken", "acto=desk.answered", "persona={staff}", "desde=2020-01-01"),
    "/auditoria/oficina.csv": ("persona={staff}",),
    "/auditoria/mesa.csv": ("acto=desk.answered", "persona={staff}"),
}
TIMED = ("/programa/mujeres", "/programa/mujeres/{woman_id}", "/programa/campanas/{campaign_id}")
OF_ITS_OWN = re.compile(rb'"(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\dT[^"]*)"')
ROUNDS, WARM = 30, 12
"""A statement is planned anew ten times before the plan is kept."""
EFFECT, SHARE = 0.25, 0.05
"""A page tells by its time where one with a case takes longer than one without in more than 75 of 100 pairs
(or less than 25), and by more than a twentieth of what it takes anyhow."""


@pytest.fixture
def house(
    app: Flask, session: Database, settings: Settings, key: PersonalKey, engine: Engine, server: str,
    team: str, programme: Programme,
) -> Iterator[Installation]:  # fmt: skip
    """An installation with a programme, a caseworker and those who watch."""
    enter(app, session, Role.CASEWORKER, "lucia", team)
    browsers = {role.value: enter(app, session, role, role.value) for role in WATCHED}
    for browser in browsers.values():
        browser.get("/cuenta/codigo")  # makes the secret that it shows until it is used
    programme.conversation.last_inbound_at = None
    draft = _draft(session, programme)
    _request(session, settings, programme)
    places = _lists(session, key, programme)
    session.commit()
    for row in (programme.group, programme.campaign, programme.session, *programme.women):
        session.refresh(row)
    session.expunge_all()
    session.close()
    with worlds.outside() as url:
        yield Installation(server, engine, settings, programme, draft, browsers, url, places)


def _request(session: Database, settings: Settings, programme: Programme) -> None:
    """Enter and grant a copy of Elena's data, so that the copy itself is compared."""
    now = datetime.now(UTC)
    today = now.astimezone(settings.timezone).date()
    given = Asked("access", programme.women[0].id, "quiere su copia", "", today, None)
    made = requests.enter(session, PersonalKey(settings.secret_key), settings, given, now)
    made.identity_at = made.answered_at = now
    made.outcome, made.execute_by = RequestOutcome.GRANTED, now + timedelta(days=20)


def _draft(session: Database, programme: Programme) -> uuid.UUID:
    known = programme.campaign
    made = campaigns.create(
        session,
        name="Otro aviso",
        template=session.get_one(Template, known.template_id),
        group_id=programme.group.id,
        variables={"1": "el lunes a las 10:00"},
        starts_at=known.starts_at,
        ends_at=known.ends_at,
        staff_id=known.created_by,
    )
    return made.id


def _lists(session: Database, key: PersonalKey, programme: Programme) -> dict[str, str]:
    """A list that was read, a support given twice: what the addresses of their pages are about."""
    rosa = session.scalars(select(Staff).where(Staff.username == Role.COORDINATOR.value)).one()
    run = import_runs.take_in(session, key, rosa, "women", b"Folio,Nombre\n7,Eva Prueba\n", utcnow())
    woman = programme.women[0]
    for agency in ("SSAS", "DIF"):
        give(session, key, woman, agency=agency)
    supports_doubles.look_again(session, utcnow(), women=[woman.id])
    rule = completion.set_rule(session, FIRST_PROGRAMME, None, least=3, both_interviews=True, now=utcnow())
    reminding = [
        ReminderRule(programme_id=FIRST_PROGRAMME, minutes_before=minutes, whom="enrolled", since=utcnow())
        for minutes in (1440, 120)
    ]
    session.add_all(reminding)
    session.flush()
    return {
        "reminder_id": str(reminding[0].id),
        "step": "detener",
        "rule_id": str(rule.id),
        "run_id": str(run.id),
        "woman_id": str(woman.id),
        "double_id": str(session.scalars(select(DoubleSupport.id)).first()),
        "kind_id": kind_id(session),
    }


@pytest.fixture
def copies(house: Installation) -> Iterator[dict[str, World]]:
    """Nobody has a case (twice), nobody has read Elena's, Elena's is answered, Teresa's is answered."""
    days = {
        "nobody": (None, False),
        "nobody again": (None, False),
        "unread": (0, False),
        "elena": (0, True),
        "teresa": (1, True),
    }
    moment = datetime.now(UTC)
    with ExitStack() as stack:
        made = {name: stack.enter_context(house.copy(name, moment)) for name in days}
        for name, (helped, desk) in days.items():
            worlds.days_go_by(made[name], house, helped, desk=desk)
        yield made


def _asked(house: Installation, world: World, role: Role) -> list[str]:
    """Every address that a role may open, with what may be asked of it."""
    with world.runtime.sessions() as session:
        resource = session.scalars(select(HelpResource.id).order_by(HelpResource.code)).first()
        staff = session.scalars(select(Staff.id).where(Staff.username == "lucia")).one()
        request = session.scalars(select(DataRequest.id)).first()
    given = {
        "group_id": str(house.programme.group.id),
        "workshop_id": str(house.programme.group.workshop_id),
        "programme_id": str(FIRST_PROGRAMME),
        "campaign_id": str(house.programme.campaign.id),
        "session_id": str(house.programme.session.id),
        "resource_id": str(resource),
        "template_id": str(house.programme.campaign.template_id),
        "template": str(house.programme.campaign.template_id),
        "staff": str(staff),
        "request_id": str(request),
        "kind": "support",
        "token": "x",
        **house.places,
    }
    found = []
    if role is Role.COORDINATOR:
        women = f"/programa/campanas/{house.programme.campaign.id}/mujeres"
        found = [
            f"/programa/campanas/{house.draft}",
            f"{women}?estado=llegaron",
            f"{women}.csv?estado=fallas",
        ]
    for rule in world.app.url_map.iter_rules():
        roles = access.declared(world.app, rule.endpoint)
        if "GET" not in (rule.methods or ()) or (roles is not None and role not in roles):
            continue
        if roles is None and rule.endpoint == "static":
            continue
        assert places(rule) <= given.keys(), f"what stands in {rule.rule} is not known here"
        path = filled(rule, given)
        found += [path, *(f"{path}?{asked.format(**given)}" for asked in ASKED.get(path, ()))]
    return sorted(found)


def _plain(data: bytes) -> bytes:
    """Take out what differs each time anywhere: a form's token and its own id, the seconds until the lock."""
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as book:  # docProps say when it was made
            return b"".join(book.read(n) for n in sorted(book.namelist()) if not n.startswith("docProps"))
    data = re.sub(rb'(?:name="(?:csrf_token|once)"(?: type="hidden")? value|data-left)="[^"]+"', b"", data)
    data = re.sub(rb'"token":"[^"]+"', b"", data)
    # The head of the record is over the made-up ids of its events.
    return re.sub(rb'<span class="code small">[^<]+</span>', b"", data)


def _answers(house: Installation, world: World, role: Role) -> dict[str, tuple[object, ...]]:
    """What a role gets to see, byte for byte, and by how many statements of which kind it was made."""
    told: dict[str, tuple[object, ...]] = {}
    for path in _asked(house, world, role):
        world.statements.clear()
        answer = world.clients[role.value].get(path)
        headers = sorted((n, v) for n, v in answer.headers if n not in {"Set-Cookie", "Content-Length"})
        data = _plain(answer.data)
        if path.endswith(("copia.json", "copia.pdf")):
            # Her copy names moments and ids of what the copies of the house did each for themselves.
            data = b"" if path.endswith("pdf") else OF_ITS_OWN.sub(b"", data)
        told[path] = (answer.status_code, headers, data, tuple(world.statements))
    return told


def _alike(house: Installation, role: Role, least: int, *alike: World) -> None:
    """One role sees the same in all of these."""
    first, *others = alike
    seen = _answers(house, first, role)
    assert sum(answer[0] == 200 for answer in seen.values()) >= least
    for other in others:
        there = _answers(house, other, role)
        assert seen.keys() == there.keys()
        for path, answer in seen.items():
            assert answer == there[path], (role, first.name, other.name, path)


def test_nothing_that_others_see_tells_of_a_case(house: Installation, copies: dict[str, World]) -> None:
    """P4: whether somebody has a case, who, and whether it was answered: the same pages, made the same way.

    What the desk did is the auditor's to see, by person and day; whose case it was is not. So hers are
    compared with one case unread and none, and with two that were answered.
    """
    nobody, unread, elena, teresa = (copies[name] for name in ("nobody", "unread", "elena", "teresa"))
    _alike(house, Role.COORDINATOR, 15, nobody, unread, elena, teresa)
    _alike(house, Role.ADMINISTRATOR, 8, nobody, unread, elena, teresa)
    _alike(house, Role.AUDITOR, 12, nobody, unread)
    _alike(house, Role.AUDITOR, 12, elena, teresa)
    _no_time_tells(house, copies)


def _no_time_tells(house: Installation, copies: dict[str, World]) -> None:
    """How long a coordinator's page takes has one distribution with a case and without."""
    given = {"campaign_id": house.programme.campaign.id, "woman_id": house.programme.women[0].id}
    known = [copies[name] for name in ("nobody", "nobody again", "elena", "teresa")]
    for page in TIMED:
        path = page.format(**given)
        for world in worlds.interleaved(known, WARM):
            world.clients[Role.COORDINATOR.value].get(path)
        took: dict[str, list[float]] = {world.name: [] for world in known}
        for world in worlds.interleaved(known, ROUNDS):
            began = time.perf_counter()
            assert world.clients[Role.COORDINATOR.value].get(path).status_code == 200
            took[world.name].append(time.perf_counter() - began)
        without, with_case = took["nobody"] + took["nobody again"], took["elena"] + took["teresa"]
        effect = worlds.superiority(with_case, without)
        usual = statistics.median(without)
        shift = abs(statistics.median(with_case) - usual) / usual
        assert abs(effect - 0.5) <= EFFECT or shift <= SHARE, (page, round(effect, 2), round(shift, 2))


def test_the_measure_sees_a_difference() -> None:
    """A tenth more is told, the same noise twice is not."""
    noise = [1 + (n * 37 % 100) / 1000 for n in range(60)]
    assert abs(worlds.superiority(noise, noise[::-1]) - 0.5) < 0.01
    assert worlds.superiority([time_ * 1.1 for time_ in noise], noise) > 0.5 + EFFECT
