"""Step 0031 up and down with data: campaigns that left before get the outcomes of their messages."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from alembic import command
from sqlalchemy import text

from outreach.ground import migrate

if TYPE_CHECKING:
    from sqlalchemy import Engine

BEFORE = (("read", None, None), ("undelivered", "temporary", 63049), ("queued", None, None))


def test_what_left_before_has_its_outcome(empty_engine: Engine) -> None:
    """Up: as the trigger writes it from then on. Down: nothing of it is left."""
    campaign = uuid.uuid4()
    with empty_engine.begin() as connection:
        command.upgrade(migrate.config(connection), "0030")
        for other in ("campaign", "woman"):  # neither is needed here
            connection.execute(
                text(
                    f"ALTER TABLE campaign_recipient DROP CONSTRAINT fk_campaign_recipient_{other}_id_{other}"
                )
            )
        for state, reason, code in BEFORE:
            ids = {"id": uuid.uuid4(), "campaign": campaign, "woman": uuid.uuid4()}
            connection.execute(
                text(
                    "INSERT INTO outbox_message (id, kind, state, reason, code, body_cipher, created_at,"
                    " attempts) VALUES (:id, 'campaign', :state, :reason, :code, 'x', now(), 1)"
                ),
                {"id": ids["id"], "state": state, "reason": reason, "code": code},
            )
            connection.execute(
                text(
                    "INSERT INTO campaign_recipient (id, campaign_id, woman_id, outbox_id)"
                    " VALUES (gen_random_uuid(), :campaign, :woman, :id)"
                ),
                ids,
            )
    outcomes = text("SELECT outcome FROM campaign_recipient ORDER BY outcome")
    with empty_engine.begin() as connection:
        command.upgrade(migrate.config(connection), "0031")
        found = connection.scalars(outcomes).all()
        assert found == ["queued", "read", "undelivered:temporary:63049"]
        step = text(
            "UPDATE outbox_message SET state = :state, reason = :reason, code = :code, sending_since = now()"
            " WHERE state = :before"
        )
        for before, state, reason, code in (
            ("queued", "sending", None, None),
            ("sending", "failed", "unreachable", 63003),
        ):
            connection.execute(step, {"before": before, "state": state, "reason": reason, "code": code})
        found = connection.scalars(outcomes).all()
        assert found == ["failed:unreachable:63003", "read", "undelivered:temporary:63049"]
        assert connection.scalar(text("SELECT count(*) FROM sender_state")) == 1
    with empty_engine.begin() as connection:
        command.downgrade(migrate.config(connection), "0030")
        connection.execute(text("UPDATE outbox_message SET state = 'read'"))
        assert connection.scalar(text("SELECT count(*) FROM campaign_recipient")) == len(BEFORE)
