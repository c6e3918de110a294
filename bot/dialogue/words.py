"""Matches the small closed classes of `lexicon`: yes, no, skip, fields, the ways to stop.

Why: "ey", "nel" and "simón" must work whatever the classifier thinks, because a yes is the most common
answer of all. Matching is by sound. Must never decide about violence: only the understanding does, and
`orders`, which errs on the side of hiding.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

from bot.components.spelling import bare, sound, spoken
from bot.dialogue import lexicon
from bot.dialogue.lexicon import AXIS_NAMES, FIELD_NAMES
from bot.dialogue.orders import fits, heard, sounds

__all__ = ["AXIS_NAMES", "FIELD_NAMES"]

if TYPE_CHECKING:
    from collections.abc import Sequence

_TWO_FIGURES = 99
_WITH_A_MIDDLE = 3
_LONGEST_CHOICE = 14
LEAST_BEGINNING = 4
"""Letters from which the beginning of a title is no "sí" and no "no"."""


@cache
def _sounding(pattern: str) -> re.Pattern[str]:
    """A pattern in ordinary spelling as it sounds, at the borders of words; its signs stay in place."""
    heard = re.sub(r"(?<!\\)[a-zñ]+", lambda found: sound(found[0]), pattern)
    return re.compile(rf"\b(?:{heard})\b")


def is_yes(text: str) -> bool:
    """A yes and nothing else."""
    return heard(text) in sounds(lexicon.YES)


def is_faint_yes(text: str) -> bool:
    """A yes that may only say that she follows: too little for an act that lasts."""
    return heard(text) in sounds(lexicon.FAINT_YES)


def is_no(text: str) -> bool:
    """A no and nothing else."""
    return heard(text) in sounds(lexicon.NO)


def is_skip(text: str) -> bool:
    """She leaves this question unanswered."""
    return heard(text) in sounds(lexicon.SKIP)


def puts_off_curp(text: str) -> bool:
    """She has no CURP at hand, does not know it, or will give it later: "luego se la paso"."""
    return bool(_sounding(lexicon.WITHOUT_CURP).search(spoken(text)))


def is_bare_help(text: str) -> bool:
    """Only "ayuda": help with the chat, or more than that."""
    return heard(text) in sounds(lexicon.BARE_HELP)


def is_name_that_alarms(text: str) -> bool:
    """Only a name such as Socorro or María del Refugio López, not a cry."""
    line = bare(text)
    return bool(re.search(lexicon.NAMES_THAT_ALARM, line)) and not re.search(lexicon.NO_PART_OF_A_NAME, line)


def is_hers(text: str) -> bool:
    """Whether she tells of what is done to herself, not to another child."""
    return bool(re.search(r"\b(?:me|m|mi cuerpo|conmigo|a mi|mi[oa]s?)\b", bare(text)))


def is_other_script(text: str) -> bool:
    """Whether it has letters and none of ours: the models know no other and would guess."""
    letters = [letter for letter in text if letter.isalpha()]
    return bool(letters) and not any("LATIN" in unicodedata.name(letter, "") for letter in letters)


def choice(text: str, offered: int) -> int | None:
    """The place (from 0) of the choice she means: "2", "mejor el 3 porfa", "grupo 2", "la segunda", "2️⃣".

    The whole text has to be the choice and its courtesy: "tengo 2 hijos" and "a las 2" choose nothing.
    """
    line = re.sub(r"[\ufe0f\u20e3.,;:)(¡!¿?\"\s]+", " ", bare(text).replace("\u20e3", "")).strip()
    line = re.sub(lexicon.BEFORE_A_CHOICE, "", f"{line} ")
    line = re.sub(lexicon.AFTER_A_CHOICE, "", f" {line}").strip()
    if offered == _WITH_A_MIDDLE and re.fullmatch(r"(?:de |del )?(?:en ?)?medio", line):
        return 1
    if re.fullmatch(r"(?:de )?(?:asta |hasta )?(?:arriba|mero arriba)", line):
        return 0 if offered else None
    if re.fullmatch(r"(?:de )?(?:asta |hasta )?(?:abajo|mero abajo|el final)", line):
        return offered - 1 if offered else None
    number = int(line) if line.isdecimal() and int(line) <= _TWO_FIGURES else lexicon.ORDINALS.get(line)
    if number == -1:
        return offered - 1 if offered else None
    return number - 1 if number and 1 <= number <= offered else None


def position(text: str, offered: int) -> int | None:
    """The place (from 0) that a longer text names: "bueno pues el primero, a ver cómo le hago".

    One place only, in no question, and with no word that leaves it out ("el primero no").
    """
    line = " ".join(bare(text).split())
    if (
        "?" in text
        or asks(text)
        or len(line.split()) > _LONGEST_CHOICE
        or re.search(lexicon.LEAVES_OUT, line)
    ):
        return None
    named = [found["place"] or found["number"] for found in re.finditer(lexicon.NAMES_A_PLACE, line)]
    places = {choice(name, offered) for name in named}
    return places.pop() if len(places) == 1 else None


def beginning(text: str, titles: Sequence[str]) -> int | None:
    """The place of the one title that begins with this text: "siguiente" of "Siguiente paso"."""
    said = heard(text)
    if len(said) < LEAST_BEGINNING:
        return None
    found = [place for place, title in enumerate(titles) if heard(title).startswith(f"{said} ")]
    return found[0] if len(found) == 1 else None


def without_greeting(text: str) -> str:
    """What stands beside a hello: "hola buenas, oiga quiero entrar" is a wish to enter, and no greeting."""
    only_opens = [bare(word).strip(" .,;:¡!¿?…") in lexicon.OPENINGS.split("|") for word in text.split()]
    if all(only_opens):
        return ""
    first, last = only_opens.index(False), only_opens[::-1].index(False)
    return " ".join(text.split()[first : len(only_opens) - last])


def has_words(text: str) -> bool:
    """Whether there is anything to read: a letter of ours or a figure."""
    return bool(re.search(r"[a-zñ0-9]", bare(text)))


def field_of(text: str) -> str | None:
    """The detail that `text` names."""
    line = bare(text)
    return next((field for field, pattern in lexicon.FIELDS.items() if re.search(pattern, line)), None)


def resumes(text: str) -> bool:
    """She goes on with what she left: "seguimos"."""
    return heard(text) in sounds(lexicon.RESUME)


def comes_back(text: str) -> bool:
    """She is back at what she left in the middle: "ya volví, ¿en qué nos quedamos?"."""
    said = f" {' '.join(spoken(text).split())} "
    if not any(f" {phrase} " in said for phrase in sounds(lexicon.COMES_BACK)):
        return False
    for phrase in sorted(sounds(lexicon.COMES_BACK), key=len, reverse=True):
        said = said.replace(f" {phrase} ", "  ")
    return all(word in sounds(f"{lexicon.OPENINGS}|y|oiga|pues|pero") for word in said.split())


def goes_back(text: str) -> bool:
    """She wants the question before this one again: "regresa", "la anterior"."""
    return heard(text) in sounds(lexicon.BACK)


def takes_back(text: str) -> bool:
    """She takes back the correction that was just made: "déjalo como estaba"."""
    return heard(text) in sounds(lexicon.TAKES_BACK)


def asks(text: str) -> bool:
    """Whether it is put as a question: with its sign, or with the word that opens one."""
    return "?" in text or bool(re.match(lexicon.OPENS_A_QUESTION, bare(text)))


def says_well(text: str) -> bool:
    """The summary is right: "ya quedó bien", "sí está todo correcto gracias"."""
    line = bare(text)
    return bool(re.search(lexicon.WELL, line)) and not re.search(lexicon.NOT_WELL, line)


def says_wrong(text: str) -> bool:
    """Something in the summary is wrong, without saying what."""
    return bool(re.search(lexicon.WRONG, bare(text)))


def wants_change(text: str) -> str | None:
    """The field that she asks to correct: "cambia el municipio", "me equivoqué en la fecha"."""
    return field_of(text) if re.search(lexicon.CHANGE, bare(text)) else None


def corrected(text: str) -> str | None:
    """What stands after "no, es ..." or "perdón, ...": the corrected value, in small letters."""
    found = re.match(lexicon.CORRECTS, bare(text), re.DOTALL)
    return found["rest"] if found else None


def speaks_of_time(text: str) -> bool:
    """Whether the text names hours or days."""
    return bool(re.search(lexicon.TIME, bare(text)))


def need_of(text: str) -> str | None:
    """The information she asks for by name, as the act that gives it."""
    said = spoken(text)
    for act, pattern in lexicon.NEEDS.items():
        found = re.search(rf"\b(?:{pattern})", said)
        if found and not re.search(rf"\b(?:{lexicon.UNWANTED}) $", said[: found.start()]):
            return act
    return None


def refuses(text: str) -> bool:
    """She says which of these she does not want: "no quiero denunciar"."""
    said = spoken(text)
    every = "|".join(lexicon.NEEDS.values())
    return bool(re.search(rf"\b(?:{lexicon.UNWANTED}) (?:{every})", said))


def hides_the_chat(text: str) -> bool:
    """She asks how to erase or hide what stands on her phone."""
    return bool(_sounding(lexicon.HIDES_THE_CHAT).search(spoken(text)))


def can_write(text: str) -> bool:
    """In a talk on safety: she can write now."""
    return heard(text) in sounds(lexicon.CAN_WRITE)


def cannot_write(text: str) -> bool:
    """In a talk on safety, as the whole message: he is here, she can't write now."""
    return fits(text, "hide here whole")


def names_language(text: str) -> str | None:
    """The language of her people that is named in a text which else says nothing to us."""
    line = bare(text)
    return next(
        (
            name
            for name, pattern in lexicon.LANGUAGES.items()
            if name != "Inglés" and re.search(rf"\b(?:{pattern})\b", line)
        ),
        None,
    )


def language_of(text: str, *, in_form: bool = False) -> str | None:
    """The language she prefers, "otra" where she only says that it is another; None where she does not.

    In a form a short name of a people may be that of her village, so there she has to say that she speaks it.
    """
    line = bare(text)
    short = not in_form and len(line.split()) <= 2  # noqa: PLR2004 # "soy wixárika", "náhuatl"
    for name, pattern in lexicon.LANGUAGES.items():
        if re.search(rf"\b(?:{pattern})\b", line) and (short or re.search(lexicon.SPEAKS, line)):
            return name
    return "otra" if re.search(lexicon.OTHER_TONGUE, line) else None
