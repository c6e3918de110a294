"""What she is told of reminders to come: a promise only where it is kept (P8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outreach.campaigns import promised
from outreach.texts import workshops as texts

if TYPE_CHECKING:
    from datetime import datetime

    from models import Group
    from outreach.turns.turn_context import TurnContext


def reminded(scene: TurnContext, group: Group, promise: str, starts_at: datetime | None = None) -> str:
    """Return the promise where the sessions of a group (or that of `starts_at`) will be reminded to her."""
    kept = promised.reminders(
        scene.session, scene.key, scene.settings, scene.conversation, group.workshop, scene.now, starts_at
    )
    return promise if kept else texts.NOT_REMINDED
