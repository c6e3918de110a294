"""Coordinators: the sessions of a group as a series, seen before they are saved, and the closed days."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

from flask import abort, flash, redirect, render_template, request, url_for

from console import words
from console.access import PROGRAMME, allow, db, me, now, settings
from console.forms import Form
from console.programme.forms import ClosedDaysForm, SeriesForm
from console.programme.views import pages
from models import Group, HolidayKind
from outreach.ground import dates, programme_rules
from outreach.programme import closed_days, overview, programmes, recurrence, timetable
from outreach.staff import audit
from outreach.staff.audit import Action

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from werkzeug.wrappers import Response

    from outreach.programme.recurrence import Meeting

AHEAD = timedelta(days=400)
"""How far the list of closed days goes."""


@pages.route("/grupos/<uuid:group_id>/serie", methods=["GET", "POST"])
@allow(PROGRAMME)
def series(group_id: uuid.UUID) -> Response | str | tuple[str, int]:
    """Plan a series: first its dates are shown, with those that fall out and why; then it is saved."""
    group = db().get(Group, group_id) or abort(404)
    form = SeriesForm()
    if request.method == "GET":
        return _series_page(group, form, [])
    pattern = form.pattern() if form.validate() else None
    if pattern is None:
        return _series_page(group, form, []), 422
    zone = _zone(group)
    try:
        planned = timetable.plan_series(db(), group.workshop.programme_id, pattern)
        starts = recurrence.starts(planned, pattern.hour, zone)
        if request.form.get("do") != "save":
            timetable.check_series(db(), group, starts, form.minutes.data or 0, now(), zone)
            return _series_page(group, form, planned)
        if request.form.get("dates") != _dates(planned):
            flash(words.SERIES_CHANGED, "error")
            return _series_page(group, form, planned), 422
        made = timetable.create_series(db(), group, starts, form.minutes.data or 0, now(), zone)
    except timetable.TimetableError as error:
        db().rollback()
        flash(str(error), "error")
        return _series_page(group, form, []), 422
    audit.record(db(), me().staff.id, Action.SESSION_CREATED, now())
    db().commit()
    flash(words.series_created(len(made)), "ok")
    return redirect(url_for("programme.group", group_id=group_id))


def _series_page(group: Group, form: SeriesForm, planned: list[Meeting]) -> str:
    line = overview.group_line(db(), now(), group.id) or abort(404)
    held = sum(one.day is not None for one in planned)
    return render_template(
        "series.html", line=line, form=form, planned=planned, held=held, dates=_dates(planned)
    )


def _dates(planned: list[Meeting]) -> str:
    """The dates of a series in one line, so that what is saved is what was seen."""
    return " ".join(one.day.isoformat() for one in planned if one.day is not None)


def _zone(group: Group) -> ZoneInfo:
    return programme_rules.rules_for(db(), settings(), group.workshop.programme_id).timezone


@pages.get("/calendario")
@allow(PROGRAMME)
def calendar() -> str:
    """Show the days without sessions: federal ones by law, others as they were entered."""
    return _calendar_page(ClosedDaysForm(formdata=None))


@pages.post("/calendario")
@allow(PROGRAMME)
def close_days() -> Response | tuple[str, int]:
    """Enter days without sessions."""
    form = ClosedDaysForm()
    _fill(form)
    if not form.validate() or form.first.data is None or form.last.data is None:
        return _calendar_page(form), 422
    programme_id = uuid.UUID(form.programme.data) if form.programme.data else None
    try:
        new = closed_days.enter(
            db(),
            form.first.data,
            form.last.data,
            (form.name.data or "").strip(),
            HolidayKind(form.kind.data),
            (form.source.data or "").strip(),
            programme_id,
        )
    except closed_days.ClosedDaysError as error:
        form.last.errors = [*form.last.errors, str(error)]
        return _calendar_page(form), 422
    return _calendar_changed(words.closed_days_entered(new))


@pages.post("/calendario/quitar")
@allow(PROGRAMME)
def open_days() -> Response:
    """Take closed days away."""
    if not Form().validate():
        abort(400)
    try:
        days = [uuid.UUID(one) for one in request.form.getlist("day")]
    except ValueError:
        abort(400)
    if days:
        closed_days.remove(db(), days)
    return _calendar_changed(words.CLOSED_DAYS_REMOVED)


def _calendar_changed(message: str) -> Response:
    audit.record(db(), me().staff.id, Action.CALENDAR_CHANGED, now())
    db().commit()
    flash(message, "ok")
    return redirect(url_for("programme.calendar"))


def _calendar_page(form: ClosedDaysForm) -> str:
    _fill(form)
    today = dates.today(settings().timezone, now())
    names = dict(programmes.names(db()))
    return render_template(
        "calendar.html",
        lines=closed_days.listed(db(), today, today + AHEAD),
        form=form,
        kinds=words.HOLIDAY_KINDS,
        programmes=names if len(names) > 1 else {},
    )


def _fill(form: ClosedDaysForm) -> None:
    named = [(str(programme_id), name) for programme_id, name in programmes.names(db())]
    form.programme.choices = [("", words.ALL_PROGRAMMES), *named]
