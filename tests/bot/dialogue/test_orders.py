"""The words to hide and to stop are one list, read by both sides."""

from __future__ import annotations

import pytest

from bot.dialogue import orders as dialogue
from outreach.turns.commands import Command, command_in, orders

DIALOGUE = {Command.HIDE: "quick_exit", Command.STOP: "opt_out"}


@pytest.mark.parametrize("command", list(Command))
def test_what_holds_while_a_person_has_her_holds_with_the_bot(command: Command) -> None:
    """P6, P9: every order of the list means the same to both, in capitals and without accents too."""
    phrases = orders()[f"{command} alone"] | orders().get(f"{command} signs", frozenset())
    for phrase in phrases:
        assert command_in(phrase) is command, phrase
        assert command_in(phrase.upper()) is command, phrase
        assert dialogue.command(phrase) == DIALOGUE[command], phrase


@pytest.mark.parametrize(
    "said",
    ["me siento baja de animo", "es muy alto mi esposo", "estoy en la sala", "gracias", "¿a qué hora?", "",
     "ya llegué a la casa de mi hermana y estoy bien, gracias por todo lo que hacen por mi"],
)  # fmt: skip
def test_what_only_holds_such_a_word_is_no_order(said: str) -> None:
    assert command_in(said) is None
