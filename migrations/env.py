"""Alembic's entry: it runs on the connection that `outreach.ground.migrate` hands in, and nowhere else."""

from __future__ import annotations

from alembic import context

from models import Base

NOT_OURS = ("procrastinate_", "audit_event_")

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    compare_type=True,
    # A database that is in use is locked for one step at a time (`outreach.ground.migrate`).
    transaction_per_migration="online" in context.config.attributes,
    # Procrastinate's tables are its own, and a partition is its table's: our models don't describe them.
    include_name=lambda name, kind, _: kind != "table" or not (name or "").startswith(NOT_OURS),
)
with context.begin_transaction():
    context.run_migrations()
