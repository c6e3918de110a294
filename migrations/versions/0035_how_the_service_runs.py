"""How the service runs: troubles, messages by the hour, backups

Revision ID: 0035
Revises: 0027
"""

import sqlalchemy as sa
from alembic import op

revision = '0035'
down_revision = '0034'
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        'service_trouble',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('kind', sa.String(length=32), nullable=False),
        sa.Column('began_at', MOMENT, nullable=False),
        sa.Column('ended_at', MOMENT, nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_service_trouble')),
    )
    op.create_index(
        'uq_service_trouble_open', 'service_trouble', ['kind'], unique=True,
        postgresql_where=sa.text('ended_at IS NULL'),
    )
    op.create_index(op.f('ix_service_trouble_began_at'), 'service_trouble', ['began_at'])
    op.create_table(
        'inbound_hour',
        sa.Column('hour', MOMENT, nullable=False),
        sa.Column('seq', sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint('hour', name=op.f('pk_inbound_hour')),
    )
    op.create_table(
        'backup_run',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('created_at', MOMENT, nullable=False),
        sa.Column('name', sa.String(length=120), nullable=False),
        sa.Column('size', sa.BigInteger(), nullable=False),
        sa.Column('encrypted', sa.Boolean(), nullable=False),
        sa.Column('verified_at', MOMENT, nullable=True),
        sa.Column('error', sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_backup_run')),
    )
    op.create_index(op.f('ix_backup_run_created_at'), 'backup_run', ['created_at'])


def downgrade() -> None:
    op.drop_table('backup_run')
    op.drop_table('inbound_hour')
    op.drop_table('service_trouble')
