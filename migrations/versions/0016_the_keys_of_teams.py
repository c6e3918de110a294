"""The key of a team can be changed: its former keys, who left with one, whether the paper was checked

Revision ID: 0016
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'former_key',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('team_id', sa.Uuid(), nullable=False),
        sa.Column('public_key', sa.LargeBinary(length=32), nullable=False),
        sa.Column('wrapped', sa.LargeBinary(), nullable=False),
        sa.Column('changed_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
        sa.Column('round', sa.Integer(), nullable=False),
        sa.Column('place', sa.String(length=80), nullable=False),
        sa.Column('after', sa.Uuid(), nullable=True),
        sa.Column('found', sa.Integer(), nullable=False),
        sa.Column('done', sa.Integer(), nullable=False),
        sa.Column('total', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['team_id'], ['team.id'], name='fk_former_key_team_id_team', ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name='pk_former_key'),
    )
    op.create_index('ix_former_key_team_id', 'former_key', ['team_id'])
    op.create_table(
        'key_leaver',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('team_id', sa.Uuid(), nullable=False),
        sa.Column('staff_id', sa.Uuid(), nullable=False),
        sa.Column('left_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name='fk_key_leaver_staff_id_staff', ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['team_id'], ['team.id'], name='fk_key_leaver_team_id_team', ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name='pk_key_leaver'),
    )
    op.create_index('uq_key_leaver_team_staff', 'key_leaver', ['team_id', 'staff_id'], unique=True)
    op.add_column('key_wrap', sa.Column('checked_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('key_wrap', sa.Column('proof', sa.LargeBinary(length=32), nullable=True))


def downgrade() -> None:
    connection = op.get_bind()
    if connection.scalar(sa.text('SELECT EXISTS (SELECT FROM former_key)')):
        raise RuntimeError(
            'something is still sealed to a key that a team had before, and would be lost: '
            'let its caseworkers finish under Llave del equipo, then take this step back'
        )
    op.drop_column('key_wrap', 'proof')
    op.drop_column('key_wrap', 'checked_at')
    op.drop_table('key_leaver')
    op.drop_table('former_key')
