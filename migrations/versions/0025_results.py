"""Interviews on paper and their corrections; kept counts of what the programme achieved

Revision ID: 0025
Revises: 0024
"""

import sqlalchemy as sa
from alembic import op

revision = '0025'
down_revision = '0024'
branch_labels = None
depends_on = None

TABLE = 'food_security_interview'


def upgrade() -> None:
    op.add_column(TABLE, sa.Column('asked_on', sa.Date(), nullable=True))
    # Until now all were asked in the chat, on the day on which they were stored.
    op.execute(f"UPDATE {TABLE} SET asked_on = (created_at AT TIME ZONE 'America/Mexico_City')::date")
    op.alter_column(TABLE, 'asked_on', nullable=False)
    op.add_column(TABLE, sa.Column('source', sa.String(length=8), server_default='chat', nullable=False))
    op.add_column(TABLE, sa.Column('consent_on', sa.Date(), nullable=True))
    op.add_column(TABLE, sa.Column('entered_by', sa.Uuid(), nullable=True))
    op.add_column(TABLE, sa.Column('replaced_by', sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f(f'fk_{TABLE}_entered_by_staff'), TABLE, 'staff', ['entered_by'], ['id'], ondelete='SET NULL'
    )
    op.create_foreign_key(
        op.f(f'fk_{TABLE}_replaced_by_{TABLE}'), TABLE, TABLE, ['replaced_by'], ['id'], ondelete='SET NULL'
    )
    op.create_index(op.f(f'ix_{TABLE}_replaced_by'), TABLE, ['replaced_by'])
    op.create_table(
        'kept_figures',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('quarter', sa.String(length=8), nullable=False),
        sa.Column('counted_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('content_cipher', sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_kept_figures')),
        sa.UniqueConstraint('quarter', name=op.f('uq_kept_figures_quarter')),
    )


def downgrade() -> None:
    op.drop_table('kept_figures')
    # The version before knows one row a moment and no role that sees counts alone.
    op.execute(f'DELETE FROM {TABLE} WHERE replaced_by IS NOT NULL')
    op.execute(
        "UPDATE staff SET disabled_at = coalesce(disabled_at, now()), role = 'auditor' WHERE role = 'direction'"
    )
    op.drop_index(op.f(f'ix_{TABLE}_replaced_by'), TABLE)
    for name in ('replaced_by', 'entered_by', 'consent_on', 'source', 'asked_on'):
        op.drop_column(TABLE, name)
