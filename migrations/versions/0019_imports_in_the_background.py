"""Imports through the staff pages: files, how far they are, what their headers mean

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'import_run',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('kind', sa.String(length=16), nullable=False),
        sa.Column('agency', sa.String(length=32), nullable=True),
        sa.Column('own_only', sa.Boolean(), nullable=False),
        sa.Column('staff_id', sa.Uuid(), nullable=True),
        sa.Column('state', sa.Enum('columns', 'checking', 'checked', 'running', 'done', 'cancelled', 'failed', name='importstate', native_enum=False, length=12), nullable=False),
        sa.Column('about_cipher', sa.LargeBinary(), nullable=False),
        sa.Column('rows', sa.Integer(), nullable=False),
        sa.Column('done', sa.Integer(), nullable=False),
        sa.Column('added', sa.Integer(), nullable=False),
        sa.Column('changed', sa.Integer(), nullable=False),
        sa.Column('same', sa.Integer(), nullable=False),
        sa.Column('failed', sa.Integer(), nullable=False),
        sa.Column('noted', sa.Integer(), nullable=False),
        sa.Column('tallies', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column('tries', sa.Integer(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('moved_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['agency'], ['agency.code'], name=op.f('fk_import_run_agency_agency')),
        sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_import_run_staff_id_staff'), ondelete='SET NULL'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_import_run')),
    )
    op.create_index('ix_import_run_newest', 'import_run', ['created_at', 'id'])
    op.create_index(op.f('ix_import_run_state_moved_at'), 'import_run', ['state', 'moved_at'])
    op.create_table(
        'import_part',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('run_id', sa.Uuid(), nullable=False),
        sa.Column('purpose', sa.String(length=8), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('last_line', sa.Integer(), nullable=False),
        sa.Column('problems', sa.Integer(), nullable=False),
        sa.Column('content_cipher', sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(['run_id'], ['import_run.id'], name=op.f('fk_import_part_run_id_import_run'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_import_part')),
    )
    op.create_index('uq_import_part_of', 'import_part', ['run_id', 'purpose', 'number'], unique=True)
    op.create_table(
        'import_mapping',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('agency', sa.String(length=32), nullable=True),
        sa.Column('kind', sa.String(length=16), nullable=False),
        sa.Column('columns_cipher', sa.LargeBinary(), nullable=False),
        sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['agency'], ['agency.code'], name=op.f('fk_import_mapping_agency_agency')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_import_mapping')),
    )
    op.create_index('uq_import_mapping_of', 'import_mapping', ['agency', 'kind'], unique=True, postgresql_nulls_not_distinct=True)


def downgrade() -> None:
    op.drop_table('import_mapping')
    op.drop_table('import_part')
    op.drop_table('import_run')
