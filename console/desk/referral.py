"""Referrals at the desk: what is shared is ticked and seen before it goes; then sent, printed or answered."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Final

from flask import Response, flash, redirect, render_template, request, url_for

from console import paging
from console.access import DESK, allow, caseworker, db, key, me, now, settings
from console.desk import case_page, queue
from console.desk.blueprint import pages
from console.desk.handing import HELD
from console.desk.panels import panel
from console.desk.referral_forms import LONGEST_MESSAGE, SERVICE, MessageForm, ReferralForm, StepForm
from console.desk.steps import need, step
from outreach.casework import notes, paper, referral_rows, referrals, sharing
from outreach.casework.opened import DeskError
from outreach.casework.referral_rows import Step
from outreach.casework.referrals import Request
from outreach.staff import key_holders
from outreach.texts import desk_record
from outreach.texts import desk_referrals as texts

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as Answer

    from console.desk.case_page import CasePage
    from outreach.casework.sharing import Sharing

SAYINGS: Final = 15
"""Of how many of her last messages one can be chosen as the one in which she agreed."""
NEEDS_REASON: Final = frozenset({Step.DECLINED, Step.RETURNED, Step.WITHDRAWN})
# Chromium's own viewer needs none of it (`tests/console/test_referral_printed.py`): what is let in is for
# viewers that draw in the page itself.
PRINTED: Final = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"


@panel("referral", title="Canalización", order=22, shown=lambda page: page.mode in HELD, live=True)
def beside(page: CasePage) -> dict[str, object]:
    """Show how the referrals of this case stand, and what can be done."""
    return {
        "known": referral_rows.of_case(page.opened),
        "texts": texts,
        "needs_reason": NEEDS_REASON,
        "once": str(uuid.uuid4()),
        "longest": LONGEST_MESSAGE,
    }


@pages.get("/canalizaciones")
@allow(DESK, needs_key=True)
def all_referrals() -> str:
    """Show how the referrals of her teams stand; nothing of a case is opened."""
    ring = caseworker().private_key
    teams = key_holders.opened_by(db(), me().staff.id, ring)
    found = referral_rows.of_teams(db(), key(), ring, teams, supervisor=queue.supervises())
    page = paging.page_of(len(found))
    shown = found[page.offset : page.offset + paging.SIZE]
    return render_template("referrals.html", found=shown, page=page, texts=texts)


@pages.get("/<uuid:case_id>/canalizar")
@allow(DESK, needs_key=True)
def referral_form(case_id: uuid.UUID) -> str | Answer:
    """Show the form of a referral, with nothing ticked."""
    page = case_page.follow(case_id)
    if page.mode not in HELD:
        return _not_yours(case_id)
    return _form(page, ReferralForm(formdata=None), sharing.Sharing())


@pages.post("/<uuid:case_id>/canalizar")
@allow(DESK, needs_key=True)
def referral_preview(case_id: uuid.UUID) -> str | Answer | tuple[str, int]:
    """Show what would go, before it goes; back to the form where it is not complete or she wants to."""
    page = case_page.follow(case_id)
    if page.mode not in HELD:
        return _not_yours(case_id)
    form = ReferralForm()
    what = form.sharing()
    if request.form.get("back"):
        return _form(page, form, what)
    problem = form.problem() if not form.validate() else _missing(page, form)
    if problem:
        flash(problem, "error")
        return _form(page, form, what), 422
    zone = settings().timezone
    return render_template(
        "referral_preview.html",
        **queue.around(case_id),
        case_id=case_id,
        form=form,
        what=what,
        whom=_whom(page, form),
        is_service=form.to.data == SERVICE,
        agreed=form.agreed(page.entries, zone),
        shared=paper.picked(page.opened, what, zone),
        line_by=texts.line_by,
        texts=texts,
    )


@pages.post("/<uuid:case_id>/canalizar/enviar")
@allow(DESK, needs_key=True)
def send_referral(case_id: uuid.UUID) -> Answer:
    """Send the referral, or note the one to a service."""
    form = ReferralForm()
    need(form)
    page = case_page.follow(case_id)
    zone = settings().timezone
    asked = Request(
        form.asked.data or "", form.agreed(page.entries, zone), form.sharing(), along=bool(form.along.data)
    )
    if form.to.data == SERVICE:
        service = form.service.data or ""
        return step(
            case_id,
            lambda: referrals.refer_to_service(db(), caseworker(), case_id, now(), service, asked, zone),
            texts.NOTED,
        )
    team = form.team() or uuid.UUID(int=0)
    return step(
        case_id, lambda: referrals.refer(db(), caseworker(), case_id, now(), team, asked, zone), texts.SENT
    )


@pages.post("/<uuid:case_id>/documento")
@allow(DESK, needs_key=True)
def print_referral(case_id: uuid.UUID) -> Answer:
    """Give the referral as a PDF, which is kept nowhere."""
    form = ReferralForm()
    need(form)
    page = case_page.follow(case_id)
    zone = settings().timezone
    try:
        made = paper.print_referral(
            db(),
            caseworker(),
            case_id,
            now(),
            _whom(page, form),
            " ".join((form.asked.data or "").split()),
            form.agreed(page.entries, zone),
            form.sharing(),
            zone,
        )
    except DeskError as error:
        db().rollback()
        flash(str(error), "error")
        return redirect(url_for("desk.case", case_id=case_id))
    db().commit()
    response = Response(made, mimetype="application/pdf")
    # Its name says nothing: it may end in a folder of downloads.
    response.headers["Content-Disposition"] = "inline; filename=documento.pdf"
    response.headers["Content-Security-Policy"] = PRINTED
    return response


@pages.post("/<uuid:case_id>/canalizaciones/<uuid:referral_id>")
@allow(DESK, needs_key=True)
def answer_referral(case_id: uuid.UUID, referral_id: uuid.UUID) -> Answer:
    """Accept a referral, decline it, send it back, withdraw it, or say that it is done."""
    form = StepForm()
    need(form)
    what, why = Step(form.step.data or ""), form.why.data or ""
    return step(
        case_id,
        lambda: referrals.answer(db(), caseworker(), case_id, now(), referral_id, what, why),
        texts.SAID.get(what.value, texts.STATE_KEPT),
    )


@pages.post("/<uuid:case_id>/canalizaciones/<uuid:referral_id>/decir")
@allow(DESK, needs_key=True)
def tell_referral(case_id: uuid.UUID, referral_id: uuid.UUID) -> Answer:
    """Write to the other side."""
    form = MessageForm()
    need(form)
    once = uuid.UUID(form.once.data)
    return step(
        case_id,
        lambda: referrals.tell(
            db(), caseworker(), case_id, now(), referral_id, form.text.data or "", entry_id=once
        ),
        texts.WROTE,
    )


def _form(page: CasePage, form: ReferralForm, what: Sharing) -> str:
    lines = sharing.offered(page.entries)
    return render_template(
        "referral.html",
        **queue.around(page.id),
        case_id=page.id,
        form=form,
        what=what,
        teams=referrals.teams(db(), page.opened.case.team_id),
        sections=[(name, desk_record.SECTIONS[name]) for name in sharing.filled_sections(page.opened)],
        lines=lines[::-1],
        sayings=[one for one in lines if one.author == "woman"][-SAYINGS:][::-1],
        notes=notes.notes_in(page.opened, sharing.MOST_NOTES),
        line_by=texts.line_by,
        may_go_along=page.opened.conversation is not None,
        texts=texts,
        service=SERVICE,
    )


def _missing(page: CasePage, form: ReferralForm) -> str | None:
    """Return what is not complete, as the step itself would say it."""
    if form.to.data == SERVICE:
        if not (form.service.data or "").strip():
            return texts.NO_SERVICE
    elif form.team() not in {team.id for team in referrals.teams(db(), page.opened.case.team_id)}:
        return texts.NO_TEAM
    agreed = form.agreed(page.entries, settings().timezone)
    try:
        Request(form.asked.data or "", agreed, form.sharing()).checked()
    except DeskError as error:
        return str(error)
    return None


def _whom(page: CasePage, form: ReferralForm) -> str:
    if form.to.data == SERVICE:
        return " ".join((form.service.data or "").split())
    known = {team.id: team.name for team in referrals.teams(db(), page.opened.case.team_id)}
    return known.get(form.team() or page.id, "")


def _not_yours(case_id: uuid.UUID) -> Answer:
    flash(texts.HOLDER_ONLY, "error")
    return redirect(url_for("desk.case", case_id=case_id))
