"""A long step says what it is doing, from what its program writes; a log stays short."""

from __future__ import annotations

import re
import sys
import time
from typing import TYPE_CHECKING

import pytest

from bot.components.stage import MARK, Counting
from cli import model, words
from cli.install import programs, progress
from cli.install.places import ROOT

if TYPE_CHECKING:
    from pathlib import Path

PROGRAM = """
import sys, time
for part in ("one", "tw", "o\\nthr", "ee\\n"):
    sys.stdout.write(part if part != "one" else "one\\n"); sys.stdout.flush(); time.sleep(0.7)
"""


@pytest.mark.processes
def test_lines_are_passed_on_whole_and_while_it_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first line comes long before the end, and none in halves."""
    monkeypatch.setattr(programs, "LOGS", tmp_path)
    heard: list[tuple[str, float]] = []
    began = time.monotonic()
    programs.run(
        [sys.executable, "-c", PROGRAM],
        what="probar",
        log="probe",
        env={},
        on_line=lambda line: heard.append((line, time.monotonic() - began)),
    )
    assert [line for line, _ in heard] == ["one", "two", "three"]
    assert heard[0][1] < heard[-1][1] - 1


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("stage:features", words.TRAINING_STAGES["features"]),
        ("stage:net:516/1032", "ajusto la red, 50 %"),
        ("stage:net:1/0", "ajusto la red"),
        ("stage:net:\u00b2/3", "ajusto la red"),
        ("stage:something", None),
        ("2026-11-29 INFO rasa", None),
        ("", None),
    ],
)
def test_a_stage_is_told_in_words(line: str, told: str | None) -> None:
    """What the training prints is put in Spanish; its other lines stay in the log."""
    heard: list[tuple[str, bool]] = []
    model._told(line, lambda detail, *, begins=False: heard.append((detail, begins)))
    assert heard == ([(told, line.count(":") == 1)] if told else [])


def test_every_stage_of_a_training_has_its_words() -> None:
    """A stage that has none would be minutes of silence."""
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "bot/components").glob("*.py"))
    told = set(re.findall(r"""(?:tell|printed|Counting)\("(\w+)\"""", sources))
    assert told | {"rules"} == set(words.TRAINING_STAGES)


def test_a_log_is_given_a_line_every_few_seconds(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nobody watches, a thousand steps are not a thousand lines."""
    with progress.step("entrenar") as tell:
        for number in range(1000):
            tell(str(number))
    assert len(capsys.readouterr().err.splitlines()) == 3
    with progress.step("entrenar") as tell:
        for number in range(1000):
            tell(str(number), begins=number % 500 == 0)
    lines = capsys.readouterr().err.splitlines()
    assert [line.partition(": ")[2].split(",")[0] for line in lines[1:3]] == ["0", "500"]
    monkeypatch.setattr(progress, "LEAST_SECONDS_APART", 0.0)
    with progress.step("entrenar") as tell:
        tell("red")
    assert "entrenar: red" in capsys.readouterr().err


def test_a_long_loop_tells_its_end(capsys: pytest.CaptureFixture[str]) -> None:
    """And at most every two seconds before it."""
    told: list[str] = []
    counting = Counting("net", 500, told.append)
    for done in range(1, 501):
        counting.at(done)
    assert told == ["net:500/500"]
    assert MARK == "stage:"
    assert capsys.readouterr().out == ""
