"""The training data keep away from the measuring set, and are broad enough."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from bot.components.examples import Example, digest, read_folder
from bot.components.labels import ALWAYS_DANGER, INTENTS, SAFETY
from bot.learning.corpus.convert import fold
from bot.learning.corpus.nearness import Near
from cli.install.places import ROOT

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def examples() -> list[Example]:
    """Return all labelled messages of the project."""
    return read_folder(ROOT / "data" / "nlu")


def test_no_training_message_comes_near_the_measuring_set(examples: list[Example]) -> None:
    """No training line of more than three words is a measuring line or a light re-wording of one."""
    rows = (HERE / "dev.jsonl").read_text(encoding="utf-8").splitlines()
    near = Near(fold(json.loads(row)["text"]) for row in rows)
    assert [example.text for example in examples if near.close(fold(example.text))] == []


def test_there_are_enough_messages_of_every_label(examples: list[Example]) -> None:
    """At least 15,000 distinct messages, at least 100 of every label, by at least ten authors."""
    count = Counter(example.intent for example in examples)
    assert len({fold(example.text) or example.text for example in examples}) >= 15_000
    assert set(count) == set(INTENTS)
    assert min(count.values()) >= 100
    assert len({example.author for example in examples}) >= 10


def test_risk_follows_the_contract(examples: list[Example]) -> None:
    """Risk is none outside the safety labels, danger where the label is always danger."""
    for example in examples:
        if example.intent not in SAFETY:
            assert example.risk == "none"
        elif example.intent in ALWAYS_DANGER:
            assert example.risk == "danger"
        else:
            assert example.risk in {"support", "danger"}


def test_the_calibration_belongs_to_the_data(examples: list[Example]) -> None:
    """Whoever changes the data runs `bot/learning/calibrate.py`: thresholds belong to their data."""
    known = json.loads((ROOT / "bot" / "components" / "calibration.json").read_text(encoding="utf-8"))
    assert known["learnt_from"] == digest(examples)


def test_the_digest_sees_a_changed_label_and_no_changed_order(examples: list[Example]) -> None:
    """Otherwise the calibration could go stale unseen, or seem stale where nothing changed."""
    first, second = examples[0], examples[1]
    assert digest([first, second]) == digest([second, first])
    assert digest([first]) != digest([replace(first, risk="danger")])
    assert digest([first]) != digest([first, first])
