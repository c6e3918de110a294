"""Hears a message that only calls ("oiga", "me oye?", "una pregunta") or has not ended yet ("y no sé si").

Why: women write in pieces. The models were taught whole messages and take such a piece for a cry or for a
question, so whole messages of these words alone are known by list. Must never decide about a message that
holds any other word. Pure; must never store or log.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.components.spelling import bare, spoken
from bot.dialogue import cries, orders, words
from bot.dialogue.standing import Act

if TYPE_CHECKING:
    from bot.dialogue.parse import Understanding
    from bot.dialogue.standing import Standing

_CALLS = (
    "oiga|oigan|oye|oyes|disculpe|disculpa|disculpen|perdon|perdone|señorita|señora|seño|maestra|mija|amiga|"
    "mire|"
    "mira|miren|fijese|fijate|fijese que|me oye|me oyes|me escucha|me escuchas|me lee|me lees|si me lee|"
    "si me oye|si me escucha|esta ahi|estas ahi|sigue ahi|sigues ahi|si esta ahi|ahi esta|hay alguien|"
    "hay alguien ahi|alguien|es que|esque|es q|lo que pasa es que|lo que pasa|una pregunta|una duda|"
    "tengo una pregunta|tengo una duda|le puedo preguntar|le puedo preguntar algo|te puedo preguntar algo|"
    "puedo preguntar|puedo preguntar algo|puedo hacerle una pregunta|le puedo hacer una pregunta|"
    "le hago una pregunta|le queria preguntar|le quiero preguntar|quiero preguntar algo|queria preguntar "
    "algo|"
    "otra pregunta|otra duda|otra cosa|una cosa|sabe que|ya|ya aqui|aqui|aqui ando|aqui estoy|ya estoy|ya "
    "ando|pss|eu"
)
_BESIDE = (
    "hola|buenas|buenos dias|buenas tardes|buenas noches|bueno|pues|pos|ay|ah|y|a|yo|porfa|por favor|que"
)
"""May stand beside a call, and are none by themselves."""
_LONGEST = 14
"""Words of a burst that still only calls."""
_MOST_OF_A_PIECE = 6
_SURELY_CHATTER, _LEAST_OF_A_TALE = 0.7, 3
_PIECE = re.compile(
    r"\b(?:no se|saber|a ?ver|aver|pero|y) si$|"
    r"\b(?:y|pero|por ?que|pork|pq|xq|es que|esque|es q|con|para|pa|del?|en|mis|un|una|por|lo que|los|las)$|"
    r"(?<!\ba)(?<!\bde)(?<!\bpara)(?<!\bcon)(?<!\bpor)(?<!\bpa) mi$"
)
"""A message that stops before its noun or its clause."""
_TELLS = re.compile(
    r"\W*(?:ay |oiga |jaja\w* )?(?:fijese|fijate|figurese|vieras|viera|uste viera) (?:que|q|k)?\b"
)
_ANY_WORDS = frozenset(("preferred_name", "full_name", "locality", "update_value"))


def only_calls(text: str) -> bool:
    """Tell whether a message, or all lines of a burst, only call: "oiga / me oye / es que"."""
    said = spoken(text).split()
    if not said or len(said) > _LONGEST or words.is_yes(text) or words.is_no(text):
        return False
    known = {tuple(phrase.split()): True for phrase in orders.sounds(_CALLS)}
    known |= {
        tuple(phrase.split()): False
        for phrase in orders.sounds(_BESIDE)
        if tuple(phrase.split()) not in known
    }
    ends = {(0, False)}  # how far it is made of such phrases, and whether one of them calls
    for start in range(len(said)):
        for calls in {calls for end, calls in ends if end == start}:
            for phrase, is_call in known.items():
                if tuple(said[start : start + len(phrase)]) == phrase:
                    ends.add((start + len(phrase), calls or is_call))
    return (len(said), True) in ends


def is_a_piece(text: str) -> bool:
    """Tell whether a short message stops in the middle: "y no sé si", "es que mi"."""
    line = " ".join(re.sub(r"[.,…]+", " ", bare(text)).split())
    return "?" not in text and 1 < len(line.split()) <= _MOST_OF_A_PIECE and bool(_PIECE.search(line))


def tells_of_her_day(text: str, said: Understanding) -> bool:
    """Tell whether what asks for nothing is a sentence at all: "aquí lavando jaja", and no "qwoeiu"."""
    if said.intent != "out_of_scope" or len(spoken(text).split()) < _LEAST_OF_A_TALE or "/" in text:
        return False
    line = bare(text)
    return said.confidence >= _SURELY_CHATTER or "jaj" in line or bool(_TELLS.match(line))


def chatter(text: str, said: Understanding) -> Act | None:
    """Return the act of a tale of her day, answered in kind; None where it may be a cry or is none."""
    plain = said.tier == "none" and not cries.could_be(text) and tells_of_her_day(text, said)
    return Act("out_of_scope") if plain else None


def calmed(text: str, said: Understanding) -> Understanding:
    """What was understood, without a danger that was read into a call."""
    return replace(said, risk="none", tier="none") if only_calls(text) else said


def _greets(text: str) -> bool:
    return bool(re.search(r"\b(?:hola|ola|buen[oa]s)\b", bare(text)))


def _comes_back(here: Standing) -> bool:
    """Whether an enrolment waits for her."""
    return "preferred_name" in here.filled and not here.place


def _is_new(here: Standing) -> bool:
    """Whether she was not told yet who answers."""
    return not (here.consented or here.registered or "notice_shown" in here.filled)


_BEFORE_IT = (
    r"\W*(?:(?:perdon|disculp\w+|creo que|creo|hola|buen[ao]s|tardes|dias|noches|no|oiga|oye|este|es|esta|"
    r"tiene|tienen|trae|marco|marcaste|a|un|el|mande|eso|señor\w*|joven)\W+)*"
)
_AFTER_IT = r"(?: (?:joven|señorita|gracias|perdon|disculpe|amigo|amiga))*\W*"
_WRONG_NUMBER = re.compile(
    rf"{_BEFORE_IT}(?:(?:numero|num|telefono|tel|cel\w*) (?:es |esta )?(?:equivocad[oa]|ekivocado|ekibocado|"
    rf"incorrecto|erroneo)|se (?:equivoc|ekivoc|ekiboc)\w+(?: de (?:numero|persona|telefono))?){_AFTER_IT}"
)
_NOBODY_SO_CALLED = re.compile(
    rf"{_BEFORE_IT}(?:aqui no (?:vive|hay|esta|es) (?:ninguna|nadie (?:con ese nombre|que se llame)|"
    rf"esa persona)"
    rf"(?: \w+)?|yo no (?:me llamo|soy) (?:asi|esa|ella)|"
    rf"(?:yo )?no cono[sz]co a (?:ninguna?|esa) (?!abogad|psicolog|sicolog|persona|licenciad|doctor|"
    rf"maestr)\w+)"
    rf"{_AFTER_IT}"
)
"""Whole messages; with them may begin whoever else holds the phone (domain.md, 7)."""


def says_wrong_number(text: str) -> bool:
    """Tell whether a message says that this is the wrong number, and nothing else."""
    return _WRONG_NUMBER.fullmatch(" ".join(bare(text).split())) is not None


def knows_nobody(text: str) -> bool:
    """Tell whether a message says that nobody of a name is there: "no conozco a ninguna Rosa"."""
    return _NOBODY_SO_CALLED.fullmatch(" ".join(bare(text).split())) is not None


def _of_wrong_number(text: str, here: Standing) -> Act | None:
    """What meets it: in a talk the subject changes, whoever gets messages is asked whether to stop them."""
    wrong = says_wrong_number(text)
    if here.form_field or here.cover or not (wrong or (knows_nobody(text) and not here.in_safety)):
        return None
    if here.in_safety:  # "se equivocó" may be of him there
        return Act("change_subject") if re.search(r"\b(?:num\w*|tel\w*|cel\w*)\b", bare(text)) else None
    known = here.registered or here.consented or here.has_seat
    return Act("ask_opt_out" if known and not here.opted_out else "goodbye")


def answered(text: str, said: Understanding, here: Standing) -> Act | None:
    """Return the act of a message that only calls or has not ended; None where it says more."""
    wrong = _of_wrong_number(text, here)
    if wrong:
        return wrong
    calls = only_calls(text)
    if here.in_safety:
        return Act("keep_talking") if calls else None
    if calls and not here.form_field and (_greets(text) or _comes_back(here) or _is_new(here)):
        return Act("greet")
    piece = said.tier == "none" and here.form_field not in _ANY_WORDS and is_a_piece(text)
    return Act("calls") if calls or piece else None
