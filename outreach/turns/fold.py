"""Turns that ended are folded into one row a conversation, so that no row tells where a turn began.

Which messages were answered together tells a burst that was cut short from one that settled: danger, and
what a person reads, do not wait. After an hour every message of a conversation hangs on one ended turn.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

KEPT_APART_FOR = timedelta(hours=1)
MOST_AT_ONCE = 2000
_FOLD = text(
    "WITH old AS ("
    " SELECT t.id, newest.id AS kept FROM turn t CROSS JOIN LATERAL ("
    "  SELECT n.id FROM turn n WHERE n.conversation_id = t.conversation_id AND n.state = 'answered'"
    "  AND n.created_at < :before ORDER BY n.created_at DESC, n.id DESC LIMIT 1) newest"
    " WHERE t.state = 'answered' AND t.created_at < :before AND t.id <> newest.id LIMIT :most"
    "), moved AS ("
    " UPDATE inbound_message m SET turn_id = old.kept FROM old WHERE m.turn_id = old.id RETURNING m.id"
    "), left_behind AS ("
    " UPDATE outbox_message o SET turn_id = old.kept FROM old WHERE o.turn_id = old.id RETURNING o.id"
    ") SELECT id FROM old, (SELECT count(*) FROM moved) a, (SELECT count(*) FROM left_behind) b"
)


def fold_ended(session: Session, now: datetime) -> int:
    """Fold the turns that ended more than an hour ago; return how many went."""
    gone = session.scalars(_FOLD, {"before": now - KEPT_APART_FOR, "most": MOST_AT_ONCE}).all()
    if gone:
        session.execute(text("DELETE FROM turn WHERE id = ANY(:gone)"), {"gone": list(gone)})
    return len(gone)
