"""Replacing the secret key, and rehearsals

Revision ID: 0038
Revises: 0036
"""

import sqlalchemy as sa
from alembic import op

revision = '0038'
down_revision = '0036'
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        'key_change',
        sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('next_check', sa.LargeBinary(), nullable=False),
        sa.Column('began_at', MOMENT, nullable=False),
        sa.Column('round', sa.Integer(), nullable=False),
        sa.Column('round_began_at', MOMENT, nullable=True),
        sa.Column('place', sa.String(length=64), nullable=False),
        sa.Column('after', sa.Uuid(), nullable=True),
        sa.Column('found', sa.BigInteger(), nullable=False),
        sa.Column('unreadable', sa.BigInteger(), nullable=False),
        sa.Column('done', sa.BigInteger(), nullable=False),
        sa.Column('rests_until', MOMENT, nullable=True),
        sa.CheckConstraint('id = 1', name=op.f('ck_key_change_one_row')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_key_change')),
    )
    op.create_table(
        'rehearsal',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('kind', sa.String(length=32), nullable=False),
        sa.Column('created_at', MOMENT, nullable=False),
        sa.Column('error', sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_rehearsal')),
    )
    op.create_index(op.f('ix_rehearsal_kind_created_at'), 'rehearsal', ['kind', 'created_at'])


def downgrade() -> None:
    op.drop_table('rehearsal')
    op.drop_table('key_change')
