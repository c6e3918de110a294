"""Staff: whether the desk sounds where something waits for her

Revision ID: 0011
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('staff', sa.Column('desk_sound', sa.Boolean(), server_default='false', nullable=False))
    op.alter_column('staff', 'desk_sound', server_default=None)


def downgrade() -> None:
    op.drop_column('staff', 'desk_sound')
