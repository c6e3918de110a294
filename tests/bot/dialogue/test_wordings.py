"""Where she tells and nothing is asked, no answer is the last one again, in danger as well."""

from __future__ import annotations

import itertools

import pytest
from dialogue_talk import Driver, Talk

pytestmark = pytest.mark.bot
TURNS = 12
OPENED = ("disclose_violence", "immediate_danger", "self_harm", "support_for_other")


@pytest.mark.parametrize("said", ["nlu_fallback", "tell_more", "keep_talking", "out_of_scope"])
@pytest.mark.parametrize(
    "opened", ["disclose_violence", "immediate_danger", "self_harm", "support_for_other"]
)
def test_no_two_answers_in_a_row_are_the_same(driver: Driver, opened: str, said: str) -> None:
    """And "con calma" is said once in a talk, never in danger."""
    talk = Talk(driver, consented=True)
    talk.say("lo que dijo", {"intent": opened})
    read = []
    for number in range(TURNS):
        talk.say(f"algo más {number}", {"intent": said})
        read.append("\n".join(talk.texts()))
    assert all(one != other for one, other in itertools.pairwise(read)), read
    calm = sum("con calma" in text for text in read)
    assert calm <= (opened in ("disclose_violence", "support_for_other"))
    if opened in ("immediate_danger", "self_harm") and said != "tell_more":  # the limits come first there
        assert all("*911*" in text for text in read[1:]), read


def test_a_man_who_writes_is_not_answered_twice_alike(driver: Driver) -> None:
    """The wordings of one who said that he is a man turn as well."""
    talk = Talk(driver, consented=True)
    talk.say("soy hombre y mi esposa me pega", {"intent": "disclose_violence"})
    read = []
    for number in range(TURNS // 2):
        talk.say(f"algo más {number}", {"intent": "tell_more"})
        read.append("\n".join(talk.texts()))
    assert all(one != other for one, other in itertools.pairwise(read)), read
