"""Templates in versions, with what Meta says of them; trials of templates; prices of messages

Revision ID: 0028
Revises: 0027
"""

import sqlalchemy as sa
from alembic import op

revision = '0028'
down_revision = '0027'
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
# The product's own, by name: what `ensure_own` made in every version before this one.
BUILT_IN = (
    'session_reminder', 'group_notice', 'session_moved', 'session_cancelled', 'write_to_us',
    'first_invitation', 'seat_freed', 'request_answered', 'avanza_aviso_equipo', 'avanza_aviso_ahora',
)


def upgrade() -> None:
    op.drop_constraint('uq_template_name', 'template', type_='unique')
    for column in (
        sa.Column('version', sa.Integer(), server_default='1', nullable=False),
        sa.Column('supersedes_id', sa.Uuid(), nullable=True),
        sa.Column('built_in', sa.Boolean(), server_default='false', nullable=False),
        sa.Column('meta_category', sa.String(length=16), nullable=True),
        sa.Column('category_changed_at', MOMENT, nullable=True),
        sa.Column('variable_names', sa.Text(), server_default='{}', nullable=False),
        sa.Column('valid_minutes', sa.Integer(), nullable=True),
        sa.Column('reason', sa.Text(), nullable=True),
        sa.Column('decided_at', MOMENT, nullable=True),
        sa.Column('replaced_at', MOMENT, nullable=True),
        sa.Column('withdrawn_at', MOMENT, nullable=True),
    ):
        op.add_column('template', column)
    op.create_foreign_key(
        op.f('fk_template_supersedes_id_template'), 'template', 'template', ['supersedes_id'], ['id'],
        ondelete='SET NULL',
    )
    op.create_index('uq_template_name_version', 'template', ['name', 'version'], unique=True)
    op.create_check_constraint(
        op.f('ck_template_valid_minutes'), 'template', 'valid_minutes BETWEEN 1 AND 600'
    )
    template = sa.table('template', sa.column('name'), sa.column('built_in'))
    op.execute(sa.update(template).where(template.c.name.in_(BUILT_IN)).values(built_in=True))
    op.create_table(
        'template_trial',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('template_id', sa.Uuid(), nullable=False),
        sa.Column('staff_id', sa.Uuid(), nullable=False),
        sa.Column(
            'state',
            sa.Enum(
                'waiting', 'sending', 'sent', 'failed', 'doubtful',
                name='trialstate', native_enum=False, length=16,
            ),
            nullable=False,
        ),
        sa.Column('reason', sa.String(length=64), nullable=True),
        sa.Column('created_at', MOMENT, nullable=False),
        sa.Column('begun_at', MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ['template_id'], ['template.id'], name=op.f('fk_template_trial_template_id_template'),
            ondelete='CASCADE',
        ),
        sa.ForeignKeyConstraint(
            ['staff_id'], ['staff.id'], name=op.f('fk_template_trial_staff_id_staff'), ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_template_trial')),
    )
    op.create_index(
        op.f('ix_template_trial_staff_id_created_at'), 'template_trial', ['staff_id', 'created_at']
    )
    op.create_index(op.f('ix_template_trial_template_id'), 'template_trial', ['template_id'])
    op.create_index(op.f('ix_template_trial_state'), 'template_trial', ['state'])
    op.create_table(
        'message_price',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column(
            'category',
            sa.Enum('UTILITY', 'MARKETING', name='templatecategory', native_enum=False, length=16),
            nullable=False,
        ),
        sa.Column('since', sa.Date(), nullable=False),
        sa.Column('micros', sa.Integer(), nullable=False),
        sa.Column('currency', sa.String(length=3), nullable=False),
        sa.Column('source', sa.String(length=200), nullable=False),
        sa.Column('entered_by', sa.Uuid(), nullable=True),
        sa.Column('created_at', MOMENT, nullable=False),
        sa.CheckConstraint('micros >= 0', name=op.f('ck_message_price_micros')),
        sa.ForeignKeyConstraint(
            ['entered_by'], ['staff.id'], name=op.f('fk_message_price_entered_by_staff'), ondelete='SET NULL'
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_message_price')),
    )
    op.create_index('uq_message_price_category_since', 'message_price', ['category', 'since'], unique=True)


def downgrade() -> None:
    op.drop_table('message_price')
    op.drop_table('template_trial')
    op.drop_constraint(op.f('ck_template_valid_minutes'), 'template', type_='check')
    op.drop_index('uq_template_name_version', table_name='template')
    op.drop_constraint(op.f('fk_template_supersedes_id_template'), 'template', type_='foreignkey')
    # One row a name again: what was made with an older version keeps it, under a name of its own.
    op.execute(
        "UPDATE template SET name = left(name, 56) || '_v' || version WHERE EXISTS ("
        'SELECT FROM template newer WHERE newer.name = template.name AND newer.version > template.version)'
    )
    for column in (
        'version', 'supersedes_id', 'built_in', 'meta_category', 'category_changed_at', 'variable_names',
        'valid_minutes', 'reason', 'decided_at', 'replaced_at', 'withdrawn_at',
    ):
        op.drop_column('template', column)
    op.create_unique_constraint('uq_template_name', 'template', ['name'])
