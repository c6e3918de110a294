"""What she fills into a section of a record, kept sealed while she does, and shown to her again.

Like her other drafts it is no step in a case (`console.desk.writing`).
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, NamedTuple

from flask import abort, flash, redirect, request, url_for

from console import words
from console.access import DESK, allow, caseworker, db, me
from console.desk import record_shown, writing
from console.desk.blueprint import pages
from console.desk.forms import SectionDraftForm
from outreach.casework import record_fields, section_drafts
from outreach.programme import overview
from outreach.texts import desk_record as texts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from werkzeug.wrappers import Response as Answer

    from console.desk.record_shown import Row
    from outreach.casework.record_fields import Values
    from outreach.casework.section_drafts import SectionDraft


class Unsaved(NamedTuple):
    """A section that she filled in and did not save, to be read."""

    section: str
    title: str
    rows: list[Row]


@pages.post("/borrador/expediente")
@allow(DESK, quiet=True, needs_key=True)
def section_draft() -> tuple[str, int]:
    """Keep a section as it stands in her form."""
    form = _asked()
    typed = request.form.to_dict(flat=False)
    once = uuid.UUID(form.once.data) if form.once.data else None
    if not keep(uuid.UUID(form.case.data), form.section.data or "", typed, form.known.data or 0, once):
        abort(400)
    return "", 204


@pages.post("/borrador/expediente/quitar")
@allow(DESK, needs_key=True)
def discard_section() -> Answer:
    """Forget what she filled in and did not save."""
    form = _asked()
    case_id, section = uuid.UUID(form.case.data), form.section.data or ""
    section_drafts.drop(db(), case_id, me().staff.id, section)
    db().commit()
    flash(words.SECTION_DRAFT_GONE, "ok")
    if "known" in request.form:  # from the section's own form
        return redirect(url_for("desk.whole", case_id=case_id, _anchor=record_shown.ADDRESS_OF[section]))
    return redirect(url_for("desk.case", case_id=case_id))


def keep(
    case_id: uuid.UUID,
    section: str,
    typed: Mapping[str, Sequence[str]],
    known: int,
    once: uuid.UUID | None = None,
) -> bool:
    """Keep what a form holds; False where it is more than any form of ours takes. The case is one of hers."""
    try:
        values = record_shown.as_typed(section, typed)
        section_drafts.keep(db(), case_id, me().staff.id, section, values, known=known, form_id=once)
    except ValueError:
        db().rollback()
        return False
    db().commit()
    return True


def unsaved(case_id: uuid.UUID) -> list[Unsaved]:
    """Return what she filled in and did not save, to be read; where she may fill it in, its form has it."""
    found = section_drafts.own_sections(db(), caseworker(), case_id)
    if not found:
        return []
    towns = overview.municipalities(db())
    return [
        Unsaved(section, texts.SECTIONS[section], record_shown.rows(section, draft.values, towns))
        for section, draft in found.items()
    ]


def differs(section: str, draft: SectionDraft, saved: Values) -> bool:
    """Say whether a draft says anything else than what is saved."""
    given = {name: _told(value) for name, value in draft.values.items()}
    try:
        return record_fields.clean(section, given) != saved
    except record_fields.BadFieldError:
        return True


def _told(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


def _asked() -> SectionDraftForm:
    form = SectionDraftForm()
    if not form.validate():
        abort(400)
    if not writing.may_keep(uuid.UUID(form.case.data)):
        abort(404)
    return form
