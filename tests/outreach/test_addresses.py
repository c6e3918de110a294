"""Phone numbers as people and registers write them; never half a number, never another country's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.ground.addresses import AddressError, canonical, forms, from_national

PREFIXES = [
    "", "01", "044", "045", "52", "521", "+52", "+521", "+52 1 ", "52 1 ", "+52 044 ", "+52 (045) ",
    "+52 01 ",
    "0052", "00 52 1 ", "(01) ", "044-", "\u202a+52 ",
]  # fmt: skip
NATIONAL = st.from_regex(r"[2-9][0-9]{9}", fullmatch=True)


@given(st.sampled_from(PREFIXES), NATIONAL, st.sampled_from(["", " ", "-", ".", "\u2013"]))
def test_old_dialling_prefixes_are_one_number(prefix: str, number: str, apart: str) -> None:
    """01, 044, 045 and the 1 after 52 were dialled until 2019; lists still hold them."""
    written = prefix + apart.join((number[:2], number[2:6], number[6:]))
    assert from_national(written) == f"whatsapp:+52{number}"


@pytest.mark.parametrize(
    "written",
    [
        "", "0000000000", "1111111111", "12345678", "3312345", "3312345678 ext 5", "3312345678 x5",
        "331234567", "33123456789", "13312345678", "5.21334E+12", "3312345678.0", "33-TALLERES",
        "+13312345678",
        "+44 7911 123456", "044 1234567890", "0443312345", "33 1234 5678, 33 8765 4321", "no tiene",
        "²³³¹²³⁴⁵⁶",
    ],
)  # fmt: skip
def test_what_is_no_whole_mexican_number_is_none(written: str) -> None:
    """Never guessed: half a number may be another woman's."""
    assert from_national(written) is None


@given(st.text(max_size=40))
def test_no_text_breaks_the_reading_of_a_number(text: str) -> None:
    """A cell may hold anything; what comes out is ten digits after +52."""
    found = from_national(text)
    assert found is None or (len(found) == len("whatsapp:+523312345678") and found[-10:].isascii())


@given(NATIONAL)
def test_every_form_is_recognised_as_the_one_that_wrote(number: str) -> None:
    """What a list holds and what WhatsApp sends meet, under +52 and under +521."""
    assert canonical(f"whatsapp:+52{number}") == canonical(f"whatsapp:+521{number}") == f"+52{number}"
    assert canonical(from_national(f"044{number}") or "") == f"+52{number}"


@pytest.mark.parametrize(
    "address", ["whatsapp:+52ROSALOPEZ1", "whatsapp:+", "whatsapp:+٥٢٣٣", "+523312345678"]
)
def test_letters_and_other_figures_are_no_address(address: str) -> None:
    """The library turns letters into the figures of a keypad: that would be another's number."""
    with pytest.raises(AddressError):
        canonical(address)


@pytest.mark.parametrize(
    ("address", "others"),
    [
        ("whatsapp:+523312345678", ["whatsapp:+5213312345678"]),
        ("whatsapp:+5213312345678", ["whatsapp:+523312345678"]),
        ("whatsapp:+13105550123", []),
        ("whatsapp:MX.1234", []),
        ("sms:3312345678", []),
    ],
)
def test_the_other_form_of_a_mexican_number_is_known(address: str, others: list[str]) -> None:
    """Twilio lists what was sent to each form apart."""
    assert forms(address) == [address, *others]
