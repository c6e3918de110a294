"""Which of two opposites a sentence says: what is left once each "no" and its verb are taken out.

Why: "ya no me avise" and "no, avíseme" share their words, and a model of grams is as sure of the one as of
the other. A verb of keeping or of sending that no "no" undoes speaks against stopping, and the other way
round. It only ever speaks against an act that lasts, so that a plain question comes back; it takes none.
Pure; must never keep or log a text.
"""

from __future__ import annotations

import re

_BETWEEN = (
    r"(?: (?:me|nos|le|les|lo|los|las|la|te|se|que|q|k|ke|ya|mas|a|al|de|tan|a mi|quiero|kiero|quisiera|"
    r"deseo|es|este|este?n?|ande\w*|sigan?|siga|vuelvan?|vuelvas|buelban?|puedo|podre|voy|boy|boi|"
    r"hace|ase|hay|ay|haga|tiene|caso))*"
)
_UNDONE = re.compile(rf"\b(?:no|ni|nunca|nel|tampoco|sin|(?:ya )?(?:dej|par|bast)\w* de){_BETWEEN} \w+")
"""A "no" with the verb that it undoes: "no me vuelvan a mandar", "deje de avisar"."""
_TOLD_TO_KEEP = {
    "opt_out": re.compile(
        r"\b(?:si|sigan?|siganle|siguen?|sigale|mejor) (?:me |le |los )*"
        r"(?:mand|avis|escri|recuerd|ocup|kiero|quiero)\w*|"
        r"\b(?:mand[ea]n?(?:me|los|melos)|avis[ea]n?me|escrib[ea]n?me|recuerd[ea]n?me)\b|"
        r"\b(?:si|me) (?:me )?sirven?\b|\bdej[ea]n?(?:los|las|melos)\b|\bsig[aeu]\w*\b|"
        r"\bno (?:los?|las?|me los?) (?:quit|kit)"
    ),
    "opt_in": re.compile(
        r"\bsilencio\b|\bcallado\b|\basi (?:esta|estoy|toy|estamos|dejel\w+) ?(?:bien)?\b|\bpaso\b"
    ),
    "drop_seat": re.compile(
        r"\b(?:si|siempre|aqui|alla|ahi|mejor) (?:voy|boy|boi|sigo|puedo|kiero|quiero|me quedo)\b|"
        r"\b(?:gust|encant|conserv)\w*\b|\bes mio\b|\bme (?:kedo|quedo)\b|\bsolo (?:falto|esta|mañana)\b|"
        r"\b(?:una vez|esta vez|oy|hoy|mañana) (?:nomas|no mas|nada mas)\b|"
        r"\b(?:nomas|no mas|nada mas|solo|solamente) (?:es |por |x )*(?:una|1|esta|hoy|oy|mañana|el|la)\b"
    ),
    "erase": re.compile(
        r"\b(?:conserv|guard)\w*\b|\bdej[ea]n?(?:los|las|lo)\b|\bsolo (?:el|la|los|las|mi)\b|\bnomas\b"
    ),
    "close_case": re.compile(r"\babierto\b|\bdej[ea]n?lo\b|\bocupo\b|\bsig(?:a|an|o)\b"),
    "withdraw_consent": re.compile(
        r"\bsi (?:les? |te )?(?:doy|acepto|quiero|kiero)\b|\bdej[ea]n?l[oa]\b|\bsig[aeu]\w*\b"
    ),
    "consent_yes": re.compile(r"\b(?:paso|pena|verguenza|privado|pribado|flojera)\b"),
}
"""What keeps things as they are, for each act that would change them."""


def keeps(act: str, line: str) -> bool:
    """Whether a text, in small letters without accents, says to leave things as they are."""
    told = _TOLD_TO_KEEP.get(act)
    return told is not None and bool(told.search(_UNDONE.sub(" ", line)))


_DETAILS = {
    "name": re.compile(r"\b(?:nombres?|apellid\w*|llam[oa]\w*|me dicen)\b"),
    "birth_date": re.compile(r"\b(?:fechas?|naci\w*|nas[ic]\w*|año|mes|cumpl\w*|kumpl\w*|dia)\b"),
    "municipality": re.compile(r"\b(?:m[uo]ni[csz]ip\w*|vivo|bibo|ciudad)\b"),
    "locality": re.compile(r"\b(?:[ck]oloni?\w*|pueblo|rancho|calle|domi[csz]ilio|dire[ck]\w*)\b"),
    "children": re.compile(r"\b(?:niñ\w*|hij\w*|ijos?|menores|chamac\w*|cuant[ao]s)\b"),
    "axis": re.compile(r"\b(?:temas?|taller\w*|curso\w*)\b"),
    "contact_hours": re.compile(r"\b(?:h?ora\w*|recordatorio\w*|avis\w*)\b"),
    "phone_shared": re.compile(r"\b(?:tel[eé]?fono\w*|cel\w*|mensajes)\b"),
    "curp": re.compile(r"\b[ck]urp\b"),
}
_OF_ITS_OWN = {"preferred_name": "name", "full_name": "name"}
_BEFORE = re.compile(r"\b(?:anterior|antes|arriba|atras|primero|pasada|otra pregunta|l[ao] de antes)\b")
_ALL_WELL = re.compile(r"\bno,? (?:(?:hay|ay|veo|esta|sta|tiene|le veo) )*nada\b|\bnada (?:mal|malo)\b")


def of_another_detail(place: str, line: str) -> bool:
    """Whether a text at a question of the form names another detail than the one that is asked.

    "puse mal, no son dos" at the question of the children sets right no earlier answer but this one.
    """
    asked = place.partition(".")[2]
    if asked == "summary":
        return not _ALL_WELL.search(line)
    own = _OF_ITS_OWN.get(asked, asked)
    named = [name for name, words in _DETAILS.items() if words.search(line)]
    return bool(_BEFORE.search(line)) or any(name != own for name in named)
