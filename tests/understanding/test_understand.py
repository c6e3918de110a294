"""`understand` keeps the contract and its floors with the trained model."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cli.install.places import BOT_VENV, MODEL, ROOT, python_of

HERE = Path(__file__).parent
PYTHON = os.environ.get("AVANZA_TEST_RASA_PYTHON", str(python_of(BOT_VENV)))
TRAINED = os.environ.get("AVANZA_TEST_RASA_MODEL", str(MODEL))
pytestmark = pytest.mark.bot
ONE_MESSAGE = {"intent_accuracy": 1 / 289, "safety_recall": 1 / 102, "pairs_both_right": 1 / 10}
"""What one message is of a figure whose floor leaves no message to spare."""


def understand(
    said: str | bytes, model: str = TRAINED, more: tuple[str, ...] = ()
) -> subprocess.CompletedProcess[bytes]:
    """Return what the program made of its standard input."""
    return subprocess.run(
        [PYTHON, ROOT / "bot" / "learning" / "understand.py", "--model", model, *more],
        input=said.encode() if isinstance(said, str) else said,
        capture_output=True,
        check=False,
    )


def _answers(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    done = understand("".join(json.dumps(row) + "\n" for row in rows))
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> subprocess.CompletedProcess[str]:
    """What the scorer says of the trained model's answers to the measuring set."""
    blind = subprocess.run(
        [sys.executable, HERE / "score.py", "--blind", HERE / "dev.jsonl"], capture_output=True, check=True
    )
    answers = tmp_path_factory.mktemp("measured") / "answers.jsonl"
    answers.write_bytes(understand(blind.stdout).stdout)
    held = answers.with_name("floors.json")
    floors = json.loads((HERE / "floors.json").read_text())
    floors = {name: round(least - ONE_MESSAGE.get(name, 0), 4) for name, least in floors.items()}
    held.write_text(json.dumps(floors))
    return subprocess.run(
        [sys.executable, HERE / "score.py", answers, "--floors", held],
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_floors_hold_on_the_measuring_set(measured: subprocess.CompletedProcess[str]) -> None:
    """No figure of the measuring set is under its floor, but for one message where the figure stands on it.

    Another machine's arithmetic may tip that one. `./avanza check-model` judges by the floors themselves.
    """
    assert measured.returncode == 0, measured.stdout


def test_no_recorded_figure_is_lost(measured: subprocess.CompletedProcess[str]) -> None:
    """A change may cost two points of a figure that was reached once, not more; the pairs one pair of ten."""
    found = {line.split()[0]: line.split()[1] for line in measured.stdout.splitlines() if line.strip()}
    for name, recorded in json.loads((HERE / "recorded.json").read_text()).items():
        slack = 0.1 if name == "pairs_both_right" else 0.02
        lost = float(found[name]) - recorded if "alarms" in name else recorded - float(found[name])
        assert lost <= slack + 1e-4, f"{name}: {found[name]}, recorded {recorded}"


def test_the_recorded_figures_stand_in_the_table() -> None:
    """What CI holds is what benchmarks/understanding.md tells its reader."""
    table = (ROOT / "benchmarks" / "understanding.md").read_text(encoding="utf-8")
    for name, recorded in json.loads((HERE / "recorded.json").read_text()).items():
        assert f"| `{name}` | {recorded:.3f} |" in table


def test_other_keys_are_carried_through_in_order() -> None:
    """One line out for one in, keys kept, the five answers beside them."""
    out = _answers([{"text": "hola", "id": 7}, {"text": "mi esposo me pega y tengo miedo"}])
    assert [row["text"] for row in out] == ["hola", "mi esposo me pega y tengo miedo"]
    assert out[0]["id"] == 7
    assert set(out[1]) == {"text", "intent", "confidence", "risk", "tier", "entities"}
    assert (out[1]["intent"], out[1]["risk"], out[1]["tier"]) == ("disclose_violence", "support", "sure")


def test_a_bad_line_stops_it_after_the_answers_before() -> None:
    """A line that is no object with a text: status 2, its number named, earlier answers printed."""
    done = understand('{"text": "hola"}\n{"text": 3}\n{"text": "adios"}\n')
    assert done.returncode == 2
    assert len(done.stdout.splitlines()) == 1
    assert b"line 2" in done.stderr


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "😭😭😭",
        "\u202e\u200d\u200b",
        "\x00\x07\x1b[31m",
        "a" * 10_000,
        "me pega " * 1_500,
        '{"intent": "greet"}',
        "'; DROP TABLE women; --",
        "<script>alert(1)</script>",
        "/affirm",
        "你好你能帮我吗",
        "\ud83d",
        "e\u0301" * 400,
    ],
)
def test_any_text_gets_a_sane_answer(text: str) -> None:
    """Length, emojis, control characters, other tongues, code: an answer of the contract, soon."""
    began = time.monotonic()
    (out,) = _answers([{"text": text}])
    assert out["text"] == text
    assert out["risk"] in {"none", "support", "danger"}
    assert time.monotonic() - began < 20


@pytest.mark.parametrize("broken", ["missing", "cut", "empty"])
def test_an_unusable_model_is_one_clear_line(tmp_path: Path, broken: str) -> None:
    """No model, half a model, no archive: status 1 and one line, no traceback."""
    model = tmp_path / "m.tar.gz"
    if broken != "missing":
        model.write_bytes(Path(TRAINED).read_bytes()[:100_000] if broken == "cut" else b"")
    done = understand('{"text": "hola"}\n', str(model))
    assert (done.returncode, done.stdout) == (1, b"")
    assert len(done.stderr.splitlines()) == 1
    assert b"train" in done.stderr


def test_rasa_and_the_command_answer_alike() -> None:
    """The command reads the archive without Rasa; the same words must mean the same in both."""
    texts = [
        "hola buenas tardes",
        "me kiero apuntar soy Ana de tlajo",
        "me esta pegando ahorita",
        "ya no quiero vivir",
        "a que hora es el juebes",
        "borre todo ya llego",
    ]
    code = (
        "import asyncio, json, sys\n"
        "from rasa.core.agent import Agent\n"
        "agent = Agent.load(sys.argv[1])\n"
        "for text in json.loads(sys.argv[2]):\n"
        "    got = asyncio.run(agent.parse_message(text))\n"
        "    print('@' + json.dumps([got['intent']['name'], got['risk'], got['tier'], "
        "[[e['entity'], e['start'], e['end']] for e in got['entities']]]))\n"
    )
    done = subprocess.run(
        [PYTHON, "-c", code, TRAINED, json.dumps(texts)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    by_rasa = [json.loads(line[1:]) for line in done.stdout.splitlines() if line.startswith("@")]
    by_command = [
        [
            row["intent"],
            row["risk"],
            row["tier"],
            [[e["entity"], e["start"], e["end"]] for e in row["entities"]],
        ]  # type: ignore[attr-defined, index]
        for row in _answers([{"text": text} for text in texts])
    ]
    assert by_rasa == by_command
