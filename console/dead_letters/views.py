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
    waiting = letters.waiting(db())
    return render_template(
        "dead_letters.html",
        letters=waiting,
        works_again=letters.works_again(db(), waiting),
        may_go_again=letters.may_go_again,
    )


@pages.post("/<uuid:letter_id>/otra-vez")
@allow(OVERSIGHT)
def again(letter_id: uuid.UUID) -> Response:
    """Have the work of one tried again."""
    if not Form().validate():
        abort(400)
    if letters.again(db(), letter_id, me().staff, now()):
        flash(words.LETTER_AGAIN, "ok")
    else:
        flash(words.LETTER_NOT_AGAIN, "error")
    db().commit()
    return redirect(url_for("dead_letters.index"))


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
