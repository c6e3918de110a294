"""Coordinators: the last step before a campaign leaves, by one person or, above a size, by two."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, request, url_for
from wtforms import StringField
from wtforms.validators import Length

from console import words
from console.access import PROGRAMME, allow, db, key, me, now
from console.campaigns.blueprint import pages
from console.campaigns.views import campaign_of, preview_page, rules_of, step
from console.forms import Form
from console.message_templates.forms import TrialForm
from models import CampaignState, Template
from outreach.campaigns import approval, variables
from outreach.campaigns.approval import LONGEST_NOTE, Page
from outreach.messages.templates import TemplateError
from outreach.staff import audit, contacts, template_trials
from outreach.staff.accounts import StaffError
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
    campaign, page = campaign_of(campaign_id), _page()
    return step(
        campaign,
        lambda: approval.confirm(db(), key(), rules_of(campaign), campaign, now(), again=_again(), page=page),
        words.CAMPAIGN_SCHEDULED,
        Action.CAMPAIGN_SCHEDULED,
    )


@pages.post("/<uuid:campaign_id>/pedir")
@allow(PROGRAMME)
def ask(campaign_id: uuid.UUID) -> Answer:
    """Ask for a second person."""
    campaign, page = campaign_of(campaign_id), _page()
    mine, again = me().staff.id, _again()
    return step(
        campaign,
        lambda: approval.ask(db(), key(), rules_of(campaign), campaign, mine, now(), again=again, page=page),
        words.APPROVAL_ASKED,
        Action.CAMPAIGN_ASKED,
    )


@pages.post("/<uuid:campaign_id>/aprobar")
@allow(PROGRAMME)
def approve(campaign_id: uuid.UUID) -> Answer:
    """Agree to what stands on her page, as the second person."""
    campaign = campaign_of(campaign_id)
    mine, seen, reached = me().staff.id, _seen(), request.form.get("reached", type=int)
    return step(
        campaign,
        lambda: approval.approve(
            db(), key(), rules_of(campaign), campaign, mine, seen, now(), reached=reached
        ),
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


@pages.post("/<uuid:campaign_id>/probar")
@allow(PROGRAMME)
def attempt(campaign_id: uuid.UUID) -> Answer | tuple[str, int]:
    """Have the text of a draft sent to one's own phone; where each woman's own stands, the samples."""
    campaign = campaign_of(campaign_id)
    if campaign.state is not CampaignState.DRAFT:
        return redirect(url_for("campaigns.show", campaign_id=campaign.id))
    form, mine = TrialForm(), me().staff.id
    if not form.validate():
        return preview_page(campaign, form), 422
    try:
        contacts.save_phone(db(), key(), mine, form.phone.data or "")
        template = db().get_one(Template, campaign.template_id)
        values = variables.for_a_trial(variables.of(campaign))
        template_trials.ask(db(), key(), template, mine, now(), values)
    except (StaffError, TemplateError) as error:
        db().rollback()
        form.phone.errors = [str(error)]
        return preview_page(campaign, form), 422
    audit.record(db(), mine, Action.TEMPLATE_TRIED, now())
    db().commit()
    flash(words.CAMPAIGN_TRIAL_ASKED, "ok")
    return redirect(url_for("campaigns.show", campaign_id=campaign.id))


def _again() -> bool:
    return request.form.get("again") == "1"


def _page() -> Page | None:
    """Return what her page showed; None: it is of before it said so."""
    reached = request.form.get("reached", type=int)
    return Page(_seen(), reached) if reached is not None else None


def _seen() -> bytes:
    try:
        return bytes.fromhex(request.form.get("seen", "")[:64])
    except ValueError:
        return b""
