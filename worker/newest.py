"""The order in which the priority lane looks at conversations (`worker.lane`)."""

from __future__ import annotations

import heapq
import threading
import time
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import uuid

HEAD_START_SECONDS = 0.25
"""So long the queue's job has for a message that need not wait: what it takes is not judged here too."""
MOST_LOOKS, LOOKS_WITHIN_SECONDS = 5, 2.5


class Newest:
    """Conversations to look at, newest message first; each stands here once.

    Of a conversation only its newest message is looked at, and after `MOST_LOOKS` within
    `LOOKS_WITHIN_SECONDS` it rests for a moment: a flood of one number leaves the others their place.
    """

    def __init__(self) -> None:
        self._heap: list[int] = []
        self._of: dict[int, uuid.UUID] = {}
        self._seen: set[int] = set()
        self._resting: list[tuple[float, int, uuid.UUID]] = []
        self._rested: set[int] = set()
        self._last_of: dict[uuid.UUID, int] = {}
        self._looks: dict[uuid.UUID, deque[float]] = {}
        self._changed = threading.Condition()

    def put(self, messages: dict[int, uuid.UUID], *, all_that_wait: bool = False) -> None:
        """Add messages (`seq` to conversation) that were not seen; of all, forget what no longer waits."""
        with self._changed:
            if all_that_wait:
                self._seen &= messages.keys()
                self._rested &= messages.keys()
                wait = set(messages.values())
                self._last_of = {one: seq for one, seq in self._last_of.items() if one in wait}
                self._looks = {one: looks for one, looks in self._looks.items() if one in wait}
            for seq in messages.keys() - self._seen:
                self._seen.add(seq)
                self._last_of[messages[seq]] = max(seq, self._last_of.get(messages[seq], 0))
                self._of[seq] = messages[seq]
                heapq.heappush(self._heap, -seq)
            self._changed.notify_all()

    def back(self, seq: int, conversation_id: uuid.UUID) -> None:
        """Put a message back that could not be judged."""
        with self._changed:
            self._of[seq] = conversation_id
            heapq.heappush(self._heap, -seq)

    def rest(self, seq: int, conversation_id: uuid.UUID) -> bool:
        """Put a message aside for a moment; False where it has rested."""
        with self._changed:
            if seq in self._rested:
                return False
            self._rested.add(seq)
            heapq.heappush(self._resting, (time.monotonic() + HEAD_START_SECONDS, seq, conversation_id))
            return True

    def has_rested(self, seq: int) -> bool:
        """Say whether a message was put aside before."""
        with self._changed:
            return seq in self._rested

    def _rouse(self) -> float | None:
        """Bring back what has rested; return the seconds until the next, None for none."""
        while self._resting:
            due, seq, conversation_id = self._resting[0]
            if due > time.monotonic():
                return due - time.monotonic()
            heapq.heappop(self._resting)
            self._of[seq] = conversation_id
            heapq.heappush(self._heap, -seq)
        return None

    def take(self, seconds: float) -> tuple[int, uuid.UUID] | None:
        """Take the newest, waiting up to so many seconds for one."""
        with self._changed:
            next_due = self._rouse()
            found = self._first()
            if found is None:
                self._changed.wait(seconds if next_due is None else min(seconds, max(0.0, next_due)))
                self._rouse()
                found = self._first()
            return found

    def _first(self) -> tuple[int, uuid.UUID] | None:
        while self._heap:
            seq = -heapq.heappop(self._heap)
            conversation_id = self._of.pop(seq)
            if seq < self._last_of.get(conversation_id, seq):
                continue  # it is judged with her newer message
            now = time.monotonic()
            looks = self._looks.setdefault(conversation_id, deque(maxlen=MOST_LOOKS))
            if len(looks) == MOST_LOOKS and now - looks[0] < LOOKS_WITHIN_SECONDS:
                heapq.heappush(self._resting, (looks[0] + LOOKS_WITHIN_SECONDS, seq, conversation_id))
                continue
            looks.append(now)
            return seq, conversation_id
        return None

    def newest_seen(self) -> int:
        """Return the highest `seq` that was put, 0 for none."""
        with self._changed:
            return max(self._seen, default=0)
