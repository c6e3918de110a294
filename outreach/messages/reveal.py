"""The reveal check (promise P5): may a text be read over her shoulder by anyone?

Used when a template is saved and again at the gate that every message leaves through. It reads
word stems without accents, so that one entry covers a family of words; phrases cover the agencies
and lines whose name alone gives her away.
"""

from __future__ import annotations

import re

from outreach.ground.words import fold

# Stems are compared with the beginning of each word.
STEMS = (
    "violen", "violad", "violet", "maltrat", "agred", "agresi", "agresor", "golpe", "abus", "acos", "hostig",
    "amenaz", "denunci", "refugi", "victim", "feminic", "auxili", "rescat", "suicid", "psicolog", "peligr",
    "emergenc", "caso", "caseworker", "trabajadora social", "abogad", "ministerio", "policia", "fiscal",
    "proteccion", "confiden", "secreto", "sobreviv", "machis", "celos", "encerr", "encubr", "sexual", "arma",
)  # fmt: skip
PHRASES = (
    "911", "089", "079", "linea de la vida", "linea de las mujeres", "centro de justicia", "codigo violeta",
    "red nacional de", "orden de proteccion", "instituto de la mujer", "igualdad sustantiva", "sisemh", "cjm",
    "pulso de vida", "palabra segura", "tu situacion", "estas a salvo", "estas segura", "3314151002",
)  # fmt: skip
ANY_BOT_MAY_SAY = "Emergencias: 911, a toda hora, gratis y sin saldo."
"""Under cover a cry is answered with this line, word for word: it names nobody and nothing of hers."""
# Everyday words that begin like a stem and say nothing.
HARMLESS = frozenset({"casos", "armas", "armar", "armado", "armando", "casona", "confidencialidad"})


def revealing_words(text: str) -> list[str]:
    """Return the words and phrases of `text` that would give her away, in the order of the lists."""
    plain = fold(text)
    words = [word for word in re.findall(r"[a-z0-9]+", plain) if word not in HARMLESS]
    spaced = " ".join(words)
    digits = re.sub(r"(?<=\d)[\s.-]+(?=\d)", "", plain)
    found = [stem for stem in STEMS if (stem in spaced if " " in stem else _begins(words, stem))]
    found += [
        p for p in PHRASES if re.search(rf"(?<![a-z0-9]){re.escape(p)}(?![a-z0-9])", spaced + " " + digits)
    ]
    return found


def _begins(words: list[str], stem: str) -> bool:
    if stem in {"caso", "arma"}:
        return stem in words
    return any(word.startswith(stem) for word in words)
