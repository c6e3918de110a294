"""The public door: only Twilio gets in, and 2xx means stored."""

from __future__ import annotations

import time
from datetime import timedelta
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
from webhook.app import MOST_PARAMETERS, create_app

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


def test_a_copied_post_of_months_ago_changes_nothing(
    client: FlaskClient, session: Session, key: PersonalKey
) -> None:
    """P2, P9: a signature holds no time; her message is known after her erasure too, and stays blank."""
    assert signed(client, message()).status_code == 204
    row = session.scalars(select(InboundMessage)).one()
    inbox.blank(key, row)
    row.received_at -= timedelta(days=200)
    session.commit()
    assert signed(client, message()).status_code == 204
    session.expire_all()
    assert inbox.is_blank(key, session.scalars(select(InboundMessage)).one())
    assert session.scalar(sql("SELECT count(*) FROM procrastinate_jobs")) == 1


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


ODD_SENDERS = [
    "nobody", "whatsapp:+1", "whatsapp:12345", "whatsapp:MX.9999", "MX.9999", "whatsapp:", "",
    "whatsapp:ñandú",
    "whatsapp:+52 33 1234 5678", "sms:+523312345678", "whatsapp:" + "9" * 300, "messenger:1234", "\0",
]  # fmt: skip


@pytest.mark.parametrize("sender", ODD_SENDERS)
def test_no_form_of_sender_is_refused(
    client: FlaskClient, session: Session, key: PersonalKey, sender: str
) -> None:
    """P1: whatever the signed sender looks like, the message is stored with a job, and found again."""
    for sid in ("SM1", "SM2"):
        assert signed(client, message(From=sender, MessageSid=sid)).status_code == 204
    rows = session.scalars(select(InboundMessage)).all()
    assert [inbox.read(key, row).text for row in rows] == ["¡Hola! ñandú & 100% 😀"] * 2
    nameless = sender.replace("\0", "") in {"", "whatsapp:"}
    # Without any address two messages may be of two women: they never share a conversation.
    conversations = {row.conversation_id for row in rows}
    assert len(conversations) == (2 if nameless else 1)
    assert session.scalar(sql("SELECT count(*) FROM procrastinate_jobs")) == len(conversations)


@pytest.mark.parametrize(
    "sid", ["", "S" * 65, "SM 1", "SM\0", "ñ", None], ids=["empty", "long", "space", "nul", "letter", "none"]
)
def test_no_form_of_sid_is_refused(client: FlaskClient, session: Session, sid: str | None) -> None:
    """P1, P2: an odd or missing MessageSid is replaced by a digest; the same message again is the same."""
    params = message() | ({} if sid is None else {"MessageSid": sid})
    if sid is None:
        del params["MessageSid"]
    assert [signed(client, params).status_code for _ in range(2)] == [204, 204]
    assert (
        signed(client, params | {"Body": "otra"} | ({"MessageSid": f"{sid}2"} if sid else {})).status_code
        == 204
    )
    assert session.scalar(select(func.count()).select_from(InboundMessage)) == 2


def test_a_missing_sender_is_not_refused(client: FlaskClient, session: Session) -> None:
    """P1: nor is a message without From."""
    params = message()
    del params["From"]
    assert signed(client, params).status_code == 204
    assert session.scalar(select(func.count()).select_from(InboundMessage)) == 1


def test_no_size_is_refused(client: FlaskClient, session: Session, key: PersonalKey) -> None:
    """P1: a message far beyond what Twilio sends is kept cut, its end too, with its length noted."""
    assert signed(client, message(Body=f"empieza {'x' * 2_000_000} me va a matar")).status_code == 204
    row = session.scalars(select(InboundMessage)).one()
    text = inbox.read(key, row).text
    assert text.startswith("empieza")
    assert text.endswith("me va a matar")
    assert len(text) <= inbox.LONGEST_VALUE
    kept = key.decrypt(row.body_cipher, place=f"inbound:{row.id}")
    assert kept["cut"] == {"Body": 2_000_000 + len("empieza  me va a matar")}


def test_no_number_of_fields_is_refused(client: FlaskClient, session: Session, key: PersonalKey) -> None:
    """P1: unknown fields are kept, of very many the first; what we read is kept in any case."""
    more = {f"A{n}": "y" * 50 for n in range(1500)} | {"Nueva\0Cosa": "z\0z", "N" * 500: "largo"}
    assert signed(client, message(**more)).status_code == 204
    row = session.scalars(select(InboundMessage)).one()
    assert inbox.read(key, row).text == "¡Hola! ñandú & 100% 😀"
    kept = key.decrypt(row.body_cipher, place=f"inbound:{row.id}")
    assert len(kept["params"]) == inbox.MOST_PARAMETERS
    assert kept["cut"]["*"] > inbox.MOST_PARAMETERS


def test_one_unknown_field_is_kept(client: FlaskClient, session: Session, key: PersonalKey) -> None:
    """What Twilio adds one day is there when we learn to read it."""
    assert signed(client, message(NewThing="algo")).status_code == 204
    row = session.scalars(select(InboundMessage)).one()
    assert key.decrypt(row.body_cipher, place=f"inbound:{row.id}")["params"]["NewThing"] == ["algo"]


def test_more_fields_than_anybody_sends_are_not_taken_apart(client: FlaskClient) -> None:
    """Whether it is signed or not: to tell them apart would cost a stranger's request seconds."""
    more = {f"A{n}": "" for n in range(MOST_PARAMETERS)}
    assert signed(client, message(**more)).status_code == 413
    forged = {"X-Twilio-Signature": "x" * 28}
    began = time.process_time()
    answer = client.post(
        "/twilio/status",
        data="a=&" * 1_000_000,
        headers=forged,
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.status_code == 413
    assert time.process_time() - began < 0.5


def test_more_than_can_be_checked_is_not_read(client: FlaskClient) -> None:
    """Without the whole body no signature can be checked; four million bytes are the most."""
    assert signed(client, message(Body="x" * 5_000_000)).status_code == 413


@pytest.mark.parametrize("where", ["read_in", "store", "store_known"])
@pytest.mark.parametrize("error", [KeyError("From"), ValueError("x"), RuntimeError("x"), TypeError("x")])
def test_no_error_inside_loses_a_message(
    client: FlaskClient,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
    where: str,
) -> None:
    """P1: whatever is raised while storing, Twilio is told to try again, never that its request was wrong."""

    def raising(*_: object) -> None:
        raise error

    monkeypatch.setattr(inbox, where, raising)
    assert signed(client, message()).status_code == 503
    assert "ñandú" not in caplog.text


def test_a_message_that_the_database_refuses_is_asked_for_again(
    client: FlaskClient, session: Session
) -> None:
    """P1: 503, and nothing half stored; the same message is taken once the trouble is over."""
    session.execute(sql("ALTER TABLE procrastinate_jobs ADD CONSTRAINT no CHECK (false) NOT VALID"))
    session.commit()
    assert signed(client, message()).status_code == 503
    session.execute(sql("ALTER TABLE procrastinate_jobs DROP CONSTRAINT no"))
    session.commit()
    assert session.scalar(select(func.count()).select_from(InboundMessage)) == 0
    assert signed(client, message()).status_code == 204


def test_odd_bytes_in_a_status_callback_are_no_error(client: FlaskClient, session: Session) -> None:
    """A callback that can't be ours is counted."""
    params = {"MessageSid": "SM\0", "AccountSid": ACCOUNT, "MessageStatus": "sent\0", "ErrorCode": "x"}
    assert signed(client, params, "/twilio/status?o=nothing").status_code == 204
    assert counters.read(session, counters.UNKNOWN_STATUS) == 1


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
    """P10: the public app has six routes and no more."""
    rules = {rule.rule for rule in client.application.url_map.iter_rules()}
    twilios = {"/twilio/inbound", "/twilio/status", "/twilio/archivo/<token>/<name>"}
    assert rules == twilios | {"/healthz", "/readyz", "/aviso", "/constancia/<code>"}


def test_no_log_line_has_her_words(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    """P4: a stolen log shows nothing."""
    caplog.set_level("DEBUG")
    signed(client, message(Body="canario amarillo"))
    assert "canario" not in caplog.text
    assert "3312345678" not in caplog.text
