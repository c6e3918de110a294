"""Completion by rules that are data, graduations by a person's act, certificates that can be checked."""

from __future__ import annotations

import threading
import uuid
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from people import NOW, add_group, add_woman
from sqlalchemy import select

from models import FIRST_PROGRAMME, Attendance, Certificate, Graduation, Session, Workshop
from outreach.people import food_security
from outreach.programme import certificates, completion, enrolment
from outreach.programme.completion import CompletionError
from outreach.single_list.linking import merging

if TYPE_CHECKING:
    from sqlalchemy.orm import Session as Database
    from sqlalchemy.orm import sessionmaker

    from models import CompletionRule, Group, Woman
    from outreach.sealing.crypto import PersonalKey

DAY = date(2026, 11, 23)


@pytest.fixture
def group(session: Database) -> Group:
    return add_group(session)[0]


@pytest.fixture
def elena(session: Database, key: PersonalKey, group: Group) -> Woman:
    woman, _ = add_woman(session, key, 1)
    enrolment.enrol(session, woman, group.id)
    return woman


def rule(db: Database, group: Group, least: int = 2, *, both: bool = False) -> CompletionRule:
    return completion.set_rule(db, FIRST_PROGRAMME, group.workshop_id, least, both_interviews=both, now=NOW)


def attends(db: Database, group: Group, woman: Woman, state: str = "present") -> Session:
    """Add a session at which she was, or was not."""
    at = NOW - timedelta(days=len(group.sessions) + 10)
    meeting = Session(code=uuid.uuid4().hex, group_id=group.id, starts_at=at)
    db.add(meeting)
    db.flush()
    db.add(Attendance(woman_id=woman.id, session_id=meeting.id, state=state))
    db.flush()
    return meeting


def has(db: Database, rule: CompletionRule, woman: Woman) -> tuple[int, bool]:
    got = completion.progress(db, rule, [woman.id])[woman.id]
    return got.counted, got.complete


def test_sessions_that_count(session: Database, group: Group, elena: Woman) -> None:
    """Those at which she was, in any group of the workshop; none of another one, and no cancelled one."""
    wanted = rule(session, group)
    attends(session, group, elena)
    attends(session, group, elena, "absent")
    other, _ = add_group(session, code="other")
    attends(session, other, elena)
    attends(session, group, elena).cancelled_at = NOW
    assert has(session, wanted, elena) == (1, False)
    sister, _ = add_group(session, code="sister")
    sister.workshop_id = group.workshop_id
    attends(session, sister, elena)
    assert has(session, wanted, elena) == (2, True)


def test_both_interviews(session: Database, key: PersonalKey, group: Group, elena: Woman) -> None:
    """Where the rule asks for them, sessions alone are not enough, nor is one interview twice."""
    wanted = rule(session, group, 1, both=True)
    attends(session, group, elena)
    for _ in range(2):
        food_security.save(session, key, elena, {"q1": "no"}, completion.START, asked_on=NOW.date())
    got = completion.progress(session, wanted, [elena.id])[elena.id]
    assert (got.complete, set(got.missing)) == (False, {completion.END})
    with pytest.raises(CompletionError, match="Todavía no cumple"):
        completion.graduate(session, elena.id, wanted, DAY, by=None)
    food_security.save(session, key, elena, {"q1": "no"}, completion.END, asked_on=NOW.date())
    assert has(session, wanted, elena) == (1, True)


def test_a_graduation_is_recorded_once_and_taken_back(
    session: Database, key: PersonalKey, group: Group, elena: Woman
) -> None:
    """Undone it stays in the table; recorded again it is a new one."""
    wanted = rule(session, group, 1)
    attends(session, group, elena)
    first = completion.graduate(session, elena.id, wanted, DAY, by=None)
    assert completion.graduate(session, elena.id, wanted, DAY, by=None) is first
    (line,) = completion.of_group(session, key, group, wanted)
    assert (line.name, line.graduation) == ("Prueba Número 1", first)
    completion.undo(session, first, by=None, now=NOW)
    (line,) = completion.of_group(session, key, group, wanted)
    assert line.graduation is None
    assert completion.graduate(session, elena.id, wanted, DAY, by=None) is not first
    assert len(session.scalars(select(Graduation)).all()) == 2


def test_an_old_page_takes_nothing_newer_back(
    session: Database, key: PersonalKey, group: Group, elena: Woman
) -> None:
    """Whoever has the former graduation before her does not take back the one that was recorded since."""
    wanted = rule(session, group, 1)
    attends(session, group, elena)
    former = completion.graduate(session, elena.id, wanted, DAY, by=None)
    assert completion.undo(session, former, by=None, now=NOW)
    newer = completion.graduate(session, elena.id, wanted, DAY, by=None)
    code = certificates.read(key, certificates.issue(session, key, newer, by=None, now=NOW)).code
    assert not completion.undo(session, former, by=None, now=NOW)
    session.refresh(newer)
    assert newer.undone_at is None
    assert certificates.checked(session, key, code) is not None


def test_taken_back_while_a_certificate_is_made(
    session: Database, sessions: sessionmaker[Database], key: PersonalKey, group: Group, elena: Woman
) -> None:
    """Of two who press at one moment the second waits: no certificate is valid without its graduation."""
    attends(session, group, elena)
    made = completion.graduate(session, elena.id, rule(session, group, 1), DAY, by=None)
    made_id = made.id
    session.commit()
    code = certificates.read(key, certificates.issue(session, key, made, by=None, now=NOW)).code

    def takes_back() -> None:
        with sessions.begin() as other:
            completion.undo(other, other.get_one(Graduation, made_id), by=None, now=NOW)

    thread = threading.Thread(target=takes_back)
    thread.start()
    thread.join(0.5)
    session.commit()
    thread.join(20)
    assert not thread.is_alive()
    assert certificates.checked(session, key, code) is None
    session.expire_all()
    assert session.get_one(Graduation, made_id).undone_at is not None


def test_who_graduated_stays_on_the_page_of_a_stricter_rule(
    session: Database, key: PersonalKey, group: Group, elena: Woman
) -> None:
    """Her paper can be printed again; she who has not graduated and has too little is not there."""
    other, _ = add_woman(session, key, 2)
    before = completion.set_rule(session, FIRST_PROGRAMME, None, 1, both_interviews=False, now=NOW)
    of_workshop = rule(session, group, 1)
    for woman in (elena, other):
        attends(session, group, woman)
        completion.graduate(session, woman.id, of_workshop, DAY, by=None)
    done = completion.graduate(session, elena.id, before, DAY, by=None)
    after = completion.set_rule(session, FIRST_PROGRAMME, None, 4, both_interviews=False, now=NOW)
    lines, _ = completion.of_programme(session, key, after)
    assert [line.graduation for line in lines] == [done]


def test_each_paper_of_joined_records_can_be_revoked(
    session: Database, key: PersonalKey, group: Group, elena: Woman
) -> None:
    """Two records with a certificate each are joined: revoke the one that is shown; the other is then."""
    wanted = rule(session, group, 1)
    other, _ = add_woman(session, key, 2)
    enrolment.enrol(session, other, group.id)
    codes = []
    for woman in (elena, other):
        attends(session, group, woman)
        made = completion.graduate(session, woman.id, wanted, DAY, by=None)
        codes.append(certificates.read(key, certificates.issue(session, key, made, by=None, now=NOW)).code)
    merging.merge(session, key, elena.id, other.id, NOW)
    for left in (1, 0):
        (line,) = completion.of_group(session, key, group, wanted)
        assert line.certificate is not None
        certificates.revoke(session, line.certificate, NOW)
        assert len([code for code in codes if certificates.checked(session, key, code)]) == left


def test_a_rule_is_replaced(session: Database, group: Group, elena: Woman) -> None:
    """The one before ends; who looks at it still can record nothing by it. A graduation stays as it was."""
    before = rule(session, group, 1)
    attends(session, group, elena)
    made = completion.graduate(session, elena.id, before, DAY, by=None)
    after = rule(session, group, 5)
    assert completion.rule_of(session, FIRST_PROGRAMME, group.workshop_id) == after
    with pytest.raises(CompletionError, match="La regla cambió"):
        completion.graduate(session, elena.id, before, DAY, by=None)
    assert (made.undone_at, made.rule_id) == (None, before.id)
    completion.end_rule(session, after, NOW)
    assert completion.rules(session) == []


@pytest.mark.parametrize("least", [0, -1, 101])
def test_numbers_that_make_no_sense(session: Database, group: Group, least: int) -> None:
    """Neither do a workshop of nowhere, nor a programme of none."""
    with pytest.raises(CompletionError, match="de 1 a 100"):
        rule(session, group, least)
    for programme, workshop in ((FIRST_PROGRAMME, uuid.uuid4()), (uuid.uuid4(), None)):
        with pytest.raises(CompletionError):
            completion.set_rule(session, programme, workshop, 1, both_interviews=False, now=NOW)


def test_the_programme_by_its_axes(session: Database, key: PersonalKey, group: Group, elena: Woman) -> None:
    """Axes count, not workshops; a graduation that was taken back does not."""
    programme = completion.set_rule(session, FIRST_PROGRAMME, None, 2, both_interviews=False, now=NOW)
    graduations = []
    for number, axis in enumerate(("food", "food", "health")):
        each, _ = add_group(session, code=f"axis-{number}")
        session.get_one(Workshop, each.workshop_id).axis = axis
        attends(session, each, elena)
        graduations.append(completion.graduate(session, elena.id, rule(session, each, 1), DAY, by=None))
        assert completion.of_programme(session, key, programme)[0] == [] or axis == "health"
    (line,), more = completion.of_programme(session, key, programme)
    assert (line.progress.counted, line.progress.complete, more) == (2, True, None)
    done = completion.graduate(session, elena.id, programme, DAY, by=None)
    assert done.workshop_id is None
    assert completion.of_programme(session, key, programme)[0][0].graduation == done
    completion.undo(session, graduations[2], by=None, now=NOW)
    (line,), _ = completion.of_programme(session, key, programme)
    assert (line.graduation, line.progress.complete) == (done, False), "what was recorded can be taken back"
    completion.undo(session, done, by=None, now=NOW)
    assert completion.of_programme(session, key, programme)[0] == []


def test_a_certificate_is_checked(session: Database, key: PersonalKey, group: Group, elena: Woman) -> None:
    """Its code shows name, workshop and date; it stands nowhere in plain, and names stay as printed."""
    attends(session, group, elena)
    made = completion.graduate(session, elena.id, rule(session, group, 1), DAY, by=None)
    row = certificates.issue(session, key, made, by=None, now=NOW)
    assert certificates.issue(session, key, made, by=None, now=NOW) is row
    content = certificates.read(key, row)
    expected = ("Prueba Número 1", "Huerto en casa", "23 de noviembre de 2026")
    assert certificates.checked(session, key, content.code) == expected
    assert len(content.code) == certificates.LONGEST_CODE
    for stored in (row.code_hash, row.content_cipher):
        assert content.code.encode() not in stored
        assert b"Prueba" not in stored
    for wrong in ("", content.code[:-1], content.code + "x", content.code.swapcase(), "x" * 22):
        assert certificates.checked(session, key, wrong) is None


def test_a_certificate_is_revoked_and_replaced(
    session: Database, key: PersonalKey, group: Group, elena: Woman
) -> None:
    """The old code is unknown from then on; with the graduation its certificate goes."""
    attends(session, group, elena)
    made = completion.graduate(session, elena.id, rule(session, group, 1), DAY, by=None)
    row = certificates.issue(session, key, made, by=None, now=NOW)
    old = certificates.read(key, row).code
    certificates.revoke(session, row, NOW)
    assert certificates.checked(session, key, old) is None
    new = certificates.read(key, certificates.issue(session, key, made, by=None, now=NOW)).code
    assert new != old
    assert certificates.checked(session, key, old) is None
    assert certificates.checked(session, key, new) is not None
    completion.undo(session, made, by=None, now=NOW)
    assert certificates.checked(session, key, new) is None
    with pytest.raises(CompletionError):
        certificates.issue(session, key, made, by=None, now=NOW)


def test_it_is_typeset(session: Database, key: PersonalKey, group: Group, elena: Woman) -> None:
    """A name that looks like markup stays a name."""
    content = certificates.Content("Elena #panic() [$x", "Huerto", "Programa", "2026-11-23", "c" * 22)
    made = certificates.pdf(content, "https://avisos.example")
    assert made.startswith(b"%PDF")


def test_erased_with_her(session: Database, key: PersonalKey, group: Group, elena: Woman) -> None:
    """Graduations and certificates go with her record; what was on the paper is no longer confirmed."""
    attends(session, group, elena)
    made = completion.graduate(session, elena.id, rule(session, group, 1), DAY, by=None)
    code = certificates.read(key, certificates.issue(session, key, made, by=None, now=NOW)).code
    for seat in enrolment.active(session, elena.id):
        enrolment.leave(session, seat)
    session.delete(elena)
    session.flush()
    assert certificates.checked(session, key, code) is None
    assert session.scalars(select(Certificate.id)).all() == []
