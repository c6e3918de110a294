"""What is to be done in a case and by when; and the list of one's own, over all one's cases."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, url_for

from console import words
from console.access import DESK, allow, caseworker, db, me, now, settings
from console.desk import queue
from console.desk import record as case_record
from console.desk.blueprint import pages
from console.desk.forms import EndTaskForm, HourForm, TaskForm
from console.desk.steps import step
from console.forms import Form
from outreach.casework import record, tasks
from outreach.casework.opened import DeskError
from outreach.texts import desk_record as texts

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as Answer

    from outreach.casework.cases import OpenCase
    from outreach.casework.record import Task


@dataclass(frozen=True)
class Mine:
    """A task in a conversation of one's own."""

    case: OpenCase
    task: Task


@pages.get("/tareas")
@allow(DESK, needs_key=True)
def my_tasks() -> str:
    """Show what is to be done in all the conversations that she has, the nearest first."""
    around = queue.around()
    found = [
        Mine(row.case, task)
        for row in around["board"].rows
        if row.case.claimed_by == me().staff.id and row.case.follow_up_at
        for task in _tasks(row.case)
    ]
    db().commit()
    found.sort(key=lambda one: one.task.due)
    return render_template("my_tasks.html", found=found, action=Form(), texts=texts)


@pages.post("/<uuid:case_id>/tareas")
@allow(DESK, needs_key=True)
def add_task(case_id: uuid.UUID) -> Answer | tuple[str | Answer, int]:
    """Add a task; where it is refused, the page comes back with her words in the form."""
    form = TaskForm()
    due, what = form.moment(settings().timezone), form.what.data or ""
    problem = None if form.validate() and due is not None else form.problem() or words.NO_HOUR
    if problem is None and due is not None:
        try:
            tasks.add(db(), caseworker(), case_id, now(), what, due, task_id=uuid.UUID(form.once.data))
        except DeskError as error:
            problem = str(error)
        else:
            db().commit()
            flash(texts.TASK_ADDED, "ok")
            return redirect(_record(case_id))
    db().rollback()
    flash(problem or words.NO_HOUR, "error")
    return case_record.refused_task(case_id, form), 422


@pages.post("/<uuid:case_id>/tareas/<uuid:task_id>/mover")
@allow(DESK, needs_key=True)
def move_task(case_id: uuid.UUID, task_id: uuid.UUID) -> Answer:
    """Give a task another hour."""
    form = HourForm()
    due = form.moment(settings().timezone)
    if not form.validate() or due is None:
        return _again(case_id, form)
    return step(
        case_id,
        lambda: tasks.move(db(), caseworker(), case_id, now(), task_id, due),
        texts.TASK_MOVED,
        then=_record(case_id),
    )


@pages.post("/<uuid:case_id>/tareas/<uuid:task_id>/terminar")
@allow(DESK, needs_key=True)
def end_task(case_id: uuid.UUID, task_id: uuid.UUID) -> Answer:
    """Note that a task is done or dropped, and come back to the page that said so."""
    form = EndTaskForm()
    how: tasks.End = "dropped" if form.how.data == "dropped" else "done"
    if not form.validate():
        return _again(case_id, form)
    return step(
        case_id,
        lambda: tasks.end(db(), caseworker(), case_id, now(), task_id, how, form.note.data or ""),
        texts.TASK_ENDED[how],
        then=url_for("desk.my_tasks") if form.listed.data else _record(case_id),
    )


def _tasks(case: OpenCase) -> list[Task]:
    try:
        return record.glance(db(), caseworker(), case.id, now()).record.open_tasks
    except DeskError:
        return []  # a colleague took it over in this moment


def _record(case_id: uuid.UUID) -> str:
    return url_for("desk.whole", case_id=case_id, _anchor="tareas")


def _again(case_id: uuid.UUID, form: Form) -> Answer:
    flash(form.problem() or words.NO_HOUR, "error")
    return redirect(_record(case_id))
