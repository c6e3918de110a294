"""Reads that her number is another: the other phone is lost, or she writes from the new one.

Why: the same words answer the form of a change, and are news outside of it. Pure; must never store or log.
"""

from __future__ import annotations

import re

from bot.components.spelling import bare

MOST_WORDS = 25
THIS_ONE = "este"
"""What stands for the number that she writes from; the product knows it."""
_THING = r"(?:numero|num|cel\w*|telefono|fon|chip|linea|whats\w*|wats\w*)"
_GONE = (
    r"(?:perdi|perdimos|se me perdio|me robaron|me lo robaron|se me (?:descompuso|quebro|rompio|cayo|mojo|"
    r"murio)|"
    r"ya no (?:tengo|uso|funciona|sirve)|me quitaron|extravie|cancele|cancelaron|dieron de baja)"
)
_LOST = re.compile(
    rf"\b{_GONE}\b(?: \w+){{0,2}}? (?:el |mi |ese |aquel |la )?(?:{_THING}\b|"
    rf"(?:otro|anterior|viejo|de antes)(?= {_THING}\b|\W*$|[,.]| (?:y|ahora|este|ya)\b))|"
    rf"\b(?:cambie|cambio|cambiar|cambien|cambia|cambiaron|cambiamos|cambiarme)\b(?: \w+){{0,2}} {_THING}\b|"
    rf"\b(?:este|ese) (?:es|va a ser|sera) (?:mi|el) (?:nuevo )?{_THING}\b|\b(?:nuevo|otro) {_THING}\b|"
    rf"\b{_THING} nuevo\b|\bahora (?:tengo|uso|es) (?:este|otro) {_THING}\b"
)
_THIS = re.compile(
    rf"\b(?:es|ahora es|seria|va a ser|uso|tengo|desde|de)?\s*est[ea] (?:mismo\b|{_THING}\b|de aqui|del que|"
    rf"es (?:mi|el) (?:nuevo )?{_THING})\b|"
    r"^\W*(?:(?:si|pues|es|ahora|ahora es|el nuevo es|en|a|al)[\s,]+)*este(?: mismo)?\W*$|\bes este\W*$|"
    r"\bdel que (?:le |te |les )?escribo\b"
)
_OF_OTHERS = re.compile(
    r"\b(?:mi (?:esposo|marido|hij\w+|mama|hermana|vecina|suegra)|su) (?:perdi|cambio|numero|cel)"
)


def says_lost(text: str) -> bool:
    """Tell whether she says that her number is another, or that the other phone is gone."""
    line = " ".join(bare(text).split())
    return len(line.split()) <= MOST_WORDS and bool(_LOST.search(line)) and not _OF_OTHERS.search(line)


def says_this_one(text: str) -> bool:
    """Tell whether her number is the one that she writes from: "es este", "ahora tengo este número"."""
    return not re.search(r"\d", text) and bool(_THIS.search(bare(text)))
