"""What lasts: exact orders pass, guesses are asked back, and her "no" to the question is one."""

from __future__ import annotations

from datetime import date

import pytest

from bot.dialogue import hiding, lasting
from bot.dialogue.parse import Understanding
from bot.dialogue.standing import Act, Standing

TODAY = date(2026, 11, 23)


def here(*payloads: str, **more: object) -> Standing:
    offers = [(payload, payload) for payload in payloads]
    return Standing(TODAY, frozenset(), offers=offers, **more)  # type: ignore[arg-type]


def said(intent: str, confidence: float = 0.9, risk: str = "none", tier: str = "none") -> Understanding:
    return Understanding(intent, confidence, risk, tier)


@pytest.mark.parametrize(
    ("text", "intent", "confidence", "becomes"),
    [
        ("baja por favor", "opt_out", 0.9, "opt_out"),
        ("me cansan tantos mensajes", "opt_out", 0.9, "ask_opt_out"),
        ("para que ya no me pegue", "opt_out", 0.8, "perhaps_safety"),
        ("mis datos", "access_my_data", 0.2, "access_my_data"),
        ("lo que di de mí", "access_my_data", 0.9, "ask_copy"),
        ("a ver cuales hay en guadalajara", "access_my_data", 0.32, "nlu_fallback"),
        ("ya regresé de León", "opt_in", 0.8, "greet"),
        ("algo de enterarme", "opt_in", 0.4, "nlu_fallback"),
        ("mándenme los avisos", "opt_in", 0.9, "messages_on"),
        ("no le vuelvan a escribir a mi niña", "opt_in", 0.9, "ask_opt_out"),
        ("ya dejarlo", "drop_out_now", 0.9, "ask_drop_sure"),
        ("borren lo mío", "delete_my_data", 0.9, "delete_my_data"),
    ],
)
def test_a_guess_is_asked_back(text: str, intent: str, confidence: float, becomes: str) -> None:
    """A lasting act is done on an exact order, asked about on a sure guess, and left on a faint one."""
    act = lasting.asked_back(Act(intent), text, said(intent, confidence), here(registered=True))
    assert act.intent == becomes


@pytest.mark.parametrize(
    ("text", "becomes"),
    [("vuelvan a avisarme", "ask_opt_in"), ("que no me avisen les dije", "ask_opt_out"), ("ALTA", "opt_in")],
)
def test_started_again_only_by_the_word_or_a_yes(text: str, becomes: str) -> None:
    stopped = here(opted_out=True, registered=True)
    assert lasting.asked_back(Act("opt_in"), text, said("opt_in"), stopped).intent == becomes


@pytest.mark.parametrize("act", ["opt_out", "opt_in", "access_my_data"])
def test_an_answer_to_the_question_itself_is_done(act: str) -> None:
    asked = here(f"/{act}", "/keep_messages")
    assert lasting.asked_back(Act(act), "sí, eso", said(act), asked).intent == act


@pytest.mark.parametrize("intent", ["cancel", "deny"])
def test_putting_it_off_is_a_no_to_what_lasts(intent: str) -> None:
    asked = here("/close_case_yes", "/close_case_no", yes="/close_case_yes", no="/close_case_no")
    assert lasting.asked_back(Act(intent), "siempre no", said(intent), asked).intent == "close_case_no"
    elsewhere = here("/enroll", "/ask_menu", yes="/enroll", no="/ask_menu")
    assert lasting.asked_back(Act(intent), "siempre no", said(intent), elsewhere).intent == intent


def test_her_data_before_an_enrolment_is_her_consent() -> None:
    """Where nothing is on file yet, what can be taken back is her yes."""
    asked = here(consented=True, form_field="full_name")
    act = lasting.asked_back(Act("delete_my_data"), "borren eso", said("delete_my_data"), asked)
    assert act.intent == "ask_withdraw"


WRITE = ("/safe_now", "/not_safe_now", "/not_that")


@pytest.mark.parametrize(
    ("text", "act", "confidence", "becomes"),
    [
        ("mejor luego, anda por aquí", "hide", 0.9, "not_safe_now"),
        ("mejor luego, anda por aquí", "hide", 0.7, None),
        ("van a notar mi voz", "cannot_speak", 0.7, "cannot_speak"),
        ("van a notar mi voz", "cannot_speak", 0.5, None),
        ("me van a escuchar", "", 0.0, "cannot_speak"),
        ("no puedo hablar ahorita", "", 0.0, "not_safe_now"),
        ("está aquí", "", 0.0, "not_safe_now"),
        ("no, está aquí", "", 0.0, "not_safe_now"),
        ("no está aquí", "", 0.0, "safe_now"),
        ("no puedo", "", 0.0, "not_safe_now"),
        ("no puedo dejarlo", "", 0.0, None),
        ("está aquí mi hermana conmigo", "", 0.0, None),
    ],
)
def test_a_reading_in_context_hides_only_where_it_is_sure(
    text: str, act: str, confidence: float, becomes: str | None
) -> None:
    """P9: at the question whether she can write, from 0.8; the call from 0.6, for nothing lasts by it."""
    read = Understanding("inform", 0.9, "none", "none", act=act, act_confidence=confidence)
    found = hiding.hides(text, read, here(*WRITE, in_safety=True))
    assert (found.intent if found else None) == becomes


def test_a_sure_reading_hides_nowhere_else_and_never_over_danger() -> None:
    """P9: an open danger is not demoted by a reading of one line."""
    read = Understanding("inform", 0.9, "none", "none", act="hide", act_confidence=0.99)
    assert hiding.hides("mejor luego", read, here("/want_person", in_safety=True)) is None
    grave = Understanding("immediate_danger", 0.9, "danger", "sure", act="hide", act_confidence=0.99)
    assert hiding.hides("ya viene con el machete", grave, here(*WRITE, in_safety=True)) is None


@pytest.mark.parametrize(
    ("text", "understood", "becomes"),
    [
        ("me está matando", said("immediate_danger", 0.9, "danger", "sure"), "cry_in_cover"),
        ("manden una patrulla a mi casa", said("inform"), "cry_in_cover"),
        ("llamen a la policía por favor", said("inform"), "cry_in_cover"),
        ("mi hijo está golpeado", said("child_at_risk", 0.8, "danger", "perhaps"), "near_cry_in_cover"),
        ("me pega", said("disclose_violence", 0.9, "support", "sure"), "change_subject"),
        ("auxilio", said("nlu_fallback"), "near_cry_in_cover"),
        ("ayúdenme", said("nlu_fallback"), "change_subject"),
        ("🆘", said("nlu_fallback"), "near_cry_in_cover"),
        ("tijera chueca", said("nlu_fallback"), "nlu_fallback"),
        ("mi hermano es policía", said("out_of_scope"), "change_subject"),
    ],
)
def test_what_is_answered_under_cover(text: str, understood: Understanding, becomes: str) -> None:
    """P9: a cry by the line that any bot may say, all else that could be one by a line on workshops."""
    missed = understood.tier == "none"
    assert hiding.under_cover(Act(understood.intent, missed=missed), text, understood).intent == becomes


@pytest.mark.parametrize(
    "text", ["cuánto cuesta", "a qué hora es", "mis datos", "quiero hablar con una persona"]
)
def test_ordinary_things_under_cover_stay_what_they_are(text: str) -> None:
    assert hiding.under_cover(Act("ask_cost"), text, said("ask_cost")).intent == "ask_cost"
