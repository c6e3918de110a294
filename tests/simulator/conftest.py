"""A simulator on a free port, the unmodified `twilio` client that talks to it, and a product that listens."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
import requests
from simulator_support import ACCOUNT, SENDER, SERVICE, TOKEN, WOMAN, Levers, Product, ProductServer
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from simulator.__main__ import make_simulator_server
from simulator.app import create_app
from simulator.config import Config, DemoPhone, Pace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def product() -> Iterator[Product]:
    """The listening product."""
    server = ProductServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server.product
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def config(product: Product) -> Config:
    """A simulator whose steps take no time."""
    return Config(
        account_sid=ACCOUNT,
        auth_token=TOKEN,
        from_address=SENDER,
        webhook_url=f"{product.url}/twilio/inbound",
        messaging_service_sid=SERVICE,
        demo_phones=(DemoPhone(WOMAN, "Lupita", "Se inscribe"),),
        pace=Pace(sent=0, delivered=0, read=0, approval=0),
    )


@pytest.fixture
def start() -> Iterator[Callable[[Config], Levers]]:
    """Start simulators; they end with the test."""
    ends: list[Callable[[], None]] = []

    def begin(config: Config) -> Levers:
        app = create_app(config)
        server = make_simulator_server(app, "127.0.0.1", 0)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        session = requests.Session()
        stop = app.extensions["simulator"].stop
        ends.extend([session.close, server.shutdown, server.server_close, thread.join, stop])
        return Levers(f"http://127.0.0.1:{server.server_port}", session)

    yield begin
    for end in ends:
        end()


@pytest.fixture
def levers(start: Callable[[Config], Levers], config: Config) -> Levers:
    """A running simulator."""
    return start(config)


@pytest.fixture
def client(levers: Levers) -> Iterator[Client]:
    """The unmodified SDK; only its base addresses differ."""
    http = TwilioHttpClient(timeout=10)
    client = Client(ACCOUNT, TOKEN, http_client=http)
    client.api.base_url = levers.url
    client.content.base_url = levers.url
    yield client
    if http.session:
        http.session.close()
