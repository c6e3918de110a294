"""A correction of what a form already holds: by name, by value, by a figure, or one question back.

Why: she corrects as she speaks: "cambia la fecha, es 18 de mayo", "no, es Tonalá", "es 18 no 17", "regresa".
Pure; must never store or log, and never take thanks or a please for a name.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.components.extract import births, places
from bot.components.spelling import bare
from bot.dialogue import answers, changes, name_parts, phones, words
from bot.dialogue.no_answer import is_no_answer, refuses
from bot.dialogue.parse import UNKNOWN
from bot.dialogue.standing import Act

if TYPE_CHECKING:
    from bot.dialogue.standing import Standing

_POLITE = re.compile(
    r"[\s,.]*\b(por ?favor(cito)?|porfa\w*|xfa\w*|plis|please|gracias|disculpe?|ok)\b[\s,.!]*$", re.IGNORECASE
)
_JOINS = re.compile(
    r"(?:^|[\s,.;:\n])(?:a que es|debe (?:ser|decir)|tiene que ser|pon(?:le|ga|gale)?|por|al|a|son|es|era|"
    r"seria|soy|me llamo|me dicen|va)\s+(?:el |la |de |en )?(?=\S)|[:\n]",
    re.IGNORECASE,
)
_NOT_THAT_ONE = re.compile(
    r"[\s,.]+(?:y )?no (?:es |de |en |el |la |son )?\w+(?: \w+)?[\s.!]*$", re.IGNORECASE
)
_RIGHT, _WRONG = r"(?P<right>\d{1,4})", r"(?P<wrong>\d{1,4})"
_FIGURES = (
    re.compile(rf"\b(?:es|son|era|fue|soy de)?\s*{_RIGHT}\s*[,.]?\s*(?:y )?no (?:es |son )?{_WRONG}\b"),
    re.compile(rf"\bno (?:es|son|era)?\s*{_WRONG}\s*[,.]?\s*(?:sino|es|son|era)?\s*{_RIGHT}\b"),
)
_MONTHS = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre",
    "noviembre", "diciembre",
)  # fmt: skip
_MONTH = "|".join((*_MONTHS, "setiembre"))
_BY_MONTH = (
    re.compile(rf"\b(?P<right>{_MONTH})\s*[,.]?\s*(?:y )?no (?:es |era )?(?:de |en )?(?P<wrong>{_MONTH})\b"),
    re.compile(
        rf"\bno (?:es |era )?(?:de |en )?(?P<wrong>{_MONTH})\s*[,.]?\s*(?:sino |es |era )*(?:de |en )?"
        rf"(?P<right>{_MONTH})\b"
    ),
)
_SAID_SO = re.compile(r"\b(es|era|soy|son|me llamo|me dicen|vivo en)\b")


_OF_A_PART = re.compile(r"\bape[ly]l?ido|\bno[mn]bre\b")
_NO_OTHER = re.compile(
    r"\bno (?:tengo|llevo|me pusieron|cuento con) (?:otro|segundo|mas|dos) ape[ly]l?idos?\b|"
    r"\b(?:solo|nomas|nada mas) (?:tengo|llevo|es|me pusieron|uso) (?:un|uno|el|ese)(?: solo)?(?: "
    r"ape[ly]l?ido)?\b"
)
"""She has one surname: her name stands as she gave it."""
_ONE_FIGURE = re.compile(
    r"^\W*(?:(?P<before>no+|perdon|digo|ay|mejor dicho|me equivoque|espere?a?|es que|quise decir)[\s,.]+)*"
    r"(?:(?:es|era|fue|soy|del?) )*(?:el |del )?(?P<figure>\d{1,4})"
    r"(?:[\s,.]+(?P<after>perdon|digo|me equivoque|quise decir|mejor dicho|disculpe?))?\W*$"
)
_LAST_DAY = 31
_EXCUSE = re.compile(r"\b(?:perdon|digo|me equivoque|me ekivoke|quise decir|mejor dicho|disculp\w+)\b")
_OF_YES_AND_NO = frozenset((*answers.FOOD, "minors_at_home"))
_PHONES = re.compile(r"(?<!\d)\d(?:[ .-]?\d){9}(?!\d)")
_NOW_LIVES = re.compile(r"\b(?:ahora|ya) (?:vivo|estoy viviendo) en\b|\bme (?:cambie|mude) a\b")
_BEFORE_NEW = re.compile(r"\b(?<!no )(?:vivo en|viviendo en|me (?:cambie|mude) a|es|por|al?)\s+(?=\S)")
_FEW = 4
_AFTER_IT = re.compile(
    r"^(?:de |en |es )?(?P<rest>[^\d?]{3,40}?)[\s,.]+(?:perdon|digo|quise decir|me equivoque|mejor dicho|"
    r"no)[\s.!]*$"
)
"""The value comes first and the excuse after it: "de Tlajo, perdón"."""


def correction(text: str, here: Standing) -> Act | None:
    """The correction that one line or the whole burst is; None where it is none."""
    undone = changes.undone(text, here)
    if undone:
        return undone
    if words.goes_back(text):
        return _reopened(before(here))
    part = _part_of_name(text, here)
    if part:
        return part
    instead = _instead(text, here)
    if instead:
        return instead
    named = words.wants_change(text)
    if named and named in here.filled and named != here.form_field:
        return _new_value(named, text, here) or _reopened(named)
    which = words.field_of(text) if here.form_field == "details_ok" and _names_only(text) else None
    if which and which in here.filled:
        return _new_value(which, text, here) or _reopened(which)
    mended = _by_figure(text, here) or _by_one_figure(text, here) or _by_month(text, here)
    return mended or _by_value(text, here) or _name_in_summary(text, here)


def _part_of_name(text: str, here: Standing) -> Act | None:
    """A surname or a given name set right, in her full name."""
    name, line = here.filled.get("full_name", ""), bare(text)
    if not name or "?" in text or here.form_field == "full_name":
        return None
    if _NO_OTHER.search(line):
        return Act("ask_again", slots={"again": None})
    about_it = _OF_A_PART.search(line)
    if not about_it and before(here) != "full_name":
        return None
    whole = name_parts.mended(text, name)
    if whole is None and before(here) == "full_name":
        whole = name_parts.completed(text, name)
    if whole is None or whole == name:
        return None
    if whole == name_parts.ASK_WHOLE:
        return _reopened("full_name") if about_it and not is_no_answer(text) else None
    return Act("inform", slots={"full_name": whole}, corrects=True)


_THIS_NOT_THAT = re.compile(
    r"^\W*(?:(?:y|no|es que|pero|perdon|oiga|ay)[\s,]+)*(?:vivo en|vivimos en|estoy en|es(?: en)?|en|"
    r"se llama)\s+(?:la |el )?(?P<right>[^\d,.?]{3,40}?)[\s,]+(?:y )?no (?:vivo )?(?:en |es |de )?"
    r"(?:la |el )?(?P<wrong>[^\d,.?]{3,40}?)[\s.!]*$"
)


def _instead(text: str, here: Standing) -> Act | None:
    """Her colony set right by what it is not: "vivo en la Purísima, no en la Joya"."""
    line, colony = bare(text), bare(here.filled.get("locality", ""))
    found = _THIS_NOT_THAT.match(line) if colony and len(line) == len(text) else None
    if not found or not answers.same_words(re.sub(r"^(?:la|el) ", "", colony), found["wrong"]):
        return None
    start = line.index(found["right"])
    start -= next((len(one) for one in ("la ", "el ") if line[:start].endswith(one)), 0)
    read = answers.read("locality", text[start : found.end("right")], here.today)
    return Act("inform", slots=dict(read.slots), corrects=True) if isinstance(read, answers.Answer) else None


def _names_only(text: str) -> bool:
    """Whether a short text at the summary only names a detail: "el municipio", "la fecha porfa"."""
    return "?" not in text and len(text.split()) <= _FEW and not words.says_well(text)


def _name_in_summary(text: str, here: Standing) -> Act | None:
    """At the summary "no, es Yaretzi" mends the part of her name that it is like."""
    name = here.filled.get("full_name", "")
    if here.form_field != "details_ok" or not name or "?" in text:
        return None
    whole = name_parts.mended(text, name)
    return Act("inform", slots={"full_name": whole}, corrects=True) if whole and whole != name else None


def by_lines(lines: list[str], here: Standing) -> tuple[dict[str, object], list[str]]:
    """The slots that the correcting lines of a burst fill, and the lines that correct nothing."""
    slots: dict[str, object] = {}
    rest = []
    for line in lines:
        found = correction(line, here)
        if found and found.intent == "inform":
            slots |= found.slots
        else:
            rest.append(line)
    return slots, rest


def stated(text: str, here: Standing) -> Act | None:
    """A detail that is filled, said anew by its name without a word of change: "mi nombre es Ana Ruiz"."""
    named = words.field_of(text)
    if "?" in text or not named or named not in here.filled or named == here.form_field:
        return None
    return _new_value(named, text, here) if _SAID_SO.search(bare(text)) else None


_BEGINS_ANEW = re.compile(r"^\W*(?:(?:ay|ah|no|no no)\W+)?(?:digo|perdon|quise decir|mejor dicho)\b")


def _colony_again(text: str, rest: str, here: Standing) -> Act | None:
    """Her colony said anew with its excuse: "digo, en Hacienda Santa Fe"."""
    line = bare(text)
    if not _BEGINS_ANEW.match(line) or is_no_answer(rest) or len(line) != len(text):
        return None
    if isinstance(answers.read(here.form_field, text, here.today), answers.Answer):
        return None
    value = re.sub(r"^(?:(?:en|es|era|la|col\w*|vivo) )+", "", text[line.rindex(rest) :])
    read = answers.read("locality", value, here.today)
    return Act("inform", slots=dict(read.slots), corrects=True) if isinstance(read, answers.Answer) else None


_NAMES_IT = re.compile(
    r"^\W*(?:(?:y|no|perdon|oiga|oye|ah|ay|pero|es que|digo)\W+)*(?:la|el|mi|las|los) "
    r"(?:colonia|localidad|rancho|comunidad|municipio|nombre|apellido|fecha|curp|tema|horario)\b[^?]{0,30}?"
    r"\b(?:es|era|son|se llama)\b"
)


def by_its_name(text: str, here: Standing) -> Act | None:
    """A filled detail said anew where it leads the message: "la colonia es Las Pintitas", asked who reads."""
    return stated(text, here) if _NAMES_IT.match(bare(text)) else None


_SETS_RIGHT = re.compile(
    r"\b(?:el año|la fecha|mi fecha|mi nombre|el nombre|mi apellido|el apellido|mi colonia|la colonia|"
    r"mi municipio|"
    r"el municipio|mi curp|la curp|mi telefono|mi numero)\b(?: \w+){0,4}? (?:es|era|esta mal|son)\b"
)
"""A detail of hers, set right after the answer: "no, el año es 1991" refuses no group."""


def set_right(text: str, act: Act, here: Standing) -> Act:
    """The act, or a change of her record where she sets a detail right after another answer."""
    free = here.registered and not (here.form_field or here.in_safety or here.cover)
    if not free or act.intent not in _A_NO or "?" in text or not _SETS_RIGHT.search(bare(text)):
        return act
    named = words.field_of(text) or ""
    about = {"update_field": named, "update_field_name": words.FIELD_NAMES[named]} if named else {}
    return Act("update_details", about)


_A_NO = frozenset(("deny", "no_group", UNKNOWN, "out_of_scope"))


def with_value(act: Act, text: str, here: Standing) -> Act:
    """A change of her record that says the new value: "el nuevo es 3312345678", "ahora vivo en Tonalá"."""
    named = act.entities.get("update_field") or ("municipality" if _NOW_LIVES.search(bare(text)) else "")
    if here.form_field:
        return act
    readable = "?" not in text and named in ("phone", "municipality", "birth_date")
    value = _said_with_it(named, text, here) if readable else None
    if value is None:  # nothing of an earlier change answers this one
        anew = {name: None for name in ("update_field", "update_field_name") if name not in act.entities}
        asks = {"again": "new_number"} if named == "phone" else {}
        return replace(act, slots={"update_value": None, **asks, **anew, **act.slots})
    field = {"update_field": named, "update_field_name": words.FIELD_NAMES[named]}
    return replace(act, entities={**act.entities, **field}, slots={**act.slots, "update_value": value})


def _said_with_it(name: str, text: str, here: Standing) -> object:
    if name == "phone" and phones.says_this_one(text):
        return phones.THIS_ONE
    if name == "phone":
        found = _PHONES.findall(text)
        return re.sub(r"\D", "", found[0]) if len(found) == 1 else None
    line = _POLITE.sub("", bare(text).strip())
    starts = [found.end() for found in _BEFORE_NEW.finditer(line)]
    if not starts:
        return None
    read = answers.read(name, line[starts[-1] :], here.today)
    return read.slots.get(name) if isinstance(read, answers.Answer) else None


def before(here: Standing) -> str:
    """The detail that was asked before the one that is asked now; empty where there is none."""
    if here.form_field not in here.asked:
        return ""
    earlier = here.asked[: here.asked.index(here.form_field)]
    return next((name for name in reversed(earlier) if name in here.filled), "")


def _reopened(name: str) -> Act | None:
    return Act("correct_detail", slots={name: None, "details_ok": None}) if name else None


def _new_value(name: str, text: str, here: Standing) -> Act | None:
    """The value that stands after "a", "por", "es", a colon or a new line, as far as it can be read."""
    line = _POLITE.sub("", text.strip())
    starts = [found.end() for found in _JOINS.finditer(line)]
    tries = [line[start:] for start in starts]
    if name not in answers.FREE:
        tries.append(line)
    for value in [_NOT_THAT_ONE.sub("", one) for one in tries] + tries:
        names_it = name in answers.FREE and words.field_of(value)
        if not value.strip(" .,:") or names_it or _POLITE.fullmatch(value):
            continue
        found = answers.read(name, _whole_date(name, value, here), here.today)
        if isinstance(found, answers.Answer):
            return Act("inform", slots=dict(found.slots), corrects=True)
    return None


def _whole_date(name: str, value: str, here: Standing) -> str:
    """A day or a year set right alone, with the rest of her birth date as it stands: "es 6 de mayo"."""
    born = here.filled.get("birth_date", "")
    if name != "birth_date" or not born:
        return value
    day, year = births.day_alone(value), births.year_alone(value, here.today)
    if day:
        return f"{born[:4]}-{day[0]:02d}-{day[1]:02d}"
    return f"{year}{born[4:]}" if year else value


def _by_figure(text: str, here: Standing) -> Act | None:
    """Where she says "es 18 no 17": the one figure that was wrong, in what she answered last."""
    found = next((match for pattern in _FIGURES if (match := pattern.search(bare(text)))), None)
    if found is None or found["right"] == found["wrong"]:
        return None
    right, wrong = found["right"], found["wrong"]
    last = before(here)
    order = [last, *(name for name in ("birth_date", "children") if name != last)]
    for name in (name for name in order if name in ("birth_date", "children") and here.filled.get(name)):
        if name == "children" and here.filled[name] == wrong:
            return Act("inform", slots={"children": right}, corrects=True)
        if name == "birth_date":
            mended = _mended_date(here.filled[name], right, wrong)
            read = answers.read(name, mended, here.today) if mended else None
            if isinstance(read, answers.Answer):
                return Act("inform", slots=dict(read.slots), corrects=True)
    return None


def _by_one_figure(text: str, here: Standing) -> Act | None:
    """Said right after her birth date with an excuse: "el 13, perdón" is the day, "perdón, 91" the year."""
    found = _ONE_FIGURE.match(bare(text))
    born = here.filled.get("birth_date", "")
    if not found or not (found["before"] or found["after"]) or not born or before(here) != "birth_date":
        return None
    figure = found["figure"]
    a_day = len(figure) <= 2 and 0 < int(figure) <= _LAST_DAY  # noqa: PLR2004
    year = figure if len(figure) > 2 else f"{born[:2]}{figure}"  # noqa: PLR2004
    value = f"{born[:8]}{int(figure):02d}" if a_day else f"{year}{born[4:]}"
    read = answers.read("birth_date", value, here.today)
    return Act("inform", slots=dict(read.slots), corrects=True) if isinstance(read, answers.Answer) else None


def _by_month(text: str, here: Standing) -> Act | None:
    """Where she says "es de junio, no de julio": the month of her birth date."""
    found = next((match for pattern in _BY_MONTH if (match := pattern.search(bare(text)))), None)
    born = here.filled.get("birth_date", "")
    if found is None or not born or _month(found["wrong"]) != int(born[5:7]):
        return None
    read = answers.read("birth_date", f"{born[:4]}-{_month(found['right']):02d}{born[7:]}", here.today)
    return Act("inform", slots=dict(read.slots), corrects=True) if isinstance(read, answers.Answer) else None


def _month(name: str) -> int:
    return _MONTHS.index(name.replace("setiembre", "septiembre")) + 1


def _mended_date(iso: str, right: str, wrong: str) -> str:
    year, month, day = iso.split("-")
    if int(day) == int(wrong):
        return f"{year}-{month}-{int(right):02d}"
    if int(wrong) in (int(year), int(year[2:])):
        return f"{int(right) if len(right) > 2 else int(year[:2] + right.zfill(2))}-{month}-{day}"  # noqa: PLR2004
    return f"{year}-{int(right):02d}-{day}" if int(month) == int(wrong) else ""


def _by_value(text: str, here: Standing) -> Act | None:
    """Where she says "no, es Tonalá": what she answered last where it can be that, else a place or a date."""
    after = _AFTER_IT.match(bare(text))
    rest = after["rest"] if after else words.corrected(text)
    if not rest or refuses(text):
        return None
    last = before(here)
    for name in dict.fromkeys((last, "municipality", "birth_date")):
        if not name or name not in here.filled or name == here.form_field or name in answers.FREE:
            continue
        if name in _OF_YES_AND_NO and not _EXCUSE.search(bare(text)):
            continue  # "no, pues gracias a Dios no" answers what is asked now
        value = _NOT_THAT_ONE.sub("", rest)
        if name != last and last in answers.FREE and not (name == "municipality" and places.is_name(value)):
            continue  # "no, es San Juan de Dios", said after her colonia, is the colonia
        found = answers.read(name, _whole_date(name, value, here), here.today)
        if isinstance(found, answers.Answer) and any(found.slots.values()):
            return Act("inform", slots=dict(found.slots), corrects=True)
    if last == "locality" and (mended := _colony_again(text, rest, here)):
        return mended
    if last in answers.FREE and _SAID_SO.search(bare(text)):
        answers_now = answers.read(here.form_field, text, here.today)
        if here.form_field in answers.FREE or not isinstance(answers_now, answers.Answer):
            return _new_value(last, text, here)
    return None
