"""Putting work on the queue, inside the caller's own transaction.

Names of tasks stand here so that verbs can defer work without importing the worker. Arguments are
ids, never copies; a job that waits for the future never holds a conversation's lock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import procrastinate
from procrastinate.exceptions import AlreadyEnqueued

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

TAKE_TURN = "worker.take_turn"
WAKE_TURN = "worker.wake_turn"
DELIVER = "worker.deliver"
RETRY_DELIVERY = "worker.retry_delivery"

# Higher runs first: conversation before reminders before campaigns.
TURN_PRIORITY, REPLY_PRIORITY, NOTICE_PRIORITY, REMINDER_PRIORITY, CAMPAIGN_PRIORITY = 30, 30, 25, 20, 10

_deferring = procrastinate.App(connector=procrastinate.SyncPsycopgConnector())


def _defer(session: Session, name: str, *, arguments: dict[str, Any], **options: Any) -> None:  # noqa: ANN401 (Procrastinate's own options)
    connection = session.connection().connection.driver_connection
    _deferring.configure_task(name, connection=connection, **options).defer(**arguments)


def defer_turn(session: Session, conversation_id: uuid.UUID) -> None:
    """Have the conversation's pending messages answered, under its lock."""
    name = str(conversation_id)
    _defer(
        session, TAKE_TURN, lock=f"turn:{name}", priority=TURN_PRIORITY, arguments={"conversation_id": name}
    )


def defer_wake(session: Session, conversation_id: uuid.UUID, at: datetime) -> None:
    """Look at the conversation again at `at`; one such job is enough."""
    name = str(conversation_id)
    try:
        with session.begin_nested():
            _defer(
                session,
                WAKE_TURN,
                queueing_lock=f"wake:{name}",
                schedule_at=at,
                priority=TURN_PRIORITY,
                arguments={"conversation_id": name},
            )
    except AlreadyEnqueued:
        pass


def defer_delivery(session: Session, outbox_id: uuid.UUID, *, lock: str | None, priority: int) -> None:
    """Send one outbox row now; replies of one conversation share a lock and so keep their order."""
    _defer(session, DELIVER, lock=lock, priority=priority, arguments={"outbox_id": str(outbox_id)})


def defer_deliveries(session: Session, outbox_ids: Sequence[uuid.UUID], *, priority: int) -> None:
    """Send many outbox rows that need no lock, in one statement."""
    connection = session.connection().connection.driver_connection
    _deferring.configure_task(DELIVER, connection=connection, priority=priority).batch_defer(
        *(dict[str, Any](outbox_id=str(one)) for one in outbox_ids)
    )


def defer_delivery_retry(session: Session, outbox_id: uuid.UUID, at: datetime, *, priority: int) -> None:
    """Try a row again at `at`, without holding anything until then."""
    _defer(
        session, RETRY_DELIVERY, schedule_at=at, priority=priority, arguments={"outbox_id": str(outbox_id)}
    )
