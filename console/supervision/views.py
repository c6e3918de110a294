"""The supervisor's page: who has how much, what waits too long, and who is to have a conversation instead.

It unseals nothing: a supervisor who wants to read a conversation opens it, which is recorded.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, render_template, request, url_for

from console import words
from console.access import SUPERVISION, allow, caseworker, db, key, me, now, settings
from console.desk.forms import ReassignForm
from console.desk.steps import need, step
from console.live import fragment
from outreach.casework import oversight, taking
from outreach.sealing import vault

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as Answer

pages = Blueprint("supervision", __name__, template_folder="templates", url_prefix="/supervision")


@pages.get("")
@allow(SUPERVISION, needs_key=True)
def index() -> str:
    """Show how things stand; with `caso`, who may have that conversation instead."""
    around = _around()
    row = around["overview"].row(_case_given())
    return render_template("supervision.html", **around, row=row)


@pages.get("/lista")
@allow(SUPERVISION, quiet=True, needs_key=True)
def part() -> Response:
    """Give the page's part that changes, for the page that shows it."""
    return fragment(render_template("supervision_list.html", **_around()))


@pages.post("/<uuid:case_id>/reasignar")
@allow(SUPERVISION, needs_key=True)
def reassign(case_id: uuid.UUID) -> Answer:
    """Give a conversation to somebody who is at her desk, or to whoever takes it."""
    form = ReassignForm()
    need(form)
    to = uuid.UUID(form.to.data)
    holder = uuid.UUID(form.holder.data) if form.holder.data else None
    reason = form.reason.data or ""
    return step(
        case_id,
        lambda: taking.reassign(db(), caseworker(), case_id, now(), to, reason, holder=holder),
        words.REASSIGNED,
        then=url_for("supervision.index"),
    )


def _around() -> dict[str, Any]:
    staff = me().staff
    minutes = settings().alarms.danger_minutes
    found = oversight.overview(
        db(), key(), staff.id, vault.teams_of(db(), staff.id), now(), danger_minutes=minutes
    )
    return {"overview": found, "minutes": minutes}


def _case_given() -> uuid.UUID | None:
    try:
        return uuid.UUID(request.args.get("caso", ""))
    except ValueError:
        return None
