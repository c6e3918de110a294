"""Hears that a message only says who somebody is: his age, his work, that he drinks or takes drugs.

Why: "tiene 19 y se droga", said of a son, opened danger with 911 and a case. Such a message is part of what
she tells, and no danger by itself. Whole messages (`describing.txt`). Pure; must never store or log.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bot.components.red_flags import flag
from bot.components.sound_patterns import compiled, is_whole, read_list
from bot.components.spelling import bare, spoken

if TYPE_CHECKING:
    from bot.dialogue.parse import Understanding

_CHATTER = 0.8
"""How surely a burn of the sun is chatter."""
_LIST = Path(__file__).with_name("describing.txt")


def only_describes(text: str) -> bool:
    """Tell whether each sentence of a message says who somebody is, and nothing else."""
    lines = [spoken(bare(line)) for line in text.replace(",", "\n").replace(".", "\n").split("\n")]
    parts = [line for line in lines if line]
    return bool(parts) and all(is_whole(_LIST, "describes", part) for part in parts) and flag(text) is None


def is_of_every_day(text: str) -> bool:
    """Tell whether she burns in the sun, cuts her hair or pricks a finger, and says nothing else."""
    every_day = "|".join(one.pattern("says") for one in read_list(_LIST).sections if one.name == "everyday")
    return compiled(_LIST, every_day).fullmatch(spoken(bare(text))) is not None and flag(text) is None


def calmed(text: str, said: Understanding) -> Understanding:
    """What was understood, without a danger that was read into who he is: perhaps something is told."""
    if said.tier != "none" and is_of_every_day(text):
        return replace(said, intent="out_of_scope", confidence=_CHATTER, risk="none", tier="none")
    if said.risk != "danger" or not only_describes(text):
        return said
    return replace(said, intent="disclose_violence", risk="support", tier="perhaps")
