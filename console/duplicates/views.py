"""Coordinators: records that may be one woman, judged without seeing how sure the comparison was."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from console.access import PROGRAMME, allow, db, key, me, now
from console.forms import Form
from outreach.single_list.linking import deciding, merging, reviewing
from outreach.texts import duplicates as texts

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from models import LinkPair

pages = Blueprint("duplicates", __name__, template_folder="templates", url_prefix="/duplicados")


@pages.get("")
@allow(PROGRAMME)
def index() -> str:
    """Show one pair side by side."""
    conflict = request.args.get("lista") == "conflictos"
    after = max(0, request.args.get("despues", 0, type=int))
    agency = me().staff.agency
    return render_template(
        "duplicates.html",
        shown=reviewing.next_pair(db(), key(), agency, conflict=conflict, after=min(after, 2**62)),
        waiting=reviewing.waiting(db(), agency),
        conflict=conflict,
        last=reviewing.last_run(db()),
        action=Form(formdata=None),
    )


@pages.post("/<uuid:pair_id>/misma")
@allow(PROGRAMME)
def same(pair_id: uuid.UUID) -> Response:
    """Merge the two records."""
    pair = _asked(pair_id)
    if pair is None:
        return _gone()
    try:
        deciding.same(db(), key(), pair.id, me().staff.id, now())
    except deciding.MergeError:
        db().rollback()
        return _gone()
    return _decided(pair, texts.MERGED)


@pages.post("/<uuid:pair_id>/aparte")
@allow(PROGRAMME)
def apart(pair_id: uuid.UUID) -> Response:
    """Keep the two records as two women."""
    pair = _asked(pair_id)
    if pair is None:
        return _gone()
    try:
        deciding.keep_apart(db(), pair.id, me().staff.id, now())
    except deciding.MergeError:
        db().rollback()
        return _gone()
    return _decided(pair, texts.APART)


@pages.get("/unidas")
@allow(PROGRAMME)
def merges() -> str:
    """Show what was merged, by a person or by rule."""
    found, more = reviewing.merges(
        db(), key(), me().staff.agency, request.args.get("despues", type=uuid.UUID)
    )
    return render_template(
        "merges.html", merges=found, more=more, by_rule=texts.BY_RULE, action=Form(formdata=None)
    )


@pages.post("/unidas/<uuid:merge_id>/deshacer")
@allow(PROGRAMME)
def undo(merge_id: uuid.UUID) -> Response:
    """Part two merged records again."""
    if not Form().validate():
        abort(400)
    if not reviewing.may_undo(db(), merge_id, me().staff.agency):
        abort(404)
    try:
        deciding.undo(db(), key(), merge_id, me().staff.id, now())
    except merging.LaterMergeError:
        db().rollback()
        flash(texts.UNDO_LATER, "error")
    except deciding.MergeError:
        db().rollback()
        flash(texts.UNDO_GONE, "error")
    else:
        db().commit()
        flash(texts.UNDONE, "ok")
    return redirect(url_for("duplicates.merges"))


def _asked(pair_id: uuid.UUID) -> LinkPair | None:
    if not Form().validate():
        abort(400)
    return reviewing.may_decide(db(), pair_id, me().staff.agency)


def _decided(pair: LinkPair, text: str) -> Response:
    """Go on to the next; only now the figure of the comparison is shown."""
    place, conflict, percent = pair.seq, pair.conflict, f"{int(pair.probability * 100)} %"
    db().commit()
    flash(text.format(percent=percent), "ok")
    return redirect(_next(place, conflict=conflict))


def _gone() -> Response:
    flash(texts.GONE, "error")
    return redirect(_next(0, conflict=request.args.get("lista") == "conflictos"))


def _next(place: int, *, conflict: bool) -> str:
    return url_for("duplicates.index", despues=place or None, lista="conflictos" if conflict else None)
