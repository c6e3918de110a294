"""What became of each message of a campaign; the number's limits, pause and count; hold-outs

The outcome of a recipient is written by a trigger on the outbox, so that no writer can forget it. `sending`
lasts for the time of one call and is left out: a message is written to one time less.

Revision ID: 0031
Revises: 0030
"""

import sqlalchemy as sa
from alembic import op

revision = '0031'
down_revision = '0030'
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
QUALITY = sa.Enum('high', 'medium', 'low', name='quality', native_enum=False, length=8)
OUTCOME = """
CREATE FUNCTION avanza_outcome(state text, reason text, code integer) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT state
        || CASE WHEN state IN ('sent', 'delivered', 'read') OR reason IS NULL THEN '' ELSE ':' || reason END
        || CASE WHEN state IN ('failed', 'undelivered') AND reason IS NOT NULL AND code IS NOT NULL
           THEN ':' || code ELSE '' END
$$
"""
NOTE = """
CREATE FUNCTION avanza_note_outcome() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE campaign_recipient SET
        outcome = avanza_outcome(NEW.state, NEW.reason, NEW.code),
        left_at = CASE WHEN NEW.state IN ('sent', 'delivered', 'read')
                        AND OLD.state NOT IN ('sent', 'delivered', 'read')
                  THEN NEW.sending_since ELSE left_at END
    WHERE outbox_id = NEW.id;
    RETURN NULL;
END;
$$
"""
WHEN_IT_CHANGES = """
CREATE TRIGGER avanza_note_outcome AFTER UPDATE OF state, reason, code ON outbox_message FOR EACH ROW
WHEN (NEW.kind = 'campaign' AND NEW.state <> 'sending'
      AND (OLD.state, OLD.reason, OLD.code) IS DISTINCT FROM (NEW.state, NEW.reason, NEW.code))
EXECUTE FUNCTION avanza_note_outcome()
"""
SO_FAR = """
UPDATE campaign_recipient r SET outcome = avanza_outcome(m.state, m.reason, m.code)
FROM outbox_message m WHERE m.id = r.outbox_id
"""


def upgrade() -> None:
    op.add_column('campaign', sa.Column('hold_out_percent', sa.Integer(), server_default='0', nullable=False))
    op.add_column('campaign_recipient', sa.Column('outcome', sa.String(length=96), nullable=True))
    op.add_column('campaign_recipient', sa.Column('left_at', MOMENT, nullable=True))
    for name in ('answered', 'opted_out'):
        op.add_column('campaign_recipient', sa.Column(name, sa.Boolean(), server_default='false', nullable=False))
    op.execute(OUTCOME)
    op.execute(SO_FAR)
    op.create_index(
        'ix_campaign_recipient_outcome', 'campaign_recipient',
        ['campaign_id', 'outcome', 'reason', 'answered', 'opted_out'],
    )
    op.execute(NOTE)
    op.execute(WHEN_IT_CHANGES)
    op.create_table(
        'sender_state',
        sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('daily_limit', sa.Integer(), nullable=True),
        sa.Column('quality', QUALITY, nullable=False),
        sa.Column('paused_at', MOMENT, nullable=True),
        sa.Column('paused_code', sa.Integer(), nullable=True),
        sa.Column('resumed_at', MOMENT, nullable=True),
        sa.CheckConstraint('id = 1', name=op.f('ck_sender_state_one_row')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sender_state')),
    )
    op.execute("INSERT INTO sender_state (id, quality) VALUES (1, 'high')")
    op.create_table(
        'initiated_hour',
        sa.Column('hour', MOMENT, nullable=False),
        sa.Column('count', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('hour', name=op.f('pk_initiated_hour')),
    )
    counts = ('waiting', 'gone', 'delivered', 'read', 'failed', 'left_out', 'answered', 'opted_out')
    op.create_table(
        'campaign_snapshot',
        sa.Column('campaign_id', sa.Uuid(), nullable=False),
        sa.Column('at', MOMENT, nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in counts),
        sa.Column('attended', sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ['campaign_id'], ['campaign.id'], name=op.f('fk_campaign_snapshot_campaign_id_campaign'), ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('campaign_id', 'at', name=op.f('pk_campaign_snapshot')),
    )
    op.create_table(
        'campaign_retry',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('recipient_id', sa.Uuid(), nullable=False),
        sa.Column('outbox_id', sa.Uuid(), nullable=True),
        sa.Column('outcome', sa.String(length=96), nullable=False),
        sa.Column('created_at', MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ['recipient_id'], ['campaign_recipient.id'],
            name=op.f('fk_campaign_retry_recipient_id_campaign_recipient'), ondelete='CASCADE',
        ),
        sa.ForeignKeyConstraint(
            ['outbox_id'], ['outbox_message.id'], name=op.f('fk_campaign_retry_outbox_id_outbox_message'), ondelete='SET NULL'
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_campaign_retry')),
        sa.UniqueConstraint('outbox_id', name=op.f('uq_campaign_retry_outbox_id')),
    )
    op.create_index(op.f('ix_campaign_retry_recipient_id'), 'campaign_retry', ['recipient_id'])
    op.create_table(
        'reminder_hold_out',
        sa.Column('programme_id', sa.Uuid(), nullable=False),
        sa.Column('percent', sa.Integer(), nullable=False),
        sa.Column('since', MOMENT, nullable=False),
        sa.CheckConstraint('percent BETWEEN 0 AND 50', name=op.f('ck_reminder_hold_out_percent')),
        sa.ForeignKeyConstraint(
            ['programme_id'], ['programme.id'], name=op.f('fk_reminder_hold_out_programme_id_programme'), ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('programme_id', name=op.f('pk_reminder_hold_out')),
    )


def downgrade() -> None:
    op.execute('DROP TRIGGER avanza_note_outcome ON outbox_message')
    op.execute('DROP FUNCTION avanza_note_outcome()')
    op.execute('DROP FUNCTION avanza_outcome(text, text, integer)')
    for table in ('reminder_hold_out', 'campaign_retry', 'campaign_snapshot', 'initiated_hour', 'sender_state'):
        op.drop_table(table)
    op.drop_index('ix_campaign_recipient_outcome', 'campaign_recipient')
    for name in ('opted_out', 'answered', 'left_at', 'outcome'):
        op.drop_column('campaign_recipient', name)
    op.drop_column('campaign', 'hold_out_percent')
