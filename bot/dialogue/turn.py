"""One turn: what she wrote goes through the rules once, and what they say comes back with its receipt.

Why: Rasa's own entry points save elsewhere on error and answer with nothing; here any failure is raised, so
that the turn is retried. The text is read for its meaning and goes no further: Rasa's tracker sees the act
alone. Must never log, and never answer without the receipt.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from rasa.shared.core.events import ActiveLoop, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.components.turn_memo import one_turn
from bot.dialogue import calling, covered, describing, guesses, words
from bot.dialogue import memory as memories
from bot.dialogue.acts import HIDES, KEEPS_OFFER, SAFETY
from bot.dialogue.answers import FREE
from bot.dialogue.facts import emptied, facts, leaves_form, standing_of, stays_in_safety, without_old_secrets
from bot.dialogue.interpret import clearly_a_wish, interpret
from bot.dialogue.joined import spaced
from bot.dialogue.memory import Item, Memory
from bot.dialogue.output import Collector, fixed_texts, marked
from bot.dialogue.parse import NOTHING, Understanding
from bot.dialogue.place import place_of
from bot.dialogue.respelled import respelled
from bot.dialogue.standing import Act, payload_intent

if TYPE_CHECKING:
    from rasa.core.processor import MessageProcessor
    from rasa.core.tracker_store import TrackerStore

    from bot.dialogue.ask import Ask

Understand = Callable[[str, str], Awaitable[Understanding]]
"""What a text means after what was asked last: the text, and the place."""

COMPOSED_AGAIN = frozenset(
    (
        "give_help",
        "tell_next_session",
        "tell_sessions",
        "answer_question",
        "offer_groups",
        "tell_workshops",
        "tell_dates",
        "offer_reschedule",
        "tell_location",
        "tell_enrolment_status",
        "tell_privacy",
    )
)
"""Effects that only tell, and so may be told again when she did not understand the last answer."""
ASKS_AGAIN = frozenset(("ask_again", "more_axes", "change_something", "other_place"))
"""Acts after which a form asks the same question, in other words."""
ALWAYS_SAID = (
    frozenset(("cry_in_cover", "near_cry_in_cover", "taken_again", "taken_alone", "complaint_told")) | HIDES
)
"""What is answered alike however often it comes: a cry with 911, an order to hide, more of a complaint."""
SILENT = frozenset(("media_reaction",))
"""What is answered with silence: a reaction is a yes to nothing, least of all to a notice."""
SAME_ANSWERS = 2
"""How often the same answer may be given in a row."""


class Dialogue:
    """The loaded model, the store, and how a text is understood."""

    def __init__(self, processor: MessageProcessor, store: TrackerStore, understand: Understand) -> None:
        self._processor = processor
        self._store = store
        self._understand = understand
        self._domain = processor.domain
        self._intents = frozenset(processor.domain.intents)
        self._slots = frozenset(slot.name for slot in processor.domain.slots)
        self._fixed = fixed_texts(processor.domain.responses)
        self._asked = {
            form: processor.domain.required_slots_for_form(form) for form in processor.domain.form_names
        }

    async def take(self, ask: Ask) -> list[Item]:
        """Answer a turn, or say again what was answered to the same message; raises where it can't."""
        with one_turn():
            return await self._take(ask)

    async def _take(self, ask: Ask) -> list[Item]:
        tracker = await self._tracker(ask.sender)
        before = memories.from_slot(tracker.get_slot(memories.SLOT))
        if before.message_id == ask.message_id:
            return list(before.items)
        before = covered.forgotten(without_old_secrets(tracker, before, ask), ask)
        place = place_of(tracker, before, ask)
        written = ask.kind == "text" and ask.text and not ask.payload
        text, said = await self._meaning(ask.text, place) if written else (ask.text, NOTHING)
        said = guesses.lowered(said, ask)
        ask = guesses.unheard(ask, said)
        written = written and ask.kind == "text"
        here = covered.blank(standing_of(tracker, before, ask, self._intents, self._asked, place))
        here = replace(here, unheard=bool(ask.heard) and ask.kind == "voice", by_voice=bool(ask.heard))
        own_words = here.expects or here.form_field in FREE  # kept as she wrote them
        read = text if own_words or not written else respelled(text)
        read = spaced(text) if here.form_field == "contact_hours" else read
        act = interpret(read, ask.kind, ask.payload, said, here)
        if act.intent in SILENT:
            in_form = tracker.active_loop_name is not None
            receipt = _receipt(ask, said, act, confidential=here.in_safety, in_form=in_form)
            return await self._keep(tracker, ask, replace(before, message_id=ask.message_id), [], receipt)
        before = covered.counted(before, act)
        act = covered.kept_from_him(before, act)
        in_safety = stays_in_safety(act, here)
        misses = before.misses + 1 if act.missed else 0
        if leaves_form(act, here):
            tracker.update_with_events([ActiveLoop(None), SlotSet("requested_slot", None)], self._domain)
        self._set(tracker, facts(ask, act, here, in_safety=in_safety, misses=misses))
        spoken = await self._speak(tracker, act, ask.message_id)
        items = await self._finish(tracker, before, spoken, act)
        now = _remembered(spoken, before, items, ask, misses, act)
        in_form = tracker.active_loop_name is not None
        receipt = _receipt(ask, said, act, confidential=in_safety or here.in_safety, in_form=in_form)
        of_note = _receipt(
            guesses.without_case(ask), said, act, confidential=in_safety or here.in_safety, in_form=in_form
        )
        asked = guesses.asked_back(ask, items, said, confidential=bool(of_note["confidential"]))
        if asked:
            # The tracker is not kept: the dialogue stands where it stood, until she has said yes.
            return [{"recipient_id": ask.sender, "custom": one} for one in (asked, receipt)]
        return await self._keep(tracker, ask, now, guesses.done(ask, items), receipt)

    async def _keep(
        self,
        tracker: DialogueStateTracker,
        ask: Ask,
        now: Memory,
        said: list[Item],
        receipt: dict[str, object],
    ) -> list[Item]:
        """The answer with its receipt, kept for a message that is asked again."""
        marks = [marked(item, self._fixed) for item in said]
        items: list[Item] = [*marks, {"recipient_id": ask.sender, "custom": receipt}]
        self._set(tracker, {memories.SLOT: memories.to_slot(replace(now, items=items))})
        await self._store.save(tracker)
        return items

    async def _meaning(self, text: str, place: str) -> tuple[str, Understanding]:
        """The text and what it means; without the greeting where something stands beside it."""
        said = describing.calmed(text, calling.calmed(text, await self._heard(text, place)))
        rest = words.without_greeting(text) if said.intent == "greet" else ""
        meant = await self._heard(rest, place) if rest else said
        return (rest, meant) if rest and clearly_a_wish(rest, meant) else (text, said)

    async def _heard(self, text: str, place: str) -> Understanding:
        return await self._understand(respelled(text), place)

    async def _tracker(self, sender: str) -> DialogueStateTracker:
        tracker = await self._store.retrieve(sender)
        if tracker is None:
            tracker = DialogueStateTracker(sender, self._domain.slots)
            # Its public twin reads and saves through the wrapper that forgets on error.
            await self._processor._update_tracker_session(tracker, Collector())  # noqa: SLF001
        return tracker

    def _set(self, tracker: DialogueStateTracker, slots: Mapping[str, object]) -> None:
        changed = [SlotSet(k, v) for k, v in slots.items() if k in self._slots and tracker.get_slot(k) != v]
        tracker.update_with_events(changed, self._domain)

    async def _speak(self, tracker: DialogueStateTracker, act: Act, message_id: str) -> Collector:
        """Let the rules answer the act; what she wrote is not in the event."""
        out = Collector()
        found = [{"entity": name, "value": value} for name, value in act.entities.items()]
        intent = {"name": act.intent, "confidence": 1.0}
        parsed: Any = {"intent": intent, "entities": found, "text": ""}
        event = UserUttered(f"/{act.intent}", intent, found, parsed, metadata={"message_id": message_id})
        form = tracker.active_loop_name
        answers = {**act.entities, **act.slots}
        if form and act.intent in ASKS_AGAIN:
            answers[tracker.get_slot("requested_slot")] = None  # an answer to the form, though an empty one
        # After the event, so that the form takes them for its answer; also those that are not new.
        slots = [SlotSet(name, value) for name, value in answers.items() if name in self._slots]
        tracker.update_with_events([event, *slots], self._domain)
        # The public way also saves, through that same wrapper.
        await self._processor._run_prediction_loop(out, tracker)  # noqa: SLF001
        self._set(tracker, out.said.sets)
        if form and tracker.active_loop_name is None:
            children, stopped = tracker.get_slot("children"), act.intent == "cancel"
            self._set(tracker, emptied(form, self._asked, children, stopped=stopped))
        return out

    async def _utter(self, tracker: DialogueStateTracker, response: str) -> Collector:
        out = Collector()
        message = await self._processor.nlg.generate(response, tracker, out.name())
        if message is None:
            raise RuntimeError(f"no response {response}")
        await out.send_response(tracker.sender_id, message)
        return out

    async def _finish(
        self, tracker: DialogueStateTracker, before: Memory, spoken: Collector, act: Act
    ) -> list[Item]:
        """Repeat on request, soften, and break a loop of the same answer."""
        if act.intent == "repeat" and not tracker.active_loop_name:
            lead = [marked(item, self._fixed) for item in spoken.said.items]
            again = [item for item in before.items if _may_repeat(item) and item not in lead]
            if again:
                spoken.said.goes_on(before, again)
            else:  # nothing was said that could be said again
                spoken.said = (await self._utter(tracker, "utter_ask_rephrase")).said
        elif tracker.get_slot("offer_open") and not memories.choices_of(spoken.said.items):
            spoken.said.goes_on(before, before.open_items)
        if act.soft:
            soft = (await self._utter(tracker, "utter_soft_opening")).said.items
            # A form's question comes last: what she answers next is its answer.
            at = 0 if tracker.active_loop_name else len(spoken.said.items)
            spoken.said.items[at:at] = soft
        if act.also:
            beside = (await self._utter(tracker, act.also)).said.items
            # In a form its question comes last.
            form_asks = tracker.active_loop_name and act.intent in ASKS_AGAIN
            at = 0 if form_asks else _open_question(spoken.said.items)
            spoken.said.items[at:at] = beside
        if act.corrects:
            spoken.said.items[:0] = (await self._utter(tracker, "utter_corrected")).said.items
        elif before.said >= SAME_ANSWERS and memories.signature(spoken.said.items) == before.signature:
            done = _done(spoken.said.items)
            if (not done or act.intent in SAFETY) and act.intent not in ALWAYS_SAID:
                spoken.said = (await self._utter(tracker, "utter_loop_broken")).said
                spoken.said.items += done
        if not spoken.said.items:
            raise RuntimeError(f"the rules said nothing to {act.intent}")
        return spoken.said.items


def _remembered(
    spoken: Collector, before: Memory, items: list[Item], ask: Ask, misses: int, act: Act
) -> Memory:
    mark, cover = memories.signature(items), covered.entered(before, items, act)
    again = mark == before.signature and bool(before.cover) == bool(cover)
    said, choices = spoken.said, memories.choices_of(items)
    asks = choices or said.open_items or said.yes or said.no or said.expects or said.place
    stays = not asks and (act.missed or act.intent in KEEPS_OFFER)
    return Memory(
        message_id=ask.message_id,
        open_items=before.open_items if stays else said.open_items,
        choices=before.choices if stays else choices,
        yes=before.yes if stays else said.yes,
        no=before.no if stays else said.no,
        expects=before.expects if stays else said.expects,
        place=before.place if stays else said.place,
        misses=misses,
        signature=mark,
        said=before.said + 1 if again else 1,
        asked_at=(ask.context.now or datetime.now().astimezone()).isoformat(),
        cover=cover,
    )


def _open_question(items: list[Item]) -> int:
    """Where the last question with buttons stands, so that what is said beside comes before it."""
    asked = [at for at, item in enumerate(items) if item.get("buttons")]
    return asked[-1] if asked else len(items)


def _may_repeat(item: Item) -> bool:
    custom = item.get("custom")
    return "text" in item or (isinstance(custom, dict) and custom.get("effect") in COMPOSED_AGAIN)


def _done(items: list[Item]) -> list[Item]:
    """What of an answer changes something: no effect is ever left out, and of her orders no confirmation."""
    effects = [(item, item["custom"]) for item in items if "custom" in item]
    return [item for item, one in effects if isinstance(one, dict) and one["effect"] not in COMPOSED_AGAIN]


def _receipt(
    ask: Ask, said: Understanding, act: Act, *, confidential: bool, in_form: bool
) -> dict[str, object]:
    touches = {act.intent, payload_intent(ask.payload)} & SAFETY
    return {
        "effect": "receipt",
        "message_id": ask.message_id,
        "intent": act.intent if said is NOTHING else said.intent,
        "confidence": 1.0 if said is NOTHING else round(said.confidence, 4),
        "risk": said.risk,
        "tier": said.tier,
        "keeps_offer": act.missed or act.intent in KEEPS_OFFER,
        "busy": confidential or in_form,
        "confidential": confidential or bool(touches) or said.tier != "none" or ask.context.flag("case_open"),
        "entities": sorted({*said.entities, *act.entities}),
    }
