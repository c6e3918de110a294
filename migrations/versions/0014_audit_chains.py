"""What staff did stands in two chains that are only added to; a case tells, sealed, who looked at it

Events of before are chained as they are.

The chain is set by a trigger at the very end of the transaction: no writer can leave it out, and the lock
that orders the writers is the last that a transaction takes, so that no two wait for each other.

Revision ID: 0014
Revises: 0009
"""

from datetime import UTC, datetime, timedelta
from hashlib import sha256

import sqlalchemy as sa
from alembic import op

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None

STREAMS = ('desk', 'office')
BATCH = 2000
LOCK = 4_182_028
# The same bytes as in outreach/staff/chain.py, which a test compares.
CHAIN = f"""
CREATE FUNCTION avanza_chain_an_event() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before_position bigint;
    before_chain bytea;
BEGIN
    IF NEW.position IS NOT NULL OR NEW.chain IS NOT NULL THEN
        RAISE EXCEPTION 'the place of an audit event is given by the database';
    END IF;
    PERFORM pg_advisory_xact_lock({LOCK});
    SELECT position, chain INTO before_position, before_chain FROM audit_event
    WHERE stream = NEW.stream AND position IS NOT NULL ORDER BY position DESC LIMIT 1;
    before_position := coalesce(before_position, 0) + 1;
    UPDATE audit_event SET position = before_position, chain = sha256(
        coalesce(before_chain, decode(repeat('00', 32), 'hex')) || convert_to(concat_ws(
            '|', NEW.stream, before_position, NEW.id, coalesce(NEW.staff_id::text, '-'), NEW.action,
            (extract(epoch FROM NEW.at) * 1000000)::bigint
        ), 'UTF8')
    ) WHERE stream = NEW.stream AND id = NEW.id;
    RETURN NULL;
END;
$$
"""
CHAINED = """
CREATE CONSTRAINT TRIGGER avanza_chain_an_event AFTER INSERT ON audit_event
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION avanza_chain_an_event()
"""
KEEP = """
CREATE FUNCTION avanza_keep_an_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF OLD.chain IS NULL AND OLD.position IS NULL AND NEW.chain IS NOT NULL
            AND (NEW.id, NEW.stream, NEW.staff_id, NEW.action, NEW.at)
                IS NOT DISTINCT FROM (OLD.id, OLD.stream, OLD.staff_id, OLD.action, OLD.at)
        THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'audit events are never changed or deleted';
END;
$$
"""
KEPT = """
CREATE TRIGGER avanza_keep_an_event BEFORE UPDATE OR DELETE ON audit_event
FOR EACH ROW EXECUTE FUNCTION avanza_keep_an_event()
"""
TRUNCATED = """
CREATE TRIGGER avanza_keep_the_events BEFORE TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION avanza_keep_an_event()
"""
TABLES = ('audit_event', *(f'audit_event_{stream}' for stream in STREAMS))
SEALED = (('case_audit', 'case_id', 'case_file'), ('oversight', 'team_id', 'team'))


def upgrade() -> None:
    op.execute('ALTER TABLE audit_event RENAME TO old_audit_event')
    op.execute('ALTER TABLE old_audit_event RENAME CONSTRAINT pk_audit_event TO pk_old_audit_event')
    op.drop_constraint('fk_audit_event_staff_id_staff', 'old_audit_event')
    op.drop_index('ix_audit_event_at', table_name='old_audit_event')
    op.create_table(
        'audit_event',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('stream', sa.String(length=8), nullable=False),
        sa.Column('position', sa.BigInteger(), nullable=True),
        sa.Column('staff_id', sa.Uuid(), nullable=True),
        sa.Column('action', sa.String(length=48), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('chain', sa.LargeBinary(length=32), nullable=True),
        sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name='fk_audit_event_staff_id_staff'),
        sa.PrimaryKeyConstraint('id', 'stream', name='pk_audit_event'),
        postgresql_partition_by='LIST (stream)',
    )
    for stream in STREAMS:
        op.execute(f"CREATE TABLE audit_event_{stream} PARTITION OF audit_event FOR VALUES IN ('{stream}')")
    op.create_index('uq_audit_event_stream_position', 'audit_event', ['stream', 'position'], unique=True)
    op.create_index('ix_audit_event_at', 'audit_event', ['at'])
    _chain_the_old()
    op.drop_table('old_audit_event')
    for table, owner, owners in SEALED:
        rule = 'CASCADE' if owners == 'case_file' else None
        op.create_table(
            table,
            sa.Column('id', sa.Uuid(), nullable=False),
            sa.Column(owner, sa.Uuid(), nullable=False),
            sa.Column('position', sa.Integer(), nullable=False),
            sa.Column('content_sealed', sa.LargeBinary(), nullable=False),
            sa.ForeignKeyConstraint([owner], [f'{owners}.id'], name=f'fk_{table}_{owner}_{owners}', ondelete=rule),
            sa.PrimaryKeyConstraint('id', name=f'pk_{table}'),
        )
        op.create_index(f'uq_{table}_position', table, [owner, 'position'], unique=True)
    for statement in (CHAIN, CHAINED, KEEP, KEPT, *(TRUNCATED.format(table=table) for table in TABLES)):
        op.execute(statement)


def downgrade() -> None:
    if op.get_bind().scalar(sa.text('SELECT EXISTS (SELECT 1 FROM case_audit UNION ALL SELECT 1 FROM oversight)')):
        raise RuntimeError('a step back from 0014 would delete who looked at which case: restore a backup instead')
    for table, _, _ in SEALED:
        op.drop_index(f'uq_{table}_position', table_name=table)
        op.drop_table(table)
    for table in TABLES:
        op.execute(f'DROP TRIGGER avanza_keep_the_events ON {table}')
    op.execute('DROP TRIGGER avanza_keep_an_event ON audit_event')
    op.execute('DROP TRIGGER avanza_chain_an_event ON audit_event')
    op.execute('DROP FUNCTION avanza_keep_an_event()')
    op.execute('DROP FUNCTION avanza_chain_an_event()')
    op.execute('ALTER TABLE audit_event RENAME TO chained_audit_event')
    op.execute('ALTER TABLE chained_audit_event RENAME CONSTRAINT pk_audit_event TO pk_chained_audit_event')
    op.drop_constraint('fk_audit_event_staff_id_staff', 'chained_audit_event')
    op.drop_index('ix_audit_event_at', table_name='chained_audit_event')
    op.create_table(
        'audit_event',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('staff_id', sa.Uuid(), nullable=True),
        sa.Column('action', sa.String(length=48), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name='fk_audit_event_staff_id_staff', ondelete='SET NULL'),
        sa.PrimaryKeyConstraint('id', name='pk_audit_event'),
    )
    op.create_index('ix_audit_event_at', 'audit_event', ['at'])
    op.execute('INSERT INTO audit_event SELECT id, staff_id, action, at FROM chained_audit_event')
    op.drop_table('chained_audit_event')


def _chain_the_old() -> None:
    """Chain the events of before in the order of their times, which is all that is known of it."""
    connection = op.get_bind()
    rows = connection.execute(sa.text('SELECT id, staff_id, action, at FROM old_audit_event ORDER BY at, id')).all()
    last = {stream: (0, bytes(32)) for stream in STREAMS}
    made = []
    for event_id, staff_id, action, at in rows:
        stream = 'desk' if action.startswith('desk.') else 'office'
        position, before = last[stream][0] + 1, last[stream][1]
        told = (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
        said = f'{stream}|{position}|{event_id}|{staff_id or "-"}|{action}|{told}'
        chain = sha256(before + said.encode()).digest()
        last[stream] = (position, chain)
        made.append({'id': event_id, 'stream': stream, 'position': position, 'staff_id': staff_id, 'action': action, 'at': at, 'chain': chain})
    kept = sa.text(
        'INSERT INTO audit_event (id, stream, position, staff_id, action, at, chain) '
        'VALUES (:id, :stream, :position, :staff_id, :action, :at, :chain)'
    )
    for start in range(0, len(made), BATCH):
        connection.execute(kept, made[start:start + BATCH])
