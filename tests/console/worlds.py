"""One installation in several copies, which differ in who of two women has a case, and in nothing else.

What both women write goes through the product's own turn, what leaves through its own delivery; where Rasa
and Twilio would be stand servers that answer alike in every copy.
"""

from __future__ import annotations

import random
import time
import uuid
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import event, select
from staffroom import PASSWORD
from standins import opening_cases, serving
from support import admin, named

from console.app import create_app
from models import (
    Campaign,
    Conversation,
    InboundMessage,
    OutboxKind,
    OutboxMessage,
    OutboxState,
    Session,
    Template,
    TemplateState,
    utcnow,
)
from outreach.campaigns import campaigns, reminders
from outreach.casework import answering, appointment_steps, drafts, notes, taking
from outreach.casework.opened import Caseworker
from outreach.messages import conversation_state, inbox, outbox
from outreach.programme import notices_due, timetable
from outreach.sealing import vault
from outreach.staff import accounts
from worker import batches, steps
from worker.runtime import Runtime, make_runtime

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from flask import Flask
    from flask.testing import FlaskClient
    from sqlalchemy import Engine
    from staffroom import Browser, Programme

    from outreach.ground.settings import Settings

ON_ITS_WAY = (OutboxState.QUEUED, OutboxState.SENDING, OutboxState.SENT)
HELP, USUAL = ("ayuda me pega", "me quitó las llaves"), ("hola buenas tardes", "qué talleres hay")


@dataclass
class World:
    """One copy: its application, and the browsers of those who may not know."""

    name: str
    app: Flask
    runtime: Runtime
    statements: list[str]
    clients: dict[str, FlaskClient]


@contextmanager
def outside() -> Iterator[str]:
    """Serve a Rasa that opens a case at "ayuda" and a Twilio that takes everything."""
    case = {"effect": "open_case", "urgency": "danger", "about": "violence"}
    with serving(opening_cases(case)) as url:
        yield url


@dataclass
class Installation:
    """What all copies begin as, before anybody writes."""

    server: str
    engine: Engine
    settings: Settings
    programme: Programme
    draft: uuid.UUID
    """A campaign whose preview says whom it would reach."""
    browsers: dict[str, Browser]
    url: str
    places: dict[str, str]
    """What else may stand in an address: a list brought in, a support given twice."""

    @contextmanager
    def copy(self, name: str, moment: datetime) -> Iterator[World]:
        """Copy it; nothing may be connected to it meanwhile."""
        self.engine.dispose()
        database = f"test_{uuid.uuid4().hex[:12]}"
        source = self.engine.url.database
        admin(self.server, f"CREATE DATABASE {database} TEMPLATE {source} STRATEGY FILE_COPY")
        there = named(self.server, database)
        account = replace(self.settings.twilio, api_url=self.url)
        settings = replace(self.settings, database_url=there, rasa_urls=(self.url,), account=account)
        runtime = make_runtime(settings, pool_size=4)
        app = create_app(settings, runtime.sessions, clock=lambda: moment)
        try:
            clients = {role: _same(app, browser) for role, browser in self.browsers.items()}
            yield World(name, app, runtime, _noted(runtime.engine), clients)
        finally:
            runtime.engine.dispose()
            admin(self.server, f"DROP DATABASE {database} WITH (FORCE)")


def _same(app: Flask, browser: Browser) -> FlaskClient:
    """The browser of a copy, with the login of the original."""
    client = app.test_client()
    for name in ("avanza_session", "avanza_form"):
        cookie = browser.client.get_cookie(name)
        if cookie is not None:
            client.set_cookie(name, cookie.value)
    return client


def _noted(engine: Engine) -> list[str]:
    noted: list[str] = []

    def note(*given: object) -> None:
        noted.append(str(given[2]))

    event.listen(engine, "before_cursor_execute", note)
    return noted


def days_go_by(world: World, house: Installation, helped: int | None, *, desk: bool) -> None:
    """Let both women write twice; she who is helped has a case, and where `desk`, it is taken and answered.

    Then a campaign and the notice of a moved session leave, with reminders, to all three.
    """
    women = [woman.id for woman in house.programme.women]
    for number, ago in ((0, timedelta(minutes=50)), (1, timedelta(minutes=20))):
        for which in (0, 1):
            words = HELP if which == helped else USUAL
            _writes(world.runtime, which, words[number], ago)
        if desk and helped is not None and number == 0:
            _is_helped(world.runtime, women[helped])
    _programme_goes_on(world.runtime, house)


def _writes(runtime: Runtime, which: int, words: str, ago: timedelta) -> None:
    """Let the first or the second woman of `console_fixtures.programme` write, and be answered."""
    sid = f"SM{uuid.uuid4().hex}"
    params = {"MessageSid": [sid], "From": [f"whatsapp:+521330000000{which}"], "Body": [words]}
    with runtime.sessions.begin() as session:
        inbox.receive(session, runtime.key, params, utcnow() - ago)
        row = session.scalars(select(InboundMessage).where(InboundMessage.message_sid == sid)).one()
        conversation_id = row.conversation_id
        assert session.get_one(Conversation, conversation_id).woman_id is not None
    steps.take_turn(runtime, conversation_id)
    _arrives(runtime)


def _arrives(runtime: Runtime) -> None:
    """Let everything leave that waits, and arrive; a batch may have to wait for its turn."""
    on_its_way = select(OutboxMessage).where(OutboxMessage.state.in_(ON_ITS_WAY)).order_by(OutboxMessage.seq)
    until = time.monotonic() + 20
    while time.monotonic() < until:
        batches.deliver_batches(runtime)
        with runtime.sessions() as session:
            rows = session.scalars(on_its_way).all()
        if not rows:
            return
        for row in rows:
            if row.kind is OutboxKind.REPLY:
                steps.deliver(runtime, row.id)
        with runtime.sessions.begin() as session:
            for row in session.scalars(on_its_way):
                if row.state is OutboxState.SENT:
                    outbox.advance(row, OutboxState.DELIVERED)
    raise AssertionError("something did not leave")


def _is_helped(runtime: Runtime, woman_id: uuid.UUID) -> None:
    """Take her case, answer, note, agree an hour, leave something typed: more than ten times each."""
    zone, now = runtime.settings.timezone, utcnow()
    with runtime.sessions.begin() as session:
        lucia = accounts.find(session, "lucia")
        assert lucia is not None
        ring = vault.unlock(session, lucia, PASSWORD)
        assert ring is not None
        conversation = session.scalars(select(Conversation).where(Conversation.woman_id == woman_id)).one()
        case_id = uuid.UUID(str(conversation_state.read(runtime.key, conversation).case_id))
        hand = Caseworker(runtime.key, ring, lucia)
        taking.take(session, hand, case_id, now)
        for number in range(11):
            answering.reply(session, hand, case_id, now, f"Te leo, dime más {number}")
            notes.note(session, hand, case_id, now, f"hablar el jueves {number}")
        later = now + timedelta(hours=20)
        appointment_steps.appoint(session, hand, case_id, now, later, "a las seis", zone)
        drafts.keep(session, case_id, lucia.id, drafts.REPLY, "a medias")
    _arrives(runtime)


def _programme_goes_on(runtime: Runtime, house: Installation) -> None:
    now = utcnow()
    with runtime.sessions.begin() as session:
        for template in session.scalars(select(Template)):
            template.state, template.content_sid = TemplateState.APPROVED, f"HX{template.id.hex}"
        campaigns.schedule(session, session.get_one(Campaign, house.programme.campaign.id), now)
        meeting = session.get_one(Session, house.programme.session.id)
        timetable.move_session(session, meeting, meeting.starts_at + timedelta(hours=3), 60, now)
    for _ in range(3):
        with runtime.sessions.begin() as session:
            campaigns.run_due(session, runtime.key, now)
            notices_due.send_due(session, runtime.key, runtime.settings, now)
            reminders.plan(session, runtime.key, runtime.settings, now)
            reminders.send_due(session, runtime.key, runtime.settings, now + timedelta(days=1, hours=4))
        _arrives(runtime)


def superiority(ones: list[float], others: list[float]) -> float:
    """How often one of these takes longer than one of those, from 0 to 1; 0.5 where nothing tells them.

    It is the statistic of Mann and Whitney, divided by the number of pairs.
    """
    won = sum((a > b) + (a == b) / 2 for a in ones for b in others)
    return won / (len(ones) * len(others))


def interleaved(worlds: list[World], rounds: int) -> Iterator[World]:
    """Yield each world so often, in an order of its own in each round."""
    chance = random.Random(9)  # noqa: S311 (no secret)
    for _ in range(rounds):
        yield from chance.sample(worlds, len(worlds))
