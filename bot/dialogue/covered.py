"""What of the conversation before it outlives the moment at which cover mode begins: nothing (promise P9).

Why: whoever holds the phone must be answered as on a phone on which nothing was ever told, to the byte. What
is counted and what is known would tell the two apart: how often the cover line was said before he asked, an
open case that makes a second answer another one. Pure; must never hold what she wrote.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.dialogue.memory import Memory, effects_of
from bot.dialogue.standing import Act

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.dialogue.ask import Ask
    from bot.dialogue.memory import Item
    from bot.dialogue.standing import Standing

HIDDEN, RECOGNISED = "hidden", "recognised"
"""Under cover, and whether somebody has said since then that the phone is not his."""
_HER_DATA = frozenset(
    (
        "access_my_data", "ask_copy", "copy_yes", "delete_my_data", "erase_yes", "ask_withdraw",
        "withdraw_consent", "ask_drop_sure", "drop_out", "drop_out_now", "update_details",
    )
)  # fmt: skip
_OF_A_TALK = ("told_minor", "writer", "cried", "hurts", "harm", "photos", "killed")
"""Slots that only a talk on safety sets."""


def forgotten(before: Memory, ask: Ask) -> Memory:
    """The last turn; where cover began without the dialogue, only that there was one."""
    if not ask.context.flag("cover"):
        return replace(before, cover="")
    if before.cover and before.asked_lately(ask.context.now):
        return before
    if before.cover:  # elsewhere a silence ends cover, and his next question begins it and the count anew
        return replace(before, misses=0, signature="", said=0, cover=HIDDEN)
    return Memory(message_id=before.message_id, asked_at=before.asked_at, cover=HIDDEN)


def counted(before: Memory, act: Act) -> Memory:
    """The last turn as the count of answers starts from it: anew when somebody first says who he is.

    On a phone on which nothing was told cover begins with that message, and the count with it.
    """
    first = act.recognised and before.cover == HIDDEN
    return replace(before, misses=0, signature="", said=0, cover=RECOGNISED) if first else before


def kept_from_him(before: Memory, act: Act) -> Act:
    """The act; where somebody else has said who he is her data are neither shown nor erased."""
    return Act("change_subject") if before.cover == RECOGNISED and act.intent in _HER_DATA else act


def entered(before: Memory, items: Sequence[Item], act: Act) -> str:
    """Whether cover is on after this turn, and since when it counts."""
    if "enter_cover" in effects_of(items):
        return RECOGNISED if act.recognised or act.intent == "other_holds_phone" else HIDDEN
    return before.cover


def blank(here: Standing) -> Standing:
    """Where the dialogue stands under cover: no case, no word and no talk is known there."""
    if not here.cover:
        return here
    filled = {name: value for name, value in here.filled.items() if name not in _OF_A_TALK}
    return replace(here, filled=filled, secret=False, in_safety=False, case_open=False)
