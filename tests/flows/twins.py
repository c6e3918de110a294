"""Two conversations held against each other: what a screen shows, and what a stolen database shows.

Times, keys and ids differ between any two conversations; everything else that stands open in a row is
compared, and of what is encrypted the length.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from models import InboundMessage, OutboxState, Turn, utcnow
from outreach.messages import unlinking

if TYPE_CHECKING:
    from collections.abc import Sequence

    from overheard import Overheard

ARRIVED = frozenset({OutboxState.SENT, OutboxState.DELIVERED, OutboxState.READ})
Row = tuple[object, ...]


def on_screen(phone: Overheard, last: int) -> list[list[str]]:
    """What each of the last messages was answered, the family name aside (each phone has its own)."""
    return [[re.sub(r"Prueba \w+", "Prueba", text) for text in answer] for answer in phone.answers[-last:]]


def in_rows(phone: Overheard, last: int) -> dict[str, list[Row]]:
    """What the rows of the last turns show without a key."""
    with phone.stage.sessions() as db:
        conversation = phone.stage.conversation(db, phone.number)
        assert conversation is not None
        turns = db.scalars(
            select(Turn)
            .where(Turn.conversation_id == conversation.id)
            .order_by(Turn.created_at.desc())
            .limit(last)
        ).all()
        return {
            "turn": [(turn.state, turn.attempts) for turn in reversed(turns)],
            "conversation": [(len(conversation.private_cipher), conversation.opted_out_at is None)],
            **_messages(phone, [turn.id for turn in turns]),
        }


def moments(phone: Overheard, last: int) -> list[float]:
    """For each of the last messages, after how many seconds its first answer reached Twilio's stand-in."""
    left = [datetime.fromisoformat(entry["at"]) for entry in phone.system.ledger(phone.number)]
    with phone.stage.sessions() as db:
        conversation = phone.stage.conversation(db, phone.number)
        assert conversation is not None
        came = db.scalars(
            select(InboundMessage.received_at)
            .where(InboundMessage.conversation_id == conversation.id)
            .order_by(InboundMessage.seq.desc())
            .limit(last)
        ).all()
    answered = [min((at for at in left if at > moment), default=None) for moment in came]
    return [(at - moment).total_seconds() for moment, at in zip(came, answered, strict=True) if at]


def _messages(phone: Overheard, turns: Sequence[object]) -> dict[str, list[Row]]:
    with phone.stage.sessions() as db:
        came = db.scalars(
            select(InboundMessage).where(InboundMessage.turn_id.in_(turns)).order_by(InboundMessage.seq)
        )
        # At rest a message has no turn, no hour and no place: all of hers are held, each shape once.
        conversation = phone.stage.conversation(db, phone.number)
        assert conversation is not None
        left = unlinking.of_conversation(db, phone.stage.key, conversation, utcnow())
        assert left, "nothing to compare"
        return {
            "inbound_message": [(len(row.body_cipher),) for row in came],
            "outbox_message": sorted(
                {
                    (
                        row.kind,
                        "arrived" if row.state in ARRIVED else row.state,
                        row.reason,
                        row.code,
                        row.attempts,
                        len(row.body_cipher),
                        row.expires_at,
                        row.template_id,
                    )
                    for row in left
                },
                key=repr,
            ),
        }
