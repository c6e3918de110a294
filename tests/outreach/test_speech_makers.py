"""Who writes notes down: a process that may die, hang or talk nonsense, and a server of the own network."""

from __future__ import annotations

import json
import os
import socket
import sys
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from support import environment

from outreach.ground.settings import SettingsError, load_settings
from outreach.messages.speech import choice, http, local, transcript
from outreach.messages.speech.choice import Ears, way_of
from outreach.messages.speech.http import HttpSpeech
from outreach.messages.speech.local import Engine, LocalSpeech
from outreach.messages.speech.transcript import MOST_BYTES, SpeechError, Transcript, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ENGINE = """
import json, os, sys, time
say = lambda **answer: print(json.dumps(answer), flush=True)
{before}
say(state="ready")
for line in sys.stdin.buffer:
    asked = json.loads(line)
    audio = sys.stdin.buffer.read(asked["bytes"])
    {each}
"""
HEARS = 'say(state="ok", text=audio.decode(), language=0.9, certainty=-0.3)'


def maker(each: str = HEARS, before: str = "", seconds: float = 10.0) -> LocalSpeech:
    script = ENGINE.format(each=each, before=before)
    return LocalSpeech(Engine((sys.executable, "-I", "-c", script), seconds, seconds))


@contextmanager
def closing(made: LocalSpeech) -> Iterator[LocalSpeech]:
    try:
        yield made
    finally:
        made.close()


def test_one_process_hears_all_notes() -> None:
    """It is started for the first one and stays; threads take turns."""
    each = 'say(state="ok", text=audio.decode() + f" {os.getpid()}", language=0.9, certainty=-0.3)'
    with closing(maker(each)) as made:
        heard: list[str] = []
        threads = [
            threading.Thread(target=lambda n=n: heard.append(made.transcribe(b"%d" % n, 60).text))
            for n in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(one.split()[0] for one in heard) == ["0", "1", "2", "3"]
    assert len({one.split()[1] for one in heard}) == 1


@pytest.mark.parametrize(
    "each",
    ["os._exit(1)", 'print("not json", flush=True)', 'say(other="x")', "os.close(1)",
     'print("[]", flush=True)', 'print("{" + "x" * 200000, flush=True)'],
)  # fmt: skip
def test_a_broken_engine_is_no_error_of_hers(each: str, caplog: pytest.LogCaptureFixture) -> None:
    """It died (as where memory runs out), or answers nonsense: the note is not heard, the next one may be."""
    if each.startswith("os._exit"):
        each = f'{HEARS} if audio != b"poison" else os._exit(1)'
    with closing(maker(each)) as made:
        with pytest.raises(SpeechError) as caught:
            made.transcribe(b"poison", 60)
        assert caught.value.verdict is Verdict.LATE
        if "poison" in each:
            assert made.transcribe(b"hola", 60).text == "hola"
    assert "poison" not in caplog.text


def test_one_that_hangs_is_ended() -> None:
    """Also one that does not even read what it is sent."""
    for before, each in (("", "time.sleep(60)"), ("say(state='ready'); time.sleep(60)", "")):
        with closing(maker(each or "pass", before, seconds=0.4)) as made:
            began = time.monotonic()
            with pytest.raises(SpeechError):
                made.transcribe(bytes(3_000_000), 60)
            assert time.monotonic() - began < 5


def test_one_that_does_not_start() -> None:
    """No such program, or one that ends at once."""
    for made in (LocalSpeech(Engine(("/nowhere/python",))), maker(before="sys.exit(3)")):
        with closing(made), pytest.raises(SpeechError):
            made.transcribe(b"hola", 60)


def test_one_that_did_not_start_is_left_alone_for_a_while(tmp_path: Path) -> None:
    """No note waits for a start that fails each time; after a minute it is tried again."""
    count = tmp_path / "count"
    before = f"open({str(count)!r}, 'a').write('x'); sys.exit(3)"
    with closing(maker(before=before)) as made:
        for _ in range(3):
            with pytest.raises(SpeechError):
                made.transcribe(b"hola", 60)
        assert count.read_text() == "x"
        made._starts_from = 0.0
        with pytest.raises(SpeechError):
            made.transcribe(b"hola", 60)
    assert count.read_text() == "xx"


def test_one_that_got_no_memory_is_replaced() -> None:
    """It says that it failed and lives on: the next note gets a new process, one that is broken does not."""
    each = (
        'say(state="failed" if audio == b"big" else "broken") if audio != b"ok" else '
        'say(state="ok", text=str(os.getpid()), language=0.9, certainty=-0.3)'
    )
    with closing(maker(each)) as made:
        first = made.transcribe(b"ok", 60).text
        for audio, verdict, same in ((b"torn", Verdict.BROKEN, True), (b"big", Verdict.LATE, False)):
            with pytest.raises(SpeechError) as caught:
                made.transcribe(audio, 60)
            assert caught.value.verdict is verdict
            assert (made.transcribe(b"ok", 60).text == first) is same


def test_it_goes_when_idle() -> None:
    """Its memory is free again after some minutes; the next note starts it anew."""
    made = maker()
    made._engine = replace(made._engine, idle_seconds=0.05)
    with closing(made):
        made.transcribe(b"hola", 60)
        process = made._process
        assert process is not None
        process.wait(timeout=5)
        assert made.transcribe(b"otra", 60).text == "otra"


def test_where_memory_is_there_it_stays() -> None:
    """Danger in the next note does not wait for a start; where memory runs short it goes all the same."""
    script = ENGINE.format(each=HEARS, before="")
    room = [True]
    engine = Engine((sys.executable, "-I", "-c", script), 10.0, 10.0, idle_seconds=0.05)
    with closing(LocalSpeech(engine, stays=lambda: room[0])) as made:
        made.warm()
        process = made._process
        assert process is not None
        time.sleep(0.3)
        assert made.transcribe(b"hola", 60).text == "hola"
        assert process.poll() is None
        room[0] = False
        process.wait(timeout=5)


def test_none_is_started_after_the_end() -> None:
    """A worker that stops leaves no process behind; a start that fails is no error of the worker's."""
    made = maker()
    made.close()
    made.warm()
    assert made._process is None
    with pytest.raises(SpeechError):
        made.transcribe(b"hola", 60)
    broken = maker(before="sys.exit(3)")
    broken.warm()
    assert broken._process is None
    broken.close()


def test_it_is_warmed_where_it_is_of_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not where another listens, nobody does, or memory is short."""
    warmed: list[str] = []
    monkeypatch.setattr(local, "is_set_up", lambda: True)
    monkeypatch.setattr(LocalSpeech, "warm", lambda _self: warmed.append("yes"))
    settings = load_settings(environment(tmp_path, AVANZA_SPEECH="local"))
    for free, way in ((9e9, "off"), (9e9, "http"), (5e8, "local"), (9e9, "local"), (9e9, "auto")):
        monkeypatch.setattr(choice, "free_memory", lambda free=free: int(free))
        ears = Ears(replace(settings, speech=way, speech_url="http://10.0.0.5:8000"))
        ears.warm()
        assert warmed == (["yes"] if (free, way[-1]) in {(9e9, "l"), (9e9, "o")} else []), way
        warmed.clear()
        ears.close()
        ears.warm()
        assert warmed == []


def test_no_key_goes_along(monkeypatch: pytest.MonkeyPatch) -> None:
    """P4: the process gets nothing of the worker's environment, and no file of its folder."""
    monkeypatch.setenv("AVANZA_SECRET_KEY", "canario")
    each = 'say(state="ok", text=json.dumps([dict(os.environ), os.getcwd()]), language=1, certainty=0)'
    with closing(maker(each)) as made:
        told = made.transcribe(b"", 60).text
    assert "canario" not in told
    assert json.loads(told)[1] == "/"
    assert os.environ["AVANZA_SECRET_KEY"] == "canario"


@pytest.mark.parametrize(
    ("state", "verdict"), [("long", Verdict.TOO_LONG), ("broken", Verdict.BROKEN), ("failed", Verdict.LATE)]
)
def test_what_the_engine_says_of_a_note(state: str, verdict: Verdict) -> None:
    with closing(maker(f'say(state="{state}")')) as made, pytest.raises(SpeechError) as caught:
        made.transcribe(b"", 60)
    assert caught.value.verdict is verdict


class Fixed:
    """A maker of one answer."""

    def __init__(self, given: Transcript) -> None:
        self.given = given

    def transcribe(self, audio: bytes, seconds: float) -> Transcript:
        """Return it."""
        assert len(audio) + seconds
        return self.given

    def close(self) -> None:
        """Nothing is held."""


def test_a_huge_note_is_not_even_tried() -> None:
    """Twenty minutes are for a person."""
    heard = transcript.hear(Fixed(Transcript("hola", 1, 0)), bytes(MOST_BYTES + 1))
    assert (heard.verdict, heard.text) == (Verdict.TOO_LONG, "")


@pytest.mark.parametrize(
    ("given", "verdict"),
    [
        (Transcript("No puedo ir", 0.9, -0.4), Verdict.CLEAR),
        (Transcript("No puedo ir", 0.9, -2.0), Verdict.UNSURE),
        (Transcript("tewi pamete", 0.01, -0.4), Verdict.OTHER_LANGUAGE),
        (Transcript("...", 0.9, -0.1), Verdict.NO_WORDS),
        (Transcript("", 0.0, -9.0), Verdict.NO_WORDS),
        (Transcript("2", 0.9, -0.4), Verdict.CLEAR),
        (Transcript("No, no, no, no, no, no, no.", 0.9, -0.2), Verdict.UNSURE),
        (Transcript("No, no, no puedo ir ese día", 0.9, -0.2), Verdict.CLEAR),
        (Transcript("sí, sí, sí", 0.9, -0.2), Verdict.CLEAR),
    ],
)
def test_what_words_are_worth(given: Transcript, verdict: Verdict) -> None:
    assert transcript.judged(given).verdict is verdict


@contextmanager
def server(
    answer: dict[str, Any] | bytes, status: int = 200, wait: float = 0
) -> Iterator[tuple[str, list[bytes]]]:
    asked: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        """Keeps what came and answers as it is told."""

        def do_POST(self) -> None:
            """Answer."""
            asked.append(self.path.encode() + b" " + self.rfile.read(int(self.headers["Content-Length"])))
            time.sleep(wait)
            body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Location", "http://example.invalid/")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with suppress(BrokenPipeError):
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    made = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.daemon_threads = True
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{made.server_port}", asked
    finally:
        made.shutdown()
        made.server_close()
        thread.join()


SEGMENT = {"start": 0.0, "end": 2.0, "avg_logprob": -0.4}
GOOD = {"text": "No puedo ir", "language": "spanish", "duration": 2.0, "segments": [SEGMENT]}


def test_a_server_writes_it_down() -> None:
    """The request is that of an OpenAI-compatible server; its answer becomes ours."""
    with server(GOOD) as (url, asked):
        heard = HttpSpeech(f"{url}/").transcribe(b"OggS-voice", 60)
    assert heard == Transcript("No puedo ir", 1.0, -0.4)
    assert asked[0].startswith(b"/v1/audio/transcriptions ")
    assert b"OggS-voice" in asked[0]
    assert b"verbose_json" in asked[0]


@pytest.mark.parametrize(
    ("answer", "status", "verdict"),
    [
        (GOOD | {"duration": 90}, 200, Verdict.TOO_LONG),
        ({"error": "no"}, 400, Verdict.BROKEN),
        ({"error": "no"}, 500, Verdict.LATE),
        (GOOD, 302, Verdict.LATE),
        (b"<html>", 200, Verdict.LATE),
        ([1], 200, Verdict.LATE),
        ({"language": "es"}, 200, Verdict.LATE),
        (GOOD | {"segments": [SEGMENT | {"avg_logprob": "x"}]}, 200, Verdict.LATE),
        (GOOD | {"segments": [SEGMENT | {"avg_logprob": float("nan")}]}, 200, Verdict.LATE),
    ],
)
def test_a_server_that_fails(answer: Any, status: int, verdict: Verdict) -> None:
    """Whatever comes, she is answered; what it said is in no error."""
    with server(answer, status) as (url, _), pytest.raises(SpeechError) as caught:
        HttpSpeech(url).transcribe(b"x", 60)
    assert caught.value.verdict is verdict


def test_a_server_that_is_slow_or_away() -> None:
    """It is given up after its time."""
    with server(GOOD, wait=1.0) as (url, _), pytest.raises(SpeechError):
        HttpSpeech(url, seconds=0.1).transcribe(b"x", 60)
    with pytest.raises(SpeechError):
        HttpSpeech("http://127.0.0.1:9").transcribe(b"x", 60)


def test_one_that_does_not_say_how_sure_it_is_is_unsure() -> None:
    with server({"text": "No puedo ir", "language": "es"}) as (url, _):
        heard = HttpSpeech(url).transcribe(b"x", 60)
    assert transcript.judged(heard).verdict is Verdict.UNSURE


def test_her_voice_stays_in_the_own_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """P4: no request leaves for a public address, unless a setting says that it is agreed."""
    found = {"10.0.0.5": ["10.0.0.5"], "speech.invalid": ["10.0.0.5", "93.184.216.34"], "v6": ["::1"]}

    def looks_up(host: str, *_: object, **__: object) -> list[Any]:
        return [(0, 0, 0, "", (address, 0)) for address in found[host]]

    monkeypatch.setattr(socket, "getaddrinfo", looks_up)
    assert http.is_private("10.0.0.5")
    assert http.is_private("v6")
    assert not http.is_private("speech.invalid")
    with pytest.raises(SpeechError):
        HttpSpeech("https://speech.invalid").transcribe(b"x", 60)


def test_who_listens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unset: this machine where the engine is set up and 1 GB is free."""
    settings = load_settings(environment(tmp_path, AVANZA_SPEECH=""))
    assert settings.speech == "auto"
    monkeypatch.setattr(local, "is_set_up", lambda: False)
    assert way_of(settings) == way_of(replace(settings, speech="local")) == "off"
    assert not Ears(settings).on
    monkeypatch.setattr(local, "is_set_up", lambda: True)
    monkeypatch.setattr(choice, "free_memory", lambda: 2_000_000_000)
    assert way_of(settings) == "local"
    assert Ears(settings).on
    monkeypatch.setattr(choice, "free_memory", lambda: 900_000_000)
    assert way_of(settings) == "off"
    assert way_of(replace(settings, speech="local")) == "local"
    assert way_of(replace(settings, speech="off")) == "off"
    assert choice.made(replace(settings, speech="off")) is None
    asks = replace(settings, speech="http", speech_url="http://10.0.0.5:8000")
    assert isinstance(choice.made(asks), HttpSpeech)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"AVANZA_SPEECH": "cloud"}, "off, local o http"),
        ({"AVANZA_SPEECH": "http"}, "AVANZA_SPEECH_URL"),
        ({"AVANZA_SPEECH": "http", "AVANZA_SPEECH_URL": "not a url"}, "AVANZA_SPEECH_URL"),
    ],
)
def test_a_wrong_setting_stops_the_start(tmp_path: Path, given: dict[str, str], says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        load_settings(environment(tmp_path, **given))
