"""Everything that happened, in order: the witness that tests question.

Entries are only ever added; their numbers grow by one and are never given twice, not even after a reset.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from simulator.addresses import canonical

if TYPE_CHECKING:
    from simulator.clock import SimClock

Entry = dict[str, Any]


@dataclass(frozen=True)
class Question:
    """What to read: all that is set must match."""

    phone: str | None = None
    kinds: frozenset[str] = field(default_factory=frozenset)
    since: int = 0
    limit: int | None = None

    def matches(self, entry: Entry) -> bool:
        """Whether an entry of its phone belongs to the answer."""
        return entry["seq"] > self.since and (not self.kinds or entry["kind"] in self.kinds)


class Ledger:
    """An append-only list that can be waited on."""

    def __init__(self, clock: SimClock) -> None:
        self._clock = clock
        self._entries: list[Entry] = []
        self._of_phone: dict[str, list[Entry]] = {}
        self._last = 0
        self._changed = threading.Condition()

    def add(self, kind: str, phone: str = "", **facts: object) -> int:
        """Write down what happened now; `phone` may be in any form. Returns the entry's number."""
        with self._changed:
            self._last += 1
            entry: Entry = {"seq": self._last, "at": self._clock.now().isoformat(), "kind": kind}
            entry |= {"phone": canonical(phone), **facts}
            self._entries.append(entry)
            self._of_phone.setdefault(entry["phone"], []).append(entry)
            self._changed.notify_all()
            return self._last

    def read(self, question: Question, wait: float = 0) -> tuple[list[Entry], int]:
        """Matching entries and the last number given; waits up to `wait` real seconds for the first match."""
        end = time.monotonic() + wait
        with self._changed:
            while True:
                found = [dict(entry) for entry in self._of(question.phone) if question.matches(entry)]
                left = end - time.monotonic()
                if found or left <= 0:
                    return (found[: question.limit] if question.limit else found), self._last
                self._changed.wait(left)

    def _of(self, phone: str | None) -> list[Entry]:
        return self._entries if phone is None else self._of_phone.get(canonical(phone), [])

    def clear(self) -> None:
        """Forget the entries; numbering goes on."""
        with self._changed:
            self._entries.clear()
            self._of_phone.clear()
