"""The process that writes voice notes down: one at a time, from its input to its output, and nothing else.

Run as a script by the product: `engine.py MODEL_FOLDER`. A note comes as a line of JSON (`bytes`, `seconds`)
and that many bytes; one line of JSON answers it. Once the model is in memory it can open no file and no
connection, write no file and leave no core. Must never print, log or keep what it hears.
"""

from __future__ import annotations

import ctypes
import io
import json
import os
import resource
import sys
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

RATE = 16_000
MOST_MEMORY = 4 * 1024**3
"""Bytes of address space; it holds about 0.4 GB in memory."""
THREADS = 1
NICENESS = 5
"""The dialogue and the database go first."""
SPANISH = "es"
LEAST_SECONDS = 2.0
"""Of less speech than this nothing tells the language."""
MOST_REPEATED = 2.4
"""Text that compresses better than this repeats itself: the model heard no words."""
PROMPT = "Hola, buenas tardes. Te mando este mensaje de voz porque quiero preguntarte una cosa, por favor."
"""How people speak in notes. No word of violence: it would be heard where it was not said."""
MOST_TOKENS_A_SECOND, MOST_TOKENS_BESIDES = 8, 20
WORST = -9.0
"""The certainty of what can't be words."""
FORMATS = "ogg,mov,mp4,m4a,3gp,mp3,aac,amr,wav,matroska,webm"
_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000
_SET_DUMPABLE, _NO_NEW_PRIVILEGES = 4, 38


class TooLongError(Exception):
    """The note is longer than what was asked for."""


class BrokenError(Exception):
    """The bytes hold no sound that can be read."""


def main(argv: list[str]) -> int:
    """Load the model, give up what is not needed, and answer until the input ends."""
    out = os.fdopen(os.dup(1), "wb", buffering=0)
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    _be_ended_first()
    _leave_the_network()
    model = _load(argv[0])
    _confine()
    _say(out, {"state": "ready"})
    notes = os.fdopen(0, "rb", buffering=0)
    while head := _line(notes):
        asked = json.loads(head)
        _say(out, _answer(model, _exactly(notes, int(asked["bytes"])), float(asked["seconds"])))
    return 0


def _be_ended_first() -> None:
    """Be the one that goes where memory runs out; a process that leaves no dump can't say so any more."""
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


def _leave_the_network() -> None:
    """Go where there is no network, where the system lets an unprivileged process do so."""
    with suppress(OSError, AttributeError):
        libc = ctypes.CDLL(None)
        libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        libc.prctl(_SET_DUMPABLE, 0, 0, 0, 0)
        libc.unshare(_NEW_USER | _NEW_NETWORK)


def _confine() -> None:
    """From here on: no new file or connection, no byte to a file, no core, so much memory and no more."""
    os.nice(NICENESS)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def _load(folder: str) -> Any:  # noqa: ANN401 (of a library that is not in the product's environment)
    # Only after output is silent and the network is left.
    import numpy as np  # noqa: PLC0415
    from faster_whisper import WhisperModel  # noqa: PLC0415
    from faster_whisper.vad import get_vad_model  # noqa: PLC0415

    model = WhisperModel(
        folder, device="cpu", compute_type="int8", cpu_threads=THREADS, local_files_only=True
    )
    # What is loaded late must be here before no file can be opened: one run through all of it.
    get_vad_model()
    noise = np.random.default_rng(0).normal(0, 0.05, RATE).astype(np.float32)
    list(model.transcribe(noise, language=SPANISH, vad_filter=True)[0])
    list(model.transcribe(noise, beam_size=1, max_new_tokens=1)[0])
    _samples(_tone(), 1.0)
    return model


def _tone() -> bytes:
    """A tenth of a second as a WAV file, so that the reader of sound is loaded."""
    data = bytes(RATE // 5)
    head = b"RIFF" + (36 + len(data)).to_bytes(4, "little") + b"WAVEfmt " + (16).to_bytes(4, "little")
    form = (1).to_bytes(2, "little") * 2 + RATE.to_bytes(4, "little") + (RATE * 2).to_bytes(4, "little")
    return head + form + b"\x02\x00\x10\x00data" + len(data).to_bytes(4, "little") + data


def _answer(model: Any, content: bytes, seconds: float) -> dict[str, Any]:  # noqa: ANN401
    try:
        heard = _samples(content, seconds)
    except TooLongError:
        return {"state": "long"}
    except MemoryError:
        return {"state": "failed"}
    except Exception:  # noqa: BLE001 (whatever is wrong with the bytes, the next note must be heard)
        return {"state": "broken"}
    try:
        return _written(model, heard)
    except Exception:  # noqa: BLE001 (no word of it may reach a traceback)
        return {"state": "failed"}


def _samples(content: bytes, seconds: float) -> Any:  # noqa: ANN401 (an array)
    """Return the sound as one channel of 16,000 samples a second.

    Raises:
        TooLongError: there is more of it than `seconds`; no more than that was read.
    """
    import av  # noqa: PLC0415
    import numpy as np  # noqa: PLC0415

    most, found, pieces = int((seconds + 0.5) * RATE), 0, []
    options = {"format_whitelist": FORMATS}
    with av.open(io.BytesIO(content), metadata_errors="ignore", options=options) as container:
        if not container.streams.audio:
            raise BrokenError
        resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
        for frame in container.decode(audio=0):
            for piece in resampler.resample(frame):
                pieces.append(piece.to_ndarray().reshape(-1))
                found += len(pieces[-1])
            if found > most:
                raise TooLongError
        pieces += [piece.to_ndarray().reshape(-1) for piece in resampler.resample(None)]
    if not found:
        raise BrokenError
    return np.concatenate(pieces).astype(np.float32) / 32768.0


def _written(model: Any, heard: Any) -> dict[str, Any]:  # noqa: ANN401
    """What is said, how likely it is Spanish, and how sure the words are."""
    options = {
        "beam_size": 5,
        "vad_filter": True,
        "condition_on_previous_text": False,
        "initial_prompt": PROMPT,
        # A second try where the first one repeats itself, and never more than can be said in that time.
        "temperature": (0.0, 0.4),
        "log_prob_threshold": None,
        # Silence is left out by `vad_filter`. The model's own guess at silence threw away notes that it had
        # heard well, "mi marido me pega" among them.
        "no_speech_threshold": None,
        "max_new_tokens": MOST_TOKENS_BESIDES + int(MOST_TOKENS_A_SECOND * len(heard) / RATE),
    }
    parts, about = model.transcribe(heard, **options)
    spanish = _spanish(dict(about.all_language_probs or []), about.duration_after_vad)
    if about.language != SPANISH:
        # It is written down in Spanish all the same: a cry must not be lost to a wrong guess of the language.
        parts, _ = model.transcribe(heard, language=SPANISH, **options)
    said = list(parts)
    length = sum(max(one.end - one.start, 0.01) for one in said)
    mean = sum(one.avg_logprob * max(one.end - one.start, 0.01) for one in said) / length if said else WORST
    if any(one.compression_ratio > MOST_REPEATED for one in said):
        mean = WORST
    text = "\n".join(one.text.strip() for one in said if one.text.strip())
    return {"state": "ok", "text": text, "language": spanish, "certainty": mean}


def _spanish(likely: dict[str, float], seconds: float) -> float:
    """Return how likely it is Spanish and not the likeliest other language; of a word or two nobody knows."""
    found = likely.get(SPANISH, 0.0)
    other = max((value for name, value in likely.items() if name != SPANISH), default=0.0)
    share = found / (found + other) if found + other else 0.0
    return share if seconds >= LEAST_SECONDS else max(share, 0.5)


def _line(source: IO[bytes]) -> bytes:
    line = b""
    while not line.endswith(b"\n"):
        one = source.read(1)
        if not one:
            return b""
        line += one
    return line


def _exactly(source: IO[bytes], count: int) -> bytes:
    pieces, left = [], count
    while left:
        piece = source.read(left)
        if not piece:
            raise EOFError
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)


def _say(out: IO[bytes], answer: dict[str, Any]) -> None:
    out.write(json.dumps(answer).encode("ascii") + b"\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
