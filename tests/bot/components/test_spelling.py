"""The three views: what sounds alike is read alike, and no text breaks them."""

from __future__ import annotations

import unicodedata
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.components.spelling import LONGEST, bare, readable, spoken, squeezed, written


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
def test_a_bare_text_is_folded_to_its_end(text: str) -> None:
    """Folding twice changes nothing; no accent, invisible character or other script's figure is left."""
    once = bare(text)
    assert bare(once) == once or len(once) > LONGEST
    for char in once:
        category = unicodedata.category(char)
        assert char in "ñ\ufe0f" or category not in {"Cf", "Cs", "Co", "Cn", "Mn", "Me", "Cc"}, hex(ord(char))
        assert not char.isdecimal() or char.isascii()


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("hidden", ["", "\u200b", "\u00ad", "\u034f", "\ufe0f", "\u3164"])
def test_composed_or_not_and_whatever_is_hidden_in_it_a_word_is_one(
    form: Literal["NFC", "NFD"], hidden: str
) -> None:
    """A phone may send letter and accent apart; other senders hide characters between them."""
    text = hidden.join(unicodedata.normalize(form, "Mi niña está mal \uff12"))
    if form == "NFC" or not hidden:
        assert bare(readable(text)) == "mi niña esta mal 2"
        assert readable(text) == "Mi niña está mal 2"


@pytest.mark.parametrize(
    ("typed", "seen"),
    [
        ("*Rosa* _María_", "Rosa María"), ("~no~ ```si```", "no si"), ("a_b@x.mx", "a_b@x.mx"),
        ("Mª del Carmen", "Mª del Carmen"), ("una\tdos\r\ntres", "una dos\ntres"),
        ("٣٣ \U0001d7cf\U0001d7d0 ①", "33 12 1"),
        ("José Ñañez", "José Ñañez"), ("1️⃣", "1"), ("\x01", ""), ("sí ❤️", "sí ❤️"),
    ],
)  # fmt: skip
def test_a_text_is_read_as_it_is_seen(typed: str, seen: str) -> None:
    """What is stored of it is what she sees: accents and case stay, markup and hidden characters go."""
    assert readable(typed).strip() == seen


def test_a_long_text_is_read_up_to_a_limit() -> None:
    """A forwarded chain costs no more than its beginning."""
    assert len(bare("a" * 50_000)) == LONGEST
