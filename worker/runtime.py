"""What the worker's tasks and the clock's ticks share: settings, sessions, keys, clients."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from outreach.ground.database import make_engine, make_sessions
from outreach.messages.twilio import TwilioClient
from outreach.sealing.crypto import PersonalKey
from outreach.turns.rasa import RasaClient
from worker.prompt import Alarm

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session, sessionmaker

    from outreach.ground.settings import Settings


@dataclass(frozen=True)
class Runtime:
    """Everything a task needs that is not an id."""

    settings: Settings
    engine: Engine
    sessions: sessionmaker[Session]
    key: PersonalKey
    rasa: RasaClient
    twilio: TwilioClient
    alarm: Alarm = field(default_factory=Alarm)


def make_runtime(settings: Settings, *, pool_size: int = 20) -> Runtime:
    """Build the runtime; nothing connects yet."""
    engine = make_engine(settings, pool_size=pool_size)
    return Runtime(
        settings=settings,
        engine=engine,
        sessions=make_sessions(engine),
        key=PersonalKey(settings.secret_key),
        rasa=RasaClient(settings.rasa_urls),
        twilio=TwilioClient(settings.twilio, settings.public_url),
    )
