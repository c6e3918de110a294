"""What the rules are told before they look: the context, and what this turn's act implies.

Why: rules match slots, and slots are set in this one place, so that nothing of a talk on safety outlives it:
not an hour of silence, not cover mode. Must never hold what she wrote.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.dialogue import ages, offered, ordinary, told_before
from bot.dialogue.acts import (
    ABOUT,
    ASIDES,
    ASKS_BACK,
    ENDS_ENROLMENT,
    LEAVES_SAFETY,
    OF_A_KIND,
    SAFETY,
    TOPICS,
)
from bot.dialogue.standing import Act, Standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from rasa.shared.core.trackers import DialogueStateTracker

    from bot.dialogue.ask import Ask
    from bot.dialogue.memory import Memory

CONTEXT = (
    "consented", "registered", "enrolled", "has_session", "reminder_pending", "case_open", "safe_word_set",
    "minor", "opted_out", "on_shift",
)  # fmt: skip
HELD_BACK = frozenset(("case_open", "safe_word_set"))
"""What is not known under cover: an answer that depends on it would tell that there is something to hide."""
NOT_IN_SAFETY = {
    "limits_told": False, "calm_said": None, "plan": None, "in_plan": None,
    "health_due": False, "health_told": None, "young_told": None, "safe_known": None,
    **dict.fromkeys(told_before.FORGOTTEN),
}  # fmt: skip
SAFE = frozenset(("safe_now", "only_me", "others_read"))
FOR_ONE_TURN = (
    "again", "missed", "happens_now", "undo", "changed_label", "changed_from", "changed_to", "cried",
    "doctor", "lately", "of_child", "worn",
)  # fmt: skip
OF_ANOTHER = frozenset(
    ("another_woman", "of_another_woman", "affirm", "deny", "thank", "nlu_fallback", "calls")
)
"""Acts that leave it open that she speaks of another woman whom she wants to enrol."""
BEFORE_A_TALK = frozenset(("perhaps_safety", "not_violence", "worn_out"))
"""Answers of safety that open no talk by themselves."""
WORDINGS = {"1": "2", "2": "3", "3": "1"}
"""Which wording of "I am here" comes next, so that none is said twice in a row."""
OF_DYING = frozenset(
    (
        "self_harm", "self_harm_now", "self_harm_means", "self_harm_and_violence", "taken_again",
        "taken_alone", "taken_with_someone", "taken_cared",
    )
)  # fmt: skip
OF_OTHERS = frozenset(
    (
        "immediate_danger",
        "child_writes",
        "child_hurt",
        "hidden_inside",
        "lost_where",
        "man_danger",
        "trafficking_held",
        "lost_no_location",
    )
)
ENROLMENT = "enrolment_form"
FOOD_FORMS = ("food_form", "food_minors_form")
DETAILS = (
    "preferred_name", "full_name", "birth_date", "municipality", "locality", "children", "axis",
    "contact_hours", "phone_shared", "curp", "details_ok",
)  # fmt: skip
DETAILS_IN_WORDS = (
    "birth_date_words", "birth_year", "birth_day", "name_part", "hours_told", "contact_hours_words",
    "children_guess", "municipality_name", "axis_name", "phone_shared_words",
    "place_1", "place_2", "place_3", "place_code_1", "place_code_2", "place_code_3",
)  # fmt: skip


def without_old_secrets(tracker: DialogueStateTracker, before: Memory, ask: Ask) -> Memory:
    """The last turn; nothing of it where it was of safety and cover is on or an hour has passed.

    Whoever holds the phone then gets no answer that continues that talk, and can't have it repeated.
    """
    over = ask.context.flag("cover") or not before.asked_lately(ask.context.now)
    if tracker.get_slot("in_safety") is not True or not over:
        return before
    return replace(before, items=(), open_items=(), choices=(), yes="", no="", expects="", place="")


def standing_of(
    tracker: DialogueStateTracker,
    before: Memory,
    ask: Ask,
    intents: frozenset[str],
    asked: Mapping[str, Iterable[str]],
    place: str,
) -> Standing:
    """Where the dialogue stands; a talk on safety ends with cover mode or after an hour of silence."""
    context = ask.context
    cover, lately = context.flag("cover"), before.asked_lately(context.now)
    safety = tracker.get_slot("in_safety") is True
    in_safety = safety and lately and not cover
    set_slots = {n: s.value for n, s in tracker.slots.items() if isinstance(s.value, str)}
    field = set_slots.pop("requested_slot", "")
    return Standing(
        today=context.today(),
        intents=intents,
        form_field=field if tracker.active_loop_name else "",
        asked=tuple(asked.get(tracker.active_loop_name or "", ())),
        filled=set_slots,
        offers=offered.offers(ask, before, past=safety and not in_safety),
        older=ask.older,
        yes=before.yes,
        no=before.no,
        expects=before.expects,
        place=place,
        secret=in_safety or context.flag("case_open") or context.flag("safe_word_set"),
        in_safety=in_safety,
        cover=cover,
        registered=context.flag("registered"),
        consented=context.flag("consented"),
        opted_out=context.flag("opted_out"),
        case_open=context.flag("case_open"),
        minor=context.flag("minor") or (not cover and ("told_minor" in set_slots or _says_minor(ask, field))),
        least_age=context.least_age,
        guardian_under=context.guardian_under,
        open_offer=lately and offered.waits(ask, before),
        reminder_pending=context.flag("reminder_pending"),
        fresh=lately,
        has_seat=ordinary.has_seat(ask),
        has_session=context.flag("has_session") or context.flag("reminder_pending"),
        interpreter=context.flag("interpreter"),
    )


def _says_minor(ask: Ask, field: str) -> bool:
    """Where the form counts or names others, an age is not hers."""
    return field not in ("children", "minors_at_home") and ages.is_minor(ask.text)


def stays_in_safety(act: Act, here: Standing) -> bool:
    """Whether the talk on safety goes on, or begins, with this act.

    It does when she has come back: what she read as she did stands on her screen, and *salir* must hide it.
    """
    if act.intent == "safe_word_ok":
        return True
    if here.cover or act.intent in LEAVES_SAFETY:
        return False
    return here.in_safety or (act.intent in SAFETY and act.intent not in BEFORE_A_TALK)


def leaves_form(act: Act, here: Standing) -> bool:
    """What is said of safety suspends a form; her answers wait for her."""
    if here.form_field in ("update_field", "update_value") and act.intent == "delete_my_data":
        return True  # her yes is to the erasure
    return bool(here.form_field) and act.intent in SAFETY | ENDS_ENROLMENT | ASKS_BACK | {"set_language"}


def facts(ask: Ask, act: Act, here: Standing, *, in_safety: bool, misses: int) -> dict[str, object]:
    """The slots that the rules and the texts look at in this turn."""
    context, was = ask.context, here.filled
    # Her answers go once all are saved: while they are here she is in the middle.
    half = "preferred_name" in was and act.intent not in ENDS_ENROLMENT
    return {
        **{flag: context.flag(flag) and not (here.cover and flag in HELD_BACK) for flag in CONTEXT},
        "registered": context.flag("registered") and not half,
        **dict.fromkeys(FOR_ONE_TURN),
        "minor": here.minor,
        "told_minor": "yes" if here.minor and not context.flag("minor") else None,
        "least_age": str(context.least_age),
        **_open_question(act, here, misses),
        "name_call": f", {context.name}" if context.name else "",
        "missed": "again" if misses > 1 else None,
        "in_safety": in_safety,
        "in_form": bool(here.form_field) and not leaves_form(act, here),
        "wording": WORDINGS.get(was.get("wording", ""), "1") if in_safety else None,
        "in_danger": _danger(act, was.get("in_danger", "no")) if in_safety else "no",
        "about": ABOUT.get(act.intent, was.get("about", "violence")) if in_safety else None,
        "half_enrolled": half,
        "moment": act.entities.get("moment", "start") if act.intent == "start_food" else was.get("moment"),
        "wanted": _wanted(act, was.get("wanted")),
        **({} if in_safety else NOT_IN_SAFETY),
        **ordinary.facts(ask, act, here),
        **({} if here.fresh else {"writer": None}),
        **({} if act.intent in OF_ANOTHER else {"another_told": None}),
        **({"limits_told": False} if in_safety and not here.in_safety else {}),
        **({"in_plan": None} if act.intent == "see_options" else {}),
        **({"safe_known": "yes"} if in_safety and act.intent in SAFE else {}),
        **(dict.fromkeys((*DETAILS, *DETAILS_IN_WORDS)) if act.intent in ENDS_ENROLMENT else {}),
    }


def _open_question(act: Act, here: Standing, misses: int) -> dict[str, object]:
    """Whether a question stays open, and is put again: after one fear and the next, once is enough."""
    waits = _offer_open(act, here, misses)
    answers = waits and act.intent in TOPICS | OF_A_KIND
    again = answers and here.filled.get("reasked") == "yes"
    return {"offer_open": waits and not again, "waits": waits, "reasked": "yes" if answers else None}


def _offer_open(act: Act, here: Standing, misses: int) -> bool:
    """Whether the question that waits is put again at the end of this answer."""
    return here.open_offer and not here.form_field and (act.intent in ASIDES or (act.missed and misses <= 1))


def _danger(act: Act, before: str) -> str:
    """What kind of danger this talk is about: from others, from herself, or none."""
    if act.intent in OF_DYING:
        return "self"
    now = act.intent in OF_OTHERS or act.slots.get("happens_now") is True
    return "others" if now else before


def _wanted(act: Act, before: str | None) -> str | None:
    """What she came for: the enrolment, until she greets anew or refuses."""
    if act.intent == "enroll":
        return "enroll"
    return None if act.intent in ("greet", "refuse_notice", "ask_menu") else before


def emptied(
    form: str, asked: Mapping[str, Iterable[str]], children: str | None, *, stopped: bool
) -> dict[str, object]:
    """The slots to forget once a form is over; an enrolment that she stopped waits for her.

    `asked` maps each form to the slots it asks for; `children` is her answer in the enrolment.
    """
    if form == ENROLMENT and stopped:
        return {}
    over = FOOD_FORMS if form in FOOD_FORMS else (form,)
    gone: dict[str, object] = {
        name: None for each in over for name in asked[each] if name != "minors_at_home"
    }
    if form != ENROLMENT:
        return gone
    gone |= dict.fromkeys(DETAILS_IN_WORDS)
    return gone | ({"minors_at_home": "no" if children == "0" else "yes"} if children else {})
