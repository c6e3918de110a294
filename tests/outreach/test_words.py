"""One folding: whoever compares what people typed gets the same answer."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.ground.words import fold, visible, words
from outreach.messages.conversation_state import Choice
from outreach.messages.reveal import revealing_words
from outreach.people import registry
from outreach.people.contact_hours import read_hours
from outreach.turns import cover

HIDDEN = st.sampled_from("\u200b\u200c\u200d\u00ad\u2060\ufeff\u034f\u202e\u200f\ufe0f\u180e\u3164\u2800")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("  ÑOÑO   Peña ", "nono pena"),
        ("nin\u0303a", "nina"),
        ("*Hola*, _qué_ ~tal~!", "hola que tal"),
        ("\uff56\uff49\uff4f\uff4c\uff45\uff4e\uff43\uff49\uff41", "violencia"),
        ("\U0001d401\U0001d400\U0001d409\U0001d400", "baja"),
        ("s\u00adal\u200bir", "salir"),
        ("٣ de 5²", "3 de 52"),
        ("a_b@x.mx", "a b x mx"),
        ("🙏\u200b", ""),
        ("Straße", "strasse"),
    ],
)
def test_what_is_typed_is_folded_one_way(typed: str, said: str) -> None:
    """Case, accents, width, markup, invisible characters, figures of other scripts."""
    assert words(typed) == said


@given(st.text(max_size=200))
def test_folding_twice_changes_nothing(text: str) -> None:
    """Nothing is left to fold, and no text breaks it."""
    once = fold(text)
    assert words(once) == words(text)
    assert not any(unicodedata.combining(c) or unicodedata.category(c) == "Cf" for c in once)
    assert visible(visible(text)) == visible(text)


@given(st.sampled_from(["violencia", "denuncia", "refugio"]), st.integers(0, 7), HIDDEN, st.booleans())
def test_what_reveals_is_found_whatever_is_hidden_in_it(word: str, at: int, hidden: str, up: bool) -> None:
    """P5: a template pasted with a soft hyphen in it reveals no less."""
    typed = f"Taller de {word[:at]}{hidden}{word[at:]}"
    assert revealing_words(typed.upper() if up else typed)


@given(st.integers(0, 9), HIDDEN, st.sampled_from(["", "*", "_", "~"]))
def test_her_word_and_name_are_found_whatever_is_hidden_in_them(at: int, hidden: str, mark: str) -> None:
    """P9: the same thumb, the same word; and the same name in the list."""
    typed = "Girasol azul"
    other = f"{mark}{typed[:at]}{hidden}{typed[at:]}{mark}".upper()
    assert cover.normalise(other) == cover.normalise(typed)
    assert registry.plain_name(other) == registry.plain_name(typed)


def test_hours_are_read_in_any_figures() -> None:
    """Full-width figures and markup of a pasted message are hours like any others."""
    assert read_hours("*de \uff11\uff10 a \uff12*") == read_hours("de 10 a 2") is not None


def test_an_offered_answer_is_found_in_markup() -> None:
    """A button answered in italics is that button."""
    assert words("_Sí,\u200b claro_") == words(Choice("Sí, claro", "/affirm").title)
