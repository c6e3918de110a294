"""Sealed drafts of caseworkers, and texts that a team sends often

Revision ID: 0012
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0011'
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
    op.create_table(
        'canned_answer',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('team_id', sa.Uuid(), nullable=False),
        sa.Column('title', sa.String(length=80), nullable=False),
        sa.Column('body', sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(['team_id'], ['team.id'], name='fk_canned_answer_team_id_team', ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name='pk_canned_answer'),
    )
    op.create_index('uq_canned_answer_team_title', 'canned_answer', ['team_id', 'title'], unique=True)


def downgrade() -> None:
    if op.get_bind().scalar(sa.text('SELECT EXISTS (SELECT 1 FROM sealed_draft UNION ALL SELECT 1 FROM canned_answer)')):
        raise RuntimeError('a step back from 0012 would delete what caseworkers typed: restore a backup instead')
    op.drop_index('uq_canned_answer_team_title', table_name='canned_answer')
    op.drop_table('canned_answer')
    op.drop_index('ix_sealed_draft_case_id', table_name='sealed_draft')
    op.drop_index('uq_sealed_draft_staff_case_box', table_name='sealed_draft')
    op.drop_table('sealed_draft')
