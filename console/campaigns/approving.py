"""Coordinators: the last step before a campaign leaves, by one person or, above a size, by two."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request
from wtforms import StringField
from wtforms.validators import Length

from console import words
from console.access import PROGRAMME, allow, db, key, me, now
from console.campaigns.blueprint import pages
from console.campaigns.views import campaign_of, rules_of, step
from console.forms import Form
from outreach.campaigns import approval
from outreach.campaigns.approval import LONGEST_NOTE
from outreach.staff.audit import Action

if TYPE_CHECKING:
    import uuid

    from werkzeug.wrappers import Response as Answer


class NoteForm(Form):
    """A word to who asked for the approval."""

    note = StringField("Qué hay que cambiar", [Length(max=LONGEST_NOTE)])


@pages.post("/<uuid:campaign_id>/programar")
@allow(PROGRAMME)
def schedule(campaign_id: uuid.UUID) -> Answer:
    """Confirm: from here on the clock runs it."""
    campaign = campaign_of(campaign_id)
    return step(
        campaign,
        lambda: approval.confirm(db(), key(), rules_of(campaign), campaign, now(), again=_again()),
        words.CAMPAIGN_SCHEDULED,
        Action.CAMPAIGN_SCHEDULED,
    )


@pages.post("/<uuid:campaign_id>/pedir")
@allow(PROGRAMME)
def ask(campaign_id: uuid.UUID) -> Answer:
    """Ask for a second person."""
    campaign = campaign_of(campaign_id)
    mine = me().staff.id
    return step(
        campaign,
        lambda: approval.ask(db(), key(), rules_of(campaign), campaign, mine, now(), again=_again()),
        words.APPROVAL_ASKED,
        Action.CAMPAIGN_ASKED,
    )


@pages.post("/<uuid:campaign_id>/aprobar")
@allow(PROGRAMME)
def approve(campaign_id: uuid.UUID) -> Answer:
    """Agree to what stands on her page, as the second person."""
    campaign = campaign_of(campaign_id)
    mine, seen = me().staff.id, _seen()
    return step(
        campaign,
        lambda: approval.approve(db(), key(), rules_of(campaign), campaign, mine, seen, now()),
        words.APPROVED,
        Action.CAMPAIGN_APPROVED,
    )


@pages.post("/<uuid:campaign_id>/regresar")
@allow(PROGRAMME)
def send_back(campaign_id: uuid.UUID) -> Answer:
    """Let it be changed again, with a word to who asked."""
    campaign = campaign_of(campaign_id)
    note = NoteForm().note.data or ""
    return step(
        campaign,
        lambda: approval.send_back(db(), campaign, me().staff.id, note),
        words.SENT_BACK,
        Action.CAMPAIGN_SENT_BACK,
    )


def _again() -> bool:
    return request.form.get("again") == "1"


def _seen() -> bytes:
    try:
        return bytes.fromhex(request.form.get("seen", "")[:64])
    except ValueError:
        return b""
