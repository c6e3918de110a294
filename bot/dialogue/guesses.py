"""What a voice note may do: its words are a guess, so that safety is heard sooner and nothing lasts by them.

Why: a transcript is wrong in one word of seven, and a woman who never said it must not lose her seat. Pure;
must never store or log.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.dialogue.parse import NOTHING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.dialogue.ask import Ask
    from bot.dialogue.memory import Item
    from bot.dialogue.parse import Understanding

HINT = 0.12
"""From this probability of any intent of safety on, a note is "perhaps" of safety."""
LASTS = frozenset(
    (
        "record_consent", "save_details", "update_details", "choose_group", "confirm_attendance",
        "decline_attendance", "notify_late", "drop_out", "take_seat_back", "opt_out", "opt_in",
        "set_contact_hours", "set_language", "erase_my_data", "save_food_security", "close_case",
        "forget_turn",
    )
)  # fmt: skip
"""Effects that change what is kept of her. Not those that protect her: a call for a person, cover, danger."""
UNCLEAR = "unsure"


def lowered(said: Understanding, ask: Ask) -> Understanding:
    """What was understood where she spoke it: a hint of safety is "perhaps", perhaps danger is danger.

    911 said once too often costs her a line; not said, it may cost her life. Of words that nobody made out
    violence alone is never sure: "te creo" to what she did not say is no answer.
    """
    if not ask.heard or said is NOTHING:
        return said
    if ask.heard == UNCLEAR and said.tier == "sure" and said.risk == "support":
        return replace(said, tier="perhaps")
    if said.tier == "perhaps" and said.risk == "danger":
        return replace(said, tier="sure")
    return (
        replace(said, tier="perhaps", risk="support") if said.tier == "none" and said.hint >= HINT else said
    )


def unheard(ask: Ask, said: Understanding) -> Ask:
    """A note whose words are unsure is one that nobody made out, unless they may be of safety."""
    return replace(ask, kind="voice", text="") if ask.heard == UNCLEAR and said.tier == "none" else ask


def without_case(ask: Ask) -> Ask:
    """The request as if no case were open: a note about her workshop is not confidential for that alone."""
    flags = {name: value for name, value in ask.context.flags.items() if name != "case_open"}
    return replace(ask, context=replace(ask.context, flags=flags))


def asked_back(
    ask: Ask, items: Sequence[Item], said: Understanding, *, confidential: bool
) -> dict[str, object] | None:
    """The effect that asks her whether she said it, in place of all that her note would do.

    Never in place of an answer to danger; nor, where she surely tells of violence, for what is noted beside.
    """
    if not ask.heard or ask.payload or said.risk == "danger":
        return None
    for item in items:
        effect = item.get("custom")
        if isinstance(effect, dict) and _lasts(effect) and not (said.sure and _quiet(effect)):
            value = _value(effect)
            return {
                "effect": "ask_back", "about": effect["effect"], "value": value, "confidential": confidential,
            }  # fmt: skip
    return None


def done(ask: Ask, items: list[Item]) -> list[Item]:
    """What is said and done after all: without what lasts, where she spoke."""
    if not ask.heard or ask.payload:
        return items
    return [one for one in items if not _lasts(one.get("custom"))]


def _lasts(effect: object) -> bool:
    if not isinstance(effect, dict):
        return False
    if effect.get("effect") == "open_case":
        return effect.get("urgency") != "danger"
    return effect.get("effect") in LASTS


def _quiet(effect: Mapping[str, object]) -> bool:
    return str(effect.get("quiet")).lower() == "true"


def _value(effect: Mapping[str, object]) -> str:
    if effect["effect"] == "record_consent":
        return "yes" if str(effect.get("given")).lower() == "true" else "no"
    named = {"update_details": "value", "choose_group": "group"}.get(str(effect["effect"]))
    return str(effect.get(named) or "") if named else ""
