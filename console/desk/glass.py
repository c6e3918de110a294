"""A colleague's conversation: the page that asks why it is opened; and who has seen a case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, flash, redirect, render_template, request, url_for

from console.access import DESK, allow, caseworker, db, me, now
from console.desk import record_drafts
from console.desk.blueprint import pages
from console.desk.forms import ReasonForm
from console.desk.panels import panel
from console.desk.steps import need
from models import Role
from outreach.casework import drafts, glass, reasons, seen
from outreach.casework.opened import DeskError
from outreach.casework.permitted import NeedsReasonError
from outreach.texts import desk_audit as texts
from outreach.texts import desk_record

if TYPE_CHECKING:
    import uuid

    from werkzeug.wrappers import Response as Answer

    from console.desk.case_page import CasePage

BEHIND = "glass"
"""What a page that showed the conversation before is told of its state: it is loaded again."""


@pages.errorhandler(NeedsReasonError)
def ask(error: NeedsReasonError) -> Response | tuple[str, int]:
    """Ask for the reason in place of the conversation; a part of a page gets nothing of it."""
    db().rollback()
    if request.headers.get("X-Fragment"):
        response = Response(status=204)
        response.headers["X-Mode"] = BEHIND
        return response
    typed = request.form.get("text", "").strip()
    kept = bool(typed) and len(typed) <= drafts.LONGEST
    if kept:
        # As wherever a form is refused, what she typed comes back.
        box = drafts.NOTE if request.endpoint == "desk.note" else drafts.REPLY
        drafts.keep(db(), error.case_id, me().staff.id, box, typed)
        db().commit()
    return _page(error, "" if kept else typed), 422 if typed else 403


@pages.post("/<uuid:case_id>/abrir")
@allow(DESK, needs_key=True)
def open_for_reason(case_id: uuid.UUID) -> Answer:
    """Open a colleague's conversation, for a reason."""
    form = ReasonForm()
    need(form)
    try:
        glass.break_glass(db(), caseworker(), case_id, now(), form.reason.data or "")
    except glass.NoNeedError:
        db().rollback()
    except DeskError as error:
        db().rollback()
        flash(str(error), "error")
    else:
        db().commit()
        flash(texts.OPENED, "ok")
    return redirect(url_for("desk.case", case_id=case_id))


@panel("seen", title="Quién la ha visto", order=90, shown=lambda page: seen.may_know(page.opened))
def who_has_seen(page: CasePage) -> dict[str, object]:
    """Show who looked at the case and what was done in it, the newest first."""
    return {"traces": seen.traces(page.opened), "did": texts.did, "most": seen.SHOWN}


def _page(error: NeedsReasonError, typed: str) -> str:
    supervises = me().staff.role is Role.SUPERVISOR
    lead = texts.GLASS_LEAD_SUPERVISOR if supervises else texts.GLASS_LEAD
    return render_template(
        "glass.html",
        case_id=error.case_id,
        holder=error.holder_id,
        title=texts.GLASS_TITLE.format(name=error.holder),
        lead=lead.format(name=error.holder),
        reason=texts.REVIEW if supervises else "",
        shortest=reasons.SHORTEST,
        longest=reasons.LONGEST,
        not_sent=texts.NOT_SENT,
        typed=typed,
        unsent=drafts.own(db(), caseworker(), error.case_id),
        unsaved=record_drafts.unsaved(error.case_id),
        record_texts=desk_record,
    )
