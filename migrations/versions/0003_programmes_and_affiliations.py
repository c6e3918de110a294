"""The rooms for what comes: programmes, affiliations, RSVP apart from attendance, dead letters.

One woman gets several folios (encrypted, found by keyed hashes), her name gets keyed hashes of its sounds, a
consent keeps the notice's id and version in place of a text, a campaign its audience, a case its team. Needs
the secret key where women are on the list already.
"""

import uuid
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import context, op

from outreach.people import name_keys

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

FIRST_PROGRAMME = '00000000-0000-0000-0000-000000000001'
# Folios without an agency were possible; they now belong to one of this code.
NO_AGENCY = 'SIN-AGENCIA'
BATCH = 2000


def _key():
    key = context.config.attributes.get('key')
    if key is None:
        raise RuntimeError('migration 0003 needs the secret key: women are on the list already')
    return key


def _many(statement, rows) -> None:
    for start in range(0, len(rows), BATCH):
        op.get_bind().execute(sa.text(statement), rows[start:start + BATCH])


def _first_programme() -> None:
    op.execute(
        sa.text('INSERT INTO programme (id, code, name, notice, created_at) VALUES (:id, :code, :name, :notice, now())')
        .bindparams(id=uuid.UUID(FIRST_PROGRAMME), code='mujeres-avanzando',
                    name='Mujeres Avanzando hacia el Bienestar', notice='base')
    )


def _folios_to_affiliations() -> None:
    none = {'none': NO_AGENCY}
    op.get_bind().execute(sa.text(
        'INSERT INTO agency (code, name) SELECT DISTINCT coalesce(agency, :none), coalesce(agency, :none) FROM woman'
        ' WHERE external_id IS NOT NULL ON CONFLICT DO NOTHING'), none)
    rows = op.get_bind().execute(sa.text(
        'SELECT id, coalesce(agency, :none), external_id FROM woman WHERE external_id IS NOT NULL'), none).all()
    made = []
    for woman_id, agency, folio in rows:
        row_id = uuid.uuid4()
        made.append({
            'id': row_id, 'woman': woman_id, 'agency': agency, 'at': datetime.now(UTC),
            'cipher': _key().encrypt({'folio': folio}, place=f'affiliation:{row_id}'),
            'hash': _key().lookup('folio', f'{agency}|{folio}'),
        })
    _many('INSERT INTO affiliation (id, woman_id, agency, folio_cipher, folio_hash, source, created_at)'
          " VALUES (:id, :woman, :agency, :cipher, :hash, 'import', :at)", made)


def _affiliations_to_folios() -> None:
    rows = op.get_bind().execute(sa.text(
        'SELECT DISTINCT ON (woman_id) id, woman_id, agency, folio_cipher FROM affiliation'
        ' ORDER BY woman_id, created_at')).all()
    _many('UPDATE woman SET agency = :agency, external_id = :folio WHERE id = :id', [
        {'id': woman_id, 'agency': None if agency == NO_AGENCY else agency,
         'folio': _key().decrypt(cipher, place=f'affiliation:{row_id}')['folio']}
        for row_id, woman_id, agency, cipher in rows
    ])


def _name_keys() -> None:
    parts, years = [], []
    for woman_id, cipher in op.get_bind().execute(sa.text('SELECT id, details_cipher FROM woman')).all():
        details = _key().decrypt(cipher, place=f'woman:{woman_id}')
        parts += [{'id': uuid.uuid4(), 'woman': woman_id, 'hash': found}
                  for found in name_keys.hashes(_key(), str(details.get('full_name', '')))]
        if birth := str(details.get('birth_date', '')):
            years.append({'id': woman_id, 'hash': name_keys.birth_year_hash(_key(), birth)})
    _many('INSERT INTO name_key (id, woman_id, sound_hash) VALUES (:id, :woman, :hash)', parts)
    _many('UPDATE woman SET birth_year_hash = :hash WHERE id = :id', years)


def _answers_to_rsvp() -> None:
    answers = "('confirmed','declined','late')"
    op.execute('INSERT INTO rsvp (id, woman_id, session_id, answer, updated_at)'
               f' SELECT id, woman_id, session_id, state, updated_at FROM attendance WHERE state IN {answers}')
    op.execute(f'DELETE FROM attendance WHERE state IN {answers}')


def _rsvp_to_answers() -> None:
    op.execute('INSERT INTO attendance (id, woman_id, session_id, state, updated_at)'
               ' SELECT id, woman_id, session_id, answer, updated_at FROM rsvp'
               ' ON CONFLICT (woman_id, session_id) DO NOTHING')


def upgrade() -> None:
    op.create_table('programme',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('code', sa.String(length=32), nullable=False),
    sa.Column('name', sa.String(length=160), nullable=False),
    sa.Column('sender', sa.String(length=64), nullable=True),
    sa.Column('messaging_service_sid', sa.String(length=64), nullable=True),
    sa.Column('timezone', sa.String(length=64), nullable=True),
    sa.Column('quiet_hours', sa.String(length=16), nullable=True),
    sa.Column('reminder_offsets', sa.String(length=120), nullable=True),
    sa.Column('least_age', sa.Integer(), nullable=True),
    sa.Column('guardian_under', sa.Integer(), nullable=True),
    sa.Column('notice', sa.String(length=32), server_default='base', nullable=False),
    sa.Column('team_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['team_id'], ['team.id'], name=op.f('fk_programme_team_id_team'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_programme')),
    sa.UniqueConstraint('code', name=op.f('uq_programme_code')),
    sa.UniqueConstraint('sender', name=op.f('uq_programme_sender'))
    )
    _first_programme()
    op.create_table('alarm',
    sa.Column('kind', sa.String(length=32), nullable=False), sa.Column('raised_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('cleared_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('kind', name=op.f('pk_alarm'))
    )
    op.create_table('installation',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False), sa.Column('key_check', sa.LargeBinary(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('id = 1', name=op.f('ck_installation_one_row')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_installation'))
    )
    op.create_table('throttle',
    sa.Column('key_hash', sa.LargeBinary(length=32), nullable=False), sa.Column('began_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('key_hash', name=op.f('pk_throttle'))
    )
    op.create_index(op.f('ix_throttle_began_at'), 'throttle', ['began_at'], unique=False)
    op.create_table('tick_state',
    sa.Column('name', sa.String(length=48), nullable=False), sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('well_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('failed_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_tick_state'))
    )
    op.create_table('affiliation',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('woman_id', sa.Uuid(), nullable=False),
    sa.Column('agency', sa.String(length=32), nullable=False),
    sa.Column('folio_cipher', sa.LargeBinary(), nullable=False),
    sa.Column('folio_hash', sa.LargeBinary(length=32), nullable=False),
    sa.Column('since', sa.Date(), nullable=True),
    sa.Column('consent_on', sa.Date(), nullable=True),
    sa.Column('source', sa.String(length=24), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['agency'], ['agency.code'], name=op.f('fk_affiliation_agency_agency')),
    sa.ForeignKeyConstraint(['woman_id'], ['woman.id'], name=op.f('fk_affiliation_woman_id_woman'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_affiliation')),
    sa.UniqueConstraint('folio_hash', name=op.f('uq_affiliation_folio_hash'))
    )
    op.create_index(op.f('ix_affiliation_woman_id'), 'affiliation', ['woman_id'], unique=False)
    op.create_table('dead_letter',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('subject_id', sa.Uuid(), nullable=True),
    sa.Column('error', sa.String(length=80), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_by', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['closed_by'], ['staff.id'], name=op.f('fk_dead_letter_closed_by_staff'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_dead_letter'))
    )
    op.create_index(op.f('ix_dead_letter_kind_subject_id'), 'dead_letter', ['kind', 'subject_id'], unique=False)
    op.create_index('ix_dead_letter_open', 'dead_letter', ['created_at'], unique=False, postgresql_where=sa.text('closed_at IS NULL'))
    op.create_table('name_key',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('woman_id', sa.Uuid(), nullable=False),
    sa.Column('sound_hash', sa.LargeBinary(length=32), nullable=False),
    sa.ForeignKeyConstraint(['woman_id'], ['woman.id'], name=op.f('fk_name_key_woman_id_woman'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_name_key'))
    )
    op.create_index(op.f('ix_name_key_sound_hash_woman_id'), 'name_key', ['sound_hash', 'woman_id'], unique=False)
    op.create_index(op.f('ix_name_key_woman_id'), 'name_key', ['woman_id'], unique=False)
    op.create_table('holiday',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('programme_id', sa.Uuid(), nullable=True),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.ForeignKeyConstraint(['programme_id'], ['programme.id'], name=op.f('fk_holiday_programme_id_programme'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_holiday'))
    )
    op.create_index('uq_holiday_day', 'holiday', ['day', 'programme_id'], unique=True, postgresql_nulls_not_distinct=True)
    op.create_table('rsvp',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('woman_id', sa.Uuid(), nullable=False),
    sa.Column('session_id', sa.Uuid(), nullable=False),
    sa.Column('answer', sa.Enum('confirmed', 'declined', 'late', name='rsvpanswer', native_enum=False, length=16), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['session_id'], ['workshop_session.id'], name=op.f('fk_rsvp_session_id_workshop_session'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['woman_id'], ['woman.id'], name=op.f('fk_rsvp_woman_id_woman'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rsvp'))
    )
    op.create_index(op.f('ix_rsvp_session_id'), 'rsvp', ['session_id'], unique=False)
    op.create_index('uq_rsvp_woman_session', 'rsvp', ['woman_id', 'session_id'], unique=True)
    op.create_table('session_notice',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('woman_id', sa.Uuid(), nullable=False),
    sa.Column('session_id', sa.Uuid(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('change', sa.Enum('moved', 'cancelled', name='sessionchange', native_enum=False, length=16), nullable=False),
    sa.Column('useful_until', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.Enum('planned', 'handed_over', 'dropped', 'answered', name='reminderstate', native_enum=False, length=16), nullable=False),
    sa.Column('reason', sa.String(length=64), nullable=True),
    sa.Column('outbox_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['outbox_id'], ['outbox_message.id'], name=op.f('fk_session_notice_outbox_id_outbox_message'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['session_id'], ['workshop_session.id'], name=op.f('fk_session_notice_session_id_workshop_session'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['woman_id'], ['woman.id'], name=op.f('fk_session_notice_woman_id_woman'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_session_notice'))
    )
    op.create_index(op.f('ix_session_notice_outbox_id'), 'session_notice', ['outbox_id'], unique=False)
    op.create_index('ix_session_notice_planned', 'session_notice', ['created_at'], unique=False, postgresql_where=sa.text("state = 'planned'"))
    op.create_index(op.f('ix_session_notice_session_id'), 'session_notice', ['session_id'], unique=False)
    op.create_index('uq_session_notice', 'session_notice', ['woman_id', 'session_id', 'revision', 'change'], unique=True)
    op.add_column('answer', sa.Column('programme_id', sa.Uuid(), server_default='00000000-0000-0000-0000-000000000001', nullable=False))
    op.drop_index(op.f('uq_answer_topic_municipality'), table_name='answer', postgresql_nulls_not_distinct=True)
    op.create_index('uq_answer_topic_municipality', 'answer', ['programme_id', 'topic', 'municipality'], unique=True, postgresql_nulls_not_distinct=True)
    op.create_foreign_key(op.f('fk_answer_programme_id_programme'), 'answer', 'programme', ['programme_id'], ['id'])
    _answers_to_rsvp()
    op.add_column('attendance', sa.Column('recorded_by', sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f('fk_attendance_recorded_by_staff'), 'attendance', 'staff', ['recorded_by'], ['id'], ondelete='SET NULL')
    op.add_column('campaign', sa.Column('programme_id', sa.Uuid(), server_default='00000000-0000-0000-0000-000000000001', nullable=False))
    op.add_column('campaign', sa.Column('audience', sa.Text(), server_default='{}', nullable=False))
    op.alter_column('campaign', 'group_id', nullable=True)
    op.create_foreign_key(op.f('fk_campaign_programme_id_programme'), 'campaign', 'programme', ['programme_id'], ['id'])
    op.create_index(op.f('ix_campaign_recipient_woman_id'), 'campaign_recipient', ['woman_id'], unique=False)
    op.add_column('case_file', sa.Column('team_id', sa.Uuid(), nullable=True))
    op.execute('UPDATE case_file SET team_id = (SELECT id FROM team ORDER BY created_at LIMIT 1)')
    op.alter_column('case_file', 'team_id', nullable=False)
    op.create_index('ix_case_file_forget', 'case_file', ['forget_after'], unique=False, postgresql_where=sa.text('forget_after IS NOT NULL'))
    op.create_index(op.f('ix_case_file_team_id'), 'case_file', ['team_id'], unique=False)
    op.create_foreign_key(op.f('fk_case_file_team_id_team'), 'case_file', 'team', ['team_id'], ['id'])
    op.add_column('channel_address', sa.Column('kind', sa.String(length=12), server_default='phone', nullable=False))
    op.add_column('consent', sa.Column('notice', sa.String(length=32), nullable=False, server_default='base'))
    op.alter_column('consent', 'notice', server_default=None)
    op.drop_column('consent', 'text')
    op.add_column('conversation', sa.Column('programme_id', sa.Uuid(), server_default='00000000-0000-0000-0000-000000000001', nullable=False))
    op.add_column('conversation', sa.Column('invited_at', sa.DateTime(timezone=True), nullable=True))
    op.create_foreign_key(op.f('fk_conversation_programme_id_programme'), 'conversation', 'programme', ['programme_id'], ['id'])
    op.create_index(op.f('ix_data_request_conversation_id'), 'data_request', ['conversation_id'], unique=False)
    op.create_index(op.f('ix_enrolment_woman_id'), 'enrolment', ['woman_id'], unique=False)
    op.add_column('help_resource', sa.Column('programme_id', sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f('fk_help_resource_programme_id_programme'), 'help_resource', 'programme', ['programme_id'], ['id'], ondelete='CASCADE')
    op.drop_constraint(op.f('uq_key_wrap_staff_id'), 'key_wrap', type_='unique')
    op.create_index(op.f('ix_key_wrap_team_id'), 'key_wrap', ['team_id'], unique=False)
    op.create_index('uq_key_wrap_staff_team', 'key_wrap', ['staff_id', 'team_id'], unique=True)
    op.alter_column('turn', 'tries', new_column_name='attempts')
    op.alter_column('outbox_message', 'tries', new_column_name='attempts')
    op.alter_column('outbox_message', 'seen_by_staff_at', new_column_name='acknowledged_at')
    op.add_column('outbox_message', sa.Column('owner_hash', sa.LargeBinary(length=32), nullable=True))
    op.alter_column('outbox_message', 'conversation_id', nullable=True)
    op.create_index(op.f('ix_outbox_message_owner_hash'), 'outbox_message', ['owner_hash'], unique=False)
    op.create_index(op.f('ix_outbox_message_template_id'), 'outbox_message', ['template_id'], unique=False)
    op.create_index('ix_outbox_message_troubled', 'outbox_message', ['ended_at'], unique=False, postgresql_where=sa.text("acknowledged_at IS NULL AND state IN ('failed','undelivered','in_doubt')"))
    op.create_index(op.f('ix_outbox_message_turn_id'), 'outbox_message', ['turn_id'], unique=False)
    op.add_column('reminder', sa.Column('revision', sa.Integer(), server_default='1', nullable=False))
    op.add_column('reminder', sa.Column('useful_until', sa.DateTime(timezone=True), nullable=True))
    op.drop_index(op.f('uq_reminder_woman_session_offset'), table_name='reminder')
    op.create_index('uq_reminder_woman_session_offset', 'reminder', ['woman_id', 'session_id', 'minutes_before', 'revision'], unique=True)
    op.create_index('ix_reminder_dropped', 'reminder', ['due_at'], unique=False, postgresql_where=sa.text("state = 'dropped'"))
    op.create_index(op.f('ix_reminder_session_id'), 'reminder', ['session_id'], unique=False)
    op.create_index(op.f('ix_shift_staff_id'), 'shift', ['staff_id'], unique=False)
    op.add_column('staff_session', sa.Column('desk_seen_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('team', sa.Column('agency', sa.String(length=32), nullable=True))
    op.create_foreign_key(op.f('fk_team_agency_agency'), 'team', 'agency', ['agency'], ['code'])
    op.add_column('template', sa.Column('programme_id', sa.Uuid(), server_default='00000000-0000-0000-0000-000000000001', nullable=False))
    op.create_foreign_key(op.f('fk_template_programme_id_programme'), 'template', 'programme', ['programme_id'], ['id'])
    op.create_index(op.f('ix_turn_conversation_id_created_at'), 'turn', ['conversation_id', 'created_at'], unique=False)
    op.add_column('woman', sa.Column('birth_year_hash', sa.LargeBinary(length=32), nullable=True))
    op.drop_index(op.f('uq_woman_agency_external'), table_name='woman')
    op.create_index('ix_woman_newest', 'woman', ['created_at', 'id'], unique=False)
    op.add_column('workshop', sa.Column('programme_id', sa.Uuid(), server_default='00000000-0000-0000-0000-000000000001', nullable=False))
    op.drop_constraint(op.f('uq_workshop_code'), 'workshop', type_='unique')
    op.create_index('uq_workshop_programme_code', 'workshop', ['programme_id', 'code'], unique=True)
    op.create_foreign_key(op.f('fk_workshop_programme_id_programme'), 'workshop', 'programme', ['programme_id'], ['id'])
    op.add_column('workshop_session', sa.Column('revision', sa.Integer(), server_default='1', nullable=False))
    _folios_to_affiliations()
    _name_keys()
    op.drop_column('woman', 'agency')
    op.drop_column('woman', 'external_id')
    op.execute("UPDATE campaign SET audience = json_build_object('group', group_id)::text")
    op.execute('INSERT INTO installation (id, created_at) VALUES (1, now())')


def downgrade() -> None:
    op.alter_column('turn', 'attempts', new_column_name='tries')
    op.drop_index('ix_outbox_message_troubled', table_name='outbox_message', postgresql_where=sa.text("acknowledged_at IS NULL AND state IN ('failed','undelivered','in_doubt')"))
    op.alter_column('outbox_message', 'acknowledged_at', new_column_name='seen_by_staff_at')
    op.alter_column('outbox_message', 'attempts', new_column_name='tries')
    op.execute('DELETE FROM outbox_message WHERE conversation_id IS NULL')
    op.execute("UPDATE outbox_message SET kind = 'reminder' WHERE kind = 'notice'")
    op.execute('DELETE FROM campaign WHERE group_id IS NULL')
    op.execute("DELETE FROM answer WHERE programme_id <> '00000000-0000-0000-0000-000000000001'")
    op.execute(
        'DELETE FROM reminder old USING reminder newer WHERE old.woman_id = newer.woman_id'
        ' AND old.session_id = newer.session_id AND old.minutes_before = newer.minutes_before'
        ' AND old.revision < newer.revision'
    )
    op.execute(
        'DELETE FROM key_wrap extra USING key_wrap kept WHERE extra.staff_id = kept.staff_id'
        ' AND extra.created_at > kept.created_at'
    )
    op.add_column('consent', sa.Column('text', sa.Text(), nullable=False, server_default=''))
    op.alter_column('consent', 'text', server_default=None)
    op.drop_column('workshop_session', 'revision')
    op.drop_constraint(op.f('fk_workshop_programme_id_programme'), 'workshop', type_='foreignkey')
    op.drop_index('uq_workshop_programme_code', table_name='workshop')
    op.create_unique_constraint(op.f('uq_workshop_code'), 'workshop', ['code'])
    op.drop_column('workshop', 'programme_id')
    op.add_column('woman', sa.Column('external_id', sa.String(length=64), nullable=True))
    op.add_column('woman', sa.Column('agency', sa.String(length=32), nullable=True))
    _affiliations_to_folios()
    op.create_index(op.f('uq_woman_agency_external'), 'woman', ['agency', 'external_id'], unique=True)
    op.drop_index('ix_woman_newest', table_name='woman')
    op.drop_column('woman', 'birth_year_hash')
    op.drop_index(op.f('ix_turn_conversation_id_created_at'), table_name='turn')
    op.drop_constraint(op.f('fk_template_programme_id_programme'), 'template', type_='foreignkey')
    op.drop_column('template', 'programme_id')
    op.drop_constraint(op.f('fk_team_agency_agency'), 'team', type_='foreignkey')
    op.drop_column('team', 'agency')
    op.drop_column('staff_session', 'desk_seen_at')
    op.drop_index(op.f('ix_shift_staff_id'), table_name='shift')
    op.drop_index(op.f('ix_reminder_session_id'), table_name='reminder')
    op.drop_index('ix_reminder_dropped', table_name='reminder', postgresql_where=sa.text("state = 'dropped'"))
    op.drop_index('uq_reminder_woman_session_offset', table_name='reminder')
    op.create_index(op.f('uq_reminder_woman_session_offset'), 'reminder', ['woman_id', 'session_id', 'minutes_before'], unique=True)
    op.drop_column('reminder', 'useful_until')
    op.drop_column('reminder', 'revision')
    op.drop_index(op.f('ix_outbox_message_turn_id'), table_name='outbox_message')
    op.drop_index(op.f('ix_outbox_message_template_id'), table_name='outbox_message')
    op.drop_index(op.f('ix_outbox_message_owner_hash'), table_name='outbox_message')
    op.alter_column('outbox_message', 'conversation_id', nullable=False)
    op.drop_column('outbox_message', 'owner_hash')
    op.drop_index('uq_key_wrap_staff_team', table_name='key_wrap')
    op.drop_index(op.f('ix_key_wrap_team_id'), table_name='key_wrap')
    op.create_unique_constraint(op.f('uq_key_wrap_staff_id'), 'key_wrap', ['staff_id'])
    op.drop_constraint(op.f('fk_help_resource_programme_id_programme'), 'help_resource', type_='foreignkey')
    op.drop_column('help_resource', 'programme_id')
    op.drop_index(op.f('ix_enrolment_woman_id'), table_name='enrolment')
    op.drop_index(op.f('ix_data_request_conversation_id'), table_name='data_request')
    op.drop_constraint(op.f('fk_conversation_programme_id_programme'), 'conversation', type_='foreignkey')
    op.drop_column('conversation', 'invited_at')
    op.drop_column('conversation', 'programme_id')
    op.drop_column('consent', 'notice')
    op.drop_column('channel_address', 'kind')
    op.drop_constraint(op.f('fk_case_file_team_id_team'), 'case_file', type_='foreignkey')
    op.drop_index(op.f('ix_case_file_team_id'), table_name='case_file')
    op.drop_index('ix_case_file_forget', table_name='case_file', postgresql_where=sa.text('forget_after IS NOT NULL'))
    op.drop_column('case_file', 'team_id')
    op.drop_index(op.f('ix_campaign_recipient_woman_id'), table_name='campaign_recipient')
    op.drop_constraint(op.f('fk_campaign_programme_id_programme'), 'campaign', type_='foreignkey')
    op.alter_column('campaign', 'group_id', nullable=False)
    op.drop_column('campaign', 'audience')
    op.drop_column('campaign', 'programme_id')
    op.drop_constraint(op.f('fk_attendance_recorded_by_staff'), 'attendance', type_='foreignkey')
    op.drop_column('attendance', 'recorded_by')
    _rsvp_to_answers()
    op.drop_constraint(op.f('fk_answer_programme_id_programme'), 'answer', type_='foreignkey')
    op.drop_index('uq_answer_topic_municipality', table_name='answer', postgresql_nulls_not_distinct=True)
    op.create_index(op.f('uq_answer_topic_municipality'), 'answer', ['topic', 'municipality'], unique=True, postgresql_nulls_not_distinct=True)
    op.drop_column('answer', 'programme_id')
    op.drop_index('uq_session_notice', table_name='session_notice')
    op.drop_index(op.f('ix_session_notice_session_id'), table_name='session_notice')
    op.drop_index('ix_session_notice_planned', table_name='session_notice', postgresql_where=sa.text("state = 'planned'"))
    op.drop_index(op.f('ix_session_notice_outbox_id'), table_name='session_notice')
    op.drop_table('session_notice')
    op.drop_index('uq_rsvp_woman_session', table_name='rsvp')
    op.drop_index(op.f('ix_rsvp_session_id'), table_name='rsvp')
    op.drop_table('rsvp')
    op.drop_index('uq_holiday_day', table_name='holiday', postgresql_nulls_not_distinct=True)
    op.drop_table('holiday')
    op.drop_index(op.f('ix_name_key_woman_id'), table_name='name_key')
    op.drop_index(op.f('ix_name_key_sound_hash_woman_id'), table_name='name_key')
    op.drop_table('name_key')
    op.drop_index('ix_dead_letter_open', table_name='dead_letter', postgresql_where=sa.text('closed_at IS NULL'))
    op.drop_index(op.f('ix_dead_letter_kind_subject_id'), table_name='dead_letter')
    op.drop_table('dead_letter')
    op.drop_index(op.f('ix_affiliation_woman_id'), table_name='affiliation')
    op.drop_table('affiliation')
    op.drop_table('tick_state')
    op.drop_index(op.f('ix_throttle_began_at'), table_name='throttle')
    op.drop_table('throttle')
    op.drop_table('installation')
    op.drop_table('alarm')
    op.drop_table('programme')
