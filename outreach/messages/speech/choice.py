"""Which maker listens here, by the settings and by what the machine has; looked at again now and then."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Literal

import psutil

from outreach.messages.speech import local
from outreach.messages.speech.http import HttpSpeech
from outreach.messages.speech.local import LocalSpeech

if TYPE_CHECKING:
    from collections.abc import Callable

    from outreach.ground.settings import Settings
    from outreach.messages.speech.transcript import Speech

Way = Literal["off", "local", "http"]
LEAST_FREE = 1_000_000_000
"""Bytes of memory that must be free before this machine listens without being told to."""
LOOK_SECONDS = 10.0


def free_memory() -> int:
    """Bytes that a new process may have."""
    return int(psutil.virtual_memory().available)


def has_memory() -> bool:
    """Whether an engine may hold its memory without being needed."""
    return free_memory() >= LEAST_FREE


def way_of(settings: Settings) -> Way:
    """Return who listens: as it is set, and where nothing is set this machine, if it can."""
    asked = settings.speech
    if asked == "http":
        return "http"
    if asked == "off" or not local.is_set_up():
        return "off"
    return "local" if asked == "local" or has_memory() else "off"


class Ears:
    """The one maker of a process, made when it is first needed."""

    def __init__(self, settings: Settings, make: Callable[[], Speech] | None = None) -> None:
        self._settings = settings
        self._make = make
        self._maker: Speech | None = None
        self._lock = threading.Lock()
        self._looked, self._found = float("-inf"), False
        self.closed = False
        """The process stops: what could not be heard is heard by another."""

    @property
    def on(self) -> bool:
        """Say whether notes are listened to here."""
        if self._make is not None or self._maker is not None:
            return True
        if time.monotonic() - self._looked >= LOOK_SECONDS:
            self._found, self._looked = way_of(self._settings) != "off", time.monotonic()
        return self._found

    def maker(self) -> Speech | None:
        """Return who listens, None where nobody does."""
        with self._lock:
            if self._maker is None and not self.closed:
                self._maker = self._make() if self._make else made(self._settings)
            return self._maker

    def warm(self) -> None:
        """Have the engine started before the first note, where it is of this machine and memory is there.

        Else danger in that note waits for the start too.
        """
        if self._make is None and not self.closed and way_of(self._settings) == "local" and has_memory():
            maker = self.maker()
            if isinstance(maker, LocalSpeech):
                maker.warm()

    def close(self) -> None:
        """Let go of it, for good."""
        self.closed = True
        with self._lock:
            maker, self._maker = self._maker, None
        if maker is not None:
            maker.close()


def made(settings: Settings) -> Speech | None:
    """Make who listens by the settings, None for nobody."""
    way = way_of(settings)
    if way == "http" and settings.speech_url:
        return HttpSpeech(settings.speech_url, public=settings.speech_public)
    return LocalSpeech(stays=has_memory) if way == "local" else None
