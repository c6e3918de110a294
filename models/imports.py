"""Lists that are brought in through the staff pages: what stands in a file, and what became of it."""

from __future__ import annotations

import enum
import uuid
from typing import Any

from sqlalchemy import Boolean, Enum, ForeignKey, Index, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Cipher, Created, Id, Moment


class ImportState(enum.StrEnum):
    """Where an import is. `COLUMNS` and `CHECKED` wait for a person, those between for the worker."""

    COLUMNS = "columns"
    CHECKING = "checking"
    CHECKED = "checked"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


class ImportRun(Base):
    """One file that was brought in.

    `about_cipher` holds its header and what its columns mean. `rows` it has, `done` of them are over in the
    pass under way; the other counts are of that pass too. `own_only`: rows of another agency are refused.
    `tries` counts errors of ours in a row.
    """

    __tablename__ = "import_run"

    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(String(16))
    agency: Mapped[str | None] = mapped_column(ForeignKey("agency.code"))
    own_only: Mapped[bool] = mapped_column(Boolean, default=False)
    staff_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    state: Mapped[ImportState] = mapped_column(
        Enum(ImportState, native_enum=False, length=12, values_callable=lambda e: [m.value for m in e])
    )
    about_cipher: Mapped[Cipher]
    rows: Mapped[int]
    done: Mapped[int] = mapped_column(default=0)
    added: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    same: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    noted: Mapped[int] = mapped_column(default=0)
    tallies: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    tries: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[Created]
    moved_at: Mapped[Moment]

    __table_args__ = (
        Index("ix_import_run_newest", "created_at", "id"),
        Index(None, "state", "moved_at"),
    )


class ImportPart(Base):
    """Some hundred rows of a file, encrypted, or what became of them.

    `purpose` is `rows`, `checked` or `kept`; `last_line` the line of the last of them in the file;
    `problems` how many were refused.
    """

    __tablename__ = "import_part"

    id: Mapped[Id]
    run_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("import_run.id", ondelete="CASCADE"))
    purpose: Mapped[str] = mapped_column(String(8))
    number: Mapped[int]
    last_line: Mapped[int]
    problems: Mapped[int] = mapped_column(default=0)
    content_cipher: Mapped[Cipher]

    __table_args__ = (Index("uq_import_part_of", "run_id", "purpose", "number", unique=True),)


class ImportMapping(Base):
    """What the headers of an agency's lists of one kind mean, as a person said once.

    Encrypted: where a file has no header, its first line is a woman.
    """

    __tablename__ = "import_mapping"

    id: Mapped[Id]
    agency: Mapped[str | None] = mapped_column(ForeignKey("agency.code"))
    kind: Mapped[str] = mapped_column(String(16))
    columns_cipher: Mapped[Cipher]
    updated_at: Mapped[Moment]

    __table_args__ = (
        Index("uq_import_mapping_of", "agency", "kind", unique=True, postgresql_nulls_not_distinct=True),
    )
