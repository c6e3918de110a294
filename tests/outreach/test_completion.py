"""Completion by rules that are data, graduations by a person's act, certificates that can be checked."""

from __future__ import annotations

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

if TYPE_CHECKING:
    from sqlalchemy.orm import Session as Database

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
