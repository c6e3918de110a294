"""Reads `data/` for Rasa: as Rasa does, but for the many lines of `data/nlu/` and the domain.

Rasa's own YAML reader takes minutes for tens of thousands of examples, `components/examples.py` one second.
Rasa also copies and hashes its training data a dozen times (45 s for 33,000 messages), and reads the domain
as often.
"""

from __future__ import annotations

import hashlib
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.examples import Example, read_file

if TYPE_CHECKING:
    from rasa.shared.core.domain import Domain


def as_message(example: Example) -> Message:
    """Return an example as Rasa knows it; author, style and risk ride along as its metadata."""
    entities = [
        {"entity": entity, "value": example.text[start:end], "start": start, "end": end}
        for entity, start, end in example.entities
    ]
    about = {"risk": example.risk, "author": example.author, "style": example.style}
    return Message.build(example.text, example.intent, entities, None, about)


class FileImporter(RasaFileImporter):
    """Names the files of the understanding data: one message a file, with the file's digest.

    The digest changes with the file, so that Rasa's cache sees a change; `MeaningClassifier` reads the file.
    """

    def __init__(
        self,
        config_file: str | None = None,
        domain_path: str | None = None,
        training_data_paths: list[str] | str | None = None,
    ) -> None:
        super().__init__(config_file, domain_path, training_data_paths)
        self._domain: Domain | None = None

    def get_domain(self) -> Domain:
        """Return the domain, read once."""
        if self._domain is None:
            self._domain = super().get_domain()
        return self._domain

    def get_nlu_data(self, language: str | None = "es") -> TrainingData:  # noqa: ARG002 - Rasa asks by it
        """Return the first message of each file, which stands for all of them."""
        return TrainingData([_first_of(name) for name in self._nlu_files])


def _first_of(name: str) -> Message:
    first = next(islice(read_file(Path(name)), 1))
    about = {"file": name, "digest": hashlib.sha256(Path(name).read_bytes()).hexdigest()}
    return Message.build(first.text, first.intent, [], None, about)


class OneLineImporter(RasaFileImporter):
    """Gives Rasa every message: for Rasa's own classifiers, beside which ours is measured."""

    def get_nlu_data(self, language: str | None = "es") -> TrainingData:  # noqa: ARG002 - Rasa asks by it
        """Return all labelled messages."""
        return TrainingData(
            [as_message(example) for name in self._nlu_files for example in read_file(Path(name))]
        )
