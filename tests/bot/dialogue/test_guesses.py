"""A voice note is a guess: safety is heard sooner, and nothing lasts without her yes."""

from __future__ import annotations

import pytest
from dialogue_talk import Driver, Talk

from bot.dialogue import guesses
from bot.dialogue.ask import Ask, Context
from bot.dialogue.parse import NOTHING, Understanding, read_parse


def ask(heard: str, *, text: str = "no puedo ir", payload: str = "") -> Ask:
    return Ask("her", text, "1", payload, "text", Context(), heard=heard)


def said(tier: str = "none", risk: str = "none", hint: float = 0.0) -> Understanding:
    return Understanding("decline_attendance", 0.9, risk, tier, hint=hint)


def doing(effect: str, **more: object) -> dict[str, object]:
    return {"custom": {"effect": effect, **more}}


@pytest.mark.parametrize(
    ("heard", "hint", "tier"),
    [("clear", 0.3, "perhaps"), ("unsure", 0.3, "perhaps"), ("clear", 0.01, "none"), ("", 0.3, "none")],
)
def test_a_hint_of_safety_counts_where_she_spoke(heard: str, hint: float, tier: str) -> None:
    """What she typed goes by the measured thresholds alone."""
    assert guesses.lowered(said(hint=hint), ask(heard)).tier == tier


def test_perhaps_danger_is_danger_where_she_spoke() -> None:
    """911 comes first; what she typed stays as it is."""
    guess = said("perhaps", "danger", 0.4)
    assert guesses.lowered(guess, ask("unsure")).tier == "sure"
    assert guesses.lowered(guess, ask("")) is guess
    assert guesses.lowered(said("perhaps", "support", 0.4), ask("clear")).tier == "perhaps"


def test_of_unsure_words_violence_is_never_sure() -> None:
    """A name was once heard as "me decían caio": a soft offer harms nobody, "te creo" does."""
    assert guesses.lowered(said("sure", "support", 0.9), ask("unsure")).tier == "perhaps"
    assert guesses.lowered(said("sure", "support", 0.9), ask("clear")).tier == "sure"
    assert guesses.lowered(said("sure", "danger", 0.9), ask("unsure")).tier == "sure"
    assert guesses.lowered(said("sure", "support", 0.9), ask("")).tier == "sure"


def test_what_is_sure_stays_and_nothing_is_nothing() -> None:
    """A tier that the model gave is never lowered, and a note without words hints at nothing."""
    sure = said("sure", "danger", 0.9)
    assert guesses.lowered(sure, ask("clear")) is sure
    assert guesses.lowered(NOTHING, ask("nothing")) is NOTHING


def test_the_hint_is_read_of_all_intents_of_safety() -> None:
    """Two guesses at safety weigh together, ordinary ones not."""
    names = [("ask_cost", 0.5), ("disclose_violence", 0.1), ("phone_watched", 0.05)]
    ranking = [{"name": name, "confidence": value} for name, value in names]
    assert read_parse({"intent": {}, "intent_ranking": ranking}).hint == pytest.approx(0.15)
    assert read_parse({"intent": {}}).hint == 0


@pytest.mark.parametrize(("heard", "tier", "kind"), [
    ("unsure", "none", "voice"), ("unsure", "perhaps", "text"),
    ("clear", "none", "text"), ("", "none", "text"),
])  # fmt: skip
def test_unsure_words_are_read_for_safety_only(heard: str, tier: str, kind: str) -> None:
    """Else a person hears the note."""
    assert guesses.unheard(ask(heard), said(tier)).kind == kind


@pytest.mark.parametrize(
    "effect",
    sorted(guesses.LASTS | {"open_case"}),
)
def test_what_lasts_is_asked_back_and_never_done(effect: str) -> None:
    """Of every effect that changes what is kept of her; typed, it is done."""
    items = [{"text": "Listo."}, doing(effect, urgency="support")]
    asked = guesses.asked_back(ask("clear"), items, said(), confidential=False)
    assert asked is not None
    assert (asked["effect"], asked["about"]) == ("ask_back", effect)
    assert guesses.asked_back(ask(""), items, said(), confidential=False) is None
    assert guesses.asked_back(ask("clear", payload="/x"), items, said(), confidential=False) is None


@pytest.mark.parametrize(
    "effect", ["request_person", "give_help", "enter_cover", "note_danger", "tell_sessions"]
)
def test_what_protects_or_tells_is_done(effect: str) -> None:
    """A call for a person is never put off."""
    items = [doing(effect)]
    assert guesses.asked_back(ask("clear"), items, said(), confidential=False) is None
    assert guesses.done(ask("clear"), items) == items


def test_danger_is_answered_and_what_lasts_beside_it_is_left() -> None:
    """911 comes, a case of danger is opened, and her seat stays hers."""
    items = [{"text": "911"}, doing("open_case", urgency="danger"), doing("decline_attendance", quiet=True)]
    told = said("sure", "danger")
    assert guesses.asked_back(ask("clear"), items, told, confidential=True) is None
    assert guesses.done(ask("clear"), items) == items[:2]


def test_what_is_noted_beside_a_disclosure_is_left() -> None:
    """The talk on safety opens; a quiet absence is not noted on a guess."""
    items = [{"text": "Te creo."}, doing("decline_attendance", quiet="true")]
    told = said("sure", "support")
    assert guesses.asked_back(ask("clear"), items, told, confidential=True) is None
    assert guesses.done(ask("clear"), items) == items[:1]
    assert guesses.asked_back(ask("clear"), items, said(), confidential=False) is not None


@pytest.mark.bot
def test_the_dialogue_stands_where_it_stood(driver: Driver) -> None:
    """Asked back, nothing moved: the same words as her own are then taken as if said first."""
    talk = Talk(
        driver, consented=True, registered=True, enrolled=True, has_session=True, reminder_pending=True
    )
    absent = {"intent": "decline_attendance"}
    talk.say("no puedo ir el jueves", absent, heard="clear")
    [asked] = talk.effects()
    assert (asked["effect"], asked["about"], talk.texts()) == ("ask_back", "decline_attendance", [])
    talk.say("no puedo ir el jueves", absent)
    assert "decline_attendance" in [one["effect"] for one in talk.effects()]


@pytest.mark.bot
def test_an_open_case_alone_makes_no_note_confidential(driver: Driver) -> None:
    """Who can't read has a case for that, and is asked back like any other; who tells of violence is not."""
    on_file = {"consented": True, "registered": True, "enrolled": True, "has_session": True}
    talk = Talk(driver, **on_file, reminder_pending=True, case_open=True)
    talk.say("no puedo ir el jueves", {"intent": "decline_attendance"}, heard="clear")
    assert [one["confidential"] for one in talk.effects()] == [False]
    assert talk.receipt()["confidential"]
    talk.say("me pegó", {"intent": "disclose_violence", "risk": "support", "tier": "sure"}, heard="clear")
    talk.say("no puedo ir el jueves", {"intent": "decline_attendance"}, heard="clear")
    assert [one["confidential"] for one in talk.effects() if one["effect"] == "ask_back"] in ([True], [])


@pytest.mark.bot
def test_a_cry_in_a_note_is_answered_with_911_first(driver: Driver) -> None:
    """Also where the words are unsure."""
    for heard in ("clear", "unsure"):
        talk = Talk(driver, consented=True)
        danger = {"intent": "immediate_danger", "risk": "danger", "tier": "sure"}
        talk.say("trae un cuchillo ayúdenme", danger, heard=heard)
        assert "911" in talk.texts()[0]
        assert "ask_back" not in [one["effect"] for one in talk.effects()]


@pytest.mark.bot
def test_a_note_that_nobody_made_out_goes_to_a_person(driver: Driver) -> None:
    """Said honestly; under cover this stays a bot of workshops."""
    talk = Talk(driver, consented=True)
    talk.say("", kind="voice", heard="nothing")
    assert {"effect": "request_person", "reason": "voice"} in talk.effects()
    talk.say("me fui de la nada", heard="unsure")
    assert "request_person" in [one["effect"] for one in talk.effects()]
    covered = Talk(driver, consented=True, cover=True)
    covered.say("", kind="voice", heard="nothing")
    assert covered.effects() == []
    off = Talk(driver, consented=True)
    off.say("", kind="voice")
    assert off.effects() == []
