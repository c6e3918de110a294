"""Supervisors: which conversations were opened by somebody who does not have them, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, abort, flash, redirect, render_template, url_for

from console.access import SUPERVISION, allow, caseworker, db, me, now
from console.forms import Form
from outreach.casework import glass
from outreach.sealing import vault
from outreach.texts import desk_audit as texts

if TYPE_CHECKING:
    import uuid

    from werkzeug.wrappers import Response

pages = Blueprint("openings", __name__, template_folder="templates", url_prefix="/aperturas")


@pages.get("")
@allow(SUPERVISION, needs_key=True)
def index() -> str:
    """Show what she is told, the newest first."""
    worker = caseworker()
    told = glass.openings(db(), worker.private_key, _teams(), worker.staff)
    return render_template("openings.html", openings=told)


@pages.post("/<uuid:team_id>/<int:position>")
@allow(SUPERVISION, needs_key=True)
def seen(team_id: uuid.UUID, position: int) -> Response:
    """Note that she has seen one."""
    if not Form().validate():
        abort(400)
    worker = caseworker()
    known = team_id in _teams() and glass.acknowledge(
        db(), worker.private_key, team_id, position, worker.staff, now()
    )
    db().commit()
    flash(texts.OPENING_SEEN if known else texts.OPENING_GONE, "ok" if known else "error")
    return redirect(url_for("openings.index"))


def _teams() -> frozenset[uuid.UUID]:
    return vault.teams_of(db(), me().staff.id)
