"""The engine itself, where it is set up: one note, what is no note, and what it can't do any more."""

from __future__ import annotations

import math
import os
import signal
import struct
import tempfile
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from outreach.messages.speech import local, transcript
from outreach.messages.speech.local import LocalSpeech
from outreach.messages.speech.transcript import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = [
    pytest.mark.skipif(not local.is_set_up(), reason="./avanza setup --speech was not run"),
    pytest.mark.xdist_group("speech"),
]
NOTES = Path(__file__).parent / "notes"
NOTE, AFRAID, ENGLISH = (
    (NOTES / name).read_bytes() for name in ("no-puedo-ir.ogg", "me-pega.ogg", "english.ogg")
)
RATE = 8000


def sound(seconds: float, wave: Callable[[float], float]) -> bytes:
    """Return a WAV file of a wave (-1 to 1) over seconds."""
    data = b"".join(struct.pack("<h", int(30000 * wave(n / RATE))) for n in range(int(seconds * RATE)))
    form = struct.pack("<HHIIHH", 1, 1, RATE, RATE * 2, 2, 16)
    head = b"WAVEfmt " + struct.pack("<I", 16) + form + b"data" + struct.pack("<I", len(data))
    return b"RIFF" + struct.pack("<I", 4 + len(head) + len(data)) + head + data


@pytest.fixture(scope="module")
def engine() -> Iterator[LocalSpeech]:
    made = LocalSpeech()
    yield made
    made.close()


def test_a_note_is_written_down(engine: LocalSpeech) -> None:
    """Synthetic, of two and a half seconds, as WhatsApp would record it."""
    began = time.monotonic()
    heard = transcript.hear(engine, NOTE)
    assert "jueves" in heard.text.lower()
    assert time.monotonic() - began < 60


def test_what_it_heard_well_is_not_thrown_away(engine: LocalSpeech) -> None:
    """The model takes this note for silence, and hears it: a cry must not be lost to that."""
    assert "mucho miedo" in transcript.hear(engine, AFRAID).text.lower()


def test_another_language_is_none_of_ours(engine: LocalSpeech) -> None:
    """English, spoken by a machine: a person hears it."""
    assert transcript.hear(engine, ENGLISH).verdict is Verdict.OTHER_LANGUAGE


@pytest.mark.parametrize(
    ("audio", "verdict"),
    [
        (sound(3, lambda _t: 0.0), Verdict.NO_WORDS),
        (sound(4, lambda t: 0.5 * math.sin(t * 6.28 * (440 if int(t * 4) % 2 else 660))), Verdict.NO_WORDS),
        (sound(70, lambda _t: 0.0), Verdict.TOO_LONG),
        (b"", Verdict.BROKEN),
        (b"OggS" + bytes(5000), Verdict.BROKEN),
        (NOTE[: len(NOTE) // 2][:100], Verdict.BROKEN),
        (b"#EXTM3U\nfile:///etc/passwd\n", Verdict.BROKEN),
        (b"<html><script>alert(1)</script>", Verdict.BROKEN),
        (os.urandom(20_000), Verdict.BROKEN),
    ],
    ids=["silence", "music", "long", "empty", "broken", "cut", "playlist", "page", "noise of bytes"],
)  # fmt: skip
def test_what_is_no_note(engine: LocalSpeech, audio: bytes, verdict: Verdict) -> None:
    """A sane answer, and the engine hears the next one."""
    assert transcript.hear(engine, audio).verdict is verdict


def test_half_a_note_is_no_error(engine: LocalSpeech) -> None:
    """Cut off in the middle it is heard as far as it goes, or not at all."""
    transcript.hear(engine, NOTE[: len(NOTE) // 2])
    assert "jueves" in transcript.hear(engine, NOTE).text.lower()


def test_it_can_reach_nothing_any_more(engine: LocalSpeech) -> None:
    """P4: no file or connection can be opened, nothing written, no core left."""
    transcript.hear(engine, NOTE)
    process = engine._process
    assert process is not None
    limits = Path(f"/proc/{process.pid}/limits").read_text()
    for name in ("Max open files", "Max file size", "Max core file size"):
        assert limits.split(name)[1].split()[:2] == ["0", "0"], name
    assert local._ENVIRONMENT.keys().isdisjoint({"AVANZA_SECRET_KEY", "TWILIO_AUTH_TOKEN"})


def test_it_is_killed_and_it_hangs(engine: LocalSpeech) -> None:
    """P1: the note that it was at counts as not heard, and the next one is."""
    transcript.hear(engine, NOTE)
    assert engine._process is not None
    ending = threading.Timer(0.15, engine._process.kill)
    ending.start()
    assert transcript.hear(engine, NOTE).verdict in {Verdict.LATE, Verdict.CLEAR}
    ending.join()
    assert "jueves" in transcript.hear(engine, NOTE).text.lower()
    process, whole = engine._process, engine._engine
    process.send_signal(signal.SIGSTOP)
    engine._engine = replace(whole, limit_seconds=0.5)
    began = time.monotonic()
    assert transcript.hear(engine, NOTE).verdict is Verdict.LATE
    assert time.monotonic() - began < 5
    engine._engine = whole
    assert process.poll() is not None


def test_memory_runs_out_and_the_disk_is_full() -> None:
    """Of a machine with no byte to write it hears all the same; where it gets no memory the next one does."""
    whole = local.engine_of()
    full = replace(whole, argv=("prlimit", "--fsize=0", *whole.argv))
    made = LocalSpeech(full)
    try:
        assert "jueves" in transcript.hear(made, NOTE).text.lower()
        assert made._process is not None
        held = psutil.Process(made._process.pid).memory_info().vms
        psutil.Process(made._process.pid).rlimit(psutil.RLIMIT_AS, (held, held))
        assert transcript.hear(made, sound(55, lambda t: math.sin(t * 900))).verdict in {
            Verdict.LATE, Verdict.NO_WORDS, Verdict.UNSURE,
        }  # fmt: skip
        made._starts_from = float("-inf")
        assert "jueves" in transcript.hear(made, NOTE).text.lower()
    finally:
        made.close()


def test_nothing_of_a_note_lies_in_a_temporary_folder(engine: LocalSpeech) -> None:
    """Neither sound nor words."""
    before = {path.name for path in Path(tempfile.gettempdir()).iterdir()}
    heard = transcript.hear(engine, NOTE)
    new = [one for one in Path(tempfile.gettempdir()).iterdir() if one.name not in before and one.is_file()]
    assert heard.text
    for path in new:
        content = path.read_bytes()
        assert NOTE[200:300] not in content
        assert heard.text.encode() not in content
