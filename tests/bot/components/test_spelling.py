"""The three views: what sounds alike is read alike, and no text breaks them."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.components.spelling import LONGEST, bare, spoken, squeezed, written


@pytest.mark.parametrize(
    ("phone", "school"),
    [
        ("ke m kiere aser", "que me quiere hacer"),
        ("nesesito aiuda xfa", "necesito ayuda por favor"),
        ("ia no boi air", "ya no voy a ir"),
        ("muxas grasias", "muchas gracias"),
        ("kuando enpiesa el enpleo", "cuando empieza el empleo"),
        ("tmb bn", "tambien bien"),
        ("NOOO", "no"),
    ],
)
def test_a_phone_spelling_sounds_like_the_school_spelling(phone: str, school: str) -> None:
    """The spoken view of a phone's spelling is that of the school's, joined words apart."""
    assert squeezed(phone) == squeezed(school)


def test_the_written_view_keeps_words_signs_and_no_accents() -> None:
    """Accents and long runs go, signs stand apart, ñ and emojis stay."""
    assert written("¡Qué niña!! síííí 😭") == "¡ que niña ! ! sii 😭"


@given(st.text(max_size=300))
def test_no_text_breaks_a_view(text: str) -> None:
    """Any characters at all give a text back, without control characters."""
    for view in (bare, written, spoken, squeezed):
        assert not any(ord(c) < ord(" ") for c in view(text))


@given(st.text(max_size=300))
def test_a_letter_is_made_bare_as_the_whole_text_would_be(text: str) -> None:
    """Letter by letter is only quicker: decomposing the whole text says the same."""
    whole = unicodedata.normalize("NFKD", text.casefold().replace("ñ", "\x01"))
    kept = [c for c in whole if not unicodedata.combining(c)]
    kept = [c for c in kept if unicodedata.category(c) not in {"Cf", "Co", "Cs"}]
    assert bare(text) == "".join(
        "ñ" if c == "\x01" else " " if unicodedata.category(c) == "Cc" else c for c in kept
    )


def test_a_long_text_is_read_up_to_a_limit() -> None:
    """A forwarded chain costs no more than its beginning."""
    assert len(bare("a" * 50_000)) == LONGEST
