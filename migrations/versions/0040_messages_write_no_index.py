"""The moment of her last message leaves the index of conversations: each message wrote all of them anew

Revision ID: 0040
Revises: 0039
"""

from alembic import op

from migrations import online

revision = '0040'
down_revision = '0039'
branch_labels = None
depends_on = None

NAME = 'ix_conversation_woman_id'
WITHOUT = ['id', 'programme_id', 'created_at', 'opted_out_at']
WITH = ['id', 'programme_id', 'last_inbound_at', 'created_at', 'opted_out_at']


def upgrade() -> None:
    _replace(WITHOUT)


def downgrade() -> None:
    _replace(WITH)


def _replace(included: list[str]) -> None:
    online.create_index(f'{NAME}_next', 'conversation', ['woman_id'], postgresql_include=included)
    op.drop_index(op.f(NAME), 'conversation')
    op.execute(f'ALTER INDEX {NAME}_next RENAME TO {NAME}')
