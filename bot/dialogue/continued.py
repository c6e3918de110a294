"""An answer that comes in two messages: the year and then the day, her name and then her surnames.

Why: "1985" and "5 de enero" are one birth date, and who was asked the same seven times went away. What waits
for its other half stands in a slot of the form. A birth date that she does not know goes on after the second
asking, with the year alone or for a person to see. Pure; must never store or log.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from bot.components.extract import births, days, names
from bot.components.extract.tokens import tokens
from bot.components.spelling import bare
from bot.dialogue import answers, naming, readers, words
from bot.dialogue.answers import Again, Answer
from bot.dialogue.no_answer import is_no_answer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.dialogue.answers import Read
    from bot.dialogue.standing import Standing

_DOES_NOT_KNOW = re.compile(
    r"\b(?:no|ni) (?:me |lo |la |le |yo |bien |muy |bien a bien )*(?:se(?! (?:de|para|por|si|como|que|quien|"
    r"donde)\b)|supe|sabemos|acuerdo|recuerdo|"
    r"dijeron|registraron|tengo acta|estoy segura)\b|"
    r"\bse me olvid\w+|\bnunca (?:supe|me dijeron|lo supe)\b|\bquien sabe\b|^\W*(?:paso|ninguna|omitir|"
    r"saltar|la que sigue|siguiente)\W*$"
)
_FREE = frozenset(("preferred_name", "full_name", "locality"))
_ANEW = re.compile(
    r"^(?=.*\w).{1,40}?[\s,.]+(?:(?:ay|no+)[\s,.]+)*(?:no,? (?:perd[oó]n|espere?a?|es cierto|es verdad|no|"
    r"digo)|perd[oó]n|"
    r"digo|mejor dicho|quise decir|me equivoqu[eé])[\s,.:]+(?:(?:es|son|era|era el|es el|el) "
    r")?(?P<rest>\S.*)$",
    re.IGNORECASE,
)
"""She sets her answer right while she gives it: "3, no perdón, 2 y mi nieto"."""
_SURNAMES = 6
"""Words of two surnames: "de la Torre y de la Cruz" has more, and comes with the name."""
UNKNOWN_DAY = "en {year}, sin el día"
NOT_TOLD = "falta, lo vemos después"


def read(text: str, field: str, here: Standing) -> Read:
    """Read `text` as the answer to `field`, with what waits of it from the message before."""
    anew = _ANEW.match(" ".join(text.split())) if field not in _FREE else None
    if anew and isinstance(mended := read(anew["rest"], field, here), Answer):
        return mended
    read_alone = answers.read(field, text, here.today, here.filled.get("update_field", ""))
    joined = _JOINED.get(field)
    return joined(text, read_alone, here) if joined else read_alone


def _birth_date(text: str, alone: Read, here: Standing) -> Read:
    if isinstance(alone, Answer):
        return alone
    year, day = births.year_alone(text, here.today), births.day_alone(text)
    known_year, known_day = here.filled.get("birth_year", ""), here.filled.get("birth_day", "")
    whole = _whole(str(year or known_year), day or _day(known_day), here.today)
    if whole and (year or day):
        return answers.read("birth_date", whole, here.today)
    asked_again = here.filled.get("again", "")
    if _DOES_NOT_KNOW.search(bare(text)) or (year and asked_again in ("day", "unknown")):
        return _without_day(str(year or known_year), asked_again)
    if year:
        return Again("day", {"birth_year": str(year)})
    return Again("year_of_day", {"birth_day": f"{day[0]:02d}-{day[1]:02d}"}) if day else alone


def _whole(year: str, day: tuple[int, int] | None, _today: date) -> str:
    return f"{year}-{day[0]:02d}-{day[1]:02d}" if year and day else ""


def _day(kept: str) -> tuple[int, int] | None:
    month, _, day = kept.partition("-")
    return (int(month), int(day)) if day else None


def _without_day(year: str, asked_again: str) -> Read:
    """She does not know the day: the year alone will do; without it she is asked once for the year."""
    if year:
        return Answer(
            {"birth_date": "", "birth_year": year, "birth_date_words": UNKNOWN_DAY.format(year=year)}
        )
    if asked_again == "unknown":
        return Answer({"birth_date": "", "birth_date_words": NOT_TOLD})
    return Again("unknown")


def _full_name(text: str, alone: Read, here: Standing) -> Read:
    """Surnames that follow a given name of the message before, or the name that she goes by."""
    part = here.filled.get("name_part", "")
    name = naming.name_in(text, 1, answers.MOST_WORDS)
    called = here.filled.get("preferred_name", "")
    joined = _joined(part, text) or (
        _joined(called, text) if not part and _begins_with_given(called) else None
    )
    if joined:
        return Answer({"full_name": joined})
    if isinstance(alone, Again) and alone.reason == "short" and name:
        if part and not _begins_with_given(name) and bare(name) != bare(part):
            return Answer({"full_name": f"{part} {name}"})
        return Again("short", {"name_part": f"{part} {name}" if part and _goes_on(part, name) else name})
    if isinstance(alone, Answer) and naming.surely_given(alone.slots["full_name"]):
        again = here.filled.get("again") == "short" and bare(part) == bare(alone.slots["full_name"])
        return alone if again else Again("short", {"name_part": alone.slots["full_name"]})
    if isinstance(alone, Answer) and name and not _begins_with_given(name):
        first = part or here.filled.get("preferred_name", "")
        if first and _begins_with_given(first) and bare(first.split()[0]) not in bare(name):
            return Answer({"full_name": f"{naming.capitals(first)} {name}"})
    return alone


def _joined(part: str, text: str) -> str | None:
    """The given name of the message before with the surnames of this one."""
    if not part or is_no_answer(text) or len(text.split()) > _SURNAMES:
        return None
    line = naming.without_opening(text)
    if not line or bare(line.split()[0]) in bare(part).split() or not _surnames(line):
        return None
    one_case = line in (line.lower(), line.upper())
    whole = naming.name_in(f"{part} {line}".lower() if one_case else f"{part} {line}", 2, answers.MOST_WORDS)
    return whole if whole and not naming.surely_given(whole) else None


def _surnames(line: str) -> bool:
    """Whether a line begins with a surname, or with the "de la" of one."""
    first = tokens(line)[0]
    return first.bare in ("de", "del") or (names.is_surname(first) and not names.is_given(first))


def _goes_on(part: str, name: str) -> bool:
    return bare(name) not in bare(part)


def _begins_with_given(name: str) -> bool:
    first = next((one for one in tokens(name) if one.bare not in names.PARTICLES), None)
    return first is not None and (names.is_given(first) or not names.is_name(first))


def _contact_hours(text: str, alone: Read, here: Standing) -> Read:
    """The span of "cuando mi marido no está"; without one her words stand, for the caseworker."""
    told = here.filled.get("hours_told", "")
    if not told or here.filled.get("again") != "span":
        return alone
    if readers.names_a_span(text):
        return Answer(answers.hours(f"{told}, {answers.plain(text, 60)}"[:120]))
    if isinstance(alone, Answer) and not words.is_skip(text):
        return alone
    return Answer(answers.hours(told))


def _children(text: str, alone: Read, here: Standing) -> Read:
    """Her yes to the number that was proposed."""
    if here.filled.get("again") != "count" or not (guess := here.filled.get("children_guess", "")):
        return alone
    if words.is_yes(text) or words.says_well(text):
        return Answer({"children": guess})
    return Again("unclear") if words.is_no(text) else alone


_JOINED = {
    "birth_date": _birth_date,
    "full_name": _full_name,
    "contact_hours": _contact_hours,
    "children": _children,
}


def in_words(slots: Mapping[str, object], field: str) -> str:
    """Return the value of a detail as she reads it in the summary."""
    said = slots.get(f"{field}_words") or slots.get(f"{field}_name") or slots.get(field) or ""
    if field == "birth_date" and not slots.get("birth_date_words") and said:
        return days.in_words(date.fromisoformat(str(said)))
    return str(said)
