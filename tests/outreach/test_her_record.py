"""A woman's record: added, corrected, enrolled and left, each in a history, each undone by itself."""

from __future__ import annotations

import threading
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from people import NOW, add_group, add_woman
from sqlalchemy import func, select

from models import Affiliation, Conversation, Enrolment, EnrolmentState, Role, Staff, Woman, WomanChange
from outreach.messages import conversation_state
from outreach.people import changes, finding, registry
from outreach.people.details import HERSELF, STAFF, Details, Source
from outreach.people.finding import Asked
from outreach.programme import programmes
from outreach.single_list import erasure, her_page, her_record, history, imports, rights
from outreach.single_list.her_record import ConfirmError, RecordError
from outreach.single_list.linking import merging
from outreach.staff import accounts

if TYPE_CHECKING:
    from sqlalchemy.orm import Session, sessionmaker

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey
    from outreach.single_list.history import Entry

CURP = "LOPM850714MJCPRR04"
GIVEN = {"full_name": "Martha López Pérez", "birth_date": "1985-07-14", "municipality": "14039"}


@pytest.fixture
def staff_id(session: Session) -> uuid.UUID:
    accounts.add(session, "rosa", "Rosa Prueba", Role.COORDINATOR, NOW)
    return session.scalars(select(Staff.id)).one()


def entries(session: Session, key: PersonalKey, woman: Woman, reader: str | None = None) -> dict[str, Entry]:
    """Return the newest entry of each kind."""
    stands = history.standing(session, key, woman, reader)
    found = history.listed(session, key, woman.id, stands).entries
    return {one.change.what: one for one in reversed(found)}


def test_added_once_and_found(session: Session, key: PersonalKey, staff_id: uuid.UUID) -> None:
    """A second click adds nobody; who looks like a record that is there wants a confirmation."""
    once = uuid.uuid4()
    woman = her_record.add(session, key, GIVEN, once=once, by=staff_id, now=NOW)
    assert her_record.add(session, key, GIVEN, once=once, by=staff_id, now=NOW) is woman
    assert registry.read_details(key, woman).sources["full_name"] == Source.of(STAFF, NOW)
    assert [hit.woman.id for hit in finding.find(session, key, Asked.of("marta lopes")).hits] == [woman.id]
    with pytest.raises(ConfirmError) as stop:
        her_record.add(session, key, GIVEN, once=uuid.uuid4(), by=staff_id, now=NOW)
    assert stop.value.others == [woman.id]
    other = her_record.add(
        session, key, GIVEN | {"curp": CURP}, once=uuid.uuid4(), by=staff_id, now=NOW, confirmed=True
    )
    assert registry.read_details(key, other).curp == CURP
    (entry,) = entries(session, key, woman).values()
    assert (entry.change.what, entry.by, entry.undoable) == ("added", "Rosa Prueba", False)


def test_corrected_and_undone_singly(
    session: Session, key: PersonalKey, settings: Settings, staff_id: uuid.UUID
) -> None:
    """Two values change, one goes back; where something came after, nothing is undone."""
    woman = her_record.add(session, key, GIVEN, once=uuid.uuid4(), by=staff_id, now=NOW)

    def write(minutes: int, **given: str) -> int:
        at = NOW + timedelta(minutes=minutes)
        return her_record.correct(session, key, woman, given, by=staff_id, now=at)

    def undo(entry: Entry) -> None:
        history.undo(
            session, key, settings, woman.id, entry.id, reader=None, by=staff_id, now=NOW
        )  # fmt: skip

    assert write(1, full_name="Marta López Pérez", municipality="14120", birth_date="1985-07-14") == 2
    assert write(2, full_name="Marta López") == 1
    assert write(3) == write(3, full_name="Marta López") == 0
    stands = history.standing(session, key, woman, None)
    found = history.listed(session, key, woman.id, stands).entries
    older = next(one for one in found if one.change.before == "Martha López Pérez")
    town = next(one for one in found if one.change.what == "municipality")
    last = found[0]
    assert (last.undoable, older.undoable, town.undoable) == (True, False, True)
    with pytest.raises(RecordError):
        undo(older)
    undo(town)
    assert woman.municipality == "14039"
    undo(last)
    undo(older)
    details = registry.read_details(key, woman)
    assert (details.full_name, details.sources["full_name"].at) == (
        "Martha López Pérez",
        Source.of(STAFF, NOW).at,
    )
    for entry in (last, older, town):
        with pytest.raises(RecordError):
            undo(entry)
    assert entries(session, key, woman)["municipality"].undone_by == "Rosa Prueba"


def test_what_she_said_wants_a_confirmation(session: Session, key: PersonalKey, staff_id: uuid.UUID) -> None:
    """Her own words are written over, or taken away, by who confirms it; a list's are not hers."""
    woman, _ = add_woman(session, key)
    details = registry.read_details(key, woman)
    details.sources |= {"full_name": Source.of(HERSELF, NOW), "birth_date": Source("import:DIF", "x")}
    details.birth_year = ""
    registry.write_details(session, key, woman, details)

    def write(*, confirmed: bool = False, **given: str) -> int:
        return her_record.correct(session, key, woman, given, by=staff_id, now=NOW, confirmed=confirmed)

    assert write(full_name="Prueba Número 1", birth_date="1991-05-17", locality="Oblatos") == 2
    for name in ("Otra Prueba", ""):
        with pytest.raises(ConfirmError) as stop:
            write(full_name=name)
        assert stop.value.hers == ["full_name"]
    assert write(full_name="Otra Prueba", confirmed=True) == 1
    assert registry.read_details(key, woman).sources["full_name"].who == STAFF


def test_a_curp_of_another_record(session: Session, key: PersonalKey, staff_id: uuid.UUID) -> None:
    """It is not written without a confirmation: two records with one CURP are for the review."""
    mine, _ = add_woman(session, key)
    hers, _ = add_woman(session, key, 2)
    given = {"curp": CURP}
    her_record.correct(session, key, hers, given, by=staff_id, now=NOW)
    with pytest.raises(ConfirmError) as stop:
        her_record.correct(session, key, mine, given, by=staff_id, now=NOW)
    assert stop.value.others == [hers.id]


def test_what_she_changes_in_the_chat_is_in_her_history(
    session: Session, key: PersonalKey, settings: Settings
) -> None:
    """It stands there with what was before, by nobody of staff, and can't be undone by staff."""
    woman, conversation = add_woman(session, key)
    given = registry.FormDetails(full_name="Nombre De Ella", municipality="14120")
    registry.save(session, key, settings, conversation, given, NOW)
    found = entries(session, key, woman)
    assert found["full_name"].change.before == "Prueba Número 1"
    assert (found["municipality"].change.before, found["municipality"].change.after) == ("14039", "14120")
    assert {(one.by, one.undoable) for one in found.values()} == {("", False)}


def test_enrolled_left_and_back(
    session: Session, key: PersonalKey, settings: Settings, staff_id: uuid.UUID
) -> None:
    """A seat taken and given up, each undone; a full group lets her wait."""
    woman, _ = add_woman(session, key)
    group, _ = add_group(session, capacity=1)
    seat = her_record.enrol(session, key, woman, group.id, by=staff_id)
    with pytest.raises(RecordError):
        her_record.enrol(session, key, woman, group.id, by=staff_id)
    other, _ = add_woman(session, key, 2)
    assert her_record.enrol(session, key, other, group.id, by=staff_id).state is EnrolmentState.WAITING
    assert entries(session, key, woman)["enrolled"].undoable
    her_record.leave(session, key, settings, woman, seat.id, by=staff_id, now=NOW)
    with pytest.raises(RecordError):
        her_record.leave(session, key, settings, woman, seat.id, by=staff_id, now=NOW)
    found = entries(session, key, woman)
    assert (found["enrolled"].undoable, found["left"].undoable) == (False, True)
    said = history.undo(session, key, settings, woman.id, found["left"].id, reader=None, by=staff_id, now=NOW)
    assert "lista de espera" in said
    states = dict(
        session.execute(select(Enrolment.woman_id, Enrolment.state).where(Enrolment.left_at.is_(None))).all()
    )
    assert states == {woman.id: EnrolmentState.WAITING, other.id: EnrolmentState.ENROLLED}


def test_contact_ends_and_begins_again(
    session: Session, key: PersonalKey, settings: Settings, staff_id: uuid.UUID
) -> None:
    """Nothing is initiated; the undo holds where she has not decided herself since."""
    woman, conversation = add_woman(session, key)
    her_record.end_contact(session, key, woman, by=staff_id, now=NOW)
    assert conversation.opted_out_at == NOW
    with pytest.raises(RecordError):
        her_record.end_contact(session, key, woman, by=staff_id, now=NOW)
    entry = entries(session, key, woman)["contact_ended"]
    conversation.opted_out_at = NOW + timedelta(hours=1)
    assert not entries(session, key, woman)["contact_ended"].undoable
    conversation.opted_out_at = NOW
    history.undo(session, key, settings, woman.id, entry.id, reader=None, by=staff_id, now=NOW)
    assert {one.opted_out_at for one in session.scalars(select(Conversation))} == {None}
    lone = her_record.add(session, key, GIVEN, once=uuid.uuid4(), by=staff_id, now=NOW)
    with pytest.raises(RecordError):
        her_record.end_contact(session, key, lone, by=staff_id, now=NOW)


def test_number_and_folio(
    session: Session, key: PersonalKey, settings: Settings, staff_id: uuid.UUID
) -> None:
    """Both are undone while nothing came over the number; another agency's folio is not."""
    add_woman(session, key, 7)
    woman = her_record.add(session, key, GIVEN, once=uuid.uuid4(), by=staff_id, now=NOW)
    her_record.add_number(session, key, woman, "33 1234 5678", by=staff_id)
    for wrong in ("123", "3300000007"):
        with pytest.raises(RecordError):
            her_record.add_number(session, key, woman, wrong, by=staff_id)
    her_record.add_folio(session, key, woman, "DIF", "F-9", consent_on=NOW.date(), by=staff_id)
    for agency, folio in (("DIF", "F-9"), ("NADIE", "1")):
        with pytest.raises(RecordError):
            her_record.add_folio(session, key, woman, agency, folio, consent_on=None, by=staff_id)
    assert her_record.may_change(session, woman.id, "DIF")
    assert not her_record.may_change(session, woman.id, "SSAS")
    assert not entries(session, key, woman, "SSAS")["folio"].undoable
    for what in ("number", "folio"):
        entry = entries(session, key, woman, "DIF")[what]
        assert entry.undoable, what
        history.undo(session, key, settings, woman.id, entry.id, reader="DIF", by=staff_id, now=NOW)
    assert session.scalar(select(func.count()).select_from(Affiliation)) == 0
    assert session.scalar(select(func.count()).where(Conversation.woman_id == woman.id)) == 0


def test_nothing_of_a_change_is_readable(
    session: Session, key: PersonalKey, settings: Settings, staff_id: uuid.UUID
) -> None:
    """Rows of one length; they are in her copy, go along in a merge and back, and go with her erasure."""
    woman, conversation = add_woman(session, key)
    her_record.correct(session, key, woman, {"locality": "x" * 120}, by=staff_id, now=NOW)
    her_record.correct(session, key, woman, {"children": "2"}, by=staff_id, now=NOW)
    rows = session.scalars(select(WomanChange)).all()
    assert len({len(row.change_cipher) for row in rows}) == 1
    copy = rights.whole_record(session, key, woman, NOW)["changes"]
    assert [(one["what"], one["after"]) for one in copy] == [("locality", "x" * 120), ("children", "2")]
    other = registry.add_woman(session, key, Details(full_name="Otra"), municipality=None, axis=None)
    her_record.correct(session, key, other, {"locality": "Oblatos"}, by=staff_id, now=NOW)
    made = merging.merge(session, key, woman.id, other.id, NOW, staff_id)
    assert session.scalar(select(func.count()).where(WomanChange.woman_id == made.kept_id)) == 3
    merging.undo(session, key, made.id, NOW, staff_id)
    assert session.scalar(select(func.count()).where(WomanChange.woman_id == woman.id)) == 2
    state = conversation_state.read(key, conversation)
    erasure.erase(session, key, settings, conversation, state, NOW)
    assert [changes.read(key, row).what for row in session.scalars(select(WomanChange))] == ["locality"]


def test_lists_in_her_history(session: Session, key: PersonalKey, settings: Settings) -> None:
    """What a list writes over stands there and goes back; what it may not write over is kept aside, once."""

    def load(text: str, agency: str = "DIF") -> int:
        head = "agency,external_id,full_name,curp,locality,axis\n"
        table = imports.read("women", f"{head}{agency},1,Martha López,{CURP},{text}\n".encode())
        report = imports.load(session, key, settings, "women", table, NOW)
        assert not report.errors
        return session.scalar(select(func.count()).select_from(WomanChange)) or 0

    assert load("Oblatos,food") == 0
    assert load("Huentitán,food") == load("Huentitán,food") == 1
    woman = session.scalars(select(Woman)).one()
    entry = entries(session, key, woman)["locality"]
    assert (entry.change.before, entry.change.after, entry.by, entry.undoable) == (
        "Oblatos", "Huentitán", "", True,
    )  # fmt: skip
    for _ in range(2):
        assert load("Analco,health", "SSAS") == 1
        session.expire_all()
        details = registry.read_details(key, woman)
        assert details.aside == {"locality": {"import:SSAS": "Analco"}, "axis": {"import:SSAS": "health"}}
        assert details.locality == "Huentitán"
    page = her_page.of_woman(session, key, woman.id, "DIF", NOW)
    assert page
    shown = {one.name: one.aside for one in page.values}
    assert [value for value, _ in shown["axis"]] == ["Salud"]
    other = registry.add_woman(session, key, Details(full_name="Otra"), municipality=None, axis=None)
    merging.merge(session, key, woman.id, other.id, NOW)
    kept = session.scalars(select(Woman)).one()
    assert registry.read_details(key, kept).aside or kept.id == other.id


def test_an_axis_of_the_data(session: Session, key: PersonalKey, settings: Settings) -> None:
    """An axis that was added may be chosen by a list and in the chat; one that was retired may not."""
    woman, conversation = add_woman(session, key)
    programme_id = conversation.programme_id
    programmes.add_axis(session, programme_id, "digital", "Computación")
    health = next(one for one in programmes.axes(session, programme_id) if one.code == "health")
    programmes.retire(health, NOW)
    session.flush()
    for code, kept in (("digital", "digital"), ("health", "digital"), ("x", "digital"), ("food", "food")):
        given = registry.FormDetails(axis=code)
        registry.save(session, key, settings, conversation, given, NOW)
        assert woman.axis == kept
        state = conversation_state.read(key, conversation)
        name = {"digital": "computación", "food": "alimentación"}[kept]
        assert any(name in line for line in rights.readable_copy(session, key, conversation, state))
    head = "full_name,curp,axis\n"
    for said, wrong in (("computación", 0), ("Oficio", 0), ("salud", 1), ("magia", 1)):
        table = imports.read("women", f"{head}Martha López,{CURP},{said}\n".encode())
        report = imports.load(session, key, settings, "women", table, NOW)
        assert len(report.errors) == wrong, said
        assert not wrong or "Computación" in report.errors[0][1]


def test_two_clicks_at_once_add_one_woman(
    session: Session, sessions: sessionmaker[Session], key: PersonalKey, staff_id: uuid.UUID
) -> None:
    """The second waits for the first and finds her."""
    session.commit()
    once, added = uuid.uuid4(), []

    def add() -> None:
        with sessions.begin() as db:
            added.append(her_record.add(db, key, GIVEN, once=once, by=staff_id, now=NOW).id)

    with sessions.begin() as first:
        her_record.add(first, key, GIVEN, once=once, by=staff_id, now=NOW)
        second = threading.Thread(target=add)
        second.start()
        second.join(1)
        assert second.is_alive()
    second.join(20)
    assert added == [once]
    assert session.scalar(select(func.count()).select_from(Woman)) == 1
