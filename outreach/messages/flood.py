"""Whether one number writes more than a person does: then it gets fewer turns, and nobody else waits for it.

Every message is stored, and looked at for danger, however many there are (P1). What is limited is the jobs
and the turns: beyond `MOST` messages within `WITHIN` a job each `PAUSE` is enough, and a tap waits for the
end of the burst as a text does, so that there is one turn in some seconds. Nothing here depends on a case.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import DateTime, Uuid, bindparam, false, func, select

from models import InboundMessage

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

MOST, WITHIN = 30, timedelta(minutes=1)
PAUSE = timedelta(seconds=2)
WAKE = "flood"
"""Of such a wake one waits for each conversation; `outreach.ground.jobs.defer_wake`."""
_CONVERSATION = bindparam("conversation_id", type_=Uuid())
_LAST_BUT_MOST = (
    select(InboundMessage.received_at)
    .where(InboundMessage.conversation_id == _CONVERSATION)
    .order_by(InboundMessage.received_at.desc())
    .offset(MOST - 1)
    .limit(1)
)


def floods(session: Session, conversation_id: uuid.UUID, now: datetime) -> bool:
    """Say whether a conversation has had as many messages lately as count as a flood."""
    return is_one(session.scalar(_LAST_BUT_MOST, {"conversation_id": conversation_id}), now)


def since(now: datetime) -> dict[str, datetime]:
    """Return the value that `is_one_since` is asked with."""
    return {"flood_since": now - WITHIN}


def is_one_since(last_but_most: ColumnElement[datetime]) -> ColumnElement[bool]:
    """Say as `is_one` does, within a statement; never NULL."""
    moment = bindparam("flood_since", type_=DateTime(timezone=True))
    return func.coalesce(last_but_most > moment, false())


def is_one(last_but_most: datetime | None, now: datetime) -> bool:
    """Say it of the moment of the message that has `MOST` from it on; None where there are fewer."""
    return last_but_most is not None and last_but_most > now - WITHIN
