"""What a caseworker can do about cover mode: end it with a reason, send what was held back, call 911 for her.

Each step is her own in a conversation that she holds, is written into the sealed thread and recorded.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from models import OutboxKind
from outreach.casework import desk
from outreach.casework import thread as threads
from outreach.casework.desk import DeskError, WindowClosedError
from outreach.casework.thread import Entry, Line
from outreach.messages import cover_state, outbox
from outreach.messages.may_send import window_open
from outreach.messages.outbox import Content
from outreach.people import registry
from outreach.staff.audit import Action
from outreach.texts import desk as words

if TYPE_CHECKING:
    import uuid

    from sqlalchemy.orm import Session

    from outreach.casework.desk import Caseworker, OpenedCase
    from outreach.ground.settings import Settings
    from outreach.messages.conversation_state import PrivateState
    from outreach.sealing.crypto import PersonalKey

SHORTEST_REASON = 8
_SETTLED = "held_back_until"


class NoReasonError(DeskError):
    """Escribe el motivo: cómo sabes que ella está sola con su teléfono o que ya no hay peligro en él."""


@dataclass(frozen=True)
class Cover:
    """What the desk says of cover mode: its beginning, whether she has a word, when it ends by itself."""

    since: datetime | None
    own_word: bool
    ends_at: datetime | None


def cover_of(private: PrivateState | None, settings: Settings) -> Cover | None:
    """Return what is to be said of cover mode; None where it is off."""
    if private is None or not private.cover:
        return None
    since = datetime.fromisoformat(private.cover_since) if private.cover_since else None
    ends_at = cover_state.ends_by_itself(private, settings.cover_hours)
    return Cover(since, private.word_hash is not None, ends_at)


def held_back(entries: list[Entry]) -> list[Entry]:
    """Return the answers that cover mode kept from leaving and that were not sent since."""
    settled = max((int(e.extra.get(_SETTLED, 0)) for e in entries), default=0)
    return [e for e in entries if e.extra.get("held_back") and e.position > settled]


def end_cover(session: Session, worker: Caseworker, case_id: uuid.UUID, reason: str, now: datetime) -> int:
    """End cover mode, for a reason that stays in the thread, and send what was held back; return how many.

    Raises:
        NoReasonError: no reason was given.
        DeskError: the conversation is not this caseworker's, or her data is gone.
    """
    said = " ".join(reason.split())
    if len(said) < SHORTEST_REASON:
        raise NoReasonError(NoReasonError.__doc__)
    with desk.step(session, worker, case_id, Action.DESK_COVER_ENDED, now) as held:
        conversation, private = desk.reachable(held)
        cover_state.leave(private)
        held.keep_private(worker.key)
        text = words.cover_ended(worker.staff.display_name, said)
        threads.append(session, held.case, held.state, Line("event", text, now))
        return _send(session, worker, held, now) if window_open(conversation, now) else 0


def send_held_back(session: Session, worker: Caseworker, case_id: uuid.UUID, now: datetime) -> int:
    """Send what was held back, once cover is over; return how many.

    Raises:
        DeskError: cover is on, not this caseworker's, or free text can't leave now.
    """
    with desk.step(session, worker, case_id, Action.DESK_ANSWERED, now) as held:
        conversation, private = desk.reachable(held)
        if private.cover:
            raise DeskError(words.HELD_BACK)
        if not window_open(conversation, now):
            raise WindowClosedError(WindowClosedError.__doc__)
        return _send(session, worker, held, now)


def _send(session: Session, worker: Caseworker, held: OpenedCase, now: datetime) -> int:
    waiting = held_back(threads.read(session, worker.private_key, held.case, held.state))
    if not waiting or held.conversation is None:
        return 0
    turn_id = desk.last_turn(session, held.conversation)
    for entry in waiting:
        row = outbox.enqueue(
            session,
            worker.key,
            held.conversation.id,
            OutboxKind.REPLY,
            Content(body=entry.text),
            confidential=True,
            turn_id=turn_id,
        )
        extra = {"staff": entry.extra.get("staff", ""), "outbox_id": str(row.id)}
        threads.append(session, held.case, held.state, Line("staff", entry.text, now, extra))
    held.state.waiting_since, held.state.last_from = None, "staff"
    text = words.held_back_sent(worker.staff.display_name, len(waiting))
    line = Line("event", text, now, {_SETTLED: waiting[-1].position})
    threads.append(session, held.case, held.state, line)
    return len(waiting)


@dataclass(frozen=True)
class Reached:
    """Who she is and by which numbers she writes, for whoever calls 911 for her."""

    name: str
    numbers: tuple[str, ...]


def phone_for_emergency(session: Session, worker: Caseworker, case_id: uuid.UUID, now: datetime) -> Reached:
    """Return her name and numbers; the look is recorded and stands in the thread.

    Raises:
        DeskError: the conversation is not this caseworker's, or her data is gone.
    """
    with desk.step(session, worker, case_id, Action.DESK_PHONE_SEEN, now) as held:
        conversation, private = desk.reachable(held)
        text = words.phone_seen(worker.staff.display_name)
        threads.append(session, held.case, held.state, Line("event", text, now))
        numbers = registry.numbers_of(worker.key, conversation)
        woman = registry.woman_of(session, conversation)
        full = registry.read_details(worker.key, woman).full_name if woman else ""
        return Reached(full or private.preferred_name or "", numbers)


def archive(session: Session, worker: Caseworker, case_id: uuid.UUID, now: datetime) -> None:
    """Take a case that she closed herself from the list, seen.

    Raises:
        DeskError: she did not close it.
    """
    with desk.step(session, worker, case_id, Action.DESK_CLOSED, now, holding=False) as held:
        if held.state.closed_by_her is None:
            raise DeskError("Este caso no lo cerró ella.")
        text = words.archived(worker.staff.display_name)
        threads.append(session, held.case, held.state, Line("event", text, now))
        held.case.is_open = False


def name_of(session: Session, key: PersonalKey, opened: OpenedCase) -> str:
    """Return how the desk calls her: as she wants, else by her record; empty where neither is known."""
    if opened.private is not None and opened.private.preferred_name:
        return opened.private.preferred_name
    woman = registry.woman_of(session, opened.conversation) if opened.conversation else None
    if woman is None:
        return ""
    details = registry.read_details(key, woman)
    return details.preferred_name or details.full_name or ""
