"""Cuts the endings off words as they sound, so that "pegaba", "pegó" and "pegar" count as one.

A light stemmer of Spanish inflection: one ending of verbs, of derived nouns, of number and gender is taken
off, as long as three letters stay. It reads the sounds of `spelling`, not letters; a pure function.
"""

from __future__ import annotations

import re
from functools import lru_cache

from bot.components.spelling import spoken_words
from bot.components.turn_memo import once_a_turn

_KEPT, _SHORT = 3, 4
_ENDINGS = """
    amiento amientos imiento imientos asion asiones sion siones mente idad idades ismo ismos ista istas
    able ables ible ibles ador adora adores adoras ansia ansias ensia ensias
    aria arian arias eria erian erias iria irian irias ando iendo yendo
    aremos eremos iremos aran eran iran aras eras iras are ere ire ara era ira aste iste amos emos imos
    aron ieron aba aban abas ado ada ados adas ido ida idos idas
    arlo arla arlos arlas arle arse arme erlo erla erle erse irlo irse ar er ir
    an en as es os is a e o i s io
    """
_ENDING = re.compile(f"(?:{'|'.join(sorted(_ENDINGS.split(), key=len, reverse=True))})$")
_VOWEL = re.compile(r"(?<=...)[aeo]s?$")


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """Return the stem of a word as it sounds."""
    cut = _ENDING.sub("", word) if len(word) > _SHORT else ""
    return cut if len(cut) >= _KEPT else _VOWEL.sub("", word)


@once_a_turn
def stemmed(text: str) -> str:
    """Return the spoken view with every word cut to its stem."""
    return " ".join(stem(word) for word in spoken_words(text))
