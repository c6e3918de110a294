"""Marks at the door, calls to absent women, rules of completion, graduations and certificates

Revision ID: 0024
Revises: 0023
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

FIRST_PROGRAMME = "00000000-0000-0000-0000-000000000001"
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "attendance_mark",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("woman_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("present", "absent", "blank", name="markstate", native_enum=False, length=16),
            nullable=False,
        ),
        sa.Column(
            "source",
            sa.Enum("door", "card", "page", "list", name="marksource", native_enum=False, length=16),
            nullable=False,
        ),
        sa.Column("marked_at", MOMENT, nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["recorded_by"],
            ["staff.id"],
            name=op.f("fk_attendance_mark_recorded_by_staff"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["workshop_session.id"],
            name=op.f("fk_attendance_mark_session_id_workshop_session"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["woman_id"], ["woman.id"], name=op.f("fk_attendance_mark_woman_id_woman"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance_mark")),
    )
    op.create_index(
        "ix_attendance_mark_session_id_woman_id_marked_at",
        "attendance_mark",
        ["session_id", "woman_id", "marked_at"],
    )
    op.create_index("ix_attendance_mark_woman_id", "attendance_mark", ["woman_id"])
    op.create_table(
        "absence_call",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("woman_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column(
            "result",
            sa.Enum("done", "not_reached", name="callresult", native_enum=False, length=16),
            nullable=False,
        ),
        sa.Column("called_at", MOMENT, nullable=False),
        sa.Column("called_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["called_by"], ["staff.id"], name=op.f("fk_absence_call_called_by_staff"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["workshop_session.id"],
            name=op.f("fk_absence_call_session_id_workshop_session"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["woman_id"], ["woman.id"], name=op.f("fk_absence_call_woman_id_woman"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence_call")),
    )
    op.create_index("ix_absence_call_session_id", "absence_call", ["session_id"])
    op.create_index(
        "uq_absence_call_attempt", "absence_call", ["woman_id", "session_id", "attempt"], unique=True
    )
    op.create_table(
        "completion_rule",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), server_default=FIRST_PROGRAMME, nullable=False),
        sa.Column("workshop_id", sa.Uuid(), nullable=True),
        sa.Column("least_sessions", sa.Integer(), nullable=False),
        sa.Column("least_axes", sa.Integer(), nullable=False),
        sa.Column("both_interviews", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "(workshop_id IS NULL AND least_sessions = 0 AND least_axes >= 1)"
            " OR (workshop_id IS NOT NULL AND least_sessions >= 1 AND least_axes = 0)",
            name=op.f("ck_completion_rule_counts"),
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_completion_rule_programme_id_programme")
        ),
        sa.ForeignKeyConstraint(
            ["workshop_id"],
            ["workshop.id"],
            name=op.f("fk_completion_rule_workshop_id_workshop"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_completion_rule")),
    )
    op.create_index("ix_completion_rule_workshop_id", "completion_rule", ["workshop_id"])
    op.create_index(
        "uq_completion_rule_active",
        "completion_rule",
        ["programme_id", "workshop_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "graduation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("woman_id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), server_default=FIRST_PROGRAMME, nullable=False),
        sa.Column("workshop_id", sa.Uuid(), nullable=True),
        sa.Column("rule_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("undone_at", MOMENT, nullable=True),
        sa.Column("undone_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_graduation_programme_id_programme")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["staff.id"], name=op.f("fk_graduation_recorded_by_staff"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["rule_id"], ["completion_rule.id"], name=op.f("fk_graduation_rule_id_completion_rule")
        ),
        sa.ForeignKeyConstraint(
            ["undone_by"], ["staff.id"], name=op.f("fk_graduation_undone_by_staff"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["woman_id"], ["woman.id"], name=op.f("fk_graduation_woman_id_woman"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workshop_id"], ["workshop.id"], name=op.f("fk_graduation_workshop_id_workshop")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_graduation")),
    )
    op.create_index("ix_graduation_rule_id", "graduation", ["rule_id"])
    op.create_index("ix_graduation_woman_id", "graduation", ["woman_id"])
    op.create_index("ix_graduation_workshop_id_day", "graduation", ["workshop_id", "day"])
    op.create_index(
        "ix_graduation_active",
        "graduation",
        ["woman_id", "programme_id", "workshop_id"],
        postgresql_where=sa.text("undone_at IS NULL"),
    )
    op.create_table(
        "certificate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("woman_id", sa.Uuid(), nullable=False),
        sa.Column("graduation_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("content_cipher", sa.LargeBinary(), nullable=False),
        sa.Column("issued_at", MOMENT, nullable=False),
        sa.Column("issued_by", sa.Uuid(), nullable=True),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["graduation_id"],
            ["graduation.id"],
            name=op.f("fk_certificate_graduation_id_graduation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["issued_by"], ["staff.id"], name=op.f("fk_certificate_issued_by_staff"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["woman_id"], ["woman.id"], name=op.f("fk_certificate_woman_id_woman"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_certificate_code_hash")),
        sa.UniqueConstraint("graduation_id", name=op.f("uq_certificate_graduation_id")),
    )
    op.create_index("ix_certificate_woman_id", "certificate", ["woman_id"])
    # What was noted before marks had a history stands in it as one mark each.
    op.execute(
        "INSERT INTO attendance_mark (id, woman_id, session_id, state, source, marked_at, received_at, recorded_by)"
        " SELECT id, woman_id, session_id, state, 'page', updated_at, updated_at, recorded_by FROM attendance"
    )


def downgrade() -> None:
    for table in ("certificate", "graduation", "completion_rule", "absence_call", "attendance_mark"):
        op.drop_table(table)
