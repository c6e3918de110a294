"""The answers to what the forms ask: each read generously, each checked, each with a reason when it fails.

Why: a woman writes her birth date in ten ways and the form must take all of them, yet must never take
"cuanto cuesta" for a name. Pure functions: they must never store or log what they read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from bot.components.extract import births, days, figures, localities, names, places
from bot.components.extract.reading import entities
from bot.components.extract.tokens import tokens
from bot.components.spelling import bare, spoken_words
from bot.dialogue import children, frequency, naming, phones, readers, themes, words
from bot.dialogue.no_answer import is_no_answer, refuses

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True)
class Answer:
    """Slots that the answer fills, as texts."""

    slots: Mapping[str, str]


@dataclass(frozen=True)
class Again:
    """It was an answer, but not one that can be taken; `reason` chooses the helpful second question."""

    reason: str
    slots: Mapping[str, str] | None = None


Read = Answer | Again | None
"""None: this is no answer at all to what was asked."""

MOST_CHILDREN = 20
MOST_WORDS = 12
"""Words of the longest name: María del Rosario del Pilar de la Cruz y Torres has ten."""

_OPENINGS = re.compile(
    r"^\s*(hola|pues|ah|mi nombre( completo)? es|me llamo|yo soy|soy|me dicen|dime|d[ií]game|d[ií]ganme|"
    r"mi municipio es|vivo en|naci( el)?|nací( el)?|es|el|en)[\s,:]+",
    re.IGNORECASE,
)
_UNSAFE = re.compile(r"[{}\[\]<>\\|`]|0\[")


def plain(text: str, longest: int) -> str:
    """One line of free words that is safe to say back inside a sentence."""
    return " ".join(_UNSAFE.sub(" ", text).split())[:longest].strip()


def _without_opening(text: str) -> str:
    line = " ".join(text.split())
    while True:
        shorter = _OPENINGS.sub("", line, count=1)
        if shorter == line:
            return line.strip(" .,;:¡!¿?")
        line = shorter


def read_preferred_name(text: str, _today: date) -> Read:
    """How she wants to be called: her name, a part of it, or a nickname."""
    name = naming.name_in(text, 1, MOST_WORDS, nickname=True)
    given, surnames = naming.split(name) if name else ([], [])
    if name and len(surnames) > 1 and not naming.only_given(name):
        called = naming.called_by(given)
        return Answer({"preferred_name": called, "full_name": name})
    return Answer({"preferred_name": name}) if name and len(name) > 1 else Again("unclear")


def read_full_name(text: str, _today: date) -> Read:
    """Her whole name: two words at least."""
    name = naming.name_in(text, 2, MOST_WORDS)
    if name:
        return Answer({"full_name": name})
    return Again("short" if naming.name_in(text, 1, 1) else "unclear")


def read_birth_date(text: str, today: date) -> Read:
    """Her birth date, written any way."""
    found = births.birth_date(text, today)
    if isinstance(found, date):
        return Answer({"birth_date": found.isoformat(), "birth_date_words": days.in_words(found)})
    if found is None and any(one.entity == "age" for one in entities(text)):
        return Again("year")
    return Again(found) if found else None


_EDGE = re.compile(
    r"[\s,.;]+(?:pero|aunque|casi|(?:a la |en la )?orill(?:a|ita)|cerquita|cerca|junto|colinda\w*|pegad\w+|"
    r"rumbo|"
    r"por la salida|a un lado|entre)\b.*$",
    re.IGNORECASE | re.DOTALL,
)
"""What follows says only where in it: "en Tonalá pero en la orilla con Zapotlanejo"."""


def read_municipality(text: str, _today: date) -> Read:
    """One of the 125, or a question where the name fits several; a known town stands for its own."""
    line = _SORRY.sub("", _without_opening(text))
    if refuses(line) or words.asks(text):
        return None
    between = {one.value for one in places.places(tokens(line), names.common_words()) if one.value}
    if len(between) > 1 and re.match(r"(?:entre|a la mitad|en medio)\b", line, re.IGNORECASE):
        return _place(sorted(between), None)
    if _SAN_JUAN.fullmatch(" ".join(bare(line).split())):
        return _place(["14073", "14007"], None)
    for part in dict.fromkeys((_EDGE.sub("", line), line)):
        local = localities.find(part)
        found = list(local.codes) if local else places.answered(part, names.common_words())
        found = found or places.lookup(part, names.common_words())
        if not found and (local := localities.among(part)):
            found = list(local.codes)
        if found:
            return _place(found, local)
    return None


_SAN_JUAN = re.compile(r"(?:(?:de|en|soy|por|aqui|vivo|es) )*san ?ju?an[.\s]*")
"""By which people call San Juan de los Lagos, San Juanito de Escobedo, and ranches: it is asked back."""
_SORRY = re.compile(
    r"[\s,.]+(?:perd[oó]n|disculpe?|digo|quise decir|me equivoqu[eé]|mejor dicho)[\s.!]*$", re.IGNORECASE
)


def _place(found: list[str], local: localities.Locality | None) -> Read:
    if len(found) == 1:
        inside = {"locality": local.name} if local and local.name != places.name_of(found[0]) else {}
        return Answer({"municipality": found[0], "municipality_name": places.name_of(found[0]), **inside})
    options = {f"place_{i}": places.name_of(code) for i, code in enumerate(found[:3], 1)}
    options |= {f"place_code_{i}": code for i, code in enumerate(found[:3], 1)}
    return Again("which_three" if found[2:] else "which_two", options)


def read_locality(text: str, today: date) -> Read:
    """Colony, village or ranch, in her words; "no sé" leaves it open, a refusal or an order is none."""
    if words.is_skip(text):
        return Answer({"locality": ""})
    line = plain(_COLONY.sub("", _OTHER_KIND.sub("", _SORRY.sub("", _without_opening(text)))), 80)
    if words.is_yes(text) or (words.says_well(text) and re.match(r"\W*(?:si|sí|ya|ok)\b", text.lower())):
        return Again("unclear")  # a yes to something else
    if (
        _OF_CHILDREN.match(bare(line))
        or is_no_answer(line)
        or words.is_no(line)
        or _KIND_ALONE.fullmatch(line)
        or _is_a_date(line, today)
    ):
        return Again("unclear")
    return Answer({"locality": line}) if re.search(r"[^\W\d_]{2}", line) else Again("unclear")


_OF_CHILDREN = re.compile(
    r"(?:tengo |son |solo |nomas )*(?:\d{1,2}|un[oa]?|dos|tres|cuatro|cinco|seis) (?:niñ|nin[oa]|hij[oa]|"
    r"chiquill|"
    r"chamac|criatur|niet)"
)
"""How many children she has is no colony; "Niños Héroes" is one."""
_KIND = (
    r"(?:colonia|pueblo|pueblito|rancho|ranchito|rancher[ií]a|fraccionamiento|barrio|ejido|comunidad|ciudad)"
)
_KIND_ALONE = re.compile(rf"(?:es |un |una )*{_KIND}", re.IGNORECASE)
_OTHER_KIND = re.compile(
    rf"^no es (?:una? )?{_KIND}[\s,.]+(?:(?:es|sino|m[aá]s bien)\s+(?:una? )?{_KIND}[\s,.]+)?(?:que )?(?=\S)",
    re.IGNORECASE,
)
"""She says first what it is not: "no es colonia, es rancho, se llama Los Depósitos"."""


def _is_a_date(line: str, today: date) -> bool:
    """Whether a line is a whole date; "5 de Mayo" without a year is a colony."""
    found = births.birth_date(line, today)
    return isinstance(found, date) or found == "impossible"


_COLONY = re.compile(
    r"^(?:se llama|es|mi colonia es|(?:es )?(?:en )?(?:la )?colonia(?: se llama| es)?|la col\.?|col\.?|"
    r"en la col\.?)"
    r"[\s:,]+(?=\S)",
    re.IGNORECASE,
)


def read_children(text: str, _today: date) -> Read:
    """How many children live with her; what can't be counted for certain is asked back with the number."""
    if words.is_skip(text) and not words.is_no(text) and "tengo" not in text.lower():
        return Answer({"children": ""})
    total = children.count(text)
    if total is None:
        return None
    if total.number > MOST_CHILDREN:
        return Again("many")
    if not total.sure:
        return Again("count", {"children_guess": str(total.number)})
    return Answer({"children": str(total.number)})


def read_axis(text: str, _today: date) -> Read:
    """The theme that she likes, by its own words; any of them leaves it open."""
    axis = themes.axis_of(text)
    if axis:
        return Answer({"axis": axis, "axis_name": words.AXIS_NAMES[axis]})
    if themes.wants_any(text):
        return Answer({"axis": "", "axis_name": "cualquiera"})
    return Again("more") if themes.wants_more(text) else None


HOURS_UNSAID = "las horas que dijiste"
"""What the summary says of hours that speak of him: whoever holds the phone may read it."""
ANY_HOUR = "a cualquier hora"


def hours(line: str) -> dict[str, str]:
    """The slots of her hours; what tells of him is not read back."""
    return {"contact_hours": line, "contact_hours_words": HOURS_UNSAID if readers.keeps_quiet(line) else line}


def read_contact_hours(text: str, _today: date) -> Read:
    """The hours and days at which she may be written to, in her words; by who is away, once as a span."""
    line = plain(text, 120)
    if readers.any_hour(text) or words.is_skip(text):
        return Answer(hours(ANY_HOUR))
    if readers.by_absence(text) and not readers.names_a_span(text):
        return Again("span", {"hours_told": line})
    if words.is_no(text) or (is_no_answer(text) and not readers.names_a_span(text)):
        return None
    return Answer(hours(line)) if readers.names_hours(text) else None


def read_phone_shared(text: str, _today: date) -> Read:
    """Whether others read this phone."""
    shared = readers.phone_is_shared(text)
    if shared is None:
        return None
    said = ("yes", "otros también") if shared else ("no", "solo yo")
    return Answer(dict(zip(("phone_shared", "phone_shared_words"), said, strict=True)))


def read_curp(text: str, _today: date) -> Read:
    """Her CURP if she wants; "no", "luego se la paso" or "no cuento con ella" leaves it open."""
    written = list(figures.curps(text))
    right = next((one.value for one in written if one.extra["valid"]), None)
    if right:
        return Answer({"curp": right})
    if words.is_skip(text) or words.is_no(text) or words.puts_off_curp(text):
        return Answer({"curp": ""})
    return Again("wrong") if written or re.search(r"[A-Za-z]{4}[\s-]?\d{2}", text) else None


def read_details_ok(text: str, _today: date) -> Read:
    """Her yes to the summary; a no asks what to change."""
    if words.is_yes(text) or words.says_well(text):
        return Answer({"details_ok": "yes"})
    return Again("which") if words.is_no(text) or words.says_wrong(text) else None


def read_yes_no(slot: str) -> Callable[[str, date], Read]:
    """A reader for one question of the food survey: yes, also "a veces"; no; or "prefiero no decir"."""

    def read(text: str, _today: date) -> Read:
        if frequency.leaves_it(text):
            return Answer({slot: "none"})
        happened = frequency.happened(text)
        return None if happened is None else Answer({slot: "yes" if happened else "no"})

    return read


def read_update_field(text: str, _today: date) -> Read:
    """Which of her details she wants to change."""
    field = words.field_of(text)
    return Answer({"update_field": field, "update_field_name": words.FIELD_NAMES[field]}) if field else None


_PHONE = re.compile(r"(?<!\d)(?:\+?52[ .-]?)?(?:1[ .-]?)?(?:\(\d{2,3}\)[ .-]?)?\d(?:[ .-]*\d)*(?!\d)")
DIGITS = 10
"""Of a Mexican number since 2019, without 52 and the old 1 behind it (domain.md, Phones)."""


def read_phone(text: str) -> Read:
    """Her number: ten digits, written any way; nothing else is one."""
    if phones.says_this_one(text):
        return Answer({"update_value": phones.THIS_ONE})
    written = {_ten(re.sub(r"\D", "", found[0])) for found in _PHONE.finditer(bare(text))} - {""}
    return Answer({"update_value": written.pop()}) if len(written) == 1 else Again("number")


def _ten(figures: str) -> str:
    for before in ("521", "52", "044", "045", "01", ""):
        if figures.startswith(before) and len(figures) == DIGITS + len(before):
            return figures[len(before) :]
    return ""


FOOD = tuple(f"q{i}" for i in range(1, 13))

READERS: dict[str, Callable[[str, date], Read]] = {
    "preferred_name": read_preferred_name,
    "full_name": read_full_name,
    "birth_date": read_birth_date,
    "municipality": read_municipality,
    "locality": read_locality,
    "children": read_children,
    "axis": read_axis,
    "contact_hours": read_contact_hours,
    "phone_shared": read_phone_shared,
    "curp": read_curp,
    "details_ok": read_details_ok,
    "update_field": read_update_field,
    "minors_at_home": read_yes_no("minors_at_home"),
    **{slot: read_yes_no(slot) for slot in FOOD},
}

FREE = frozenset(("preferred_name", "full_name", "locality", "contact_hours", "update_value"))
"""Fields that take nearly any words: there a clear question is a question, not an answer."""


def read(field: str, text: str, today: date, update_field: str = "") -> Read:
    """Read `text` as the answer to `field`; a change of details is read as the detail it changes."""
    if field != "update_value":
        return READERS[field](text, today)
    if update_field == "phone":
        return read_phone(text)
    if update_field not in READERS or update_field == "update_field":
        line = plain(text, 80)
        return Answer({"update_value": line}) if line else None
    found = READERS[update_field](text, today)
    if isinstance(found, Answer):
        return Answer({"update_value": found.slots[update_field]})
    return found


def same_words(text: str, other: str) -> bool:
    """Whether two short texts sound the same, whatever their spelling."""
    return bare(text).strip() == bare(other).strip() or spoken_words(text) == spoken_words(other) != []
