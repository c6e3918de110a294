"""Rules of reminders as data, and the answer that another took the place of

Revision ID: 0029
Revises: 0027
"""

import sqlalchemy as sa
from alembic import op

revision = '0029'
down_revision = '0028'
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
ANSWER = sa.Enum('confirmed', 'declined', 'late', name='rsvpanswer', native_enum=False, length=16)
WHOM = sa.Enum('enrolled', 'unconfirmed', 'absent', name='reminderfor', native_enum=False, length=16)


def upgrade() -> None:
    op.create_table(
        'reminder_rule',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('programme_id', sa.Uuid(), nullable=False),
        sa.Column('workshop_id', sa.Uuid(), nullable=True),
        sa.Column('minutes_before', sa.Integer(), nullable=False),
        sa.Column('whom', WHOM, nullable=False),
        sa.Column('template_name', sa.String(length=64), nullable=True),
        sa.Column('since', MOMENT, nullable=False),
        sa.Column('stopped_at', MOMENT, nullable=True),
        sa.Column('created_at', MOMENT, server_default=sa.text('now()'), nullable=False),
        sa.CheckConstraint('minutes_before > 0', name=op.f('ck_reminder_rule_minutes_before')),
        sa.ForeignKeyConstraint(
            ['programme_id'], ['programme.id'], name=op.f('fk_reminder_rule_programme_id_programme'),
            ondelete='CASCADE',
        ),
        sa.ForeignKeyConstraint(
            ['workshop_id'], ['workshop.id'], name=op.f('fk_reminder_rule_workshop_id_workshop'),
            ondelete='CASCADE',
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_reminder_rule')),
    )
    op.create_index(
        'uq_reminder_rule_offset', 'reminder_rule', ['programme_id', 'workshop_id', 'minutes_before'],
        unique=True, postgresql_nulls_not_distinct=True,
    )
    op.create_index(op.f('ix_reminder_rule_workshop_id'), 'reminder_rule', ['workshop_id'])
    op.add_column('rsvp', sa.Column('earlier', ANSWER, nullable=True))


def downgrade() -> None:
    op.drop_column('rsvp', 'earlier')
    op.drop_table('reminder_rule')
