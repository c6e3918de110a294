"""What the running product still owes one phone: a step of a script is over when that is nothing.

Reads only. States are waited for and never times, so that a slow machine makes a test late and not wrong.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import func, select

from models import ChannelAddress, InboundMessage, OutboxMessage, OutboxState, Turn, TurnState

if TYPE_CHECKING:
    from collections.abc import Callable

    from stage import Stage

UNDER_WAY = (OutboxState.QUEUED, OutboxState.SENDING, OutboxState.IN_DOUBT)


class Debts(NamedTuple):
    """Messages without a turn, turns that are open, and messages on their way out."""

    waiting: int
    open_turns: int
    leaving: int


def debts(stage: Stage, number: str) -> Debts:
    """Count what is owed."""
    hers = select(ChannelAddress.conversation_id).where(ChannelAddress.lookup_hash == stage.lookup(number))

    def owed(of: Any, where: Any) -> Any:
        return (
            select(func.count()).select_from(of).where(of.conversation_id.in_(hers), where).scalar_subquery()
        )

    # One statement sees one moment: what has left one count stands in the next.
    counts = select(
        owed(InboundMessage, InboundMessage.turn_id.is_(None)),
        owed(Turn, Turn.state == TurnState.OPEN),
        owed(OutboxMessage, OutboxMessage.state.in_(UNDER_WAY)),
    )
    with stage.sessions() as db:
        return Debts(*db.execute(counts).one())


def last_answers(stage: Stage, number: str, most: int = 5) -> list[tuple[str, str | None, int | None]]:
    """Return state, reason and error code of the last messages to this phone, newest first."""
    hers = select(ChannelAddress.conversation_id).where(ChannelAddress.lookup_hash == stage.lookup(number))
    rows = (
        select(OutboxMessage.state, OutboxMessage.reason, OutboxMessage.code)
        .where(OutboxMessage.conversation_id.in_(hers))
        .order_by(OutboxMessage.created_at.desc())
        .limit(most)
    )
    with stage.sessions() as db:
        return [(str(state), reason, code) for state, reason, code in db.execute(rows)]


def until(holds: Callable[[], bool], seconds: float, pause: float = 0.25) -> bool:
    """Wait until something holds; whether it did in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(pause)
    return False
