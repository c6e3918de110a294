"""Collects what the rules say into the items of the contract.

Why: the order of texts and effects is the order in which she meets them; choices are numbered in the text for
phones that show no buttons. Must never add words of its own: all Spanish is in `bot/domain/`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rasa.core.channels.channel import OutputChannel

from bot.dialogue.acts import OFFERS
from bot.dialogue.memory import Item, Said

TITLE = 20
"""Characters that WhatsApp shows on a button; a longer name stands whole in the text."""

PLACE_OF_EFFECT = {
    "offer_groups": "enrolment.groups",
    "offer_reschedule": "",
    "confirm_attendance": "sessions.confirmed",
}
"""Where she is after an effect whose text the product writes."""


class Collector(OutputChannel):
    """One turn's answer as it is being said."""

    def __init__(self) -> None:
        self.said = Said()

    @classmethod
    def name(cls) -> str:
        """The name responses may be written for; the same as the input channel's."""
        return "rest"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Take one response: text with its buttons first, then its effect."""
        marks = message.get("metadata")
        if isinstance(marks, Mapping):
            self.said.yes = str(marks.get("yes", self.said.yes))
            self.said.no = str(marks.get("no", self.said.no))
            self.said.expects = str(marks.get("expects", self.said.expects))
            self.said.place = str(marks.get("place", self.said.place))
            self.said.sets = {**self.said.sets, **marks.get("sets", {})}
        began = len(self.said.items)
        text, buttons, effect = message.get("text"), message.get("buttons"), message.get("custom")
        if text:
            self.said.items.append(_spoken(recipient_id, str(text), buttons or []))
        if isinstance(effect, Mapping):
            self.said.items.append({"recipient_id": recipient_id, "custom": _told(effect)})
        kept = isinstance(marks, Mapping) and marks.get("stands") is True
        offers = isinstance(effect, Mapping) and effect.get("effect") in OFFERS
        if isinstance(effect, Mapping):
            self.said.place = PLACE_OF_EFFECT.get(str(effect.get("effect")), self.said.place)
        if kept or offers:
            self.said.open_items = self.said.items[began:]


def _spoken(recipient_id: str, text: str, buttons: list[Mapping[str, Any]]) -> Item:
    item: Item = {"recipient_id": recipient_id, "text": text.strip()}
    if buttons:
        lines = "\n".join(f"{i}. {b['title']}" for i, b in enumerate(buttons, 1))
        choices = [{"title": str(b["title"])[:TITLE], "payload": str(b["payload"])} for b in buttons]
        item |= {"text": f"{text.strip()}\n{lines}", "buttons": choices}
    return item


def fixed_texts(responses: Mapping[str, list[Mapping[str, Any]]]) -> frozenset[str]:
    """The texts, as they are said, in which no slot stands: they hold nothing of hers."""
    said = (variation for variations in responses.values() for variation in variations)
    return frozenset(
        str(_spoken("", str(one["text"]), one.get("buttons") or [])["text"])
        for one in said
        if one.get("text") and "{" not in str(one["text"])
    )


def marked(item: Item, fixed: frozenset[str]) -> Item:
    """An item with its text marked where it is fixed, so that the sender may store it with its buttons."""
    return {**item, "static": True} if item.get("text") in fixed else item


def _told(effect: Mapping[str, Any]) -> dict[str, Any]:
    """An effect as our side reads it: a slot that is not set is an empty text, a food question is "none"."""
    told = {key: "" if value == "None" else value for key, value in effect.items()}
    answers = told.get("answers")
    if isinstance(answers, Mapping):
        told["answers"] = {key: "none" if value == "None" else value for key, value in answers.items()}
    return told
