"""The list of open cases and what stands above it; nothing in it is unsealed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, render_template, request

from console.access import DESK, allow, db, key, me, now
from console.desk.blueprint import pages
from console.desk.forms import ShiftForm
from console.live import fragment
from models import Role
from outreach.casework import cases, roster, undelivered
from outreach.sealing import vault

if TYPE_CHECKING:
    import uuid


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


def around(current: uuid.UUID | None = None) -> dict[str, Any]:
    """Return what every page of the desk shows beside a conversation; `current` is the one that is open."""
    given = request.args.get("actual", "")
    teams = vault.teams_of(db(), me().staff.id)
    return {
        "lines": cases.open_cases(db(), key(), teams, supervisor=supervises()),
        "current": str(current) if current else given,
        "shift": roster.shift_of(db(), me().staff, now()),
        "on_shift": cases.on_shift(db(), now()),
        "here": cases.at_the_desk(db(), now()),
        "shift_form": ShiftForm(formdata=None, hours=8),
        "alone": vault.holders(db(), besides=me().staff.id) == 0,
        "lost": len(lost()),
    }


def lost() -> list[undelivered.Undelivered]:
    """Return the last answers that did not arrive and that nobody has seen."""
    teams = vault.teams_of(db(), me().staff.id)
    return undelivered.undelivered(db(), key(), teams, supervisor=supervises())


def supervises() -> bool:
    """Say whether she who is asking is a supervisor."""
    return me().staff.role is Role.SUPERVISOR
