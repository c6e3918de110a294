"""First contact: at most two messages and 350 characters, and never the whole notice on the next hello."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from dialogue_talk import Driver, Talk

from outreach.messages.conversation_state import Choice
from outreach.messages.outbox import Content, joined
from outreach.texts import notice

if TYPE_CHECKING:
    from collections.abc import Sequence

pytestmark = pytest.mark.bot

NOTICE = "Completo: https://avisos.example.mx/aviso Responsable: DIF Jalisco, Alcalde 1220, Guadalajara"
MOST, MOST_MESSAGES = 350, 2


def _messages(talk: Talk) -> Sequence[Content]:
    """What arrives on her phone: the texts of the answer as the outbox joins them."""
    return joined(
        Content(
            item["text"],
            buttons=[Choice(b["title"], b["payload"]) for b in item.get("buttons", [])],
            fixed=bool(item.get("static")),
        )
        for item in talk.items
        if "text" in item
    )


@pytest.mark.parametrize(("text", "intent"), [("hola", "greet"), ("quiero inscribirme", "enroll")])
def test_it_is_short(driver: Driver, text: str, intent: str) -> None:
    """Greeting, short notice with where the full one is and who is responsible, and the question to tap."""
    talk = Talk(driver, notice=NOTICE)
    talk.say(text, {"intent": intent})
    messages = _messages(talk)
    assert len(messages) <= MOST_MESSAGES
    assert sum(len(message.body) for message in messages) <= MOST
    assert NOTICE in messages[0].body
    assert [choice.title for choice in messages[-1].buttons] == ["Sí, acepto", "No acepto"]


def test_the_next_hello_is_shorter(driver: Driver) -> None:
    """Not the whole again, however often she greets before she answers."""
    talk = Talk(driver, notice=NOTICE)
    talk.say("hola", {"intent": "greet"})
    first = sum(len(text) for text in talk.texts())
    for hello in ("hola", "buenas tardes"):
        talk.say(hello, {"intent": "greet"})
        assert sum(len(text) for text in talk.texts()) < first
        assert "guardo tu número" not in "\n".join(talk.texts())
        assert [button["title"] for button in talk.buttons()] == ["Sí, acepto", "No acepto"]


def test_what_is_shown_is_what_a_consent_names(driver: Driver) -> None:
    """The proof of her yes leads to the exact text: other words need another name."""
    shown = driver.ask(domain=True)["responses"]["utter_notice"][-1]["text"]
    assert shown == notice.SHORT[notice.SHOWN]


def test_without_a_word_from_the_product_nothing_is_made_up(driver: Driver) -> None:
    """The place of the notice is the product's; where it says none, no empty word stands in for it."""
    talk = Talk(driver)
    talk.say("hola", {"intent": "greet"})
    assert "None" not in "\n".join(talk.texts())
