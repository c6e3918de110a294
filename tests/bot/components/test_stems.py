"""The stemmer: endings go, words that mean different things stay apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.components.stems import stem, stemmed


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("me pegaba", "me pegó"),
        ("mis vecinas", "mi vecina"),
        ("me golpeó", "me golpeaba"),
        ("amenazando", "amenazaba"),
        ("los vecinos", "el vecino"),
    ],
)
def test_endings_do_not_count(one: str, other: str) -> None:
    """Tense, person, number and gender are cut off."""
    assert stemmed(one).split()[-1] == stemmed(other).split()[-1]


@pytest.mark.parametrize(("one", "other"), [("casa", "cosa"), ("pega", "paga"), ("miedo", "medio")])
def test_other_words_stay_apart(one: str, other: str) -> None:
    """A stem is no guess at the meaning."""
    assert stemmed(one) != stemmed(other)


@given(st.text(alphabet="abcdeimnorstu", min_size=1, max_size=20))
def test_a_stem_is_the_beginning_of_its_word(word: str) -> None:
    """Nothing is added, and at least three letters stay of any word that has them."""
    assert word.startswith(stem(word))
    assert len(stem(word)) >= min(3, len(word))
