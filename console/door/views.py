"""Coordinators: the list of one session on its page, and the same list at the door on a phone without signal.

What the phone keeps of a session is first names, until its day is over, and marks, until they are sent;
log-out clears both.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, abort, flash, jsonify, redirect, render_template, request, url_for
from flask_wtf.csrf import generate_csrf

from console import words
from console.access import PROGRAMME, allow, db, key, me, now, settings
from console.forms import Form
from console.programme.forms import MOST_SEATS
from models import MarkSource, MarkState
from outreach.ground import dates, programme_rules
from outreach.programme import attendance
from outreach.programme.attendance import Mark
from outreach.staff import audit
from outreach.staff.audit import Action

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as BaseResponse

    from models import Session

pages = Blueprint("door", __name__, template_folder="templates", url_prefix="/programa")
WORKER = Path(__file__).with_name("door_worker.js").read_text(encoding="utf-8")
MOST_MARKS = 200
"""Marks in one request: more are sent in the next."""
LARGEST_LIST = MOST_SEATS * 200
"""Bytes of the form of a session: two fields for each seat of the largest group."""


@pages.get("/sesiones/<uuid:session_id>/asistencia")
@allow(PROGRAMME)
def attendance_page(session_id: uuid.UUID) -> str:
    """Show who said that she comes, and who came."""
    session = found(session_id)
    return render_template(
        "attendance.html",
        session=session,
        lines=attendance.lines(db(), key(), session),
        action=Form(formdata=None),
        today=is_its_day(session),
        begins=session.starts_at - attendance.BEFORE,
        answers=words.ANSWERS,
        states=words.MARK_STATES,
        sources=words.MARK_SOURCES,
    )


@pages.post("/sesiones/<uuid:session_id>/asistencia")
@allow(PROGRAMME, largest=LARGEST_LIST)
def save_attendance(session_id: uuid.UUID) -> BaseResponse:
    """Keep what differs from what the page showed; what a phone at the door noted meanwhile stays."""
    session = found(session_id)
    if not Form().validate():
        abort(400)
    lines = [line for line in attendance.lines(db(), key(), session) if line.ref]
    marks = []
    for line in lines:
        shown = request.form.get(f"was-{line.ref}", "")
        wanted = request.form.get(f"mark-{line.ref}", shown)
        if request.form.get("do") == "rest" and not line.state and not wanted and not line.waiting:
            wanted = MarkState.ABSENT.value
        if wanted != shown and wanted in ("", MarkState.PRESENT.value, MarkState.ABSENT.value):
            state = MarkState(wanted or MarkState.BLANK.value)
            marks.append(Mark(uuid.uuid4(), line.woman_id, state, now()))
    outcome = attendance.record(
        db(), session.id, marks, source=MarkSource.PAGE, by=me().staff.id, now=now()
    )  # fmt: skip
    if outcome.kept:
        audit.record(db(), me().staff.id, Action.ATTENDANCE_MARKED, now())
    db().commit()
    for reason in outcome.reasons():
        flash(words.MARK_REFUSED[reason], "error")
    if not outcome.refused:
        flash(words.marks_kept(outcome.kept), "ok")
    return redirect(url_for("door.attendance_page", session_id=session_id))


@pages.get("/puerta/<uuid:session_id>")
@allow(PROGRAMME)
def at_the_door(session_id: uuid.UUID) -> str:
    """Give the page of the door; its list comes apart, so that the page itself holds nobody's name."""
    found(session_id)
    return _shell()


@pages.get("/puerta/sin-senal")
@allow(PROGRAMME, quiet=True)
def without_signal() -> str:
    """Give the same page for the phone to keep."""
    return _shell()


@pages.get("/puerta/sw.js")
@allow(PROGRAMME, quiet=True)
def worker() -> Response:
    """Give the script that shows the kept page where there is no signal; it works below this address only."""
    return Response(WORKER, mimetype="text/javascript")


@pages.get("/puerta/<uuid:session_id>/lista")
@allow(PROGRAMME, quiet=True)
def door_list(session_id: uuid.UUID) -> Response:
    """Return the list for the phone; on another day than the session's it is empty.

    A session that is not there is 410 and no 404: that is what a colleague without this role gets, and the
    phone must not forget marks on that.
    """
    session = attendance.session_of(db(), session_id) or abort(410)
    its_day = is_its_day(session)
    shown = []
    if its_day and session.cancelled_at is None:
        lines = [line for line in attendance.lines(db(), key(), session) if line.ref]
        names = attendance.short_names([line.name for line in lines])
        shown = [
            {"ref": str(line.ref), "name": name or words.NAMELESS, "waiting": line.waiting,
             "state": line.state or "", "at": _milliseconds(line.history[0].at) if line.history else 0}
            for line, name in zip(lines, names, strict=True)
        ]  # fmt: skip
    zone = _zone(session)
    return jsonify(
        title=session.group.workshop.name,
        when=dates.hour(session.starts_at, zone),
        group=session.group.code,
        cancelled=session.cancelled_at is not None,
        its_day=its_day,
        until=_milliseconds(dates.end_of(dates.today(zone, now()), zone)),
        now=_milliseconds(now()),
        token=generate_csrf(),
        lines=shown,
    )


@pages.post("/puerta/<uuid:session_id>/marcas")
@allow(PROGRAMME)
def door_marks(session_id: uuid.UUID) -> tuple[Response, int] | Response:
    """Keep the marks of a phone; say of each that is not kept why, so that the phone forgets none untold."""
    session = attendance.session_of(db(), session_id) or abort(410)
    sent: Any = request.get_json(silent=True)
    try:
        # What the phone's clock is off by, its marks are off by.
        off = now() - _moment(sent["sent_at"])
        tapped = [
            (uuid.UUID(one["id"]), uuid.UUID(one["ref"]), MarkState(one["state"]), _moment(one["at"]) + off)
            for one in sent["marks"][:MOST_MARKS]
        ]
    except (TypeError, KeyError, ValueError, OverflowError, AttributeError):
        return jsonify(problem="marks"), 400
    women = attendance.of_refs(db(), session, {ref for _, ref, _, _ in tapped})
    strangers = {str(mark_id): attendance.NOT_HERS for mark_id, ref, _, _ in tapped if ref not in women}
    marks = [Mark(mark_id, women[ref], state, at) for mark_id, ref, state, at in tapped if ref in women]
    outcome = attendance.record(
        db(), session.id, marks, source=MarkSource.DOOR, by=me().staff.id, now=now()
    )  # fmt: skip
    db().commit()
    refused = strangers | {str(mark_id): reason for mark_id, reason in outcome.refused.items()}
    return jsonify(kept=outcome.kept, known=outcome.known, refused=refused)


def found(session_id: uuid.UUID) -> Session:
    """Return a session, or the page of what is not there."""
    return attendance.session_of(db(), session_id) or abort(404)


def is_its_day(session: Session) -> bool:
    """Say whether the session is on the local day of this request."""
    zone = _zone(session)
    return dates.today(zone, session.starts_at) == dates.today(zone, now())


def _shell() -> str:
    return render_template("door.html", refused=words.MARK_REFUSED)


def _zone(session: Session) -> Any:  # noqa: ANN401 (a time zone)
    return programme_rules.rules_for(db(), settings(), session.group.workshop.programme_id).timezone


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _moment(milliseconds: object) -> datetime:
    if not isinstance(milliseconds, int | float):
        raise TypeError
    return datetime.fromtimestamp(0, tz=now().tzinfo) + timedelta(milliseconds=milliseconds)
