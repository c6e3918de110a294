"""What a maker of transcripts gives back, and what it is worth.

A maker has `transcribe(audio, seconds)`: the bytes as they came, and the length from which a note is not
heard. It writes no file and logs no word.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Protocol

LONGEST_SECONDS = 60.0
"""A longer note is heard by a person."""
MOST_BYTES = 2_000_000
"""Of a minute, at four times what WhatsApp's own recorder writes (Opus, 16 to 64 kbit/s)."""
LONGEST_TEXT = 1500
REPEATS_FROM, MOST_REPEATED = 6, 0.34
"""Of so many words, that share of different ones or less: the model heard noise, or a cry."""
LEAST_SPANISH = 0.1
"""Under this it is hardly Spanish; the model would write invented Spanish of any language."""
LEAST_CERTAINTY = -0.9
"""Mean log-probability of a token under which the words are a guess (`benchmarks/speech.md`)."""


class Verdict(enum.StrEnum):
    """What became of a note."""

    CLEAR = "clear"
    UNSURE = "unsure"
    NO_WORDS = "no_words"
    OTHER_LANGUAGE = "other_language"
    TOO_LONG = "too_long"
    BROKEN = "broken"
    LATE = "late"
    """Nobody could listen to it in time: no engine, or one that failed."""


@dataclass(frozen=True)
class Transcript:
    """The words, how likely they are Spanish, and their mean log-probability."""

    text: str
    language_probability: float
    mean_log_probability: float


@dataclass(frozen=True)
class Heard:
    """What is kept of a note: its verdict and its words, which are empty where nothing was made out.

    Words that are not `clear` count for safety only.
    """

    verdict: Verdict
    text: str = ""

    @property
    def clear(self) -> bool:
        """Say whether the words may be read as hers, though as a guess."""
        return self.verdict is Verdict.CLEAR


class SpeechError(Exception):
    """The note was not heard; `verdict` says why."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.value)
        self.verdict = verdict


class Speech(Protocol):
    """A maker of transcripts."""

    def transcribe(self, audio: bytes, seconds: float) -> Transcript:
        """Return what is said in a note of up to so many seconds.

        Raises:
            SpeechError: it could not be heard.
        """
        ...

    def close(self) -> None:
        """Let go of what it holds, without waiting: a note that is being heard ends in an error."""
        ...


def hear(maker: Speech, audio: bytes, seconds: float = LONGEST_SECONDS) -> Heard:
    """Have a note written down and judge what that is worth; never raises a `SpeechError`."""
    if len(audio) > MOST_BYTES:
        return Heard(Verdict.TOO_LONG)
    try:
        return judged(maker.transcribe(audio, seconds))
    except SpeechError as error:
        return Heard(error.verdict)


def judged(transcript: Transcript) -> Heard:
    """Return the words with what they are worth."""
    text = transcript.text.replace("\0", "").strip()[:LONGEST_TEXT]
    if not any(one.isalnum() for one in text):
        return Heard(Verdict.NO_WORDS)
    if transcript.language_probability < LEAST_SPANISH:
        return Heard(Verdict.OTHER_LANGUAGE, text)
    sure = transcript.mean_log_probability >= LEAST_CERTAINTY and not _repeats(text)
    return Heard(Verdict.CLEAR if sure else Verdict.UNSURE, text)


def _repeats(text: str) -> bool:
    said = text.lower().replace(",", " ").replace(".", " ").split()
    return len(said) >= REPEATS_FROM and len(set(said)) / len(said) <= MOST_REPEATED
