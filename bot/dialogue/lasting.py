"""What lasts: done on her exact order, on a tap, or on an answer to a plain question; a guess is asked back.

Opposites (messages on and off, consent given and taken back, a seat kept and left) are one label apart, so no
label alone does any of them. Pure; must never store or log what she wrote.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.components.spelling import bare, spoken
from bot.dialogue import answers, orders, stray_yes, words
from bot.dialogue.parse import UNKNOWN
from bot.dialogue.standing import CLEAR, Act, payload_intent

if TYPE_CHECKING:
    from bot.dialogue.parse import Understanding
    from bot.dialogue.standing import Standing

_STOPS = r"(?:no|nunka|jamas|kit\w*|dej\w*|kansel\w*|par(?:a|e|en|ar)|borr\w*|apag\w*|desaktib\w*|basta)\b"
_NOT_AGAIN = re.compile(rf"\b{_STOPS}")
"""Near these a woman who gets messages does not ask for them, whatever the model hears."""
_NO_MORE = re.compile(rf"(?:(?:ya|porfabor|por fabor|porfa|ke|mejor) )*{_STOPS}")
"""Who begins so asks for none, also where they are off: "no le vuelvan a escribir"."""
_DONE_TO_HER = re.compile(
    r"\bno me (?:peg|golp|grit|tok|amenas|insult|umiy|oblig|jalon|maltrat|enser|sig|bijil|kel|lastim)\w*"
)
"""What somebody does to her, said with the words that stop messages: "que ya no me pegue"."""
_GIVES_NONE = re.compile(
    r"\bno (?:les |le |te |lo )?(?:kiero|kisiera|bo[iy] a|pienso|deseo|me gusta) (?:\w+ )?dar\w* (?:\w+ )?"
    r"(?:datos?|informasion)\b|\b(?:yo )?no do[iy] (?:\w+ )?datos\b"
)
"""She keeps her data to herself, as it sounds."""
_FEW = 9
_DO_NOT_COME = re.compile(
    r"^(?!.*\bno (?:los |las |me )?(?:quier|kier)).*\b(?:no|nunca|tampoco) (?:me|nos|m) (?:llegan?|yegan?|"
    r"an llegado|han llegado|ha llegado|estan llegando|caen)\b"
)
"""Messages do not come to her: she wants them, and does not stop them."""
LASTING = frozenset(
    ("opt_out", "opt_in", "withdraw_consent", "erase_yes", "copy_yes", "close_case_yes", "drop_out_now")
)
"""The yes of each plain question; to these "siempre no" is a no and leaves no form."""
_GUESSED = frozenset(("access_my_data", "opt_in"))
"""Acts that are not even asked about on a faint guess."""
_OF_MESSAGES = re.compile(r"\b(?:abis\w*|rekordat\w*|mensaj\w*|mand\w*|eskrib\w*|notifik\w*)\b")
MENU = {
    "Mi próxima sesión": "ask_next_session",
    "Ver talleres": "ask_workshops",
    "Hablar con alguien": "ask_person",
}
"""Titles of the menus' buttons: known words to her, wherever the talk stands."""
_WITH_IT = r"(?:ya|mejor|pues|gracias|por fabor|porfabor|porfa|asi|todo|entonses|seño|ke)"
_ANSWERS = {
    "/drop_out_now": (
        r"(?:me salgo|lo dejo|dejarlo|dejelo|kitenme|me boi a salir|kiero salirme|no boi a segir|no sigo)"
    ),
    "/opt_out": r"(?:no me (?:manden|eskriban|abisen)|kitenlos|kitelos|kitalos)",
    "/keep_messages": r"(?:dejalos|dejelos|dejenlos|sigeme|siganme)(?: abisando| asi)?(?: si me sirben)?",
    "/keep_seat": r"(?:me kedo|dejelo|dejalo|si boi|si sigo|si kiero)",
    "/erase_no": r"(?:dejalos|dejelos|dejenlos)",
}
"""What may follow the yes or no of a plain question, by what it leads to; as it sounds."""


def offered(here: Standing) -> frozenset[str]:
    """The acts that she can choose among now, by button, by yes or by no."""
    payloads = [payload for _, payload in here.offers] + [here.yes, here.no]
    return frozenset(payload_intent(payload) for payload in payloads if payload)


def ordered(text: str, here: Standing) -> Act | None:
    """Her exact order about what lasts: her data, her consent, her case, her seat."""
    choices = offered(here)
    if orders.fits(text, "erase whole") and not here.form_field:
        return Act("erase_yes" if "erase_yes" in choices else "delete_my_data")
    if here.case_open and not here.cover and orders.fits(text, "close whole"):
        return Act("close_case_yes" if "close_case_yes" in choices else "ask_close_case")
    if here.consented and (orders.fits(text, "withdraw asked") or _takes_back(text, here)):
        return Act("ask_withdraw")
    if here.consented and orders.fits(text, "withdraw whole"):
        return _withdrawn(text, here, choices)
    if _asks_for_all(text):
        return Act("access_my_data")
    if here.form_field:
        return None
    act = _answered(text, here) or _of_the_menu(text, here)
    if act:
        return act
    if here.registered and orders.fits(text, "seat whole"):
        return Act("seat_back")
    return Act("greet") if not here.in_safety and orders.fits(text, "returned whole") else None


def _takes_back(text: str, here: Standing) -> bool:
    """Whether she will not give her data after all, in the middle of the enrolment, in few words."""
    in_it = "details_ok" in here.asked and "?" not in text and len(text.split()) <= _FEW
    return in_it and bool(_GIVES_NONE.search(spoken(text)))


def _answered(text: str, here: Standing) -> Act | None:
    """Her yes or no to a plain question, with its act said beside it: "si ya me salgo", "no, déjalos"."""
    if here.form_field or not offered(here) & LASTING:
        return None
    for payload, begins in ((here.yes, "si"), (here.no, "no")):
        beside = _ANSWERS.get(payload)
        whole = rf"{begins} (?:{_WITH_IT} )*{beside}(?: {_WITH_IT})*"
        if beside and re.fullmatch(whole, spoken(text)):
            return Act(payload_intent(payload))
    return None


def _of_the_menu(text: str, here: Standing) -> Act | None:
    """The title of a button of the menus, typed whole where other buttons are on offer."""
    if here.in_safety or here.form_field or any(answers.same_words(text, title) for title, _ in here.offers):
        return None
    return next((Act(act) for title, act in MENU.items() if answers.same_words(text, title)), None)


def _withdrawn(text: str, here: Standing, choices: frozenset[str]) -> Act | None:
    """A "no acepto" to a question of yes or no may be its answer: a form asks back, else it is one."""
    if here.in_safety:
        return None
    if not words.is_no(text) or not (here.form_field or here.no):
        return Act("withdraw_consent")
    if here.form_field:
        asks_yes_or_no = here.form_field in ("details_ok", "curp") or "details_ok" not in here.asked
        return Act("ask_withdraw" if asks_yes_or_no else "withdraw_consent")
    return Act("withdraw_consent") if "withdraw_consent" in choices else None


def still_asked(act: Act, here: Standing) -> Act:
    """The yes that erases, tapped where it is asked no more: what can't be undone is asked again."""
    return Act("delete_my_data") if act.intent == "erase_yes" and "erase_yes" not in offered(here) else act


def asked_back(act: Act, text: str, said: Understanding, here: Standing) -> Act:
    """The act itself where it is sure, the plain question where it is a guess."""
    choices = offered(here)
    if act.intent in ("cancel", "deny") and here.no and choices & LASTING:
        return Act(payload_intent(here.no))
    if act.intent == "drop_out_now" and "keep_seat" not in choices:
        return Act("ask_drop_sure")
    if act.intent in choices:
        fits = _is_order(text, act.intent) or stray_yes.is_one(act.intent, text)
        return act if fits or act.intent not in LASTING else _stray(said, here)
    if act.intent in _GUESSED and said.intent == act.intent and said.confidence < CLEAR:
        return act if _is_exact(act, text) else Act(UNKNOWN, missed=True, soft=act.soft)
    if act.intent == "opt_out":
        return act if _is_order(text, "opt_out") else _opt_out(text, said, here)
    if act.intent == "opt_in":
        return act if _is_order(text, "opt_in") else _opt_in(text, said, here)
    if act.intent == "access_my_data":
        return act if _asks_for_all(text) else Act("ask_copy", soft=act.soft)
    return _of_no_record(act, text, here)


def _stray(said: Understanding, here: Standing) -> Act:
    """What a message is that was only taken for the yes of such a question."""
    if said.intent == "delete_my_data" and said.confidence >= CLEAR and not here.in_safety:
        return Act(said.intent)
    return Act("keep_talking") if here.in_safety else Act(UNKNOWN, missed=True)


def _of_no_record(act: Act, text: str, here: Standing) -> Act:
    """An erasure of her who is on no list: her consent is what she takes back, or what she never gives."""
    refuses = act.missed and not (here.in_safety or here.cover or here.form_field)
    if here.registered or not (refuses or act.intent == "delete_my_data"):
        return act
    if here.consented:
        return act if refuses else Act("ask_withdraw", soft=act.soft)
    return Act("refuse_notice") if _GIVES_NONE.search(spoken(text)) else act


def _is_exact(act: Act, text: str) -> bool:
    return _is_order(text, act.intent) or (act.intent == "access_my_data" and _asks_for_all(text))


def _asks_for_all(text: str) -> bool:
    """Her exact order for a copy, as the whole message or as one of a burst."""
    return any(orders.fits(line, "copy whole") for line in text.split("\n"))


def _is_order(text: str, act: str) -> bool:
    return act in (orders.command(text), orders.command_among(text))


def _instead(question: str, text: str, said: Understanding, here: Standing) -> Act:
    """The question, unless it may be of safety: "¿cómo le hago para que ya no me pegue?" stops nothing."""
    if here.in_safety and not _OF_MESSAGES.search(spoken(text)):
        return Act("keep_talking")  # "¿y si ya no me atienden?" stops no messages
    if here.cover or (said.tier == "none" and not _DONE_TO_HER.search(spoken(text))):
        return Act(question)
    return Act("keep_talking" if here.in_safety else "perhaps_safety")


def _opt_out(text: str, said: Understanding, here: Standing) -> Act:
    if _DO_NOT_COME.search(bare(text)):
        return Act("ask_opt_in" if here.opted_out else "messages_on")
    return _instead("ask_opt_out", text, said, here)


def _opt_in(text: str, said: Understanding, here: Standing) -> Act:
    heard = spoken(text)
    if _NO_MORE.match(heard) or (_NOT_AGAIN.search(heard) and not here.opted_out):
        return _instead("ask_opt_out", text, said, here)
    if not here.opted_out:
        return Act("messages_on" if _OF_MESSAGES.search(heard) else "greet")
    return _instead("ask_opt_in", text, said, here)
