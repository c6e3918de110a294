"""The team's key: who holds it, who waits for it, and what losing it would mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, abort, flash, redirect, render_template, url_for

from console import words
from console.access import DESK, allow, caseworker, db, me, now
from console.forms import Form
from console.keys.forms import RecoveryForm
from outreach.sealing import vault
from outreach.sealing.recovery_key import RecoveryKeyError
from outreach.staff import audit
from outreach.staff.audit import Action

if TYPE_CHECKING:
    import uuid

    from werkzeug.wrappers import Response

pages = Blueprint("keys", __name__, template_folder="templates", url_prefix="/llave")


@pages.get("")
@allow(DESK)
def index() -> str:
    """Show who waits, or, to one who waits herself, what to do."""
    own = vault.wrap_of(db(), me().staff.id)
    return render_template(
        "keys.html",
        has_key=me().private_key is not None,
        own_code=vault.code(own) if own else None,
        granted=own is not None and own.wrapped is not None,
        waiting=[
            (staff, vault.code(wrap)) for staff, wrap in vault.waiting(db()) if staff.id != me().staff.id
        ],
        others=vault.holders(db(), besides=me().staff.id),
        team=vault.find_team(db()),
        form=RecoveryForm(),
    )


@pages.post("/dar/<uuid:staff_id>")
@allow(DESK)
def give(staff_id: uuid.UUID) -> Response:
    """Give the key to a colleague who waits."""
    if not Form().validate():
        abort(400)
    if vault.grant(db(), caseworker().private_key, staff_id):
        audit.record(db(), me().staff.id, Action.KEY_GRANTED, now())
        db().commit()
        flash(words.KEY_GRANTED, "ok")
    else:
        flash(words.NOBODY_WAITS, "error")
    return redirect(url_for("keys.index"))


@pages.post("/recuperar")
@allow(DESK)
def recover() -> Response:
    """Take the key with the recovery key from paper."""
    form = RecoveryForm()
    if not form.validate():
        abort(400)
    try:
        vault.grant_with_recovery_key(db(), form.recovery_key.data or "", me().staff.id)
    except (RecoveryKeyError, vault.WrongRecoveryKeyError, vault.NoTeamError) as error:
        flash(str(error), "error")
    else:
        audit.record(db(), me().staff.id, Action.KEY_RECOVERED, now())
        db().commit()
        flash(words.KEY_RECOVERED, "ok")
    return redirect(url_for("keys.index"))
