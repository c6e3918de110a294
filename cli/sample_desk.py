"""What stands ready at the demo's desk: a week of shifts and some answers, once."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from typing import TYPE_CHECKING

from cli import words
from outreach.casework import canned, week_plan
from outreach.ground import dates
from outreach.sealing import vault
from outreach.staff import accounts

if TYPE_CHECKING:
    from datetime import datetime, time

    from sqlalchemy.orm import Session

    from cli.sample import Notebook
    from models import Staff
    from outreach.ground.settings import Settings

DAYS = 7


def ensure(session: Session, settings: Settings, notebook: Notebook, now: datetime) -> None:
    """Plan the shifts of a week and keep the answers, at the first start; what was changed since stays."""
    team = vault.find_team(session)
    if team is None or notebook.kept.get("desk"):
        return
    for username, hours in words.DEMO_SHIFTS.items():
        one = accounts.find(session, username)
        if one is not None:
            _plan(session, settings, one, hours, now)
    for title, text in words.DEMO_ANSWERS.items():
        canned.save(session, team.id, title, text)
    notebook.keep("desk", True)


def _plan(session: Session, settings: Settings, one: Staff, hours: tuple[time, time], now: datetime) -> None:
    zone = settings.timezone
    today = dates.today(zone, now)
    for day in range(DAYS):
        with contextlib.suppress(week_plan.PlanError):  # of today, and over
            week_plan.plan(session, one, one.id, today + timedelta(days=day), hours, zone, now)
