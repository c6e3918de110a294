"""Each red flag is heard in eight ways at least, and not in as many sentences that only look like it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.components.red_flags import flag, is_over

SENTENCES = Path(__file__).with_name("red_flags.txt")


def _read() -> list[tuple[str, str]]:
    """Return flag and sentence, in order; "none" where none may be heard."""
    found, section = [], ""
    for line in SENTENCES.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif line.strip() and not line.startswith("#"):
            found.append((section, line.strip()))
    return found


ALL = _read()


@pytest.mark.parametrize(("section", "text"), ALL, ids=[f"{s}: {t}" for s, t in ALL])
def test_a_sign_is_heard_and_its_look_alike_is_not(section: str, text: str) -> None:
    """A section names the flag, whom it threatens and, where it was long ago, that it is past."""
    found = flag(text)
    heard = "none" if found is None else " ".join([found.name, found.whom, *(["past"] if found.past else [])])
    assert heard == section.partition(":")[0].strip()


def test_each_flag_has_eight_true_sentences_and_eight_look_alikes() -> None:
    """The list is held by examples of both sides."""
    true: dict[str, int] = {}
    alike: dict[str, int] = {}
    for section, _ in ALL:
        heard, _, of = section.partition(":")
        counted, name = (alike, of.strip()) if heard.strip() == "none" else (true, heard.split()[0])
        counted[name] = counted.get(name, 0) + 1
    assert min(true.values()) >= 8, true
    assert set(alike) == set(true)
    assert min(alike.values()) >= 8, alike


@pytest.mark.parametrize(
    ("text", "risk", "intent"),
    [
        ("ayer me ahorco mi viejo", "danger", "immediate_danger"),
        ("hace 8 años mi ex me ahorco", "support", "disclose_violence"),
        ("mi hija se quiere matar", "danger", "child_at_risk"),
        ("me tome un frasco de pastillas", "danger", "self_harm"),
        ("mi vecina la esta ahorcando su marido", "danger", "support_for_other"),
    ],
)
def test_a_flag_says_risk_and_a_fitting_intent(text: str, risk: str, intent: str) -> None:
    """Long ago is no danger now; whose life it is decides the intent."""
    found = flag(text)
    assert found is not None
    assert (found.risk, found.intent) == (risk, intent)


@pytest.mark.parametrize(
    ("text", "doctor"),
    [
        ("ayer me ahorco mi viejo", True),
        ("me dio una patada en la panza y estoy embarazada", True),
        ("hace 8 años mi ex me ahorco", False),
        ("me enseño la pistola", False),
    ],
)
def test_what_leaves_no_mark_needs_a_doctor_today(text: str, doctor: bool) -> None:  # a table
    """Strangling and a blow while she is with child."""
    found = flag(text)
    assert found is not None
    assert found.doctor is doctor


@pytest.mark.parametrize(
    ("text", "over"),
    [
        ("una vez me pego con un palo y me abrio la cabeza", True),
        ("hace 10 años me pegaba y me corria de la casa", True),
        ("me golpeaba mucho pero ya murio", True),
        ("me golpeaba mucho mi marido, mi papa ya murio", False),
        ("hace mucho frio y estoy en la calle con mis niños", False),
        ("hace años me pegaba y ahora me anda buscando", False),
        ("ahorita me acaba de pegar como aquella vez", False),
        ("me esta pegando", False),
    ],
)
def test_what_is_over_is_told_as_such(text: str, over: bool) -> None:  # a table
    """Years ago, once, by one who is dead; a word of these days or of him now says otherwise."""
    assert is_over(text) is over


def test_a_message_of_any_length_is_looked_through_quickly() -> None:
    """No pattern runs away on a long chain."""
    assert flag("me va a " * 400) is None
    assert flag("mi hija " * 400) is None
    assert flag("no quiero " * 100 + "ir. ayer me ahorco mi marido") is not None
