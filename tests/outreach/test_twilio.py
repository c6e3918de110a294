"""What each end of a call to Twilio proves: sent, not sent, or nothing (P3)."""

from __future__ import annotations

import socket
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from standins import accepted, serving

from outreach.messages.twilio import Outcome, Reason, SendResult, TwilioClient

if TYPE_CHECKING:
    from outreach.ground.settings import Settings

TO = "whatsapp:+523312345678"


def answered(settings: Settings, status: int, body: Any) -> SendResult:
    """Send to a Twilio that answers so."""
    with serving(lambda _method, _path, _body: (status, body)) as url:
        return at(settings, url)


def at(settings: Settings, url: str) -> SendResult:
    """Send to whatever is at an address."""
    client = TwilioClient(replace(settings.twilio, api_url=url), "http://127.0.0.1:8000")
    return client.send(TO, outbox_id="1", body="*911*", urgent=True)


def twilios(status: int, code: int) -> dict[str, Any]:
    """Return Twilio's own error body."""
    return {
        "code": code,
        "message": "x",
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
        "status": status,
    }


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, twilios(500, 20500)),
        (503, twilios(503, 20503)),
        (429, twilios(429, 20429)),
        (429, {}),
        (400, twilios(400, 63018)),
        (503, {"type": "x", "title": "x", "status": 503, "code": 20503}),
    ],
)
def test_a_refusal_of_twilios_own_is_tried_again(settings: Settings, status: int, body: Any) -> None:
    """Its own error body, or a 429, proves that nothing was sent."""
    result = answered(settings, status, body)
    assert (result.outcome, result.reason) == (Outcome.TRY_LATER, Reason.TEMPORARY)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, {}),
        (502, {"message": "Internal server error"}),
        (504, "<html>"),
        (503, {"code": 503, "message": "of a gateway"}),
        (201, {}),
        (302, {}),
        (408, {}),
    ],
)
def test_an_answer_of_something_in_between_proves_nothing(settings: Settings, status: int, body: Any) -> None:
    """A gateway's error may come after Twilio took the message."""
    assert answered(settings, status, body).outcome is Outcome.UNKNOWN


def test_a_connection_that_broke_after_the_request_proves_nothing(settings: Settings) -> None:
    """It may have been taken before the answer was lost."""
    with serving(lambda _method, _path, _body: None) as url:
        assert at(settings, url).outcome is Outcome.UNKNOWN


def test_what_failed_before_the_request_left_is_tried_again(settings: Settings) -> None:
    """Refused connections, names that are not found, and handshakes that fail: no server had the message."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, not listening: refused
        refused = f"http://127.0.0.1:{taken.getsockname()[1]}"
        assert at(settings, refused).outcome is Outcome.TRY_LATER
    assert at(settings, "http://no-such-host.invalid").outcome is Outcome.TRY_LATER
    with serving(lambda _method, _path, _body: (201, {})) as url:
        assert at(settings, url.replace("http://", "https://")).outcome is Outcome.TRY_LATER


def test_what_is_sent_is_as_twilio_reads_it(settings: Settings) -> None:
    """Spanish letters, the template's variables and the callback that carries our own id."""
    seen: list[dict[str, str]] = []

    def twilio(_method: str, path: str, body: dict[str, str]) -> tuple[int, Any]:
        seen.append(body)
        return 201, accepted(path, body, "SM1")

    with serving(twilio) as url:
        client = TwilioClient(replace(settings.twilio, api_url=url), "https://a.example")
        assert client.send(TO, outbox_id="7", body="¿Cómo estás?").sid == "SM1"
        client.send(TO, outbox_id="8", content_sid="HX1", variables='{"1": "ñ"}', map_pin=(20.5, -103.2))
    first, second = seen
    assert (first["To"], first["Body"]) == (TO, "¿Cómo estás?")
    assert first["StatusCallback"] == "https://a.example/twilio/status?o=7"
    assert (second["ContentSid"], second["ContentVariables"]) == ("HX1", '{"1": "ñ"}')
    assert second["PersistentAction"] == "geo:20.5,-103.2"
    assert "Body" not in second
