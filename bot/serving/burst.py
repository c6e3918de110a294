"""What the model's pipeline says of a burst of her lines: an understanding, touched by no dialogue.

Why: the channel, the dialogue and the warm-up ask alike. Must never log or keep the text.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from rasa.core.channels.channel import UserMessage
from rasa.engine.constants import PLACEHOLDER_MESSAGE, PLACEHOLDER_TRACKER

from bot.components.intents import MeaningClassifier
from bot.components.places import ELSEWHERE, UNCLEAR
from bot.components.reading import guarded
from bot.components.red_flags import is_over, only_told
from bot.components.turn_memo import one_turn
from bot.dialogue.parse import NOTHING, Understanding, gravest, read_parse
from bot.serving.straight import straightened

if TYPE_CHECKING:
    from rasa.core.agent import Agent
    from rasa.core.processor import MessageProcessor

    from bot.components.meaning import Meaning

TOPIC, SPEAKER = "topics.safety", "topics.speaker"
"""What she may speak of, and who may be speaking, whatever was asked last."""
NO_TOPIC = frozenset(("", ELSEWHERE, UNCLEAR, "herself"))
BY_LIST = 1.0
"""The confidence of what the list of red flags alone is sure of."""
LEAST_WORDS = 3
"""Of a burst, a line of fewer words counts by itself only where it is sure: "oiga", "me oye"."""
LINES = 6
"""Lines of a burst that are also judged one by one: a routine request must not hide what stands beside it."""
LONG_STORY, LAST_WORDS = 300, 120
"""Letters from which the end of a line is judged by itself, and how many of the last ones that are."""


async def understanding(agent: Agent, text: str, after: str = "") -> Understanding:
    """What the pipeline says of `text`; in a burst of several lines the gravest of them decides.

    Of a long story the last words are judged by themselves as well: there the cry often stands. `after` is
    the place that the whole text is an answer to.
    """
    with one_turn():
        return _understood(agent, text, after)


def _understood(agent: Agent, text: str, after: str) -> Understanding:
    lines = [line for line in text.split("\n") if line.strip()]
    parts = [text]
    if len(lines) > 1:
        parts += lines if len(lines) <= LINES else lines[:2] + lines[2 - LINES :]
    if lines and len(lines[-1]) > LONG_STORY:
        parts.append(lines[-1][-LAST_WORDS:])
    whole, *rest = _judged(agent.processor, parts)
    telling = [
        one for part, one in zip(parts[1:], rest, strict=True) if one.sure or len(part.split()) >= LEAST_WORDS
    ]
    said = of_the_past(gravest([whole, *telling]), text)
    return in_context(meaning_of(agent.processor), said, text, after)


def of_the_past(said: Understanding, text: str) -> Understanding:
    """Danger that is over is heard as support: she decides, and no case is opened by itself.

    So is a blow that is surely told by the list while its danger was only a guess. Thoughts of dying stay
    what they are.
    """
    guessed = said.confidence == BY_LIST and only_told(text)
    if said.risk != "danger" or said.intent == "self_harm" or not (guessed or is_over(text)):
        return said
    intent = "disclose_violence" if said.intent == "immediate_danger" else said.intent
    return replace(said, intent=intent, risk="support")


def in_context(meaning: Meaning, said: Understanding, text: str, after: str) -> Understanding:
    """The understanding with what the text means after the place, and what it speaks of anywhere."""
    act, topic, speaker = meaning.read(text, (after, TOPIC, SPEAKER))
    act = guarded(act, after, text, said.risk, said.tier)
    return replace(
        said,
        act=act.act,
        act_confidence=act.confidence,
        topic="" if topic.act in NO_TOPIC else topic.act,
        topic_confidence=topic.confidence,
        speaker="" if speaker.act in NO_TOPIC else speaker.act,
        speaker_confidence=speaker.confidence,
    )


def meaning_of(processor: MessageProcessor) -> Meaning:
    """The models of the loaded pipeline."""
    for component in straightened(processor).components():
        if isinstance(component, MeaningClassifier) and component.meaning is not None:
            return component.meaning
    raise RuntimeError("the loaded model has no understanding of ours")


def _judged(processor: MessageProcessor, parts: list[str]) -> list[Understanding]:
    """All parts through the model's pipeline at once.

    Rasa's own way in takes one text at a time, and a leading "/" for a button: it is not shown to it.
    """
    words = [part.lstrip("/ \n") for part in parts]
    target = processor.model_metadata.nlu_target
    messages = [UserMessage(said) for said in words if said]
    inputs = {PLACEHOLDER_MESSAGE: messages, PLACEHOLDER_TRACKER: None}
    parsed = iter(processor.graph_runner.run(inputs, [target])[target]) if messages else iter(())
    return [
        read_parse(next(parsed).as_dict(only_output_properties=True)) if said else NOTHING for said in words
    ]
