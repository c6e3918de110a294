"""Tells a message in English from Spanish, so that a person is called in place of "no te seguí".

Why: the understanding learnt Spanish only, and would guess. A message is weighed as a whole: most of its
words have to be English ones that are none in Spanish. Pure; must never translate.
"""

from __future__ import annotations

import re

from bot.components.spelling import bare

_COMMON = """
    the is are am i you it she we they my your his our their this that these those what when where who how why
    which can could would should do does did don't dont doesn't have had want need please help speak english
    spanish to of and or but with for from at on in by about not yes hello hi thanks thank class workshop
    workshops time day tomorrow today next there here someone anyone somebody know like get go going sign up
    register information if will i'm im it's its was were any some more much many
    """
ENGLISH = frozenset(_COMMON.split())
"""Common English words; those that are written like Spanish ones are left out."""
LEAST_WORDS, LEAST_SHARE = 3, 0.6


def is_english(text: str) -> bool:
    """Whether most words of `text` are English."""
    said = re.findall(r"[a-zñ']+", bare(text))
    known = sum(word in ENGLISH for word in said)
    return known >= LEAST_WORDS and known / len(said) >= LEAST_SHARE
