"""Tells a message in English from Spanish, so that a person is called in place of "no te seguí".

Why: the understanding learnt Spanish only, and would guess. Whole messages are weighed: most of their words have
to be English ones that are none in Spanish. Pure; must never translate.
"""

from __future__ import annotations

import re

from bot.components.spelling import bare

ENGLISH = frozenset(
    """the is are am i you he she it we they my your his her our their this that these those what when where who
    how why which can could would should do does did don't dont doesn't have has had want need please help
    speak english spanish to of and or but with for from at on in by about not yes hello hi thanks thank class
    workshop workshops time day tomorrow today next there here someone anyone somebody know like get go going
    come sign up register information if be will i'm im it's its was were any some more much many""".split()
) - {"no", "me", "a", "he", "has", "come", "son", "her", "come", "be"}
"""Common English words; those that are written like Spanish ones are left out."""
LEAST_WORDS, LEAST_SHARE = 3, 0.6


def is_english(text: str) -> bool:
    """Whether most words of `text` are English."""
    said = re.findall(r"[a-zñ']+", bare(text))
    known = sum(word in ENGLISH for word in said)
    return len(said) >= LEAST_WORDS and known / len(said) >= LEAST_SHARE
