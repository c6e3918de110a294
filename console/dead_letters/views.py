"""Supervisors and administrators: what the system gave up, without content, until somebody closes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, abort, flash, redirect, render_template, url_for

from console import words
from console.access import OVERSIGHT, allow, db, key, me, now, settings
from console.forms import Form
from outreach.staff import letters
from outreach.turns import hand_over
from outreach.turns.hand_over import Handed

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
        may_be_handed_over=letters.may_be_handed_over,
    )


@pages.post("/<uuid:letter_id>/otra-vez")
@allow(OVERSIGHT)
def again(letter_id: uuid.UUID) -> Response:
    """Have the work of one tried again."""
    if not Form().validate():
        abort(400)
    done = letters.again(db(), letter_id, me().staff, now())
    if done:
        flash(words.LETTER_AGAIN, "ok")
    else:
        # A second click, or a colleague who was quicker, is told what is so: it goes again already.
        flash(words.LETTER_WAS_CLOSED if done is None else words.LETTER_NOT_AGAIN, "error")
    db().commit()
    return redirect(url_for("dead_letters.index"))


@pages.post("/<uuid:letter_id>/pasar")
@allow(OVERSIGHT)
def hand(letter_id: uuid.UUID) -> Response:
    """Have the desk look at one; nothing of it is shown, nor whose it is."""
    if not Form().validate():
        abort(400)
    done = hand_over.hand_over(db(), key(), settings(), letter_id, me().staff, now())
    if done is Handed.DONE:
        flash(words.LETTER_HANDED, "ok")
        db().commit()
    else:
        db().rollback()
        flash(words.LETTER_WAS_CLOSED if done is Handed.CLOSED else words.LETTER_NOT_HANDED, "error")
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
