"""Indexes of the outbox: what is due in bulk, what is still linked, what a person should see

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

TROUBLED_BEFORE = "acknowledged_at IS NULL AND state IN ('failed','undelivered','in_doubt')"
TROUBLED = (
    "acknowledged_at IS NULL AND kind IN ('reply','notice')"
    " AND state IN ('failed','undelivered','in_doubt','expired','suppressed')"
)
LINKED = "conversation_id IS NOT NULL AND state NOT IN ('queued','sending','in_doubt')"


def upgrade() -> None:
    op.execute(
        "UPDATE outbox_message SET next_try_at = created_at"
        " WHERE state = 'queued' AND kind <> 'reply' AND next_try_at IS NULL"
    )
    op.create_index('ix_outbox_message_due', 'outbox_message', ['kind', 'next_try_at'], postgresql_where=sa.text("state = 'queued'"))
    op.create_index('ix_outbox_message_linked', 'outbox_message', ['state', 'sending_since'], postgresql_where=sa.text(LINKED))
    op.drop_index('ix_outbox_message_troubled', table_name='outbox_message')
    op.create_index('ix_outbox_message_troubled', 'outbox_message', ['ended_at'], postgresql_where=sa.text(TROUBLED))


def downgrade() -> None:
    op.drop_index('ix_outbox_message_troubled', table_name='outbox_message')
    op.create_index('ix_outbox_message_troubled', 'outbox_message', ['ended_at'], postgresql_where=sa.text(TROUBLED_BEFORE))
    op.drop_index('ix_outbox_message_linked', table_name='outbox_message')
    op.drop_index('ix_outbox_message_due', table_name='outbox_message')
