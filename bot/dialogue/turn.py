"""One turn: what she wrote goes through the rules once, and what they say comes back with its receipt.

Why: Rasa's own entry points save elsewhere on error and answer with nothing; here any failure is raised, so
that the turn is retried. The text is read for its meaning and goes no further: Rasa's tracker sees the act
alone. Must never log, and never answer without the receipt.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from rasa.shared.core.events import ActiveLoop, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.dialogue import memory as memories
from bot.dialogue.acts import ABOUT, LEAVES_SAFETY, SAFETY
from bot.dialogue.interpret import Act, Standing, interpret, payload_intent
from bot.dialogue.memory import Item, Memory
from bot.dialogue.output import Collector
from bot.dialogue.parse import NOTHING, Understanding

if TYPE_CHECKING:
    from rasa.core.processor import MessageProcessor
    from rasa.core.tracker_store import TrackerStore

    from bot.dialogue.ask import Ask

Understand = Callable[[str], Awaitable[Understanding]]

ALONE = frozenset(("give_help", "tell_next_session", "tell_sessions", "answer_question", "offer_groups"))
"""Effects that may be composed again when she asks to hear the last answer once more."""
ASKS_AGAIN = frozenset(("ask_again", "more_axes", "change_something"))
"""Acts after which the form asks the same question, in other words."""
STATE_SLOTS = ("again", "missed", "loop_broken", "happens_now")
"""Slots that hold for one turn."""


class Dialogue:
    """The loaded model, the store, and how a text is understood."""

    def __init__(self, processor: MessageProcessor, store: TrackerStore, understand: Understand) -> None:
        self._processor = processor
        self._store = store
        self._understand = understand
        self._domain = processor.domain
        self._intents = frozenset(processor.domain.intents)

    async def take(self, ask: Ask) -> list[Item]:
        """Answer a turn, or say again what was answered to the same message; raises where it can't."""
        tracker = await self._tracker(ask.sender)
        before = memories.from_slot(tracker.get_slot(memories.SLOT))
        if before.message_id == ask.message_id:
            return list(before.items)
        said = await self._understand(ask.text) if ask.kind == "text" and ask.text and not ask.payload else NOTHING
        before = _without_old_secrets(before, tracker, ask)
        standing = self._standing(tracker, before, ask)
        act = interpret(ask.text, ask.kind, ask.payload, said, standing)
        in_safety = self._in_safety(act, standing)
        misses = before.misses + 1 if act.missed else 0
        self._prepare(tracker, ask, act, in_safety=in_safety, misses=misses)
        spoken = await self._speak(tracker, act, ask.message_id)
        items = await self._finish(tracker, before, spoken, act)
        receipt = _receipt(ask, said, act, confidential=in_safety or standing.in_safety or ask.context.flag("case_open"))
        items.append({"recipient_id": ask.sender, "custom": receipt})
        self._remember(tracker, before, Memory(
            message_id=ask.message_id, items=items, yes=spoken.said.yes, no=spoken.said.no,
            expects=spoken.said.expects, words=spoken.said.words, misses=misses, asked_at=_clock(ask),
        ))  # fmt: skip
        await self._store.save(tracker)
        return items

    async def _tracker(self, sender: str) -> DialogueStateTracker:
        tracker = await self._store.retrieve(sender)
        if tracker is None:
            tracker = DialogueStateTracker(sender, self._domain.slots)
            await self._processor._update_tracker_session(tracker, Collector())  # noqa: SLF001 # its public
            # twin reads and saves through the wrapper that forgets on error
        return tracker

    def _standing(self, tracker: DialogueStateTracker, before: Memory, ask: Ask) -> Standing:
        field = tracker.get_slot("requested_slot") if tracker.active_loop_name else None
        filled = {n: s.value for n, s in tracker.slots.items() if isinstance(s.value, str) and n != "requested_slot"}
        cover = ask.context.flag("cover")
        lately = before.asked_lately(ask.context.now)
        in_safety = tracker.get_slot("in_safety") is True and lately and not cover
        return Standing(
            today=ask.context.today(),
            intents=self._intents,
            form_field=field or "",
            filled=filled,
            offers=before.offers(),
            yes=before.yes,
            no=before.no,
            expects=before.expects,
            words=before.words,
            secret=in_safety or ask.context.flag("case_open") or ask.context.flag("safe_word_set"),
            in_safety=in_safety,
            cover=cover,
            reminder_pending=ask.context.flag("reminder_pending"),
            fresh=lately,
        )

    @staticmethod
    def _in_safety(act: Act, here: Standing) -> bool:
        if here.cover or act.intent in LEAVES_SAFETY:
            return False
        return here.in_safety or (act.intent in SAFETY and act.intent != "perhaps_safety")

    def _prepare(self, tracker: DialogueStateTracker, ask: Ask, act: Act, *, in_safety: bool, misses: int) -> None:
        """Put the context and what the act implies into the slots, before the rules look at them."""
        context = ask.context
        leaves_form = tracker.active_loop_name is not None and act.intent in SAFETY
        danger = act.intent in ("immediate_danger", "self_harm") or act.slots.get("happens_now") is True
        wanted: dict[str, object] = {f: context.flag(f) for f in _CONTEXT_SLOTS}
        wanted |= dict.fromkeys(STATE_SLOTS)
        wanted |= {
            "name_call": f", {context.name}" if context.name else "",
            "in_safety": in_safety,
            "in_form": tracker.active_loop_name is not None and not leaves_form,
            "missed": "again" if misses > 1 else None,
            "in_danger": in_safety and (danger or tracker.get_slot("in_danger") is True),
            "limits_told": in_safety and tracker.get_slot("limits_told") is True,
            "about": ABOUT.get(act.intent, tracker.get_slot("about") or "violence") if in_safety else None,
            "half_enrolled": bool(tracker.get_slot("preferred_name")) and not context.flag("registered"),
            "moment": act.entities.get("moment", "start") if act.intent == "start_food" else tracker.get_slot("moment"),
            "wanted": _wanted(act, tracker.get_slot("wanted")),
        }
        suspended = [ActiveLoop(None), SlotSet("requested_slot", None)] if leaves_form else []
        changed = [SlotSet(k, v) for k, v in wanted.items() if tracker.get_slot(k) != v]
        tracker.update_with_events([*suspended, *changed], self._domain)

    async def _speak(self, tracker: DialogueStateTracker, act: Act, message_id: str) -> Collector:
        """Let the rules answer the act; what she wrote is not in the event."""
        out = Collector()
        found = [{"entity": k, "value": v} for k, v in act.entities.items()]
        intent = {"name": act.intent, "confidence": 1.0}
        parse_data: Any = {"intent": intent, "entities": found, "text": ""}
        event = UserUttered(
            f"/{act.intent}", intent, found, parse_data, input_channel="rest", metadata={"message_id": message_id}
        )
        form = tracker.active_loop_name
        known = {slot.name for slot in self._domain.slots}
        answers = {**act.entities, **act.slots}
        if form and act.intent in ASKS_AGAIN:
            answers[tracker.get_slot("requested_slot")] = None  # an answer to the form, though an empty one
        slots = [SlotSet(k, v) for k, v in answers.items() if k in known]
        tracker.update_with_events([event, *slots], self._domain)  # after the event: the form sees its answer
        await self._processor._run_prediction_loop(out, tracker)  # noqa: SLF001 # the public way also saves
        after = [SlotSet(k, v) for k, v in out.said.sets.items()]
        if form and tracker.active_loop_name is None:
            after += self._emptied(form, tracker, stopped=act.intent == "cancel")
        tracker.update_with_events(after, self._domain)
        return out

    def _emptied(self, form: str, tracker: DialogueStateTracker, *, stopped: bool) -> list[SlotSet]:
        """Forget what a form asked once it is said; an enrolment that she stopped waits for her."""
        if form == ENROLMENT and stopped:
            return []
        forms = FOOD_FORMS if form in FOOD_FORMS else (form,)
        names = {name for f in forms for name in self._domain.required_slots_for_form(f)}
        if form == ENROLMENT:
            names |= set(WORDS_OF_DETAILS)
        gone = [SlotSet(n, None) for n in sorted(names - {"minors_at_home"})]
        children = tracker.get_slot("children") if form == ENROLMENT else None
        return [*gone, SlotSet("minors_at_home", "no" if children == "0" else "yes")] if children else gone

    async def _utter(self, tracker: DialogueStateTracker, response: str) -> list[Item]:
        out = Collector()
        message = await self._processor.nlg.generate(response, tracker, out.name())
        if message is None:
            raise RuntimeError(f"no response {response}")
        await out.send_response(tracker.sender_id, message)
        return out.said.items

    async def _finish(self, tracker: DialogueStateTracker, before: Memory, spoken: Collector, act: Act) -> list[Item]:
        """Repeat on request, soften, and break a loop of the same answer."""
        items = spoken.said.items
        if act.intent == "repeat" and not tracker.active_loop_name and before.items:
            items = items + [i for i in before.items if _may_repeat(i)]
            spoken.said.yes, spoken.said.no, spoken.said.expects = before.yes, before.no, before.expects
        if act.soft:
            items = items + await self._utter(tracker, "utter_soft_opening")
        if before.said >= 2 and memories.signature(items) == before.signature:  # noqa: PLR2004 # twice is enough
            tracker.update(SlotSet("loop_broken", act.intent), self._domain)
            items = await self._utter(tracker, "utter_loop_broken")
        if not items:
            raise RuntimeError(f"the rules said nothing to {act.intent}")
        return items

    def _remember(self, tracker: DialogueStateTracker, before: Memory, now: Memory) -> None:
        mark = memories.signature(now.items)
        again = before.said + 1 if mark == before.signature else 1
        kept = Memory(**{**memories.to_slot(now), "signature": mark, "said": again})
        tracker.update(SlotSet(memories.SLOT, memories.to_slot(kept)), self._domain)


ENROLMENT = "enrolment_form"
FOOD_FORMS = ("food_form", "food_minors_form")
WORDS_OF_DETAILS = (
    "birth_date_words", "municipality_name", "axis_name", "phone_shared_words", "place_1", "place_2", "place_3",
    "place_code_1", "place_code_2", "place_code_3",
)  # fmt: skip
_CONTEXT_SLOTS = (
    "consented", "registered", "enrolled", "has_session", "reminder_pending", "case_open", "safe_word_set",
    "minor", "opted_out",
)  # fmt: skip


def _without_old_secrets(before: Memory, tracker: DialogueStateTracker, ask: Ask) -> Memory:
    """An hour later, or under cover, whoever holds the phone gets no answer that continues a talk on safety."""
    stale = ask.context.flag("cover") or not before.asked_lately(ask.context.now)
    if not (stale and tracker.get_slot("in_safety") is True):
        return before
    return replace(before, items=(), yes="", no="", expects="", words={})


def _wanted(act: Act, before: object) -> object:
    """What she came for: the enrolment, until she greets anew or refuses."""
    if act.intent == "enroll":
        return "enroll"
    return None if act.intent in ("greet", "refuse_notice", "ask_menu") else before


def _clock(ask: Ask) -> str:
    return (ask.context.now or datetime.now().astimezone()).isoformat()


def _may_repeat(item: Item) -> bool:
    custom = item.get("custom")
    return "text" in item or (isinstance(custom, dict) and custom.get("effect") in ALONE)


def _receipt(ask: Ask, said: Understanding, act: Act, *, confidential: bool) -> dict[str, object]:
    return {
        "effect": "receipt",
        "message_id": ask.message_id,
        "intent": said.intent if said is not NOTHING else act.intent,
        "confidence": round(said.confidence, 4) if said is not NOTHING else 1.0,
        "risk": said.risk,
        "tier": said.tier,
        "confidential": confidential or said.tier != "none" or act.intent in SAFETY or payload_intent(ask.payload) in SAFETY,
        "entities": sorted({*said.entities, *act.entities}),
    }
