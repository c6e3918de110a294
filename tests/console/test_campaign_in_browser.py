"""A campaign in a real browser: paused, gone on, its failed ones tried again; and the pages beside it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from looks import looking
from playwright.sync_api import expect
from sqlalchemy import select

from models import Campaign, CampaignState, OutboxMessage, OutboxState, Quality, utcnow
from outreach.campaigns import campaigns, tracking
from outreach.messages import outbox, sender

if TYPE_CHECKING:
    from pathlib import Path

    from looks import Screen
    from sqlalchemy.orm import Session as Database
    from staffroom import Browser, Programme

    from outreach.sealing.crypto import PersonalKey

pytest_plugins = ("console_fixtures",)
pytestmark = [pytest.mark.processes, pytest.mark.browser, pytest.mark.timeout(600)]


def _begins(db: Database, key: PersonalKey, programme: Programme) -> None:
    campaigns.schedule(db, programme.campaign, utcnow())
    campaigns.run_due(db, key, utcnow(), batch=2)
    db.commit()


def _ends(db: Database, key: PersonalKey, programme: Programme) -> None:
    """Let one message be read and two fail, one of them by Meta's cap; with some minutes of history."""
    campaigns.run_due(db, key, utcnow())
    programme.campaign.starts_at = utcnow() - timedelta(minutes=10)
    tracking.follow(db, utcnow() - timedelta(minutes=9))
    ends = (
        (OutboxState.READ, None, None),
        (OutboxState.FAILED, "temporary", 63018),
        (OutboxState.UNDELIVERED, "temporary", 63049),
    )
    messages = db.scalars(select(OutboxMessage).order_by(OutboxMessage.seq)).all()
    for minutes, (row, (state, reason, code)) in enumerate(zip(messages, ends, strict=True)):
        outbox.advance(row, OutboxState.SENDING)
        db.flush()
        outbox.advance(row, state, reason=reason, code=code)
        db.flush()
        tracking.follow(db, utcnow() - timedelta(minutes=8 - 2 * minutes))
    db.commit()


def test_a_campaign_from_running_to_tried_again(
    session: Database,
    key: PersonalKey,
    rosa: Browser,
    programme: Programme,
    database_url: str,
    tmp_path: Path,
) -> None:
    """WCAG 2.2 AA by axe at 360 and 1440; each step by its button, the page loads itself anew."""
    campaign = f"/programa/campanas/{programme.campaign.id}"
    _begins(session, key, programme)
    with looking(database_url, tmp_path, "campaign") as looks:
        screens = looks.screens_of(rosa)
        narrow = next(screens)
        narrow.opens(campaign)
        narrow.holds("running")
        narrow.page.get_by_role("button", name="Pausar").click()
        expect(narrow.page.get_by_text("La campaña está en pausa.")).to_be_visible()
        narrow.holds("paused")
        narrow.page.get_by_role("button", name="Seguir").click()
        expect(narrow.page.get_by_text("La campaña sigue.")).to_be_visible()
        session.expire_all()
        _ends(session, key, programme)
        # The page hears of it by itself and is loaded again with what it offers now.
        again = narrow.page.get_by_role("button", name="Intentar 1 otra vez")
        expect(again).to_be_visible(timeout=15_000)
        _look_around(narrow, campaign)
        again.click()
        expect(narrow.page.get_by_text("1 mensaje se intenta otra vez.")).to_be_visible()
        session.expire_all()
        assert session.get_one(Campaign, programme.campaign.id).state is CampaignState.RUNNING
        sender.set_limits(session, 250, Quality.MEDIUM)
        sender.stop(session, 63051, utcnow())
        session.commit()
        wide = next(screens)
        _look_around(wide, campaign)


def _look_around(screen: Screen, campaign: str) -> None:
    for name, path in (
        ("women", f"{campaign}/mujeres?estado=fallas"),
        ("results", "/programa/campanas/resultados"),
        ("number", "/programa/campanas/envio"),
        ("followed", campaign),
    ):
        screen.opens(path)
        screen.holds(name)
