"""What a caseworker types, kept sealed while she types: her page asks every moment, and it is no step.

The case stands in the form and not in the address: a form about a case is a step, which is locked, recorded
and rung for (`outreach.casework.verbs`), and none of that is to happen with each letter.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from flask import abort, flash, redirect, render_template, url_for

from console import stream, words
from console.access import DESK, allow, db, key, me
from console.desk.blueprint import pages
from console.desk.forms import DraftForm
from outreach.casework import bell, drafts
from outreach.messages import reveal

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as Answer


@pages.post("/borrador")
@allow(DESK, quiet=True, needs_key=True)
def draft() -> str | tuple[str, int]:
    """Keep what stands in a box of hers, and say which words of a text to the woman may give her away."""
    form = _kept()
    if form.box.data != drafts.REPLY:
        return "", 204
    return render_template("_reveals.html", reveals=reveal.found(form.text.data or ""), shared=False)


@pages.post("/borrador/quitar")
@allow(DESK, needs_key=True)
def discard_draft() -> Answer:
    """Forget what she typed and could not send."""
    form = _kept(emptied=True)
    flash(words.DRAFT_GONE, "ok")
    return redirect(url_for("desk.case", case_id=form.case.data))


def _kept(*, emptied: bool = False) -> DraftForm:
    form = DraftForm()
    if not form.validate():
        abort(400)
    case_id = uuid.UUID(form.case.data)
    if not may_keep(case_id):
        abort(404)
    once = uuid.UUID(form.once.data) if form.once.data else None
    text = "" if emptied else form.text.data or ""
    drafts.keep(db(), case_id, me().staff.id, form.box.data or "", text, form_id=once)
    db().commit()
    return form


def may_keep(case_id: uuid.UUID) -> bool:
    """Say whether something that she types in a case may be kept: the case is one of her teams'."""
    rights = stream.rights_of(db(), me())
    audience = bell.audience(db(), key(), case_id)
    if rights is None or audience is None:
        return False
    return audience.includes(rights.teams, supervisor=rights.supervisor)
