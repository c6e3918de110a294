"""Which passwords are guessed easily, in Spanish, and what staff are told about it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.staff import accounts, passwords
from outreach.texts import staff_accounts as texts

HERS = ("rosa", "Rosa Prueba Ramírez")
WEAK = texts.PASSWORD_WEAK


@pytest.mark.parametrize(
    ("new", "kind"),
    [
        ("teamomucho123", "local"),
        ("TeAmoMucho123", "local"),
        ("avanzajalisco2026", "local"),
        ("contraseña1234", "local"),
        ("Contraseña2026!", "local"),
        ("virgencita12", "local"),
        ("maria guadalupe", "local"),
        ("mujeresavanzando", "local pairs"),
        ("garcía hernández", "words"),
        ("rosaprueba2026", "user_inputs"),
        ("Ramírez.Ramirez", "repeat"),
        ("Prueba-Ramírez", "user_inputs"),
        ("aaaaaaaaaaaaaaaa", "repeat"),
        ("abcdefghijkl", "sequence"),
        ("qwertyuiop12", "passwords"),
        ("17/05/1990 jalisco", "date"),
    ],
)
def test_what_is_guessed_easily_is_refused(new: str, kind: str) -> None:
    """Words of everybody, of the place and of her own are few guesses; the reason is named."""
    assert passwords.problem(new, HERS) == WEAK[kind]


@pytest.mark.parametrize(
    "new",
    [
        "una frase bien larga",
        "sandía tren nube ocho",
        "el gato come pan azul",
        "k7x2-qm4p-zz3h",
        "xolo.tejuino.volcan",
        "una frase bien larga " * 9,
    ],
)
def test_what_is_not_is_taken(new: str) -> None:
    """Four words that do not go together are enough, and so is what a program made up."""
    assert passwords.problem(new, HERS) is None


def test_first_passwords_would_do() -> None:
    """What we hand out ourselves is strong."""
    assert passwords.problem(accounts.initial_password(), HERS) is None


@pytest.mark.parametrize("length", [0, 1, 11])
def test_short_ones_are_refused(length: int) -> None:
    """Twelve characters are the least."""
    assert passwords.problem("zq8#kw4!mv2"[:length], HERS) == texts.PASSWORD_SHORT.format(least=12)


def test_the_longest() -> None:
    """Two hundred are the most, and cost no more than seventy-two."""
    assert passwords.problem("x" * 201, HERS) == texts.PASSWORD_LONG.format(most=200)
    assert passwords.problem("x" * 200, HERS) == WEAK["repeat"]


@settings(max_examples=30, deadline=None)
@given(st.text(min_size=12, max_size=80))
def test_any_text_can_be_judged(new: str) -> None:
    """Nothing that can be typed breaks it, whatever the script."""
    assert passwords.problem(new, HERS) in {None, *WEAK.values()}


def test_names_are_not_mixed_up() -> None:
    """Two who choose at once are each judged by their own names, whatever zxcvbn shares."""

    def judge(name: str) -> str | None:
        return passwords.problem(f"{name}2026", (name, name))

    names = ["xochiquetzalli", "tlacaelelo"] * 6
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(judge, names)) == {WEAK["user_inputs"]}
