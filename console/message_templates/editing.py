"""Coordinators: a new template, and a changed one, which is a new version."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for

from console import words
from console.access import PROGRAMME, allow, db, me, now
from console.message_templates.forms import TemplateForm, written
from console.message_templates.views import pages
from models import Template
from outreach.messages import templates
from outreach.messages.templates import TemplateError
from outreach.programme import programmes
from outreach.staff import audit
from outreach.staff.audit import Action
from outreach.texts import templates as texts

if TYPE_CHECKING:
    from werkzeug.wrappers import Response


@pages.route("/nueva", methods=["GET", "POST"])
@allow(PROGRAMME)
def new() -> Response | str | tuple[str, int]:
    """Save a new template; the clock hands it to WhatsApp."""
    form = _form(TemplateForm())
    if request.method == "GET":
        return _page(form, None, [])
    left: list[str] = []
    if form.validate():
        name = (form.name.data or "").strip()
        try:
            made = templates.add(db(), form.wording(name), UUID(form.programme.data))
        except TemplateError as error:
            db().rollback()
            left = form.refuse(error.problems)
        else:
            return _done(made, words.TEMPLATE_SAVED)
    return _page(form, None, left), 422


@pages.route("/<uuid:template_id>/cambiar", methods=["GET", "POST"])
@allow(PROGRAMME)
def edit(template_id: UUID) -> Response | str | tuple[str, int]:
    """Change a template; the version before it is used until WhatsApp approves the new one."""
    template = db().get(Template, template_id) or abort(404)
    if request.method == "GET":
        return _page(_form(TemplateForm(formdata=None, data=written(template))), template, [])
    form = _form(TemplateForm())
    form.programme.data = str(template.programme_id)
    left: list[str] = []
    if form.validate():
        try:
            made = templates.change(db(), template, form.wording(template.name))
        except TemplateError as error:
            db().rollback()
            left = form.refuse(error.problems)
        else:
            told = words.TEMPLATE_CHANGED.format(version=made.version)
            return _done(made, told if made.id != template_id else words.TEMPLATE_KEPT)
    return _page(form, template, left), 422


def _form(form: TemplateForm) -> TemplateForm:
    form.programme.choices = [(str(one), name) for one, name in programmes.names(db())]
    form.make_room()
    return form


def _done(made: Template, told: str) -> Response:
    audit.record(db(), me().staff.id, Action.TEMPLATE_SAVED, now())
    db().commit()
    flash(told, "ok")
    return redirect(url_for("message_templates.show", template_id=made.id))


def _page(form: TemplateForm, template: Template | None, left: list[str]) -> str:
    purpose = templates.purpose_of(template.name) if template else None
    return render_template(
        "message_template_form.html",
        form=form,
        template=template,
        given=texts.GIVEN.get(purpose or "") if purpose else None,
        left=left,
        means=words.CATEGORY_MEANS,
    )
