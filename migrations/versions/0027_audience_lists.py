"""Lists of women whom a file names for a campaign

Revision ID: 0027
Revises: 0026
"""

import sqlalchemy as sa
from alembic import op

revision = '0027'
down_revision = '0026'
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        'audience_list',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('name', sa.String(length=80), nullable=False),
        sa.Column('changed_at', MOMENT, nullable=False),
        sa.Column('created_by', sa.Uuid(), nullable=True),
        sa.Column('created_at', MOMENT, server_default=sa.text('now()'), nullable=False),
        sa.ForeignKeyConstraint(
            ['created_by'], ['staff.id'], name=op.f('fk_audience_list_created_by_staff'), ondelete='SET NULL'
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_audience_list')),
        sa.UniqueConstraint('name', name=op.f('uq_audience_list_name')),
    )
    op.create_table(
        'audience_member',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('list_id', sa.Uuid(), nullable=False),
        sa.Column('woman_id', sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ['list_id'], ['audience_list.id'], name=op.f('fk_audience_member_list_id_audience_list'),
            ondelete='CASCADE',
        ),
        sa.ForeignKeyConstraint(
            ['woman_id'], ['woman.id'], name=op.f('fk_audience_member_woman_id_woman'), ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_audience_member')),
    )
    op.create_index('uq_audience_member', 'audience_member', ['list_id', 'woman_id'], unique=True)
    op.create_index(op.f('ix_audience_member_woman_id'), 'audience_member', ['woman_id'])


def downgrade() -> None:
    op.drop_table('audience_member')
    op.drop_table('audience_list')
