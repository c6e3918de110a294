"""Two records become one and two again: nothing is lost on either way, and what came since goes along."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from ledger import give
from sqlalchemy import func, select

from models import (
    FIRST_PROGRAMME,
    AbsenceCall,
    Affiliation,
    Attendance,
    AttendanceMark,
    Certificate,
    Conversation,
    DoubleState,
    DoubleSupport,
    Enrolment,
    EnrolmentState,
    FoodSecurityInterview,
    Graduation,
    Group,
    LinkPair,
    NameKey,
    PairDecision,
    Role,
    Rsvp,
    Session,
    Staff,
    Support,
    Woman,
    WomanMerge,
    Workshop,
)
from outreach.people import registry
from outreach.people.details import Details, Source
from outreach.programme import completion
from outreach.single_list.linking import deciding, merging, parking
from outreach.staff import accounts

if TYPE_CHECKING:
    import uuid

    from sqlalchemy.orm import Session as Database

    from outreach.sealing.crypto import PersonalKey

NOW = datetime(2026, 11, 20, 18, tzinfo=UTC)


@pytest.fixture
def staff(session: Database) -> Staff:
    accounts.add(session, "rosa", "Rosa Prueba", Role.COORDINATOR, NOW)
    found = accounts.find(session, "rosa")
    assert found is not None
    return found


def add(session: Database, key: PersonalKey, agency: str, folio: str, **values: Any) -> Woman:
    town = values.pop("municipality", None)
    woman = registry.add_woman(
        session, key, Details(**values), municipality=town, axis=None, agency=agency, external_id=folio,
        source=f"import:{agency}",
    )  # fmt: skip
    woman.created_at = NOW - timedelta(days=3 - len(folio) % 2)
    session.flush()
    return woman


def pair_of(session: Database, one: Woman, other: Woman, probability: float = 0.99) -> LinkPair:
    a, b = sorted((one.id, other.id), key=str)
    row = LinkPair(a_id=a, b_id=b, a_now=a, b_now=b, probability=probability, certain=False, conflict=False)
    session.add(row)
    session.flush()
    return row


def group_with_session(session: Database, code: str) -> tuple[Group, Session]:
    workshop = Workshop(code=code, name=code, axis="food")
    session.add(workshop)
    session.flush()
    group = Group(code=code, workshop_id=workshop.id, municipality="14039", place="Casa", capacity=9)
    session.add(group)
    session.flush()
    meeting = Session(code=code, group_id=group.id, starts_at=NOW + timedelta(days=3))
    session.add(meeting)
    session.flush()
    return group, meeting


def details(session: Database, key: PersonalKey, woman_id: uuid.UUID) -> Details:
    return registry.read_details(key, session.get_one(Woman, woman_id, populate_existing=True))


def test_a_merge_keeps_what_either_had(session: Database, key: PersonalKey, staff: Staff) -> None:
    """Values that one lacks come from the other; both folios, the phone and the name's sounds are hers."""
    one = add(session, key, "DIF", "D1", full_name="Elena Prueba López", curp="PULE900517MJCRPL02")
    other = add(session, key, "SSAS", "S1", full_name="Elena Prueba Lopes", birth_date="1990-05-17",
                municipality="14039")  # fmt: skip
    registry.link_phone(session, key, other, "3300000001")
    made = deciding.same(session, key, pair_of(session, one, other).id, staff.id, NOW)
    kept = session.get_one(Woman, made.kept_id)
    known = details(session, key, kept.id)
    assert (known.curp, known.birth_date, kept.municipality) == (
        "PULE900517MJCRPL02", "1990-05-17", "14039",
    )  # fmt: skip
    assert session.get(Woman, made.absorbed_id) is None
    assert set(session.scalars(select(Affiliation.woman_id))) == {kept.id}
    assert set(session.scalars(select(Conversation.woman_id))) == {kept.id}
    assert set(session.scalars(select(NameKey.woman_id))) == {kept.id}


def test_her_own_word_stays_before_a_list(session: Database, key: PersonalKey, staff: Staff) -> None:
    """What she wrote wins over an agency's newer value, on whichever record it stood."""
    one = add(session, key, "DIF", "D1", full_name="Elena Prueba López", locality="Centro")
    other = add(session, key, "SSAS", "S1", full_name="Elena Prueba López")
    hers = details(session, key, other.id)
    hers.locality = "Oblatos"
    hers.sources["locality"] = Source("herself", "2020-01-01T00:00Z")
    registry.write_details(session, key, other, hers)
    made = deciding.same(session, key, pair_of(session, one, other).id, staff.id, NOW)
    assert details(session, key, made.kept_id).locality == "Oblatos"


def test_undo_restores_both(session: Database, key: PersonalKey, staff: Staff) -> None:
    """Every row of both, in every table that names a woman, is as it was before."""
    one, other = _busy_pair(session, key, staff)
    before = {woman.id: (details(session, key, woman.id), _rows(session, woman.id)) for woman in (one, other)}
    pair = pair_of(session, one, other)
    made = deciding.same(session, key, pair.id, staff.id, NOW)
    session.commit()
    assert {len(_rows(session, made.absorbed_id))} == {0}
    deciding.undo(session, key, made.id, staff.id, NOW + timedelta(days=1))
    session.commit()
    for woman_id, (known, rows) in before.items():
        assert details(session, key, woman_id) == known
        assert _rows(session, woman_id) == rows
    session.refresh(pair)
    assert {pair.a_now, pair.b_now} == {one.id, other.id}
    assert pair.decision is PairDecision.APART
    with pytest.raises(merging.MergeError):
        deciding.undo(session, key, made.id, staff.id, NOW)


def _busy_pair(session: Database, key: PersonalKey, staff: Staff) -> tuple[Woman, Woman]:
    """Two records in one group and one apart each, with answers, attendance, interviews, two phones."""
    shared, meeting = group_with_session(session, "g0")
    women = []
    for number, agency in enumerate(("DIF", "SSAS")):
        woman = add(session, key, agency, f"F{number}", full_name="Elena Prueba López",
                    birth_date="1990-05-17", locality=agency)  # fmt: skip
        registry.link_phone(session, key, woman, f"330000000{number}")
        own, own_meeting = group_with_session(session, f"g{number + 1}")
        session.add_all(
            [
                Enrolment(woman_id=woman.id, group_id=shared.id, state=list(EnrolmentState)[number]),
                Enrolment(woman_id=woman.id, group_id=own.id, state="enrolled"),
                Rsvp(woman_id=woman.id, session_id=meeting.id, answer=("declined", "confirmed")[number],
                     updated_at=NOW + timedelta(hours=number)),
                Rsvp(woman_id=woman.id, session_id=own_meeting.id, answer="confirmed"),
                Attendance(woman_id=woman.id, session_id=meeting.id, state=("absent", "present")[number],
                           recorded_by=staff.id),
                FoodSecurityInterview(woman_id=woman.id, moment="start", asked_on=NOW.date(),
                                      answers_cipher=key.encrypt({}, place="x")),
                AttendanceMark(woman_id=woman.id, session_id=meeting.id, state=("absent", "present")[number],
                               source="door", marked_at=NOW, recorded_by=staff.id),
                AbsenceCall(woman_id=woman.id, session_id=meeting.id, attempt=1, result="done",
                            called_at=NOW),
            ]
        )  # fmt: skip
        _graduates(session, woman, shared)
        women.append(woman)
    session.commit()
    return women[0], women[1]


def _graduates(session: Database, woman: Woman, group: Group) -> None:
    """Both graduated from one workshop, each with a certificate on paper."""
    rule = completion.rule_of(session, FIRST_PROGRAMME, group.workshop_id) or completion.set_rule(
        session, FIRST_PROGRAMME, group.workshop_id, 1, both_interviews=False, now=NOW
    )
    made = Graduation(woman_id=woman.id, workshop_id=group.workshop_id, rule_id=rule.id, day=NOW.date())
    session.add(made)
    session.flush()
    row = Certificate(woman_id=woman.id, graduation_id=made.id, code_hash=made.id.bytes * 2,
                      content_cipher=b"x")  # fmt: skip
    session.add(row)


def test_both_papers_stay_valid(session: Database, key: PersonalKey, staff: Staff) -> None:
    """After a merge both certificates are hers; a graduation that is taken back takes both of one kind."""
    one, other = _busy_pair(session, key, staff)
    made = deciding.same(session, key, pair_of(session, one, other).id, staff.id, NOW)
    papers = session.scalars(select(Certificate)).all()
    assert {paper.woman_id for paper in papers} == {made.kept_id}
    graduation = session.get_one(Graduation, papers[0].graduation_id)
    completion.undo(session, graduation, by=None, now=NOW)
    session.expire_all()
    assert all(paper.revoked_at for paper in papers)


def _rows(session: Database, woman_id: uuid.UUID) -> dict[str, list[object]]:
    """All rows that name her, by table, without the order of the waiting list's counter."""
    session.expire_all()
    found: dict[str, list[object]] = {}
    for table, column in parking.hanging():
        rows = session.execute(select(table).where(column == woman_id).order_by(table.c.id)).mappings()
        kept = [{name: value for name, value in row.items() if name != "seq"} for row in rows]
        if kept:
            found[table.name] = list(kept)
    return found


def test_one_seat_one_attendance_after_a_merge(session: Database, key: PersonalKey, staff: Staff) -> None:
    """In the group of both she has one seat, was present, and her newer answer counts."""
    one, other = _busy_pair(session, key, staff)
    made = deciding.same(session, key, pair_of(session, one, other).id, staff.id, NOW)
    shared = select(Group.id).where(Group.code == "g0")
    active = session.scalars(
        select(Enrolment).where(
            Enrolment.group_id.in_(shared), Enrolment.woman_id == made.kept_id, Enrolment.state != "left"
        )
    ).all()
    assert [seat.state for seat in active] == [EnrolmentState.ENROLLED]
    meeting = select(Session.id).where(Session.code == "g0")
    assert session.scalars(select(Attendance.state).where(Attendance.session_id.in_(meeting))).all() == [
        "present"
    ]
    assert session.scalars(select(Rsvp.answer).where(Rsvp.session_id.in_(meeting))).all() == ["confirmed"]


def test_what_came_since_goes_with_whom_it_belongs_to(
    session: Database, key: PersonalKey, staff: Staff
) -> None:
    """A list's new value goes with its agency, attendance with its group's seat; the rest stays."""
    one, other = _busy_pair(session, key, staff)
    made = deciding.same(session, key, pair_of(session, one, other).id, staff.id, NOW)
    kept = session.get_one(Woman, made.kept_id)
    absorbed_agency = "SSAS" if made.absorbed_id == other.id else "DIF"
    known = details(session, key, kept.id)
    known.children, known.sources["children"] = "3", Source(f"import:{absorbed_agency}", "2026-11-21T10:00Z")
    known.preferred_name, known.sources["preferred_name"] = "Ele", Source("staff", "2026-11-21T10:00Z")
    registry.write_details(session, key, kept, known)
    own = "g2" if made.absorbed_id == other.id else "g1"
    session.add(
        Attendance(
            woman_id=kept.id,
            session_id=session.scalars(select(Session.id).where(Session.code == own)).one(),
            state="present",
        )
    )
    new_group, _ = group_with_session(session, "g9")
    session.add(Enrolment(woman_id=kept.id, group_id=new_group.id, state="enrolled"))
    session.commit()
    deciding.undo(session, key, made.id, staff.id, NOW + timedelta(days=2))
    session.commit()
    hers, mine = details(session, key, made.absorbed_id), details(session, key, made.kept_id)
    assert (hers.children, mine.children) == ("3", "")
    assert (hers.preferred_name, mine.preferred_name) == ("", "Ele")
    came = session.scalars(select(Attendance).join(Session).where(Session.code == own)).one()
    assert came.woman_id == made.absorbed_id
    assert session.scalars(select(Enrolment.woman_id).where(Enrolment.group_id == new_group.id)).all() == [
        made.kept_id
    ]


def test_two_merges_and_their_undo(session: Database, key: PersonalKey, staff: Staff) -> None:
    """Three records into one; both undone in any order, all three are back."""
    women = [
        add(session, key, agency, "F1", full_name="Elena Prueba López", locality=agency)
        for agency in ("DIF", "SSAS", "SISEMH")
    ]
    before = {woman.id: details(session, key, woman.id) for woman in women}
    first = deciding.same(session, key, pair_of(session, women[0], women[1]).id, staff.id, NOW)
    last = pair_of(session, women[2], session.get_one(Woman, first.kept_id))
    second = deciding.same(session, key, last.id, staff.id, NOW + timedelta(hours=1))
    session.commit()
    for made in (first, second):
        try:
            deciding.undo(session, key, made.id, staff.id, NOW + timedelta(days=1))
        except merging.LaterMergeError:
            session.rollback()
    if session.get_one(WomanMerge, first.id, populate_existing=True).undone_at is None:
        deciding.undo(session, key, first.id, staff.id, NOW + timedelta(days=1))
    session.commit()
    assert {woman_id: details(session, key, woman_id) for woman_id in before} == before


def test_a_decision_is_for_all_that_stand_for_it(session: Database, key: PersonalKey, staff: Staff) -> None:
    """Who was kept apart from one record is apart from what it was merged into."""
    a, b, c = (
        add(session, key, agency, "F1", full_name="Elena Prueba López")
        for agency in ("DIF", "SSAS", "SISEMH")
    )
    first, second, third = pair_of(session, a, b), pair_of(session, b, c), pair_of(session, a, c)
    deciding.keep_apart(session, second.id, staff.id, NOW)
    deciding.same(session, key, first.id, staff.id, NOW)
    session.refresh(third)
    assert third.decision is PairDecision.APART
    with pytest.raises(merging.MergeError):
        deciding.same(session, key, third.id, staff.id, NOW)


def test_who_opted_out_on_one_phone_stays_out(session: Database, key: PersonalKey, staff: Staff) -> None:
    """A merge must never start messages again that she had stopped; its undo restores both wills."""
    one = add(session, key, "DIF", "D1", full_name="Elena Prueba López")
    other = add(session, key, "SSAS", "S1", full_name="Elena Prueba López")
    for number, woman in enumerate((one, other)):
        registry.link_phone(session, key, woman, f"330000000{number}")
    first = session.scalars(select(Conversation).where(Conversation.woman_id == one.id)).one()
    first.opted_out_at = NOW
    made = deciding.same(session, key, pair_of(session, one, other).id, staff.id, NOW)
    assert session.scalar(select(func.count()).where(Conversation.opted_out_at.is_(None))) == 0
    deciding.undo(session, key, made.id, staff.id, NOW)
    assert session.scalar(select(func.count()).where(Conversation.opted_out_at.is_(None))) == 1


def test_erasing_her_erases_pairs_and_merges(session: Database, key: PersonalKey, staff: Staff) -> None:
    """The old values of a merged record go with her; so does what she was compared with."""
    one = add(session, key, "DIF", "D1", full_name="Elena Prueba López")
    other = add(session, key, "SSAS", "S1", full_name="Elena Prueba López")
    third = add(session, key, "SISEMH", "I1", full_name="Elena Prueba López")
    pair_of(session, other, third)
    made = deciding.same(session, key, pair_of(session, one, other).id, staff.id, NOW)
    session.delete(session.get_one(Woman, made.kept_id))
    session.flush()
    assert not session.scalar(select(func.count()).select_from(WomanMerge))
    assert not session.scalar(select(func.count()).select_from(LinkPair))


def test_a_double_shows_when_two_records_are_one(session: Database, key: PersonalKey, staff: Staff) -> None:
    """What two agencies gave to two records is over the rule once they are one, until they are parted."""
    one = add(session, key, "DIF", "1", full_name="Ana Gil", birth_date="1980-03-02")
    other = add(session, key, "SSAS", "1", full_name="Ana Gil", birth_date="1980-03-02")
    give(session, key, one, "2026-09-03")
    give(session, key, other, "2026-09-20", agency="SSAS")
    assert session.scalars(select(DoubleSupport.state)).all() == []
    merge = merging.merge(session, key, one.id, other.id, NOW, staff.id)
    assert session.scalars(select(DoubleSupport.state)).all() == [DoubleState.OPEN]
    merging.undo(session, key, merge.id, NOW, staff.id)
    rows = session.execute(
        select(DoubleSupport.state, DoubleSupport.woman_id, Support.woman_id).join(Support)
    )
    assert [(state, of == given) for state, of, given in rows] == [(DoubleState.CLEARED, True)]
    merging.merge(session, key, one.id, other.id, NOW, staff.id)
    assert session.scalars(select(DoubleSupport.state)).all() == [DoubleState.OPEN]


@pytest.mark.parametrize(
    ("corrected", "joins"),
    [
        ({}, True),
        ({"locality": "Centro"}, True),
        ({"curp": ""}, False),
        ({"curp": "GALE900517MJCRPL09"}, False),
        ({"birth_date": "1988-01-02"}, False),
    ],
)
def test_the_rule_joins_what_is_so_now(
    session: Database, key: PersonalKey, corrected: dict[str, str], *, joins: bool
) -> None:
    """A record may be corrected between the comparison and the merge: the pair then waits for a person."""
    known = {"full_name": "Elena Prueba López", "curp": "PULE900517MJCRPL02"}
    one = add(session, key, "DIF", "D1", **known, birth_date="1990-05-17")
    other = add(session, key, "SSAS", "S1", full_name="Elena Prueba López")
    hers = details(session, key, other.id)
    for name, value in (known | corrected).items():
        setattr(hers, name, value)
    registry.write_details(session, key, other, hers)
    pair = pair_of(session, one, other)
    assert deciding.join_by_rule(session, key, pair.id, NOW) is joins
    session.refresh(pair)
    assert (pair.decision is PairDecision.SAME) is joins
