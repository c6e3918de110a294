"""The maker on this machine: a process of its own that holds the model (`speech/engine.py`).

One note at a time, by pipes; the process is ended where it takes too long, and started again for the next
note. Nothing of a note is written anywhere, and the process has no network. After some idle minutes it goes,
and its memory with it, where memory is short: danger in the next note would wait for the start.
"""

from __future__ import annotations

import json
import logging
import subprocess
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from outreach.ground.settings import ROOT
from outreach.messages.speech.transcript import SpeechError, Transcript, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

log = logging.getLogger("avanza.speech")
ENVIRONMENT: Final = ROOT / "speech" / ".venv"
MODEL: Final = ROOT / "speech" / ".model"
SCRIPT: Final = ROOT / "speech" / "engine.py"
START_SECONDS, LIMIT_SECONDS, IDLE_SECONDS = 60.0, 90.0, 600.0
REST_SECONDS = 60.0
"""After a start that failed no other is tried for so long: notes are answered without it at once."""
LONGEST_ANSWER = 64 * 1024
_STATES = {"long": Verdict.TOO_LONG, "broken": Verdict.BROKEN}
# Nothing of the worker's environment, which has keys in it, goes along.
_ENVIRONMENT = {
    "HF_HUB_OFFLINE": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "OMP_NUM_THREADS": "2",
    "LC_ALL": "C",
}


@dataclass(frozen=True)
class Engine:
    """The command that is run, and how long it may take to start and for one note."""

    argv: tuple[str, ...]
    start_seconds: float = START_SECONDS
    limit_seconds: float = LIMIT_SECONDS
    idle_seconds: float = IDLE_SECONDS


def is_set_up() -> bool:
    """Say whether environment and model are there."""
    return (ENVIRONMENT / "avanza-stamp.json").exists() and (MODEL / "model.bin").exists()


def engine_of(python: Path = ENVIRONMENT / "bin" / "python", model: Path = MODEL) -> Engine:
    """Return the engine as it is set up here."""
    return Engine((str(python), "-I", "-B", "-W", "ignore", str(SCRIPT), str(model)))


class LocalSpeech:
    """Runs the engine; threads take turns. `stays` says whether an idle one may keep its memory."""

    def __init__(self, engine: Engine | None = None, stays: Callable[[], bool] = lambda: False) -> None:
        self._engine = engine or engine_of()
        self._stays = stays
        self._closed = False
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._idle: threading.Timer | None = None
        self._starts_from = float("-inf")

    def transcribe(self, audio: bytes, seconds: float) -> Transcript:
        """Return what is said in a note.

        Raises:
            SpeechError: it is too long or broken, or the engine did not answer.
        """
        with self._turn:
            if self._idle is not None:
                self._idle.cancel()
            try:
                answer = self._asked(audio, seconds)
            except (OSError, ValueError) as error:
                self._end()
                log.warning("speech failed", extra={"action": "speech_failed", "kind": type(error).__name__})
                raise SpeechError(Verdict.LATE) from None
            state = answer.get("state")
            if state != "ok" and state not in _STATES:
                self._end()  # such as one that got no memory: the next note gets a new one
            else:
                self._rest_later()
        if state != "ok":
            raise SpeechError(_STATES.get(str(state), Verdict.LATE))
        return Transcript(str(answer["text"]), float(answer["language"]), float(answer["certainty"]))

    def warm(self) -> None:
        """Start the process before the first note comes; a start that fails is that note's to report."""
        with self._turn:
            try:
                self._running()
            except (OSError, ValueError):
                self._end()
                return
            self._rest_later()

    def close(self) -> None:
        """End the process, also in the middle of a note, for good."""
        self._closed = True
        process = self._process
        if process is not None:
            process.kill()
        with self._turn:
            self._end()

    def _rest_later(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
        self._idle = threading.Timer(self._engine.idle_seconds, self._rest)
        self._idle.daemon = True
        self._idle.start()

    def _rest(self) -> None:
        with self._turn:
            if self._closed or not self._stays():
                self._end()
            else:
                self._rest_later()

    def _asked(self, audio: bytes, seconds: float) -> dict[str, Any]:
        process = self._running()
        head = json.dumps({"bytes": len(audio), "seconds": seconds}).encode("ascii")
        with _ended_after(process, self._engine.limit_seconds):
            assert process.stdin is not None  # noqa: S101 (opened as a pipe below)
            process.stdin.write(head + b"\n" + audio)
            return _answer(process)

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._end()
        if self._closed:
            raise ValueError("the engine is let go of")
        if time.monotonic() < self._starts_from:
            raise ValueError("the engine did not start lately")
        # Until it has started.
        self._starts_from = time.monotonic() + REST_SECONDS
        process = subprocess.Popen(
            self._engine.argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            env=_ENVIRONMENT,
            cwd="/",
            start_new_session=True,
        )
        self._process = process
        with _ended_after(process, self._engine.start_seconds):
            if _answer(process).get("state") != "ready":
                raise ValueError("the engine did not start")
        self._starts_from = float("-inf")
        return process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        process.wait()


class _ended_after:  # noqa: N801 (used as a statement)
    """Kills a process that has not answered in time, so that reading from it and writing to it ends."""

    def __init__(self, process: subprocess.Popen[bytes], seconds: float) -> None:
        self._timer = threading.Timer(seconds, process.kill)
        self._timer.daemon = True

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()


def _answer(process: subprocess.Popen[bytes]) -> dict[str, Any]:
    """Read one line of JSON.

    Raises:
        ValueError: it is none, or the process ended.
    """
    assert process.stdout is not None  # noqa: S101 (opened as a pipe above)
    line = process.stdout.readline(LONGEST_ANSWER)
    # With no buffer a line may come in pieces.
    while line and not line.endswith(b"\n") and len(line) < LONGEST_ANSWER:
        more = process.stdout.readline(LONGEST_ANSWER)
        if not more:
            break
        line += more
    try:
        answer = json.loads(line)
    except ValueError:
        # Its own text would quote what was heard.
        raise ValueError("no answer") from None
    if not isinstance(answer, dict):
        raise ValueError("no answer")  # noqa: TRY004 (what the process said is wrong, no type of ours)
    return answer
