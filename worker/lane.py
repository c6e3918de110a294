"""The priority lane: every message is judged for danger as it comes in, and danger is answered at once.

It stands beside the queue: a connection that listens, a few threads and database connections of its own. The
newest message is judged first, so that a cry overtakes any backlog. Nothing marks what it found: the turn it
takes is the same that the queue's job would take, and that job then finds nothing left to do. One process
leads (an advisory lock on the listening connection), and another takes over when it dies.

A notification that was lost is made good by a look at all that waits, every second. Under cover nothing
hurries (`outreach.turns.gather.waiting`).
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
from typing import TYPE_CHECKING

import psycopg
from sqlalchemy import func, select

from models import InboundMessage, utcnow
from outreach.ground import database
from outreach.messages import flood
from outreach.messages.storing import CHANNEL
from outreach.turns import gather
from outreach.turns.rasa import RasaError
from worker import judging, locks, sending, steps
from worker.newest import Newest

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
BETWEEN_CRIES_SECONDS = 8.0
"""In a flood: so soon after an answer to danger the next is given at the end of the burst."""


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
        self._harmless = judging.Harmless()
        self._cried: dict[uuid.UUID, float] = {}

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
                    connect_timeout=database.connect_seconds(address),
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
        """The newest message of each conversation in which one waits."""
        newest = func.max(InboundMessage.seq)
        query = (
            select(newest.label("seq"), InboundMessage.conversation_id)
            .where(InboundMessage.turn_id.is_(None), InboundMessage.seq > after)
            .group_by(InboundMessage.conversation_id)
            .order_by(newest.desc())
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
                urgent = judging.is_danger(self._runtime.rasa, waiting, self._harmless)
            except RasaError:
                self._newest.back(seq, conversation_id)
                raise
        else:
            urgent = waiting.hurries
        if not urgent or self._just_answered(conversation_id):
            return
        self._cried[conversation_id] = time.monotonic()
        if not self._take(conversation_id, seq):
            self._cried.pop(conversation_id, None)

    def _just_answered(self, conversation_id: uuid.UUID) -> bool:
        """Whether its danger was answered a moment ago and it floods: then one answer serves the burst."""
        now = time.monotonic()
        for one, moment in list(self._cried.items()):
            if now - moment >= BETWEEN_CRIES_SECONDS:
                self._cried.pop(one, None)
        if conversation_id not in self._cried:
            return False
        with self._runtime.readers() as session:
            return flood.floods(session, conversation_id, utcnow())

    def _take(self, conversation_id: uuid.UUID, seq: int) -> bool:
        """Take turns up to the message that was judged, send what they say; return whether they ended."""
        ended = False
        for _ in range(MOST_TURNS):
            outcome = steps.one_turn(self._runtime, conversation_id, at_once=True, patience=PATIENCE_SECONDS)
            if outcome in {
                steps.Outcome.NOTHING, steps.Outcome.ENDED, steps.Outcome.BUSY, steps.Outcome.WAITS,
            }:  # fmt: skip
                ended = outcome in {steps.Outcome.NOTHING, steps.Outcome.ENDED}
                break
            if outcome is steps.Outcome.MORE and not self._waits(conversation_id, seq):
                ended = True  # what came after it is judged by itself
                break
        self._deliver(conversation_id)
        return ended

    def _waits(self, conversation_id: uuid.UUID, seq: int) -> bool:
        with self._runtime.readers() as session:
            return gather.any_up_to(session, conversation_id, seq)

    def _deliver(self, conversation_id: uuid.UUID) -> None:
        """Send what an empty bucket put off; these threads are the lane's own."""
        until = time.monotonic() + PATIENCE_SECONDS
        while pause := sending.deliver_replies(self._runtime, conversation_id, patience=PATIENCE_SECONDS):
            if time.monotonic() + pause >= until:
                return
            time.sleep(pause)
