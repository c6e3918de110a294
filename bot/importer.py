"""Reads `data/` for Rasa: as Rasa does, but for the many lines of `data/nlu/`.

Rasa's own YAML reader takes minutes for tens of thousands of examples. The files stay in Rasa's format;
as each example stands on a line of its own as JSON (which is YAML), they are read line by line here.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from rasa.shared.exceptions import YamlSyntaxException
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data import entities_parser
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

if TYPE_CHECKING:
    from collections.abc import Iterator

_INTENT = "- intent:"
_EXAMPLE = "- {"
_KNOWN = ("version:", "nlu:", "examples:", "#")


def read_examples(path: Path) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield (intent, example) of one file; an example has `text` and `metadata`."""
    intent = ""
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            said = line.strip()
            if said.startswith(_INTENT):
                intent = said[len(_INTENT) :].strip()
            elif said.startswith(_EXAMPLE):
                try:
                    yield intent, json.loads(said[2:])
                except ValueError as reason:
                    raise YamlSyntaxException(f"{path}, line {number}", reason) from reason
            elif said and not said.startswith(_KNOWN):
                raise YamlSyntaxException(f"{path}, line {number}", ValueError("not an example of one line"))


class OneLineImporter(RasaFileImporter):
    """Rasa's own importer with a fast reader of the understanding data."""

    def get_nlu_data(self, language: str | None = "es") -> TrainingData:
        """Return all labelled messages."""
        messages = []
        for name in self._nlu_files:
            for intent, example in read_examples(Path(name)):
                marked = str(example["text"])
                entities = entities_parser.find_entities_in_training_example(marked)
                plain = entities_parser.replace_entities(marked)
                messages.append(Message.build(plain, intent, entities, None, example.get("metadata")))
        return TrainingData(messages)
