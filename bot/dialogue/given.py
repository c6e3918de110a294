"""What she gave without being asked: "me quiero inscribir, soy Lupita de Tonalá, tengo 3 niños".

Why: what she has already said is not asked again, and who types by voice says all of it at once; the summary
asks her to confirm it. Only what can't be mistaken is taken, each detail from the words that name it, and
never one that is filled already. Pure; must never store or log.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.components.extract import births, localities, names, places
from bot.components.extract.reading import entities
from bot.components.extract.tokens import tokens
from bot.components.spelling import bare
from bot.dialogue import answers, children, listed, naming, readers, themes
from bot.dialogue.lexicon import AXIS_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from bot.components.extract.tokens import Found

_MYSELF = re.compile(
    r"(?:\bsoy|\bsoi|me llamo|me yamo|mi nombre (?:completo )?es|me dicen|habla|saluda|escribe|servidora)"
    r"(?: (?:la|su servidora))?[\s,:]*$"
)
_LIVES_IN = re.compile(
    r"\b(?:[vb]i[vb]o|[vb]ivimos|radico) (?:\w+ ){0,2}?(?:en|por)\b(?P<said>[^,.;\n]{2,40})"
)
_BORN_THERE = re.compile(
    r"\b(?:naci|nasi|nacida|originaria|trabajo|estudio|estudie|vivia|era|iba|voy|(?:mi|su) \w+ (?:vive|esta|"
    r"trabaja|nacio))\b[^,.;]{0,15}$"
)
"""Before a place where she was born or works, or where somebody else lives."""
_BORN_ON = re.compile(
    r"\b(?:naci|nasi|nacida|originaria)\b(?:(?!\b(?:[vb]i[vb]o|[vb]ivimos|radico|soy)\b)[^;\n]){0,45}\ben\s*$"
)
"""The same with her birth date between: "nacida el 3 de mayo de 1965 en Zapotlanejo"."""
_LIVES = re.compile(r"(?:\bde|\ben|\bd|\bvivo|\bvibo|aqui|municipio(?: de)?)[\s,:]*$")
_STOP = (
    r"(?=[,.;\n/]|$|\b(?:naci|nasi|vivo|vibo|bivo|soy|tengo|tng|mi curp|mi fecha|mi cumple\w*|me (?:pued\w+|"
    r"gust\w+|interes\w+|llamo|dicen|escrib\w+|marc\w+)|"
    r"quiero|quisiera|puedo|pueden|sin (?:hij|niñ)\w*|no tengo|"
    r"en las? (?:mañana|manana|tarde|noche)s?|por las? (?:mañana|manana|tarde|"
    r"noche)s?|mis? hij\w+|y (?:naci|nasi|vivo|soy|tengo|quiero|me|mi|puedo))\b)"
)
_BORN = re.compile(
    r"\b(?:naci|nasi|nacida|fecha de nacimiento|cumplo(?: años)?|cumpleaños|mi cumple)\b(?P<said>.{3,70})"
)
_ONLY_YEAR = re.compile(r"\s*(?:en )?(?:el )?(?:año |ano )?(?:de )?(?P<year>(?:19|20)\d\d)\b(?!\s*[/-])")
_COLONY = re.compile(
    rf"\b(?:colonia|col|fraccionamiento|fracc|barrio(?: de)?|rancho|ranchito|localidad(?: de)?|"
    rf"poblado(?: de)?|"
    rf"comunidad(?: de)?)\b\.?\s+(?P<said>.{{2,40}}?)\s*(?:\b(?:en|del? municipio|municipio|aqui en|"
    rf"aca en)\b|{_STOP}|\s\d)"
)
_CHILDREN = re.compile(
    rf"\b(?:tengo|tng|tenemos|son|con|viven|y|mis|mi)\s+(?P<said>(?:conmigo\s+)?(?:(?:mis|"
    rf"mi)\s+)?(?:\d{{1,2}}|un[oa]?|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez)?\s*"
    rf"(?:niñ|nin|hij|ij|niet|chiquill|chamac|criatur|bebe)\w*.{{0,70}}?){_STOP}"
)
_HOURS = re.compile(
    r"\b(?:(?:me|nos) pued\w+ (?:\w+ )?(?:escribir|marcar|hablar|mandar|llamar|avisar|"
    r"contactar)\w*(?: mensajes?)?|escrib\w+me|puedo(?: contestar)?|horario|estoy libre|tengo tiempo|"
    r"contesto|desocupada|mand\w+me mensajes?|avis\w+me|(?:a|por) que hora)\b(?P<said>.{3,70})"
)
_BESIDE_HOURS = re.compile(
    r"(?:[\s,.;]+|\by\b)*\b(?:me (?:gust|interes|quier|llam)\w*|quiero|quisiera|tengo|vivo|naci|soy|"
    r"mi (?:curp|hij|niñ)\w*|gracias|por favor)\b.*$"
)
_THEME = re.compile(
    r"\b(?:taller(?:es)?|curso|cursos|clases?|aprender|aprendo|me gusta(?:ria)?|me interesa(?:ria)?|"
    r"me llama la atencion|(?<!no )(?:quiero|quisiera|prefiero)(?! (?:entrar|saber|ir|que)\b))\b"
    r"(?P<said>(?:\W+\w+){1,5})"
)
_WISH = re.compile(
    r"\b(?:apunt\w+|inscrib\w+|anot\w+|entrar|registr\w+|inscripcion|participar|taller\w*|curso\w*|clases?|"
    r"programa)\b"
)
_SHORT = 2
"""Words up to which a name is what she is called, not her full name."""
_MANY = 3
"""Details, her name being one, from which a message is an enrolment without its wish or without her name."""


def details(text: str, filled: Mapping[str, str], today: date) -> dict[str, str]:
    """Return the slots that `text` fills beside what it was sent for."""
    slots: dict[str, str] = {}
    for read in _all(text, today):
        if not set(slots) & set(read):
            slots |= {name: value for name, value in read.items() if value}
    if not names_another(text):
        more = listed.unmarked(text, slots, today)
        slots |= {name: value for name, value in more.items() if name not in slots}
    return {name: value for name, value in slots.items() if _detail_of(name) not in filled}


def run_on(text: str, filled: Mapping[str, str], today: date) -> dict[str, str]:
    """Return the slots of a message that is an enrolment in itself; empty where it is none.

    It holds her name or her wish, and as many details as nobody tells by chance.
    """
    slots = details(text, filled, today)
    told = {_detail_of(name) for name in slots}
    wishes = bool(_WISH.search(bare(text)))
    named = bool(told & {"preferred_name", "full_name"})
    if named and not wishes:
        kinds = len(told - {"full_name"} | {"preferred_name"})
        surely = bool(
            told & {"full_name", "birth_date"}
        )  # "me llamo juana y mi hija..." may be of her daughter
        return slots if kinds >= (_MANY if surely else _MANY + 1) else {}
    return slots if wishes and len(told) >= (_SHORT if named else _MANY) else {}


def whole(text: str, today: date) -> dict[str, str]:
    """Return the slots of a message that tells several details at once, whatever was asked; else empty."""
    slots = details(text, {}, today) if "?" not in text else {}
    told = {_detail_of(name) for name in slots} - {"full_name"}
    return slots if len(told) >= _MANY else {}


def early(text: str, filled: Mapping[str, str], today: date, *, asked: bool) -> dict[str, str]:
    """Return what she told before anything was asked: a whole enrolment, or only her name.

    A name alone counts where she says that it is hers, or (`asked`) where the notice waits for her answer.
    """
    slots = run_on(text, filled, today)
    if slots or "preferred_name" in filled or "?" in text:
        return slots
    name = naming.introduced_name(text)
    if (
        name is None
        and asked
        and (found := naming.name_in(text, 1, answers.MOST_WORDS))
        and naming.all_known(found)
    ):
        name = found
    return {"preferred_name": naming.split(name)[0][0]} if name else {}


def _detail_of(slot: str) -> str:
    return (
        slot.removesuffix("_words").removesuffix("_name")
        if slot not in ("full_name", "preferred_name")
        else slot
    )


def _all(text: str, today: date) -> Iterator[Mapping[str, str]]:
    yield _name(text)
    yield _birth(text, today)
    for found in entities(text):
        yield _read(found, text, today)
    yield _town(text)
    yield _segment("locality", _COLONY, text, today)
    yield _children(text)
    yield _hours(text, today)
    yield _axis(text)


def _name(text: str) -> Mapping[str, str]:
    """Her name where she says that it is hers, or where it opens a message that goes on with a detail."""
    introduced = naming.introduced_name(text)
    opens = "" if introduced else _opening_name(text)
    name = introduced or opens
    if not name:
        return {}
    given, surnames = naming.split(name)
    if not surnames or naming.only_given(name):
        called = naming.called_instead(text) or (name if len(given) > 1 or not surnames else given[0])
        return {"preferred_name": called} if introduced else {}
    called = naming.called_instead(text) or naming.called_by(given)
    return {"preferred_name": called, "full_name": name}


def _opening_name(text: str) -> str:
    """A whole name, all of whose words are known as names, that the message begins with."""
    found = naming.name_in(text, _SHORT, answers.MOST_WORDS)
    shorter = found is not None and len(found.split()) < len(text.split())
    if not found or not shorter or not naming.all_known(found) or names_another(text):
        return ""
    return found if len(found.split()) > _SHORT or naming.is_name_and_surname(found) else ""


def names_another(text: str) -> bool:
    """Tell whether the message opens with somebody else: "mi hija Ana Ruiz López"."""
    first = tokens(text)[:1]
    return bool(first) and first[0].bare in ("mi", "su", "la", "el", "para", "de")


def _birth(text: str, today: date) -> Mapping[str, str]:
    for found in _BORN.finditer(bare(text)):
        read = answers.read("birth_date", found["said"], today)
        if isinstance(read, answers.Answer):
            return read.slots
        year = _ONLY_YEAR.match(found["said"])
        if year and births.year_alone(year["year"], today):
            return {"birth_year": year["year"]}  # the form joins it with the day
    return {}


def _town(text: str) -> Mapping[str, str]:
    """The well-known town or colony in which she says that she lives, with its one municipality."""
    for found in _LIVES_IN.finditer(bare(text)):
        local = localities.among(found["said"])
        if local and len(local.codes) == 1:
            code = local.codes[0]
            return {"municipality": code, "municipality_name": places.name_of(code), "locality": local.name}
    return {}


def _segment(name: str, pattern: re.Pattern[str], text: str, today: date) -> Mapping[str, str]:
    line = bare(text)
    found = pattern.search(line)
    if not found or len(line) != len(text):
        return {}
    read = answers.read(name, text[found.start("said") : found.end("said")], today)
    return read.slots if isinstance(read, answers.Answer) else {}


def _children(text: str) -> Mapping[str, str]:
    found = _CHILDREN.search(bare(text))
    counted = children.count(found["said"]) if found else None
    return (
        {"children": str(counted.number)}
        if counted and counted.sure and counted.number <= answers.MOST_CHILDREN
        else {}
    )


def _hours(text: str, today: date) -> Mapping[str, str]:
    for found in _HOURS.finditer(bare(text)):
        said = _BESIDE_HOURS.sub("", found["said"]).strip(" ,.")
        if readers.names_a_span(said) or readers.any_hour(said):
            read = answers.read("contact_hours", said, today)
            if isinstance(read, answers.Answer):
                return read.slots
    return {}


def _axis(text: str) -> Mapping[str, str]:
    for found in _THEME.finditer(bare(text)):
        axis = themes.axis_of(found["said"])
        if axis:
            return {"axis": axis, "axis_name": AXIS_NAMES[axis]}
    return {}


def _read(found: Found, text: str, today: date) -> Mapping[str, str]:
    before = bare(text[: found.start])
    name, value = "", found.value
    if found.entity == "person_name" and _MYSELF.search(before):
        called = len(value.split()) <= _SHORT or naming.only_given(value)
        name = "preferred_name" if called else "full_name"
        value = value.split()[0] if called and len(value.split()) <= _SHORT else value
    elif (
        found.entity == "municipality"
        and found.value
        and _lives(before, bare(text[found.end :]), named_like_her=_is_given(text[found.start : found.end]))
    ):
        name, value = "municipality", text[found.start : found.end]
    elif found.entity == "date" and re.fullmatch(r"\d{4}-\d\d-\d\d", found.value) and not _of_another(before):
        name = "birth_date"
    elif found.entity == "curp" and found.extra.get("valid"):
        name = "curp"
    elif found.entity == "axis":
        name, value = "axis", found.value
    if not name:
        return {}
    read = answers.read(name, value, today)
    return read.slots if isinstance(read, answers.Answer) else {}


def _lives(before: str, after: str, *, named_like_her: bool) -> bool:
    """Whether a municipality is where she lives: after "vivo en", "soy de", alone, or between two commas."""
    if _BORN_THERE.search(before) or _BORN_ON.search(before):
        return False
    if named_like_her:  # Concepción is a town, and the name of a woman
        return bool(_LIVES.search(before))
    between = re.search(r"[,;\n/]\s*$", before) and re.match(r"\s*(?:[,.;\n/]|$)", after)
    return bool(_LIVES.search(before) or not before.strip() or between)


def _is_given(said: str) -> bool:
    return all(names.is_given(one) for one in tokens(said))


def _of_another(before: str) -> bool:
    """Whether a date stands after somebody else: "mi hija nació el ..."."""
    return bool(
        re.search(
            r"\b(?:nacio|nasio|nacieron|mi (?:hij|niñ|nin|niet|espos|marid|mam|bebe)\w*)\b[^,.;]{0,40}$",
            before,
        )
    )
