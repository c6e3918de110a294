"""The pipeline's extractor for Rasa: what she names, with its place in the text.

Rasa's own part of the work only; what reads lives in `extract`. It never logs a text.
"""

# ruff: noqa: ARG003, TC002 - Rasa calls with these names and reads these annotations as the program runs

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.components.extract.reading import as_dictionary, entities


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class NamedThings(GraphComponent, EntityExtractorMixin):
    """Sets `entities` on each message."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> NamedThings:
        """Make one (called by Rasa); it has nothing to learn."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Read each message."""
        for message in messages:
            found = [
                {**as_dictionary(one), "extractor": type(self).__name__}
                for one in entities(message.get(TEXT) or "")
            ]
            message.set(ENTITIES, found, add_to_output=True)
        return messages
