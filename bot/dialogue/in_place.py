"""What an answer means where it was asked: the offered choice by number or title, else what the model reads.

Why: a choice is taken when she types its number or its whole title, or when the model in context is sure;
never because one of its words stands somewhere. An act that lasts is taken only where the question was that
very one. Pure; must never store or log what she wrote.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.components.places import places
from bot.components.reading import SURE, vetoed
from bot.components.spelling import bare
from bot.dialogue import (
    answers,
    consenting,
    endings,
    first_questions,
    offered,
    readers,
    requests,
    stray_yes,
    words,
)
from bot.dialogue.acts import DIGRESSIONS
from bot.dialogue.standing import Act, Standing, payload_intent, read_payload

if TYPE_CHECKING:
    from bot.components.places import Place, PlaceAct
    from bot.dialogue.parse import Understanding

CASE = "safety.case"
_TO_A_PERSON = frozenset(("/open_case_yes", "/want_person"))
_A_PERSON = re.compile(
    r"\b(?:persona|alguien|licenciad\w+|lic|trabajadora|psicolog\w+|sicolog\w+|abogad\w+|equipo|seño\w*|"
    r"(?:me|que) (?:hable|hablen|escriba|escriban|llame|llamen|marque|marquen|busque|busquen|atienda\w*|"
    r"ayud\w+)|"
    r"hablar|platicar|ayuda|abr[ae]lo|[aá]brelo)\b"
)
_READERS = 8
"""Words up to which an answer to who reads this phone is only that."""
_LONGEST = 14
"""Words of a yes with what it is to."""


def chosen(text: str, here: Standing) -> Act | None:
    """The offered button that she means by number, place or title, or by a plain yes or no."""
    place = words.choice(text, len(here.offers))
    if place is None:
        place = next((i for i, (title, _) in enumerate(here.offers) if answers.same_words(text, title)), None)
    if place is None:
        place = words.beginning(text, [title for title, _ in here.offers])
    if place is not None:
        return read_payload(here.offers[place][1], here.intents)
    if here.yes and words.is_yes(text):
        return read_payload(here.yes, here.intents)
    if here.no and words.is_no(text):
        return read_payload(here.no, here.intents)
    return None


def taken(text: str, said: Understanding, here: Standing) -> Act | None:
    """What was offered: by number, title, yes or no, a yes with what it is to, who reads, who is with her."""
    return (
        chosen(text, here) or yes_led(text, said, here) or _reader(text, said, here) or _company(text, here)
    )


_ALONE = re.compile(
    r"\b(?<!no )(?:estoy|toy|ando|sigo|quede|quedo|vivo|dejaron) (?:\w+ ){0,2}?(?:sol[ai]\w*|solit\w+)\b"
)
_NOT_ALONE = re.compile(
    r"\bno (?:estoy|toy|ando) sol[ai]\w*\b|\b(?:estoy|toy|ando) con \w+|"
    r"\b(?:aqui|conmigo) (?:esta|sta) (?:mi|una?)\b"
)


def _company(text: str, here: Standing) -> Act | None:
    """Whether somebody is with her who speaks of dying: "sola" and "no sola" are opposites one word apart."""
    if here.place != "safety.self_harm" or len(text.split()) > _READERS:
        return None
    line = bare(text)
    if _NOT_ALONE.search(line):
        return Act("with_someone")
    return Act("alone_now") if _ALONE.search(line) else None


def _reader(text: str, said: Understanding, here: Standing) -> Act | None:
    """Who reads this phone, in words that the form's question knows as well: "solo yo lo agarro"."""
    told = said.tier != "none" and said.intent != "phone_watched"
    if here.place != "safety.who_reads" or told or len(text.split()) > _READERS:
        return None
    shared = readers.phone_is_shared(text)
    return None if shared is None else Act("others_read" if shared else "only_me")


def yes_led(text: str, said: Understanding, here: Standing) -> Act | None:
    """A yes with what it is to: "sí, que me hable alguien" where a person, or a case for one, was offered.

    Only where she wants what was offered: elsewhere a yes before more words may begin a story.
    """
    payload = here.yes.partition("{")[0]
    if payload not in _TO_A_PERSON or said.sure or vetoed("consent_yes", text):
        return None
    line = re.sub(r"[,.;:!¡\n]+", " ", bare(text)).split()
    led = next((n for n in (3, 2, 1) if len(line) > n and words.is_yes(" ".join(line[:n]))), 0)
    asks = said.intent == "ask_person" or _A_PERSON.search(" ".join(line[led:]))
    return read_payload(here.yes, here.intents) if led and asks and len(line) <= _LONGEST else None


def sure_act(said: Understanding, place: str) -> PlaceAct | None:
    """The place's own act that the model is sure of; None where there is none, or it is a cry."""
    known = places().get(place)
    if known is None or said.act not in known.acts or said.act_confidence < SURE:
        return None
    return known.acts[said.act]


_NEEDS = frozenset(("report", "shelter", "health", "rights"))
_OF_ANOTHER = re.compile(
    r"\W*(?:(?:y|pero|es que|ademas|pues) )*(?:el|ella|mi \w+|su \w+) (?:es|era|trabaja|tiene|conoce|anda|"
    r"esta)\b"
)
"""A statement about somebody else, which no need is read into."""


def _is_of_another(text: str) -> bool:
    return "?" not in text and _OF_ANOTHER.match(bare(text)) is not None


OF_ELSE = DIGRESSIONS | {
    "confirm_attendance", "decline_attendance", "reschedule", "notify_late", "drop_out", "thank", "goodbye",
    "greet",
}  # fmt: skip
SURELY_ELSE, SURELY_HERE = 0.9, 0.9
"""An intent that is as sure as this is no answer to what was asked, unless the place is as sure of one."""


def speaks_of_else(said: Understanding, does: str, here: Standing) -> bool:
    """Whether she surely says something of its own: "lo de mi próxima sesión", asked whether she leaves."""
    if here.place.startswith("safety.") or payload_intent(does) == said.intent:
        return False
    other = said.intent in OF_ELSE and said.confidence >= SURELY_ELSE
    return other and said.act_confidence < min(SURELY_HERE, said.confidence)


def exact(text: str, place: Place) -> str:
    """The act that a number, a whole title or a bare yes or no is at a place; empty where it is none."""
    at = words.choice(text, len(place.offers))
    if at is None:
        at = next((i for i, title in enumerate(place.titles) if answers.same_words(text, title)), None)
    if at is None:
        at = words.beginning(text, place.titles)
    if at is not None:
        return place.offers[at]
    if words.is_yes(text):
        lasts = place.plain_yes in place.acts and place.acts[place.plain_yes].lasting
        return "" if lasts and words.is_faint_yes(text) else place.plain_yes
    return place.plain_no if words.is_no(text) else ""


_PUTS_OFF = re.compile(
    r"\b(?:luego|despues|rato|ahorita|orita|mañana|todavia|otro dia|ya (?:fui|paso|no)|hace|gracias|mejor no|"
    r"no (?:quiero|puedo|es|hace|necesito|ocupo|gracias|por|asi|fue|hubo|creo|hay))\b|^\W*n(?:o+|el|op)\W*$"
)


def _is_no_put_off(said: Understanding, text: str, here: Standing) -> bool:
    """Whether what was read as "not now" after she was forced holds no word of it: "no me he bañado"."""
    return here.place == "safety.body" and said.act == "no" and not _PUTS_OFF.search(bare(text))


def _is_stray_yes(text: str, said: Understanding, act: PlaceAct, here: Standing) -> bool:
    """Whether the yes of a question that does something was read into words that hold none."""
    yes = said.act == places()[here.place].plain_yes
    return yes and not stray_yes.is_one(payload_intent(here.yes or act.does), text)


def read(text: str, said: Understanding, here: Standing) -> Act | None:
    """The act of the place last asked, where the model is sure of it."""
    act = sure_act(said, here.place)
    if (
        act is None
        or _is_stray_yes(text, said, act, here)
        or first_questions.is_no_yes(said.act, text, here)
        or _is_no_put_off(said, text, here)
        or endings.is_stray(act.does, text, here)
    ):
        return None
    # "dice que no tengo derecho a nada" asks for none, nor "mi suegra trabaja con un abogado"
    tells = said.act in _NEEDS and (not requests.is_request(text) or _is_of_another(text))
    if tells or speaks_of_else(said, act.does, here) or consenting.is_stray(text, said, here):
        return None
    if here.place == offered.PLACE and (act.does == "choice" or said.act == "no"):
        return offered.group(text, said, here) if act.does == "choice" else Act("no_group")
    if here.yes and said.act == places()[here.place].plain_yes:
        return read_payload(here.yes, here.intents)
    if act.does == "next":
        return read_payload(here.offers[0][1], here.intents) if here.offers else None
    if act.does == "choice":
        at = int(said.act.rpartition("_")[2]) - 1
        return read_payload(here.offers[at][1], here.intents) if at < len(here.offers) else None
    takes_back = act.does == "/not_that" and words.is_no(text)  # a bare "no" takes nothing back
    does = "/keep_talking" if takes_back else act.does
    found = offered.instead_of_workshops(read_payload(does, here.intents), here)
    # Her words go along only where the question keeps them (her hours, a complaint), never what she tells.
    if found is not None and said.act == "answer" and found.intent == here.expects:
        return Act(found.intent, {"words": answers.plain(text, 160)})
    return found
