"""Every turn ends alike: no time of its end, no state of failure; jobs have two queues and leave no trace.

A turn that has ended gets the time of her last message in it and no count of attempts. Jobs that wait go to
the queue of their task, and jobs that are over are deleted.
"""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("UPDATE turn SET state = 'answered' WHERE state = 'failed'")
    op.execute("UPDATE turn SET attempts = 0 WHERE state = 'answered'")
    op.execute(
        'UPDATE turn SET created_at = last.received_at FROM ('
        ' SELECT turn_id, max(received_at) AS received_at FROM inbound_message'
        ' WHERE turn_id IS NOT NULL GROUP BY turn_id) last WHERE last.turn_id = turn.id'
    )
    op.drop_column('turn', 'ended_at')
    op.execute("DELETE FROM procrastinate_jobs WHERE status NOT IN ('todo', 'doing')")
    op.execute(
        "UPDATE procrastinate_jobs SET queue_name = CASE WHEN priority >= 30 THEN 'conversation' ELSE 'bulk' END"
        " WHERE queue_name NOT IN ('conversation', 'bulk')"
    )


def downgrade() -> None:
    op.execute("UPDATE procrastinate_jobs SET queue_name = 'default'")
    op.add_column('turn', sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE turn SET ended_at = created_at WHERE state <> 'open'")
