"""Coordinators: workshops, groups and their sessions, the women who are enrolled, dropped reminders."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy import func, select

from console import words
from console.access import PROGRAMME, allow, db, key, me, now, settings
from console.forms import Form, SessionForm
from console.paging import page_of
from models import Campaign, CampaignState, Group, Session
from outreach.programme import overview, timetable
from outreach.staff import audit
from outreach.staff.audit import Action

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

pages = Blueprint("programme", __name__, template_folder="templates", url_prefix="/programa")
SOON = timedelta(days=7)


@pages.get("")
@allow(PROGRAMME)
def index() -> str:
    """Show what the days ahead hold."""
    soon = db().scalars(
        select(Session)
        .where(Session.starts_at > now(), Session.starts_at < now() + SOON, Session.cancelled_at.is_(None))
        .order_by(Session.starts_at)
        .limit(12)
    )
    live = (CampaignState.SCHEDULED, CampaignState.RUNNING, CampaignState.PAUSED)
    workshops = overview.workshops(db())
    return render_template(
        "programme.html",
        women=overview.count_women(db()),
        groups=overview.count_groups(db()),
        enrolled=sum(line.enrolled for line in workshops),
        soon=soon.all(),
        running=db().scalar(select(func.count()).select_from(Campaign).where(Campaign.state.in_(live))),
        dropped=len(overview.dropped_reminders(db(), key(), now() - SOON)),
    )


@pages.get("/talleres")
@allow(PROGRAMME)
def workshops() -> str:
    """Show the workshops."""
    return render_template("workshops.html", lines=overview.workshops(db()), axes=words.AXES)


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
        workshops=[line.workshop for line in overview.workshops(db())],
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
    if form.validate() and form.day.data and form.hour.data:
        local = datetime.combine(form.day.data, form.hour.data, tzinfo=settings().timezone)
        try:
            timetable.create_session(
                db(), found, local.astimezone(now().tzinfo), form.minutes.data or 0, now()
            )
        except timetable.TimetableError as error:
            db().rollback()
            flash(str(error), "error")
        else:
            audit.record(db(), me().staff.id, Action.SESSION_CREATED, now())
            db().commit()
            flash(words.SESSION_CREATED, "ok")
            return redirect(url_for("programme.group", group_id=group_id))
    return _group_page(group_id, form), 422


@pages.post("/sesiones/<uuid:session_id>/cancelar")
@allow(PROGRAMME)
def cancel_session(session_id: uuid.UUID) -> Response:
    """Cancel a session with its reminders."""
    found = db().get(Session, session_id) or abort(404)
    if not Form().validate():
        abort(400)
    try:
        reminded = timetable.cancel_session(db(), found, now())
    except timetable.TimetableError as error:
        db().rollback()
        flash(str(error), "error")
    else:
        audit.record(db(), me().staff.id, Action.SESSION_CANCELLED, now())
        db().commit()
        flash(words.session_cancelled(reminded), "ok")
    return redirect(url_for("programme.group", group_id=found.group_id))


@pages.get("/mujeres")
@allow(PROGRAMME)
def women() -> str:
    """Show the list, a page at a time."""
    municipality = request.args.get("municipio") or None
    total = overview.count_women(db(), municipality)
    page = page_of(total)
    return render_template(
        "women.html",
        lines=overview.women(db(), key(), municipality=municipality, offset=page.offset),
        total=total,
        page=page,
        municipalities=overview.used_municipalities(db()),
        chosen={"municipio": municipality},
    )


@pages.get("/recordatorios")
@allow(PROGRAMME)
def reminders() -> str:
    """Show the reminders of the last week that did not reach her, and why."""
    return render_template(
        "reminders.html", lines=overview.dropped_reminders(db(), key(), now() - SOON), reasons=words.REASONS
    )


def _group_page(group_id: uuid.UUID, form: SessionForm) -> str:
    line = next(iter(overview.group_lines(db(), now(), group_id=group_id)), None)
    if line is None:
        abort(404)
    sessions = list(
        db().scalars(select(Session).where(Session.group_id == group_id).order_by(Session.starts_at.desc()))
    )
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
    )
