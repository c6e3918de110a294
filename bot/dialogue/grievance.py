"""Hears what stands inside a complaint and is none: no more messages, and what becomes of the complaint.

Why: "ya me tienen harta con sus mensajes, ya no quiero recibirlos" is both, and the model gives one label. A
complaint that messages do not come ("no me mandan mensajes") must not stop them, so only a wish counts. Pure;
must never store or log.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.components.spelling import bare
from bot.dialogue import readers, words
from bot.dialogue.standing import CLEAR, Act

if TYPE_CHECKING:
    from bot.dialogue.parse import Understanding
    from bot.dialogue.standing import Standing

PLACE = "complaint.tell"
_CHARGED = re.compile(
    r"\b(?:me|nos) (?:estan |andan |quieren |querian |quisieron )?(?:pidieron|pidio|piden|pide|cobraron|"
    r"cobro|"
    r"cobran|cobra|cobrando|cobrar|exigen|exigio|exigieron)\b[^.?!]{0,40}?\b(?:\d+|pesos|dinero|lana|cuota|"
    r"cooperacion|feria|cooperar|pagar)\b"
)
"""She was asked for money in a programme that costs nothing: a person looks, and its price is no answer."""
_WHOLE = re.compile(
    r"\W*(?:(?:hola|oiga|oye|buenas|buenos dias|buenas tardes|pues|es que|disculpe|"
    r"yo)[\s,]+)*(?:(?:me )?(?:quiero|quisiera|"
    r"kiero|vengo a|necesito|puedo|donde (?:me )?(?:puedo )?)(?: me)? (?:quejar(?:me)?|kejar(?:me)?|"
    r"poner una queja|"
    r"hacer una queja|reclamar)|tengo una (?:queja|keja)|es una queja)(?: (?:por favor|porfa|de ustedes|"
    r"del taller|del curso|"
    r"del programa|de (?:la|el|una?) (?:maestr[oa]|profe\w*|grupo|taller)))*\W*"
)
"""Nothing but that she wants to complain, which the model took for a wish to enrol."""
_ALREADY = re.compile(r"\b(?:pidieron|pidio|piden|cobraron|cobro|cobran|cobrando|exigen|exigieron|quieren)\b")
_WHO_DID_IT = re.compile(
    r"^\W*(?:(?:si|pues|ay|y|es que)[\s,]+)*(?:fue|era|fueron|es|se llama|la que|el que)\b"
)
_MESSAGES = r"(?:mensaj\w+|msj\w*|avis(?:os?|itos?)|recordatorios?|notificacion\w*)"
_BETWEEN = r"(?: (?:que|q|k|ke|ya|me|nos|mas|sus|los|las|tus|esos|tantos|tanto|estar|seguir|nada|de))*"
_WANTS_NONE = re.compile(
    rf"\b(?:no|ni) (?:los |las |me )?(?:quier\w+|kier\w+|quisiera|dese\w+|necesit\w+|ocup\w+|"
    rf"interesa\w*){_BETWEEN} "
    rf"(?:(?:recibir|resibir)(?:los|las)?(?=$|[\s.,!]*$| (?:mas|sus|tus|los|esos|tantos|ya|nada|"
    rf"{_MESSAGES}))|"
    rf"{_MESSAGES}|(?:mand|escrib|envi|lleg|avis|molest)\w+)"
)
_WANTS_THEM_NOT = re.compile(r"\b(?:no|ni) (?:los|las) (?:quier|kier|dese|necesit|ocup)\w+")
_STOP_THEM = re.compile(
    rf"\b(?:dej\w+ de|par\w+ de|basta de|ya parenle (?:a|con)|quit\w+me|saquen?me|saca?me|cancel\w+(?:me)?)\b"
    rf"(?: (?:estar|andar|me|los|las|sus|tus|tantos|tanto|de|a|cada|rato|esos|mi|numero)){{0,5}} "
    rf"(?:{_MESSAGES}|(?:mand|escrib|envi|molest)\w+)"
)
_OF_MESSAGES = re.compile(rf"\b{_MESSAGES}\b")
_ASKS_ABOUT_IT = re.compile(
    r"^\W*(?:(?:y|pero|oiga|entonces|bueno|pues|ps)[\s,]+)*(?:(?:que|q|k|ke) (?:van|vas|va) a (?:hacer|aser|"
    r"pasar)\b|"
    r"(?:que|q|k|ke) (?:pasa|sigue|procede)\b|quien (?:la |lo )?(?:va a |van a )?(?:ver|leer|lee|ve|atender|"
    r"recibe)\b|"
    r"(?:si )?(?:me|m) (?:van a|vas a) (?:contestar|hablar|responder|resolver|avisar|marcar|hacer caso)\b|"
    r"(?:cuando|cuanto tardan en) (?:me )?(?:contestan|responden|resuelven|contestar|responder|resolver)\b)"
)
"""What becomes of it, asked right after it was told."""


def wants_no_messages(text: str) -> bool:
    """Tell whether she says, among other things, that she wants no more messages."""
    line = " ".join(bare(text).split())
    if "?" in text:
        return False
    if _WANTS_NONE.search(line) or _STOP_THEM.search(line):
        return True
    return bool(_WANTS_THEM_NOT.search(line) and _OF_MESSAGES.search(line))


def answered(text: str, said: Understanding, here: Standing) -> Act | None:
    """Return the act of what stands beside a complaint; None where it is only a complaint, or none."""
    if here.in_safety or here.cover or here.form_field or said.sure:
        return None
    if said.perhaps and not (here.place == PLACE and wants_no_messages(text)):
        return None  # "me tienen harta con sus mensajes" sounds like more; her wish is plain
    if here.place == "contact.hours" and readers.finds_fault(text):
        return Act("ask_hours_sorry")
    telling = here.place == PLACE
    if not telling and _WHOLE.fullmatch(" ".join(bare(text).split())):
        return Act("complain")
    if telling and said.intent == "ask_person" and "?" not in text and _WHO_DID_IT.match(bare(text)):
        return Act("complaint_told")  # "fue la señora encargada" names whom she speaks of
    line = bare(text)
    of_money = said.intent in ("ask_cost", "ask_support", "complain", "ask_requirements", "inform")
    if of_money and not said.perhaps and _CHARGED.search(line) and _ALREADY.search(line) and not telling:
        return Act("complain")
    if (telling or said.intent == "complain") and wants_no_messages(text):
        return Act("ask_hours_sorry" if readers.names_a_span(text) else "complaint_stops")
    asks = telling and bool(_ASKS_ABOUT_IT.search(bare(text)))
    asks = asks and not (said.intent == "ask_next_session" and said.confidence >= CLEAR)
    return Act("ask_complaint") if asks and (words.asks(text) or "contest" in bare(text)) else None
