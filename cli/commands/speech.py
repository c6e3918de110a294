"""`speech`: what a voice note is heard to say, by whoever listens here."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from cli import words
from cli.install.failure import Failure
from outreach.ground.settings import load_settings, read_environment
from outreach.messages.speech import choice, local, transcript
from outreach.messages.speech.transcript import Verdict

if TYPE_CHECKING:
    import argparse


def run(args: argparse.Namespace) -> int:
    """Print the words, what they are worth and how long it took; 1 where it could not be heard."""
    settings = load_settings(read_environment(), twilio=False, new_key=False)
    try:
        audio = Path(args.file).read_bytes()
    except OSError:
        raise Failure(words.SPEECH_UNREADABLE.format(file=args.file)) from None
    maker = choice.made(settings)
    if maker is None:
        off = settings.speech == "off"
        raise Failure(words.SPEECH_OFF if off else _why_not())
    began = time.monotonic()
    try:
        heard = transcript.hear(maker, audio)
    finally:
        maker.close()
    if heard.text:
        print(words.SPEECH_SAID.format(text=heard.text))
    verdict = words.SPEECH_VERDICTS[heard.verdict.value]
    print(words.SPEECH_WORTH.format(verdict=verdict, seconds=time.monotonic() - began))
    return 1 if heard.verdict in {Verdict.BROKEN, Verdict.LATE} else 0


def _why_not() -> str:
    return words.SPEECH_NO_MEMORY if local.is_set_up() else words.SPEECH_NOT_SET_UP
