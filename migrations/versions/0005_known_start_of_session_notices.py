"""What a woman knew of a session before its notice: a move back to it has nothing to tell her."""

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('session_notice', sa.Column('known_starts_at', sa.DateTime(timezone=True), nullable=True))
    op.execute(
        'UPDATE session_notice SET known_starts_at = s.starts_at FROM workshop_session s WHERE s.id = session_id'
    )
    op.alter_column('session_notice', 'known_starts_at', nullable=False)
    # WhatsApp refuses line breaks, tabs and runs of spaces in a variable of a template.
    op.execute(r"UPDATE workshop_group SET place = btrim(regexp_replace(place, '\s+', ' ', 'g'))")
    op.create_index(
        'ix_outbox_message_reminders_missed',
        'outbox_message',
        ['ended_at'],
        postgresql_where=sa.text("kind = 'reminder' AND state IN ('failed','undelivered','expired','suppressed')"),
    )


def downgrade() -> None:
    op.drop_index('ix_outbox_message_reminders_missed', 'outbox_message')
    op.drop_column('session_notice', 'known_starts_at')
