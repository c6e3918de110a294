"""Coordinators: the templates that WhatsApp has to approve before a message may open a conversation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, url_for

from console import words
from console.access import PROGRAMME, allow, db, me, now
from console.message_templates.forms import TemplateForm
from outreach.messages import templates
from outreach.staff import audit
from outreach.staff.audit import Action

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

pages = Blueprint(
    "message_templates", __name__, template_folder="templates", url_prefix="/programa/plantillas"
)


@pages.get("")
@allow(PROGRAMME)
def index() -> str:
    """Show the templates, and the form for a new one."""
    return _page(TemplateForm(formdata=None))


@pages.post("")
@allow(PROGRAMME)
def save() -> Response | tuple[str, int]:
    """Save a new template; the clock hands it to WhatsApp."""
    form = TemplateForm()
    if form.validate():
        name, lines = form.name.data or "", (form.samples.data or "").splitlines()
        samples = {str(i): line.strip() for i, line in enumerate(filter(str.strip, lines), start=1)}
        problem = words.TEMPLATE_TAKEN if templates.by_name(db(), name) else None
        if problem is None:
            try:
                templates.save(db(), name=name, body=(form.body.data or "").strip(), samples=samples)
            except templates.TemplateError as error:
                db().rollback()
                problem = str(error)
        if problem is None:
            audit.record(db(), me().staff.id, Action.TEMPLATE_SAVED, now())
            db().commit()
            flash(words.TEMPLATE_SAVED, "ok")
            return redirect(url_for("message_templates.index"))
        flash(problem, "error")
    return _page(form), 422


def _page(form: TemplateForm) -> str:
    found = templates.all_of(db())
    return render_template(
        "message_templates.html",
        lines=[(t, templates.render(t, templates.samples_of(t)), templates.buttons_of(t)) for t in found],
        form=form,
        states=words.TEMPLATE_STATES,
    )
