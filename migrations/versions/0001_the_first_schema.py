"""The first schema."""

import sqlalchemy as sa
from alembic import op
from procrastinate.schema import SchemaManager

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The queue lives in the same database, so that a job commits with what it is about.
    op.get_bind().connection.driver_connection.execute(SchemaManager.get_schema())
    op.create_table('agency',
    sa.Column('code', sa.String(length=32), nullable=False),
    sa.Column('name', sa.String(length=160), nullable=False),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_agency'))
    )
    op.create_table('answer',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('topic', sa.String(length=24), nullable=False),
    sa.Column('municipality', sa.String(length=5), nullable=True),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_answer'))
    )
    op.create_index('uq_answer_topic_municipality', 'answer', ['topic', 'municipality'], unique=True, postgresql_nulls_not_distinct=True)
    op.create_table('case_file',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('is_open', sa.Boolean(), nullable=False),
    sa.Column('state_cipher', sa.LargeBinary(), nullable=False),
    sa.Column('subject_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('forget_after', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_case_file'))
    )
    op.create_index('ix_case_file_open', 'case_file', ['is_open'], unique=False, postgresql_where=sa.text('is_open'))
    op.create_table('counter',
    sa.Column('name', sa.String(length=48), nullable=False),
    sa.Column('value', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_counter'))
    )
    op.create_table('help_resource',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('channel', sa.String(length=160), nullable=False),
    sa.Column('hours', sa.String(length=120), nullable=False),
    sa.Column('says', sa.Text(), nullable=False),
    sa.Column('needs', sa.String(length=120), nullable=False),
    sa.Column('municipality', sa.String(length=5), nullable=True),
    sa.Column('rank', sa.Integer(), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('source_date', sa.Date(), nullable=True),
    sa.Column('verified_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('verified_by', sa.String(length=80), nullable=True),
    sa.Column('retired_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_help_resource')),
    sa.UniqueConstraint('code', name=op.f('uq_help_resource_code'))
    )
    op.create_table('municipality',
    sa.Column('code', sa.String(length=5), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_municipality'))
    )
    op.create_table('quick_reply',
    sa.Column('digest', sa.LargeBinary(length=32), nullable=False),
    sa.Column('content_sid', sa.String(length=64), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_quick_reply'))
    )
    op.create_table('rasa_tracker',
    sa.Column('conversation_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.LargeBinary(), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('conversation_id', name=op.f('pk_rasa_tracker'))
    )
    op.create_table('staff',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('username', sa.String(length=64), nullable=False),
    sa.Column('display_name', sa.String(length=80), nullable=False),
    sa.Column('role', sa.Enum('caseworker', 'supervisor', 'coordinator', 'administrator', name='role', native_enum=False, length=16), nullable=False),
    sa.Column('password_hash', sa.String(length=160), nullable=False),
    sa.Column('must_change_password', sa.Boolean(), nullable=False),
    sa.Column('disabled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('failed_logins', sa.Integer(), nullable=False),
    sa.Column('locked_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_staff')),
    sa.UniqueConstraint('username', name=op.f('uq_staff_username'))
    )
    op.create_table('suppression',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('lookup_hash', sa.LargeBinary(length=32), nullable=False),
    sa.Column('reason', sa.String(length=24), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_suppression')),
    sa.UniqueConstraint('lookup_hash', name=op.f('uq_suppression_lookup_hash'))
    )
    op.create_table('team',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('public_key', sa.LargeBinary(length=32), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_team')),
    sa.UniqueConstraint('name', name=op.f('uq_team_name'))
    )
    op.create_table('template',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.Column('language', sa.String(length=8), nullable=False),
    sa.Column('category', sa.String(length=16), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('buttons', sa.Text(), nullable=False),
    sa.Column('samples', sa.Text(), nullable=False),
    sa.Column('content_sid', sa.String(length=64), nullable=True),
    sa.Column('state', sa.Enum('draft', 'pending', 'approved', 'rejected', 'paused', 'disabled', name='templatestate', native_enum=False, length=16), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('checked_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_template')),
    sa.UniqueConstraint('name', name=op.f('uq_template_name'))
    )
    op.create_table('token_bucket',
    sa.Column('name', sa.String(length=48), nullable=False),
    sa.Column('tokens', sa.Double(), nullable=False),
    sa.Column('refilled_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_token_bucket'))
    )
    op.create_table('woman',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('agency', sa.String(length=32), nullable=True),
    sa.Column('external_id', sa.String(length=64), nullable=True),
    sa.Column('municipality', sa.String(length=5), nullable=True),
    sa.Column('axis', sa.String(length=16), nullable=True),
    sa.Column('details_cipher', sa.LargeBinary(), nullable=False),
    sa.Column('curp_hash', sa.LargeBinary(length=32), nullable=True),
    sa.Column('name_birth_hash', sa.LargeBinary(length=32), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_woman')),
    sa.UniqueConstraint('curp_hash', name=op.f('uq_woman_curp_hash'))
    )
    op.create_index(op.f('ix_woman_municipality'), 'woman', ['municipality'], unique=False)
    op.create_index(op.f('ix_woman_name_birth_hash'), 'woman', ['name_birth_hash'], unique=False)
    op.create_index('uq_woman_agency_external', 'woman', ['agency', 'external_id'], unique=True)
    op.create_table('workshop',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('code', sa.String(length=32), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('axis', sa.String(length=16), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_workshop')),
    sa.UniqueConstraint('code', name=op.f('uq_workshop_code'))
    )
    op.create_table('audit_event',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('staff_id', sa.Uuid(), nullable=True),
    sa.Column('action', sa.String(length=48), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_audit_event_staff_id_staff'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_event'))
    )
    op.create_index(op.f('ix_audit_event_at'), 'audit_event', ['at'], unique=False)
    op.create_table('conversation',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('woman_id', sa.Uuid(), nullable=True),
    sa.Column('last_inbound_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('opted_out_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('private_cipher', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['woman_id'], ['woman.id'], name=op.f('fk_conversation_woman_id_woman'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_conversation'))
    )
    op.create_index(op.f('ix_conversation_woman_id'), 'conversation', ['woman_id'], unique=False)
    op.create_table('food_security_interview',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('woman_id', sa.Uuid(), nullable=False),
    sa.Column('moment', sa.String(length=16), nullable=False),
    sa.Column('answers_cipher', sa.LargeBinary(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['woman_id'], ['woman.id'], name=op.f('fk_food_security_interview_woman_id_woman'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_food_security_interview'))
    )
    op.create_index(op.f('ix_food_security_interview_woman_id'), 'food_security_interview', ['woman_id'], unique=False)
    op.create_table('key_wrap',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('team_id', sa.Uuid(), nullable=False),
    sa.Column('staff_id', sa.Uuid(), nullable=True),
    sa.Column('salt', sa.LargeBinary(length=16), nullable=False),
    sa.Column('operations', sa.Integer(), nullable=False),
    sa.Column('memory', sa.Integer(), nullable=False),
    sa.Column('public_key', sa.LargeBinary(length=32), nullable=False),
    sa.Column('wrapped', sa.LargeBinary(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_key_wrap_staff_id_staff'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['team_id'], ['team.id'], name=op.f('fk_key_wrap_team_id_team'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_key_wrap')),
    sa.UniqueConstraint('staff_id', name=op.f('uq_key_wrap_staff_id'))
    )
    op.create_table('sealed_entry',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('content_sealed', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['case_file.id'], name=op.f('fk_sealed_entry_case_id_case_file'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sealed_entry'))
    )
    op.create_index('uq_sealed_entry_position', 'sealed_entry', ['case_id', 'position'], unique=True)
    op.create_table('shift',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('staff_id', sa.Uuid(), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_shift_staff_id_staff'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_shift'))
    )
    op.create_index(op.f('ix_shift_starts_at_ends_at'), 'shift', ['starts_at', 'ends_at'], unique=False)
    op.create_table('staff_session',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('staff_id', sa.Uuid(), nullable=False),
    sa.Column('token_hash', sa.LargeBinary(length=32), nullable=False),
    sa.Column('key_wrapped', sa.LargeBinary(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_staff_session_staff_id_staff'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_staff_session')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_staff_session_token_hash'))
    )
    op.create_index(op.f('ix_staff_session_staff_id'), 'staff_session', ['staff_id'], unique=False)
    op.create_table('workshop_group',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('code', sa.String(length=32), nullable=False),
    sa.Column('workshop_id', sa.Uuid(), nullable=False),
    sa.Column('municipality', sa.String(length=5), nullable=False),
    sa.Column('place', sa.String(length=160), nullable=False),
    sa.Column('latitude', sa.Double(), nullable=True),
    sa.Column('longitude', sa.Double(), nullable=True),
    sa.Column('capacity', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('capacity >= 0', name=op.f('ck_workshop_group_capacity')),
    sa.ForeignKeyConstraint(['municipality'], ['municipality.code'], name=op.f('fk_workshop_group_municipality_municipality')),
    sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_workshop_group_workshop_id_workshop')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_workshop_group')),
    sa.UniqueConstraint('code', name=op.f('uq_workshop_group_code'))
    )
    op.create_index(op.f('ix_workshop_group_municipality'), 'workshop_group', ['municipality'], unique=False)
    op.create_table('campaign',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('template_id', sa.Uuid(), nullable=False),
    sa.Column('group_id', sa.Uuid(), nullable=False),
    sa.Column('variables', sa.Text(), nullable=False),
    sa.Column('state', sa.Enum('draft', 'scheduled', 'running', 'paused', 'done', 'cancelled', name='campaignstate', native_enum=False, length=16), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['created_by'], ['staff.id'], name=op.f('fk_campaign_created_by_staff')),
    sa.ForeignKeyConstraint(['group_id'], ['workshop_group.id'], name=op.f('fk_campaign_group_id_workshop_group')),
    sa.ForeignKeyConstraint(['template_id'], ['template.id'], name=op.f('fk_campaign_template_id_template')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_campaign'))
    )
    op.create_table('channel_address',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('conversation_id', sa.Uuid(), nullable=False),
    sa.Column('lookup_hash', sa.LargeBinary(length=32), nullable=False),
    sa.Column('address_cipher', sa.LargeBinary(), nullable=False),
    sa.Column('last_seen_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('blocked_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], name=op.f('fk_channel_address_conversation_id_conversation'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_channel_address')),
    sa.UniqueConstraint('lookup_hash', name=op.f('uq_channel_address_lookup_hash'))
    )
    op.create_index(op.f('ix_channel_address_conversation_id'), 'channel_address', ['conversation_id'], unique=False)
    op.create_table('consent',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('conversation_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=24), nullable=False),
    sa.Column('given', sa.Boolean(), nullable=False),
    sa.Column('version', sa.String(length=24), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('message_sid', sa.String(length=64), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], name=op.f('fk_consent_conversation_id_conversation'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consent'))
    )
    op.create_index(op.f('ix_consent_conversation_id_kind_created_at'), 'consent', ['conversation_id', 'kind', 'created_at'], unique=False)
    op.create_table('data_request',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.String(length=24), nullable=False),
    sa.Column('conversation_id', sa.Uuid(), nullable=True),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answer_by', sa.DateTime(timezone=True), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], name=op.f('fk_data_request_conversation_id_conversation'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_data_request')),
    sa.UniqueConstraint('number', name=op.f('uq_data_request_number'))
    )
    op.create_table('enrolment',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('seq', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('woman_id', sa.Uuid(), nullable=False),
    sa.Column('group_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.Enum('enrolled', 'waiting', 'left', name='enrolmentstate', native_enum=False, length=16), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('left_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['group_id'], ['workshop_group.id'], name=op.f('fk_enrolment_group_id_workshop_group')),
    sa.ForeignKeyConstraint(['woman_id'], ['woman.id'], name=op.f('fk_enrolment_woman_id_woman'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_enrolment')),
    sa.UniqueConstraint('seq', name=op.f('uq_enrolment_seq'))
    )
    op.create_index(op.f('ix_enrolment_group_id_state_seq'), 'enrolment', ['group_id', 'state', 'seq'], unique=False)
    op.create_index('uq_enrolment_active', 'enrolment', ['woman_id', 'group_id'], unique=True, postgresql_where=sa.text("state IN ('enrolled','waiting')"))
    op.create_table('turn',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('conversation_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.Enum('open', 'answered', 'failed', name='turnstate', native_enum=False, length=16), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], name=op.f('fk_turn_conversation_id_conversation'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_turn'))
    )
    op.create_index('ix_turn_open', 'turn', ['conversation_id'], unique=True, postgresql_where=sa.text("state = 'open'"))
    op.create_table('workshop_session',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('code', sa.String(length=48), nullable=False),
    sa.Column('group_id', sa.Uuid(), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('cancelled_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['group_id'], ['workshop_group.id'], name=op.f('fk_workshop_session_group_id_workshop_group'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_workshop_session')),
    sa.UniqueConstraint('code', name=op.f('uq_workshop_session_code'))
    )
    op.create_index(op.f('ix_workshop_session_group_id_starts_at'), 'workshop_session', ['group_id', 'starts_at'], unique=False)
    op.create_index(op.f('ix_workshop_session_starts_at'), 'workshop_session', ['starts_at'], unique=False)
    op.create_table('attendance',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('woman_id', sa.Uuid(), nullable=False),
    sa.Column('session_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.Enum('confirmed', 'declined', 'late', 'present', 'absent', name='attendancestate', native_enum=False, length=16), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['session_id'], ['workshop_session.id'], name=op.f('fk_attendance_session_id_workshop_session'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['woman_id'], ['woman.id'], name=op.f('fk_attendance_woman_id_woman'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attendance'))
    )
    op.create_index(op.f('ix_attendance_session_id'), 'attendance', ['session_id'], unique=False)
    op.create_index('uq_attendance_woman_session', 'attendance', ['woman_id', 'session_id'], unique=True)
    op.create_table('inbound_message',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('seq', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('conversation_id', sa.Uuid(), nullable=False),
    sa.Column('message_sid', sa.String(length=64), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('body_cipher', sa.LargeBinary(), nullable=False),
    sa.Column('turn_id', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], name=op.f('fk_inbound_message_conversation_id_conversation'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['turn_id'], ['turn.id'], name=op.f('fk_inbound_message_turn_id_turn'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_inbound_message')),
    sa.UniqueConstraint('message_sid', name=op.f('uq_inbound_message_message_sid')),
    sa.UniqueConstraint('seq', name=op.f('uq_inbound_message_seq'))
    )
    op.create_index(op.f('ix_inbound_message_conversation_id_received_at'), 'inbound_message', ['conversation_id', 'received_at'], unique=False)
    op.create_index('ix_inbound_message_pending', 'inbound_message', ['conversation_id', 'seq'], unique=False, postgresql_where=sa.text('turn_id IS NULL'))
    op.create_index(op.f('ix_inbound_message_turn_id'), 'inbound_message', ['turn_id'], unique=False)
    op.create_table('outbox_message',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('seq', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('conversation_id', sa.Uuid(), nullable=False),
    sa.Column('turn_id', sa.Uuid(), nullable=True),
    sa.Column('template_id', sa.Uuid(), nullable=True),
    sa.Column('kind', sa.Enum('reply', 'reminder', 'campaign', name='outboxkind', native_enum=False, length=16), nullable=False),
    sa.Column('state', sa.Enum('queued', 'sending', 'in_doubt', 'sent', 'delivered', 'read', 'failed', 'undelivered', 'expired', 'suppressed', name='outboxstate', native_enum=False, length=16), nullable=False),
    sa.Column('body_cipher', sa.LargeBinary(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('next_try_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('sending_since', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('sid', sa.String(length=64), nullable=True),
    sa.Column('reason', sa.String(length=64), nullable=True),
    sa.Column('code', sa.Integer(), nullable=True),
    sa.Column('seen_by_staff_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('redact_after', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], name=op.f('fk_outbox_message_conversation_id_conversation'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['template_id'], ['template.id'], name=op.f('fk_outbox_message_template_id_template')),
    sa.ForeignKeyConstraint(['turn_id'], ['turn.id'], name=op.f('fk_outbox_message_turn_id_turn'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox_message')),
    sa.UniqueConstraint('seq', name=op.f('uq_outbox_message_seq')),
    sa.UniqueConstraint('sid', name=op.f('uq_outbox_message_sid'))
    )
    op.create_index(op.f('ix_outbox_message_conversation_id_seq'), 'outbox_message', ['conversation_id', 'seq'], unique=False)
    op.create_index('ix_outbox_message_redact', 'outbox_message', ['redact_after'], unique=False, postgresql_where=sa.text('redact_after IS NOT NULL'))
    op.create_index('ix_outbox_message_unsent', 'outbox_message', ['state', 'sending_since'], unique=False, postgresql_where=sa.text("state IN ('queued','sending','in_doubt')"))
    op.create_table('campaign_recipient',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('campaign_id', sa.Uuid(), nullable=False),
    sa.Column('woman_id', sa.Uuid(), nullable=False),
    sa.Column('outbox_id', sa.Uuid(), nullable=True),
    sa.Column('reason', sa.String(length=64), nullable=True),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_campaign_recipient_campaign_id_campaign'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['outbox_id'], ['outbox_message.id'], name=op.f('fk_campaign_recipient_outbox_id_outbox_message'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['woman_id'], ['woman.id'], name=op.f('fk_campaign_recipient_woman_id_woman'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_campaign_recipient'))
    )
    op.create_index(op.f('ix_campaign_recipient_outbox_id'), 'campaign_recipient', ['outbox_id'], unique=False)
    op.create_index('ix_campaign_recipient_waiting', 'campaign_recipient', ['campaign_id'], unique=False, postgresql_where=sa.text('outbox_id IS NULL AND reason IS NULL'))
    op.create_index('uq_campaign_recipient', 'campaign_recipient', ['campaign_id', 'woman_id'], unique=True)
    op.create_table('reminder',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('woman_id', sa.Uuid(), nullable=False),
    sa.Column('session_id', sa.Uuid(), nullable=False),
    sa.Column('minutes_before', sa.Integer(), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.Enum('planned', 'handed_over', 'dropped', 'answered', name='reminderstate', native_enum=False, length=16), nullable=False),
    sa.Column('reason', sa.String(length=64), nullable=True),
    sa.Column('outbox_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['outbox_id'], ['outbox_message.id'], name=op.f('fk_reminder_outbox_id_outbox_message'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['session_id'], ['workshop_session.id'], name=op.f('fk_reminder_session_id_workshop_session'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['woman_id'], ['woman.id'], name=op.f('fk_reminder_woman_id_woman'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reminder'))
    )
    op.create_index('ix_reminder_due', 'reminder', ['due_at'], unique=False, postgresql_where=sa.text("state = 'planned'"))
    op.create_index(op.f('ix_reminder_outbox_id'), 'reminder', ['outbox_id'], unique=False)
    op.create_index('uq_reminder_woman_session_offset', 'reminder', ['woman_id', 'session_id', 'minutes_before'], unique=True)


def downgrade() -> None:
    raise NotImplementedError("There is nothing before the first schema: restore a backup instead.")
