"""Supports: what each agency gave, the rules, and what was given twice

Revision ID: 0021
Revises: 0020
"""

import sqlalchemy as sa
from alembic import op

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'support_kind',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('code', sa.String(length=32), nullable=False),
        sa.Column('name', sa.String(length=80), nullable=False),
        sa.Column('in_money', sa.Boolean(), nullable=False),
        sa.Column('retired_at', sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint('id', name='pk_support_kind'),
        sa.UniqueConstraint('code', name='uq_support_kind_code'),
    )
    op.create_table(
        'support_rule',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('kind_id', sa.Uuid(), nullable=False),
        sa.Column('most', sa.Integer(), nullable=False),
        sa.Column('period', sa.String(length=8), nullable=False),
        sa.Column('days', sa.Integer(), nullable=True),
        sa.Column('all_agencies', sa.Boolean(), nullable=False),
        sa.Column('since', sa.Date(), nullable=False),
        sa.Column('until', sa.Date(), nullable=True),
        sa.Column('ground', sa.String(length=160), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint('most >= 1', name='ck_support_rule_most'),
        sa.CheckConstraint("(days >= 1) = (period = 'days')", name='ck_support_rule_days'),
        sa.ForeignKeyConstraint(['kind_id'], ['support_kind.id'], name='fk_support_rule_kind_id_support_kind', ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name='pk_support_rule'),
    )
    op.create_index('ix_support_rule_kind_id', 'support_rule', ['kind_id'])
    op.create_table(
        'support',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('woman_id', sa.Uuid(), nullable=False),
        sa.Column('kind_id', sa.Uuid(), nullable=False),
        sa.Column('agency', sa.String(length=32), nullable=False),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('cents', sa.Integer(), nullable=True),
        sa.Column('note_cipher', sa.LargeBinary(), nullable=False),
        sa.Column('source', sa.String(length=16), nullable=False),
        sa.Column('entered_by', sa.Uuid(), nullable=True),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('voided_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('voided_by', sa.Uuid(), nullable=True),
        sa.CheckConstraint('cents > 0', name='ck_support_cents'),
        sa.ForeignKeyConstraint(['woman_id'], ['woman.id'], name='fk_support_woman_id_woman', ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['kind_id'], ['support_kind.id'], name='fk_support_kind_id_support_kind'),
        sa.ForeignKeyConstraint(['agency'], ['agency.code'], name='fk_support_agency_agency'),
        sa.ForeignKeyConstraint(['entered_by'], ['staff.id'], name='fk_support_entered_by_staff', ondelete='SET NULL'),
        sa.ForeignKeyConstraint(['voided_by'], ['staff.id'], name='fk_support_voided_by_staff', ondelete='SET NULL'),
        sa.PrimaryKeyConstraint('id', name='pk_support'),
    )
    op.create_index('ix_support_woman_id_kind_id_day', 'support', ['woman_id', 'kind_id', 'day'])
    op.create_index('ix_support_newest', 'support', ['day', 'created_at', 'id'])
    op.create_index('ix_support_agency_newest', 'support', ['agency', 'day', 'created_at', 'id'])
    op.create_index('ix_support_kind_id', 'support', ['kind_id'])
    op.create_table(
        'double_support',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('woman_id', sa.Uuid(), nullable=False),
        sa.Column('rule_id', sa.Uuid(), nullable=False),
        sa.Column('support_id', sa.Uuid(), nullable=True),
        sa.Column('agency', sa.String(length=32), nullable=False),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('state', sa.String(length=16), nullable=False),
        sa.Column('at_entry', sa.Boolean(), nullable=False),
        sa.Column('found_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('decided_by', sa.Uuid(), nullable=True),
        sa.Column('reason_cipher', sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(['woman_id'], ['woman.id'], name='fk_double_support_woman_id_woman', ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['rule_id'], ['support_rule.id'], name='fk_double_support_rule_id_support_rule', ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['support_id'], ['support.id'], name='fk_double_support_support_id_support', ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['agency'], ['agency.code'], name='fk_double_support_agency_agency'),
        sa.ForeignKeyConstraint(['decided_by'], ['staff.id'], name='fk_double_support_decided_by_staff', ondelete='SET NULL'),
        sa.PrimaryKeyConstraint('id', name='pk_double_support'),
    )
    op.create_index('uq_double_support_of_rule', 'double_support', ['support_id', 'rule_id'], unique=True)
    op.create_index('ix_double_support_woman_id', 'double_support', ['woman_id'])
    op.create_index('ix_double_support_rule_id', 'double_support', ['rule_id'])
    op.create_index('ix_double_support_state_found_at_id', 'double_support', ['state', 'found_at', 'id'])


def downgrade() -> None:
    op.drop_table('double_support')
    op.drop_table('support')
    op.drop_table('support_rule')
    op.drop_table('support_kind')
