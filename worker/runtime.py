"""What the worker's tasks and the clock's ticks share: settings, sessions, keys, clients."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from outreach.ground.database import make_engine, make_readers, make_sessions
from outreach.messages.rate import Pacer
from outreach.messages.speech.choice import Ears
from outreach.messages.twilio import TwilioClient
from outreach.sealing.crypto import PersonalKey
from outreach.turns.rasa import RasaClient

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import Engine
    from sqlalchemy.orm import Session, sessionmaker

    from outreach.ground.settings import Settings

WATCH_LOST_SECONDS = 2.5


class Watch:
    """Whether this process's priority lane looks at what comes in; without it each turn's job does."""

    def __init__(self) -> None:
        self._seen = float("-inf")

    def saw(self) -> None:
        """Note that the lane has just looked, with Rasa answering."""
        self._seen = time.monotonic()

    def lost(self) -> None:
        """Note that the lane can't look."""
        self._seen = float("-inf")

    def alive(self) -> bool:
        """Say whether the lane looked lately."""
        return time.monotonic() - self._seen < WATCH_LOST_SECONDS


@dataclass(frozen=True)
class Runtime:
    """Everything a task needs that is not an id."""

    settings: Settings
    engine: Engine
    sessions: sessionmaker[Session]
    readers: sessionmaker[Session]
    """For a look that decides nothing by itself."""
    key: PersonalKey
    rasa: RasaClient
    twilio: TwilioClient
    pacer: Pacer
    ears: Ears
    watch: Watch = field(default_factory=Watch)
    wake_at: Callable[[datetime], None] = lambda _moment: None
    """Has the queue of conversations looked at when a moment has come; without it its next poll does."""


def make_runtime(
    settings: Settings, *, pool_size: int = 20, watch: Watch | None = None, ears: Ears | None = None
) -> Runtime:
    """Build the runtime; nothing connects yet."""
    engine = make_engine(settings, pool_size=pool_size)
    return Runtime(
        settings=settings,
        engine=engine,
        sessions=make_sessions(engine),
        readers=make_readers(engine),
        key=PersonalKey(settings.secret_key),
        rasa=RasaClient(settings.rasa_urls),
        twilio=TwilioClient(settings.twilio, settings.public_url),
        pacer=Pacer(settings.sends_per_second),
        ears=ears or Ears(settings),
        watch=watch or Watch(),
    )
