"""A conversation that a caseworker holds, for tests of texts that leave without her."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from at_desk import lines_of
from desk_support import case_of, talk, worker_of
from sqlalchemy import select

from models import Case, Conversation, OutboxMessage, Turn, TurnState
from outreach.casework import (
    cases,
    held_texts,
    pending,
    taking,
)
from outreach.messages import conversation_state, outbox
from outreach.sealing import vault

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from outreach.casework.case_state import CaseState
    from outreach.casework.held_texts import HeldText
    from outreach.casework.opened import Caseworker
    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)  # a Monday, noon in Guadalajara
HOUR = NOW + timedelta(hours=2)
TEXT = "Ya hablé con la guardería. Te cuento cuando puedas"


class Room(NamedTuple):
    """A conversation that Lucia holds."""

    session: Session
    settings: Settings
    lucia: Caseworker
    marta: Caseworker
    case: Case
    conversation: Conversation

    def shut(self) -> None:
        """Let a day pass since her last word."""
        self.conversation.last_inbound_at = NOW - timedelta(hours=25)
        self.session.flush()

    def private(self, **changes: object) -> None:
        """Change what is known of her conversation."""
        state = conversation_state.read(self.lucia.key, self.conversation)
        for name, value in changes.items():
            setattr(state, name, value)
        conversation_state.write(self.lucia.key, self.conversation, state)
        self.session.flush()

    def store(self, text: str = TEXT, at: datetime | None = None, *, agreed: bool = False) -> None:
        """Store a text of Lucia's."""
        pending.store(self.session, self.lucia, self.case.id, NOW, text, self.settings, at, agreed=agreed)

    def answers(self, why_not: pending.Why | None = None, now: datetime = NOW) -> None:
        """Let her answer, as a turn of hers tells it."""
        ended = TurnState.ANSWERED
        turn = Turn(conversation_id=self.conversation.id, attempts=0, state=ended, created_at=now)
        self.session.add(turn)
        self.conversation.last_inbound_at = now
        self.session.flush()
        private = conversation_state.read(self.lucia.key, self.conversation)
        pending.answered(
            self.session, self.lucia.key, self.conversation, private,
            why_not=why_not, turn_id=turn.id, now=now,
        )  # fmt: skip

    def state(self) -> CaseState:
        """What the server knows of the case."""
        self.session.refresh(self.case)
        return cases.read_state(self.lucia.key, self.case)

    def sent(self) -> list[str]:
        """What went to the outbox."""
        rows = self.session.scalars(select(OutboxMessage).order_by(OutboxMessage.seq))
        return [outbox.read_content(self.lucia.key, row).body for row in rows]

    def held(self) -> list[HeldText]:
        """What the desk shows as not left."""
        return held_texts.on_the_page(lines_of(self.session, self.lucia, self.case), self.state())

    def last(self) -> str:
        """The last line of the thread."""
        return lines_of(self.session, self.lucia, self.case)[-1].text


def make_room(session: Session, key: PersonalKey, settings: Settings) -> Room:
    """Make it, with a colleague."""
    recovery = vault.make_team(session, "Atención")
    lucia, marta = (worker_of(session, key, recovery, name, NOW) for name in ("lucia", "marta"))
    conversation = talk(session, key, NOW)
    case = case_of(session, key, conversation, NOW)
    taking.take(session, lucia, case.id, NOW)
    session.commit()
    return Room(session, settings, lucia, marta, case, conversation)
