"""Inbound messages as Twilio posts them: signed, each with a MessageSid of its own, over kept connections."""

from __future__ import annotations

import http.client
import itertools
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from twilio.request_validator import RequestValidator

if TYPE_CHECKING:
    from collections.abc import Mapping

ACCOUNT, TOKEN, SENDER = "AC" + "5" * 32, "token-of-the-benchmarks", "whatsapp:+14155238886"
OLD_BUTTON = "/button_of_another_day"
"""The payload of a tap that is no longer on offer: its title is understood as if she had typed it, but a
tap is a whole thought and does not wait for the end of a burst."""
_IDLE_SECONDS = 1.0
_TIMEOUT_SECONDS = 30.0
_sids = itertools.count(1)


@dataclass(frozen=True)
class Post:
    """One request, ready to be sent; made before the clock starts."""

    path: str
    body: bytes
    headers: Mapping[str, str]


def inbound(url: str, phone: str, text: str, *, tapped: bool = False) -> Post:
    """A message of hers to `url`, signed for that very address."""
    sid = f"SM{next(_sids):032x}"
    fields = {
        "AccountSid": ACCOUNT, "ApiVersion": "2010-04-01", "Body": text, "From": phone, "MessageSid": sid,
        "MessageType": "button" if tapped else "text", "NumMedia": "0", "NumSegments": "1",
        "ProfileName": "Invented", "SmsMessageSid": sid, "SmsSid": sid, "SmsStatus": "received",
        "To": SENDER, "WaId": phone.rpartition("+")[2],
    }  # fmt: skip
    if tapped:
        fields |= {"ButtonText": text, "ButtonPayload": OLD_BUTTON}
    return _signed(url, fields)


def spoken(url: str, phone: str, media_sid: str) -> Post:
    """A voice note of hers to `url`, whose sound the stand-in holds under `media_sid`."""
    sid = f"MM{next(_sids):032x}"
    address = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Messages/{sid}/Media/{media_sid}"
    fields = {
        "AccountSid": ACCOUNT, "ApiVersion": "2010-04-01", "Body": "", "From": phone, "MessageSid": sid,
        "MessageType": "audio", "NumMedia": "1", "MediaUrl0": address, "MediaContentType0": "audio/ogg",
        "NumSegments": "1", "ProfileName": "Invented", "SmsMessageSid": sid, "SmsSid": sid,
        "SmsStatus": "received", "To": SENDER, "WaId": phone.rpartition("+")[2],
    }  # fmt: skip
    return _signed(url, fields)


def _signed(url: str, fields: dict[str, str]) -> Post:
    signature = RequestValidator(TOKEN).compute_signature(url, fields)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": signature}
    return Post(urlsplit(url).path, urlencode(fields).encode(), headers)


@dataclass
class Client:
    """One kept connection to one server, made anew after a pause: servers close idle ones."""

    url: str
    timeout: float = _TIMEOUT_SECONDS
    _connection: http.client.HTTPConnection | None = field(default=None, repr=False)
    _used_at: float = 0.0

    def send(self, post: Post, expect: int = 204) -> bytes:
        """Send and return the answer's body.

        Raises:
            RuntimeError: the server answered otherwise.
        """
        now = time.perf_counter()
        if self._connection is not None and now - self._used_at > _IDLE_SECONDS:
            self.close()
        if self._connection is None:
            self._connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=self.timeout)
        self._connection.request("POST", post.path, post.body, dict(post.headers))
        with self._connection.getresponse() as answer:
            body = answer.read()
        self._used_at = time.perf_counter()
        if answer.status != expect:
            raise RuntimeError(f"{post.path} answered {answer.status} instead of {expect}")
        return body

    def close(self) -> None:
        """Close the connection; the next send opens another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
