"""Marks on inbound messages: her confidential words go at Twilio too."""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('inbound_message', sa.Column('redact_after', sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        'ix_inbound_message_redact', 'inbound_message', ['redact_after'],
        postgresql_where=sa.text('redact_after IS NOT NULL'),
    )


def downgrade() -> None:
    op.drop_index('ix_inbound_message_redact', 'inbound_message')
    op.drop_column('inbound_message', 'redact_after')
