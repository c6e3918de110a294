"""Approval, rate and pauses of campaigns, an index for audiences

Revision ID: 0030
Revises: 0028
"""

import sqlalchemy as sa
from alembic import op

from migrations import online

revision = '0030'
down_revision = '0029'
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
PEOPLE = ('edited_by', 'asked_by', 'approved_by')
CONSENT = 'ix_consent_conversation_id_kind_created_at'


def upgrade() -> None:
    online.create_index('ix_woman_audience', 'woman', ['municipality', 'axis', 'birth_year_hash', 'id'])
    online.create_index(
        'ix_channel_address_conversation_id_blocked_at', 'channel_address', ['conversation_id', 'blocked_at']
    )
    online.create_index(
        f'{CONSENT}_new', 'consent', ['conversation_id', 'kind', 'created_at'], postgresql_include=['given', 'version']
    )
    op.add_column(
        'programme', sa.Column('approval_above', sa.Integer(), server_default=sa.text('500'), nullable=True)
    )
    for column in (
        sa.Column('per_minute', sa.Integer(), nullable=True),
        sa.Column('next_batch_at', MOMENT, nullable=True),
        sa.Column('pause_reason', sa.String(length=24), nullable=True),
        sa.Column('edited_by', sa.Uuid(), nullable=True),
        sa.Column('asked_by', sa.Uuid(), nullable=True),
        sa.Column('asked_at', MOMENT, nullable=True),
        sa.Column('asked_digest', sa.LargeBinary(length=32), nullable=True),
        sa.Column('approved_by', sa.Uuid(), nullable=True),
        sa.Column('approved_at', MOMENT, nullable=True),
        sa.Column('approved_digest', sa.LargeBinary(length=32), nullable=True),
        sa.Column('confirmed_count', sa.Integer(), nullable=True),
        sa.Column('sent_back', sa.String(length=200), server_default='', nullable=False),
    ):
        op.add_column('campaign', column)
    for name in PEOPLE:
        op.create_foreign_key(op.f(f'fk_campaign_{name}_staff'), 'campaign', 'staff', [name], ['id'])
    op.create_index(op.f('ix_campaign_template_id_starts_at'), 'campaign', ['template_id', 'starts_at'])
    op.add_column(
        'template_trial', sa.Column('values', sa.Text(), server_default=sa.text("'{}'"), nullable=False)
    )
    op.drop_index(op.f('ix_woman_municipality'), 'woman')
    op.drop_index(op.f('ix_channel_address_conversation_id'), 'channel_address')
    op.drop_index(CONSENT, 'consent')
    op.execute(f'ALTER INDEX {CONSENT}_new RENAME TO {CONSENT}')


def downgrade() -> None:
    op.drop_index(CONSENT, 'consent')
    op.create_index(CONSENT, 'consent', ['conversation_id', 'kind', 'created_at'])
    op.create_index(op.f('ix_channel_address_conversation_id'), 'channel_address', ['conversation_id'])
    op.drop_index(op.f('ix_channel_address_conversation_id_blocked_at'), 'channel_address')
    op.create_index(op.f('ix_woman_municipality'), 'woman', ['municipality'])
    op.drop_index('ix_woman_audience', 'woman')
    op.drop_column('template_trial', 'values')
    op.drop_index(op.f('ix_campaign_template_id_starts_at'), 'campaign')
    for name in PEOPLE:
        op.drop_constraint(op.f(f'fk_campaign_{name}_staff'), 'campaign')
    for name in (
        'sent_back', 'confirmed_count', 'approved_digest', 'approved_at', 'approved_by', 'asked_digest',
        'asked_at', 'asked_by', 'edited_by', 'pause_reason', 'next_batch_at', 'per_minute',
    ):
        op.drop_column('campaign', name)
    op.drop_column('programme', 'approval_above')
