"""A template that WhatsApp rejected, with what stops: seen, changed and gone on, narrow and wide, by axe."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from looks import looking
from playwright.sync_api import expect

from models import Campaign, CampaignState, TemplateState
from outreach.campaigns import template_stops
from outreach.messages import templates, templates_sync
from outreach.messages.templates_sync import Approval

if TYPE_CHECKING:
    from pathlib import Path

    from looks import Screen
    from sqlalchemy.orm import Session as Database
    from staffroom import Browser
    from staffroom import Programme as Stage

pytest_plugins = ("console_fixtures",)
pytestmark = [pytest.mark.processes, pytest.mark.browser, pytest.mark.timeout(300)]
LIST = "/programa/plantillas"


def test_a_template_rejected_and_what_stops(
    session: Database, rosa: Browser, programme: Stage, database_url: str, tmp_path: Path
) -> None:
    """Meta's reason, what stops, what goes on; the campaign waits for a person, the new version for Meta."""
    notice = session.get_one(Campaign, programme.campaign.id)
    notice.state = CampaignState.RUNNING
    reminder = templates.by_name(session, templates.SESSION_REMINDER)
    assert reminder is not None
    for one, status, reason in (
        (notice.template_id, "paused", ""), (reminder.id, "rejected", "INVALID_FORMAT"),
    ):  # fmt: skip
        templates_sync.decided(session, one, Approval(status, reason, "UTILITY"), datetime.now(UTC))
    template_stops.settle(session, datetime.now(UTC))
    session.commit()
    with looking(database_url, tmp_path, "templates") as looks:
        for screen in looks.screens_of(rosa):
            screen.opens("/programa/semana")
            expect(screen.page.get_by_text("Plantillas detenidas")).to_be_visible()
            screen.opens(LIST)
            expect(screen.page.get_by_text("INVALID_FORMAT").first).to_be_visible()
            screen.holds("list")
            screen.opens(f"{LIST}/{reminder.id}")
            screen.holds("stopped")
            if screen.scheme == "light":
                _is_changed(screen)
            else:
                screen.opens(f"{LIST}/nueva")
                screen.holds("new")
    session.expire_all()
    again = templates.newest(session, templates.SESSION_REMINDER)
    assert again is not None
    assert (again.version, again.state) == (2, TemplateState.DRAFT)
    assert session.get_one(Campaign, notice.id).state is CampaignState.PAUSED


def _is_changed(screen: Screen) -> None:
    """With the keyboard: first a text that breaks a rule, then one that does not."""
    page = screen.page
    page.get_by_role("link", name="Cambiar").press("Enter")
    page.get_by_label("Texto", exact=True).fill("{{1}} es tu taller en {{2}}")
    page.get_by_role("button", name="Guardar").press("Enter")
    expect(page.get_by_text("Una variable no puede ir al principio")).to_be_visible()
    screen.holds("broken")
    page.get_by_label("Texto", exact=True).fill("Hola, te esperamos: es {{1}} en {{2}}. ¿Puedes venir?")
    page.get_by_role("button", name="Guardar").press("Enter")
    expect(page.get_by_text("Quedó la versión 2")).to_be_visible()
    screen.holds("changed")
