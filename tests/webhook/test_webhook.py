"""The public door: only Twilio gets in, and 2xx means stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select
from sqlalchemy import text as sql
from support import ACCOUNT, TOKEN, environment
from twilio.request_validator import RequestValidator

from models import InboundMessage, OutboxKind, OutboxMessage, OutboxState, utcnow
from outreach.ground import counters
from outreach.ground.database import make_sessions
from outreach.ground.settings import load_settings
from outreach.messages import inbox, outbox
from outreach.messages.outbox import Content
from webhook.app import create_app

if TYPE_CHECKING:
    from pathlib import Path

    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session, sessionmaker
    from werkzeug.test import TestResponse

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

PUBLIC = "http://127.0.0.1:8000"


@pytest.fixture
def client(settings: Settings, sessions: sessionmaker[Session]) -> FlaskClient:
    return create_app(settings, sessions).test_client()


def message(**changes: str) -> dict[str, str]:
    return {
        "MessageSid": "SM1",
        "AccountSid": ACCOUNT,
        "From": "whatsapp:+5213312345678",
        "To": "whatsapp:+5213300000000",
        "Body": "¡Hola! ñandú & 100% 😀",
        "NumMedia": "0",
        "ProfileName": "",
    } | changes


def signed(
    client: FlaskClient, params: dict[str, str], path: str = "/twilio/inbound", token: str = TOKEN
) -> TestResponse:
    signature = RequestValidator(token).compute_signature(PUBLIC + path, params)
    return client.post(path, data=params, headers={"X-Twilio-Signature": signature})


def test_a_signed_message_is_stored(client: FlaskClient, session: Session, key: PersonalKey) -> None:
    """P1: 204 means that the message and its job are committed, empty values and all."""
    assert signed(client, message()).status_code == 204
    row = session.scalars(select(InboundMessage)).one()
    assert inbox.read(key, row).text == "¡Hola! ñandú & 100% 😀"
    assert session.scalar(sql("SELECT count(*) FROM procrastinate_jobs")) == 1


def test_the_same_sid_again_is_answered_and_counted(client: FlaskClient, session: Session) -> None:
    """P2: Twilio may deliver twice."""
    assert [signed(client, message()).status_code for _ in range(3)] == [204, 204, 204]
    assert session.scalar(select(func.count()).select_from(InboundMessage)) == 1
    assert counters.read(session, counters.DUPLICATE_INBOUND) == 2


@pytest.mark.parametrize("path", ["/twilio/inbound", "/twilio/status"])
def test_strangers_are_refused(client: FlaskClient, session: Session, path: str) -> None:
    """P10: without a signature, with a forged one, or for another account there is only 403."""
    assert client.post(path, data=message()).status_code == 403
    assert signed(client, message(), path, token="another").status_code == 403
    assert signed(client, message(AccountSid="AC" + "9" * 32), path).status_code == 403
    tampered = RequestValidator(TOKEN).compute_signature(PUBLIC + path, message())
    answer = client.post(path, data=message(Body="otra"), headers={"X-Twilio-Signature": tampered})
    assert answer.status_code == 403
    assert session.scalar(select(func.count()).select_from(InboundMessage)) == 0


def test_the_query_is_signed_raw(client: FlaskClient, session: Session) -> None:
    """Twilio signs the query as it stands; decoding it first would refuse its own requests."""
    path = "/twilio/inbound?a=%C3%B1%2F%7E&b="
    assert signed(client, message(), path).status_code == 204


@pytest.mark.parametrize(
    "bad", [{"MessageSid": ""}, {"MessageSid": "S" * 65}, {"From": "nobody"}, {"From": "whatsapp:+1"}]
)
def test_what_twilio_would_never_send_is_refused(client: FlaskClient, bad: dict[str, str]) -> None:
    assert signed(client, message(**bad)).status_code == 400


def test_too_much_is_refused(client: FlaskClient) -> None:
    """A request far beyond what Twilio sends is not read."""
    assert signed(client, message(Body="x" * 70_000)).status_code == 413


def test_with_the_database_away_it_says_so(tmp_path: Path) -> None:
    """P1: 503 lets Twilio's retry or fallback act."""
    away = "postgresql://nobody@127.0.0.1:1/nothing"
    settings = load_settings(environment(tmp_path, AVANZA_DATABASE_URL=away))
    client = create_app(settings).test_client()
    assert signed(client, message()).status_code == 503
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 503


def test_a_status_callback_moves_its_message(
    client: FlaskClient, sessions: sessionmaker[Session], key: PersonalKey
) -> None:
    """Callbacks find their message by our id in the URL; one of nobody's message is counted."""
    with sessions.begin() as session:
        conversation = inbox.conversation_of(session, key, "whatsapp:+523312345678", utcnow())
        row = outbox.enqueue(session, key, conversation.id, OutboxKind.REPLY, Content("hola"))
        row.state = OutboxState.SENDING
        row_id = row.id
    params = {"MessageSid": "SM7", "AccountSid": ACCOUNT, "MessageStatus": "delivered"}
    assert signed(client, params, f"/twilio/status?o={row_id}").status_code == 204
    assert signed(client, params | {"MessageSid": "SM8"}, "/twilio/status").status_code == 204
    with make_sessions(sessions.kw["bind"])() as session:
        assert session.get_one(OutboxMessage, row_id).state is OutboxState.DELIVERED
        assert counters.read(session, counters.UNKNOWN_STATUS) == 1


def test_nothing_else_is_served(client: FlaskClient) -> None:
    """P10: the public app has five routes and no more."""
    rules = {rule.rule for rule in client.application.url_map.iter_rules()}
    assert rules == {"/twilio/inbound", "/twilio/status", "/healthz", "/readyz", "/aviso"}


def test_no_log_line_has_her_words(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    """P4: a stolen log shows nothing."""
    caplog.set_level("DEBUG")
    signed(client, message(Body="canario amarillo"))
    assert "canario" not in caplog.text
    assert "3312345678" not in caplog.text
