"""Plain sentences of violence and despair that must never go unheard, whatever the next training learns.

It knows the endings of its verbs, what a "no" before them undoes ("no me pega"; but "ya no me pega" tells
of what was), and figures of speech ("me muero de risa"). It only ever lifts a message to "perhaps": a model
that has seen thousands of messages weighs the rest better (benchmarks/understanding.md). Words are compared
by sound.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from bot.components.spelling import bare, sound, spoken

_HURTS = """
    peg golpe pate cachete jalone empuj arrastr ahorc ahorq zarande sarande quem encerr encierr amenaz humill
    insult maltrat oblig forz viol abus manose azot agred avient avent apuñal persig cel control
    """
_ENDINGS = """
    a o e aba an aron ara ando ado ar arme arla aban are iera io ia ian ieron ir ido iendo en ue uen uea
    uean ea ean eo eaba eando earon ear ua uo
    """
_HE = """
    esposo marido viejo pareja novio ex exmarido señor papa padrastro suegro suegra cuñado cuñada patron jefe
    hijo tio supervisor encargado hermano sobrino yerno abuelo padre
    """
_DESPAIR = (
    r"no quiero (?:seguir )?viv(?:ir|iendo)(?! (?:alla|aqui|ahi)\b)",
    r"(?:me )?quiero morir(?:me)?(?! de (?:la )?(?:verguenza|pena|coraje)\b)",
    "quisiera (?:morir(?:me)?|ya no despertar)",
    "quitarme la vida",
    "me quiero matar",
    "(?:quiero|voy a|pienso|pense en) matarme",
    "ya no despertar",
    r"me voy a matar(?! \w+ndo\b)",  # not "me voy a matar trabajando"
    "me voy a (?:envenenar|suicidar)",
    "mejor (?:yo )?muerta",
    r"(?:cansada|canse|aburri) de vivir(?! (?:asi|alla|aqui|ahi)\b)",
    "no merezco (?:vivir|seguir viva)",
    "razon para (?:vivir|seguir viva)",
    "no quiero estar en esta vida",
    "dejar de existir",
    "acabar con(?:migo| mi vida)",
    "me (?:corto|corte) los brazos",
    "estarian mejor sin mi",
    "para que sigo viva",
    "(?:kill myself|want to die|i am bleeding|he has a gun)",  # she came back from the North
)
_FIGURES = """
    sol aire gripa gripe frio catarro calor tos sueño hambre covid virus risa dengue loteria broma perro
    gato vaca chivo gallo toro burro arroz frijoles comida alberca pelicula novela serie futbol chivas
    atlas calentura
    """
_LAUGHTER = r"jaja\w*|jeje\w*"
_NO = frozenset(("no", "nunka", "jamas", "ni", "tanpoko"))
_REACH = 4
"""Words between the one who hurts and the verb."""


class _Patterns(NamedTuple):
    hurt: re.Pattern[str]
    despair: re.Pattern[str]
    figure: re.Pattern[str]


def _sounds(pattern: str) -> str:
    """Return a pattern in ordinary spelling as it sounds, its signs left in place."""
    return re.sub(r"(?<!\\)[a-zñ]+", lambda m: sound(bare(m[0])), pattern)


def _any_of(words: str) -> str:
    return "|".join(sorted({sound(bare(word)) for word in words.split()}, key=len, reverse=True))


@cache
def _patterns() -> _Patterns:
    helping = "(?:a |abia |kiere |kiso |biene a |anda |esta )?"
    verb = rf"(?:me|nos) {helping}(?:{_any_of(_HURTS)})(?:{_any_of(_ENDINGS)})"
    someone, between = _any_of(_HE), rf"(?: \w+){{0,{_REACH}}}? "
    return _Patterns(
        re.compile(
            rf"\b(?:(?:{someone}){between}(?P<after>{verb})|(?P<before>{verb}){between}(?:{someone}))\b"
        ),
        re.compile(rf"\b(?:{'|'.join(map(_sounds, _DESPAIR))})\b"),
        re.compile(rf"\b(?:{_any_of(_FIGURES)}|{_LAUGHTER})\b"),
    )


def _undone(said: str, at: int) -> bool:
    """Tell whether a "no" stands before; "ya no" does not undo: what is past has been."""
    before = said[:at].split()[-2:]
    return any(word in _NO and before[:1] != ["ya"] for word in before)


def unmistakable(text: str) -> bool:
    """Tell whether `text` says in plain words that someone hurts her, or that she wants to die."""
    look = _patterns()
    said = spoken(text)
    if look.figure.search(said):
        return False
    if look.despair.search(said):
        return True
    return any(
        not _undone(said, max(match.start("after"), match.start("before")))
        for match in look.hurt.finditer(said)
    )
