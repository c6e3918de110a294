"""The maker behind an address: `POST /v1/audio/transcriptions`, as servers compatible with OpenAI's have it.

A woman's voice goes to a machine of the programme's own network only, unless `AVANZA_SPEECH_PUBLIC` says that
another is agreed on. No proxy and no redirect is followed, and nothing is kept.
"""

from __future__ import annotations

import ipaddress
import logging
import math
import socket
from typing import Any
from urllib.parse import urlsplit

import requests

from outreach.messages.speech.transcript import SpeechError, Transcript, Verdict

log = logging.getLogger("avanza.speech")
PATH = "/v1/audio/transcriptions"
CONNECT_SECONDS, ANSWER_SECONDS = 3.0, 60.0
MOST_BYTES = 256 * 1024
_SPANISH = frozenset({"es", "spanish", "español"})
_REFUSED = frozenset({400, 413, 415, 422})
_WORST = -9.0


class HttpSpeech:
    """Asks one server."""

    def __init__(self, url: str, *, public: bool = False, seconds: float = ANSWER_SECONDS) -> None:
        self._url, self._public, self._seconds = url.rstrip("/"), public, seconds

    def transcribe(self, audio: bytes, seconds: float) -> Transcript:
        """Return what is said in a note.

        Raises:
            SpeechError: it is too long or refused, or the server did not answer.
        """
        if not self._public and not is_private(urlsplit(self._url).hostname or ""):
            log.warning("speech refused", extra={"action": "speech_refused", "kind": "public address"})
            raise SpeechError(Verdict.LATE)
        try:
            return _transcript(self._answer(audio), seconds)
        except (requests.RequestException, OSError, ValueError, TypeError, KeyError) as error:
            # The text of such an error may quote what was heard.
            log.warning("speech failed", extra={"action": "speech_failed", "kind": type(error).__name__})
            raise SpeechError(Verdict.LATE) from None

    def close(self) -> None:
        """Nothing is held."""

    def _answer(self, audio: bytes) -> dict[str, Any]:
        with requests.Session() as session:
            session.trust_env = False
            answer = session.post(
                self._url + PATH,
                # The name says nothing; some servers go by its ending.
                files={"file": ("audio.ogg", audio, "audio/ogg")},
                data={"model": "whisper-1", "response_format": "verbose_json", "temperature": "0"},
                timeout=(CONNECT_SECONDS, self._seconds),
                allow_redirects=False,
            )
            if answer.status_code in _REFUSED:
                raise SpeechError(Verdict.BROKEN)
            answer.raise_for_status()
            if answer.is_redirect or len(answer.content) > MOST_BYTES:
                raise ValueError("unusable answer")
            found = answer.json()
        if not isinstance(found, dict):
            raise TypeError("unusable answer")
        return found


def is_private(host: str) -> bool:
    """Say whether every address of a host is one of a private network or of this machine."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return False
    known = [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    return bool(known) and all(one.is_private or one.is_loopback for one in known)


def _transcript(found: dict[str, Any], seconds: float) -> Transcript:
    if float(found.get("duration") or 0) > seconds + 0.5:
        raise SpeechError(Verdict.TOO_LONG)
    spanish = str(found.get("language", "")).lower() in _SPANISH
    probability = float(found.get("language_probability", 1.0)) if spanish else 0.0
    parts = [
        (float(one["avg_logprob"]), max(float(one["end"]) - float(one["start"]), 0.01))
        for one in found.get("segments") or []
    ]
    length = sum(weight for _, weight in parts)
    # A server that does not say how sure it is, is taken for unsure: a person hears it too.
    mean = sum(value * weight for value, weight in parts) / length if parts else _WORST
    if not (math.isfinite(mean) and math.isfinite(probability)):
        raise ValueError("unusable answer")
    return Transcript(str(found["text"]), probability, mean)
