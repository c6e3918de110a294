"""The effect of a voice note that would change something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outreach.turns import voice
from outreach.turns.effects import AskBack
from outreach.turns.turn_context import TurnContext, handles

if TYPE_CHECKING:
    from outreach.messages.outbox import Content


@handles(AskBack)
def ask_back(scene: TurnContext, effect: AskBack) -> list[Content]:
    """Do nothing yet; ask whether she said it."""
    return voice.ask_back(scene, effect)
