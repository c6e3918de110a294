"""A conversation's turns as plain functions: open a transaction, call one verb, commit; slow calls between.

No transaction is open while Rasa or Twilio is being waited for. Whatever an attempt raises is counted in a
transaction of its own, and the last attempt ends the turn (`outreach.turns.give_up`).
"""

from __future__ import annotations

import enum
import logging
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from models import utcnow
from outreach.ground import jobs
from outreach.messages import flood
from outreach.turns import gather, give_up, turn
from outreach.turns.rasa import RasaError
from worker import hearing, judging, locks
from worker.sending import deliver, retry_delivery, send_replies

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from sqlalchemy.orm import Session, sessionmaker

    from outreach.turns.gather import Found, Waiting
    from outreach.turns.turn import Ask, Ended
    from worker.runtime import Runtime

__all__ = ["Outcome", "deliver", "one_turn", "retry_delivery", "take_turn", "wake_turn"]
log = logging.getLogger("avanza.worker")
MOST_TURNS = 20
"""Turns that one job takes in a row before it lets other conversations go first."""
BUSY_AGAIN = timedelta(seconds=1)


class Outcome(enum.Enum):
    """How an attempt at a turn went; `MORE`: it ended, and something waits behind it."""

    NOTHING = "nothing"
    WAITS = "waits"
    BUSY = "busy"
    ENDED = "ended"
    MORE = "more"
    FAILED = "failed"


SAID = frozenset({Outcome.NOTHING, Outcome.ENDED, Outcome.MORE})
"""Outcomes after which replies may be ready to leave: also those that a job which died left behind."""


def take_turn(runtime: Runtime, conversation_id: uuid.UUID) -> None:
    """Answer what waits in a conversation, once it has settled or can't wait, and send the answers.

    The replies leave here, under this job: one that is run again after a crash sends what is left.
    """
    if not _anything(runtime, conversation_id):
        return
    for _ in range(MOST_TURNS):
        outcome = one_turn(runtime, conversation_id)
        if outcome is not Outcome.MORE:
            return
    with runtime.sessions.begin() as session:
        gather.hold(session, conversation_id)
        # Not a wake: that one would go before the others.
        jobs.defer_turn(session, conversation_id)


def _anything(runtime: Runtime, conversation_id: uuid.UUID) -> bool:
    """Say whether something waits; whoever stores a message now counts on this job and is waited for."""
    with runtime.readers() as session:
        if gather.anything(session, conversation_id):
            return True
    with runtime.sessions.begin() as session:
        gather.hold(session, conversation_id)
        return gather.anything(session, conversation_id)


def one_turn(
    runtime: Runtime, conversation_id: uuid.UUID, *, at_once: bool = False, patience: float = 0.0
) -> Outcome:
    """Take one turn and send its replies; `at_once`: without waiting for the end of the burst.

    `patience`: for how many seconds to wait for whoever is answering this conversation now.
    """
    with locks.pinned(runtime.engine) as pinned:
        if not pinned.take(locks.TURN, conversation_id, patience=patience):
            with pinned.sessions.begin() as session:
                jobs.defer_wake(session, conversation_id, utcnow() + BUSY_AGAIN)
            return Outcome.BUSY
        try:
            outcome = _attempt(runtime, pinned.sessions, conversation_id, at_once=at_once)
        except Exception as error:  # noqa: BLE001 (whatever it was, the attempt counts and the turn must end)
            outcome = _failed(runtime, conversation_id, error)
        # Her next message need not wait until these replies have left.
        pinned.let_go(locks.TURN, conversation_id)
        if outcome in SAID:
            send_replies(runtime, pinned, conversation_id, patience=patience)
    return outcome


def _attempt(
    runtime: Runtime, sessions: sessionmaker[Session], conversation_id: uuid.UUID, *, at_once: bool
) -> Outcome:
    now = utcnow()
    with sessions.begin() as session:
        found = gather.look(session, conversation_id, lock=True)
        waiting = gather.judge(runtime.key, runtime.settings, found, now)
        if waiting is None:
            return Outcome.NOTHING
        waiting = hearing.patient(runtime, session, found, _paced(session, found, waiting, now), now)
        # The lane hurries what a person reads; the words of a note of hers come first.
        at_once = at_once and not (waiting.listens and waiting.hurries)
        over = at_once or waiting.must_not_wait or now >= waiting.settles_at
        ask = turn.begin(session, runtime.key, runtime.settings, found, now) if over else None
        if not over and not _must_be_judged(runtime, waiting):
            return _waits(runtime, session, conversation_id, waiting)
    if not over:
        return _judged(runtime, sessions, conversation_id, waiting)
    return _asked(runtime, sessions, ask)


def _paced(session: Session, found: Found, waiting: Waiting, now: datetime) -> Waiting:
    """Let the taps of a flood wait for its end, as its texts do: one turn for all of them."""
    if not waiting.must_not_wait or found.turn is not None:
        return waiting
    return replace(waiting, must_not_wait=not flood.floods(session, found.conversation.id, now))


def _waits(runtime: Runtime, session: Session, conversation_id: uuid.UUID, waiting: Waiting) -> Outcome:
    """Take the turn when she has stopped writing."""
    jobs.defer_wake(session, conversation_id, waiting.settles_at, why="hear" if waiting.listens else "wake")
    runtime.wake_at(waiting.settles_at)
    return Outcome.WAITS


def _asked(runtime: Runtime, sessions: sessionmaker[Session], ask: Ask | Ended | None) -> Outcome:
    if isinstance(ask, turn.Ask):
        text = judging.worst(runtime.rasa, ask)
        items = runtime.rasa.ask(ask.conversation_id, text, ask.metadata)
        with sessions.begin() as session:
            ask = turn.finish(session, runtime.key, runtime.settings, ask, items, utcnow())
    return Outcome.NOTHING if ask is None else Outcome.MORE if ask.more else Outcome.ENDED


def _judged(
    runtime: Runtime, sessions: sessionmaker[Session], conversation_id: uuid.UUID, waiting: Waiting
) -> Outcome:
    """Danger does not wait for the end of the burst."""
    danger = _is_danger(runtime, waiting)
    with sessions.begin() as session:
        if not danger:
            return _waits(runtime, session, conversation_id, waiting)
        found = gather.look(session, conversation_id, lock=True)
        ask = turn.begin(session, runtime.key, runtime.settings, found, utcnow())
    return _asked(runtime, sessions, ask)


def _must_be_judged(runtime: Runtime, waiting: Waiting) -> bool:
    """Say whether this job looks for danger itself; where the lane watches, it sees to that."""
    return bool(waiting.text) and not runtime.watch.alive()


def _is_danger(runtime: Runtime, waiting: Waiting) -> bool:
    try:
        return judging.is_danger(runtime.rasa, waiting)
    except RasaError:
        return False


def _failed(runtime: Runtime, conversation_id: uuid.UUID, error: Exception) -> Outcome:
    """Count the attempt; after the last one end the turn with a plain line and a person."""
    kind = type(error).__name__
    # Only the text of our own errors is known to hold none of hers.
    why = str(error) if isinstance(error, RasaError) else ""
    log.warning("turn failed", extra={"action": "turn_failed", "kind": kind, "why": why})
    with runtime.sessions.begin() as session:
        attempt = turn.failed_attempt(session, conversation_id, utcnow())
    if attempt is None or not attempt.last:
        return Outcome.FAILED
    try:
        risk = _risk(runtime, attempt.turn_id)
        with runtime.sessions.begin() as session:
            give_up.give_up(session, runtime.key, runtime.settings, attempt.turn_id, risk, utcnow())
    except Exception as worse:  # noqa: BLE001 (then a person sees a dead letter)
        log.error("turn buried", extra={"action": "turn_buried", "kind": type(worse).__name__})  # noqa: TRY400 (a traceback may quote data)
        with runtime.sessions.begin() as session:
            give_up.bury(session, runtime.key, conversation_id, attempt.turn_id, kind)
    return Outcome.MORE


def _risk(runtime: Runtime, turn_id: uuid.UUID) -> str:
    """Return what the model judges of a turn that failed, `UNKNOWN` where it may not or can't."""
    with runtime.sessions() as session:
        parts = give_up.may_be_judged(session, runtime.key, turn_id)
    return judging.risk_of(runtime.rasa, parts)


def wake_turn(runtime: Runtime, conversation_id: uuid.UUID) -> None:
    """Put the conversation's turn on the queue; this job held no lock while it waited.

    A message whose sender counted on this job is stored before the turn looks (`outreach.messages.inbox`).
    """
    with runtime.sessions.begin() as session:
        gather.hold(session, conversation_id)
        # Whoever floods goes before nobody.
        woken = not flood.floods(session, conversation_id, utcnow())
        jobs.defer_turn(session, conversation_id, woken=woken)
