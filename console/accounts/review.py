"""Administrators: whose access stays, looked at every ninety days."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, abort, flash, redirect, render_template, url_for

from console.access import ADMINISTRATION, allow, db, key, me, now, settings
from console.forms import Form
from outreach.casework import holding
from outreach.sealing import vault
from outreach.staff import access_review, accounts
from outreach.texts import staff_accounts as texts

if TYPE_CHECKING:
    import uuid

    from werkzeug.wrappers import Response

    from models import Staff

pages = Blueprint("review", __name__, template_folder="templates", url_prefix="/administracion/revision")


@pages.get("")
@allow(ADMINISTRATION)
def index() -> str:
    """Show every account that may enter, those to look at first."""
    return render_template(
        "review.html",
        lines=access_review.lines(db(), now()),
        key_roles={role.value for role in vault.KEY_ROLES},
        days=access_review.EVERY.days,
    )


@pages.post("/<uuid:staff_id>/sigue")
@allow(ADMINISTRATION)
def keep(staff_id: uuid.UUID) -> Response:
    """Note that somebody's access stays."""
    person = _person(staff_id)
    access_review.keep(db(), person, me().staff, now())
    db().commit()
    flash(texts.REVIEW_STAYS.format(name=person.display_name), "ok")
    return redirect(url_for("review.index"))


@pages.post("/<uuid:staff_id>/quitar")
@allow(ADMINISTRATION)
def remove(staff_id: uuid.UUID) -> Response:
    """Take somebody's access away, at once."""
    person = _person(staff_id)
    try:
        access_review.remove(db(), person, me().staff, now())
    except accounts.StaffError as error:
        db().rollback()
        flash(str(error), "error")
    else:
        holding.release_of(db(), key(), settings(), person.id, now())
        db().commit()
        flash(texts.REVIEW_REMOVED.format(name=person.display_name), "ok")
    return redirect(url_for("review.index"))


def _person(staff_id: uuid.UUID) -> Staff:
    person = accounts.by_id(db(), staff_id)
    if person is None or person.disabled_at is not None:
        abort(404)
    if not Form().validate():
        abort(400)
    return person
