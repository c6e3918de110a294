"""Files both ways over real HTTP: phone, simulator, webhook, worker, and what is left at Twilio after."""

from __future__ import annotations

import threading
import uuid
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import requests
from media_support import Desk, said_to
from sqlalchemy import select
from standins import serving
from support import ACCOUNT, TOKEN
from werkzeug.serving import make_server

from models import Conversation, OutboxMessage, OutboxState, Staff, utcnow
from outreach.casework import files, reading, sending_files, taking
from outreach.casework.opened import Caseworker
from outreach.messages import conversation_state, redaction
from simulator.__main__ import make_simulator_server
from simulator.app import create_app as make_simulator
from simulator.config import Config, Pace
from simulator.samples import sample
from webhook.app import create_app
from worker import media, steps, ticks, upkeep
from worker.runtime import make_runtime

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session, sessionmaker
    from werkzeug.serving import BaseWSGIServer

    from outreach.ground.settings import Settings
    from worker.runtime import Runtime

PHONE = "+5213312345678"
VOICE = sample("audio/ogg")


@contextmanager
def running_server(server: BaseWSGIServer) -> Iterator[str]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


class Town:
    """The product's parts around a simulator, and one phone."""

    def __init__(self, runtime: Runtime, simulator: str) -> None:
        self.runtime, self.simulator = runtime, simulator

    def says(self, words: str, *media_types: str) -> None:
        """Write on the phone, and let the turn be taken."""
        said = {"from": PHONE, "body": words, "media": list(media_types)}
        posted = requests.post(f"{self.simulator}/_simulator/inbound", json=said, timeout=20).json()
        assert posted["status"] == 204, posted
        with self.runtime.sessions() as session:
            conversation_id = session.scalars(select(Conversation.id)).one()
        steps.one_turn(self.runtime, conversation_id, at_once=True)

    def ledger(self, *kinds: str) -> list[dict[str, Any]]:
        """Return what happened at Twilio, of some kinds."""
        query = {"kind": list(kinds), "wait": "10"}
        found = requests.get(f"{self.simulator}/_simulator/ledger", params=query, timeout=20).json()
        return list(found["entries"])

    def case_id(self) -> uuid.UUID:
        """Return her case."""
        with self.runtime.sessions() as session:
            state = conversation_state.read(self.runtime.key, session.scalars(select(Conversation)).one())
        return uuid.UUID(state.case_id or "")


@pytest.fixture
def town(settings: Settings, sessions: sessionmaker[Session]) -> Iterator[Town]:
    with ExitStack() as stack:
        apps: list[Any] = []

        def answer(environ: Any, start_response: Any) -> Any:
            return apps[0](environ, start_response)

        door = make_server("127.0.0.1", 0, answer, threaded=True)
        webhook = stack.enter_context(running_server(door))
        config = Config(
            account_sid=ACCOUNT, auth_token=TOKEN, from_address="whatsapp:+5213300000000",
            webhook_url=f"{webhook}/twilio/inbound", pace=Pace(0.01, 0.01, 0.01),
        )  # fmt: skip
        twilio = make_simulator(config)
        stack.callback(twilio.extensions["simulator"].stop)
        simulator = stack.enter_context(running_server(make_simulator_server(twilio, "127.0.0.1", 0)))
        rasa = stack.enter_context(serving(_rasa))
        account = replace(settings.twilio, api_url=simulator)
        made = replace(settings, rasa_urls=(rasa,), account=account, public_url=webhook)
        # Its own address, which signatures are over, is known only now.
        apps.append(create_app(made, sessions))
        runtime = make_runtime(made, pool_size=4)
        yield Town(runtime, simulator)
        runtime.engine.dispose()


def _rasa(_method: str, path: str, body: Any) -> tuple[int, Any]:
    if path.endswith("/understand"):
        return 200, {"intent": "greet", "risk": "none", "tier": "none"}
    return 200, said_to(body)


def test_a_voice_note_and_the_answer_to_it(town: Town, recovery_key: str) -> None:
    """Heard at the desk and gone at Twilio; a file of ours reaches her phone, and is gone there too."""
    town.says("quiero una persona")
    town.says("", "audio/ogg; codecs=opus")
    media.fetch_due(town.runtime)
    [fetched, deleted] = town.ledger("media_fetched", "media_deleted")
    assert (fetched["kind"], deleted["kind"]) == ("media_fetched", "media_deleted")
    assert fetched["sid"] == deleted["sid"]
    desk = Desk(town.runtime, recovery_key)
    with town.runtime.sessions.begin() as session:
        lucia = Caseworker(town.runtime.key, desk.ring, session.get_one(Staff, desk.staff_id))
        found = reading.open_thread(session, lucia, town.case_id(), utcnow())
        [file_id] = files.named(found.entries)
        assert files.open_file(session, lucia, town.case_id(), utcnow(), uuid.UUID(file_id)).content == VOICE
        taking.take(session, lucia, town.case_id(), utcnow())
        ready = sending_files.made_ready(VOICE, "audio/ogg")
        sending_files.send_file(session, lucia, town.case_id(), utcnow(), ready, "Escúchalo")
        row_id = session.scalars(select(OutboxMessage.id).order_by(OutboxMessage.seq.desc())).first()
    assert row_id is not None
    steps.deliver(town.runtime, row_id)
    [given] = town.ledger("file_fetched")
    assert (given["content_type"], given["length"]) == ("audio/ogg", len(VOICE))
    _arrives(town, row_id)
    upkeep.tidy_files(town.runtime)
    ticks.redact(town.runtime)
    [_, gone] = town.ledger("media_deleted")
    assert gone["sid"] == given["sid"]


def _arrives(town: Town, row_id: uuid.UUID) -> None:
    requests.post(f"{town.simulator}/_simulator/settle", json={"timeout": 10}, timeout=20)
    with town.runtime.sessions.begin() as session:
        row = session.get_one(OutboxMessage, row_id)
        assert row.state in {OutboxState.DELIVERED, OutboxState.READ}
        row.redact_after = utcnow() - redaction.UNREPORTED_FOR
