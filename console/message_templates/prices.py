"""Administrators: what one message of each category costs, with the day and the source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, url_for

from console import words
from console.access import ADMINISTRATION, allow, db, me, now
from console.display import local_date
from console.message_templates.forms import PriceForm
from outreach.messages import prices
from outreach.messages.templates import TemplateError
from outreach.staff import audit
from outreach.staff.audit import Action

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

pages = Blueprint("message_prices", __name__, template_folder="templates", url_prefix="/precios")
pages.add_app_template_filter(local_date, "local_date")


@pages.get("")
@allow(ADMINISTRATION)
def index() -> str:
    """Show the prices that were entered, and the form for another."""
    return _page(PriceForm(formdata=None))


@pages.post("")
@allow(ADMINISTRATION)
def enter() -> Response | tuple[str, int]:
    """Enter a price."""
    form = PriceForm()
    if form.validate() and form.since.data is not None:
        try:
            prices.enter(
                db(), form.chosen, form.since.data,
                amount=form.amount.data or "", currency=form.currency.data or "",
                source=form.source.data or "", staff_id=me().staff.id,
            )  # fmt: skip
        except TemplateError as error:
            db().rollback()
            for problem in error.problems:
                form[problem.field].errors = [problem.line]
        else:
            audit.record(db(), me().staff.id, Action.PRICE_ENTERED, now())
            db().commit()
            flash(words.PRICE_ENTERED, "ok")
            return redirect(url_for("message_prices.index"))
    return _page(form), 422


def _page(form: PriceForm) -> str:
    return render_template("message_prices.html", form=form, lines=prices.listed(db()), cost=prices.cost)
