"""Her name in an answer: the whole answer, or what stands after "me llamo"; a sentence is no name.

Why: "vivo con mi hermana Rosa López" names another woman, "no te lo voy a decir" nobody. A word counts
against a name where ordinary messages are made of it and no list of names knows it. Pure; must never store
or log.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.components.extract import names, places
from bot.components.extract.reading import entities
from bot.components.extract.tokens import tokens
from bot.components.spelling import bare
from bot.components.wordlist import listed
from bot.dialogue import words
from bot.dialogue.no_answer import is_no_answer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.components.extract.tokens import Token

LONGEST_NAME = 80
MOST_CALLED = 3
_BY_LETTERS = frozenset(("pz", "lz"))
"""Surnames so short that by their sound they would be other words ("pz" is "ps")."""
_CUT_SHORT = frozenset(("ma", "m", "j", "mª"))
"""How María and José are written before another name; nobody is called by them."""
_OPENINGS = re.compile(
    r"^\s*(hola|ola|buenas|buenos|d[ií]as|tardes|noches|pues|pos|ps|ah|ay|s[ií]|claro|bueno|mire|mira|oiga|"
    r"oye|"
    r"(?:en|seg[uú]n) (?:el|la|mi|mis) (?:acta|ine|credencial|papeles|registro)(?: de nacimiento)? (?:dice|"
    r"viene|aparezco como|aparece|estoy como)|"
    r"(?:es |va )?con (?:[a-zñ]|be|ve|uve|ese|zeta|seta|hache|ce|ye)(?: (?:grande|chica|(?:y )?no con \w+))?|"
    r"(?:yo )?me (?:ll|y|l)amo|(?:yo )?so[yi]|aqu[ií]|servidora|"
    r"(?:mi|el) no[mn]bre(?: completo)?(?: es|:)?|no[mn]bre(?: completo)?:?|a m[ií] me di[cs]en|me di[cs]en|"
    r"me (?:ll|y)aman|"
    r"dime|d[ií]game|d[ií]ganme|ll[aá]mame|ll[aá]meme|(?:me )?pued[ea][sn]? (?:decir(?:me)?|llamar(?:me)?|"
    r"decirle)|"
    r"(?:s[oó]lo|nom[aá]s|nada m[aá]s|no m[aá]s|simplemente|mejor)(?: dime| d[ií]game)?|"
    r"(?:me gusta(?:r[ií]a)? )?que me digan|"
    r"(?:me gusta|prefiero|quiero)(?: (?:m[aá]s|que))?(?: me digan)?|p[oó]n(?:ga)?(?:le|me)|"
    r"an[oó]t[ea]me como|con|es|el|la)[\s,.:]+",
    re.IGNORECASE,
)
_TITLES = re.compile(
    r"^(?:(?:la\s+)?(?:se[nñ]ora|se[nñ]orita|sra|srita|srta|do[nñ]a|dra|doctora|lic|licenciada|mtra|"
    r"maestra)\b\.?\s+)+(?=\S)",
    re.IGNORECASE,
)
_CLOSINGS = re.compile(
    r"[\s,.;]+(?:(?:por favor|porfa\w*|muchas gracias|gracias|a sus [oó]rdenes|para servirle|mucho gusto|"
    r"nom[aá]s|nada m[aá]s|y ya|est[aá] bien|as[ií]|porfis|plis|ok|es mi nombre|ese es mi nombre|me llamo|"
    r"con (?:[a-zñ]|be|ve|uve|ese|zeta|seta|hache|i griega|doble \w|ce)(?: (?:grande|chica|de \w+|"
    r"al final))?)[\s,.!]*)+$",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"[\s,.;:()-]+(?:(?:y|e|pero|ya que|porque)\s+)?(?:(?:yo|tambi[eé]n|ya|actualmente|"
    r"ahorita)\s+)?(?:na[cs][ií]|nacida|tengo|tng|[vb]i[vb]o|[vb]ivimos|"
    r"so[yi]\s+(?:de|del|originaria|vecina|una|la|casada|soltera|viuda|madre|mam[aá]|ama)|mi\s+(?:curp|"
    r"cumple\w*|fecha|cel\w*|tel\w*|colonia|"
    r"municipio|direcci[oó]n|domicilio|edad|n[uú]mero|correo)|cumplo|quiero|quisiera|me\s+(?:gusta\w*|"
    r"interesa\w*|quiero|pueden|quisiera)|"
    r"del?\s+(?:la\s+)?(?:colonia|col|municipio|rancho|fraccionamiento)|curp|fecha|colonia|municipio|edad|"
    r"tel\w*|cel\w*|estoy|trabajo|"
    r"(?:aqu[ií]|ac[aá])\s+en|en\s+la\s+colonia|con\s+\d|\d).*$",
    re.IGNORECASE | re.DOTALL,
)
"""What she goes on to say after her name: it is no part of it."""
_CALL_ME = re.compile(
    r"^(?P<name>.*?)[\s,.;]*(?:\b(?:pero|aunque|mejor|y|o|solo|pueden?s?)\s+)*\b(?:dime|d[ií]game|d[ií]ganme|"
    r"me\s+di[cs]en|me\s+(?:ll|y)aman|ll[aá]mame|"
    r"p[oó]n(?:ga)?(?:le|me)|me\s+h?an\s+(?:dicho|llamado)|"
    r"ll[aá]meme|pued[ea][ns]?\s+(?:decirme|llamarme)|(?:me\s+gusta\s+)?que\s+me\s+digan|"
    r"me\s+conocen\s+(?:como|por))\s+(?:como\s+)?(?P<called>.+)$",
    re.IGNORECASE | re.DOTALL,
)
"""Her name, and how she wants to be called: "Xóchitl pero dime Xochi"."""
_I_AM = re.compile(
    r"^(?P<before>.*)\b(?:yo\s+so[yi]|yo\s+me\s+(?:ll|y|l)amo|me\s+(?:ll|y)amo|"
    r"mi\s+no[mn]bre(?:\s+completo)?\s+es)\s*[,:]?\s+(?P<name>.+)$",
    re.IGNORECASE | re.DOTALL,
)
"""The last time that she says who she is: "Brayan, no, espera, es mi hijo, yo soy Brenda"."""
_PLAIN_I_AM = re.compile(
    r"^(?P<before>.*?)\b(?:so[yi]|habla|saluda|escribe|le escribe|me di[cs]en|"
    r"servidora)\s+(?:la\s+)?(?P<name>.+)$",
    re.IGNORECASE | re.DOTALL,
)
MOST_WORDS_INTRODUCED = 12
_GERUND = re.compile(r"(?:ando|iendo|yendo)$")
_AROUND = re.compile(r"^\W+|\W+$")
_GOES_ON = re.compile(
    r"\s*(?:[,.;(\-\n]|\d|$|(?:y )?(?:tengo|naci|vivo|soy|mi (?:curp|cumple\w*|fecha|cel\w*|tel\w*))\b)"
)
"""What may follow her name where it opens the text."""
_NAME = re.compile(r"[^\W\d_]+(?:[ '\u2019.-]+[^\W\d_]+)*\.?", re.UNICODE)
_MYSELF = re.compile(
    r"(?:\bsoy|\bsoi|me (?:llamo|yamo|llaman|dicen|digan|pusieron)|"
    r"mi (?:nombre|nonbre)(?: completo)?(?: es|:)?|nombre(?: completo)?(?: es|:)|servidora|llamame|digame|"
    r"diganme|dime|decirme|llamarme|habla|saluda|escribe)(?: (?:la|su servidora|senora|doña|dona))?[\s,:]*$"
)
_NOT_MYSELF = re.compile(
    r"\b(?:no|ni) (?:me|soy|mi)\b[^,.;]*$|\b(?:mi|su|la|el) \w+ (?:habla|escribe|saluda)[\s,:]*$"
)
_NEVER = listed(
    """
    a, al, algo, alguien, aqui, ahi, alla, asi, cada, casi, como, con, conmigo, contigo, cual,
    cuando, cuanto, da, dan, das, dar, desde, di, donde, doy, e, ella, ellas, ellos, en, entre, era,
    eres, es, esa, ese, eso, esta, estas, este, esto, estoy, fue, ha, habia, hace, hago, han, has,
    hasta, hay, he, ir, le, les, lo, me, mi, mis, mio, mia, muy, nada, nadie, ni, no, nos, o, para,
    pero, pienso, por, porque, prefiero, pues, puse, q, k, que, quien, quiero, se, ser, si, sin,
    sobre, solo, somos, son, soy, su, sus, tal, tambien, te, ti, tiene, tengo, toda, todo, tu, tus,
    un, una, uno, usted, va, vamos, van, vas, ve, vivo, vive, voy, xq, ya, yo, casada, soltera,
    viuda, separada, divorciada, ama, madre, hija, hermana, mama, papa, esposo, esposa, marido,
    vecina, vecino, prima, primo, tia, tio, suegra, cuñada, cuñado, hijo, hermano, nuera, sobrina,
    abuelo, amiga, amigo, comadre, patrona, jefe, nombre, apellido, privado, privada, secreto,
    confidencial, anonima, anonimo, ninguno, ninguna, nunca, jamas, importa, igual, mismo, misma,
    dejame, pensarlo, decirlo, luego, despues, ahorita, ahora, hoy, ayer, antes, prisa, pena,
    ocupada, trabajo, casa, ine, curp, telefono, sigo, seguir, cambia, cambie, cambiar, cambio,
    cambiale, corrige, corregir, borra, quita, guste, gusten, gusta, ustedes, apodo, apellidos,
    nombres, dime, decir, dicen, digan, decirme, digame, espera, espere, esperame, error, equivoque,
    equivoco, mal, escribi, puedo, puede, pueden, puedes, quisiera, necesito, llamo, llama, yamo,
    deja, dejalo, ok, okey, bueno, claro, gracias, favor, hola, buenas, buenos, dias, tardes,
    noches, adios, bebe, niño, nene, chiquillo, escuela, colonia, municipio, calle, rancho, años,
    fecha, naci, soltero
    """
)
"""No part of a name, though a list of names may know how it sounds (Parra, Peña)."""
_SURNAMES_TOO = frozenset({"casas", "pena"})
_NICKNAMES = listed(
    """
    flaca, flaquita, gorda, gordita, chaparra, chaparrita, morena, reina, jefa, abuela, abuelita, negra,
    negrita, china, chinita, prieta, nena, guera, bonita, linda, chiquita, mami, señora, seño, doña, vieja,
    chata, bebe, abril, gris, paz, señorita, dra, doctora, lic, licenciada, mtra, maestra
    """
)
"""Ordinary words by which a woman may be called."""


def without_opening(text: str) -> str:
    """Return what stands between "me llamo" and "gracias"."""
    line = " ".join(text.split())
    while True:
        shorter = _CLOSINGS.sub("", _OPENINGS.sub("", line, count=1))
        if shorter == line:
            return _AROUND.sub("", line)
        line = shorter


def capitals(name: str) -> str:
    """A name that came in one case, as names are written."""
    small = ("de", "del", "la", "las", "los", "y")
    if name not in (name.lower(), name.upper()):
        return name
    parts = name.lower().split()
    return " ".join(p if p in small and i else p.capitalize() for i, p in enumerate(parts))


def name_in(text: str, fewest: int, most: int, *, nickname: bool = False) -> str | None:
    """Her name of `fewest` to `most` words; None where the text is a sentence, a question, a yes or a no."""
    herself = _I_AM.match(text)
    hers = herself and not re.search(r"\bno\s*$", herself["before"], re.IGNORECASE)
    for part in ([herself["name"]] if herself and hers else []) + [_called(text, nickname=nickname)]:
        line = without_opening(part)
        if "?" in text or words.is_yes(line) or words.is_no(line) or words.is_skip(line):
            return None
        shorter = _AROUND.sub("", _TAIL.sub("", line))
        for one in dict.fromkeys((_without_place(line), shorter)):
            untitled = one if nickname else _TITLES.sub("", one)
            found = _whole(untitled, fewest, most, nickname=nickname)
            if found and not (is_no_answer(part) and not all_known(found)):
                return found
    return _introduced(text, fewest)


def _called(text: str, *, nickname: bool) -> str:
    """The part of a text that answers: what she wants to be called, or her whole name before it."""
    found = _CALL_ME.match(" ".join(text.split()))
    if not found:
        return text
    if nickname:
        return found["called"]
    return found["name"] if len(found["name"].split()) > 1 else found["called"]


def called_otherwise(text: str) -> bool:
    """Tell whether she says how to call her instead: "mi nombre no me gusta, póngale Chayo"."""
    return bool(_CALL_ME.match(" ".join(text.split()))) and bool(name_in(text, 1, 3, nickname=True))


def called_instead(text: str) -> str:
    """Return what she says to call her beside her name: "me dicen Lupe"; empty where she does not."""
    found = _CALL_ME.match(" ".join(text.split()))
    if not found or not found["name"].strip():
        return ""
    called = _AROUND.sub("", _TAIL.sub("", found["called"])).split(",")[0].split(" y ")[0]
    return name_in(called, 1, 3, nickname=True) or "" if len(called.split()) <= MOST_CALLED else ""


def called_by(given: Sequence[str]) -> str:
    """Return the first of her given names, with the next where it is only shortened: "Ma. Guadalupe"."""
    if len(given) > 1 and bare(given[0]).strip(".") in _CUT_SHORT:
        return f"{given[0]} {given[1]}"
    return given[0] if given else ""


def is_name_and_surname(name: str) -> bool:
    """Whether two words are a given name and what is only a surname: "lupita mtz"."""
    parts = tokens(name)
    return names.is_given(parts[0]) and names.is_surname(parts[-1]) and not names.is_given(parts[-1])


def all_known(name: str) -> bool:
    """Whether each word is known as a name: "Refugio Nolasco" is one, whatever it may open with."""
    parts = [part for part in tokens(name) if part.bare not in names.PARTICLES]
    return all(names.is_name(part) or part.bare in _BY_LETTERS for part in parts)


def says_who_she_is(text: str) -> bool:
    """Tell whether she says "yo soy", "me llamo", "mi nombre es" with a name behind it."""
    return introduced_name(text) is not None


def introduced_name(text: str) -> str | None:
    """Return the name after the last "yo soy", "me llamo", "soy", "mi nombre es"; None where none is one."""
    line = " ".join(text.split())
    for pattern in (_I_AM, _PLAIN_I_AM):
        found = pattern.match(line)
        if not found or re.search(r"\bno\s*$", found["before"], re.IGNORECASE):
            continue
        said = _AROUND.sub("", _TAIL.sub("", _CLOSINGS.sub("", found["name"])))
        for part in map(_without_place, (said, said.split(",")[0], _known_beginning(said))):
            name = _whole(part, 1, MOST_WORDS_INTRODUCED, nickname=True)
            if name and names_a_person(name, sure=pattern is _I_AM):
                return name
    return None


def _without_place(name: str) -> str:
    """A name without the place behind it: "Ana López Ruiz de Tonalá"."""
    person, _, place = name.rpartition(" de ")
    parts = tokens(place)
    if not person or any(map(names.is_surname, parts)) or all(map(names.is_given, parts)):
        return name
    town = next(places.places(parts, names.common_words()), None)
    return person if places.is_name(place) or (town and not town.start) else name


def names_a_person(name: str, *, sure: bool) -> bool:
    """Tell whether what follows "soy" is a name: "soy Lupita", but not "soy mamá", "soy de aquí"."""
    first = next((one for one in tokens(name) if one.bare not in names.PARTICLES), None)
    if first is None or first.bare in _NEVER:
        return False
    return names.is_given(first) or (sure and first.sound not in names.common_words())


def _known_beginning(said: str) -> str:
    """The words from the start that are known as names: "rosa lopez aqui en tonala"."""
    kept: list[str] = []
    for word in said.split():
        part = tokens(word)
        if not part or not (names.is_name(part[0]) or (kept and part[0].bare in names.PARTICLES)):
            break
        kept.append(word)
    while kept and bare(kept[-1]) in names.PARTICLES:
        kept.pop()
    return " ".join(kept)


def split(name: str) -> tuple[list[str], list[str]]:
    """Her given names and her surnames: "María de la Luz | Ruiz López"; the last two names are surnames."""
    groups: list[list[str]] = []
    opened = False
    for word in name.split():
        if bare(word).strip(".") in names.PARTICLES:
            if opened:
                groups[-1].append(word)
            else:
                groups.append([word])
                opened = True
        elif opened:
            groups[-1].append(word)
            opened = False
        else:
            groups.append([word])
    surnames = 2 if len(groups) > 2 else min(1, len(groups) - 1)  # noqa: PLR2004 # "Ana Ruiz" has one
    if len(groups) == 3 and only_given(" ".join(groups[1])):  # noqa: PLR2004 # "Ana Karina Solís" has one too
        surnames = 1
    kept = len(groups) - surnames
    joined = [" ".join(group) for group in groups]
    return joined[:kept], joined[kept:]


def surely_given(name: str) -> bool:
    """Whether all of a name is known as given names and none of it as a surname: "María Guadalupe"."""
    parts = [part for part in tokens(name) if part.bare not in names.PARTICLES]
    return all(names.is_given(part) and not names.is_surname(part) for part in parts)


def only_given(name: str) -> bool:
    """Whether all of a name may be given names: "Ana Karina", "María de los Ángeles"."""
    parts = [part for part in tokens(name) if part.bare not in names.PARTICLES]
    return bool(parts) and all(names.is_given(part) or not names.is_name(part) for part in parts)


def _whole(line: str, fewest: int, most: int, *, nickname: bool) -> str | None:
    """The line, where each of its words may be part of a name."""
    if not _NAME.fullmatch(line) or not fewest <= len(line.split()) <= most or len(line) > LONGEST_NAME:
        return None
    parts = tokens(line)
    known = [names.is_name(part) for part in parts if part.bare not in names.PARTICLES]
    if not known or (parts[0].bare in ("de", "d", "y") and not all(known)):
        return None  # "de Tonalá" is where she lives, "De la Rosa" a name
    may_be = (_may_be_name(parts, at, nickname=nickname) for at in range(len(parts)))
    return capitals(line) if all(may_be) else None


def _may_be_name(parts: Sequence[Token], at: int, *, nickname: bool) -> bool:
    part = parts[at]
    if len(part.text) == 1 and part.text.isupper():  # an initial
        return True
    if part.bare == "y":  # of two surnames, not of two women
        return at + 1 < len(parts) and not names.is_given(parts[at + 1])
    if part.bare in names.PARTICLES or (nickname and part.bare in _NICKNAMES):
        return True
    if part.bare == "viuda":  # "Ramona Gutiérrez viuda de Orozco"
        return at > 1 and at + 1 < len(parts) and parts[at + 1].bare == "de"
    if _GERUND.search(part.bare) and not names.is_name(part):
        return False
    if part.bare in _NEVER:
        return part.bare in _SURNAMES_TOO and at > 0 and names.is_name(parts[at - 1])
    if names.is_name(part) or part.sound not in names.common_words():
        return True
    # "Ana Verde", "ANA VERDE RUIZ": a word of every day that she writes as a surname.
    if at == 0 or not names.is_given(parts[0]):
        return False
    others = [one for one in parts if one is not part and one.bare not in names.PARTICLES]
    as_a_name = part.text[:1].isupper() and part.text[1:].islower()
    return as_a_name or (len(others) > 1 and all(map(names.is_name, others)))


def _introduced(text: str, fewest: int) -> str | None:
    """The one person that she says she is, or that opens the text: "Ana López, de Tonalá"."""
    found = []
    for one in entities(text):
        before, after = bare(text[: one.start]), bare(text[one.end :])
        opens = not before.strip(" .,;:¡!") and _GOES_ON.match(after)
        hers = _MYSELF.search(before) and not _NOT_MYSELF.search(before)
        if one.entity == "person_name" and (hers or opens) and len(one.value.split()) >= fewest:
            found.append(one.value)
    return capitals(found[0]) if len(set(found)) == 1 else None
