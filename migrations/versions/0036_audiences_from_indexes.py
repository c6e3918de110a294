"""Indexes from which an audience is counted: conversations, addresses, agencies

Revision ID: 0036
Revises: 0035
"""

from alembic import op

from migrations import online

revision = '0036'
down_revision = '0035'
branch_labels = None
depends_on = None

WIDER = (
    (
        'ix_conversation_woman_id', 'conversation', ['woman_id'],
        ['id', 'programme_id', 'last_inbound_at', 'created_at', 'opted_out_at'],
    ),
    (
        'ix_channel_address_conversation_id_blocked_at', 'channel_address', ['conversation_id', 'blocked_at'],
        ['id', 'lookup_hash'],
    ),
)


def upgrade() -> None:
    online.create_index('ix_affiliation_agency_woman_id', 'affiliation', ['agency', 'woman_id'])
    for name, table, columns, more in WIDER:
        online.create_index(f'{name}_wider', table, columns, postgresql_include=more)
    for name, table, _columns, _more in WIDER:
        op.drop_index(op.f(name), table)
        op.execute(f'ALTER INDEX {name}_wider RENAME TO {name}')


def downgrade() -> None:
    for name, table, columns, _more in WIDER:
        op.drop_index(op.f(name), table)
        op.create_index(op.f(name), table, columns)
    op.drop_index(op.f('ix_affiliation_agency_woman_id'), 'affiliation')
