"""Coordinators: workshops, groups and their sessions, the women who are enrolled, dropped reminders."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from console import words
from console.access import PROGRAMME, allow, db, key, me, now, settings
from console.forms import Form
from console.paging import page_of
from console.programme.forms import SessionForm
from models import CampaignState, Group, Session
from outreach.campaigns import campaigns
from outreach.ground import programme_rules
from outreach.programme import (
    how_many,
    missed_reminders,
    notices_due,
    overview,
    programmes,
    session_notices,
    timetable,
)
from outreach.staff import audit
from outreach.staff.audit import Action

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from werkzeug.wrappers import Response

    from outreach.ground.settings import Settings

pages = Blueprint("programme", __name__, template_folder="templates", url_prefix="/programa")
SOON = timedelta(days=7)
MOST_SOON = 12
LIVE = (CampaignState.SCHEDULED, CampaignState.RUNNING, CampaignState.PAUSED)


@pages.get("")
@allow(PROGRAMME)
def index() -> str:
    """Show what the days ahead hold."""
    lines = overview.workshops(db())
    return render_template(
        "programme.html",
        women=how_many.women(db()),
        groups=sum(line.groups for line in lines),
        enrolled=sum(line.enrolled for line in lines),
        soon=timetable.coming(db(), now(), now() + SOON, limit=MOST_SOON),
        running=campaigns.count(db(), LIVE),
        missed=missed_reminders.count(db(), now() - SOON, now()),
    )


@pages.get("/talleres")
@allow(PROGRAMME)
def workshops() -> str:
    """Show the workshops."""
    return render_template(
        "workshops.html",
        lines=overview.workshops(db()),
        axes=programmes.all_axis_names(db()),
        programmes=programmes.names(db()),
        action=Form(formdata=None),
    )


@pages.get("/grupos")
@allow(PROGRAMME)
def groups() -> str:
    """Show the groups with their seats, a page at a time."""
    municipality = request.args.get("municipio") or None
    workshop_id = request.args.get("taller", type=uuid.UUID)
    page = page_of(overview.count_groups(db(), municipality=municipality, workshop_id=workshop_id))
    lines = overview.group_lines(
        db(), now(), municipality=municipality, workshop_id=workshop_id, offset=page.offset
    )
    return render_template(
        "groups.html",
        lines=lines,
        page=page,
        municipalities=overview.used_municipalities(db()),
        workshops=overview.workshop_names(db()),
        chosen={"municipio": municipality, "taller": str(workshop_id) if workshop_id else None},
    )


@pages.get("/grupos/<uuid:group_id>")
@allow(PROGRAMME)
def group(group_id: uuid.UUID) -> str:
    """Show one group: its sessions, and who comes to one of them."""
    return _group_page(group_id, SessionForm(formdata=None))


@pages.post("/grupos/<uuid:group_id>/sesiones")
@allow(PROGRAMME)
def create_session(group_id: uuid.UUID) -> Response | tuple[str, int]:
    """Add a session."""
    form = SessionForm()
    found = db().get(Group, group_id) or abort(404)
    starts_at = form.starts_at(_zone(found)) if form.validate() else None
    if starts_at is not None:
        try:
            timetable.create_session(db(), found, starts_at, form.minutes.data or 0, now())
        except timetable.TimetableError as error:
            db().rollback()
            flash(str(error), "error")
        else:
            return _changed(group_id, Action.SESSION_CREATED, words.SESSION_CREATED)
    return _group_page(group_id, form), 422


@pages.route("/sesiones/<uuid:session_id>/mover", methods=["GET", "POST"])
@allow(PROGRAMME)
def move_session(session_id: uuid.UUID) -> Response | str | tuple[str, int]:
    """Give a session another time, after saying who will be told."""
    found = db().get(Session, session_id) or abort(404)
    zone = _zone(found.group)
    local = found.starts_at.astimezone(zone)
    form = SessionForm(day=local.date(), hour=local.time(), minutes=found.minutes)
    if request.method == "GET":
        return _move_page(found, form)
    starts_at, before = form.starts_at(zone) if form.validate() else None, found.starts_at
    if starts_at is not None:
        try:
            change = timetable.move_session(db(), found, starts_at, form.minutes.data or 0, now())
        except timetable.TimetableError as error:
            db().rollback()
            flash(str(error), "error")
        else:
            said = words.session_moved(change.to_tell, in_time=_in_time(found, before))
            return _changed(found.group_id, Action.SESSION_MOVED, said)
    return _move_page(found, form), 422


@pages.post("/sesiones/<uuid:session_id>/cancelar")
@allow(PROGRAMME)
def cancel_session(session_id: uuid.UUID) -> Response:
    """Cancel a session with its reminders; those enrolled are told."""
    found = db().get(Session, session_id) or abort(404)
    if not Form().validate():
        abort(400)
    try:
        change = timetable.cancel_session(db(), found, now())
    except timetable.TimetableError as error:
        db().rollback()
        flash(str(error), "error")
        return redirect(url_for("programme.group", group_id=found.group_id))
    said = words.session_cancelled(change.to_tell, change.reminded, in_time=_in_time(found, found.starts_at))
    return _changed(found.group_id, Action.SESSION_CANCELLED, said)


def _in_time(session: Session, before: datetime) -> bool:
    """Whether those enrolled can be told by message before they would set out, to its old time or its new."""
    return notices_due.in_time(_rules(session.group), min(before, session.starts_at), now())


def _zone(group: Group) -> ZoneInfo:
    """The zone in which a group's sessions are written."""
    return _rules(group).timezone


def _rules(group: Group) -> Settings:
    return programme_rules.rules_for(db(), settings(), group.workshop.programme_id)


def _changed(group_id: uuid.UUID, action: Action, message: str) -> Response:
    audit.record(db(), me().staff.id, action, now())
    db().commit()
    flash(message, "ok")
    return redirect(url_for("programme.group", group_id=group_id))


def _move_page(session: Session, form: SessionForm) -> str:
    line = overview.group_line(db(), now(), session.group_id) or abort(404)
    return render_template("move_session.html", line=line, session=session, form=form)


@pages.get("/recordatorios")
@allow(PROGRAMME)
def reminders() -> str:
    """Show the reminders of the last week that did not reach her, and why."""
    since = now() - SOON
    return render_template(
        "reminders.html",
        lines=missed_reminders.listed(db(), key(), since, now()),
        total=missed_reminders.count(db(), since, now()),
        reasons=words.REASONS,
    )


def _group_page(group_id: uuid.UUID, form: SessionForm) -> str:
    line = overview.group_line(db(), now(), group_id) or abort(404)
    sessions = list(timetable.sessions_of(db(), group_id))
    asked = request.args.get("sesion", type=uuid.UUID)
    # What comes, soonest first; then what is over, latest first.
    sessions.sort(key=lambda s: (s.ends_at <= now(), abs(s.starts_at - now())))
    coming = [s for s in sessions if s.ends_at > now() and s.cancelled_at is None]
    shown = next((s for s in sessions if s.id == asked), next(iter(coming), next(iter(sessions), None)))
    seats = overview.seats(db(), key(), line.group, shown)
    return render_template(
        "group.html",
        line=line,
        sessions=sessions,
        shown=shown,
        seats=seats,
        counts=overview.answers_of(seats),
        form=form,
        action=Form(formdata=None),
        answers=words.ANSWERS,
        told=session_notices.told(db(), [session.id for session in sessions]),
        reasons=words.REASONS,
    )
