"""Tells a message in English from Spanish, and knows the thanks of the languages of Jalisco.

Why: the understanding learnt Spanish only, and would guess. A message is weighed as a whole: most of its
words have to be English ones that are none in Spanish. Thanks are a closed list of whole messages: who wrote
them must not read "no te seguí". Pure; must never translate.
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
_BESIDE = (
    r"(?:hola|ok|si|ay|y|pues|bueno|muy bien|muchas|mucho|seño|señorita|maestra|amiga|usted|ustedes|"
    r"a ustedes|todos|dios)"
)
_THANKS = re.compile(
    rf"\W*(?:{_BESIDE}\W+)*(?:"
    # Nahuatl: tlazohcamati, nimitztlazohcamati, with miac, huel; written many ways
    r"(?:[nt]imi(?:tz|ts|s|z)\W?)?t(?:la|a)(?:tz|ts|z|s|x)+o?[hjkc]*(?:c|k|qu|h|"
    r"j)amat[ie]\w*(?:\W+(?:mia[ck]|mie[ck]|miya[ck]|huel|wel|"
    r"cen[ck]a|sen[ck]a))*|"
    r"pamp?ari(?:os|us|yos|yus|y?u?tsi|yutzi)\w*|"  # Wixárika
    r"(?:di\W+)?[jh]amad[iü]\w*|"  # Otomí
    r"diosi?\W?me[iy]amu\w*|"  # Purépecha
    r"(?:many )?(?:thanks?|thank (?:you|u)|thx|tks)(?: (?:so much|very much|a lot))?"
    rf")(?:\W+{_BESIDE})*\W*"
)


def is_thanks(text: str) -> bool:
    """Whether all of `text` is thanks in another language: "tlazohcamati miac", "pamparios"."""
    return _THANKS.fullmatch(bare(text)) is not None


def is_english(text: str) -> bool:
    """Whether most words of `text` are English."""
    said = re.findall(r"[a-zñ']+", bare(text))
    known = sum(word in ENGLISH for word in said)
    return known >= LEAST_WORDS and known / len(said) >= LEAST_SHARE
