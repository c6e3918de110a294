"""The pipeline's classifier for Rasa: intent, risk and tier of each message.

Rasa's own part of the work only; what decides lives in `meaning`. It never logs a text.
"""

# ruff: noqa: ARG003, TC002 - Rasa calls with these names and reads these annotations as the program runs

from __future__ import annotations

import hashlib
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.encoder.encoder import Encoder
from bot.components.examples import Example, read_file
from bot.components.labels import natural_risk
from bot.components.meaning import Meaning
from bot.components.places import FILE as PLACES
from bot.components.replies import digest_of_replies, read_replies
from bot.components.stage import printed

if TYPE_CHECKING:
    from collections.abc import Iterator

logger = logging.getLogger(__name__)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class MeaningClassifier(GraphComponent, IntentClassifier):
    """Sets `intent`, `intent_ranking`, `risk` and `tier` on each message."""

    def __init__(
        self, model_storage: ModelStorage, resource: Resource, meaning: Meaning | None = None
    ) -> None:
        """Keep where to store the models, and the models once there are any."""
        self._model_storage = model_storage
        self._resource = resource
        self._meaning = meaning

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> MeaningClassifier:
        """Make an untrained one (called by Rasa)."""
        return cls(model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,  # noqa: ANN401 - Rasa reads this very annotation
    ) -> MeaningClassifier:
        """Read a trained one (called by Rasa)."""
        with model_storage.read_from(resource) as folder:
            return cls(model_storage, resource, Meaning.load(folder))

    @property
    def meaning(self) -> Meaning | None:
        """The models, once there are any."""
        return self._meaning

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Return a digest of all code and numbers that training rests on.

        Rasa's cache looks at the configuration, the data and this class alone: a change in the modules behind
        it would be served an old model.
        """
        digest = hashlib.sha256(digest_of_replies().encode() + PLACES.read_bytes())
        for path in sorted(Path(__file__).parent.rglob("*")):
            if path.suffix in {".py", ".json", ".txt", ".csv", ".npz"}:
                digest.update(path.name.encode() + path.read_bytes())
        return digest.hexdigest()

    @staticmethod
    def required_packages() -> list[str]:
        """Name what must be importable to train."""
        return ["sklearn"]

    def train(self, training_data: TrainingData) -> Resource:
        """Fit the models to the labelled messages of the files that the training data names.

        `bot.serving.importer.FileImporter` names them; other importers give the messages themselves.
        """
        from bot.components.context_training import fit_readers  # noqa: PLC0415 # as below
        from bot.components.training import fit  # noqa: PLC0415 - answering needs no scikit-learn

        encoder = Encoder.read()  # first: where its weights are missing, nothing need be fitted
        examples = list(_examples(training_data))
        self._meaning = fit(examples, printed, encoder)
        self._meaning.context = fit_readers(self._meaning, read_replies(), examples, printed)
        printed("saving")
        with self._model_storage.write_to(self._resource) as folder:
            self._meaning.save(folder)
        logger.info("Meaning: trained on %d examples", len(examples))
        printed("packing")
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Leave the training data as it is: nothing later in the pipeline learns from the intents."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Judge each message; all lines of a burst come together and cost one product."""
        if self._meaning is None:
            raise RuntimeError("The classifier was asked before it was trained or loaded.")
        texts = [message.get(TEXT) or "" for message in messages]
        judged = self._meaning.judge(self._meaning.margins(texts), texts)
        for message, found in zip(messages, judged, strict=True):
            ranking = [{"name": name, "confidence": p} for name, p in found.ranking]
            message.set(INTENT, {"name": found.intent, "confidence": found.confidence}, add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
            message.set("risk", found.risk, add_to_output=True)
            message.set("tier", found.tier, add_to_output=True)
        return messages


def _examples(training_data: TrainingData) -> Iterator[Example]:
    for message in training_data.intent_examples:
        about = (message.get("metadata") or {}).get("example") or {}
        if "file" in about:
            yield from read_file(Path(about["file"]))
        elif message.get(TEXT) and message.get(INTENT):
            yield Example(message.get(TEXT), message.get(INTENT), _risk(message))


def _risk(message: Message) -> str:
    about = (message.get("metadata") or {}).get("example") or {}
    return str(about.get("risk") or natural_risk(message.get(INTENT)))
