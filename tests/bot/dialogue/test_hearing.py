"""Who can't hear a call is told whom she may write to."""

from __future__ import annotations

from datetime import date

import pytest

from bot.dialogue import hearing
from bot.dialogue.standing import Act, Standing


def _here(**of: object) -> Standing:
    return Standing(date(2026, 11, 23), frozenset(), in_safety=True, **of)  # type: ignore[arg-type] # a few


@pytest.mark.parametrize(
    "text",
    ["soy sorda", "hola soy sordomuda", "no puedo llamar no oigo", "soy muda no puedo hablar",
     "yo no escucho", "uso aparato para oir", "hablo con señas"],
)  # fmt: skip
def test_she_can_not_hear_a_call(text: str) -> None:
    """In as many words."""
    assert hearing.is_deaf(text)


@pytest.mark.parametrize(
    "text",
    ["el no oye lo que digo", "mi hija es sorda", "no oigo ruido ya", "no escucho que venga",
     "me dejo sorda de un golpe", "no puedo hablar me va a oir", "estoy muda de miedo", "no me escucha",
     "no oigo a mi hijo", "me quede sorda desde ayer que me pego"],
)  # fmt: skip
def test_others_and_a_blow_are_no_deafness(text: str) -> None:
    """Deaf of a blow she needs a doctor first."""
    assert not hearing.is_deaf(text)


def test_where_to_write_is_no_place_to_go() -> None:
    """It is remembered from before the talk."""
    known = _here(filled={"deaf": "yes"})
    assert hearing.settled("a donde escribo", Act("where_to_go"), known).intent == "cannot_hear"
    assert hearing.settled("a donde me voy con mis hijos", Act("where_to_go"), known).intent == "where_to_go"
    assert hearing.settled("a donde escribo", Act("where_to_go"), _here()).intent == "where_to_go"


def test_danger_is_answered_first_and_the_writing_beside_it() -> None:
    """911 stands first, for whoever is near her."""
    act = hearing.settled("soy sorda y me quiere matar", Act("immediate_danger"), _here())
    assert (act.intent, act.also, act.slots["deaf"]) == ("immediate_danger", "utter_cannot_hear", "yes")


def test_nothing_of_it_under_cover_or_in_a_talk_of_dying() -> None:
    """Under cover this is a bot of workshops."""
    cover = Standing(date(2026, 11, 23), frozenset(), cover=True)
    assert hearing.settled("soy sorda", Act("keep_talking"), cover) == Act("keep_talking")
    dying = _here(filled={"in_danger": "self"})
    assert hearing.settled("soy sorda", Act("keep_talking"), dying).intent == "keep_talking"
