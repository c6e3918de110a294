"""Tasks of a case: sealed with their reason; outside stands the nearest moment alone."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from desk_steps import NOW, Desk, asked_to_close
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from models import CaseRecord
from outreach.casework import cases, closing, record, taking, tasks
from outreach.casework.case_state import read_state
from outreach.casework.opened import DeskError
from outreach.casework.record import Record, Task

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from models import Case
    from outreach.sealing.crypto import PersonalKey

HOUR = timedelta(hours=1)


@pytest.fixture
def desk(session: Session, key: PersonalKey) -> Desk:
    return Desk(session, key)


def _add(desk: Desk, case: Case, what: str, hours: float, task_id: uuid.UUID | None = None) -> None:
    tasks.add(desk.session, desk.lucia, case.id, NOW, what, NOW + hours * HOUR, task_id=task_id)


def _open(desk: Desk, case: Case) -> list[Task]:
    return record.glance(desk.session, desk.lucia, case.id, NOW).record.open_tasks


def _outside(desk: Desk, case: Case) -> datetime | None:
    stored = read_state(desk.key, case).follow_up_at
    return datetime.fromisoformat(stored) if stored else None


def test_the_nearest_stands_outside(desk: Desk) -> None:
    """The board and the digest know when, and nothing else; done or moved, the next one takes its place."""
    case = desk.taken()
    near, far = uuid.uuid4(), uuid.uuid4()
    _add(desk, case, "pedir los papeles", 50, far)
    _add(desk, case, "llamar a la abogada", 3, near)
    assert [one.what for one in _open(desk, case)] == ["llamar a la abogada", "pedir los papeles"]
    assert _outside(desk, case) == NOW + 3 * HOUR
    assert "abogada" not in str(read_state(desk.key, case))
    tasks.move(desk.session, desk.lucia, case.id, NOW, near, NOW + 90 * HOUR)
    assert _outside(desk, case) == NOW + 50 * HOUR
    tasks.end(desk.session, desk.lucia, case.id, NOW, far, "done")
    assert _outside(desk, case) == NOW + 90 * HOUR
    tasks.end(desk.session, desk.lucia, case.id, NOW, near, "dropped", "ya no quiso")
    assert _outside(desk, case) is None
    ended = record.glance(desk.session, desk.lucia, case.id, NOW).record.tasks
    assert {(one.what, one.how, one.note) for one in ended} == {
        ("pedir los papeles", "done", ""),
        ("llamar a la abogada", "dropped", "ya no quiso"),
    }


def test_what_is_refused(desk: Desk) -> None:
    """No words or too many, an hour past or too far, dropped without a reason, one task too many."""
    case = desk.taken()
    for what, hours in (
        ("", 1),
        ("ab", 1),
        ("a" * 301, 1),
        ("llamar", 0),
        ("llamar", -1),
        ("llamar", 24 * 367),
    ):
        with pytest.raises(DeskError):
            _add(desk, case, what, hours)
    one = uuid.uuid4()
    for n in range(tasks.MOST_OPEN):
        _add(desk, case, f"tarea {n}", 1 + n, one if n == 0 else None)
    with pytest.raises(DeskError):
        _add(desk, case, "una más", 1)
    for note in ("", "x" * 301):
        with pytest.raises(DeskError):
            tasks.end(desk.session, desk.lucia, case.id, NOW, one, "dropped", note)
    tasks.end(desk.session, desk.lucia, case.id, NOW, one, "done")
    for task_id in (one, uuid.uuid4()):
        with pytest.raises(tasks.NoSuchTaskError):
            tasks.end(desk.session, desk.lucia, case.id, NOW, task_id, "done")
        with pytest.raises(tasks.NoSuchTaskError):
            tasks.move(desk.session, desk.lucia, case.id, NOW, task_id, NOW + HOUR)


def test_the_same_form_twice_adds_one(desk: Desk) -> None:
    case, one = desk.taken(), uuid.uuid4()
    for _ in range(2):
        _add(desk, case, "llamar a la abogada", 3, one)
    assert len(_open(desk, case)) == 1


def test_they_go_with_the_conversation(desk: Desk) -> None:
    """Who has it next has what is to be done; nothing of it is lost when the holder goes home."""
    case = desk.taken()
    _add(desk, case, "llamar a la abogada", 3)
    taking.let_go(desk.session, desk.lucia, case.id, NOW, "terminó mi turno")
    assert _outside(desk, case) == NOW + 3 * HOUR
    taking.take(desk.session, desk.marta, case.id, NOW)
    found = record.glance(desk.session, desk.marta, case.id, NOW).record.open_tasks
    assert [(one.what, one.name) for one in found] == [("llamar a la abogada", "Lucia")]


def test_sections_and_tasks_do_not_write_over_each_other(desk: Desk) -> None:
    case = desk.taken()
    _add(desk, case, "llamar a la abogada", 3)
    record.save_section(desk.session, desk.lucia, case.id, NOW, "plan", {"trust": "su hermana"}, known=0)
    _add(desk, case, "pedir los papeles", 5)
    found = record.glance(desk.session, desk.lucia, case.id, NOW).record
    assert (len(found.tasks), found.values("plan")) == (2, {"trust": "su hermana"})
    changes = record.see_changes(desk.session, desk.lucia, case.id, NOW, "plan")
    assert len(changes.past) == 1


def test_a_reopened_case_has_its_tasks(desk: Desk) -> None:
    """Closing takes it from the lists; the tasks stay with it."""
    case = asked_to_close(desk)
    _add(desk, case, "llamar a la abogada", 3)
    closing.approve(desk.session, desk.sofia, case.id, NOW, heard="")
    assert cases.open_cases(desk.session, desk.key) == []
    closing.reopen(desk.session, desk.lucia, case.id, NOW, "volvió a pedir ayuda")
    assert [one.what for one in _open(desk, case)] == ["llamar a la abogada"]
    assert _outside(desk, case) == NOW + 3 * HOUR


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 500), st.booleans()), max_size=20))
def test_the_nearest_first(hours: list[tuple[int, bool]]) -> None:
    """Whatever was added and ended: the open ones, by their hour."""
    made = tuple(
        Task(uuid.uuid4(), "x", NOW + n * HOUR, "Lucia", how="done" if ended else "") for n, ended in hours
    )
    dues = [one.due for one in Record(tasks=made).open_tasks]
    assert dues == sorted(NOW + n * HOUR for n, ended in hours if not ended)


def test_old_versions_hold_what_is_out_of_sight(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of those that ended the last ones stay in sight; each version before is there."""
    monkeypatch.setattr(tasks, "ENDED_KEPT", 1)
    case = desk.taken()
    for n in range(3):
        one = uuid.uuid4()
        _add(desk, case, f"tarea {n}", 1, one)
        tasks.end(desk.session, desk.lucia, case.id, NOW + timedelta(minutes=n), one, "done")
    shown = record.glance(desk.session, desk.lucia, case.id, NOW).record.tasks
    assert [one.what for one in shown] == ["tarea 2"]
    assert len(desk.session.scalars(select(CaseRecord.id)).all()) == 6
