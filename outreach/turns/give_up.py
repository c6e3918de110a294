"""The end of a turn that could not be answered: a plain line and a person, or a dead letter.

`give_up` is tried first; where even that raises, `bury` closes the turn and leaves a row that a person sees,
so that her next message is read in any case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from models import Conversation, InboundMessage, OutboxKind, Turn, TurnState
from outreach.ground import counters, dead_letters
from outreach.messages import conversation_state, inbox, outbox, withdrawn
from outreach.messages.outbox import Content
from outreach.texts import herself as texts
from outreach.turns import gather, keep, turn_context
from outreach.turns import turn as turns

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from sqlalchemy.orm import Session

    from outreach.casework.cases import Urgency
    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

DANGER, UNKNOWN = "danger", "unknown"


def may_be_judged(session: Session, key: PersonalKey, turn_id: uuid.UUID) -> tuple[str, ...]:
    """Return what she wrote in a turn, in parts that a model reads whole; empty where none may.

    Under cover and where a word is awaited it may be her safe word; what a person reads is for her alone.
    """
    turn = session.get_one(Turn, turn_id)
    state = conversation_state.read(key, session.get_one(Conversation, turn.conversation_id))
    if state.cover or state.word_expected or state.held:
        return ()
    rows = session.scalars(
        select(InboundMessage).where(InboundMessage.turn_id == turn_id).order_by(InboundMessage.seq)
    )
    left = withdrawn.left([inbox.read(key, row) for row in rows])
    return gather.parts(left) or tuple(filter(None, [gather.joined(left)]))


def give_up(
    session: Session, key: PersonalKey, settings: Settings, turn_id: uuid.UUID, risk: str, now: datetime
) -> None:
    """Say that she was not understood, and hand what she wrote to a person.

    `risk` is the model's judgement of it, `UNKNOWN` where it could not judge: then a person looks at it as
    soon as at danger. Where a person has the conversation nothing is said (P7).
    """
    turn = session.get_one(Turn, turn_id)
    conversation = session.get_one(Conversation, turn.conversation_id, with_for_update=True)
    session.refresh(turn, with_for_update=True)
    if turn.state is not TurnState.OPEN:
        return
    rows = session.scalars(
        select(InboundMessage).where(InboundMessage.turn_id == turn.id).order_by(InboundMessage.seq)
    )
    messages = [inbox.read(key, row) for row in rows]
    incoming = withdrawn.left(messages)
    here = turn_context.load(session, key, settings, conversation, turn, incoming, now)
    keep.note_files(here, messages)
    counters.count(session, counters.TURNS_FAILED)
    if here.state.cover or not here.state.held:
        text = texts.FAILED_TURN_NEUTRAL if here.state.cover else _line(risk)
        _say(session, key, turn, text, urgent=risk == DANGER)
    urgency: Urgency = "danger" if risk in {DANGER, UNKNOWN} else "support"
    about = {DANGER: "failed_danger", UNKNOWN: "failed_unknown"}.get(risk, "failed")
    here.open_case(urgency, about)
    keep.seal_incoming(here)
    keep.settle_files(here)
    here.save()
    turns.close(session, turn)


def _line(risk: str) -> str:
    return texts.FAILED_TURN_DANGER if risk == DANGER else texts.FAILED_TURN


def bury(
    session: Session, key: PersonalKey, conversation_id: uuid.UUID, turn_id: uuid.UUID, error: str
) -> None:
    """Close a turn that nothing could be done with, and leave a dead letter; she is told where that goes."""
    conversation = session.get_one(Conversation, conversation_id, with_for_update=True)
    turn = session.get_one(Turn, turn_id, with_for_update=True)
    if turn.state is not TurnState.OPEN:
        return
    try:
        with session.begin_nested():
            text = _safest_line(key, conversation)
            if text is not None:
                _say(session, key, turn, text)
    except Exception:  # noqa: BLE001 (the dead letter below must be written whatever this was)
        counters.count(session, counters.TURNS_FAILED)
    dead_letters.bury(session, dead_letters.TURN, turn_id, error)
    turns.close(session, turn)


def _safest_line(key: PersonalKey, conversation: Conversation) -> str | None:
    """Return what may be said whatever her state is; None where a person has the conversation."""
    try:
        state = conversation_state.read(key, conversation)
    except Exception:  # noqa: BLE001 (an unreadable state may be one of cover)
        return texts.WRITE_AGAIN_NEUTRAL
    if state.cover:
        return texts.WRITE_AGAIN_NEUTRAL
    return None if state.held else texts.WRITE_AGAIN


def _say(session: Session, key: PersonalKey, turn: Turn, text: str, *, urgent: bool = False) -> None:
    said = Content(text, urgent=urgent)
    outbox.enqueue(session, key, turn.conversation_id, OutboxKind.REPLY, said, turn_id=turn.id, job=False)
