"""Sealed drafts of caseworkers

Revision ID: 0012
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'sealed_draft',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('staff_id', sa.Uuid(), nullable=False),
        sa.Column('case_id', sa.Uuid(), nullable=False),
        sa.Column('box', sa.String(length=16), nullable=False),
        sa.Column('content_sealed', sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(['case_id'], ['case_file.id'], name='fk_sealed_draft_case_id_case_file', ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name='fk_sealed_draft_staff_id_staff', ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name='pk_sealed_draft'),
    )
    op.create_index('uq_sealed_draft_staff_case_box', 'sealed_draft', ['staff_id', 'case_id', 'box'], unique=True)
    op.create_index('ix_sealed_draft_case_id', 'sealed_draft', ['case_id'])


def downgrade() -> None:
    op.drop_index('ix_sealed_draft_case_id', table_name='sealed_draft')
    op.drop_index('uq_sealed_draft_staff_case_box', table_name='sealed_draft')
    op.drop_table('sealed_draft')
