"""Hears that a message only says who somebody is: his age, his work, that he drinks or takes drugs.

Why: "tiene 19 y se droga", said of a son, opened danger with 911 and a case. Such a message is part of what
she tells, and no danger by itself. Whole messages (`describing.txt`). Pure; must never store or log.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bot.components.red_flags import flag
from bot.components.sound_patterns import is_whole
from bot.components.spelling import bare, spoken

if TYPE_CHECKING:
    from bot.dialogue.parse import Understanding

_LIST = Path(__file__).with_name("describing.txt")


def only_describes(text: str) -> bool:
    """Tell whether each sentence of a message says who somebody is, and nothing else."""
    lines = [spoken(bare(line)) for line in text.replace(",", "\n").replace(".", "\n").split("\n")]
    parts = [line for line in lines if line]
    return bool(parts) and all(is_whole(_LIST, "describes", part) for part in parts) and flag(text) is None


def calmed(text: str, said: Understanding) -> Understanding:
    """What was understood, without a danger that was read into who he is: perhaps something is told."""
    if said.risk != "danger" or not only_describes(text):
        return said
    return replace(said, intent="disclose_violence", risk="support", tier="perhaps")
