"""Cases found again: the closed ones by code, day and outcome, and all of a woman by her number."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flask import flash, render_template, request

from console import paging
from console.access import DESK, allow, db, key, me, now, settings
from console.desk import queue
from console.desk.blueprint import pages
from console.desk.forms import ClosedSearchForm, PhoneSearchForm
from outreach.casework import closed as closed_list
from outreach.casework import her_cases
from outreach.sealing import vault
from outreach.texts import desk_closing, desk_person

if TYPE_CHECKING:
    from outreach.casework.her_cases import HerCase

CODE = re.compile(r"[0-9a-f]{1,8}", re.IGNORECASE)


@pages.get("/cerrados")
@allow(DESK, needs_key=True)
def closed() -> str:
    """Show the closed cases of her teams, by code, day or outcome; nothing of them is unsealed.

    A search is recorded, what was looked for is not.
    """
    form = ClosedSearchForm(request.args)
    code = (form.code.data or "").strip()
    wrong = not form.validate() or bool(code and not CODE.fullmatch(code))
    found = []
    if not wrong:
        found = closed_list.closed_cases(
            db(),
            key(),
            vault.teams_of(db(), me().staff.id),
            supervisor=queue.supervises(),
            code=code,
        )
        found = closed_list.chosen(
            found, settings().timezone, day=form.day.data, outcome=form.outcome.data or ""
        )
        if code or form.day.data or form.outcome.data:
            closed_list.note_search(db(), me().staff, now())
            db().commit()
    page = paging.page_of(len(found))
    asked = {
        "code": code,
        "day": request.args.get("day", ""),
        "outcome": "" if form.outcome.errors else form.outcome.data or "",
    }
    return render_template(
        "closed_cases.html",
        form=form,
        wrong=wrong,
        page=page,
        found=found[page.offset : page.offset + paging.SIZE],
        asked=asked,
        texts=desk_closing,
    )


@pages.get("/buscar")
@allow(DESK, needs_key=True)
def search() -> str:
    """Ask for a woman's number."""
    return _searched(PhoneSearchForm(), None)


@pages.post("/buscar")
@allow(DESK, needs_key=True)
def find() -> str:
    """Show the cases of the woman who writes from a number; the search is recorded, the number is not."""
    form = PhoneSearchForm()
    if not form.validate():
        return _searched(form, None)
    staff = me().staff
    try:
        found = her_cases.find_by_phone(
            db(),
            key(),
            staff,
            vault.teams_of(db(), staff.id),
            form.phone.data or "",
            now(),
        )
    except her_cases.NotANumberError as wrong:
        flash(str(wrong), "error")
        return _searched(form, None)
    db().commit()
    return _searched(form, found)


def _searched(form: PhoneSearchForm, found: list[HerCase] | None) -> str:
    return render_template(
        "her_cases.html", form=form, found=found, texts=desk_person, outcome=desk_closing.label
    )
