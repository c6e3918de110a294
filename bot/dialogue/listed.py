"""Details that a message lists without saying what each one is: "lupe mtz ruiz, 4/3/88, tonala, loma dorada".

Why: who is used to filling in forms writes name, date, place, colony and children one after the other, with
commas or without. A part counts only where it is nothing else as a whole, and only in such a list; the
summary asks her to confirm it. Pure; must never store or log.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.components.extract import localities, names, places
from bot.components.extract.reading import entities
from bot.components.extract.tokens import tokens
from bot.components.spelling import bare
from bot.dialogue import answers, children, naming, themes
from bot.dialogue.no_answer import is_no_answer
from bot.dialogue.words import AXIS_NAMES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

Slots = dict[str, str]

_BREAKS = re.compile(r"[,;\n|]+|(?<!\d)\s*/\s*|\s*/\s*(?!\d)|\s-\s")
_LEAST = 3
"""Kinds of details from which a message is such a list."""
_COUNT = r"(?:\d{1,2}|un[oa]?|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez)"
_CHILD = r"(?:niñ|nin[oa]|hij|ij[oa]|niet|chiquill|chamac|criatur|bebe)\w*"
_CHILDREN = re.compile(rf"(?:(?:tengo|con|son|y|mis|mama de|madre de)\s+)*{_COUNT}\s+{_CHILD}\b.*")
_NO_CHILDREN = re.compile(rf"\b(?:no tengo|sin|no hay|ningun) {_CHILD}")
_OF_ANOTHER = re.compile(
    r"\b(?:tienen?|tenia|tuvo|tuve|cuidan?|eran|habia|hay|para|otros|sus?|mi \w+|edad|fueron)\s*(?:\w+\s+)?$"
)
"""Before a count of children that may not live with her."""
_HOURS = re.compile(
    r"(?:(?:en|por|a|entre semana|solo|nomas)\s+)*(?:la|las|el)?\s*(?:mañana|manana|tarde|noche|medio ?dia)s?"
    r"(?: (?:de|despues de|antes de) .{1,25})?|(?:de|entre) (?:las? )?\d{1,2}(?::\d\d)? ?(?:am|pm)? (?:a|y) "
    r"(?:las? )?\d{1,2}(?::\d\d)? ?(?:am|pm)?.{0,20}|(?:despues|antes) de (?:las? )?\d{1,2}.{0,20}|"
    r"a cualquier hora|todo el dia"
)
_THEME = re.compile(r"^(?:el |la |lo )?(?:taller |curso |clases? )?(?:del? )?(?:la )?")
_FEW = 4
_BORN_IN = re.compile(r"\b(?:na[cs]i|na[cs]ida|originaria|trabajo|estudio|de parte)\b(?!.*\b[vb]i[vb]o\b)")
_LISTED_BEFORE = re.compile(r"(?<!en )(?:\d|\b(?:niñ|nin|hij)[oa]s)[\s,.]*$")
"""A date or the children stand right before the place, and no "en" that would make it her birthplace."""
_WITH_COLONY = re.compile(r"[\s,]*(?:en (?:la |el )?)?(?:col|colonia|fracc\w*|barrio|ejido)\b")
_GOES_ON = (
    r"\b(?:na[cs]i|[vb]i[vb]o|soy|tengo|tng|con|mi|mis|me|y|en|por|cp|curp|quiero|sin|no|despues|a|se|para)\b"
)
_BEHIND = re.compile(
    rf"[\s,;/]*(?:jal(?:isco)?\b[\s.,;/]*)?(?!{_GOES_ON})(?P<said>[a-zñ][a-zñ .']{{2,39}}?)\s*"
    rf"(?=[,.;/\n]|\s\d|$|{_GOES_ON})"
)
_PLAIN = frozenset(
    ("la", "las", "los", "el", "de", "del", "san", "santa", "villa", "villas", "cerro", "rancho", "hacienda",
     "juntas", "centro", "agua", "aguas", "nueva", "nuevo", "buena", "vista", "valle", "puerta", "real")
)  # fmt: skip
"""Words of every day that colonies are called by."""
_COUNTRY = re.compile(r"\b(?:jal(?:isco)?|mex(?:ico)?)\b\.?")


def unmarked(text: str, told: Mapping[str, str], today: date) -> Slots:
    """Return the slots that `text` fills beside those of `told`, whose words say what they are."""
    kinds = set(told)
    slots = _by_parts(text, kinds, today)
    known = kinds | set(slots)
    if "municipality" not in known:
        slots |= _town_in_a_row(text)
        known |= set(slots)
    if "children" not in known and known & {"full_name", "preferred_name", "birth_date", "municipality"}:
        slots |= _children_in_a_row(text)
    if "locality" not in known and "municipality" in known and known & {"full_name", "birth_date"}:
        slots |= _colony_behind(text, slots.get("municipality") or told["municipality"])
    return slots


def _by_parts(text: str, told: set[str], today: date) -> Slots:
    """The details of a list, part by part; empty where it is none."""
    parts = [part.strip(" .") for part in _BREAKS.split(text) if part.strip(" .")]
    if len(parts) < _LEAST:
        return {}
    read = [_part(part, today) for part in parts]
    slots: Slots = {}
    for one in read:
        slots |= {name: value for name, value in one.items() if name not in slots}
    kinds = {
        name for name in {*slots, *told} if not name.endswith(("_words", "_name")) or name == "full_name"
    }
    if len(kinds) < _LEAST:
        return {}
    alone = next((part for part in parts if re.fullmatch(r"\d", part)), None)
    if alone and not {"children"} & {*slots, *told}:
        slots["children"] = alone
    at = next((i for i, one in enumerate(read) if "municipality" in one and "locality" not in one), None)
    if at is not None and not {"locality"} & {*slots, *told}:
        near = [i for i in (at + 1, at - 1) if 0 <= i < len(parts) and not read[i]]
        colony = next((parts[i] for i in near if _may_be_colony(parts[i], today)), None)
        slots |= {"locality": answers.plain(colony, 80)} if colony else {}
    return slots


def _part(part: str, today: date) -> Slots:
    """What one part is as a whole; empty where it may be anything."""
    line = " ".join(bare(part).split())
    if "?" in part:
        return {}
    if _CHILDREN.fullmatch(line) or _NO_CHILDREN.fullmatch(line):
        counted = children.count(part)
        return {"children": str(counted.number)} if _is_sure(counted) and counted else {}
    if _HOURS.fullmatch(line):
        return answers.hours(answers.plain(part, 60))
    place = " ".join(_COUNTRY.sub(" ", line).split())
    code = places.answered(place) if places.is_name(place) else []
    if len(code) == 1:
        return {"municipality": code[0], "municipality_name": places.name_of(code[0])}
    local = localities.find(place)
    if local and len(local.codes) == 1:
        where = local.codes[0]
        return {"municipality": where, "municipality_name": places.name_of(where), "locality": local.name}
    name = naming.name_in(part, 2, answers.MOST_WORDS)
    if name and naming.all_known(name):
        given, surnames = naming.split(name)
        whole = surnames and not naming.only_given(name)
        return {"preferred_name": naming.called_by(given), "full_name": name} if whole else {}
    born = answers.read("birth_date", part, today) if re.search(r"\d", part) else None
    if isinstance(born, answers.Answer) and len(line.split()) <= 2 * _FEW:
        return dict(born.slots)
    axis = themes.axis_of(_THEME.sub("", line)) if len(line.split()) <= _FEW else ""
    return {"axis": axis, "axis_name": AXIS_NAMES[axis]} if axis else {}


def _is_sure(counted: children.Count | None) -> bool:
    return counted is not None and counted.sure and counted.number <= answers.MOST_CHILDREN


def _may_be_colony(part: str, today: date) -> bool:
    few = len(part.split()) <= _FEW + 1 and re.search(r"[^\W\d_]{3}", part) is not None
    return (
        few and not is_no_answer(part) and isinstance(answers.read("locality", part, today), answers.Answer)
    )


def _town_in_a_row(text: str) -> Slots:
    """A municipality right behind her date, her name or her children, or right before her colony."""
    line = bare(text)
    for one in entities(text):
        if one.entity != "municipality" or not one.value or len(line) != len(text):
            continue
        before, after = line[: one.start], line[one.end :]
        if all(names.is_given(word) for word in tokens(text[one.start : one.end])) or _BORN_IN.search(before):
            born = _LISTED_BEFORE.search(before) and not re.search(r"\ben\s*$", before)
            if not born:
                continue
        name = " ".join(before.split())
        a_name = len(name.split()) > 1 and naming.all_known(name) if name else False
        if _LISTED_BEFORE.search(before) or a_name or _WITH_COLONY.match(after):
            return {"municipality": one.value, "municipality_name": places.name_of(one.value)}
    return {}


def _children_in_a_row(text: str) -> Slots:
    line = bare(text)
    if _NO_CHILDREN.search(line) and not re.search(rf"\b{_COUNT} {_CHILD}", line):
        return {"children": "0"}
    for found in re.finditer(
        rf"(?<!\d)(?<![/-])\b{_COUNT}\s+{_CHILD}(?:\s+(?:y|e)\s+{_COUNT}\s+{_CHILD})*", line
    ):
        if _OF_ANOTHER.search(line[: found.start()]):
            continue
        counted = children.count(found[0])
        if counted and _is_sure(counted):
            return {"children": str(counted.number)}
    return {}


def _colony_behind(text: str, code: str) -> Slots:
    """Her colony right behind the municipality: "vivo en tonala loma dorada tengo 2 niños"."""
    line = bare(text)
    for one in entities(text):
        if one.entity != "municipality" or one.value != code or len(line) != len(text):
            continue
        found = _BEHIND.match(line[one.end :])
        if found and _sounds_like_one(found["said"]):
            start = one.end + found.start("said")
            return {"locality": answers.plain(text[start : one.end + found.end("said")], 80)}
    return {}


def _sounds_like_one(said: str) -> bool:
    if localities.find(said):
        return True
    parts = tokens(said)
    strange = [one for one in parts if one.bare not in _PLAIN and one.sound not in names.common_words()]
    plain = all(one.bare in _PLAIN or one in strange for one in parts)
    named = all(names.is_name(one) for one in parts if one.bare not in _PLAIN)
    own = bool(strange) or said.strip() == "centro"
    return 0 < len(parts) <= _FEW and plain and own and not (named and len(parts) == 1)
