"""The areas of the console: one folder each, with its views, forms and templates beside each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console import health
from console.account import views as account
from console.accounts import review
from console.accounts import views as accounts
from console.audit import views as audit
from console.campaigns import approving, drafting
from console.campaigns import following as campaigns_following
from console.campaigns import results as campaigns_results
from console.campaigns import sender as campaigns_sender
from console.campaigns import views as campaigns
from console.dead_letters import views as dead_letters
from console.desk import blueprint as desk
from console.desk import (
    canned,
    case_panels,
    closing,
    finding,
    glass,
    handing,
    hidden_steps,
    listening,
    media,
    notes,
    person,
    queue,
    record,
    referral,
    shifts,
    steps,
    stored,
    tasks,
    transcripts,
    views,
    writing,
)
from console.door import absences, cards, completion
from console.door import views as door
from console.duplicates import views as duplicates
from console.facts import views as facts
from console.food_security import views as food_security
from console.imports import views as imports
from console.keys import teams
from console.keys import views as keys
from console.login import views as login
from console.message_templates import editing as template_editing
from console.message_templates import prices as message_prices
from console.message_templates import views as message_templates
from console.monday import views as monday
from console.openings import views as openings
from console.programme import catalogue, editing, series
from console.programme import views as programme
from console.reminders import views as reminders
from console.results import views as results
from console.retention import views as retention
from console.rights import views as rights
from console.roster import contact
from console.roster import views as roster
from console.service import views as service
from console.supervision import counts
from console.supervision import views as supervision
from console.supports import rules as support_rules
from console.supports import views as supports
from console.women import changing as women_changing
from console.women import views as women

if TYPE_CHECKING:
    from flask import Blueprint

# Modules of an area that add their views and panels by being imported.
DESK = (
    canned, case_panels, closing, finding, glass, handing, hidden_steps, listening, media, notes, person,
    queue, record, referral, shifts, steps, stored, tasks, transcripts, views, writing,
)  # fmt: skip

CAMPAIGNS = (approving, drafting, campaigns_following, campaigns_results, campaigns_sender)
SUPERVISION = (counts,)
PROGRAMME = (editing, series)
WOMEN = (women_changing,)
TEMPLATES = (template_editing,)


def blueprints() -> tuple[Blueprint, ...]:
    """Return the areas of the console."""
    areas = (
        health,
        login,
        account,
        desk,
        roster,
        contact,
        supervision,
        openings,
        keys,
        teams,
        programme,
        door,
        cards,
        completion,
        absences,
        women,
        imports,
        duplicates,
        supports,
        support_rules,
        food_security,
        results,
        rights,
        retention,
        monday,
        catalogue,
        campaigns,
        reminders,
        message_templates,
        message_prices,
        accounts,
        review,
        audit,
        facts,
        dead_letters,
        service,
    )
    return tuple(area.pages for area in areas)
