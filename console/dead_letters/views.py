"""Supervisors and administrators: what the system gave up, without content, until somebody closes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, abort, flash, redirect, render_template, url_for

from console import words
from console.access import OVERSIGHT, allow, db, me, now
from console.forms import Form
from outreach.staff import letters

if TYPE_CHECKING:
    import uuid

    from werkzeug.wrappers import Response

pages = Blueprint("dead_letters", __name__, template_folder="templates", url_prefix="/pendientes")


@pages.get("")
@allow(OVERSIGHT)
def index() -> str:
    """Show what is open."""
    return render_template("dead_letters.html", letters=letters.waiting(db()))


@pages.post("/<uuid:letter_id>/cerrar")
@allow(OVERSIGHT)
def close(letter_id: uuid.UUID) -> Response:
    """Close one."""
    if not Form().validate():
        abort(400)
    if letters.close(db(), letter_id, me().staff, now()):
        flash(words.LETTER_CLOSED, "ok")
    else:
        flash(words.LETTER_WAS_CLOSED, "error")
    db().commit()
    return redirect(url_for("dead_letters.index"))
