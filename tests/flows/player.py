"""Plays a script on a phone: signed webhook in, the simulator's screen out, and checks each answer.

A step is over when the product owes nothing more: no message without a turn, no open turn, nothing on its way
out. What must hold of every answer, whatever the script, is checked here too (P5, P8 and the voice).
"""

from __future__ import annotations

import os
import re
import signal
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import facts
import requests
from debts import debts, last_answers, until
from system import folded

from outreach.messages import conversation_state
from outreach.messages.reveal import ANY_BOT_MAY_SAY, revealing_words
from outreach.start.help_lines import HELP_LINES
from outreach.turns.gather import LONGEST_WAIT, SETTLED_AFTER

if TYPE_CHECKING:
    from rendezvous import Rendezvous
    from scripts import Script, Step
    from stage import Stage
    from system import System

MEDIA = {
    "voice": "audio/ogg",
    "image": "image/png",
    "sticker": "image/webp",
    "video": "video/mp4",
    "document": "application/pdf",
    "contact": "text/vcard",
    "something else": "model/gltf-binary",
}
PATIENCE = {"quiet": 90.0, "on shift": 90.0, "restarts": 150.0}
LOOK_SECONDS = 0.4
"""Two dozen players look at the database and at the product's two cores at once."""
ARRIVED = {"delivered", "read", "failed", "undelivered", "canceled"}
# conversation.md, Voice: never blames, never "tranquila", never promises; and nothing of the machinery shows.
NEVER = (
    "tranquila",
    "te prometo",
    "no te preocupes",
    "por que sigues",
    "por que no lo dejas",
    "utter_",
    "none",
    "null",
)
HELP_NAMES = {folded(line.name) for line in HELP_LINES} - {"emergencias"}
HELP_CHANNELS = {line.channel for line in HELP_LINES}


class ScriptError(AssertionError):
    """What a script says did not come; names the line and what came instead."""


@dataclass
class Line:
    """One line of a transcript, as the page of transcripts shows it."""

    who: str
    text: str
    buttons: list[str] = field(default_factory=list)
    kind: str = "text"


@dataclass
class Player:
    """One phone, one script."""

    system: System
    stage: Stage
    script: Script
    number: str
    lines: list[Line] = field(default_factory=list)
    _seen: set[str] = field(default_factory=set)
    _last: dict[str, Any] = field(default_factory=dict)
    _last_sid: str = ""
    _replies: list[dict[str, Any]] = field(default_factory=list)
    _kill: str | None = None
    _late: str | None = None
    _sent: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    stalls: int = 0
    """How often the machine let so long a time pass within a burst that it was rightly two thoughts."""
    together: Rendezvous | None = None
    """Where players whose worker dies wait for each other, so that it dies once for all of them."""

    def play(self) -> None:
        """Play it to its end.

        Raises:
            ScriptError: an answer or a fact is not as the script says.
        """
        for what in self.script.given:
            self.stage.give(self.number, what)
        for step in self.script.steps:
            try:
                self._step(step)
            except AssertionError as error:
                came = [bubble["text"] for bubble in self._replies]
                where = f"{self.script.title} (line {step.line})"
                raise ScriptError(
                    f"{where}: {step.does}: {step.what}: {error}\ncame: {came}\n{self._traces()}"
                ) from error

    def _traces(self) -> str:
        """What the last messages of both sides came to, without their words."""
        posts = [
            (entry["status"], [attempt["failure"] for attempt in entry["attempts"]])
            for entry in self.system.ledger(self.number, "inbound")[-3:]
        ]
        return f"her last posts: {posts}\nanswers: {last_answers(self.stage, self.number)}"

    def _step(self, step: Step) -> None:
        match step.does:
            case "she" | "she +52" | "tap" | "press" | "sends" | "again" | "late":
                self._hers(step)
            case "worker":
                self._kill = step.what
            case "after":
                self.lines.append(Line("note", f"pasan {step.what}"))
                self.stage.passes(self.number, step.what)
            case "staff" | "meanwhile":
                self.lines.append(Line("note", f"{step.does}: {step.what}"))
                act = self.stage.acts if step.does == "staff" else self.stage.happens
                act(self.number, step.what)
                self._settle()
            case "waits":
                self._wait_for(step.what)
            case _:
                self._check(step)

    # What she does.

    def _hers(self, step: Step) -> None:
        if step.does == "late":
            self.lines.append(Line("she", step.what))
            self._late = step.what
            return
        self._replies = []
        sender = self.number.replace("+521", "+52") if step.does == "she +52" else self.number
        match step.does:
            case "tap":
                self._post({"body": step.what, "button_payload": self._button(step.what)}, f"[{step.what}]")
            case "press":
                payload, _, title = step.what.partition(" ")
                self._post({"body": title, "button_payload": payload}, f"[{title}]")
            case "sends":
                self._post(_not_text(step.what), f"({step.what})")
            case "again":
                sid, body = self._sent.get(step.what, (self._last_sid, self._last))
                self._post({"message_sid": sid} | body, f"(otra vez) {body.get('body', '')}")
            case _:
                self._burst(step.what.split(" // "), sender)
        self._settle()
        self._heard()

    def _burst(self, parts: list[str], sender: str) -> None:
        """Write what belongs together; where the machine was too slow for that, so many thoughts more."""
        began = last = time.monotonic()
        for part in parts:
            self._post({"body": part, "from": sender}, part)
            now = time.monotonic()
            if now - last >= SETTLED_AFTER.total_seconds() or now - began >= LONGEST_WAIT.total_seconds():
                self.stalls += 1
                began = now
            last = now

    def _post(self, body: dict[str, Any], shown: str) -> None:
        self.lines.append(Line("she", shown))
        moment, self._kill = self._kill, None
        ends_it = moment and (self.together is None or self.together.arrive(id(self)))
        self._deliver(body)
        if moment and ends_it:
            threading.Thread(target=self._end_worker, args=(moment,), daemon=True).start()
        late, self._late = self._late, None
        if late is not None:  # written first, delivered second
            self._deliver({"body": late})

    def _deliver(self, body: dict[str, Any]) -> None:
        answer = requests.post(
            f"{self.system.simulator}/_simulator/inbound", json={"from": self.number} | body, timeout=60
        )
        answer.raise_for_status()
        self._last_sid, self._last = answer.json()["message_sid"], body
        self._sent.setdefault(str(body.get("body")), (self._last_sid, body))

    def _end_worker(self, moment: str) -> None:
        if moment == "dies asking":
            until(lambda: debts(self.stage, self.number).open_turns > 0, 20, pause=0.004)
        else:
            until(lambda: debts(self.stage, self.number).waiting > 0, 20, pause=0.004)
            time.sleep(0.4)
        for pid in self.system.pids("worker"):
            os.kill(pid, signal.SIGKILL)

    def _button(self, title: str) -> str:
        for bubble in reversed(self._screen()):
            for button in bubble["buttons"]:
                if button["title"] == title:
                    return str(button["id"])
        raise AssertionError(f"no button {title!r} ever stood on her screen")

    # What she meets.

    def _screen(self) -> list[dict[str, Any]]:
        answer = requests.get(
            f"{self.system.simulator}/_simulator/phones", params={"phone": self.number}, timeout=30
        )
        thread: list[dict[str, Any]] = answer.json()["phones"][0]["thread"]
        place = {entry["sid"]: at for at, entry in enumerate(self.system.ledger(self.number))}
        # In the order in which the product handed them over; a network may show them in another.
        return sorted((bubble for bubble in thread if bubble["sid"] in place), key=lambda b: place[b["sid"]])

    def _heard(self) -> None:
        new = [bubble for bubble in self._screen() if bubble["sid"] not in self._seen]
        self._seen |= {bubble["sid"] for bubble in new}
        self._replies += new
        for bubble in new:
            self.lines.append(
                Line("avanza", bubble["text"], [button["title"] for button in bubble["buttons"]])
            )
        self._always(new)

    def _always(self, new: list[dict[str, Any]]) -> None:
        """Check what holds of every answer in every script."""
        whole = folded("\n".join(bubble["text"] for bubble in new))
        found = [word for word in NEVER if re.search(rf"\b{word}\b", whole)]
        assert not found, f"never to be said: {found}"
        assert "{" not in whole, "a value is missing in a text"
        assert all(len(bubble["text"]) <= 1_000 for bubble in new), "too long for a phone"
        if not self._covered():
            return
        for bubble in new:
            text = "\n".join([bubble["text"], *(button["title"] for button in bubble["buttons"])])
            text = text.replace(ANY_BOT_MAY_SAY, "")
            assert not revealing_words(text), f"reveals under cover: {revealing_words(text)}"
            named = [name for name in HELP_NAMES if name in folded(text)]
            named += [channel for channel in HELP_CHANNELS if channel in text]
            assert not named, f"names help under cover: {named}"

    def _covered(self) -> bool:
        with self.stage.sessions() as db:
            conversation = self.stage.conversation(db, self.number)
            return conversation is not None and conversation_state.read(self.stage.key, conversation).cover

    def _wait_for(self, words: str) -> None:
        wanted = [folded(part.strip()) for part in words.split("|")]
        self._replies = []

        def came() -> bool:
            self._heard()
            whole = folded("\n".join(bubble["text"] for bubble in self._replies))
            return all(part in whole for part in wanted)

        until(came, PATIENCE[self.script.phase])
        assert came(), "it did not come"

    def _settle(self) -> None:
        patience = PATIENCE[self.script.phase]
        settled = until(lambda: not any(debts(self.stage, self.number)), patience, LOOK_SECONDS)
        assert settled, f"the product did not come to rest: {debts(self.stage, self.number)}"
        assert until(self._all_arrived, patience), "what Twilio took did not come to her screen"

    def _all_arrived(self) -> bool:
        """Whether all that Twilio took is on her screen by now, or never will be."""
        taken = {entry["sid"] for entry in self.system.ledger(self.number)}
        return taken <= {
            entry["sid"] for entry in self.system.ledger(self.number, "status") if entry["status"] in ARRIVED
        }

    # What the script says.

    def _check(self, step: Step) -> None:
        if step.does == "fact":
            facts.check(self.stage, self.number, step.what, stalls=self.stalls)
            return
        whole = folded("\n".join(_as_read(bubble) for bubble in self._replies))
        parts = [folded(part.strip()) for part in step.what.split("|")]
        match step.does:
            case "silence":
                assert not self._replies, "she was answered"
            case "says":
                assert len(self._replies) == int(step.what), f"{len(self._replies)} messages"
            case "first":
                assert self._replies, "nothing came"
                assert parts[0] in folded(self._replies[0]["text"].splitlines()[0]), "not in the first line"
            case "not":
                found = [part for part in parts if part in whole]
                assert not found, f"it says {found}"
            case "bot":
                at = 0
                for part in parts:
                    at = whole.find(part, at)
                    assert at >= 0, f"it does not say {part!r} there"


def _as_read(bubble: dict[str, Any]) -> str:
    return "\n".join([bubble["text"], *(f"[{button['title']}]" for button in bubble["buttons"])])


def _not_text(kind: str) -> dict[str, Any]:
    if kind == "location":
        return {"location": {"latitude": 20.62, "longitude": -103.24}}
    if kind == "reaction":
        return {"body": "👍", "parameters": {"MessageType": "reaction"}}
    return {"media": [MEDIA[kind]]}
