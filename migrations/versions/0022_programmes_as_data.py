"""Axes, seats of municipalities, retired agencies and workshops, closed groups, kinds of closed days

Revision ID: 0022
Revises: 0021
"""

import uuid

import sqlalchemy as sa
from alembic import op

revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None

FIRST_PROGRAMME = '00000000-0000-0000-0000-000000000001'
# As the code named them before they were data (domain.md, 1: list of the five axes).
AXES = (
    ('food', 'Alimentación'),
    ('production', 'Producción'),
    ('occupation', 'Oficios'),
    ('health', 'Salud'),
    ('employment', 'Empleo'),
)
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    axis = op.create_table(
        'axis',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('programme_id', sa.Uuid(), server_default=FIRST_PROGRAMME, nullable=False),
        sa.Column('code', sa.String(length=16), nullable=False),
        sa.Column('name', sa.String(length=60), nullable=False),
        sa.Column('position', sa.Integer(), nullable=False),
        sa.Column('retired_at', MOMENT, nullable=True),
        sa.ForeignKeyConstraint(['programme_id'], ['programme.id'], name=op.f('fk_axis_programme_id_programme')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_axis')),
    )
    op.create_index('uq_axis_programme_code', 'axis', ['programme_id', 'code'], unique=True)
    programmes = op.get_bind().execute(sa.text('SELECT id FROM programme')).scalars().all()
    rows = [
        {'id': uuid.uuid4(), 'programme_id': programme, 'code': code, 'name': name, 'position': position}
        for programme in programmes
        for position, (code, name) in enumerate(AXES, start=1)
    ]
    if rows:
        op.bulk_insert(axis, rows)
    op.add_column('municipality', sa.Column('seat', sa.String(length=80), nullable=True))
    op.add_column('municipality', sa.Column('latitude', sa.Float(), nullable=True))
    op.add_column('municipality', sa.Column('longitude', sa.Float(), nullable=True))
    op.add_column('agency', sa.Column('retired_at', MOMENT, nullable=True))
    op.add_column('workshop', sa.Column('retired_at', MOMENT, nullable=True))
    for name, length in (('directions', 300), ('facilitator', 120)):
        column = sa.Column(name, sa.String(length=length), server_default='', nullable=False)
        op.add_column('workshop_group', column)
    op.add_column('workshop_group', sa.Column('closed_at', MOMENT, nullable=True))
    kind = sa.Enum('state', 'school', name='holidaykind', native_enum=False, length=16)
    op.add_column('holiday', sa.Column('kind', kind, server_default='state', nullable=False))
    source = sa.Column('source', sa.String(length=200), server_default='', nullable=False)
    op.add_column('holiday', source)


def downgrade() -> None:
    # A version that knows one kind only would let legal terms stand still on a day of the school calendar.
    op.execute("DELETE FROM holiday WHERE kind = 'school'")
    op.drop_column('holiday', 'source')
    op.drop_column('holiday', 'kind')
    for name in ('closed_at', 'facilitator', 'directions'):
        op.drop_column('workshop_group', name)
    op.drop_column('workshop', 'retired_at')
    op.drop_column('agency', 'retired_at')
    for name in ('longitude', 'latitude', 'seat'):
        op.drop_column('municipality', name)
    op.drop_table('axis')
