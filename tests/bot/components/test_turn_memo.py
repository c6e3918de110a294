"""What a text reads as is worked out once in a turn, and nothing of it is kept after the turn."""

from __future__ import annotations

import asyncio

import pytest

from bot.components import turn_memo
from bot.components.red_flags import flag
from bot.components.spelling import bare, readable, spoken, spoken_words, squeezed, written
from bot.components.stems import stemmed
from bot.components.turn_memo import once_a_turn, one_turn
from bot.dialogue.orders import heard, ordered

TEXTS = ("Ola k ase", "me kiere matar ahorita", "", "¡¡AYUDAAA!!", "baja por favor", "ñ\u0301 \ud83d")


class Asked:
    """A function that counts how often it was really asked."""

    def __init__(self) -> None:
        self.times = 0
        self.of = once_a_turn(self._of)

    def _of(self, text: str, times: int = 1) -> str:
        self.times += 1
        return text * times


def test_within_a_turn_it_is_asked_once() -> None:
    """And again for other arguments, in the next turn, and where no turn is open."""
    asked = Asked()
    with one_turn():
        assert [asked.of("a"), asked.of("a"), asked.of("a", 2)] == ["a", "a", "aa"]
        assert asked.times == 2
    with one_turn():
        asked.of("a")
    asked.of("a")
    asked.of("a")
    assert asked.times == 5


def test_what_is_none_is_remembered_too() -> None:
    """No flag is an answer as any other."""
    times: list[str] = []
    none = once_a_turn(times.append)
    with one_turn():
        none("a")
        none("a")
    assert times == ["a"]


def test_arguments_by_name_are_not_mixed_up() -> None:
    """They go to the function as they are."""
    asked = Asked()
    with one_turn():
        assert (asked.of("a"), asked.of("a", times=3)) == ("a", "aaa")


def test_nothing_outlives_its_turn() -> None:
    """Neither a turn that ends well, nor one that fails; a turn within a turn shares its memo."""
    with one_turn():
        spoken("uno")
        with one_turn():
            spoken("dos")
        held = turn_memo._memo.get()
        assert held is not None
        assert {key[1] for key in held} >= {"uno", "dos"}
    assert turn_memo._memo.get() is None
    with pytest.raises(TypeError), one_turn():
        spoken(None)  # type: ignore[arg-type] # a turn that fails
    assert turn_memo._memo.get() is None


def test_two_turns_at_once_share_nothing() -> None:
    """Each is a task of its own."""
    seen: list[str] = []

    async def turn(text: str) -> None:
        with one_turn():
            spoken(text)
            await asyncio.sleep(0)
            seen.extend(str(key[1]) for key in turn_memo._memo.get() or () if str(key[1]) != text)

    async def both() -> None:
        await asyncio.gather(turn("uno"), turn("dos"))

    asyncio.run(both())
    assert seen == []


@pytest.mark.parametrize("text", TEXTS)
def test_the_answers_are_the_same_ones(text: str) -> None:
    """With the memo and without it."""
    views = (bare, readable, written, spoken, squeezed, stemmed, heard, ordered, flag)
    plainly = [view(text) for view in views]
    words = spoken_words(text)
    with one_turn():
        for _ in range(2):
            assert [view(text) for view in views] == plainly
            spoken_words(text).append("changed")
            assert spoken_words(text) == words
