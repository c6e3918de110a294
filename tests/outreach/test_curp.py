"""CURP: whatever RENAPO gave a woman is taken, and nothing else; both sides of the service agree."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.components.extract import figures
from bot.components.extract.reading import entities
from outreach.people.registry import DetailError, check_curp

ALPHABET = "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ"
WORDS = """
    BACA BAKA BUEI BUEY CACA CACO CAGA CAGO CAKA CAKO COGE COGI COJA COJE COJI COJO COLA CULO FALO FETO GETA
    GUEI GUEY JETA JOTO KACA KACO KAGA KAGO KAKA KAKO KOGE KOGI KOJA KOJE KOJI KOJO KOLA KULO LILO LOCA LOCO
    LOKA LOKO MAME MAMO MEAR MEAS MEON MIAR MION MOCO MOKO MULA MULO NACA NACO PEDA PEDO PENE PIPI PITO POPO
    PUTA PUTO QULO RATA ROBA ROBE ROBO RUIN SENO TETA VACA VAGA VAGO VAKA VUEI VUEY WUEI WUEY
""".split()  # noqa: SIM905 - seventy-odd words read better so
STATES = ("AS", "BC", "CH", "DF", "GT", "JC", "MC", "NT", "NE", "SR", "ZS")


def whole(first: str) -> str:
    """Add the check digit to the first seventeen signs."""
    total = sum(ALPHABET.index(c) * (18 - i) for i, c in enumerate(first))
    return first + str((10 - total % 10) % 10)


def curp(letters: str, born: date, sex: str, state: str) -> str:
    """Make a CURP of somebody who does not exist."""
    century = "0" if born.year < 2000 else "A"
    return whole(f"{letters}{born:%y%m%d}{sex}{state}XXX{century}")


def taken(written: str) -> str | None:
    """Return what the list keeps; None where it is refused."""
    try:
        return check_curp(written)
    except DetailError:
        return None


@given(
    st.from_regex("[A-Z][AEIOUX][A-Z]{2}", fullmatch=True) | st.sampled_from(WORDS),
    st.dates(date(1930, 1, 1), date(2020, 12, 31)),
    st.sampled_from("HMX"),
    st.sampled_from(STATES),
)
def test_every_right_curp_is_taken_by_both_sides(letters: str, born: date, sex: str, state: str) -> None:
    """Sex X, inconvenient words, born abroad, after 2000."""
    number = curp(letters, born, sex, state)
    assert taken(number) == number
    assert figures.is_valid_curp(number)
    assert [one.value for one in entities(f"mi curp es {number.lower()}") if one.entity == "curp"] == [number]


@pytest.mark.parametrize("word", WORDS)
def test_an_inconvenient_word_is_somebodys(word: str) -> None:
    """Older CURPs hold it: she is not turned away for her name."""
    number = curp(word, date(1989, 8, 15), "M", "JC")
    assert taken(f" {number[:4].lower()} {number[4:10]}-{number[10:]}\u200b ") == number
    assert figures.is_valid_curp(number)


@example("GUEY", "H", 3, "Ñ")  # read as an N its check digit is right
@given(st.sampled_from(WORDS), st.sampled_from("HMX"), st.integers(0, 17), st.sampled_from(ALPHABET))
def test_a_wrong_sign_is_found(word: str, sex: str, at: int, sign: str) -> None:
    """Both sides judge alike what one wrong sign made of it."""
    right = curp(word, date(1975, 2, 28), sex, "JC")
    wrong = right[:at] + sign + right[at + 1 :]
    assert (taken(wrong) is not None) == figures.is_valid_curp(wrong)
    if at == 17 and sign != right[17]:
        assert taken(wrong) is None


@pytest.mark.parametrize(
    "wrong",
    [
        whole("VACA890231MJCXXX0"), whole("VACA891301MJCXXX0"), whole("VACA890815MXXXXX0"),
        whole("VACA890815ZJCXXX0"), whole("VAC1890815MJCXXX0"), "", "VACA890815MJC",
    ],
)  # fmt: skip
def test_a_wrong_curp_is_refused(wrong: str) -> None:
    """No such day, month, state, sex or letter; too short."""
    assert taken(wrong) is None
    assert not figures.is_valid_curp(wrong)


def test_nobody_is_born_tomorrow() -> None:
    """A date to come was mistyped, whatever its check digit."""
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    number = curp("VACA", tomorrow, "M", "JC")
    assert taken(number) is None
    assert not figures.is_valid_curp(number)
