"""Who said no stays out: what ended her contact is undone only while she has not said it herself since."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from people import NOW, add_woman
from sqlalchemy import func, select, update

from models import Consent, Conversation, LinkPair, Role, Staff, Suppression, Woman, WomanChange
from outreach.messages import inbox
from outreach.people import changes, conversations, preferences, registry
from outreach.single_list import her_no, her_record, history, imports
from outreach.single_list.her_record import RecordError
from outreach.single_list.linking import deciding
from outreach.staff import accounts

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from sqlalchemy.orm import Session

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

LATER = NOW + timedelta(hours=1)
HEAD = "dependencia,folio,nombre completo,CURP,teléfono\n"
CURP = "LOPM850714MJCPRR04"


@pytest.fixture
def staff_id(session: Session) -> uuid.UUID:
    accounts.add(session, "rosa", "Rosa Prueba", Role.COORDINATOR, NOW)
    return session.scalars(select(Staff.id)).one()


def change_of(session: Session, key: PersonalKey, woman: Woman, what: str) -> uuid.UUID:
    """Return the newest change of a kind."""
    rows = session.scalars(
        select(WomanChange).where(WomanChange.woman_id == woman.id).order_by(WomanChange.seq.desc())
    )
    return next(row.id for row in rows if changes.read(key, row).what == what)


def stopped(session: Session) -> list[bool]:
    """Say of each conversation whether nothing is initiated in it, in the order of their making."""
    session.expire_all()
    ends = session.scalars(select(Conversation.opted_out_at).order_by(Conversation.created_at)).all()
    return [end is not None for end in ends]


def test_her_own_no_is_not_undone_by_staff(
    session: Session, key: PersonalKey, settings: Settings, staff_id: uuid.UUID
) -> None:
    """A coordinator ended her contact, then she wrote BAJA: the first can no longer be undone."""
    woman, conversation = add_woman(session, key)
    her_record.end_contact(session, key, woman, by=staff_id, now=NOW)
    preferences.opt_out(session, conversation, LATER)
    ended = change_of(session, key, woman, changes.CONTACT_ENDED)
    with pytest.raises(RecordError):
        history.undo(session, key, settings, woman.id, ended, reader=None, by=staff_id, now=LATER)
    assert stopped(session) == [True]
    assert session.scalar(select(func.count()).select_from(Suppression)) == 1


@pytest.mark.parametrize("says_no", [True, False])
def test_her_own_no_outlasts_the_undo_of_a_merge(
    session: Session, key: PersonalKey, staff_id: uuid.UUID, *, says_no: bool
) -> None:
    """The merge stopped her other number too; only where she said nothing since, the undo lets it go."""
    one, first = add_woman(session, key, 1)
    other, second = add_woman(session, key, 2)
    first.opted_out_at = NOW - timedelta(days=1)
    a, b = sorted((one.id, other.id), key=str)
    pair = LinkPair(a_id=a, b_id=b, a_now=a, b_now=b, probability=0.9, certain=False, conflict=False)
    session.add(pair)
    session.flush()
    made = deciding.same(session, key, pair.id, staff_id, NOW)
    if says_no:
        preferences.opt_out(session, session.get_one(Conversation, second.id), LATER)
    deciding.undo(session, key, made.id, staff_id, LATER)
    session.expire_all()
    assert first.opted_out_at is not None
    assert (second.opted_out_at is not None) is says_no


def test_a_number_that_staff_add_is_stopped_like_her_others(
    session: Session, key: PersonalKey, settings: Settings, staff_id: uuid.UUID
) -> None:
    """Nothing is initiated on it; taken away again, it is as it was. Who said nothing is not stopped."""
    woman, conversation = add_woman(session, key)
    conversation.last_inbound_at = None
    her_record.end_contact(session, key, woman, by=staff_id, now=NOW)
    her_record.add_number(session, key, woman, "33 1234 5678", by=staff_id)
    assert stopped(session) == [True, True]
    assert conversations.reaches(session, [woman.id])[woman.id].reason == conversations.OPTED_OUT
    number = change_of(session, key, woman, changes.NUMBER)
    history.undo(session, key, settings, woman.id, number, reader=None, by=staff_id, now=LATER)
    assert stopped(session) == [True, False]
    assert session.scalar(select(func.count()).select_from(Suppression)) == 1
    ended = change_of(session, key, woman, changes.CONTACT_ENDED)
    history.undo(session, key, settings, woman.id, ended, reader=None, by=staff_id, now=LATER)
    her_record.add_number(session, key, woman, "33 1234 5678", by=staff_id)
    assert stopped(session) == [False, False]


@pytest.mark.parametrize("says_no", [True, False])
def test_a_number_with_a_no_stops_her_others(
    session: Session, key: PersonalKey, settings: Settings, staff_id: uuid.UUID, *, says_no: bool
) -> None:
    """BAJA came from it before anybody knew whose it was. Where it was not hers, each is as it was before."""
    woman, conversation = add_woman(session, key)
    known = inbox.conversation_of(session, key, "whatsapp:+523312345678", LATER)
    preferences.opt_out(session, known, NOW)
    her_record.add_number(session, key, woman, "33 1234 5678", by=staff_id)
    assert stopped(session) == [True, True]
    if says_no:
        preferences.opt_out(session, conversation, LATER)
        known.opted_out_at = NOW
    number = change_of(session, key, woman, changes.NUMBER)
    history.undo(session, key, settings, woman.id, number, reader=None, by=staff_id, now=LATER)
    assert stopped(session) == [says_no, True]
    assert (known.woman_id, known.opted_out_at) == (None, NOW)


@pytest.mark.parametrize("ended", [True, False])
@pytest.mark.parametrize("met", [True, False])
def test_a_list_with_another_number_starts_nothing_again(
    session: Session, key: PersonalKey, settings: Settings, staff_id: uuid.UUID, *, ended: bool, met: bool
) -> None:
    """The agency's next list brings a new number: ended contact stays ended, on a number met before too."""

    def load(phone: str) -> None:
        table = imports.read("women", f"{HEAD}DIF,1,Martha López,{CURP},{phone}\n".encode())
        assert not imports.load(session, key, settings, "women", table, NOW).errors

    load("3312345678")
    woman = session.scalars(select(Woman)).one()
    if ended:
        her_record.end_contact(session, key, woman, by=staff_id, now=NOW)
    if met:
        inbox.conversation_of(session, key, "whatsapp:+523387654321", LATER)
        session.flush()
    load("3387654321")
    hers = registry.woman_by_phone(session, key, "3387654321")
    assert hers is not None
    assert hers.id == woman.id
    assert stopped(session) == [ended]


def listed_no(session: Session, key: PersonalKey, settings: Settings) -> Woman:
    """Return a woman whose list says no and has no number."""
    row = f"{HEAD.strip()},fecha de consentimiento\nDIF,1,Martha López,{CURP},,no\n"
    table = imports.read("women", row.encode())
    assert not imports.load(session, key, settings, "women", table, NOW).errors
    return session.scalars(select(Woman)).one()


@pytest.mark.parametrize(
    ("agreed", "ends"), [(NOW - timedelta(days=1), True), (NOW + timedelta(minutes=5), False)]
)
def test_a_lists_no_outlasts_a_merge(
    session: Session,
    key: PersonalKey,
    settings: Settings,
    staff_id: uuid.UUID,
    agreed: datetime,
    *,
    ends: bool,
) -> None:
    """It had no number to end; joined to the record that has one, it ends that, unless she said yes since."""
    listed = listed_no(session, key, settings)
    woman, _ = add_woman(session, key)
    session.execute(update(Consent).values(created_at=agreed))
    a, b = sorted((listed.id, woman.id), key=str)
    pair = LinkPair(a_id=a, b_id=b, a_now=a, b_now=b, probability=0.9, certain=False, conflict=False)
    session.add(pair)
    session.flush()
    made = deciding.same(session, key, pair.id, staff_id, LATER)
    assert stopped(session) == [ends]
    kept = session.get_one(Woman, made.kept_id)
    assert her_no.said_at(registry.read_details(key, kept).sources) == NOW
    deciding.undo(session, key, made.id, staff_id, LATER)
    assert stopped(session) == [False]
    sources = [registry.read_details(key, one).sources for one in session.scalars(select(Woman))]
    assert sorted(her_no.SAID_IN in one for one in sources) == [False, True]


def test_a_merge_of_two_without_a_no_ends_nothing(
    session: Session, key: PersonalKey, staff_id: uuid.UUID
) -> None:
    """Nobody said no: both numbers stay as they were."""
    one, _ = add_woman(session, key, 1)
    other, _ = add_woman(session, key, 2)
    a, b = sorted((one.id, other.id), key=str)
    pair = LinkPair(a_id=a, b_id=b, a_now=a, b_now=b, probability=0.9, certain=False, conflict=False)
    session.add(pair)
    session.flush()
    deciding.same(session, key, pair.id, staff_id, NOW)
    assert stopped(session) == [False, False]


def test_a_number_that_staff_add_after_a_lists_no_is_stopped(
    session: Session, key: PersonalKey, settings: Settings, staff_id: uuid.UUID
) -> None:
    """The first number that she gets, by whomever, is ended by the no that had none; the undo lets it go."""
    woman = listed_no(session, key, settings)
    her_record.add_number(session, key, woman, "33 1234 5678", by=staff_id)
    assert stopped(session) == [True]
    number = change_of(session, key, woman, changes.NUMBER)
    history.undo(session, key, settings, woman.id, number, reader=None, by=staff_id, now=LATER)
    assert stopped(session) == [False]
