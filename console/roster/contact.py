"""One's own alerts: where they go, and a trial of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, abort, flash, redirect, render_template, url_for

from console.access import DESK, allow, db, key, me, settings
from console.forms import Form
from console.roster.forms import ContactForm
from outreach.staff import contacts
from outreach.staff.accounts import StaffError
from outreach.texts import desk_alerts as texts

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as Answer

pages = Blueprint("contact", __name__, template_folder="templates", url_prefix="/cuenta/avisos")


@pages.get("")
@allow(DESK)
def index() -> str:
    """Show where she is alerted, and how the last trial ended."""
    kept = contacts.read(db(), key(), me().staff.id)
    form = ContactForm(
        formdata=None, phone=contacts.shown_phone(kept), email=kept.email or "", muted=kept.muted
    )
    return _page(form, kept)


@pages.post("")
@allow(DESK)
def save() -> Answer | tuple[str, int]:
    """Keep where she is alerted."""
    form = ContactForm()
    staff_id = me().staff.id
    if not form.validate():
        return _page(form, contacts.read(db(), key(), staff_id)), 422
    try:
        contacts.save(
            db(), key(), staff_id,
            phone=form.phone.data or "", email=form.email.data or "", muted=bool(form.muted.data),
        )  # fmt: skip
    except StaffError as error:
        db().rollback()
        flash(str(error), "error")
        return _page(form, contacts.read(db(), key(), staff_id)), 422
    db().commit()
    flash(texts.CONTACT_KEPT, "ok")
    return redirect(url_for("contact.index"))


@pages.post("/prueba")
@allow(DESK)
def trial() -> Answer:
    """Ask for a trial alert."""
    if not Form().validate():
        abort(400)
    try:
        contacts.want_trial(db(), key(), me().staff.id)
    except StaffError as error:
        db().rollback()
        flash(str(error), "error")
    else:
        db().commit()
        flash(texts.TRIAL_WANTED, "ok")
    return redirect(url_for("contact.index"))


def _page(form: ContactForm, kept: contacts.Contact) -> str:
    return render_template("contact.html", form=form, kept=kept, mails=settings().alarms.mails)
