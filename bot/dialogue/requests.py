"""Whether she asks for something, or tells; a need is given only where it is asked for.

Why: "me ordena que le dé mi dinero" is no wish for a protection order, nor "él es doctor en el hospital" one
for a hospital. And inside a talk on safety the programme's questions don't answer: a place for children is a
shelter there. Pure.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from bot.components.sound_patterns import is_in
from bot.components.spelling import bare, spoken
from bot.dialogue import asked_in_talk, fears, words
from bot.dialogue.acts import TOPICS
from bot.dialogue.lexicon import OPENS_A_QUESTION
from bot.dialogue.parse import UNKNOWN
from bot.dialogue.standing import CLEAR, SHORT, Act

if TYPE_CHECKING:
    from bot.dialogue.parse import Understanding
    from bot.dialogue.standing import Standing

_CLAUSE = re.compile(r"[.!;:…,\n¡]+|\b(?:y|pero|entonces|porque|es que)\b")
_LIST = Path(__file__).with_name("cries.txt")
CLOSED = {
    "ask_privacy": "fear_he_knows",
    "ask_childcare": "shelter_with_children",
    "ask_location": "where_to_go",
    "ask_cost": "fear_alone_money",
    "ask_requirements": "fear_no_papers",
    "ask_programme": "",
    "ask_workshops": "",
    "ask_support": "",
    "ask_certificate": "",
    "ask_enrolment_status": "",
    "ask_next_session": "",
    "update_details": "",
    "enroll": "",
    "complain": "",
    "reschedule": "",
    "drop_out": "",
    "confirm_attendance": "",
    "decline_attendance": "",
    "notify_late": "",
    "set_contact_hours": "",
    "opt_in": "",
}
"""What of the programme does not answer inside a talk on safety, and what the same words ask for there."""
_FEARS_FOR_HER_BODY = re.compile(
    r"\b(?:miedo|preokupa|asusta|temo)\b(?: \w+){0,4} (?:(?:kedar|salir|estar|kede|este) enbarasada|"
    r"enbaraso|sida|bih|(?:peg[ao]\w*|kontaji\w*)(?: \w+){0,2} (?:enfermeda\w*|infeksi\w*|algo))\b|"
    r"\b(?:pwedo|podria|boi a|bo[iy] a|i si|si) (?:\w+ )?(?:kedar|salir|kedo|kede|salgo|estoy|estoi)"
    r"(?: \w+)? enbarasada\b|"
    r"\b(?:pwedo|podria) (?:\w+ )?(?:tener|aber agarrado|kontajiarme de|kontaxiarme de) (?:una |un |alguna )?"
    r"(?:enfermeda\w*|infeksion|sida|bih)\b"
)
"""A fear for her body after she was forced, as it sounds: what helps within hours answers it."""
_WHAT_FOR = re.compile(
    r"(?:(?:y|oiga|oye|pero|perdon|a ber) )*(?:(?:eso|esto|esa \w+|la palabra|el ekspediente)(?: kom?o)? )?"
    r"(?:(?:es )?(?:para|pa) ke(?: (?:es|sirbe|kieren?|la kieren?|lo kieren?))?|ke (?:es|kiere desir)|"
    r"komo (?:es|esta))(?: (?:eso|esto|esa \w+|la palabra|el ekspediente))?(?: de \w+)?"
)
"""She asks what the standing question means, as it sounds: it is put again, and nothing else."""
SURELY_OVER = 0.85
"""From this on a guess at a goodbye ends the talk."""
_TELLS = frozenset(("disclose_violence", "ask_violence_help"))
"""What a question may sound like without being it: a guess at a telling does not answer what she asks."""
_EXPLAINED = frozenset(("safety.safe_word", "safety.case", "safety.write_safely"))
"""Questions that say themselves what they are for."""
_UNANSWERED = frozenset((UNKNOWN, "out_of_scope", "inform", "keep_talking"))


def fears_for_her_body(text: str) -> bool:
    """Tell whether she is afraid of a pregnancy or an illness after she was forced."""
    return bool(_FEARS_FOR_HER_BODY.search(spoken(text)))


def is_request(text: str) -> bool:
    """Tell whether she asks: a question, a wish of her own, or a few words that only name a thing."""
    if "?" in text or is_in(_LIST, "wishes", spoken(text)):
        return True
    if any(re.match(OPENS_A_QUESTION, part.strip()) for part in _CLAUSE.split(bare(text)) if part):
        return True
    said = spoken(text)
    return len(said.split()) <= SHORT - 1 and not is_in(_LIST, "tells", said)


_PERSON = re.compile(
    r"\b(?:(?:hablar|platicar|comunicar\w*|entrevistar\w*|contactar\w*) (?:\w+ ){0,2}?(?:con|a)|"
    r"(?:me |nos )?(?:pas[ae]\w*|comuni[cq]\w*|contact\w*)(?: \w+)? (?:con|a)|"
    r"que (?:me |nos )?(?:hable|marque|llame|escriba|atienda|ayude|conteste|busque)|"
    r"(?:quiero|quisiera|necesito|ocupo|busco)(?: a)?|esta|estara|hay) "
    r"(?:la|una|el|un|mi|alguna|otra) (?:lic|licen|licenciad[ao]|lisenciad[ao]|lisensiad[ao]|"
    r"trabajadora? social|psicolog[ao]|sicolog[ao]|encargad[ao]|coordinadora?|señorita|seño)\b"
    r"(?! (?:del dif|de la fiscalia|para (?:el|mi|un) (?:divorcio|pension|demanda)|que me divorcie))"
)
"""A caseworker by what she is called; "licenciada" is that far more often than a lawyer (domain.md, 7)."""
_NO_WISH = re.compile(
    r"\b(?:no (?:quiero|voy a|pienso|puedo|me dejan)|ya (?:hable|platique|fui)|ayer|antier|fui a|me dijo|"
    r"no me (?:quiso|hizo)|mi (?:marido|esposo|suegra|hermana) (?:es|quiere))\b"
)


_ANYBODY = re.compile(
    r"\W*(?:(?:bueno|pues|mejor|entonces|ok|si|ay|y|oiga|quiero|quisiera|ocupo|necesito|con|a|hablar|"
    r"pas[ae]\w*|comuni\w+|me|que)\W+)*"
    r"(?:(?:una|alguna|otra) (?:persona|señorita|licenciada|trabajadora social|mujer)|alguien|un humano)"
    r"(?: (?:real|de verdad|del equipo|humana|de ahi|ahi))*"
    r"(?: que (?:me|nos) (?:e[xs]pli(?:que|ke|qe)n?|ayude|atienda|oriente|hable|diga|escriba|marque|llame|"
    r"conteste|escuche|entienda|informe)n?(?: (?!con\b)\w+){0,3})?\W*"
)
"""Nothing but a person, with what for: "bueno, una persona que me explique"."""


def names_person(text: str) -> bool:
    """Tell whether a whole message only names a person whom she wants; "alguien me sigue" does not."""
    line = " ".join(bare(text).split())
    asks = _ANYBODY.fullmatch(line) is not None and line not in ("alguien", "una mujer", "otra mujer")
    return asks and not _NO_WISH.search(line)


def wants_person(text: str) -> bool:
    """Tell whether she asks for a caseworker, by whatever name: "quiero hablar con la licenciada"."""
    line = " ".join(bare(text).split())
    return bool(_PERSON.search(line)) and not _NO_WISH.search(line)


def of_the_street(text: str, said: Understanding, here: Standing) -> Act | None:
    """Return the act for a report of a pothole or the like: nothing of it is violence against her."""
    mistaken = said.intent == "ask_violence_help" and is_in(_LIST, "of", spoken(text))
    return Act("out_of_scope", missed=not here.in_safety) if mistaken and not here.cover else None


def need(text: str, here: Standing) -> str | None:
    """Return the information she asks for, as the act that gives it; none while she speaks of dying."""
    if here.filled.get("in_danger") == "self":
        return None
    if fears_for_her_body(text):
        return "info_health"
    return words.need_of(text) if is_request(text) else None


def within_safety(text: str, act: Act, said: Understanding, here: Standing) -> Act:
    """Return what answers inside a talk on safety: never the programme's answers to a guess."""
    if not here.in_safety or here.form_field or here.cover:
        return act
    if act.intent in CLOSED and not _of_the_programme(text, said):
        topic, dying = CLOSED[act.intent], here.filled.get("in_danger") == "self"
        clear = said.tier == "none" and said.confidence >= CLEAR and fears.bears_out(topic, text)
        if topic in TOPICS and clear and not dying:
            return Act(topic)
        act = Act("keep_talking")
    if act.intent == "delete_my_data" and said.confidence < CLEAR:
        act = Act("keep_talking")  # "sin dar mi nombre"
    if act.intent in ("thank", "goodbye", "cancel") and said.confidence < SURELY_OVER:
        act = Act("keep_talking")
    if act.intent in _UNANSWERED and here.place in _EXPLAINED and _WHAT_FOR.fullmatch(spoken(text)):
        return Act("repeat")
    guessed_name = act.intent == "bot_challenge" and said.confidence < CLEAR
    if guessed_name or (act.intent in _UNANSWERED and words.asks(text) and not asked_in_talk.is_age(text)):
        return Act("cannot_answer")
    if act.intent in _TELLS and "?" in text and not said.sure and said.risk != "danger":
        return Act("cannot_answer")
    return act


def _of_the_programme(text: str, said: Understanding) -> bool:
    """Tell whether she surely speaks of her workshops: she names them, and the model hears it too."""
    return said.confidence >= CLEAR and is_in(_LIST, "programme", spoken(text))
