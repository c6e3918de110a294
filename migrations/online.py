"""Indexes of large tables, made while the service goes on writing to them.

An index that is made in the ordinary way keeps every writer of its table waiting until it is there. These are
made beside them, outside of a transaction: so they come first in a step, before anything of it that can't
be done twice; a step that was cut off in the middle begins anew. An index left half made is made again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic import op
from sqlalchemy import text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import TextClause

INVALID = text(
    "SELECT true FROM pg_index WHERE indexrelid = to_regclass(CAST(:name AS text)) AND NOT indisvalid"
)


def create_index(name: str, table: str, columns: Sequence[str | TextClause], **options: Any) -> None:  # noqa: ANN401 (Alembic's own options)
    """Make an index beside the writers where the service may run; in one transaction elsewhere."""
    context = op.get_context()
    if context.config is None or not context.config.attributes.get("online"):
        op.create_index(name, table, columns, **options)
        return
    with context.autocommit_block():
        # It waits for transactions that are under way, and keeps nobody waiting meanwhile.
        op.execute("SET lock_timeout = 0")
        if op.get_bind().execute(INVALID, {"name": name}).scalar():
            op.drop_index(name, table, postgresql_concurrently=True, if_exists=True)
        op.create_index(name, table, columns, postgresql_concurrently=True, if_not_exists=True, **options)
        op.execute(f"SET lock_timeout = {context.config.attributes['online']}")
