"""Answers to voice notes are short, in plain words, and leave out nothing that counts."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from test_words_she_reads import ALL, LONGEST, NEVER, OTHERS_WILL

from outreach.messages.conversation_state import Choice
from outreach.messages.outbox import Content
from outreach.texts import brief as texts
from outreach.turns.brief import brief, shortened

if TYPE_CHECKING:
    from collections.abc import Iterator

DOMAIN = Path(__file__).parents[2] / "bot" / "domain"
NUMBER = re.compile(r"\d{3,}")
EXAMPLE = "1989"
"""The year of an example."""
OF_THE_LAW = (
    "utter_notice", "utter_limits", "utter_child_duty", "utter_fear_must_report", "utter_ask_erase",
    "utter_notice_plainly",
)  # fmt: skip


def _said() -> Iterator[tuple[str, str]]:
    for path in sorted(DOMAIN.glob("*.yml")):
        for name, variants in (
            yaml.safe_load(path.read_text(encoding="utf-8")).get("responses") or {}
        ).items():
            for one in variants:
                if one.get("text"):
                    yield name, one["text"].strip()


OF_THE_DIALOGUE = list(_said())
EVERYTHING = [*OF_THE_DIALOGUE, *ALL]


@pytest.mark.parametrize("long", texts.SHORTER, ids=lambda text: text[:30])
def test_what_is_shortened_is_said_somewhere(long: str) -> None:
    """A text that changed takes its short form along, or the form goes."""
    assert any(long in text for _, text in EVERYTHING)
    assert len(texts.SHORTER[long]) < len(long)


def test_nothing_that_counts_is_left_out() -> None:
    """Of all that she can be told: no number, no 911 moved back; never longer or empty."""
    for name, text in EVERYTHING:
        short = shortened(text)
        assert 0 < len(short) <= len(text), name
        numbers = [one for one in NUMBER.findall(text) if one != EXAMPLE]
        assert [one for one in NUMBER.findall(short) if one != EXAMPLE] == numbers, name
        assert short.count("?") <= max(text.count("?"), 1), name
        if "911" in text[:40]:
            assert "911" in short[:40], name
        assert len(short) <= LONGEST
        assert not NEVER.search(short), name
        assert not OTHERS_WILL.search(short), name


def test_what_the_law_has_her_told_stays_whole() -> None:
    """Notice, duty to report, what erasing means."""
    for name, text in OF_THE_DIALOGUE:
        if name in OF_THE_LAW:
            assert shortened(text) == text, name


KINDS = (
    ("greeting", ["utter_greet", "utter_menu"]), ("who speaks", ["utter_bot"]),
    ("enrolment begins", ["utter_enrolment_starts"]), ("a date again", ["utter_ask_birth_date"]),
    ("a name again", ["utter_ask_full_name"]), ("a place again", ["utter_ask_municipality"]),
    ("hours", ["utter_ask_hours"]), ("not understood", ["utter_ask_rephrase", "utter_default"]),
    ("lost", ["utter_lost"]), ("a person", ["utter_person", "utter_ask_person_hours"]),
    ("she can't read", ["utter_cant_read"]), ("a complaint", ["utter_complaint"]),
    ("hunger", ["utter_hunger"]), ("violence", ["utter_believe", "utter_ask_safe"]),
    ("a soft opening", ["utter_perhaps"]), ("listening", ["utter_listen"]),
    ("dying", ["utter_self_harm"]), ("later", ["utter_later", "utter_stopped"]),
)  # fmt: skip


@pytest.mark.parametrize(("kind", "names"), KINDS, ids=[kind for kind, _ in KINDS])
def test_each_kind_is_shorter_than_typed(kind: str, names: list[str]) -> None:
    """By kind: the longest of each answer loses a tenth at least, and asks once at most.

    What is said of danger stays whole.
    """
    for name in names:
        said = [text for one, text in OF_THE_DIALOGUE if one == name]
        longest = max((text for text in said if "911" not in text or len(said) == 1), key=len)
        short = shortened(longest)
        assert len(short) <= 0.9 * len(longest), (kind, longest, short)
        assert short.count("?") <= 1


@pytest.mark.parametrize(
    ("typed", "spoken"),
    [
        ("Para dejarlo, escribe *mejor luego*.", "Para dejarlo, di *mejor luego*."),
        ("Una persona te lo dice: escribe «persona».", "Una persona te lo dice: di «persona»."),
        ("Escribe *hola* y sigo.", "Di *hola* y sigo."),
        ("Si llega alguien, escribe *salir*; para volver, tu palabra.",) * 2,
        ("Para volver, escribe *girasol*.",) * 2,
        ("¿Quieres que ya no te escriba yo primero?",) * 2,
        ("Cuando quieras volver, la persona te escribe aquí.",) * 2,
        ("Hola 👋 Soy un programa.", "Hola. Soy un programa."),
        ("¡Qué bueno! 🌱 Seguimos.", "¡Qué bueno! Seguimos."),
        ("Manda 🌵 y cambio de tema.",) * 2,
        ("¿Qué grupo?\n1. Lunes 🌱\n2. Martes", "¿Qué grupo?\n1. Lunes\n2. Martes"),
        ("¿Cuál es? Por ejemplo: *Tonalá*.", "¿Cuál es?"),
        ("Dime el año, por ejemplo: *1989*. Si no, di *paso*.", "Dime el año. Si no, di *paso*."),
        ("Por ejemplo, el lunes.",) * 2,
    ],
)
def test_words_and_their_look_alikes(typed: str, spoken: str) -> None:
    """She says what she would have written; hiding and coming back stay written."""
    assert shortened(typed) == spoken


def test_her_choices_stay() -> None:
    """Buttons, confidence and urgency of a message are as they were."""
    said = Content(
        "Claro que sí. Le aviso al equipo que quieres hablar con una persona.\n1. Sí\n2. No",
        buttons=[Choice("Sí", "/yes")], fixed=True, confidential=True,
    )  # fmt: skip
    [short] = brief([said])
    assert short.body == "Sí. Le aviso al equipo que quieres una persona.\n1. Sí\n2. No"
    assert (short.buttons, short.fixed, short.confidential) == (said.buttons, True, True)
    assert brief([Content("😊")])[0].body == "😊"
