"""A yes that does something stands on a word of one, or of the thing itself; a question is never one."""

from __future__ import annotations

import pytest

from bot.dialogue.stray_yes import is_one

SAID = (
    ("copy_yes", "si mandamelos"),
    ("copy_yes", "mandelos"),
    ("opt_out", "que ya no"),
    ("want_person", "si por favor"),
    ("want_person", "que me hable alguien"),
    ("want_person", "si me gustaria"),
    ("open_case_yes", "pues si abralo"),
    ("open_case_yes", "esta bien"),
    ("erase_yes", "borrelos"),
    ("close_case_yes", "si ya cierrenlo"),
    ("choose_group", "lo que sea"),
)
READ_INTO_IT = (
    ("copy_yes", "somos como 4 muchachas"),
    ("copy_yes", "quiero borrar todo"),
    ("opt_out", "ya me escribieron?"),
    ("opt_out", "por mensaje"),
    ("want_person", "y si grito"),
    ("want_person", "si grito me oye"),
    ("open_case_yes", "asi es el matrimonio"),
    ("erase_yes", "y si me arrepiento"),
)


@pytest.mark.parametrize(("act", "text"), SAID)
def test_a_yes_is_one(act: str, text: str) -> None:
    """In her words, or by what it is to; of acts that do nothing any reading stands."""
    assert is_one(act, text)


@pytest.mark.parametrize(("act", "text"), READ_INTO_IT)
def test_other_words_are_none(act: str, text: str) -> None:
    """Whatever the model made of them."""
    assert not is_one(act, text)
