"""Staff: a second factor, an idle lock, a code of conduct, access reviews; logins of before have to be made again

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'second_factor',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('staff_id', sa.Uuid(), nullable=False),
        sa.Column('secret_cipher', sa.LargeBinary(), nullable=True),
        sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('last_step', sa.Integer(), nullable=True),
        sa.Column('pending_cipher', sa.LargeBinary(), nullable=True),
        sa.Column('pending_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name='fk_second_factor_staff_id_staff', ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name='pk_second_factor'),
        sa.UniqueConstraint('staff_id', name='uq_second_factor_staff_id'),
    )
    op.create_table(
        'recovery_code',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('staff_id', sa.Uuid(), nullable=False),
        sa.Column('code_hash', sa.LargeBinary(length=32), nullable=False),
        sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name='fk_recovery_code_staff_id_staff', ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name='pk_recovery_code'),
        sa.UniqueConstraint('code_hash', name='uq_recovery_code_code_hash'),
    )
    op.create_index('ix_recovery_code_staff_id', 'recovery_code', ['staff_id'])
    op.add_column('staff_session', sa.Column('step', sa.String(length=8), server_default='open', nullable=False))
    op.alter_column('staff_session', 'step', server_default=None)
    op.add_column('staff_session', sa.Column('locked_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('staff_session', sa.Column('agent_cipher', sa.LargeBinary(), nullable=True))
    op.create_table(
        'conduct_agreement',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('staff_id', sa.Uuid(), nullable=False),
        sa.Column('version', sa.String(length=16), nullable=False),
        sa.Column('agreed_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name='fk_conduct_agreement_staff_id_staff', ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name='pk_conduct_agreement'),
    )
    op.create_index('uq_conduct_agreement_staff_version', 'conduct_agreement', ['staff_id', 'version'], unique=True)
    # A session from before asked no second factor.
    op.execute('UPDATE staff_session SET key_wrapped = NULL, expires_at = LEAST(expires_at, now())')
    op.create_table(
        'access_review',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('staff_id', sa.Uuid(), nullable=False),
        sa.Column('by_id', sa.Uuid(), nullable=False),
        sa.Column('decision', sa.String(length=8), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['by_id'], ['staff.id'], name='fk_access_review_by_id_staff'),
        sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name='fk_access_review_staff_id_staff', ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name='pk_access_review'),
    )
    op.create_index('ix_access_review_staff_id_at', 'access_review', ['staff_id', 'at'])
    op.drop_column('staff', 'failed_logins')
    op.drop_column('staff', 'locked_until')


def downgrade() -> None:
    op.drop_index('ix_access_review_staff_id_at', table_name='access_review')
    op.drop_table('access_review')
    op.add_column('staff', sa.Column('locked_until', sa.DateTime(timezone=True), nullable=True))
    op.add_column('staff', sa.Column('failed_logins', sa.Integer(), server_default='0', nullable=False))
    op.alter_column('staff', 'failed_logins', server_default=None)
    # A session that still waits for something would be a whole one to the code of before.
    op.execute("DELETE FROM staff_session WHERE step <> 'open'")
    op.drop_index('uq_conduct_agreement_staff_version', table_name='conduct_agreement')
    op.drop_table('conduct_agreement')
    op.drop_column('staff_session', 'agent_cipher')
    op.drop_column('staff_session', 'locked_at')
    op.drop_column('staff_session', 'step')
    op.drop_index('ix_recovery_code_staff_id', table_name='recovery_code')
    op.drop_table('recovery_code')
    op.drop_table('second_factor')
