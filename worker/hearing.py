"""Her voice notes: each is listened to before its turn is taken, for so long and no longer.

The turn waits for the words, and danger that she types beside them does not wait. A note is fetched into
memory and written down there; kept are its words, as her text is kept. Whatever fails, the note counts as not
heard, its turn goes on, and a person hears it.
"""

from __future__ import annotations

import logging
import time
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from models import Conversation, InboundMessage, utcnow
from outreach.ground import counters, jobs, meters
from outreach.messages import conversation_state, inbox, twilio_media, withdrawn
from outreach.messages.inbox import Kind
from outreach.messages.speech import transcript
from outreach.messages.speech.transcript import Heard, Verdict
from outreach.messages.twilio_media import Failure, MediaError
from outreach.turns import gather, give_up, keep

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from sqlalchemy.orm import Session

    from outreach.messages.inbox import Incoming
    from outreach.turns.gather import Found, Waiting
    from worker.runtime import Runtime

log = logging.getLogger("avanza.worker")
WAITS_FOR = timedelta(seconds=100)
"""So long a turn waits for its notes: some fifty of them may be before it, and no alarm is raised yet
(`outreach.messages.alarms.UNANSWERED_AFTER`)."""
WAITS_FOR_HELD = timedelta(seconds=30)
"""Where a person reads her: she hears the note herself, and is not to wait for its words."""
AGAIN_AFTER = timedelta(seconds=4)
AT_ONCE = 4
"""Notes of one woman that stand in the line of all notes: a flood of them is no wait for the others."""
LATE_FOR = timedelta(hours=1)
"""So long after it came danger in a note is answered that nobody heard before its turn."""


def patient(runtime: Runtime, session: Session, found: Found, waiting: Waiting, now: datetime) -> Waiting:
    """Have the notes of what waits listened to, and let it wait for that; or note that they came to late.

    The caller holds the conversation's lock and commits.
    """
    if found.turn is not None or not runtime.ears.on:
        return waiting
    notes = _unheard(runtime, found)
    if not notes:
        return waiting
    state = conversation_state.read(runtime.key, found.conversation)
    if state.word_expected and not state.held:
        return waiting  # a safe word is typed: the answer to a note is that
    until = min(one.received_at for one in notes) + (WAITS_FOR_HELD if state.held else WAITS_FOR)
    if now >= until:
        for one in notes:
            inbox.keep_heard(session, runtime.key, one.id, Heard(Verdict.LATE))
            jobs.defer_hear(session, one.id, late=True)
        counters.count(session, counters.NOTES_NOT_HEARD)
        meters.listened(0, done=False)
        meters.keep(session)
        return waiting
    # The others follow as these are heard: notes of other women come between.
    for one in notes[:AT_ONCE]:
        jobs.defer_hear(session, one.id)
    return replace(waiting, settles_at=until, must_not_wait=False, listens=True)


def _unheard(runtime: Runtime, found: Found) -> list[Incoming]:
    standing = withdrawn.left([inbox.read(runtime.key, row) for row in found.rows])
    return [one for one in standing if _to_hear(one)]


def _to_hear(one: Incoming) -> bool:
    return one.kind is Kind.VOICE and bool(one.media) and one.heard is None


def hear(runtime: Runtime, inbound_id: uuid.UUID) -> None:
    """Listen to one note, keep what it says with it, and have its turn taken."""
    with runtime.readers() as session:
        row = session.get(InboundMessage, inbound_id)
        if row is None:
            return
        message, conversation_id = inbox.read(runtime.key, row), row.conversation_id
        taken = row.turn_id is not None
    if taken and inbox.is_late(message):
        with runtime.sessions.begin() as session:
            jobs.defer_hear(session, inbound_id, late=True)
    if taken or not _to_hear(message):
        return
    began = time.monotonic()
    try:
        heard = _heard(runtime, message)
    except MediaError:
        with runtime.sessions.begin() as session:
            jobs.defer_wake(session, conversation_id, utcnow() + AGAIN_AFTER, why="fetch")
        return
    except Exception as error:  # noqa: BLE001 (whatever it was, she must not wait for it)
        log.warning("note failed", extra={"action": "note_failed", "kind": type(error).__name__})
        heard = Heard(Verdict.LATE)
    if heard.verdict is Verdict.LATE and runtime.ears.closed:
        with runtime.sessions.begin() as session:
            jobs.defer_hear(session, inbound_id)
        return
    meters.listened(time.monotonic() - began, done=heard.verdict is not Verdict.LATE)
    log.info("note heard", extra={"action": "note_heard"})
    with runtime.sessions.begin() as session:
        gather.hold(session, conversation_id)
        if inbox.keep_heard(session, runtime.key, inbound_id, heard) is not None:
            if not heard.text:
                counters.count(session, counters.NOTES_NOT_HEARD)
            jobs.defer_turn(session, conversation_id)
        meters.keep(session)


def hear_late(runtime: Runtime, inbound_id: uuid.UUID) -> None:
    """Listen to a note to which a turn was taken without its words: danger in it is answered after all.

    Where hundreds come at once, most are answered unheard; a cry must not be among them.
    """
    with runtime.readers() as session:
        row = session.get(InboundMessage, inbound_id)
        if row is None or row.turn_id is None:
            return
        message, conversation_id = inbox.read(runtime.key, row), row.conversation_id
        is_fresh = utcnow() - row.received_at < LATE_FOR
    if not inbox.is_late(message):
        return
    heard = _danger(runtime, message) if is_fresh else None
    with runtime.sessions.begin() as session:
        gather.hold(session, conversation_id)
        if heard is not None and (again := inbox.take_again(session, runtime.key, inbound_id, heard)):
            jobs.defer_turn(session, again)
        elif runtime.ears.closed:
            jobs.defer_hear(session, inbound_id, late=True)
        else:
            conversation = session.get_one(Conversation, conversation_id)
            keep.let_wait(session, runtime.key, conversation, [inbound_id], utcnow())


def _danger(runtime: Runtime, message: Incoming) -> Heard | None:
    """Return what a note says where that may be danger."""
    try:
        heard = _heard(runtime, message)
        if heard.text and runtime.rasa.understand(heard.text).risk == give_up.DANGER:
            return heard
    except Exception as error:  # noqa: BLE001 (it was answered as one that nobody heard)
        log.warning("note failed", extra={"action": "note_failed", "kind": type(error).__name__})
    return None


def _heard(runtime: Runtime, message: Incoming) -> Heard:
    """Fetch a note and have it written down.

    Raises:
        MediaError: it could not be fetched for now.
    """
    maker, place = runtime.ears.maker(), twilio_media.place_of(message.media[0])
    if place is None:
        return Heard(Verdict.BROKEN)
    if maker is None:
        return Heard(Verdict.LATE)
    try:
        content = runtime.twilio.fetch_media(place)
    except MediaError as error:
        if error.failure in {Failure.LATER, Failure.GONE}:
            raise
        return Heard(Verdict.TOO_LONG if error.failure is Failure.TOO_LARGE else Verdict.BROKEN)
    return transcript.hear(maker, content)
