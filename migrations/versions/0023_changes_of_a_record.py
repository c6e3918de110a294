"""What was changed on a woman's record, by whom, and what it was before

Revision ID: 0023
Revises: 0022
"""

import sqlalchemy as sa
from alembic import op

revision = '0023'
down_revision = '0022'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'woman_change',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('seq', sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column('woman_id', sa.Uuid(), nullable=False),
        sa.Column('staff_id', sa.Uuid(), nullable=True),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('change_cipher', sa.LargeBinary(), nullable=False),
        sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('undone_by', sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(['woman_id'], ['woman.id'], name='fk_woman_change_woman_id_woman', ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name='fk_woman_change_staff_id_staff', ondelete='SET NULL'),
        sa.ForeignKeyConstraint(['undone_by'], ['staff.id'], name='fk_woman_change_undone_by_staff', ondelete='SET NULL'),
        sa.PrimaryKeyConstraint('id', name='pk_woman_change'),
        sa.UniqueConstraint('seq', name='uq_woman_change_seq'),
    )
    op.create_index('ix_woman_change_woman_id_seq', 'woman_change', ['woman_id', 'seq'])


def downgrade() -> None:
    op.drop_table('woman_change')
