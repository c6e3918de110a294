"""Which kind of harm a talk is about, and what a later message asks of it.

Why: told in their own words these met the sentence for any violence, and what followed ("¿con quién voy?",
"¿se puede demandar?", "desde ayer") met orders of protection, a shelter or nothing. The kind is remembered
as one of five words (`kinds.txt`), and decides what the next question means. Pure; must never store or log
what she wrote.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bot.components import sexual
from bot.components.red_flags import flag, is_blow
from bot.components.sound_patterns import is_in, is_whole
from bot.components.spelling import bare, spoken
from bot.dialogue import words
from bot.dialogue.acts import SAFETY
from bot.dialogue.standing import Act

if TYPE_CHECKING:
    from bot.dialogue.standing import Standing

_LIST = Path(__file__).with_name("kinds.txt")
_ASKED = Path(__file__).with_name("asked_in_talk.txt")
TRAFFICKING, POLICE, STAFF, MISSING = "trafficking", "police", "obstetric", "missing"
WORK, DYING, TOUCHED, PUT_OUT = "work", "another_dies", "child_touched", "put_out"
OF_ACT = {
    "trafficking": TRAFFICKING, "trafficking_held": TRAFFICKING, "trafficking_more": TRAFFICKING,
    "lost_no_location": TRAFFICKING, "police_violence": POLICE, "police_outside": POLICE,
    "obstetric": STAFF, "obstetric_complain": STAFF, "work_complain": WORK,
    "missing_daughter": MISSING, "missing_again": MISSING, "other_suicide": DYING, "other_doctor": DYING,
    "believe_child": TOUCHED,
}  # fmt: skip
"""The kind that an act is about."""
_FIRST = {
    TRAFFICKING: "trafficking",
    POLICE: "police_violence",
    STAFF: "obstetric",
    MISSING: "missing_daughter",
}
_UNREAD = frozenset(
    ("keep_talking", "cannot_answer", "nlu_fallback", "out_of_scope", "inform", "perhaps_safety", "afraid",
     "reads_you", "cannot_answer_yet", "see_options", "ask_menu", "greet", "calls", "ask_again")
)  # fmt: skip
"""What answers a message that was not read."""
_TOLD_ONLY = _UNREAD | {
    "disclose_violence", "tell_more", "talk_in_confidence", "ask_violence_help", "safe_now", "only_me",
    "others_read", "not_safe_now", "change_subject", "decline_attendance",
    "confirm_attendance", "notify_late",
    "set_contact_hours", "affirm", "deny", "thank", "goodbye", "complain", "ask_requirements", "ask_location",
    "info_report", "info_rights", "info_shelter", "info_health", "enroll", "ask_workshops",
    "fear_no_papers", "fear_deported", "fear_no_credit", "fear_guilty",
    "fear_must_report", "where_to_go", "is_it_violence", "programme_harm", "police_violence", "obstetric",
    "trafficking", "cannot_speak", "child_writes", "support_for_other", "fear_custody", "fear_alone_money",
    "missing_daughter", "update_details", "ask_programme", "bot_challenge", "reschedule",
    "ask_enrolment_status", "want_information", "phone_watched",
}  # fmt: skip
"""Acts that give way to a kind that her words plainly tell."""
_GENERAL = _UNREAD | {
    "info_report", "info_rights", "info_shelter", "where_to_go", "fear_must_report", "fear_no_credit",
    "fear_no_papers", "ask_violence_help", "ask_location", "complain", "want_information",
    "police_violence", "obstetric", "what_happens", "safe_now", "only_me", "others_read",
    "decline_attendance", "confirm_attendance", "set_contact_hours", "is_it_violence", "fear_alone_money",
    "bot_challenge",
}  # fmt: skip
"""What answers anybody, where this kind has an answer of its own."""
_OF_HER_WORK = frozenset(
    ("disclose_violence", "tell_more", "talk_in_confidence", "ask_support", "drop_out", "info_family",
     "fear_not_believed", "what_happens", "ask_programme", "update_details", "ask_person")
)  # fmt: skip
"""What a question of one who is harassed at work is taken for besides."""
_HEARD_ON = frozenset(("tell_more", "disclose_violence", "sexual_violence", "fear_not_believed"))
_FEARS = frozenset(
    ("fear_deported", "fear_jail", "fear_he_is_police", "fear_no_credit", "fear_guilty", "fear_must_report")
)
"""What she fears is answered also where she is kept."""
_UNPAID_WORK = re.compile(r"\bno (?:me|nos) (?:pag\w+|an pagado|kieren pagar)\b")
"""Kept and not paid, as it sounds, is trafficking also where she does not say who brought her."""
_OF_A_DOCTOR = re.compile(
    r"\b(?:doktor\w*|mediko\w*|medika|ospital\w*|urjensias|sentro de salud|sikolog\w*|psikolog\w*|"
    r"terap\w*|klinika|"
    r"rebis\w*|chek\w*)\b"
)
_AFTER_A_TOUCH = re.compile(
    r"\b(?:ban(?:e|o|a|an|aba|ar|ado|arla|arlo)|lab\w*|kanbi\w*|ropa|sangr\w*|duele|dwele|arde|orin\w*)\b"
)
"""What a mother says of the body of a child who was touched, as it sounds."""
_TOUCHED = re.compile(
    r"\b(?:tok(?:a|o|aba|ado|ando|aron|an)|manos\w+|toket\w+|part(?:es|esita\w*|esiya\w*)|enkwer\w+|"
    r"desnud\w+|"
    r"(?:espi|ve|mir)\w* (?:\w+ ){0,3}ban(?:a|o|an|aba|ando)|nalg\w+|bes(?:a|o|aba) (?:en )?la boka)\b"
)
"""That a child was touched or looked at, where the message is of a child at risk."""
_BELIEVE = re.compile(
    r"\b(?:kre(?:o|r|rle|rla|rlo|i)|mentir\w*|myent\w*|inbent\w*|sea (?:sierto|berdad)|es (?:sierto|"
    r"berdad))\b"
)
"""A mother who does not know whether her child tells the truth, or whom somebody tells that it lies."""
_ARMED = re.compile(
    r"\b(?:maxete\w*|pistola\w*|arma|armas|armad\w+|rifle\w*|eskopeta\w*|kuxiyo\w*|kuerno\w*|golp\w+|"
    r"pegaron|pegan|"
    r"mataron|matan|amenas\w+|bala\w*)\b"
)
"""Where she is kept, with such a word it is danger now."""
_ENOUGH = 3
"""Answers on trafficking from which every second one only says that she is read, with 911."""
_NOBODY = re.compile(r"\b(?:kiere|kiero|pwede|deja) (?:ablar|platikar|abrirse) (?:kon|a) (?:nadie|mi)\b")
"""That another will talk to nobody is no wish for a person."""
_NAMES_A_PERSON = re.compile(r"\b(?:persona|algien|alguien|lisensiad\w*|psikolog\w*|abogad\w*|trabajadora)\b")
_LONGEST = 60


def _has(section: str, said: str) -> bool:
    return is_in(_LIST, section, said)


def is_held(text: str) -> bool:
    """Tell whether she says that she is not let go."""
    return _has("held", spoken(bare(text)))


def told(text: str) -> str:
    """Return the kind of harm that a message plainly tells; empty where it tells none of these."""
    said = spoken(bare(text))
    if len(said.split()) > _LONGEST:
        return ""
    if _trafficked(said):
        return TRAFFICKING
    if _has("police", said) and not _has("police_not", said):
        return POLICE
    if _has("harmed_by_staff", said) and _has("hospital", said):
        return STAFF
    if _has("at_work", said) and not _has("at_work_not", said):
        return WORK
    missing = _has("missing", said) and not _has("missing_not", said) and not _has("found", said)
    return MISSING if missing else ""


def _trafficked(said: str) -> bool:
    """Sold or made to; else brought for work and kept, unpaid or without her papers."""
    if _has("sold", said):
        return True
    if _has("held", said) and _UNPAID_WORK.search(said) and not _has("held_not", said):
        return True
    if not _has("brought", said) or _has("held_not", said):
        return False
    kept, papers, unpaid = _has("held", said), _has("papers", said), _has("unpaid", said)
    return kept or papers or (unpaid and bool(re.search(r"\b(?:ni|y) no\b|engan", said)))


def settled(text: str, act: Act, here: Standing) -> Act:
    """The act as the kind of harm makes it: of this message, or of the talk so far."""
    if not text or here.cover or (here.form_field and act.intent not in SAFETY):
        return act
    if here.filled.get("in_danger") == "self" or here.minor:
        return act
    kind, before = told(text), here.filled.get("kind", "") if here.in_safety else ""
    if _in_danger(text, act, kind or before):
        return act
    gone = kind == MISSING and act.intent == "child_at_risk"  # a girl who is gone is looked for at once
    if kind == WORK or (not kind and before == WORK):
        return _at_work(text, act, goes_on=before == WORK)
    if kind and (gone or act.intent in _TOLD_ONLY) and not (kind == POLICE and sexual.told(text)):
        return _first_or_next(text, act, kind, before)
    asks = act.intent == "cannot_answer" and _has("asks", spoken(bare(text)))
    if asks and not before and here.in_safety and here.filled.get("about") == "child":
        return Act("what_happens")
    if before:
        return _goes_on(text, act, before, here)
    if here.in_safety and act.intent in _GENERAL and _has("no_police", spoken(bare(text))):
        return Act("police_outside")
    return act


def _at_work(text: str, act: Act, *, goes_on: bool) -> Act:
    """Harassed at work: what she asks is where to complain, and what becomes of her place; else as it is."""
    line = spoken(bare(text))
    asks = _has("asks", line) or words.asks(text) or (goes_on and _has("her_place", line))
    person = act.intent == "want_person" and not _NAMES_A_PERSON.search(line)
    answers_it = act.intent in _GENERAL | _OF_HER_WORK or person
    return Act("work_complain") if asks and answers_it else act


def _in_danger(text: str, act: Act, kind: str) -> bool:
    """Whether a danger that is no part of the kind comes first; to be kept is part of being trafficked."""
    heard = flag(text)
    if heard is None or heard.risk != "danger":
        return act.intent == "immediate_danger" and kind != TRAFFICKING
    return not (kind == TRAFFICKING and heard.name == "locked_in")


def _first_or_next(text: str, act: Act, kind: str, before: str) -> Act:
    if kind == TRAFFICKING:
        held = is_held(text) or before == TRAFFICKING or act.intent == "immediate_danger"
        return Act("trafficking_held" if held else "trafficking")
    if kind == before == MISSING:
        return Act("missing_again")
    return Act(_FIRST[kind])


def _goes_on(text: str, act: Act, kind: str, here: Standing) -> Act:
    """What she says next, in a talk about this kind."""
    line = spoken(bare(text))
    asks = _has("asks", line) or words.asks(text)
    person = ("want_person",) if kind in (DYING, TOUCHED) else ("want_person", "ask_person")
    if asks and act.intent in person and not _NAMES_A_PERSON.search(line):
        act = Act("keep_talking")  # "¿con quién me quejo?" wants a place to complain
    if kind == MISSING:
        if _has("found", line):
            return Act("missing_back")
        return (
            Act("missing_again")
            if act.intent in _TOLD_ONLY - {"thank", "goodbye", "missing_daughter"}
            else act
        )
    if kind == TRAFFICKING:
        return _kept(text, act, line, here)
    if kind in (DYING, TOUCHED):
        return _of_another(act, line, kind)
    if kind == PUT_OUT:
        return Act("where_to_go") if act.intent in _UNREAD | {"ask_location", "ask_cost", "inform"} else act
    if kind == POLICE and act.intent in _GENERAL | _HEARD_ON and _has("no_police", line):
        return Act("police_outside")
    if kind == POLICE and act.intent in _GENERAL and asks:
        return Act("police_outside")
    if kind == STAFF and act.intent in _GENERAL and asks:
        return Act("obstetric_complain")
    return act


def _of_another(act: Act, line: str, kind: str) -> Act:
    """A daughter who hurts herself, a child who was touched: where she is taken, and what to do meanwhile."""
    unread = act.intent in _UNREAD | {
        "info_health",
        "support_for_other",
        "tell_more",
        "goodbye",
        "thank",
        "repeat",
    }
    if act.intent in ("want_person", "ask_person") and _NOBODY.search(line):
        return Act("keep_talking")
    heard_on = unread or act.intent in ("fear_not_believed", "disclose_violence", "child_at_risk")
    if kind == TOUCHED and heard_on and _BELIEVE.search(line):
        return Act("believe_child")
    body = _OF_A_DOCTOR.search(line) or (kind == TOUCHED and _AFTER_A_TOUCH.search(line))
    if unread and body:
        return Act("other_doctor" if kind == DYING else "health_of_other")
    asks = act.intent == "cannot_answer" and _has("asks", line)
    return Act("other_suicide" if kind == DYING else "what_happens") if asks else act


def _kept(text: str, act: Act, line: str, here: Standing) -> Act:
    if act.intent in ("access_my_data", "ask_copy", "delete_my_data") and _has("papers", line):
        return Act("trafficking_more")  # "tienen mi acta" asks for no copy of anything
    if act.intent in _TOLD_ONLY or act.intent in ("immediate_danger", "hidden_inside", "lost_where"):
        if _has("no_location", line):
            return Act("lost_no_location")
        if act.intent == "lost_where":
            return act
        if is_held(text) or act.intent == "immediate_danger":
            return Act("trafficking_held")
    if _ARMED.search(line) and act.intent in _TOLD_ONLY | {"child_at_risk"}:
        return Act("trafficking_held")
    if act.intent in ("tell_more", "disclose_violence") and is_blow(text):
        return act
    stays = _FEARS | {"thank", "goodbye", "info_health", "info_shelter", "where_to_go", "not_safe_now"}
    said_often = int(here.filled.get("kind_said", "0"))
    if act.intent in _TOLD_ONLY - stays:
        return Act("keep_talking" if said_often >= _ENOUGH and said_often % 2 else "trafficking_more")
    return act


def remembered(text: str, act: Act, here: Standing) -> dict[str, object]:
    """The slot of the kind after this act."""
    before = here.filled.get("kind") if here.in_safety else None
    touched = act.intent == "child_at_risk" and (sexual.of_other(text) or _TOUCHED.search(spoken(text)))
    kind = (
        OF_ACT.get(act.intent)
        or (TOUCHED if touched else "")
        or (told(text) if act.intent in SAFETY else "")
        or before
    )
    put_out = is_put_out(text) and act.intent in ("immediate_danger", "disclose_violence", "tell_more")
    kind = kind or (PUT_OUT if put_out else "")
    over = act.intent == "missing_back" or (kind == PUT_OUT and act.intent == "where_to_go")
    again = kind == before == TRAFFICKING
    count = min(int(here.filled.get("kind_said", "0")) + 1, 9) if again else 0
    return {"kind": None if over else kind or None, "kind_said": str(count) if again else None}


def is_put_out(text: str) -> bool:
    """Tell whether she was put out of her home, or stands in the street."""
    said = spoken(bare(text))
    return is_whole(_ASKED, "put_out", said) or is_in(_ASKED, "put_out_in", said)


def keeps(act: Act, more: dict[str, object]) -> Act:
    """The act with what is to be remembered."""
    return replace(act, slots={**more, **act.slots})
