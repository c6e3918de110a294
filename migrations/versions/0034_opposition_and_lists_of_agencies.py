"""An opposition is kept on the record, and a list of a campaign is its agency's

Revision ID: 0034
Revises: 0027
"""

import sqlalchemy as sa
from alembic import op

from migrations import online

revision = '0034'
down_revision = '0031'
branch_labels = None
depends_on = None


def upgrade() -> None:
    online.create_index('ix_woman_changed', 'woman', [sa.text('coalesce(updated_at, created_at)')])
    op.add_column('woman', sa.Column('opposed_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('audience_list', sa.Column('agency', sa.String(length=32), nullable=True))
    op.create_foreign_key(
        op.f('fk_audience_list_agency_agency'), 'audience_list', 'agency', ['agency'], ['code']
    )
    op.execute(
        'UPDATE audience_list SET agency = staff.agency FROM staff WHERE staff.id = audience_list.created_by'
    )
    op.drop_constraint(op.f('uq_audience_list_name'), 'audience_list', type_='unique')
    op.create_index(
        'uq_audience_list_name', 'audience_list', ['name', 'agency'], unique=True,
        postgresql_nulls_not_distinct=True,
    )


def downgrade() -> None:
    op.drop_index('uq_audience_list_name', 'audience_list')
    # One list a name again: the other agency's goes, with who was on it; a file brings it back.
    op.execute(
        'DELETE FROM audience_list AS one USING audience_list AS other'
        ' WHERE one.name = other.name AND one.id > other.id'
    )
    op.create_unique_constraint(op.f('uq_audience_list_name'), 'audience_list', ['name'])
    op.drop_column('audience_list', 'agency')
    op.drop_index('ix_woman_changed', 'woman')
    op.drop_column('woman', 'opposed_at')
