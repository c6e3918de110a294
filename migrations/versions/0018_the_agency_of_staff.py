"""Staff: for which agency somebody works

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('staff', sa.Column('agency', sa.String(length=32), nullable=True))
    op.create_foreign_key(op.f('fk_staff_agency_agency'), 'staff', 'agency', ['agency'], ['code'])


def downgrade() -> None:
    op.drop_constraint(op.f('fk_staff_agency_agency'), 'staff', type_='foreignkey')
    op.drop_column('staff', 'agency')
