"""The effect of a voice note that would change something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models import RsvpAnswer
from outreach.turns import voice
from outreach.turns.effects import AskBack
from outreach.turns.handlers import sessions
from outreach.turns.turn_context import TurnContext, handles

if TYPE_CHECKING:
    from outreach.messages.outbox import Content

_ANSWERS = {
    "confirm_attendance": RsvpAnswer.CONFIRMED,
    "decline_attendance": RsvpAnswer.DECLINED,
    "notify_late": RsvpAnswer.LATE,
}


@handles(AskBack)
def ask_back(scene: TurnContext, effect: AskBack) -> list[Content]:
    """Do nothing yet; ask whether she said it."""
    answer = _ANSWERS.get(effect.about)
    # With a case her words do not wait, and so can't say which session it is about either.
    when = sessions.meant_in_words(scene, answer, named=not voice.with_case(scene)) if answer else ""
    return voice.ask_back(scene, effect, when)
