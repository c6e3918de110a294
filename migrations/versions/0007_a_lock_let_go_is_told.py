"""A job that waits for a lock is looked for when the lock is let go, not at the worker's next poll

Revision ID: 0007
Revises: 0006
"""

from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

# Procrastinate's own channel and payload (its schema.sql, 3.x): were they another one day, the poll would do.
# Told whether or not a job is seen to wait: one that is put on the queue while this one's end is being
# committed has been looked for too early, and is seen by neither side.
TELL = """
CREATE FUNCTION avanza_tell_of_a_lock_let_go() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify(
        'procrastinate_queue_v1#' || OLD.queue_name,
        json_build_object('type', 'job_inserted', 'job_id', OLD.id)::text
    );
    RETURN NULL;
END;
$$
"""
WHEN_IT_ENDS = """
CREATE TRIGGER avanza_tell_of_a_lock_let_go AFTER DELETE ON procrastinate_jobs
FOR EACH ROW WHEN (OLD.lock IS NOT NULL AND OLD.status = 'doing')
EXECUTE FUNCTION avanza_tell_of_a_lock_let_go()
"""


def upgrade() -> None:
    op.execute(TELL)
    op.execute(WHEN_IT_ENDS)


def downgrade() -> None:
    op.execute('DROP TRIGGER avanza_tell_of_a_lock_let_go ON procrastinate_jobs')
    op.execute('DROP FUNCTION avanza_tell_of_a_lock_let_go()')
