"""Erasure and access (P9): an opened dump of all tables holds no word of hers; the copy holds all."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from people import NOW, add_group
from sqlalchemy import LargeBinary, func, select, text

from models import (
    Base,
    ChannelAddress,
    Consent,
    Conversation,
    DataRequest,
    Holiday,
    InboundMessage,
    MarkSource,
    MarkState,
    OutboxKind,
    OutboxMessage,
    OutboxState,
    RasaTracker,
    Suppression,
    Woman,
)
from outreach.casework import cases, draft_case
from outreach.messages import conversation_state, inbox, outbox
from outreach.messages.conversation_state import Choice
from outreach.messages.outbox import Content
from outreach.people import consent, food_security, registry, second_number
from outreach.people.details import Details
from outreach.programme import attendance, certificates, completion, enrolment
from outreach.programme.attendance import Mark
from outreach.sealing.crypto import DecryptionError
from outreach.single_list import rights

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from models import Session as Meeting
    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

A, B, NAMED = "whatsapp:+523340010001", "whatsapp:+523340010002", "3340010003"
CANARIES = (
    "canarioapodo", "Canarionombre", "1987-03-09", "canariocolonia", "LOPM850714MJCPRR04", "canariofolio",
    "canariolengua", "canariohorario", "canarioboton", "3340010001", "3340010002", "3340010003",
    "canariorespuesta", "canarioborrador",
)  # fmt: skip
STATES = list(OutboxState)
# Where each table's encrypted column belongs: the name of its place, and the column of the row's id.
PLACES = {
    "media_fetch.work_cipher": "media_fetch:{id}",
    "staff_contact.contact_cipher": "staff_contact:{id}",
    "outgoing_file.about_cipher": "outgoing_file:{id}",
    "woman.details_cipher": "woman:{id}",
    "woman_change.change_cipher": "woman_change:{id}",
    "affiliation.folio_cipher": "affiliation:{id}",
    "certificate.content_cipher": "certificate:{id}",
    "support.note_cipher": "support:{id}",
    "double_support.reason_cipher": "double_support:{id}",
    "woman_merge.snapshot_cipher": "woman_merge:{id}",
    "import_run.about_cipher": "import_run:{id}",
    "import_part.content_cipher": "import_part:{id}",
    "import_mapping.columns_cipher": "import_mapping:{id}",
    "channel_address.address_cipher": "address:{id}",
    "conversation.private_cipher": "conversation:{id}",
    "inbound_message.body_cipher": "inbound:{id}",
    "outbox_message.body_cipher": "outbox:{id}",
    "food_security_interview.answers_cipher": "food:{id}",
    "kept_figures.content_cipher": "kept_figures:{id}",
    "case_file.state_cipher": "case:{id}",
    "second_factor.secret_cipher": "second_factor:{id}",
    "second_factor.pending_cipher": "second_factor:{id}",
    "staff_session.agent_cipher": "staff_session:{id}",
    "data_request.about_cipher": "data_request:{id}",
    "retention_rule.reason_cipher": "retention_rule:{id}",
    "retention_pause.reason_cipher": "retention_pause:{id}",
    "blocked_record.content_cipher": "blocked_record:{id}",
    "blocked_reading.reason_cipher": "blocked_reading:{id}",
}


def dump(db: Session, key: PersonalKey) -> str:
    """Return every row of every table as text, with what the key of personal data opens."""
    db.flush()
    parts: list[str] = []
    for table in Base.metadata.sorted_tables:
        for row in db.execute(select(table)).mappings():
            parts.append(json.dumps({k: str(v) for k, v in row.items()}))
            parts += [
                opened(key, table.name, column.name, dict(row))
                for column in table.columns
                if isinstance(column.type, LargeBinary) and row[column.name]
            ]
    jobs = db.execute(text("SELECT row_to_json(j)::text FROM procrastinate_jobs j")).scalars()
    return "\n".join([*parts, *jobs])


def opened(key: PersonalKey, table: str, column: str, row: dict[str, Any]) -> str:
    blob: bytes = row[column]
    name = f"{table}.{column}"
    if not column.endswith("_cipher"):
        return blob.decode("latin-1")
    try:
        return json.dumps(key.decrypt(blob, place=PLACES[name].format(id=row["id"])), ensure_ascii=False)
    except DecryptionError:
        raise AssertionError(f"{name} can't be opened") from None


def test_the_dump_opens_every_encrypted_column() -> None:
    """Else a new column would hold words that this test never sees."""
    columns = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if column.name.endswith("_cipher")
    }
    assert columns == set(PLACES)


def writes(db: Session, key: PersonalKey, address: str, body: str) -> Conversation:
    sid = f"SM{uuid.uuid4().hex}"
    inbox.receive(db, key, {"MessageSid": [sid], "From": [address], "Body": [body]}, NOW)
    return inbox.conversation_of(db, key, address, NOW)


def furnish(db: Session, key: PersonalKey, settings: Settings) -> Conversation:
    """Fill every table with words of one woman who writes from two numbers and named a third."""
    words: list[str] = []
    first = writes(db, key, A, word(words))
    form = registry.FormDetails(
        preferred_name="canarioapodo",
        full_name="Canarionombre Prueba",
        birth_date="1987-03-09",
        municipality="14039",
        locality="canariocolonia",
        children="2",
        axis="food",
        phone_shared="yes",
        curp="LOPM850714MJCPRR04",
    )
    woman = registry.save(db, key, settings, first, form, NOW)
    assert registry.link_phone(db, key, woman, B.removeprefix("whatsapp:"))
    second = writes(db, key, B, word(words))
    second_number.propose(db, key, first, woman, NAMED, NOW)
    registry.affiliate(db, key, woman, "DIF", "canariofolio", source="import")
    group, meeting = add_group(db)
    assert enrolment.enrol(db, woman, group.id)
    food_security.save(db, key, woman, {"q1": "canariorespuesta"}, "start", asked_on=NOW.date())
    _came_and_graduated(db, key, woman, meeting)
    for each in (first, second):
        state = conversation_state.read(key, each)
        state.language, state.contact_words = "canariolengua", "canariohorario"
        state.choices = [Choice("canarioboton", "/x")]
        draft_case.add(db, key, state, author="woman", text="canarioborrador", at=NOW)
        conversation_state.write(key, each, state)
        consent.record(db, each.id, consent.PRIVACY, given=True, message_sid="SM1")
        rights.open_request(db, settings, each, rights.ACCESS, NOW).done_at = NOW
        db.add(RasaTracker(conversation_id=each.id, state=b"canario", expires_at=NOW + timedelta(days=1)))
        for kind in OutboxKind:
            for outbox_state in STATES:
                sent(db, key, each, kind, outbox_state, word(words))
        at_rest(db, key, each, word(words))
    db.flush()
    return first


def _came_and_graduated(db: Session, key: PersonalKey, woman: Woman, meeting: Meeting) -> None:
    """A mark at the door, and a certificate with her name."""
    mark = Mark(uuid.uuid4(), woman.id, MarkState.PRESENT, meeting.starts_at)
    after = meeting.starts_at + timedelta(hours=1)
    assert attendance.record(db, meeting.id, [mark], source=MarkSource.DOOR, by=None, now=after).kept
    workshop = meeting.group.workshop
    rule = completion.set_rule(db, workshop.programme_id, workshop.id, 1, both_interviews=False, now=NOW)
    made = completion.graduate(db, woman.id, rule, NOW.date(), by=None)
    certificates.issue(db, key, made, by=None, now=NOW)


def word(words: list[str]) -> str:
    words.append(f"canariotexto{len(words)}x")
    return words[-1]


def sent(
    db: Session, key: PersonalKey, each: Conversation, kind: OutboxKind, state: OutboxState, body: str
) -> OutboxMessage:
    if kind is OutboxKind.NOTICE and kind not in outbox.PRIORITY:
        kind = OutboxKind.REMINDER
    row = outbox.enqueue(db, key, each.id, kind, Content(body=body, variables={"1": body}))
    row.state = state
    return row


def at_rest(db: Session, key: PersonalKey, each: Conversation, body: str) -> None:
    row = sent(db, key, each, OutboxKind.REPLY, OutboxState.READ, body)
    day = datetime.now(UTC).date()
    row.conversation_id, row.turn_id = None, None
    row.owner_hash = outbox.owner_hash(key, each.id, row.kind, day)


def erase(db: Session, key: PersonalKey, settings: Settings, conversation: Conversation) -> None:
    """Do as the turn does."""
    state = conversation_state.read(key, conversation)
    request = rights.open_request(db, settings, conversation, rights.ERASURE, NOW)
    rights.erase(db, key, settings, conversation, state, datetime.now(UTC))
    request.done_at = NOW
    conversation_state.write(key, conversation, state)
    db.flush()
    db.expire_all()


@pytest.mark.usefixtures("recovery_key")
def test_nothing_of_hers_is_left(session: Session, key: PersonalKey, settings: Settings) -> None:
    """P9: no value and no word in any table, on any conversation, in any state of a row."""
    conversation = furnish(session, key, settings)
    before = dump(session, key)
    assert [one for one in CANARIES[:-1] if one not in before] == []
    assert before.count("canariotexto") > 80
    erase(session, key, settings, conversation)
    after = dump(session, key)
    left = {one for one in CANARIES if one in after}
    assert left <= {"3340010001"}, "only the address that the receipt still needs may wait"
    assert "canario" not in after
    assert session.scalar(select(func.count()).select_from(Woman)) == 0
    assert session.scalar(select(func.count()).select_from(Consent)) == 0
    # Once the receipt has left, or after a day, her address goes too.
    assert rights.finish(session, key, NOW) == 0
    assert rights.finish(session, key, NOW + timedelta(days=2)) == 1
    after = dump(session, key)
    assert "334001000" not in after
    assert session.scalars(select(DataRequest.conversation_id)).all() == [None] * 3


@pytest.mark.usefixtures("recovery_key")
def test_nothing_is_initiated_after_an_erasure(
    session: Session, key: PersonalKey, settings: Settings
) -> None:
    """Every address of hers is suppressed, and outlives the rest."""
    conversation = furnish(session, key, settings)
    erase(session, key, settings, conversation)
    hashes = set(session.scalars(select(Suppression.lookup_hash)))
    assert {key.lookup("address", a.removeprefix("whatsapp:")) for a in (A, B)} <= hashes
    waiting = select(OutboxMessage).where(OutboxMessage.state.in_((OutboxState.QUEUED, OutboxState.IN_DOUBT)))
    assert session.scalars(waiting).all() == []


@pytest.mark.usefixtures("recovery_key")
def test_she_is_found_again_when_she_writes(session: Session, key: PersonalKey, settings: Settings) -> None:
    """A new message comes to the same conversation, which knows her address again and nothing else."""
    conversation = furnish(session, key, settings)
    erase(session, key, settings, conversation)
    rights.finish(session, key, NOW)
    again = writes(session, key, B, "hola")
    (address,) = again.addresses
    assert key.decrypt(address.address_cipher, place=f"address:{address.id}")["address"] == B
    assert again.woman_id is None
    assert again.opted_out_at is not None


@pytest.mark.usefixtures("recovery_key")
def test_help_that_is_under_way_still_reaches_her(
    session: Session, key: PersonalKey, settings: Settings
) -> None:
    """P6: a confidential reply that waits (the 911 line) is sent, and a case keeps its way to her."""
    conversation = furnish(session, key, settings)
    urgent = outbox.enqueue(
        session, key, conversation.id, OutboxKind.REPLY, Content(body="Llama al 911", confidential=True)
    )
    cases.open_case(session, key, conversation, urgency="danger", about="violence", now=NOW)
    erase(session, key, settings, conversation)
    assert urgent.state is OutboxState.QUEUED
    session.execute(select(1))
    rights.finish(session, key, NOW + timedelta(days=2))
    session.expire_all()
    address = session.scalars(
        select(ChannelAddress).where(ChannelAddress.conversation_id == conversation.id)
    ).one()
    assert key.decrypt(address.address_cipher, place=f"address:{address.id}")["address"] == A
    assert conversation_state.read(key, conversation).case_id is not None


@pytest.mark.usefixtures("recovery_key")
def test_another_woman_s_data_stays(session: Session, key: PersonalKey, settings: Settings) -> None:
    conversation = furnish(session, key, settings)
    other = writes(session, key, "whatsapp:+523340019999", "soy otra")
    form = registry.FormDetails(full_name="Otra Mujer", birth_date="1990-01-01")
    woman = registry.save(session, key, settings, other, form, NOW)
    erase(session, key, settings, conversation)
    assert registry.read_details(key, woman).full_name == "Otra Mujer"
    kept = session.scalars(select(InboundMessage).where(InboundMessage.conversation_id == other.id)).one()
    assert inbox.read(key, kept).text == "soy otra"


@pytest.mark.usefixtures("recovery_key")
def test_the_whole_copy_holds_everything(session: Session, key: PersonalKey, settings: Settings) -> None:
    """Access is complete: what the erasure would take away, the copy shows; sealed words are in neither."""
    conversation = furnish(session, key, settings)
    woman = registry.woman_of(session, conversation)
    assert woman is not None
    copy = json.dumps(rights.whole_record(session, key, woman, datetime.now(UTC)), ensure_ascii=False)
    missing = [one for one in CANARIES if one not in copy]
    assert missing == ["canariohorario", "canarioboton", "canarioborrador"]
    texts = {f"canariotexto{n}x" for n in range(2 + 2 * (len(STATES) * len(OutboxKind) + 1))}
    assert [one for one in sorted(texts) if one not in copy] == []


@pytest.mark.usefixtures("recovery_key")
def test_the_chat_never_shows_her_other_numbers(
    session: Session, key: PersonalKey, settings: Settings
) -> None:
    """Whoever holds this phone must not learn where else she is reached."""
    conversation = furnish(session, key, settings)
    state = conversation_state.read(key, conversation)
    lines = "\n".join(rights.readable_copy(session, key, conversation, state))
    for shown in ("Canarionombre", "canariocolonia", "LOPM850714MJCPRR04", "canariofolio", "canariolengua"):
        assert shown in lines
    assert "334001000" not in lines
    assert Details().given() == []


def test_the_receipt_counts_business_days(session: Session, key: PersonalKey, settings: Settings) -> None:
    """LGPDPPSO art. 49: twenty business days, by the local day, without federal days of rest and ours."""
    conversation = writes(session, key, A, "mis datos")
    # 1 December 2026 in London is still 30 November in Jalisco.
    at = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)
    request = rights.open_request(session, settings, conversation, rights.ACCESS, at)
    local = request.answer_by.astimezone(settings.timezone)
    assert (local.date().isoformat(), local.hour) == ("2026-12-29", 23)
    session.add(Holiday(day=date(2026, 12, 24), name="Cierre"))
    session.flush()
    later = rights.open_request(session, settings, conversation, rights.ACCESS, at)
    assert later.answer_by.astimezone(settings.timezone).date().isoformat() == "2026-12-30"
