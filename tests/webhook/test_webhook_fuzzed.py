"""Whatever is posted to the public door, it is stored or refused (P1, P10): no 5xx, no traceback."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, given, seed
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from signing import Signing
from sqlalchemy import func, select
from support import ACCOUNT
from werkzeug.test import Client

from models import InboundMessage
from outreach.messages import inbox
from webhook.app import create_app

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from sqlalchemy.orm import Session, sessionmaker

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

    Decorator = Callable[[Callable[..., None]], Callable[..., None]]

SEED, QUICK, LONG = 13, 60, 4000
POSTS = ("/twilio/inbound", "/twilio/status", "/twilio/inbound?a=%C3%B1&b=%00", "/twilio/status?o=%00%ff")
READ = ("/twilio/archivo/x/y.pdf", "/constancia/x", "/aviso", "/readyz", "/healthz", "/nada", "/%00", "//x")
NAMES = [*sorted(inbox._READ), "AccountSid", "MessageStatus", "ErrorCode", "SmsMessageSid", "ProfileName"]
ODD = [
    b"", b" ", b"\0", b"\xff", b"\xed\xa0\x80", b"-1", b"0", b"9" * 5000, b"NaN", b"1e999", b"x" * 70_000,
    b"x" * 1_000_000, b"[" * 20_000, b"{" * 9000, b'{"a":' * 3000, b"null", b"whatsapp:+", b"whatsapp:",
    b"whatsapp:+523312345678", b"+523312345678", "\u0663".encode(), "\u202e".encode(), "\U0001f469".encode(),
    b"https://api.twilio.com/2010-04-01/Accounts/AC/Messages/MM/Media/ME", b"file:///etc/passwd",
    b"delivered", b"image/jpeg", b"audio/ogg; codecs=opus", b"location", b"deleted", b"reaction", b"\r\nX: y",
    "e\u0301".encode() * 3000, b"%00%s{0}", b"20.6", b"-103.3", b"SM1", b"SM" + b"0" * 32, b"true",
]  # fmt: skip
FORM = "application/x-www-form-urlencoded"
KINDS = [
    FORM, f"{FORM}; charset=utf-16", "multipart/form-data; boundary=b", "multipart/form-data",
    "application/json", "text/plain", "", "x",
]  # fmt: skip
VALUES = st.one_of(st.sampled_from(ODD), st.binary(max_size=30), st.text(max_size=30).map(str.encode))
NAMED = st.one_of(st.sampled_from(NAMES).map(str.encode), st.sampled_from(NAMES).map(str.encode), VALUES)
FIELDS = st.lists(st.tuples(NAMED, VALUES), max_size=8)


def encoded(pairs: list[tuple[bytes, bytes]]) -> bytes:
    """Return fields as a form sends them, any byte escaped."""

    def safe(raw: bytes) -> bytes:
        return re.sub(rb"[^A-Za-z0-9_.-]", lambda found: b"%%%02X" % found[0][0], raw)

    return b"&".join(safe(name) + b"=" + safe(value) for name, value in pairs)


def in_parts(pairs: list[tuple[bytes, bytes]]) -> bytes:
    """Return them as multipart/form-data."""
    head = b'--b\r\nContent-Disposition: form-data; name="%s"\r\n\r\n'
    return b"".join([*(head % name + value + b"\r\n" for name, value in pairs), b"--b--\r\n"])


@pytest.fixture
def webhook(settings: Settings, sessions: sessionmaker[Session]) -> Flask:
    return create_app(settings, sessions)


def _run(request: pytest.FixtureRequest, quick: int = QUICK) -> Decorator:
    is_long = bool(request.config.getoption("--long"))
    asked = request.config.getoption("--hypothesis-seed")
    number = int(asked) if asked is not None else random.randrange(2**32) if is_long else SEED  # noqa: S311
    print(f"seed {number}; again with --hypothesis-seed={number}")  # noqa: T201
    chosen = hypothesis_settings(
        max_examples=LONG if is_long else quick, deadline=None, database=None,
        suppress_health_check=list(HealthCheck), phases=[Phase.generate, Phase.shrink],
    )  # fmt: skip
    return lambda test: seed(number)(chosen(test))


def test_what_is_signed_is_stored_whatever_it_is(
    webhook: Flask, session: Session, key: PersonalKey, request: pytest.FixtureRequest
) -> None:
    """P1, P2: a signed form of the account is 204 and can be read back; the same again changes nothing."""
    client = Client(Signing(webhook))
    count = select(func.count()).select_from(InboundMessage)

    @_run(request)
    @given(st.sampled_from(POSTS), FIELDS, st.booleans())
    def post(path: str, fields: list[tuple[bytes, bytes]], parts: bool) -> None:
        fields = [(b"AccountSid", ACCOUNT.encode()), *fields]
        if parts:
            # A name that breaks out of its quotes is another field, or none.
            fields = [(re.sub(rb"[^A-Za-z0-9]", b"", name) or b"n", value) for name, value in fields]
        body, kind = (in_parts(fields), KINDS[2]) if parts else (encoded(fields), FORM)
        answers = [client.post(path, data=body, content_type=kind).status_code for _ in range(2)]
        assert answers == [204, 204]
        session.rollback()
        if path.startswith("/twilio/inbound"):
            newest = session.scalars(select(InboundMessage).order_by(InboundMessage.seq.desc())).first()
            assert newest is not None
            assert inbox.read(key, newest).readable
            before = session.scalar(count)
            client.post(path, data=body, content_type=kind)
            session.rollback()
            assert session.scalar(count) == before

    post()


def test_nothing_else_is_stored(webhook: Flask, session: Session, request: pytest.FixtureRequest) -> None:
    """P10: forged, of another account, no form, another method or route: refused, nothing stored."""
    genuine, forged = Client(Signing(webhook)), Client(webhook)
    methods = st.sampled_from(["POST"] * 5 + ["GET", "PUT", "DELETE", "HEAD", "OPTIONS", "TRACE", "X"])
    headers = st.sampled_from(
        [
            {},
            {"X-Twilio-Signature": "x" * 28},
            {"X-Twilio-Signature": "\xff"},
            {"X-Twilio-Signature": ""},
            {"Content-Length": "-1"},
            {"Content-Length": "x"},
            {"Host": "a b"},
            {"X-Forwarded-Host": "evil"},
            {"Transfer-Encoding": "chunked"},
            {"Content-Encoding": "gzip"},
        ]
    )

    @_run(request)
    @given(st.sampled_from(POSTS + READ), methods, FIELDS, st.sampled_from(KINDS), headers, st.booleans())
    def ask(
        path: str, method: str, fields: list[tuple[bytes, bytes]], kind: str, more: dict[str, str],
        is_signed: bool,
    ) -> None:  # fmt: skip
        body = in_parts(fields) if "multipart" in kind else encoded(fields)
        if not is_signed:
            fields = [(b"AccountSid", ACCOUNT.encode()), *fields]
        client = genuine if is_signed else forged
        answer = client.open(path, method=method, data=body, content_type=kind or None, headers=more)
        assert answer.status_code in {200, 308, 400, 403, 404, 405, 411, 413}, answer.status
        assert b"Traceback" not in answer.data
        session.rollback()
        assert session.scalar(select(func.count()).select_from(InboundMessage)) == 0

    ask()


@pytest.mark.parametrize("deep", ["[" * 8000, '{"a":' * 1500, "[" * 8000 + "]" * 8000])
def test_deep_json_of_a_tap_hides_no_message(
    webhook: Flask, session: Session, key: PersonalKey, deep: str
) -> None:
    """P1: what a button carries may be anything; the text beside it is read."""
    fields = [
        (b"AccountSid", ACCOUNT.encode()),
        (b"Body", b"me va a matar"),
        (b"InteractiveData", deep.encode()),
    ]
    assert Client(Signing(webhook)).post(POSTS[0], data=encoded(fields), content_type=FORM).status_code == 204
    (row,) = session.scalars(select(InboundMessage))
    found = inbox.read(key, row)
    assert (found.readable, found.text) == (True, "me va a matar")
