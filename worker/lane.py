"""The priority lane: every message is judged for danger as it comes in, and danger is answered at once.

It stands beside the queue: a connection that listens, a few threads and database connections of its own. The
newest message is judged first, so that a cry overtakes any backlog. Nothing marks what it found: the turn it
takes is the same that the queue's job would take, and that job then finds nothing left to do. One process
leads (an advisory lock on the listening connection), and another takes over when it dies.

A notification that was lost is made good by a look at all that waits, every second. Under cover nothing
hurries (`outreach.turns.gather.waiting`).
"""

from __future__ import annotations

import heapq
import logging
import threading
import time
import uuid
from collections import deque
from typing import TYPE_CHECKING

import psycopg
from sqlalchemy import select

from models import InboundMessage, utcnow
from outreach.ground import database
from outreach.messages.inbox import CHANNEL
from outreach.turns import gather, give_up
from outreach.turns.rasa import RasaError
from worker import locks, sending, steps

if TYPE_CHECKING:
    from worker.runtime import Runtime

log = logging.getLogger("avanza.lane")
LEADER = locks.number("lane", uuid.UUID(int=0))
THREADS = 4
LOOK_SECONDS = 1.0
MOST_LOOKED_AT = 20_000
RASA_AWAY_SECONDS = 1.0
PATIENCE_SECONDS = 10.0
MOST_TURNS = 12
"""Turns taken in a row for one cry: those before it may fail, and each ends after three attempts."""
HEAD_START_SECONDS = 0.25
"""So long the queue's job has for a message that need not wait: what it takes is not judged here too."""


class Newest:
    """Conversations to look at, newest message first; each stands here once."""

    def __init__(self) -> None:
        self._heap: list[int] = []
        self._of: dict[int, uuid.UUID] = {}
        self._seen: set[int] = set()
        self._resting: deque[tuple[float, int, uuid.UUID]] = deque()
        self._rested: set[int] = set()
        self._changed = threading.Condition()

    def put(self, messages: dict[int, uuid.UUID], *, all_that_wait: bool = False) -> None:
        """Add messages (`seq` to conversation) that were not seen; of all, forget what no longer waits."""
        with self._changed:
            if all_that_wait:
                self._seen &= messages.keys()
                self._rested &= messages.keys()
            for seq in messages.keys() - self._seen:
                self._seen.add(seq)
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
            self._resting.append((time.monotonic() + HEAD_START_SECONDS, seq, conversation_id))
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
            self._resting.popleft()
            self._of[seq] = conversation_id
            heapq.heappush(self._heap, -seq)
        return None

    def take(self, seconds: float) -> tuple[int, uuid.UUID] | None:
        """Take the newest, waiting up to so many seconds for one."""
        with self._changed:
            next_due = self._rouse()
            if not self._heap:
                self._changed.wait(seconds if next_due is None else min(seconds, max(0.0, next_due)))
                self._rouse()
            if not self._heap:
                return None
            seq = -heapq.heappop(self._heap)
            return seq, self._of.pop(seq)

    def newest_seen(self) -> int:
        """Return the highest `seq` that was put, 0 for none."""
        with self._changed:
            return max(self._seen, default=0)


class Lane:
    """Runs the lane on threads of its own until it is stopped."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._newest = Newest()
        self._stopping = threading.Event()
        self._threads = [threading.Thread(target=self._listen, name="lane-listen", daemon=True)]
        self._threads += [
            threading.Thread(target=self._judge, name=f"lane-{n}", daemon=True) for n in range(THREADS)
        ]
        self._away_until = 0.0

    def start(self) -> None:
        """Start the threads."""
        for thread in self._threads:
            thread.start()

    def stop(self, seconds: float) -> None:
        """Have the threads end, and wait up to so many seconds for them."""
        self._stopping.set()
        until = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))

    def _listen(self) -> None:
        while not self._stopping.is_set():
            try:
                address = database.database_url(self._runtime.settings)
                with psycopg.connect(
                    address,
                    autocommit=True,
                    application_name="avanza-lane",
                    **database.patience_of(address),
                ) as connection:
                    self._lead(connection)
            except Exception as error:  # noqa: BLE001 (whatever it was, the lane must come back)
                log.warning("lane lost", extra={"action": "lane_lost", "kind": type(error).__name__})
            self._runtime.watch.lost()
            self._stopping.wait(LOOK_SECONDS)

    def _lead(self, connection: psycopg.Connection) -> None:
        while not self._stopping.is_set():
            row = connection.execute("SELECT pg_try_advisory_lock(%s)", [LEADER]).fetchone()
            if row is not None and row[0]:
                break
            self._stopping.wait(LOOK_SECONDS)
        connection.execute(f"LISTEN {CHANNEL}")
        looked = float("-inf")
        while not self._stopping.is_set():
            if time.monotonic() - looked >= LOOK_SECONDS:
                self._newest.put(self._waiting(), all_that_wait=True)
                looked = time.monotonic()
                if looked >= self._away_until:
                    self._runtime.watch.saw()
            heard = list(connection.notifies(timeout=LOOK_SECONDS / 2, stop_after=1))
            if heard:
                self._newest.put(self._waiting(after=self._newest.newest_seen()))

    def _waiting(self, after: int = 0) -> dict[int, uuid.UUID]:
        query = (
            select(InboundMessage.seq, InboundMessage.conversation_id)
            .where(InboundMessage.turn_id.is_(None), InboundMessage.seq > after)
            .order_by(InboundMessage.seq.desc())
            .limit(MOST_LOOKED_AT)
        )
        with self._runtime.readers() as session:
            return {row.seq: row.conversation_id for row in session.execute(query)}

    def _judge(self) -> None:
        while not self._stopping.is_set():
            away = self._away_until - time.monotonic()
            if away > 0:
                self._stopping.wait(away)
                continue
            taken = self._newest.take(LOOK_SECONDS)
            if taken is not None:
                self._guarded(*taken)

    def _guarded(self, seq: int, conversation_id: uuid.UUID) -> None:
        try:
            self._look(seq, conversation_id)
        except RasaError:
            # Nothing can be judged now; the queue's jobs count their own attempts.
            self._away_until = time.monotonic() + RASA_AWAY_SECONDS
            self._runtime.watch.lost()
        except Exception as error:  # noqa: BLE001 (the queue's job takes this turn; the lane must go on)
            log.warning("lane failed", extra={"action": "lane_failed", "kind": type(error).__name__})

    def _look(self, seq: int, conversation_id: uuid.UUID) -> None:
        """Judge what waits in a conversation; take it at once where it is danger or a person reads it."""
        with self._runtime.readers() as session:
            if self._newest.has_rested(seq) and not gather.any_pending(session, conversation_id):
                return
            waiting = gather.waiting(
                session, self._runtime.key, self._runtime.settings, conversation_id, utcnow()
            )
        if waiting is None or waiting.newest != seq:
            # Answered meanwhile, or judged with her newer message, which comes first.
            return
        if waiting.text and waiting.must_not_wait and self._newest.rest(seq, conversation_id):
            return
        if waiting.text:
            try:
                risk = self._runtime.rasa.understand(waiting.text).risk
            except RasaError:
                self._newest.back(seq, conversation_id)
                raise
            urgent = risk == give_up.DANGER
        else:
            urgent = waiting.hurries
        if urgent:
            self._take(conversation_id)

    def _take(self, conversation_id: uuid.UUID) -> None:
        for _ in range(MOST_TURNS):
            outcome = steps.one_turn(self._runtime, conversation_id, at_once=True, patience=PATIENCE_SECONDS)
            if outcome in {
                steps.Outcome.NOTHING, steps.Outcome.ENDED, steps.Outcome.BUSY, steps.Outcome.WAITS,
            }:  # fmt: skip
                break
        self._deliver(conversation_id)

    def _deliver(self, conversation_id: uuid.UUID) -> None:
        """Send what an empty bucket put off; these threads are the lane's own."""
        until = time.monotonic() + PATIENCE_SECONDS
        while pause := sending.deliver_replies(self._runtime, conversation_id, patience=PATIENCE_SECONDS):
            if time.monotonic() + pause >= until:
                return
            time.sleep(pause)
