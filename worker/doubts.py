"""Looking for sends in doubt in Twilio's list, with no transaction open meanwhile."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

import requests
from sqlalchemy.exc import SQLAlchemyError
from twilio.base.exceptions import TwilioException

from models import OutboxMessage, OutboxState, utcnow
from outreach.ground import dead_letters
from outreach.messages import outbox, reconcile

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from outreach.messages.twilio import Remote
    from worker.runtime import Runtime

log = logging.getLogger("avanza.worker")
LOOKUPS_GIVEN_UP_AFTER = timedelta(minutes=30)


def look_up(runtime: Runtime, outbox_id: uuid.UUID) -> None:
    """Prove or disprove one send in doubt; where that can't be done, later."""
    try:
        with runtime.sessions.begin() as session:
            wanted = reconcile.look_up_key(session, runtime.key, outbox_id)
        remote = _listed(runtime, wanted) if wanted is not None else None
        with runtime.sessions.begin() as session:
            reconcile.settle(session, runtime.key, outbox_id, remote, utcnow())
    except SQLAlchemyError:
        raise
    except Exception as error:
        _put_off(runtime, outbox_id, error)
        raise


def _listed(runtime: Runtime, wanted: tuple[list[str], datetime]) -> list[Remote] | None:
    addresses, since = wanted
    try:
        return [remote for address in addresses for remote in runtime.twilio.sent_to(address, since)]
    except (TwilioException, requests.RequestException) as error:
        log.warning("lookup failed", extra={"action": "lookup_failed", "kind": type(error).__name__})
        return None


def _put_off(runtime: Runtime, outbox_id: uuid.UUID, error: Exception) -> None:
    """Look at a row that can't be settled later, and give it up after half an hour."""
    now = utcnow()
    with runtime.sessions.begin() as session:
        row = session.get_one(OutboxMessage, outbox_id, with_for_update=True)
        if row.state is not OutboxState.IN_DOUBT:
            return
        row.next_try_at = now + timedelta(minutes=1)
        if row.sending_since is None or now - row.sending_since > LOOKUPS_GIVEN_UP_AFTER:
            outbox.advance(row, OutboxState.FAILED, reason="in_doubt")
            dead_letters.bury(session, dead_letters.DELIVERY, outbox_id, error)
