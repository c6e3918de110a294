"""From authors' batches to training data: nothing is lost or kept by mistake on the way."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.components.examples import ExampleError, read_folder
from bot.components.extract.tokens import one_off
from bot.learning.corpus.nearness import Near
from cli.install.places import ROOT

if TYPE_CHECKING:
    from pathlib import Path


@given(st.text(alphabet="abñ", min_size=2, max_size=12), st.data())
def test_one_letter_more_less_or_other_is_one_off(word: str, data: st.DataObject) -> None:
    """One edit is one off; the word itself and two letters more are not."""
    at = data.draw(st.integers(0, len(word) - 1))
    edited = data.draw(
        st.sampled_from(
            (word[:at] + "x" + word[at:], word[:at] + word[at + 1 :], word[:at] + "x" + word[at + 1 :])
        )
    )
    assert one_off(word, edited)
    assert not one_off(word, word)
    assert not one_off(word, f"xx{word}")


def test_a_rewording_is_near_and_another_message_is_not() -> None:
    """A word changed is near; the same subject in other words is not; short answers never are."""
    near = Near(["mi esposo no me deja salir de la casa", "si gracias"])
    assert near.close("mi marido no me deja salir de la casa")
    assert not near.close("ayer fui al taller y aprendi a coser muy bonito")
    assert not near.close("si gracias")


def test_near_ends_where_it_says() -> None:
    """A quarter of the longer text's letters may differ, and no more; the nearest of the set is named."""
    near = Near(["aaa bbb ccc ddd e", "aaa bbb ccc xxx e"])
    assert near.close("aaa bbb ccc ddx e") == "aaa bbb ccc ddd e"
    assert near.close("aaa bbb xxc cdd e") is not None  # 4 of 17
    assert near.close("aaa xxx xcc ddd e") is not None  # 4 of 17
    assert near.close("aaa xxx xxc ddd e") is None  # 5 of 17


def test_a_batch_becomes_examples_of_one_line(tmp_path: Path) -> None:
    """Text, label, author, style and entities survive; near and repeated messages are left out."""
    batch = tmp_path / "z1.jsonl"
    rows = [
        {
            "text": "soy [ana] de Tala",
            "intent": "inform",
            "risk": "none",
            "style": "casual",
            "entities": [{"entity": "municipality", "value": "Tala"}],
        },
        {"text": "soy [ana] de Tala", "intent": "inform", "risk": "none", "style": "casual"},
        {
            "text": "cuanto cuesta el taller de costura",
            "intent": "ask_cost",
            "risk": "none",
            "style": "clean",
        },
    ]
    batch.write_text("".join(json.dumps(row) + "\n" for row in rows))
    measuring = tmp_path / "set.jsonl"
    measuring.write_text(json.dumps({"text": "¿Cuánto cuesta el taller de costura?"}) + "\n")
    script = ROOT / "bot" / "learning" / "corpus" / "convert.py"
    done = subprocess.run(
        [sys.executable, script, batch, "--out", tmp_path / "nlu", "--keep-out", measuring],
        capture_output=True,
        text=True,
        check=True,
    )
    (kept,) = read_folder(tmp_path / "nlu")
    assert "1 repeated" in done.stdout
    assert "1 near a measuring set" in done.stdout
    assert (kept.text, kept.intent, kept.author, kept.style) == (
        "soy (ana) de Tala",
        "inform",
        "z1",
        "casual",
    )
    assert [kept.text[start:end] for _, start, end in kept.entities] == ["Tala"]


def test_an_added_batch_leaves_other_authors_alone(tmp_path: Path) -> None:
    """`--add` keeps every word of other authors, and takes an author's new batch for her old one."""
    script, nlu = ROOT / "bot" / "learning" / "corpus" / "convert.py", tmp_path / "nlu"
    first, second = tmp_path / "y1.jsonl", tmp_path / "y2.jsonl"
    who = [{"entity": "person_name", "value": "Lety"}]
    hers = {
        "text": "aqui Lety y Lety es mi hija tambien",
        "intent": "inform",
        "risk": "none",
        "entities": who,
    }
    marked = {"text": "mi tia le pega a la masa", "intent": "out_of_scope", "risk": "none", "pair": 7}
    first.write_text(json.dumps(hers) + "\n" + json.dumps(marked) + "\n")
    second.write_text(json.dumps({"text": "adios", "intent": "goodbye", "risk": "none"}) + "\n")

    def convert(*arguments: object) -> dict[str, str]:
        argv = [sys.executable, script, *arguments, "--out", nlu, "--keep-out"]
        subprocess.run([str(part) for part in argv], capture_output=True, check=True)
        return {path.name: path.read_text() for path in nlu.iterdir()}

    before = convert(first)
    after = convert(second, "--add")
    assert {name: text for name, text in after.items() if name != "goodbye.yml"} == {
        name: text for name, text in before.items() if name != "goodbye.yml"
    }
    assert '"pair": "y1-7"' in after["out_of_scope.yml"]
    first.write_text(json.dumps(hers) + "\n")
    convert(first, "--add")
    assert sorted((e.author, e.text) for e in read_folder(nlu)) == [("y1", hers["text"]), ("y2", "adios")]


def test_a_line_that_is_no_example_is_an_error(tmp_path: Path) -> None:
    """Nothing in the training data is skipped silently."""
    (tmp_path / "greet.yml").write_text("nlu:\n  - intent: greet\n    examples:\n      - hola\n")
    with pytest.raises(ExampleError, match="line 4"):
        read_folder(tmp_path)
