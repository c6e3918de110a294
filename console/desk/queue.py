"""The list of open cases and what stands above it; nothing in it is unsealed."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from flask import Response, abort, redirect, render_template, request, url_for

from console.access import DESK, allow, db, key, me, now
from console.desk.blueprint import pages
from console.desk.forms import ShiftForm
from console.forms import Form
from console.live import fragment
from models import Role
from outreach.casework import board, colleagues, roster, undelivered
from outreach.sealing import vault
from outreach.staff import preferences

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as Answer


@pages.get("")
@allow(DESK, needs_key=True)
def index() -> str:
    """Show who waits."""
    return render_template("desk.html", **around(), page=None)


@pages.get("/lista")
@allow(DESK, quiet=True, needs_key=True)
def queue() -> Response:
    """Give the list again, for the page that shows it."""
    return fragment(render_template("desk_list.html", **around()))


@pages.post("/sonido")
@allow(DESK, needs_key=True)
def sound() -> Answer:
    """Let the desk sound for her, or not; kept with her account, nothing in the browser."""
    if not Form().validate():
        abort(400)
    preferences.set_sound(me().staff, on=request.form.get("on") == "yes")
    db().commit()
    return redirect(_back())


def _back() -> str:
    try:
        return url_for("desk.case", case_id=uuid.UUID(request.args.get("caso", "")))
    except ValueError:
        return url_for("desk.index")


def around(current: uuid.UUID | None = None) -> dict[str, Any]:
    """Return what every page of the desk shows beside a conversation; `current` is the one that is open."""
    given = request.args.get("actual", "")
    staff = me().staff
    teams = vault.teams_of(db(), staff.id)
    found = board.board(db(), key(), staff.id, teams, now(), supervisor=supervises())
    people = colleagues.of_teams(db(), teams, now())
    return {
        "board": found,
        "current": str(current) if current else given,
        "shift": roster.shift_of(db(), staff, now()),
        "on_shift": [one for one in people if one.here and one.on_shift],
        "here": {one.id for one in people if one.here},
        "shift_form": ShiftForm(formdata=None, hours=8),
        "alone": len(people) == 1,
        "lost": len(
            undelivered.among(db(), key(), teams, [row.case for row in found.rows], supervisor=supervises())
        ),
    }


def lost() -> list[undelivered.Undelivered]:
    """Return the last answers that did not arrive and that nobody has seen."""
    teams = vault.teams_of(db(), me().staff.id)
    return undelivered.undelivered(db(), key(), teams, supervisor=supervises())


def supervises() -> bool:
    """Say whether she who is asking is a supervisor."""
    return me().staff.role is Role.SUPERVISOR
