"""What tests of voice notes share: a worker that listens, a woman who speaks, a dialogue told what to say."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import media_support
from media_support import VOICE, Her, Here
from sqlalchemy import select, text
from standins import receipt

from models import InboundMessage, OutboxMessage
from outreach.ground import counters
from outreach.messages import outbox
from outreach.messages.speech.choice import Ears
from outreach.messages.speech.transcript import SpeechError, Transcript
from worker import hearing, steps

if TYPE_CHECKING:
    import pytest

    from worker.runtime import Runtime
    from worker.steps import Outcome

SAID = "no puedo ir el jueves colibri-de-palabras"
ASKED = {"effect": "ask_back", "about": "decline_attendance", "value": "", "confidential": False}


@dataclass
class Says:
    """A maker that hears what a test tells it to."""

    heard: Transcript | SpeechError = field(default_factory=lambda: Transcript(SAID, 0.9, -0.3))
    notes: list[bytes] = field(default_factory=list)

    def transcribe(self, audio: bytes, seconds: float) -> Transcript:
        """Return it."""
        assert seconds == 60
        self.notes.append(audio)
        if isinstance(self.heard, SpeechError):
            raise self.heard
        return self.heard

    def close(self) -> None:
        """Nothing is held."""


@dataclass
class Room:
    """A worker that listens, a woman with a phone, and a dialogue that says what a test tells it to."""

    runtime: Runtime
    twilio: media_support.Twilio
    her: Her
    maker: Says
    asks: list[dict[str, Any]] = field(default_factory=list)
    effects: list[dict[str, Any]] = field(default_factory=list)
    receipt: dict[str, Any] = field(default_factory=dict)
    says: str = "Te leo."

    def answers(self, body: Any) -> list[dict[str, Any]]:
        """Answer as the dialogue."""
        self.asks.append(body)
        done = [{"recipient_id": body["sender"], "custom": effect} for effect in self.effects]
        said = [] if self.effects else [{"recipient_id": body["sender"], "text": self.says}]
        return [*said, *done, receipt(body, **self.receipt)]

    def note(self, *, ago: float = 5) -> Outcome:
        """Let a note come in and be looked at once."""
        self.her.comes_in("", VOICE, ago=timedelta(seconds=ago), MessageType="audio")
        return steps.one_turn(self.runtime, self.her.conversation_id)

    def jobs(self, name: str) -> list[dict[str, Any]]:
        """Return the arguments of the jobs of a task that wait."""
        query = text("SELECT args FROM procrastinate_jobs WHERE task_name = :name AND status = 'todo'")
        with self.runtime.sessions() as session:
            return list(session.scalars(query, {"name": f"worker.{name}"}))

    def listens(self) -> None:
        """Do what the queue would do: listen, and take the turn."""
        hearing.hear(self.runtime, self.row().id)
        steps.take_turn(self.runtime, self.her.conversation_id)

    def row(self) -> InboundMessage:
        """Return her last message."""
        with self.runtime.sessions() as session:
            query = select(InboundMessage).order_by(InboundMessage.seq.desc()).limit(1)
            return session.scalars(query).one()

    def said(self) -> list[outbox.Content]:
        """Return what she was told, oldest first."""
        with self.runtime.sessions() as session:
            rows = session.scalars(select(OutboxMessage).order_by(OutboxMessage.seq)).all()
            return [outbox.read_content(self.runtime.key, row) for row in rows]

    def fetches(self) -> str | None:
        """Take the job that a worker of conversations would take next; return its task."""
        with self.runtime.sessions.begin() as session:
            worker = session.scalar(text("SELECT worker_id FROM procrastinate_register_worker_v1()"))
            query = text("SELECT task_name FROM procrastinate_fetch_job_v2(ARRAY['conversation'], :worker)")
            name: str | None = session.scalar(query, {"worker": worker})
            return name

    def lost(self) -> int:
        """Return how many notes were not made out."""
        with self.runtime.sessions() as session:
            return counters.read(session, counters.NOTES_NOT_HEARD)


def listening(here: Here, monkeypatch: pytest.MonkeyPatch) -> Room:
    """Have the worker listen, and the dialogue answer as the room says."""
    runtime, twilio, her, _ = here
    maker = Says()
    ears = Ears(runtime.settings, lambda: maker)
    listens = replace(runtime, ears=ears)
    made = Room(listens, twilio, Her(listens, twilio, her.phone), maker)
    monkeypatch.setattr(media_support, "said_to", made.answers)
    return made
