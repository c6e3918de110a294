"""How many children live with her, as she counts them: by kind, by age, with those who have left.

Why: "5 pero 2 son mayores" is not seven, "una niña de 8 y un niño de 5" is not one, and an age counts nobody.
What can't be counted with certainty is given as a proposal, for her to say yes to. Pure; must never store or
log.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.components.extract.births import in_figures
from bot.components.extract.reading import entities
from bot.components.extract.tokens import tokens

if TYPE_CHECKING:
    from bot.components.extract.tokens import Token

MOST_TOLD = 99
_LISTED = 3
"""Figures from which a list after a count is of ages: "4: 3, 5, 8 y 12"."""
_CHILD = (
    r"(?:niñ|nin|hij|ij|niet|beb|sobrin|chamac|entenad|chiquill|chiquit|plebe|plebit|escuincl|eskincl|morr|"
    r"criatur|"
    r"adolesc|jovenc|muchach|menor|peque|herman|nen|varon|mujer|hombre|emb?r|hijastr|ahijad|bisniet|mellis|"
    r"mellit)\w*"
)
_NONE = (
    r"\b(?:ning\w*|ninj\w*|nadie|cero|no tengo|no tenemos|sin hij\w+|sin niñ\w+|no viven?|no hay|"
    r"ni (?:un[oa]?|1)(?: \w+)?$|nomas nosotros dos|solo mi (?:esposo|marido) y yo|todavia no|nada de "
    r"niñ\w+)\b|"
    rf"\b(?:solo yo|nomas yo|vivo sola|sola nomas)\b(?! (?:\w+ )?(?:y|i|con) (?:\w+ ){{0,2}}{_CHILD})"
)
"""Nobody; but "vivo sola con mis dos hijos" counts them."""
_GROWN_UP = r"mi (?:esposo|marido|viej\w+|señor|pareja|mama\w*|papa\w*|suegra|herman[ao])"
_GROWN_UPS = re.compile(
    rf"^\W*(?:(?:pues|pos|no|ya|ay|nomas|solo|sol[ao]s?|yo|vivo|vivimos|somos|nada|mas|con|y|"
    rf"aqui)[\s,]+)*{_GROWN_UP}"
    r"(?:[\s,]+(?:y|yo|nomas|solo|sol[oa]s|nada|mas|los|2|aqui))*\W*$"
)
_ONLY_THEM = re.compile(r"\b(?:sol[oa]s?|nomas|nada mas)\b")
_ONE = rf"\b(?:mi|la|el|nuestr[ao]) (?:unic[oa] )?(?!herman|mujer|hombre){_CHILD}(?<!s)(?=\W|$)"
_PAIR = re.compile(
    r"\b(?:(?:un|los|unos|mis|las|unas) )?(?:par(?: de)?|gemel[oa]s|cuates|cuatas|mellizos|mellizas|"
    r"gemelitos)\b"
)
_ALL_GONE = re.compile(
    r"\b(?:ya )?(?:tod[oa]s|mis hij[oa]s) (?:ya )?(?:mis hij[oa]s )?(?:ya )?(?:se (?:casaron|fueron|"
    r"juntaron|salieron)|"
    r"estan? casad[oa]s|son casad[oa]s|viven (?:aparte|lejos)|son (?:mayores|grandes|adult[oa]s)|volaron|"
    r"hicieron su vida|estan grandes)\b|"
    r"\bya (?:todos )?se (?:me )?(?:casaron|fueron|volaron)(?: todos| ya)?\b|\bya (?:volaron|hicieron su "
    r"vida)\b|"
    r"\b(?:puro|pura|puros|puras|solo|nomas) (?:adult|grande|mayor|persona(?:s)? (?:grande|mayor|adult))\w*"
)
"""All of hers have left or are grown: nobody under age lives with her."""
_FIRST_ONE = re.compile(
    r"\b(?:estoy )?esperando (?:a )?(?:mi |el |al )?(?:primer\w*|1)(?: \w+)?\W*$|^\W*(?:un[oa]? |1 )?(?:que "
    r")?(?:ya )?viene en camino\W*$"
)
_TOTAL = re.compile(
    r"\b(?:en total|total|en total son|son en total)\s*(?:son |somos |de )?(?P<n>\d{1,2})\b|"
    r"\b(?P<m>\d{1,2}) en total\b"
)
_COUNTING = re.compile(r"(?<=\d)\s+(?:\w+ )?(?:contando|incluyendo|incluid[oa]|ya con|junto con)\b.*$")
_FROM_TO = re.compile(
    r"\W*(?:tengo |son )?(?P<n>\d{1,2})(?: \w+)? de (?:los )?\d{1,2} (?:años )?a (?:los )?\d{1,2}(?: años| "
    r"añitos)?\W*"
)
_THE_ONLY = re.compile(
    r"\W*(?:(?:pues|solo|nomas|nada mas|con|vivo con|me queda|tengo|ya) )*(?:la|el|mi) (?:mas )?(?:mayor|"
    r"grande|chic[ao]|"
    r"chiquit[ao]|menor|median[ao]|peque\w+|unic[ao])(?: (?:nada mas|nomas|solamente|y ya|es|de mis "
    r"hij[oa]s))*\W*"
)
_A_PAIR = re.compile(
    r"\W*(?:(?:pues|tengo|son|ya) )*(?:la|mi|una) (?:pareja|parejita)(?: de (?:niñ|hij|nin)\w+)?\W*"
)
_OF_AGE = re.compile(
    r"\b(?P<n>\d{1,2}|un[oa]?) (?:de (?:ellos|ellas) )?(?:ya )?(?:tienen?|cumplio|cumplieron) (?:1[89]|"
    r"[2-6]\d)\b(?: años)?"
)
_AND_A_BABY = re.compile(r"\b(?:y|mas) (?:el|la|un|una|su) (?:bebe|bebita?|bebito|recien nacid[oa])\W*$")
_KIN_TOO = re.compile(
    r"^\W*(?:(?:tengo|son|viven|conmigo|pues) )*(?P<n>\d{1,2}) (?:hij\w+ |niñ\w+ |mi[oa]s )?(?:y|mas|con) "
    r"(?:mi|un|una|el|la) "
    r"(?:niet|sobrin|entenad|ahijad|hijastr|bisniet)\w*[oa](?: \w+){0,2}\W*$"
)
"""Hers and one more: "dos y mi nieto" is three."""
_ON_THE_WAY = re.compile(
    r"[,\s]*\b(?:y|mas|con)?\s*(?:el|la|un[oa]?|otr[oa]|1)?\s*(?:bebe)?\s*(?:que )?(?:(?:ya )?viene|esta|va|"
    r"trae?o?)?\s*en camino\b"
)
_EXPECTED = re.compile(r"[,\s]*\b(?:y )?(?:estoy|ando|toy) (?:embarazada|esperando)\b.*$")
_THE_ONE = re.compile(
    r"\b(?:la|el) (?:mas )?(?:mayor|grande|chic[ao]|menor|median[ao])(?= (?:ya )?(?:no |se |esta |vive |"
    r"(?:tiene|cumplio) (?:1[89]|[2-6]\d)))"
)
_CHILD_AND_AGE = re.compile(r"\b(?:niñ|nin|hij|niet)\w*[oa] \d{1,2}\b")
_SOME_OF = re.compile(r"\b(?P<n>\d{1,2}|un[oa]?) de (?:mis|los|las|sus|tod[oa]s mis) \d{1,2}\b")
_NUMBER = r"(?P<n>\d{1,2}|un[oa]?)"
_WORD = r"(?!no\b|ni\b|ning)[a-zñ]+"
_LIVES = r"(?:vive|viven|bibe|biben|esta|estan|queda|quedan|sigue|siguen)"
_ONLY = r"(?:solo |nomas |nada mas |unicamente )?"
_WITH_ME = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b{_NUMBER}(?: {_WORD})?(?: {_WORD})? (?:me )?{_LIVES}(?: \w+)? con ?migo",
        rf"\b(?:{_LIVES}|tengo) {_ONLY}{_NUMBER}(?: \w+)? con ?migo",
        rf"\bcon ?migo {_ONLY}(?:(?:{_LIVES}|hay|tengo) )?{_ONLY}{_NUMBER}\b",
        rf"\b{_NUMBER} (?:\w+ )?con ?migo\b",
        rf"\b(?:solo|nomas|nada mas|unicamente) (?:me )?{_LIVES} (?:con ?migo )?{_NUMBER}\b",
        rf"\b(?:me )quedan? {_ONLY}{_NUMBER}\b",
    )
)
_GONE = re.compile(
    rf"\b{_NUMBER} (?:de (?:ellos|ellas|los|las) ?)?(?:\w+ )?(?:ya )?(?:no (?:viven?|estan?|esta|bibe|"
    rf"biben)\b|se (?:fue|fueron|caso|casaron|"
    r"junto|juntaron)|son casad\w+|estan? casad\w+|casad[oa]s?\b|(?:vive|viven|bibe|biben|esta|"
    r"estan) (?:aparte|con su|con mi|en otr|lejos|fuera|en el norte|"
    r"en estados|en la ciudad)|con su (?:papa|abuel\w+|mama|esposo|marido|tia)|muri\w+|fallec\w+|en el cielo|"
    r"(?:son|es) (?:mayor(?:es)? de (?:edad|18)|adult\w+)|mayor(?:es)? de (?:edad|18)\b)"
)
_PERHAPS_GONE = re.compile(
    rf"\b{_NUMBER} (?:de (?:ellos|ellas) )?(?:ya )?(?:son |estan |esta |es )?(?:mayor(?:es)?|grandes?|"
    rf"grandecit\w+)\b"
)
_BOTH = re.compile(r"\b\d{1,2}(?: [^\W\d]+){1,3} (?:y|i|mas) (?:otr[oa]s )?\d{1,2} (?!años|meses)[^\W\d]+")
"""Two counts that are added though they are the same: "2 míos y 2 de mi hermana"."""
_AND_MORE = re.compile(rf"^(?: {_CHILD})?(?: y| mas|,) (?P<n>\d{{1,2}}|un[oa]?|otr[oa]) {_CHILD}")
_ALL_OF_US = re.compile(r"\bsomos \d")


@dataclass(frozen=True)
class Count:
    """How many, and whether that needs no question back."""

    number: int
    sure: bool = True


def count(text: str) -> Count | None:
    """Return how many children a text says; None where it counts nobody."""
    line = in_figures(text)
    plain = _plain_count(" ".join(line.split()))
    if plain:
        return plain
    line = _EXPECTED.sub("", _ON_THE_WAY.sub("", line)).strip()
    line = _COUNTING.sub("", line)
    line = _THE_ONE.sub("1", line)
    some_of = _SOME_OF.search(line)
    if some_of:
        return Count(_value(some_of["n"]))
    if any(one.entity in ("time", "date", "phone", "curp") for one in entities(text)):
        return None
    with_her = next((found for pattern in _WITH_ME if (found := pattern.search(line))), None)
    told = _added(line)
    if with_her and (told is None or _value(with_her["n"]) <= told.number):
        more = _AND_MORE.match(line[with_her.end() :])  # "me quedan 2 y un nietecito"
        number = _value(with_her["n"]) + (_value(more["n"]) if more else 0)
        return Count(number, sure=more is None)
    if told is None and _GROWN_UPS.match(line):
        return Count(0, sure=bool(_ONLY_THEM.search(line)))
    rest = re.split(r"\b(?:pero|aunque|nomas|solo)\b", line, maxsplit=1)
    if len(rest) > 1 and re.search(_NONE, rest[0]) and not _added(rest[0]) and (others := _added(rest[1])):
        return others  # "no tengo hijos pero cuido a 2 sobrinos"
    if (
        re.search(_NONE, line)
        and not re.search(r"\b(?:no hay|no viven?)\b.*\bmas\b", line)
        and not _left(line)
    ):
        return Count(0)
    return _left(line) or (None if told and _ALL_OF_US.search(line) else told)  # "somos 5" counts her too


def _plain_count(line: str) -> Count | None:
    """Whole answers that need no adding up: a total, all have left, the only one, a pair."""
    total = _TOTAL.search(line)
    if total:
        return Count(int(total["n"] or total["m"]))
    if (_ALL_GONE.search(line) or _FIRST_ONE.search(line)) and not _added(
        _FIRST_ONE.sub("", _ALL_GONE.sub("", line))
    ):
        return Count(0)
    if _THE_ONLY.fullmatch(line):
        return Count(1)
    if _A_PAIR.fullmatch(line):
        return Count(2, sure=False)
    baby = _AND_A_BABY.search(line)
    before = _added(line[: baby.start()]) if baby else None
    if before:
        return Count(before.number + 1, sure=False)  # "una de 15, otro de 10 y el bebé"
    ages = _FROM_TO.fullmatch(line)
    of_kin = _KIN_TOO.match(line)
    return Count(int(of_kin["n"]) + 1) if of_kin else Count(int(ages["n"])) if ages else None


def count_of(text: str) -> int | None:
    """Return how many, where it is certain."""
    found = count(text)
    return found.number if found and found.sure else None


def _left(line: str) -> Count | None:
    """Those who are left where she says how many have gone: "5 pero 2 son mayores", "4, 2 ya se casaron"."""
    for pattern, sure in ((_GONE, True), (_OF_AGE, True), (_PERHAPS_GONE, False)):
        found = pattern.search(line)
        before = _added(line[: found.start()]) if found else None
        if found and before and before.number > _value(found["n"]):
            return Count(before.number - _value(found["n"]), sure)
        after = _added(line[found.end() :]) if found and sure and not before else None
        if after:  # "uno ya se casó, quedan dos"
            return Count(after.number, sure=False)
        if found and not before and (told := _added(line)) and told.number == _value(found["n"]):
            return Count(0, sure=False)  # "tengo 5, ya grandes"
    return None


def _value(said: str) -> int:
    return int(said) if said.isdecimal() else 1


def _added(line: str) -> Count | None:
    """The sum of what is counted; ages count only where nothing else does."""
    line = _PAIR.sub(" 2 ", re.sub(r"(a[nñ]os?) (?:y|con) \d+ meses", r"\1", line))
    words = tokens(line)
    counts, ages, chain = [], 0, False
    for at, word in enumerate(words):
        value = _figure(word)
        if value is None:
            chain = chain and word.bare in ("y", "i", "a", "e", "de", "años", "anos", "año", "meses", "mes")
            continue
        chain = _is_age(words, at, chain=chain)
        if chain:
            ages += 1
        else:
            counts.append(value)
    pairs = len(_CHILD_AND_AGE.findall(line))
    if pairs > 1 and len(counts) + ages == pairs:
        return Count(pairs, sure=False)  # "niña 8, niño 5"
    singles = len(re.findall(_ONE, line))
    if not counts:
        number = max(singles, ages)
        lone = ages == 1 and not singles and len(words) <= 2  # noqa: PLR2004 # "12 años": of whom?
        return Count(max(number, 1) if lone else number, sure=not lone) if number or lone else None
    if not ages and len(counts) == 2 and _BOTH.search(line):  # noqa: PLR2004
        return Count(sum(counts))
    return _without_ages(counts, ages, singles)


def _without_ages(counts: list[int], ages: int, singles: int) -> Count:
    """The sum, where the first of several may be the whole: "3, una de 15 y dos chicas"."""
    first, rest = counts[0], counts[1:]
    if ages and rest and ages == sum(counts):
        return Count(sum(counts))  # "2 hijas de 15 y 17 y un niño de 8"
    itself = (
        first == sum(rest)
        or first == len(rest) >= _LISTED
        or first == ages
        or (ages and first == len(rest) + ages)
    )
    if rest and first > 1 and itself:
        return Count(first)
    if rest and ages and first > 1 and set(rest) == {1}:
        return Count(first)  # "3: uno de 5, otro de 8"
    if not rest and singles and first > 1:
        return Count(first + singles, sure=False)
    many = len(rest) > 1 and all(one > 1 for one in counts)
    return Count(len(counts), sure=False) if many else Count(sum(counts))


def _figure(word: Token) -> int | None:
    if word.text.isdecimal():
        return int(word.text) if int(word.text) <= MOST_TOLD else None
    return 1 if word.bare in ("un", "una", "uno", "otro", "otra") else None


def _is_age(words: list[Token], at: int, *, chain: bool) -> bool:
    """Whether a figure is an age: "una de 15", "de 9 y 7 años"; "niña de 8 y un niño" begins anew."""
    word, before = words[at], words[at - 1].bare if at else ""
    after = words[at + 1].bare if at + 1 < len(words) else ""
    if not word.text.isdecimal() or re.fullmatch(_CHILD, after):
        return False
    if re.fullmatch(r"a[nñ](?:o|os|itos?)|mes(?:es)?|semanas?|dias?", after):
        return True
    if before in ("de", "d", "tiene", "tienen", "cumplio", "como"):
        two = words[at - 2].bare if at > 1 else ""
        if before == "como" and two not in ("de", "tiene", "tienen", "anda"):
            return False  # "son como 4"
        return two not in ("son", "total", "mas", "cerca", "alrededor")
    if chain or re.fullmatch(r"chic[ao]|chiquit[ao]|grande|mayor|menor|median[ao]", before):
        return True
    return _years_end_it(words, at)


def _years_end_it(words: list[Token], at: int) -> bool:
    """Whether a list of figures that ends in "años" runs from here: "3, 5, 8 y 12 años"."""
    look = at + 1
    figures = 1
    while look < len(words) and (words[look].text.isdecimal() or words[look].bare in ("y", "i", "e")):
        figures += words[look].text.isdecimal()
        look += 1
    years = look < len(words) and re.fullmatch(r"a[nñ](?:o|os|itos?)", words[look].bare)
    return bool(years) and figures > 1
