"""Every change of a case rings for the open desks; its state has room for what the desk keeps from now on

The bell is a trigger, so that no writer can forget it. It says which row changed and nothing else; rings of
one transaction that are alike are one. The state is encrypted anew in its new length, all cases alike, and so
needs the secret key where there are cases.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import context, op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None

BEFORE, NOW = 2048, 4096
BATCH = 500
RING = """
CREATE FUNCTION avanza_ring_the_desk() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('avanza_desk', NEW.id::text);
    RETURN NULL;
END;
$$
"""
WHEN_IT_CHANGES = """
CREATE TRIGGER avanza_ring_the_desk AFTER INSERT OR UPDATE ON case_file
FOR EACH ROW EXECUTE FUNCTION avanza_ring_the_desk()
"""


def upgrade() -> None:
    _in_length(NOW)
    op.execute(RING)
    op.execute(WHEN_IT_CHANGES)


def downgrade() -> None:
    op.execute('DROP TRIGGER avanza_ring_the_desk ON case_file')
    op.execute('DROP FUNCTION avanza_ring_the_desk()')
    _in_length(BEFORE)


def _in_length(bucket: int) -> None:
    connection = op.get_bind()
    rows = connection.execute(sa.text('SELECT id, state_cipher FROM case_file')).all()
    if not rows:
        return
    key = context.config.attributes.get('key')
    if key is None:
        raise RuntimeError('migration 0008 needs the secret key: there are cases already')
    made = []
    for case_id, cipher in rows:
        place = f'case:{case_id}'
        made.append({'id': case_id, 'cipher': key.encrypt(key.decrypt(cipher, place=place), place=place, bucket=bucket)})
    for start in range(0, len(made), BATCH):
        connection.execute(sa.text('UPDATE case_file SET state_cipher = :cipher WHERE id = :id'), made[start:start + BATCH])
