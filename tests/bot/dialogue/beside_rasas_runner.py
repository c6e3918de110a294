"""Plays the dialogue scripts and has every parse, prediction, copy and past made as Rasa does, too.

`python beside_rasas_runner.py MODEL`, inside Rasa's environment; prints how many were compared, and exits 1
at the first that differs.
"""

from __future__ import annotations

import asyncio
import copy
import logging
import sys
from pathlib import Path
from typing import Any

import structlog
from rasa.core.agent import Agent
from rasa.core.policies.policy import PolicyPrediction
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parents[2])]

from dialogue_script import read_scripts  # noqa: E402 (found by the line above)
from dialogue_talk import Talk  # noqa: E402

from bot.learning.talk import Driver  # noqa: E402
from bot.serving import light  # noqa: E402
from bot.serving.straight import StraightRunner  # noqa: E402

RASAS_COPY = DialogueStateTracker.copy
RASAS_SLOTS = Domain._get_slots_sub_state


class Both(StraightRunner):  # type: ignore[misc] # Rasa ships no types
    """Ours, with Rasa's beside it."""

    compared = 0
    rasas: Any = None

    def run(self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
        """Run both; end the program where they differ."""
        made = super().run(inputs, targets)
        ours, theirs = _told(made), _told(self.rasas.run(inputs, targets))
        if ours != theirs:
            sys.exit(f"{targets}: {ours} instead of {theirs}")
        Both.compared += 1
        return made


def _told(made: dict[str, Any]) -> list[Any]:
    """What a run gave, as values that can be compared."""
    return [
        vars(out) if isinstance(out, PolicyPrediction) else [message.as_dict() for message in out]
        for out in made.values()
    ]


class Asked:
    """Answers a talk, and has the model judge each text too, every third also as a burst of two lines."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._loop = asyncio.new_event_loop()
        self._count = 0

    def ask(self, **line: Any) -> Any:
        """One question, one answer."""
        text = line["ask"]["message"]
        # A burst of two lines is cut and judged in the same way for all: each third text is one.
        self._count += 1
        for judged in (text, f"{text}\npor favor")[: 2 if self._count % 3 == 0 else 1] if text else ():
            self._driver.given = None
            self._loop.run_until_complete(self._driver.understand(judged, ""))
        return self._loop.run_until_complete(self._driver.answer(line))


def _standing(tracker: Any) -> dict[str, Any]:
    """All of a tracker, as values that can be compared; events and messages are the very same ones."""
    held = {name: value for name, value in vars(tracker).items() if name not in ("slots", "events")}
    slots = {name: (type(slot), vars(slot)) for name, slot in tracker.slots.items()}
    return held | {"slots": slots, "events": [id(event) for event in tracker.events]}


class Copied:
    """Copies and pasts of trackers, every other one made in both ways."""

    asked = compared = 0

    @staticmethod
    def copy(tracker: Any) -> Any:
        """Our copy; ends the program where Rasa's stands otherwise, or shares what is changed in place."""
        ours = light.copied(tracker)
        Copied.asked += 1
        if Copied.asked % 2:
            return ours
        theirs = RASAS_COPY(tracker)
        if _standing(ours) != _standing(theirs):
            sys.exit("a tracker's copy stands otherwise")
        shared = [one for one in ("slots", "events") if getattr(ours, one) is getattr(tracker, one)]
        if shared or (ours.active_loop and ours.active_loop is tracker.active_loop):
            sys.exit(f"a tracker's copy shares {shared or 'its loop'}")
        Copied.compared += 1
        return ours

    @staticmethod
    def past_states(tracker: Any, domain: Any, **how: Any) -> Any:
        """Our states; ends the program where Rasa's differ."""
        ours = light.past_states(tracker, domain, **how)
        Copied.asked += 1
        if Copied.asked % 2:
            return ours
        if light.applied_events(tracker) != tracker.applied_events():
            sys.exit("other events of a tracker still count")
        Domain._get_slots_sub_state = staticmethod(RASAS_SLOTS)
        theirs = light.RASAS_PAST_STATES(tracker, domain, **how)
        Domain._get_slots_sub_state = staticmethod(light.slots_sub_state)
        if ours != theirs:
            sys.exit(f"a tracker's past: {ours} instead of {theirs}")
        Copied.compared += 1
        return ours


def _compare_copies(driver: Driver) -> None:
    """End the program where a slot's copy is not what Python makes of it by itself."""
    for slot in driver.agent.domain.slots:
        ours, make, (kind, *arguments), held = copy.copy(slot), *slot.__reduce_ex__(4)[:3]
        theirs = make(kind, *arguments)
        theirs.__dict__.update(held)
        if ours is slot or type(ours) is not type(theirs) or vars(ours) != vars(theirs):
            sys.exit(f"slot {slot.name}: copied otherwise")
        ours.value = "changed"
        if slot.value == "changed":
            sys.exit(f"slot {slot.name}: its copy is not its own")


def main() -> None:
    """Compare over all scripts."""
    logging.basicConfig(level=logging.WARNING)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    model = sys.argv[1]
    driver = Driver(model)
    Both.rasas = Agent.load(model).processor.graph_runner
    driver.agent.processor.graph_runner.__class__ = Both
    _compare_copies(driver)
    DialogueStateTracker.copy, DialogueStateTracker.past_states = Copied.copy, Copied.past_states
    for script in read_scripts(HERE / "scripts")[::5]:  # every fifth one: the runners are the same for all
        talk = Talk(Asked(driver))  # type: ignore[arg-type] # it asks as a driver does
        for turn in script.turns:
            talk.context = turn.context
            if turn.does == "tap":
                talk.tap(turn.says)
            else:
                talk.say(turn.says if turn.does == "she" else "", turn.understood)
    sys.stdout.write(f"{Copied.compared} {Both.compared}\n")


if __name__ == "__main__":
    main()
