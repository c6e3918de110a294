"""Planned shifts, hand-over notes, and where a caseworker is alerted

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The default stays: a process of before, which knows no plan, enters shifts while it is replaced.
    op.add_column('shift', sa.Column('planned', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        'staff_contact',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('staff_id', sa.Uuid(), nullable=False),
        sa.Column('contact_cipher', sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name='fk_staff_contact_staff_id_staff', ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name='pk_staff_contact'),
        sa.UniqueConstraint('staff_id', name='uq_staff_contact_staff_id'),
    )
    op.create_table(
        'shift_note',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('team_id', sa.Uuid(), nullable=False),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('content_sealed', sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(['team_id'], ['team.id'], name='fk_shift_note_team_id_team', ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name='pk_shift_note'),
    )
    op.create_index('ix_shift_note_team_id_day', 'shift_note', ['team_id', 'day'])
    # Its plain times told when danger had waited; a case's own encrypted state knows now.
    op.execute("DELETE FROM alarm WHERE kind = 'danger_unclaimed'")


def downgrade() -> None:
    if op.get_bind().scalar(sa.text('SELECT EXISTS (SELECT 1 FROM shift_note)')):
        raise RuntimeError('a step back from 0010 would delete notes between shifts: restore a backup instead')
    op.drop_index('ix_shift_note_team_id_day', table_name='shift_note')
    op.drop_table('shift_note')
    op.drop_table('staff_contact')
    # A plan is no presence: to the code of before it would be one.
    op.execute('DELETE FROM shift WHERE planned')
    op.drop_column('shift', 'planned')
