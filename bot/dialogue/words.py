"""Matches the small closed classes of `lexicon`: yes, no, skip, counts, axes, fields, the ways to stop.

Why: "ey", "nel" and "simón" must work whatever the classifier thinks, because a yes is the most common
answer of all. Matching is by sound. Must never decide about violence: only the understanding does, and
`orders`, which errs on the side of hiding.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from bot.components.extract.reading import entities
from bot.components.extract.tokens import tokens
from bot.components.spelling import bare, sound, spoken
from bot.dialogue import lexicon
from bot.dialogue.lexicon import AXIS_NAMES, FIELD_NAMES
from bot.dialogue.orders import heard, sounds

__all__ = ["AXIS_NAMES", "FIELD_NAMES"]

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.components.extract.tokens import Found, Token

_TWO_FIGURES = 99
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
    return bool(re.search(r"\b(?:me|m|mi cuerpo|conmigo|a mi)\b", bare(text)))


def means(text: str, phrases: str) -> int:
    """How many words of `text` the longest of the phrases (apart by "|") covers; 0 where none is in it."""
    said = f" {heard(text)} "
    return max((len(p.split()) for p in sounds(phrases) if f" {p} " in said), default=0)


def choice(text: str, offered: int) -> int | None:
    """The place (from 0) of the choice she means: "2", "mejor el 3 porfa", "grupo 2", "la segunda", "2️⃣".

    The whole text has to be the choice and its courtesy: "tengo 2 hijos" and "a las 2" choose nothing.
    """
    line = re.sub(r"[\ufe0f\u20e3.,;:)(¡!¿?\"\s]+", " ", bare(text).replace("\u20e3", "")).strip()
    line = re.sub(lexicon.BEFORE_A_CHOICE, "", f"{line} ")
    line = re.sub(lexicon.AFTER_A_CHOICE, "", f" {line}").strip()
    number = int(line) if line.isdecimal() and int(line) <= _TWO_FIGURES else lexicon.ORDINALS.get(line)
    if number == -1:
        return offered - 1 if offered else None
    return number - 1 if number and 1 <= number <= offered else None


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


def count_of(text: str) -> int | None:
    """How many: "3", "dos niñas y un niño", "3, una de 15 y dos chicas"; None where no count is said."""
    line = bare(text)
    if re.search(lexicon.NONE_OF_THEM, line):
        return 0
    named = entities(text)
    if any(one.entity in ("time", "date", "phone") for one in named):
        return None
    words, counts, age = tokens(text), [], False
    for at, word in enumerate(words):
        count = _count(word.bare)
        if count is None:
            age = age and word.bare in ("y", "i", "a")  # "de 5 y 8": the second figure is an age too
            continue
        age = age or _is_age(words, at, named)
        counts += [] if age else [count]
    if not counts:
        return len(re.findall(lexicon.ONE_CHILD, line)) or None
    first, rest = counts[0], counts[1:]
    return first if rest and first == sum(rest) and first > 1 else sum(counts)


def _is_age(words: Sequence[Token], at: int, named: Sequence[Found]) -> bool:
    """An age counts nobody: "una de 15", "de 9 y 7 años"."""
    before, after = words[at - 1].bare if at else "", words[at + 1 : at + 4]
    years = next((word.bare for word in after if re.fullmatch(lexicon.AGES, word.bare)), "")
    inside = any(one.entity == "age" and one.start <= words[at].start < one.end for one in named)
    lone = len(words) == 1
    return not lone and (inside or before in ("de", "d") or (bool(years) and words[at].text.isdecimal()))


def _count(token: str) -> int | None:
    if token.isdecimal():
        return int(token) if int(token) <= _TWO_FIGURES else None
    if token in ("un", "una"):
        return 1
    return lexicon.NUMBERS.index(token) if token in lexicon.NUMBERS else None


def axis_of(text: str) -> str | None:
    """The one axis whose words are in `text`; None where there is none or more than one."""
    said = spoken(text)
    found = [axis for axis, pattern in lexicon.AXES.items() if re.search(rf"\b(?:{pattern})", said)]
    return found[0] if len(found) == 1 else None


def field_of(text: str) -> str | None:
    """The detail that `text` names."""
    line = bare(text)
    return next((field for field, pattern in lexicon.FIELDS.items() if re.search(pattern, line)), None)


def resumes(text: str) -> bool:
    """She goes on with what she left: "seguimos"."""
    return heard(text) in sounds(lexicon.RESUME)


def goes_back(text: str) -> bool:
    """She wants the question before this one again: "regresa", "la anterior"."""
    return heard(text) in sounds(lexicon.BACK)


def asks(text: str) -> bool:
    """Whether it is put as a question: with its sign, or with the word that opens one."""
    return "?" in text or bool(re.match(lexicon.OPENS_A_QUESTION, bare(text)))


def leaves_hours_open(text: str) -> bool:
    """Any hour will do: "cuando sea", "cuando usted pueda"; no question, though it opens like one."""
    return "?" not in text and bool(re.search(lexicon.WHENEVER, bare(text)))


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


def phone_is_shared(text: str) -> bool | None:
    """True where others read this phone, False where only she does, None where neither is said."""
    line = bare(text)
    if re.search(lexicon.READS_ALONE, line) or is_no(text):
        return False
    return True if is_yes(text) or re.search(lexicon.OTHERS_READ, line) else None


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
    """In a talk on safety: she can't write now."""
    return heard(text) in sounds(lexicon.CANNOT_WRITE)


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
