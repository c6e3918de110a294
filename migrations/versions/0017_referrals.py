"""Referrals of a case, sealed on both sides

Revision ID: 0017
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'referral',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('case_id', sa.Uuid(), nullable=False),
        sa.Column('content_sealed', sa.LargeBinary(), nullable=False),
        sa.Column('status_sealed', sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(['case_id'], ['case_file.id'], name='fk_referral_case_id_case_file', ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name='pk_referral'),
    )
    op.create_index('ix_referral_case_id', 'referral', ['case_id'])


def downgrade() -> None:
    op.drop_index('ix_referral_case_id', table_name='referral')
    op.drop_table('referral')
