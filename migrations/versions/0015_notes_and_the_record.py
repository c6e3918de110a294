"""Notes of the team on a case in a table of their own, and the case's record

Notes of before stay where they are, as lines of the sealed thread: nobody but a caseworker can move them.
Going back is refused where something was written: the version before has no place for it.

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None

TABLES = (('case_note', 'position'), ('case_record', 'version'))


def upgrade() -> None:
    for table, order in TABLES:
        op.create_table(
            table,
            sa.Column('id', sa.Uuid(), nullable=False),
            sa.Column('case_id', sa.Uuid(), nullable=False),
            sa.Column(order, sa.Integer(), nullable=False),
            sa.Column('content_sealed', sa.LargeBinary(), nullable=False),
            sa.ForeignKeyConstraint(['case_id'], ['case_file.id'], name=f'fk_{table}_case_id_case_file', ondelete='CASCADE'),
            sa.PrimaryKeyConstraint('id', name=f'pk_{table}'),
        )
        op.create_index(f'uq_{table}_{order}', table, ['case_id', order], unique=True)


def downgrade() -> None:
    for table, _ in TABLES:
        if op.get_bind().execute(sa.text(f'SELECT 1 FROM {table} LIMIT 1')).first():  # noqa: S608 (fixed names)
            raise RuntimeError('migration 0015 can not be taken back: there are notes or records of cases')
    for table, order in reversed(TABLES):
        op.drop_index(f'uq_{table}_{order}', table_name=table)
        op.drop_table(table)
