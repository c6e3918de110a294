"""Harm as it is done: a blow, a door that gives way, a weapon in the hand, pills taken, a cry for the police.

Why: who writes so has chosen nothing, whatever was asked, and a model of answers reads "ya no le sigo, ya
viene" as leaving the form. The list (`harm_now.txt`) only keeps such a message from being taken for a choice;
what is danger, models and red flags decide. Pure; it must never store or log what it reads.
"""

from __future__ import annotations

from pathlib import Path

from bot.components.red_flags import is_denied, laughs
from bot.components.sound_patterns import compiled, read_list
from bot.components.spelling import bare, spoken
from bot.components.turn_memo import once_a_turn

_LIST = Path(__file__).with_name("harm_now.txt")


@once_a_turn
def is_told(text: str) -> bool:
    """Tell whether a message says that harm is being done as she writes, and no "no" before it undoes it."""
    said = spoken(bare(text))
    return not laughs(text) and any(
        not is_denied(said[: found.start()])
        for one in read_list(_LIST).sections
        for found in compiled(_LIST, one.pattern("says")).finditer(said)
    )
