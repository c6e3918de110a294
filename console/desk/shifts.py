"""Entering and leaving the roster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, url_for

from console import words
from console.access import DESK, allow, db, me, now
from console.desk.blueprint import pages
from console.desk.forms import ShiftForm
from console.desk.steps import need
from console.forms import Form
from outreach.casework import roster

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as Answer


@pages.post("/turno")
@allow(DESK, needs_key=True)
def start_shift() -> Answer:
    """Enter the roster."""
    form = ShiftForm()
    need(form)
    roster.start_shift(db(), me().staff, form.hours.data or 1, now())
    db().commit()
    flash(words.SHIFT_STARTED, "ok")
    return redirect(url_for("desk.index"))


@pages.post("/turno/terminar")
@allow(DESK, needs_key=True)
def end_shift() -> Answer:
    """Leave the roster."""
    need(Form())
    roster.end_shift(db(), me().staff, now())
    db().commit()
    flash(words.SHIFT_ENDED, "ok")
    return redirect(url_for("desk.index"))
