"""A conversation with Rasa alone over HTTP: turns as our worker asks for them, or as Rasa's own channel does.

The messages are those of the training data in an order that is always the same; a conversation meets none
of them twice.
"""

from __future__ import annotations

import itertools
import json
import random
import re
import time
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from benchmarks.measure import Round, run
from benchmarks.posts import Client, Post
from cli.install.places import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Make = Callable[[str, str], bytes]

PATH = "/webhooks/rest/webhook"
_HEADERS = {"Content-Type": "application/json"}
_EXAMPLE = re.compile(r'^\s*- (\{"text": .*\})\s*$', re.MULTILINE)


def texts() -> list[str]:
    """All messages of the training data, in an order that is always the same."""
    files = sorted((ROOT / "data/nlu").glob("*.yml"))
    examples = (found for path in files for found in _EXAMPLE.findall(path.read_text(encoding="utf-8")))
    said = sorted({str(json.loads(example)["text"]) for example in examples})
    random.Random(2026).shuffle(said)
    return said


def ours(sender: str, text: str) -> bytes:
    """A turn as our worker asks for it."""
    context = {
        "now": "2026-11-23T18:04:00-06:00", "consented": True, "registered": False, "enrolled": False,
        "waitlisted": False, "opted_out": False, "has_session": False, "reminder_pending": False,
        "on_shift": False, "case_open": False, "cover": False, "safe_word_set": False,
        "name": None, "municipality": None, "minor": None,
    }  # fmt: skip
    metadata = {"message_id": str(uuid.uuid4()), "payload": None, "kind": "text", "context": context}
    return json.dumps({"sender": sender, "message": text, "metadata": metadata}).encode()


def rasas(sender: str, text: str) -> bytes:
    """A turn as Rasa's own channel wants it."""
    return json.dumps({"sender": sender, "message": text}).encode()


def _says_something(item: dict[str, Any]) -> bool:
    """Words, or an effect from which the product makes them; the receipt is neither."""
    return bool(item.get("text") or item.get("custom", {}).get("effect") not in (None, "receipt"))


@dataclass
class Talk:
    """One conversation, held by one client."""

    client: Client
    make: Make
    words: Sequence[str]
    silent: int = 0
    """Turns that were answered with nothing: Rasa's own channel does so also where it failed."""
    _sender: str = field(default_factory=lambda: str(uuid.uuid4()))
    _next: Iterator[str] = field(init=False)

    def __post_init__(self) -> None:
        self._next = iter(self.words)

    def turns(self, number: int) -> Round:
        """So many turns more, one after the other."""
        said = list(itertools.islice(self._next, number))
        posts = [Post(PATH, self.make(self._sender, text), _HEADERS) for text in said]

        def one(_who: int, at: int) -> float:
            began = time.perf_counter()
            answer = self.client.send(posts[at], expect=200)
            took = (time.perf_counter() - began) * 1000
            self.silent += not any(map(_says_something, json.loads(answer)))
            return took

        return run(1, number, one)
