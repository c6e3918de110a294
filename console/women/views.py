"""Coordinators: the list of women, looking for one, adding one, and her page. Never a case (P10)."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from console import words
from console.access import PROGRAMME, allow, db, key, me, now, settings
from console.display import local_date
from console.forms import Form
from console.women.forms import FindForm, RecordForm
from outreach.ground import dates
from outreach.people import axes, finding
from outreach.people.finding import Asked
from outreach.programme import how_many, overview, programmes
from outreach.single_list import her_page, her_record, supports_view
from outreach.single_list.her_record import ConfirmError
from outreach.staff import audit
from outreach.staff.audit import Action
from outreach.texts import women as texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from werkzeug.wrappers import Response

pages = Blueprint("women", __name__, template_folder="templates", url_prefix="/programa/mujeres")
pages.add_app_template_filter(local_date, "local_date")
SHOWN = 25
SUPPORTS_SHOWN = 5


@pages.get("")
@allow(PROGRAMME)
def index() -> str:
    """Show the list, a page at a time."""
    municipality = request.args.get("municipio") or None
    after, before = (request.args.get(name, type=uuid.UUID) for name in ("despues", "antes"))
    return render_template(
        "women.html",
        page=overview.women(db(), key(), municipality=municipality, after=after, before=before),
        total=how_many.women(db(), municipality),
        municipalities=overview.used_municipalities(db()),
        chosen={"municipio": municipality},
        form=_finder(FindForm(formdata=None)),
    )


@pages.post("/buscar")
@allow(PROGRAMME)
def find() -> str | tuple[str, int]:
    """Show who may be meant, the likeliest first."""
    form = _finder(FindForm())
    if not form.validate():
        return render_template("women_found.html", form=form, hits=(), found=None, towns={}, last=True), 422
    found = finding.find(db(), key(), Asked.of(form.asked.data or "", form.town.data or None))
    start = (form.number - 1) * SHOWN
    return render_template(
        "women_found.html",
        form=form,
        found=found,
        hits=found.hits[start : start + SHOWN],
        last=len(found.hits) <= start + SHOWN,
        towns=dict(overview.municipalities(db())),
        born=her_page.birth_of,
    )


@pages.route("/nueva", methods=["GET", "POST"])
@allow(PROGRAMME)
def add() -> Response | str | tuple[str, int]:
    """Add a woman, after showing who may be her already."""
    if request.method == "GET":
        return record_page("woman_new.html", ready(RecordForm.empty()))
    form = ready(RecordForm())
    if not form.validate() or not form.once.data:
        return record_page("woman_new.html", form), 422
    once = uuid.UUID(form.once.data)
    try:
        her_record.add(
            db(), key(), form.values(), once=once, by=me().staff.id, now=now(), confirmed=form.confirmed.data
        )
    except ConfirmError as stop:
        db().rollback()
        return record_page("woman_new.html", form, others=stop.others), 422
    return done(once, Action.WOMAN_ADDED, texts.ADDED)


@pages.get("/<uuid:woman_id>")
@allow(PROGRAMME)
def woman(woman_id: uuid.UUID) -> str:
    """Show her page."""
    agency = me().staff.agency
    after = request.args.get("historia", type=int)
    page = her_page.of_woman(db(), key(), woman_id, agency, now(), after=after) or abort(404)
    today = dates.today(settings().timezone, now())
    agencies = programmes.agencies(db())
    supports = supports_view.of_woman(db(), key(), woman_id, agency, today)
    return render_template(
        "woman.html",
        page=page,
        supports=supports.lines[:SUPPORTS_SHOWN] if supports else [],
        groups=her_page.open_groups(db(), now()) if page.own else [],
        group_names=her_page.group_names(db(), page.history) if page.history else {},
        agencies=agencies,
        agency_names={one.code: one.name for one in agencies},
        shown=her_page.in_words(db()),
        own_agency=agency,
        action=Form(formdata=None),
        texts=texts,
        labels=texts.LABELS | texts.ACTS,
        source=her_page.source_in_words,
        first=after is None,
        reasons=words.REASONS,
    )


def done(woman_id: uuid.UUID, action: Action, message: str) -> Response:
    """Commit what was done, and go back to her page."""
    audit.record(db(), me().staff.id, action, now())
    db().commit()
    flash(message, "ok")
    return redirect(url_for("women.woman", woman_id=woman_id))


def _finder(form: FindForm) -> FindForm:
    form.town.choices = [("", "Todos"), *overview.municipalities(db())]
    return form


def ready(form: RecordForm, kept_axis: str | None = None) -> RecordForm:
    """Give a form what its choices and its checks need; `kept_axis`: hers, which may be offered no more."""
    form.today, form.least_age = dates.today(settings().timezone, now()), settings().least_age
    offered = axes.offered(db())
    if kept_axis and kept_axis not in offered:
        offered[kept_axis] = axes.all_names(db()).get(kept_axis, kept_axis)
    form.choose(overview.municipalities(db()), list(offered.items()))
    return form


def record_page(template: str, form: RecordForm, *, others: Sequence[uuid.UUID] = (), **more: object) -> str:
    """Show a form of her values, with the records that may be hers."""
    names = overview.names(db(), key(), others) if others else {}
    return render_template(template, form=form, others=names, texts=texts, **more)
