"""Duplicates: pairs, decisions, merges; two records may hold one CURP until a person has looked

Revision ID: 0020
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'link_pair',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('seq', sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column('a_id', sa.Uuid(), nullable=False),
        sa.Column('b_id', sa.Uuid(), nullable=False),
        sa.Column('a_now', sa.Uuid(), nullable=False),
        sa.Column('b_now', sa.Uuid(), nullable=False),
        sa.Column('probability', sa.Float(), nullable=False),
        sa.Column('certain', sa.Boolean(), nullable=False),
        sa.Column('conflict', sa.Boolean(), nullable=False),
        sa.Column('decision', sa.String(length=16), nullable=True),
        sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('decided_by', sa.Uuid(), nullable=True),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['a_now'], ['woman.id'], name='fk_link_pair_a_now_woman', ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['b_now'], ['woman.id'], name='fk_link_pair_b_now_woman', ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['decided_by'], ['staff.id'], name='fk_link_pair_decided_by_staff', ondelete='SET NULL'),
        sa.PrimaryKeyConstraint('id', name='pk_link_pair'),
        sa.UniqueConstraint('seq', name='uq_link_pair_seq'),
    )
    op.create_index('uq_link_pair_a_id_b_id', 'link_pair', ['a_id', 'b_id'], unique=True)
    op.create_index('ix_link_pair_a_now', 'link_pair', ['a_now'])
    op.create_index('ix_link_pair_b_now', 'link_pair', ['b_now'])
    op.create_index(
        'ix_link_pair_waiting', 'link_pair', ['conflict', 'seq'], postgresql_where=sa.text('decision IS NULL')
    )
    op.create_index(
        'ix_link_pair_decided', 'link_pair', ['decided_at', 'id'], postgresql_where=sa.text('decision IS NOT NULL')
    )
    op.create_table(
        'woman_merge',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('kept_id', sa.Uuid(), nullable=False),
        sa.Column('absorbed_id', sa.Uuid(), nullable=False),
        sa.Column('snapshot_cipher', sa.LargeBinary(), nullable=False),
        sa.Column('merged_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('merged_by', sa.Uuid(), nullable=True),
        sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('undone_by', sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(['kept_id'], ['woman.id'], name='fk_woman_merge_kept_id_woman', ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['merged_by'], ['staff.id'], name='fk_woman_merge_merged_by_staff', ondelete='SET NULL'),
        sa.ForeignKeyConstraint(['undone_by'], ['staff.id'], name='fk_woman_merge_undone_by_staff', ondelete='SET NULL'),
        sa.PrimaryKeyConstraint('id', name='pk_woman_merge'),
    )
    op.create_index('ix_woman_merge_kept_id', 'woman_merge', ['kept_id'])
    op.create_index('ix_woman_merge_newest', 'woman_merge', ['merged_at', 'id'])
    op.create_table(
        'link_run',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('finished_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('women', sa.Integer(), nullable=False),
        sa.Column('certain', sa.Integer(), nullable=False),
        sa.Column('review', sa.Integer(), nullable=False),
        sa.Column('joined', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('id', name='pk_link_run'),
    )
    op.create_index('ix_link_run_finished_at', 'link_run', ['finished_at'])
    op.create_table(
        'listed_phone',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('woman_id', sa.Uuid(), nullable=False),
        sa.Column('lookup_hash', sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(['woman_id'], ['woman.id'], name='fk_listed_phone_woman_id_woman', ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name='pk_listed_phone'),
    )
    op.create_index(
        'uq_listed_phone_woman_id_lookup_hash', 'listed_phone', ['woman_id', 'lookup_hash'], unique=True
    )
    op.create_index('ix_listed_phone_lookup_hash', 'listed_phone', ['lookup_hash'])
    op.drop_constraint('uq_woman_curp_hash', 'woman', type_='unique')
    op.create_index('ix_woman_curp_hash', 'woman', ['curp_hash'])


def downgrade() -> None:
    op.drop_index('ix_woman_curp_hash', table_name='woman')
    # The older record keeps the CURP as the one by which she is found; the value stays in the others' details.
    op.execute(
        'UPDATE woman SET curp_hash = NULL FROM woman AS first'
        ' WHERE first.curp_hash = woman.curp_hash AND (first.created_at, first.id) < (woman.created_at, woman.id)'
    )
    op.create_unique_constraint('uq_woman_curp_hash', 'woman', ['curp_hash'])
    op.drop_table('listed_phone')
    op.drop_table('link_run')
    op.drop_table('woman_merge')
    op.drop_table('link_pair')
