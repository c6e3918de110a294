"""What is to be done for a woman, by when: kept in her case's record, sealed with its reason.

Outside stands the nearest moment alone (`CaseState.follow_up_at`), so that the board and the digest can tell
what is due without a key. Nothing here leads to what is sent to her.
"""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Literal

from outreach.casework import record
from outreach.casework.opened import DeskError
from outreach.casework.record import TASKS, Record, Task
from outreach.casework.verbs import verb
from outreach.staff.audit import Action
from outreach.texts import desk_record as texts

if TYPE_CHECKING:
    from datetime import datetime

    from outreach.casework.opened import Held

End = Literal["done", "dropped"]
LONGEST: Final = 300
SHORTEST: Final = 3
MOST_OPEN: Final = 20
ENDED_KEPT: Final = 30
"""How many tasks that ended stay in sight; the ones before are in the earlier versions."""
FURTHEST: Final = timedelta(days=366)


class NoSuchTaskError(DeskError):
    """Esa tarea ya no está pendiente."""


@verb(Action.DESK_TASK, holds=True)
def add(held: Held, what: str, due: datetime, *, task_id: uuid.UUID | None = None) -> None:
    """Add a task; the same form sent twice adds one.

    Raises:
        DeskError: it says nothing or too much, its hour is past or too far, or there are too many.
    """
    said = _said(what)
    _refuse_hours(held, due)
    now = _now(held)
    if task_id is not None and any(one.id == task_id for one in now.tasks):
        return
    if len(now.open_tasks) >= MOST_OPEN:
        raise DeskError(texts.TOO_MANY_TASKS)
    task = Task(task_id or uuid.uuid4(), said, due, held.worker.name)
    _keep(held, now, (*now.tasks, task))


@verb(Action.DESK_TASK, holds=True)
def move(held: Held, task_id: uuid.UUID, due: datetime) -> None:
    """Give a task another hour.

    Raises:
        NoSuchTaskError: it is not open any more.
        DeskError: the hour is past or too far.
    """
    _refuse_hours(held, due)
    now = _now(held)
    _keep(held, now, _changed(now, task_id, due=due))


@verb(Action.DESK_TASK, holds=True)
def end(held: Held, task_id: uuid.UUID, how: End, note: str = "") -> None:
    """Note that a task is done, or that it is not to be done any more, which asks why.

    Raises:
        NoSuchTaskError: it is not open any more.
        DeskError: it was dropped without a reason, or the note is too long.
    """
    said = " ".join(note.split())
    if len(said) > LONGEST or (how == "dropped" and len(said) < SHORTEST):
        raise DeskError(texts.WHY_DROPPED)
    now = _now(held)
    _keep(held, now, _changed(now, task_id, how=how, ended=held.now, note=said))


def _now(held: Held) -> Record:
    return record.current(held.session, held.worker.private_key, held.case.id)


def _changed(now: Record, task_id: uuid.UUID, **values: object) -> tuple[Task, ...]:
    if not any(one.id == task_id for one in now.open_tasks):
        raise NoSuchTaskError(NoSuchTaskError.__doc__)
    return tuple(replace(one, **values) if one.id == task_id else one for one in now.tasks)  # type: ignore[arg-type] # names of its fields


def _keep(held: Held, now: Record, tasks: tuple[Task, ...]) -> None:
    ended = sorted((one for one in tasks if one.ended), key=lambda one: one.ended or held.now)
    kept = {one.id for one in ended[-ENDED_KEPT:]}
    shown = tuple(one for one in tasks if not one.how or one.id in kept)
    written = record.write(held, replace(now, tasks=shown, changed=TASKS))
    nearest = next(iter(written.open_tasks), None)
    held.state.follow_up_at = nearest.due.isoformat() if nearest else None


def _said(what: str) -> str:
    said = " ".join(what.split())
    if not SHORTEST <= len(said) <= LONGEST:
        raise DeskError(texts.WHAT_TASK)
    return said


def _refuse_hours(held: Held, due: datetime) -> None:
    if not held.now < due <= held.now + FURTHEST:
        raise DeskError(texts.WRONG_TASK_HOUR)
