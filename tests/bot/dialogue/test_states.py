"""What is kept between turns: enough to go on, nothing of what she wrote, always as short."""

from __future__ import annotations

import pytest
from dialogue_talk import Driver, Talk

pytestmark = pytest.mark.bot
SECRET = "mi marido Fulgencio me pega con el cinto en San Cuilmas"


def test_nothing_she_wrote_of_violence_is_kept(driver: Driver) -> None:
    """P4: the kept state holds no word of a safety turn, at any step of it."""
    talk = Talk(driver, consented=True)
    for text, intent in ((SECRET, "disclose_violence"), ("si", "affirm"), (SECRET, "disclose_violence")):
        talk.say(text, {"intent": intent})
        kept = talk.state().lower()
        assert not [word for word in ("fulgencio", "cinto", "cuilmas") if word in kept]


def test_what_she_tells_when_asked_to_tell_is_not_kept(driver: Driver) -> None:
    """P4: also where the model in context takes it for the answer to "te escucho, escribe lo que quieras"."""
    talk = Talk(driver, consented=True)
    talk.say("me pega mi esposo", {"intent": "disclose_violence"})
    talk.tap("/want_listening")
    talk.say(SECRET, {"intent": "inform", "act": "answer"})
    kept = talk.state().lower()
    assert not [word for word in ("fulgencio", "cinto", "cuilmas") if word in kept]


def test_the_state_is_as_short_after_four_hundred_turns_as_after_forty(driver: Driver) -> None:
    """Nothing old is kept (what a turn costs then is measured by `./avanza bench dialogue`)."""
    talk = Talk(driver, consented=True, registered=True)
    sizes = []
    for turn in range(400):
        talk.say(
            "cuanto cuesta" if turn % 2 else "que talleres hay",
            {"intent": "ask_cost" if turn % 2 else "ask_workshops"},
        )
        sizes.append(len(talk.state()))
    assert max(sizes[300:]) <= max(sizes[20:40]) + 16


def test_a_turn_that_is_asked_again_later_is_not_said_twice(driver: Driver) -> None:
    """The same message id is answered with the same items, and the form stands where it stood."""
    talk = Talk(driver, consented=True)
    talk.tap("/enroll")
    first = talk.say("ana", {"intent": "inform"})
    again = talk.say("ana", {"intent": "inform"}, message_id=talk.message_id)
    assert again == first
    assert '"full_name"' in talk.state()


def test_her_answers_are_forgotten_once_they_are_saved(driver: Driver) -> None:
    """What the product has saved is not kept a second time."""
    talk = Talk(driver, consented=True)
    talk.tap("/enroll")
    for answer in ("lupita", "guadalupe lopez", "1/2/1990", "tonala", "centro", "0"):
        talk.say(answer)
    for place in ("1", "3", "1", "1", "1"):
        talk.tap(place)
    assert any(effect["effect"] == "save_details" for effect in talk.effects())
    talk.say("gracias", {"intent": "thank"})
    assert "lopez" not in talk.state().lower()
    assert "1990" not in talk.state()
