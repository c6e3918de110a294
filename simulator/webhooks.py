"""Signed posts to the product, as Twilio sends them: signature, timeouts, the one retry, the fallback.

Sources: twilio.com/docs/usage/webhooks/webhooks-security and .../webhooks-connection-overrides. The
overrides in the URL's fragment are read (ct, rt, tt, rc, rp) and never sent or signed.
"""

from __future__ import annotations

import base64
import hmac
import http.client
import time
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

Params = Mapping[str, str | list[str]]


def sign(token: str, url: str, params: Params) -> str:
    """Twilio's signature: HMAC-SHA1 over the URL and each parameter's name and value, sorted, in base64."""
    text = url
    for name in sorted(params):
        value = params[name]
        values = [value] if isinstance(value, str) else sorted(set(value))
        text += "".join(name + item for item in values)
    return base64.b64encode(hmac.digest(token.encode(), text.encode(), "sha1")).decode()


@dataclass(frozen=True)
class Overrides:
    """How long to wait and when to try again; milliseconds are Twilio's, seconds are ours."""

    connect: float = 5.0
    read: float = 15.0
    total: float = 15.0
    retries: int = 1
    retry_on: frozenset[str] = frozenset({"ct"})

    def again(self, attempt: Attempt) -> bool:
        """Whether an attempt that ended so is tried again."""
        return attempt.failure is not None and bool({attempt.failure, "all"} & self.retry_on)


@dataclass(frozen=True)
class Attempt:
    """One try: `status` where there was an answer; `failure` is ct, rt, 4xx or 5xx where it was not good."""

    url: str
    status: int | None
    failure: str | None
    seconds: float


@dataclass(frozen=True)
class Outcome:
    """All tries of one post."""

    attempts: list[Attempt] = field(default_factory=list)

    @property
    def status(self) -> int | None:
        """What the last try was answered, None where it was not."""
        return self.attempts[-1].status if self.attempts else None

    @property
    def failed(self) -> bool:
        """Whether the last try ended badly."""
        return not self.attempts or self.attempts[-1].failure is not None

    def as_facts(self) -> dict[str, Any]:
        """The outcome for the ledger."""
        return {"status": self.status, "attempts": [asdict(attempt) for attempt in self.attempts]}


def overrides_of(fragment: str) -> Overrides:
    """The connection overrides of a webhook URL's fragment, each held within Twilio's range."""
    given = dict(parse_qsl(fragment))

    def milliseconds(key: str, default: int, highest: int) -> float:
        raw = given.get(key, "")
        value = int(raw) if raw.isdigit() else default
        return min(max(value, 100), highest) / 1000

    retries = given.get("rc", "")
    return Overrides(
        connect=milliseconds("ct", 5_000, 10_000),
        read=milliseconds("rt", 15_000, 15_000),
        total=milliseconds("tt", 15_000, 15_000),
        retries=min(int(retries), 5) if retries.isdigit() else 1,
        retry_on=frozenset(given.get("rp", "ct").split(",")),
    )


def post(url: str, params: Params, token: str | None) -> Outcome:
    """Post `params` to `url`, signed with `token` (None: no signature), trying again as the URL asks."""
    target, _, fragment = url.partition("#")
    overrides = overrides_of(fragment)
    headers = {
        "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
        "User-Agent": "TwilioProxy/1.1",
        "Accept": "*/*",
    }
    if token is not None:
        headers["X-Twilio-Signature"] = sign(token, target, params)
    body = urlencode(params, doseq=True).encode()
    end = time.monotonic() + overrides.total
    attempts = [_attempt(target, body, headers, overrides, end)]
    headers["I-Twilio-Idempotency-Token"] = str(uuid.uuid4())
    while (
        len(attempts) <= overrides.retries and overrides.again(attempts[-1]) and time.monotonic() < end - 0.05
    ):
        attempts.append(_attempt(target, body, headers, overrides, end))
    return Outcome(attempts)


def _attempt(url: str, body: bytes, headers: dict[str, str], overrides: Overrides, end: float) -> Attempt:
    began = time.monotonic()
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(
        parts.hostname or "", parts.port, timeout=max(min(overrides.connect, end - began), 0.05)
    )
    status: int | None = None
    failure: str | None = "ct"
    try:
        connection.connect()
        failure = "rt"
        connection.sock.settimeout(max(min(overrides.read, end - time.monotonic()), 0.05))
        connection.request("POST", path, body=body, headers=headers)
        answer = connection.getresponse()
        answer.read(65_536)
        status = answer.status
        failure = {4: "4xx", 5: "5xx"}.get(status // 100)
    except (OSError, http.client.HTTPException):
        status = None
    finally:
        connection.close()
    return Attempt(url, status, failure, round(time.monotonic() - began, 3))
