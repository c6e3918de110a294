"""Files of a case, sealed in pieces; what of hers is at Twilio and is to be fetched or deleted there;
files on their way to a woman

Files that came before are still at Twilio: their addresses stand in sealed lines, which no migration reads.

Revision ID: 0013
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'sealed_file',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('case_id', sa.Uuid(), nullable=False),
        sa.Column('key_sealed', sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(['case_id'], ['case_file.id'], name='fk_sealed_file_case_id_case_file', ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name='pk_sealed_file'),
    )
    op.create_index('ix_sealed_file_case_id', 'sealed_file', ['case_id'])
    op.create_table(
        'sealed_chunk',
        sa.Column('file_id', sa.Uuid(), nullable=False),
        sa.Column('position', sa.Integer(), nullable=False),
        sa.Column('content_sealed', sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(['file_id'], ['sealed_file.id'], name='fk_sealed_chunk_file_id_sealed_file', ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('file_id', 'position', name='pk_sealed_chunk'),
    )
    op.create_table(
        'outgoing_file',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('token_hash', sa.LargeBinary(length=32), nullable=False),
        sa.Column('about_cipher', sa.LargeBinary(), nullable=False),
        sa.Column('content_locked', sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint('id', name='pk_outgoing_file'),
        sa.UniqueConstraint('token_hash', name='uq_outgoing_file_token_hash'),
    )
    op.create_table(
        'media_fetch',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('work_cipher', sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint('id', name='pk_media_fetch'),
    )
    op.create_index('ix_media_fetch_due_at', 'media_fetch', ['due_at'])


def downgrade() -> None:
    if op.get_bind().scalar(sa.text('SELECT EXISTS (SELECT 1 FROM sealed_file)')):
        raise RuntimeError('a step back from 0013 would delete files that women sent, which are nowhere else: restore a backup instead')
    op.drop_table('media_fetch')
    op.drop_table('outgoing_file')
    op.drop_table('sealed_chunk')
    op.drop_table('sealed_file')
