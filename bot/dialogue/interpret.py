"""What a message means where it was said: one act, the slots it fills, and whether to open softly.

Why: the rules then only say what follows an act. Pure: it must never store, log or repeat what she wrote,
and while cover is on nothing of safety may come out of it.
"""

from __future__ import annotations

from dataclasses import replace

from bot.components import sexual
from bot.components.places import ELSEWHERE
from bot.components.reading import SURE
from bot.components.red_flags import flag, only_told
from bot.dialogue import (
    ages,
    answers,
    calling,
    cries,
    fears,
    given,
    grievance,
    hiding,
    in_place,
    in_thread,
    lasting,
    offered,
    orders,
    ordinary,
    readers,
    requests,
    speaker,
    who_enrols,
    words,
)
from bot.dialogue.acts import DIGRESSIONS, SAFETY, SAFETY_CONTRACT
from bot.dialogue.in_form import in_form
from bot.dialogue.parse import UNKNOWN, Understanding
from bot.dialogue.standing import CLEAR, LEAST_CONFIDENCE, SHORT, SURELY, Act, Standing, read_payload

WISHES = DIGRESSIONS | {
    "enroll", "reschedule", "drop_out", "confirm_attendance", "decline_attendance", "notify_late",
}  # fmt: skip


TELLS_HERSELF = frozenset(
    (
        "inform", UNKNOWN, "enroll", "greet", "affirm", "out_of_scope", "ask_workshops", "ask_programme",
        "set_contact_hours", "update_details", "ask_requirements", "thank",
    )
)  # fmt: skip
"""What a whole enrolment in one message may be taken for; who wants a person or an erasure wants that."""


def clearly_a_wish(text: str, said: Understanding) -> bool:
    """Whether she answers or wants something; not a hello, a name or a guess."""
    if words.is_yes(text) or words.is_no(text) or words.choice(text, MOST_OFFERED) is not None:
        return True
    return said.tier != "none" or (said.confidence >= CLEAR and said.intent in WISHES)


def _media(kind: str) -> str:
    if kind in ("voice", "location"):
        return f"media_{kind}"
    return "media_reaction" if kind == "reaction" else "media_other"


MOST_OFFERED = 3
WHO_READS = "safety.who_reads"
OF_SESSIONS = (
    "confirm_attendance",
    "decline_attendance",
    "ask_next_session",
    "reschedule",
    "set_contact_hours",
)
SURELY_OTHER = 0.9
"""From this she speaks of her sessions, though she was telling of violence."""
FORM_ASIDES = {
    "more_axes": {"again": "more"},
    "change_something": {"again": "which"},
    "other_place": {"again": "other"},
}
"""Buttons of a form that lead to another wording of its question."""


def _of_safety(text: str, said: Understanding, here: Standing) -> Act:
    if said.intent not in SAFETY_CONTRACT:
        intent = "immediate_danger" if said.risk == "danger" else "disclose_violence"
    elif said.risk == "danger" and said.intent in ("disclose_violence", "ask_violence_help", "phone_watched"):
        intent = "immediate_danger"
    else:
        intent = said.intent
    if intent == "quick_exit" and not here.secret:
        if said.risk != "danger":
            return Act("change_subject")
        intent = "immediate_danger"  # nothing is on her screen yet: her cry counts, not that he is coming
    if here.in_safety and said.risk != "danger" and ages.is_minor(text):
        return Act("young_told")
    return _with_doctor(text, _of_body(text, intent, said, here) or _of_kind(text, intent, said, here))


def _with_doctor(text: str, act: Act) -> Act:
    """Strangling and a blow while she is with child harm without a mark: she is sent to a doctor as well."""
    heard = flag(text) if act.intent == "immediate_danger" else None
    return replace(act, slots={**act.slots, "doctor": heard.name}) if heard and heard.doctor else act


def _of_body(text: str, intent: str, said: Understanding, here: Standing) -> Act | None:
    """Sexual violence that may lately have been: what helps within 72 and 120 hours is offered, once."""
    mine, others = sexual.told(text), intent in ("child_at_risk", "support_for_other")
    if "health_told" in here.filled or not (mine or (others and sexual.of_other(text))):
        return None
    if not sexual.perhaps_lately(text):
        return None
    heard = flag(text)
    if intent == "immediate_danger" and heard and heard.name == "forced_sex" and not speaker.is_near(text):
        return Act("sexual_violence", slots={"health_due": here.minor, "lately": "yes"})
    if others or intent in ("immediate_danger", "self_harm"):
        now = {"happens_now": True} if others and said.risk == "danger" else {}
        return Act(intent, slots={"health_due": True, **now})
    return Act("sexual_violence", slots={"health_due": here.minor})


def _of_kind(text: str, intent: str, said: Understanding, here: Standing) -> Act:
    hers = words.is_hers(text) and (here.minor or only_told(text))
    if intent == "child_at_risk" and said.risk != "danger" and hers:
        intent = "disclose_violence"
    if intent == "child_at_risk" and said.risk != "danger" and speaker.spares_children(text):
        intent = "disclose_violence"
    if intent == "disclose_violence" and here.in_safety:
        return Act("tell_more")
    if intent == "ask_violence_help":
        refused = here.in_safety and words.refuses(text)
        return Act("keep_talking" if refused else requests.need(text, here) or intent)
    if intent in ("child_at_risk", "support_for_other") and said.risk == "danger":
        if here.minor:  # a child who writes while it goes on is told what to do, and no law
            return Act("disclose_violence" if fears.is_touched(text) else "child_writes")
        return Act(intent, slots={"happens_now": True})
    return Act(intent)


def _expected(text: str, said: Understanding, here: Standing) -> Act | None:
    """Free words that the last question asked for outside a form."""
    if not here.expects or words.is_no(text) or (said.intent in DIGRESSIONS and said.confidence >= CLEAR):
        return None
    if said.intent in in_place.OF_ELSE and said.confidence >= in_place.SURELY_ELSE:
        return None
    if here.expects == "set_contact_hours" and not readers.names_hours(text):
        return None
    if said.act == ELSEWHERE and said.act_confidence >= SURE:
        return None
    return Act(here.expects, {"words": answers.plain(text, 160)})


def _with_what_she_told(text: str, said: Understanding, here: Standing) -> Act | None:
    """A wish that carries its details with it."""
    if said.intent == "enroll" and said.confidence >= LEAST_CONFIDENCE and not here.registered:
        return Act(said.intent, slots=given.details(text, here.filled, here.today))
    free = not (here.registered or here.in_safety or here.form_field) and said.tier == "none"
    if free and (said.intent in TELLS_HERSELF or said.confidence < LEAST_CONFIDENCE):
        early = given.early(
            text, here.filled, here.today, asked="/accept_notice" in (p for _, p in here.offers)
        )
        if early:
            return Act("enroll" if len(early) > 1 else "told_early", slots={**early, "wanted": "enroll"})
    if said.intent == "set_contact_hours" and said.confidence >= LEAST_CONFIDENCE:
        return ordinary.hours(text)
    if said.intent == "update_details":
        named = words.field_of(text)
        about = {"update_field": named, "update_field_name": words.FIELD_NAMES[named]} if named else {}
        return Act(said.intent, about)
    return None


def _within_safety(text: str, said: Understanding, here: Standing) -> Act | None:
    """What she asks for by name while she tells; a guess about sessions does not end the talk."""
    if words.can_write(text):
        return Act("safe_now")
    need = requests.need(text, here)
    wants_person = said.intent == "ask_person" and said.confidence >= SURELY  # "que me hable la licenciada"
    if need and not (wants_person and need == "info_report"):
        return Act(need)
    guess = said.intent in OF_SESSIONS and said.confidence < SURELY_OTHER
    return Act("keep_talking") if guess else None


def _ordinary(text: str, said: Understanding, here: Standing) -> Act:
    if here.reminder_pending and said.intent in ("affirm", "deny"):
        return Act("confirm_attendance" if said.intent == "affirm" else "decline_attendance")
    told = _with_what_she_told(text, said, here)
    if told:
        return told
    need = _within_safety(text, said, here) if here.in_safety else None
    if need:
        return need
    if words.is_bare_help(text):
        return Act("see_options" if here.in_safety else "ask_menu", soft=True)
    if not words.has_words(text):
        return Act(UNKNOWN, missed=True)
    if said.intent == "out_of_scope" and not here.in_safety:
        return calling.chatter(text, said) or Act(UNKNOWN, missed=True)
    least = CLEAR if said.intent in ("affirm", "deny") else LEAST_CONFIDENCE
    if said.confidence < least or said.intent not in here.intents:
        return Act(UNKNOWN, missed=True)
    return Act(said.intent, missed=said.intent in (UNKNOWN, "out_of_scope", "inform"))


def _softened(text: str, act: Act, said: Understanding, here: Standing) -> Act:
    if here.cover:
        return replace(act, soft=False)
    act = requests.within_safety(text, act, said, here)
    if said.tier == "none":
        return cries.open_door(here) if act.missed and cries.could_be(text) and not here.form_field else act
    short = all(len(line.split()) <= SHORT for line in text.split("\n"))
    if act.intent == "inform" and here.form_field == "phone_shared" and said.risk != "danger":
        return act  # "me lo revisa todo": nothing more may be said on a phone that he reads
    if act.intent == "inform" and short and not said.sure:
        return act
    if act.corrects or act.intent in ("correct_detail", "ask_about"):
        return act
    again = not here.form_field and (
        here.filled.get("cried") or "/talk_in_confidence" in dict(here.offers).values()
    )
    if again and not here.in_safety and (act.missed or said.intent in SAFETY_CONTRACT):
        hides = said.intent == "quick_exit"  # the second time in a row it is hardly chance
        return _of_safety(text, replace(said, intent="disclose_violence") if hides else said, here)
    if act.missed or act.intent in SAFETY_CONTRACT:
        return Act("keep_talking" if here.in_safety else "perhaps_safety")
    return Act(act.intent, act.entities, act.slots, soft=not here.in_safety and act.intent not in SAFETY)


def _at_once(text: str, said: Understanding, here: Standing) -> Act | None:
    """What comes before whatever was asked: a way out, a fixed word, what is of safety."""
    act = _ordered(text, here) or who_enrols.aside(text, said, here) or hiding.hides(text, said, here)
    act = act or in_thread.wants_police(text, here)
    if not act and words.is_other_script(text):
        return Act(UNKNOWN, missed=True)
    act = act or calling.answered(text, said, here) or grievance.answered(text, said, here)
    act = act or _answer_in_safety(text, said, here) or _heard(text, said, here)
    if act:
        return act
    if here.in_safety and words.hides_the_chat(text):
        return Act("how_to_hide")
    if here.expects == "case_hours" and said.risk != "danger" and words.speaks_of_time(text):
        return Act(here.expects, {"words": answers.plain(text, 160)})
    if _tells(text, said, here):
        return in_thread.beside(text, _of_safety(text, said, here), said, here)
    if here.in_safety and ages.is_minor(text) and "young_told" not in here.filled:
        return Act("young_told")
    return _resumed(text, here)


def _answer_in_safety(text: str, said: Understanding, here: Standing) -> Act | None:
    """In a talk on safety, an answer to what was asked that is surer than any topic of its own."""
    if not here.place.startswith("safety.") or (said.risk == "danger" and said.sure):
        return None
    if fears.plain_topic(text, here) or (said.topic and said.topic_confidence > said.act_confidence):
        return None
    return in_place.taken(text, said, here) or in_place.read(text, said, here)


def _heard(text: str, said: Understanding, here: Standing) -> Act | None:
    """Who else may hold the phone, a cry without a story, what she fears: each has an answer of its own."""
    return (
        speaker.other(text, said, here)
        or in_thread.opens(text, said, here)
        or cries.answered(text, said, here)
        or fears.answered(text, said, here)
        or requests.of_the_street(text, said, here)
    )


def _ordered(text: str, here: Standing) -> Act | None:
    """A fixed word; "parar" ends only the questions, and one that skips a question or is a choice is that."""
    exact = orders.command(text) or orders.command_among(text)
    if exact is None:
        return lasting.ordered(text, here)
    if exact == "quick_exit":
        return Act(exact if here.secret and not here.cover else "change_subject")
    if exact == "opt_out" and here.form_field and orders.stops_the_form(text):
        exact = "cancel"
    skips = exact == "cancel" and here.form_field and words.is_skip(text)
    chooses = words.beginning(text, [title for title, _ in here.offers]) is not None
    return None if skips or chooses else Act(exact)


def _tells(text: str, said: Understanding, here: Standing) -> bool:
    """She tells of violence, and it is neither a name nor the answer to who reads this phone."""
    if here.form_field == "contact_hours" and said.risk != "danger" and readers.only_hours(text):
        return False
    if words.is_bare_help(text) and not here.in_safety:
        return False  # the first time it may be help with the chat; `cries` hears the second
    told = said.sure or sexual.told(text)
    return told and not (here.cover or _only_a_name(text, said, here) or _who_reads(text, said, here))


def _who_reads(text: str, said: Understanding, here: Standing) -> bool:
    """Asked who reads this phone, "mi esposo me lo revisa" is the answer."""
    if said.intent != "phone_watched" or said.risk == "danger":
        return False
    if here.form_field == "phone_shared":
        return readers.phone_is_shared(text) is not None
    return here.place == WHO_READS and in_place.read(text, said, here) is not None


def _resumed(text: str, here: Standing) -> Act | None:
    """Where she says "seguimos" of an enrolment that waits for her."""
    waits = not here.form_field and "preferred_name" in here.filled and not here.yes and not here.in_safety
    return Act("enroll") if waits and words.resumes(text) else None


def _only_a_name(text: str, said: Understanding, here: Standing) -> bool:
    """Socorro is a name and El Refugio a place: where one was asked, a bare one is an answer."""
    if here.form_field not in ("preferred_name", "full_name", "locality", "municipality"):
        return False
    bare_place = said.intent == "ask_violence_help" and len(text.split()) <= SHORT
    return bare_place or words.is_name_that_alarms(text)


def _reminded(text: str, here: Standing) -> Act | None:
    """A bare yes or no to a reminder that came after the last question."""
    if not here.reminder_pending or here.fresh or not (words.is_yes(text) or words.is_no(text)):
        return None
    return Act("confirm_attendance" if words.is_yes(text) else "decline_attendance")


def _agreed(said: Understanding, here: Standing) -> Act | None:
    """A yes or no in her own words to the last question, where it was one of yes or no."""
    if said.confidence < SURELY or said.tier != "none":
        return None
    payload = {"affirm": here.yes, "deny": here.no}.get(said.intent, "")
    return read_payload(payload, here.intents) if payload else None


def _told(text: str, said: Understanding, here: Standing) -> Act:
    """A written message."""
    act = _at_once(text, said, here)
    if act:
        return act
    language = words.language_of(text, in_form=bool(here.form_field))
    if language:
        return Act("set_language", {"language": language})
    chosen = act = (
        _reminded(text, here) or offered.an_older_group(text, here) or in_place.taken(text, said, here)
    )
    if act is None:
        chosen = act = offered.of_groups(text, said, here) or ordinary.wish(text, said, here)
    # A disclosure beside an answer must not be lost; under cover a wrong word is as any unknown text.
    covered = here.cover or here.place == "cover.line"
    heard = not covered and (said.tier == "none" or here.place.startswith("safety."))
    if act is None and not here.form_field and heard:
        chosen = act = in_place.read(text, said, here)
    if act is None and here.form_field:
        act = in_form(text, said, here)
    if act is None:
        if words.is_yes(text) or words.is_no(text):
            said = replace(said, intent="affirm" if words.is_yes(text) else "deny", confidence=1.0)
        if here.open_offer and not here.yes and words.is_yes(text):
            return Act(UNKNOWN, missed=True)  # a yes to "which one?" is put the question again
        act = _expected(text, said, here) or _agreed(said, here) or _ordinary(text, said, here)
    if chosen is None:
        act = ordinary.refined(text, act, said, here)
    return _softened(text, act, said, here)


def _by_age(text: str, act: Act, here: Standing) -> Act:
    """The end of an enrolment where the programme's ages don't allow it, from her birth date or her words."""
    enrols = "details_ok" in here.asked or (act.intent == "enroll" and not here.registered)
    if not enrols or act.intent not in ("enroll", "inform", "ask_again"):
        return act
    born = act.slots.get("birth_date") or (here.filled.get("birth_date") if act.intent == "enroll" else None)
    said = ages.own(text) if here.form_field in ("", "preferred_name", "full_name", "birth_date") else None
    by_year = ages.by_year(act.slots.get("birth_year"), here.today)
    age = ages.on(str(born), here.today) if born else by_year if by_year is not None else said
    ends = ages.barred(age, here.least_age, here.guardian_under) if age is not None else None
    return Act(ends) if ends else act


def interpret(text: str, kind: str, payload: str, said: Understanding, here: Standing) -> Act:
    """The act of this turn; in cover mode none of safety."""
    if payload:
        act = read_payload(payload, here.intents) or Act(UNKNOWN, missed=True)
    elif kind != "text":
        act = Act(_media(kind))
    elif not text:
        act = Act("media_other")
    else:
        act = lasting.asked_back(hiding.not_by_guess(_told(text, said, here), text, said), text, said, here)
    if act.intent in FORM_ASIDES:
        act = Act(act.intent, slots=FORM_ASIDES[act.intent])
    written = text if kind == "text" and not payload else ""
    act = ordinary.settled(written, _by_age(written, act, here), said, here)
    act = in_thread.settled(written, act, said, here)
    act = cries.marked(written, said, act, here) if written else act
    return hiding.under_cover(act, "" if payload else text, said) if here.cover else act
