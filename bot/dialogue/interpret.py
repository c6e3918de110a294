"""What a message means where it was said: one act, the slots it fills, and whether to open softly.

Why: the rules then only say what follows an act. Pure: it must never store, log or repeat what she wrote,
and while cover is on nothing of safety may come out of it.
"""

from __future__ import annotations

from dataclasses import replace

from bot.components.places import ELSEWHERE
from bot.components.reading import SURE
from bot.components.red_flags import flag
from bot.dialogue import (
    ages,
    answers,
    asked_in_talk,
    calling,
    cries,
    denied,
    everyday,
    fears,
    first_questions,
    given,
    going_on,
    grievance,
    hearing,
    hiding,
    in_place,
    in_thread,
    lasting,
    lost_phone,
    message_hours,
    of_reminder,
    offered,
    orders,
    ordinary,
    parents,
    readers,
    requests,
    said_next,
    speaker,
    stray_yes,
    taken,
    telling,
    tongues,
    who_enrols,
    words,
    worn_out,
)
from bot.dialogue.acts import DIGRESSIONS, SAFETY, SAFETY_CONTRACT
from bot.dialogue.in_form import in_form
from bot.dialogue.ordinary import ANY_WORDS
from bot.dialogue.parse import UNKNOWN, Understanding
from bot.dialogue.standing import (
    CLEAR,
    LEAST_CONFIDENCE,
    SHORT,
    SURELY,
    Act,
    Standing,
    payload_intent,
    read_payload,
)
from bot.dialogue.told_before import says

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
            asked_now = here.place == "consent.notice" and not here.consented
            begins = len(early) > 1 and not asked_now
            return Act("enroll" if begins else "told_early", slots={**early, "wanted": "enroll"})
    its_hours = said.intent == "set_contact_hours" and said.confidence >= LEAST_CONFIDENCE
    if not here.in_safety and (its_hours or message_hours.of_messages(text, said)):
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
    if requests.wants_person(text) or requests.names_person(text):
        return Act("want_person")
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
    if said.tier == "none" and requests.names_person(text):
        return Act("ask_person")
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
        hint = (act.missed and cries.could_be(text)) or (
            act.intent not in SAFETY and everyday.is_ashamed(text)
        )
        return cries.open_door(here) if hint and not here.form_field else act
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
    if again and _is_weary(text, said) and not here.in_safety:
        return Act("talk_in_confidence")
    if again and not here.in_safety and (act.missed or said.intent in SAFETY_CONTRACT):
        hides = said.intent == "quick_exit"  # the second time in a row it is hardly chance
        return telling.of_safety(text, replace(said, intent="disclose_violence") if hides else said, here)
    if act.missed or act.intent in SAFETY_CONTRACT:
        return Act("keep_talking" if here.in_safety else "perhaps_safety")
    return Act(act.intent, act.entities, act.slots, soft=not here.in_safety and act.intent not in SAFETY)


def _is_weary(text: str, said: Understanding) -> bool:
    """Whether a guess at thoughts of dying holds no word of them: "estoy bien cansada de todo"."""
    return said.intent == "self_harm" and said.perhaps and not says("dying", text) and flag(text) is None


def _at_once(text: str, said: Understanding, here: Standing) -> Act | None:
    """What comes before whatever was asked: a way out, a fixed word, what is of safety."""
    act = _ordered(text, here) or taken.answered(text, said, here) or denied.answered(text, said, here)
    act = (
        act
        or who_enrols.aside(text, said, here)
        or hiding.not_by_a_girl(hiding.hides(text, said, here), text, here)
    )
    act = act or in_thread.wants_police(text, here) or going_on.plan_step(text, here)
    if not act and words.is_other_script(text):
        return Act(UNKNOWN, missed=True)
    act = act or calling.answered(text, said, here) or grievance.answered(text, said, here)
    act = act or asked_in_talk.answered(text, said, here)
    act = act or of_reminder.comes(text, said, here)
    act = act or _answer_in_safety(text, said, here) or _heard(text, said, here)
    if act:
        return act
    if here.in_safety and words.hides_the_chat(text):
        return Act("how_to_hide")
    if here.expects == "case_hours" and said.risk != "danger" and words.speaks_of_time(text):
        return Act(here.expects, {"words": answers.plain(text, 160)})
    if telling.tells(text, said, here):
        return in_thread.beside(text, telling.of_safety(text, said, here), said, here)
    if here.in_safety and ages.is_minor(text) and "young_told" not in here.filled:
        return Act("young_told")
    return _resumed(text, here)


def _answer_in_safety(text: str, said: Understanding, here: Standing) -> Act | None:
    """In a talk on safety, an answer to what was asked that is surer than any topic of its own."""
    if not here.place.startswith("safety.") or (said.risk == "danger" and said.sure):
        return None
    his = speaker.other(text, said, here)
    if his:
        return his
    if cries.asks_help(text) or fears.plain_topic(text, here):
        return None
    names = here.in_safety and requests.names_person(text)
    if here.place != in_place.CASE and (names or requests.wants_person(text)):
        return Act("want_person")
    if said.topic and said.topic_confidence > said.act_confidence:
        return None
    return in_place.taken(text, said, here) or in_place.read(text, said, here)


def _heard(text: str, said: Understanding, here: Standing) -> Act | None:
    """Who else may hold the phone, a cry without a story, what she fears: each has an answer of its own."""
    return (
        speaker.other(text, said, here)
        or parents.answered(text, here)
        or in_thread.opens(text, said, here)
        or worn_out.answered(text, said, here)
        or cries.answered(text, said, here)
        or said_next.opens(text, said, here)
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


def _resumed(text: str, here: Standing) -> Act | None:
    """Where she says "seguimos" of an enrolment that waits for her, or "ya volví" in the middle of one."""
    if here.form_field and words.comes_back(text):
        return Act("ask_again", slots={"again": None})
    asked = here.yes in ("", "/enroll")
    waits = not here.form_field and "preferred_name" in here.filled and asked and not here.in_safety
    goes_on = words.resumes(text) or words.comes_back(text)
    return Act("enroll") if waits and goes_on else None


def _agreed(text: str, said: Understanding, here: Standing) -> Act | None:
    """A yes or no in her own words to the last question, where it was one of yes or no."""
    if said.confidence < SURELY or said.tier != "none":
        return None
    if here.place in (first_questions.WRITE, first_questions.READERS):
        return None  # there a yes or no is a word of hers, or what the model of that place is sure of
    payload = {"affirm": here.yes, "deny": here.no}.get(said.intent, "")
    if said.intent == "affirm" and not stray_yes.is_one(payload_intent(payload), text):
        return None
    return read_payload(payload, here.intents) if payload else None


def _in_passing(text: str, said: Understanding, here: Standing) -> Act | None:
    """What is the same wherever it is said: thanks in her tongue, which one it is, whether she may return."""
    if here.form_field not in ANY_WORDS and tongues.is_thanks(text):
        return Act("thank")
    language = words.language_of(text, in_form=bool(here.form_field))
    if language:
        return Act("set_language", {"language": language})
    number = lost_phone.changed(text, said, here)
    if number:
        return number
    later = not here.form_field and said.tier == "none" and going_on.asks_for_later(text)
    return Act("ask_later") if later else None


def _told(text: str, said: Understanding, here: Standing) -> Act:
    """A written message."""
    act = _at_once(text, said, here) or _in_passing(text, said, here)
    if act:
        return act
    chosen = act = of_reminder.answered(text, said, here) or offered.an_older_group(text, here)
    if act is None:
        chosen = act = in_place.taken(text, said, here) or of_reminder.beside(text, said, here)
    if act is None:
        chosen = act = offered.of_groups(text, said, here) or ordinary.wish(text, said, here)
    # A disclosure beside an answer must not be lost; under cover a wrong word is as any unknown text.
    covered = here.cover or here.place == "cover.line"
    heard = said.tier == "none" or here.place.startswith("safety.") or _gives_hours(text, said, here)
    heard = heard and not covered
    if act is None and not here.form_field and heard:
        chosen = act = in_place.read(text, said, here)
    if act is None and here.form_field:
        act = in_form(text, said, here)
    if act is None:
        if words.is_yes(text) or words.is_no(text):
            said = replace(said, intent="affirm" if words.is_yes(text) else "deny", confidence=1.0)
        if here.open_offer and not here.yes and words.is_yes(text):
            return Act(UNKNOWN, missed=True)  # a yes to "which one?" is put the question again
        act = _expected(text, said, here) or _agreed(text, said, here) or _ordinary(text, said, here)
    if chosen is None:
        act = ordinary.refined(text, act, said, here)
    return _softened(text, act, said, here)


def _gives_hours(text: str, said: Understanding, here: Standing) -> bool:
    """Asked for her hours, "de 10 a 2 cuando no está mi marido" is the answer."""
    return here.place == "contact.hours" and not said.sure and readers.names_a_span(text)


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
        told = hiding.not_by_guess(_told(text, said, here), text, said, here)
        act = lasting.asked_back(told, text, said, here)
    if act.intent in FORM_ASIDES:
        act = Act(act.intent, slots=FORM_ASIDES[act.intent])
    written = text if kind == "text" and not payload else ""
    act = hiding.with_hours(act, written, said, here)
    act = ordinary.settled(written, _by_age(written, act, here), said, here)
    act = everyday.settled(written, act, said, here)
    act = hearing.settled(written, in_thread.settled(written, act, said, here), here)
    act = cries.marked(written, said, act, here) if written else act
    return hiding.under_cover(act, "" if payload else text, said) if here.cover else act
