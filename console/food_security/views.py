"""Coordinators: the food security interviews of a woman, and entering one that was asked on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, abort, flash, redirect, render_template, url_for

from console.access import PROGRAMME, allow, db, key, me, now, settings
from console.food_security.forms import InterviewForm
from console.supports.forms import FindForm
from models import Woman
from outreach.ground import dates
from outreach.people import food_forms
from outreach.people.food_forms import InterviewError, ThereIsOneError
from outreach.people.food_security import ADULTS, MINORS
from outreach.single_list import supports_view
from outreach.staff import audit
from outreach.staff.audit import Action
from outreach.texts import food_interviews as texts

if TYPE_CHECKING:
    import uuid

    from werkzeug.wrappers import Response

pages = Blueprint("food_security", __name__, template_folder="templates", url_prefix="/programa/alimentacion")


@pages.get("")
@allow(PROGRAMME)
def index() -> str:
    """Show with what to look for a woman."""
    return render_template("food_find.html", form=FindForm(formdata=None), found=None)


@pages.post("/buscar")
@allow(PROGRAMME)
def find() -> str | tuple[str, int]:
    """Show who may be meant; by form, so that no name stands in an address."""
    form = FindForm()
    if not form.validate():
        return render_template("food_find.html", form=form, found=None), 422
    found = supports_view.find(db(), key(), form.asked.data or "")
    return render_template("food_find.html", form=form, found=found)


@pages.get("/mujer/<uuid:woman_id>")
@allow(PROGRAMME)
def woman(woman_id: uuid.UUID) -> str:
    """Show her interviews and the form."""
    return _her_page(woman_id, InterviewForm.empty())


@pages.post("/mujer/<uuid:woman_id>")
@allow(PROGRAMME)
def enter(woman_id: uuid.UUID) -> Response | tuple[str, int]:
    """Store what was asked on paper; where there is one of that moment, ask first."""
    form = InterviewForm()
    if not form.validate():
        return _her_page(woman_id, form), 422
    zone = settings().timezone
    today = dates.today(zone, now())
    try:
        food_forms.enter(
            db(), key(), woman_id, form.paper(),
            by=me().staff.id, today=today, zone=zone, reader=me().staff.agency,
        )  # fmt: skip
    except ThereIsOneError as stop:
        db().rollback()
        form.replaces.data = str(stop.standing.id)
        return _her_page(woman_id, form, stopped=True), 422
    except InterviewError as error:
        db().rollback()
        flash(str(error), "error")
        return _her_page(woman_id, form), 422
    audit.record(db(), me().staff.id, Action.FOOD_ENTERED, now())
    db().commit()
    flash(texts.ENTERED, "ok")
    return redirect(url_for("food_security.woman", woman_id=woman_id))


def _her_page(woman_id: uuid.UUID, form: InterviewForm, *, stopped: bool = False) -> str:
    found = db().get(Woman, woman_id) or abort(404)
    hers = food_forms.her_page(db(), key(), found, me().staff.agency)
    return render_template(
        "food_woman.html", hers=hers, form=form, texts=texts, stopped=stopped, adults=ADULTS, minors=MINORS
    )
