"""Requests over her data as tasks; how long data is kept, what is blocked, and the log of both

Revision ID: 0026
Revises: 0025
"""

import sqlalchemy as sa
from alembic import op

revision = '0026'
down_revision = '0025'
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
OUTCOME = sa.Enum('granted', 'partly', 'refused', 'not_ours', 'lapsed', name='requestoutcome', native_enum=False, length=16)
STEP = sa.Enum('announced', 'blocked', 'erased', name='retentionstep', native_enum=False, length=16)


def _kind() -> sa.Column:
    kinds = sa.Enum('woman', 'support', 'attendance', 'interview', 'request', name='datakind', native_enum=False, length=16)
    return sa.Column('kind', kinds, nullable=False)


def _key(table: str, column: str, other: str, ondelete: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f'{other}.id'], name=f'fk_{table}_{column}_{other}', ondelete=ondelete)


def upgrade() -> None:
    _requests()
    op.create_index(
        'ix_outbox_message_dead_number', 'outbox_message', ['ended_at'],
        postgresql_where=sa.text("kind <> 'reply' AND reason IN ('unreachable','blocked_by_her')"),
    )
    op.create_table(
        'retention_rule',
        sa.Column('id', sa.Uuid(), nullable=False),
        _kind(),
        sa.Column('months', sa.Integer(), nullable=False),
        sa.Column('blocked_months', sa.Integer(), nullable=False),
        sa.Column('on_erasure', sa.Boolean(), nullable=False),
        sa.Column('ground', sa.String(length=200), nullable=False),
        sa.Column('created_at', MOMENT, nullable=False),
        sa.Column('created_by', sa.Uuid(), nullable=True),
        sa.Column('reason_cipher', sa.LargeBinary(), nullable=False),
        sa.Column('ended_at', MOMENT, nullable=True),
        sa.CheckConstraint('months >= 1 AND blocked_months >= 0', name=op.f('ck_retention_rule_months')),
        _key('retention_rule', 'created_by', 'staff', 'SET NULL'),
        sa.PrimaryKeyConstraint('id', name='pk_retention_rule'),
    )
    op.create_index('uq_retention_rule_in_force', 'retention_rule', ['kind'], unique=True, postgresql_where=sa.text('ended_at IS NULL'))
    op.create_table(
        'retention_notice',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('rule_id', sa.Uuid(), nullable=False),
        _kind(),
        sa.Column('cutoff', MOMENT, nullable=False),
        sa.Column('due_at', MOMENT, nullable=False),
        sa.Column('expected', sa.Integer(), nullable=False),
        sa.Column('done', sa.Integer(), nullable=False),
        sa.Column('created_at', MOMENT, nullable=False),
        sa.Column('finished_at', MOMENT, nullable=True),
        _key('retention_notice', 'rule_id', 'retention_rule', 'CASCADE'),
        sa.PrimaryKeyConstraint('id', name='pk_retention_notice'),
    )
    op.create_index('uq_retention_notice_open', 'retention_notice', ['kind'], unique=True, postgresql_where=sa.text('finished_at IS NULL'))
    op.create_index('ix_retention_notice_rule_id', 'retention_notice', ['rule_id'])
    op.create_table(
        'retention_pause',
        sa.Column('id', sa.Uuid(), nullable=False),
        _kind(),
        sa.Column('staff_id', sa.Uuid(), nullable=True),
        sa.Column('until', sa.Date(), nullable=False),
        sa.Column('reason_cipher', sa.LargeBinary(), nullable=False),
        sa.Column('created_at', MOMENT, nullable=False),
        sa.Column('ended_at', MOMENT, nullable=True),
        _key('retention_pause', 'staff_id', 'staff', 'SET NULL'),
        sa.PrimaryKeyConstraint('id', name='pk_retention_pause'),
    )
    op.create_index('ix_retention_pause_kind_until', 'retention_pause', ['kind', 'until'])
    op.create_table(
        'retention_day',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('day', sa.Date(), nullable=False),
        _kind(),
        sa.Column('step', STEP, nullable=False),
        sa.Column('count', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('id', name='pk_retention_day'),
    )
    op.create_index('uq_retention_day_of', 'retention_day', ['day', 'kind', 'step'], unique=True)
    op.create_table(
        'blocked_record',
        sa.Column('id', sa.Uuid(), nullable=False),
        _kind(),
        sa.Column('woman_id', sa.Uuid(), nullable=True),
        sa.Column('content_cipher', sa.LargeBinary(), nullable=False),
        sa.Column('asked', sa.Boolean(), nullable=False),
        sa.Column('blocked_at', MOMENT, nullable=False),
        sa.Column('erase_after', MOMENT, nullable=False),
        _key('blocked_record', 'woman_id', 'woman', 'CASCADE'),
        sa.PrimaryKeyConstraint('id', name='pk_blocked_record'),
    )
    op.create_index('ix_blocked_record_woman_id', 'blocked_record', ['woman_id'])
    op.create_index('ix_blocked_record_kind_erase_after_id', 'blocked_record', ['kind', 'erase_after', 'id'])
    op.create_index('ix_blocked_record_newest', 'blocked_record', ['blocked_at', 'id'])
    op.create_table(
        'blocked_reading',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('record_id', sa.Uuid(), nullable=False),
        sa.Column('staff_id', sa.Uuid(), nullable=True),
        sa.Column('at', MOMENT, nullable=False),
        sa.Column('reason_cipher', sa.LargeBinary(), nullable=False),
        _key('blocked_reading', 'record_id', 'blocked_record', 'CASCADE'),
        _key('blocked_reading', 'staff_id', 'staff', 'SET NULL'),
        sa.PrimaryKeyConstraint('id', name='pk_blocked_reading'),
    )
    op.create_index('ix_blocked_reading_record_id', 'blocked_reading', ['record_id'])


def _requests() -> None:
    for name in ('woman_id', 'answered_by'):
        op.add_column('data_request', sa.Column(name, sa.Uuid(), nullable=True))
    op.add_column('data_request', sa.Column('agency', sa.String(length=32), nullable=True))
    op.add_column('data_request', sa.Column('by_staff', sa.Boolean(), server_default='false', nullable=False))
    op.add_column('data_request', sa.Column('about_cipher', sa.LargeBinary(), nullable=True))
    op.add_column('data_request', sa.Column('outcome', OUTCOME, nullable=True))
    for name in ('identity_at', 'complete_by', 'completed_at', 'extended_at', 'answered_at', 'execute_by'):
        op.add_column('data_request', sa.Column(name, MOMENT, nullable=True))
    op.create_foreign_key('fk_data_request_woman_id_woman', 'data_request', 'woman', ['woman_id'], ['id'], ondelete='SET NULL')
    op.create_foreign_key('fk_data_request_answered_by_staff', 'data_request', 'staff', ['answered_by'], ['id'], ondelete='SET NULL')
    op.create_foreign_key('fk_data_request_agency_agency', 'data_request', 'agency', ['agency'], ['code'])
    op.create_index('ix_data_request_woman_id', 'data_request', ['woman_id'])
    op.create_index('ix_data_request_open', 'data_request', ['answer_by', 'id'], postgresql_where=sa.text('done_at IS NULL'))
    op.create_index('ix_data_request_over', 'data_request', ['done_at', 'id'], postgresql_where=sa.text('done_at IS NOT NULL'))


def downgrade() -> None:
    op.drop_index('ix_outbox_message_dead_number', 'outbox_message')
    for table in ('blocked_reading', 'blocked_record', 'retention_day', 'retention_pause', 'retention_notice', 'retention_rule'):
        op.drop_table(table)
    for index in ('over', 'open', 'woman_id'):
        op.drop_index(f'ix_data_request_{index}', 'data_request')
    for name in (
        'execute_by', 'answered_at', 'extended_at', 'completed_at', 'complete_by', 'identity_at', 'outcome',
        'about_cipher', 'by_staff', 'agency', 'answered_by', 'woman_id',
    ):
        op.drop_column('data_request', name)
