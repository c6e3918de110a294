"""A file of hers is fetched from our own account only, in bounded time and size, and nothing is lost (P1)."""

from __future__ import annotations

import base64
import threading
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from standins import Raw, serving
from support import ACCOUNT, TOKEN

from outreach.messages import twilio_media
from outreach.messages.twilio import TwilioClient
from outreach.messages.twilio_media import Failure, MediaError, Place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from outreach.ground.settings import Settings

PLACE = Place("MM" + "1" * 32, "ME" + "2" * 32)
PATH = f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{PLACE.message_sid}/Media/{PLACE.media_sid}"
VOICE = b"OggS" + bytes(200)


class _SendsOn(BaseHTTPRequestHandler):
    """A Twilio that sends on once, and notes what it is asked with."""

    def do_GET(self) -> None:
        """Answer a request."""
        self.server.seen.append((self.path, self.headers.get("Authorization")))  # type: ignore[attr-defined] # set below
        there = self.path == "/elsewhere"
        self.send_response(200 if there else 307)
        if not there:
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", str(len(VOICE) if there else 0))
        self.end_headers()
        self.wfile.write(VOICE if there else b"")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class's name)
        """Say nothing."""


@contextmanager
def sending_on() -> Iterator[tuple[str, list[tuple[str, str | None]]]]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _SendsOn)
    server.seen = []  # type: ignore[attr-defined] # read by the handler
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", server.seen  # type: ignore[attr-defined]
    server.shutdown()
    server.server_close()
    thread.join()


def client(settings: Settings, url: str) -> TwilioClient:
    return TwilioClient(replace(settings.twilio, api_url=url), "http://127.0.0.1:8000")


def fetched(settings: Settings, answer: Callable[[str], tuple[int, Any] | None]) -> bytes:
    """Fetch from a Twilio that answers by the path."""
    with serving(lambda _method, path, _body: answer(path)) as url:
        return client(settings, url).fetch_media(PLACE)


def failure(settings: Settings, answer: Callable[[str], tuple[int, Any] | None]) -> Failure:
    with pytest.raises(MediaError) as raised:
        fetched(settings, answer)
    return raised.value.failure


def test_a_file_is_fetched_from_our_account(settings: Settings) -> None:
    asked: list[str] = []

    def answer(path: str) -> tuple[int, Any]:
        asked.append(path)
        return 200, Raw(VOICE, {"Content-Type": "audio/ogg"})

    assert fetched(settings, answer) == VOICE
    assert asked == [PATH]


@pytest.mark.parametrize(
    "address",
    [
        f"https://api.twilio.com{PATH}",
        f"http://127.0.0.1:8002{PATH}",
        f"https://evil.example{PATH}",
        f"https://user:secret@evil.example{PATH}?x=1",
    ],
)
def test_an_address_is_made_again_from_its_ids(address: str) -> None:
    """Whatever host it names, the file is asked of our own Twilio."""
    place = twilio_media.place_of(address)
    assert place == PLACE
    ours = twilio_media.address_of("https://api.twilio.com", ACCOUNT, place)
    assert ours == f"https://api.twilio.com{PATH}"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "file:///etc/passwd",
        "http://169.254.169.254/latest/meta-data",
        f"https://api.twilio.com{PATH}/../../..",
        f"https://api.twilio.com/x{PATH}",
        f"https://api.twilio.com{PATH}.json",
        "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1",
    ],
)
def test_what_names_no_file_of_twilios(address: str) -> None:
    assert twilio_media.place_of(address) is None


def test_sent_on_without_our_password(settings: Settings) -> None:
    """Twilio sends on to where a file lies: we follow, and what opens our account stays behind."""
    with sending_on() as (url, seen):
        assert client(settings, url).fetch_media(PLACE) == VOICE
    basic = "Basic " + base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
    assert seen == [(PATH, basic), ("/elsewhere", None)]


@pytest.mark.parametrize(
    "location",
    [
        "http://169.254.169.254/latest/meta-data",
        "https://169.254.169.254/latest/meta-data",
        "https://127.0.0.1/x",
        "https://localhost/x",
        "https://10.0.0.1/x",
        "https://[::1]/x",
        "https://[fd00::1]/x",
        "http://example.com/x",
        "file:///etc/passwd",
        "ftp://example.com/x",
        "https://user:secret@8.8.8.8/x",
    ],
)
def test_no_way_into_our_own_network(settings: Settings, location: str) -> None:
    """Wherever an answer sends us on to, we go to Twilio, or by TLS to the public internet, or nowhere."""
    assert failure(settings, lambda _: (302, Raw(b"", {"Location": location}))) is Failure.REFUSED


def test_sent_on_for_ever(settings: Settings) -> None:
    assert failure(settings, lambda path: (302, Raw(b"", {"Location": path}))) is Failure.REFUSED


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (404, Failure.GONE),
        (410, Failure.GONE),
        (401, Failure.LATER),
        (429, Failure.LATER),
        (500, Failure.LATER),
        (204, Failure.LATER),
        (206, Failure.LATER),
    ],
)
def test_what_an_answer_means(settings: Settings, status: int, expected: Failure) -> None:
    """Only what Twilio does not know counts as gone; a wrong password of ours loses nothing of hers."""
    assert failure(settings, lambda _: (status, {})) is expected


def test_cut_short(settings: Settings) -> None:
    """An answer that ends before its length, an empty one, and none: tried again."""
    short = Raw(VOICE, {"Content-Length": str(len(VOICE) + 1)})
    assert failure(settings, lambda _: (200, short)) is Failure.LATER
    assert failure(settings, lambda _: (200, Raw(b""))) is Failure.LATER
    assert failure(settings, lambda _: None) is Failure.LATER


def test_too_large(settings: Settings) -> None:
    """17 MB, said or not said before: refused without being read to its end."""
    told = Raw(b"x", {"Content-Length": str(17_000_000)})
    assert failure(settings, lambda _: (200, told)) is Failure.TOO_LARGE
    untold = Raw(bytes(17_000_000), {"Content-Length": ""})
    assert failure(settings, lambda _: (200, untold)) is Failure.TOO_LARGE


def test_slow(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that trickles is given up for now, so that it holds no thread."""
    monkeypatch.setattr(twilio_media, "FETCH_SECONDS", -1.0)
    assert failure(settings, lambda _: (200, Raw(VOICE))) is Failure.LATER


@pytest.mark.parametrize(("status", "gone"), [(204, True), (404, True), (401, False), (500, False)])
def test_deleting(settings: Settings, status: int, gone: bool) -> None:
    """What Twilio does not know is deleted already."""
    asked: list[tuple[str, str]] = []

    def answer(method: str, path: str, _body: Any) -> tuple[int, Any]:
        asked.append((method, path))
        return status, Raw()

    with serving(answer) as url:
        assert client(settings, url).delete_media(PLACE) is gone
    assert asked == [("DELETE", f"{PATH}.json")]


def test_deleting_without_an_answer(settings: Settings) -> None:
    with serving(lambda _method, _path, _body: None) as url:
        assert client(settings, url).delete_media(PLACE) is False
