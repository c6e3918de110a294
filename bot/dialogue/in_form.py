"""What a text means while a form asks: the answer, a correction, a question of hers, or the question again.

Why: she may digress, correct and answer in bursts, and a name is not a cry. Nothing that she says of her
details leaves the form. Pure; must never store or log.
"""

from __future__ import annotations

import re

from bot.components.extract import places
from bot.components.spelling import bare
from bot.dialogue import (
    answers,
    changes,
    continued,
    corrections,
    given,
    going_on,
    households,
    in_place,
    naming,
    no_answer,
    orders,
    questions,
    readers,
    words,
)
from bot.dialogue.acts import DIGRESSIONS, RE_ASK
from bot.dialogue.parse import UNKNOWN, Understanding
from bot.dialogue.standing import CLEAR, LEAST_CONFIDENCE, SHORT, SURELY, Act, Standing, read_payload

NAMES = ("preferred_name", "full_name")
_ANOTHERS = re.compile(r"\b(?:es|era|ese es|puse|escribi) (?:el nombre de )?(?:mi|de mi|el de mi) \w+")


def _only_polite(said: Understanding) -> bool:
    return said.intent in ("greet", "thank") and said.confidence >= CLEAR


def _enough(text: str, *, free: bool) -> float:
    return CLEAR if free and not words.asks(text) else LEAST_CONFIDENCE


def _is_answer(text: str, said: Understanding, here: Standing) -> bool:
    """Where any words are an answer, a place or an hour that is only stated is no question."""
    stated = not words.asks(text) and said.intent.startswith("ask_")
    if here.form_field == "contact_hours":
        if readers.any_hour(text) or readers.by_absence(text):
            return "?" not in text
        return stated and words.speaks_of_time(text)
    return stated and here.form_field == "locality" and said.intent == "ask_location"


def _plainly(said: Understanding, here: Standing) -> list[str]:
    """Her yes or no in other words than the known ones, as the plain word."""
    if said.confidence < SURELY or here.form_field in answers.FREE:
        return []
    return {"affirm": ["sí"], "deny": ["no"]}.get(said.intent, [])


def in_form(text: str, said: Understanding, here: Standing) -> Act | None:
    """The answer to what the form asks, a correction, a digression, or the same question again."""
    act = _in_form(text, said, here)
    orders = said.intent == "update_details" or words.wants_change(text)
    if orders and (act is None or (act.intent == "ask_again" and act.slots.get("again") == "unclear")):
        return _asked_still(text, here)
    if act is None and said.intent == "set_contact_hours" and "contact_hours" in here.filled:
        act = _other_hours(text, here)
    if act is None and said.intent == "set_contact_hours" and "contact_hours" in here.asked:
        act = _early_hours(text, here)
    return changes.told(act, here) if act else None


def _other_hours(text: str, here: Standing) -> Act | None:
    """Hours said later in the form correct those that she gave."""
    read = answers.read("contact_hours", text, here.today)
    return Act("inform", slots=dict(read.slots), corrects=True) if isinstance(read, answers.Answer) else None


def _early_hours(text: str, here: Standing) -> Act | None:
    """Hours said before they were asked: kept, and what is asked now is asked again."""
    read = answers.read("contact_hours", text, here.today)
    return Act("ask_again", slots={**read.slots, "again": None}) if isinstance(read, answers.Answer) else None


def _by_its_end(text: str, here: Standing) -> Act | None:
    """The place on offer that ends so: "el alto" of Atotonilco el Alto, where it is asked which one it is."""
    said = orders.heard(text)
    if here.form_field != "municipality" or len(said) < words.LEAST_BEGINNING:
        return None
    found = [payload for title, payload in here.offers if orders.heard(title).endswith(f" {said}")]
    return read_payload(found[0], here.intents) if len(found) == 1 else None


def _in_form(text: str, said: Understanding, here: Standing) -> Act | None:
    lines = [line for line in text.split("\n") if line.strip()]
    if _only_goes_on(text, here):
        return Act("ask_again", slots={"again": None})
    first = (
        _by_its_end(text, here)
        or _called(text, here)
        or _of_hunger(text, here)
        or _says_herself(text, lines, here)
    )
    first = first or _keeps_to_herself(text, here) or _leaves_curp(text, here) or _all_at_once(text, here)
    if first:
        return first
    free = here.form_field in answers.FREE
    digresses = said.intent in DIGRESSIONS and said.confidence >= _enough(text, free=free)
    if free and ((digresses and not _is_answer(text, said, here)) or _only_polite(said)):
        return Act(said.intent)
    corrected = _corrected(text, lines, here) or corrections.by_its_name(text, here)
    if corrected:
        return corrected
    answer, read = _answered(lines, said, here)
    if answer:
        return answer
    meant = None if isinstance(read, answers.Again) else _in_context(said, here)
    if meant:
        return meant
    read_half = isinstance(read, answers.Again) and read.slots and not words.asks(text)
    if digresses and not read_half:  # "me quedan 2 y un nietecito que cuido" counts, and asks nothing
        return Act(said.intent)
    stated = corrections.stated(text, here)
    if stated:
        return stated
    return _again(text, said, read, here)


def _all_at_once(text: str, here: Standing) -> Act | None:
    """Several details in one message answer each its own question, also where none of them was asked."""
    told = given.whole(text, here.today) if "details_ok" in here.asked else {}
    if not told:
        return None
    known = {name: value for name, value in here.filled.items() if name != here.form_field}
    slots = given.details(text, known, here.today)
    if here.form_field in slots:
        return Act("inform", slots=slots)
    if here.form_field == "details_ok" and not slots:
        return None
    again = "short" if here.form_field == "full_name" and "preferred_name" in told else None
    again = "day" if here.form_field == "birth_date" and "birth_year" in slots else again
    return Act("ask_again", slots={**slots, "again": again if slots else "unclear"})


_NO_YES = frozenset(("preferred_name", "full_name", "birth_date", "municipality", "children", "update_value"))
"""Fields to which a bare yes is no answer: she says that she goes on."""


def _only_goes_on(text: str, here: Standing) -> bool:
    """She only says that she goes on: "sí", where that is no answer, or "sí, seguimos" anywhere."""
    asks_yes = here.form_field == "details_ok" or here.filled.get("again") in ("count", "wrong")
    if going_on.resumes(text) and not asks_yes:
        return True
    proposed = here.form_field == "children" and here.filled.get("again") == "count"
    return here.form_field in _NO_YES and not proposed and words.is_yes(text)


_CALL_ME = re.compile(
    r"^\W*(?:(?:pero|pues|mejor|solo|nomas|y|bueno|ay)\s+)*(?:dime|d[ií]game|d[ií]ganme|ll[aá]mame|"
    r"ll[aá]meme|me dicen|me puede decir|puede decirme|que me digan)\s+(?P<called>[^\W\d]+)\W*$",
    re.IGNORECASE,
)


def _called(text: str, here: Standing) -> Act | None:
    """Asked for her full name she says what she wants to be called: her name is still asked."""
    found = _CALL_ME.match(text) if here.form_field == "full_name" else None
    read = answers.read("preferred_name", found["called"], here.today) if found else None
    return Act("inform", slots=dict(read.slots), corrects=True) if isinstance(read, answers.Answer) else None


_PLAINLY = {
    "yes": "sí", "no": "no", "only_me": "solo yo", "others_read": "otros también", "skip": "paso",
    "any": "paso", "food": "comida", "production": "producir y vender", "occupation": "aprender un oficio",
    "health": "salud", "employment": "encontrar trabajo",
}  # fmt: skip
"""Acts of a form's place as the words that its readers know."""
SURELY_BACK = 0.9
"""To go back empties an answer: "cómo estás" must not."""
_DOES = {"stop": "cancel", "more": "more_axes"}


def _in_context(said: Understanding, here: Standing) -> Act | None:
    """What the readers could not read, where the model in context is sure of it."""
    if in_place.sure_act(said, here.place) is None or said.tier != "none":
        return None
    if said.act in _DOES:
        return Act(_DOES[said.act])
    if said.act == "back" and said.act_confidence >= SURELY_BACK:
        return corrections.correction("regresa", here)
    if said.act not in _PLAINLY:
        return None
    read = answers.read(here.form_field, _PLAINLY[said.act], here.today, here.filled.get("update_field", ""))
    return Act("inform", slots=dict(read.slots)) if isinstance(read, answers.Answer) else None


def _says_herself(text: str, lines: list[str], here: Standing) -> Act | None:
    """Asked for a name, "yo soy Brenda Solís" is the answer: "no, espera, es mi hijo, yo soy..."."""
    if here.form_field not in NAMES or not naming.says_who_she_is(text):
        return None
    read = continued.read(text, here.form_field, here)
    if not isinstance(read, answers.Answer):
        return None
    slots = _with_more(lines, text, read, here)
    called = here.filled.get("preferred_name", "")
    if here.form_field == "full_name" and called and _ANOTHERS.search(bare(text)):
        own = naming.split(read.slots["full_name"])[0]
        return Act("inform", slots={**slots, "preferred_name": own[0] if own else called}, corrects=True)
    return Act("inform", slots=slots)


def _keeps_to_herself(text: str, here: Standing) -> Act | None:
    """She leaves for now with her reason, or will not give her name: no question about her data."""
    if no_answer.leaves(text):
        return Act("cancel")
    hers = here.form_field in NAMES and re.search(r"\bno[mn]bre|\bape[ly]l?ido", bare(text))
    if hers and no_answer.refuses(text) and "?" not in text and not naming.called_otherwise(text):
        return Act("ask_again", slots={"again": "unclear"})
    return None


_TODAY = re.compile(r"\b(?:hoy|ahorita|orita|horita|aorita|ahora|desde (?:ayer|antier|anoche|la mañana))\b")
_EAT = r"(?:comer|cenar|almorzar|desayunar|darles? de comer)"
_NOTHING_TO_EAT = re.compile(
    rf"\bno (?:tengo|tenemos|hay|ay|queda|traigo) nada (?:de|que|para|pa) {_EAT}\b|"
    rf"\bno (?:hay|ay) que {_EAT}\b|\bno hemos comido nada\b|"
    r"\bdesde (?:ayer|antier|anoche) no (?:como|comemos|comen|he comido|hemos comido)\b"
)
_HUNGER = 0.55
"""Likeness from which hunger is heard in a form, of her who says that it is today."""


def _of_hunger(text: str, here: Standing) -> Act | None:
    """Nothing to eat today is a person's task, whatever the form asks; and how many they are."""
    line = bare(text)
    if "?" in text:
        return None
    if _TODAY.search(line) and (_NOTHING_TO_EAT.search(line) or questions.hunger(text) >= _HUNGER):
        return Act("hunger")
    told = "hunger_told" in here.filled and here.form_field not in ("children", "locality")
    return Act("hunger_told") if told and households.says_household(text) else None


def _leaves_curp(text: str, here: Standing) -> Act | None:
    """A yes to "seguimos sin ella", said after a second asking, is no CURP and asks for no third."""
    asked_again = here.form_field == "curp" and here.filled.get("again") in ("wrong", "unclear")
    if asked_again and (words.is_yes(text) or words.says_well(text)):
        return Act("inform", slots={"curp": ""})
    return None


def _asked_still(text: str, here: Standing) -> Act:
    """She speaks of changing a detail: what is asked now is asked again, and the form is not left for it."""
    named = words.wants_change(text) or words.field_of(text)
    names = named in NAMES and here.form_field in NAMES
    if named in here.asked and named not in here.filled and named != here.form_field and not names:
        return Act("ask_again", slots={"again": None}, also="utter_asked_later")
    if named and named in here.filled and named != here.form_field:
        return Act("correct_detail", slots={named: None, "details_ok": None})
    if here.form_field == "update_value" and here.filled.get("update_field") == "phone":
        other = named and named != "phone"
        return Act("ask_again", slots={"again": "number_first" if other else "number"})
    if here.form_field == "update_value" and named and named != here.filled.get("update_field"):
        return Act("ask_again", slots={"again": "other_first"})
    which = here.form_field == "details_ok"
    return Act("ask_again", slots={"again": "which" if which else None})


def _again(text: str, said: Understanding, read: answers.Read, here: Standing) -> Act | None:
    """The same question again, with the reason where there is one; None: she speaks of something else."""
    if isinstance(read, answers.Again):
        return Act("ask_again", slots={"again": read.reason, **(read.slots or {})})
    if said.intent in RE_ASK or said.confidence < LEAST_CONFIDENCE or said.intent in (UNKNOWN, "inform"):
        if said.intent in ("greet", "thank"):
            return Act(said.intent)
        again = None if said.intent == "repeat" else "unclear"
        more = given.details(text, {**here.filled, here.form_field: ""}, here.today)
        return Act("ask_again", slots={**_of_form(more, here), "again": again})
    if said.perhaps and len(text.split()) <= SHORT:
        return Act("ask_again")  # a word or two that may be anything: the question stays, softly
    return None


def _corrected(text: str, lines: list[str], here: Standing) -> Act | None:
    """A correction, over all lines or in some of them; the other lines may answer what is asked."""
    slots, rest = corrections.by_lines(lines, here) if len(lines) > 1 else ({}, lines)
    if not slots:
        return corrections.correction(text, here)
    for line in rest:
        read = continued.read(line, here.form_field, here)
        if isinstance(read, answers.Answer):
            return Act("inform", slots={**read.slots, **slots}, corrects=True)
    return Act("inform", slots=slots, corrects=True)


def _answered(lines: list[str], said: Understanding, here: Standing) -> tuple[Act | None, answers.Read]:
    read: answers.Read = None
    whole = " ".join(lines)
    for line in dict.fromkeys([whole, *lines, *_plainly(said, here)]) if lines else []:
        found = continued.read(line, here.form_field, here)
        if isinstance(found, answers.Answer):
            return Act("inform", slots=_with_more(lines, line, found, here)), found
        read = read if read is not None else found
    return None, read


def _of_form(slots: dict[str, str], here: Standing) -> dict[str, str]:
    return slots if "details_ok" in here.asked else {}


def _with_more(lines: list[str], used: str, read: answers.Answer, here: Standing) -> dict[str, str]:
    """What else the message answers: only details whose value can't be mistaken."""
    slots = dict(read.slots)
    if "details_ok" not in here.asked:
        return slots
    known = {**here.filled, here.form_field: ""}
    for line in lines:
        for name in ("birth_date", "municipality", "curp"):
            if line != used and len(lines) > 1 and name not in slots and name not in here.filled:
                more = answers.read(name, line, here.today)
                if isinstance(more, answers.Answer) and more.slots[name]:
                    slots |= more.slots
    return {**given.details("\n".join(lines), known, here.today), **_with_colony(lines, here), **slots}


_TOWN_AND_COLONY = re.compile(
    r"\s*(?P<town>[^\d,]{4,30}?)\s+(?:(?:en|por|ac[aá] por|aqu[ií] en)\s+(?:la\s+)?(?:col\w*\.?\s+)?|"
    r"col\w*\.?\s+)"
    r"(?P<colony>[^\d,]{3,40})$",
    re.IGNORECASE,
)
"""A municipality with her colony behind it: "guadalajara en santa tere"."""


def _with_colony(lines: list[str], here: Standing) -> dict[str, str]:
    """Her colony behind the municipality that was asked: "Zapopan, La Tuzanía", or in a second line."""
    parts = [part.strip() for line in lines for part in line.split(",") if part.strip()]
    inside = _TOWN_AND_COLONY.match(parts[0]) if len(parts) == 1 else None
    if inside and places.is_name(inside["town"]):
        parts = [inside["town"], inside["colony"]]
    if here.form_field != "municipality" or "locality" in here.filled or len(parts) != 2:  # noqa: PLR2004
        return {}
    whole, colony = (
        answers.read(name, part, here.today)
        for name, part in zip(("municipality", "locality"), parts, strict=True)
    )
    if not isinstance(whole, answers.Answer) or not isinstance(colony, answers.Answer):
        return {}
    if "locality" in whole.slots or any(sign.isdigit() for sign in parts[1]) or words.asks(parts[1]):
        return {}
    more = given.details(parts[1], {}, here.today)
    return {} if more and "locality" not in more else dict(colony.slots)
