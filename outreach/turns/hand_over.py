"""What was given up, handed to a person: a case for the desk, which who hands it over sees nothing of.

Whoever clicks reads neither whose it is nor what she wrote, and the answer is the same whether she has a case
already or not (P4). Where what she wrote can still be read it goes sealed into her case.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

from sqlalchemy import select

from models import Conversation, DeadLetter, InboundMessage, OutboxKind, OutboxMessage, Turn
from outreach.casework import cases
from outreach.ground import dead_letters
from outreach.messages import inbox, withdrawn
from outreach.sealing.crypto import DecryptionError
from outreach.sealing.vault import NoTeamError
from outreach.staff import letters
from outreach.turns import keep, turn_context

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from sqlalchemy.orm import Session

    from models import Staff
    from outreach.casework.cases import Urgency
    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

UNREAD, UNSENT = "given_up", "given_up_reply"


class Handed(Enum):
    """What came of it."""

    DONE = auto()
    CLOSED = auto()
    """Somebody was quicker."""
    NOBODY = auto()
    """There is no team, or it is not known any more whose it was, or it was no reply."""


def hand_over(
    session: Session,
    key: PersonalKey,
    settings: Settings,
    letter_id: uuid.UUID,
    staff: Staff,
    now: datetime,
) -> Handed:
    """Open or raise the case of whose work it was, and close the letter; the caller commits `DONE` alone."""
    seen = session.get(DeadLetter, letter_id)
    if seen is None or seen.closed_at is not None or not letters.may_be_handed_over(seen):
        return Handed.CLOSED
    # In the order in which a turn that is given up takes them: the conversation, then the letter.
    conversation = _conversation_of(session, seen)
    if conversation is None:
        return Handed.NOBODY
    if not letters.close_as_handed(session, letter_id, staff, now):
        return Handed.CLOSED
    if _with_what_she_wrote(session, key, settings, seen, conversation, now):
        return Handed.DONE
    about = UNSENT if seen.kind == dead_letters.DELIVERY else UNREAD
    # What nobody could read may be danger: a person looks as soon as at that (`give_up`).
    urgency: Urgency = "support" if about == UNSENT else "danger"
    try:
        cases.open_case(session, key, conversation, urgency=urgency, about=about, now=now)
    except (NoTeamError, DecryptionError):
        return Handed.NOBODY
    return Handed.DONE


def _conversation_of(session: Session, letter: DeadLetter) -> Conversation | None:
    """Return whose work it was, locked; None where that is not known any more, or nothing she waits for."""
    subject = letter.subject_id
    found: uuid.UUID | None
    if letter.kind == dead_letters.TURN:
        found = session.scalar(select(Turn.conversation_id).where(Turn.id == subject))
    elif letter.kind == dead_letters.INBOUND:
        found = session.scalar(select(InboundMessage.conversation_id).where(InboundMessage.id == subject))
    elif letter.kind == dead_letters.DELIVERY or letter.error in letters.OF_ROWS:
        reply = (OutboxMessage.id == subject, OutboxMessage.kind == OutboxKind.REPLY)
        found = session.scalar(select(OutboxMessage.conversation_id).where(*reply))
    else:
        found = subject
    return session.get(Conversation, found, with_for_update=True) if found is not None else None


def _with_what_she_wrote(
    session: Session,
    key: PersonalKey,
    settings: Settings,
    letter: DeadLetter,
    conversation: Conversation,
    now: datetime,
) -> bool:
    """Seal what she wrote in a turn that was given up into her case; False where there is none of it."""
    turn = session.get(Turn, letter.subject_id) if letter.kind == dead_letters.TURN else None
    if turn is None:
        return False
    try:
        with session.begin_nested():
            rows = session.scalars(
                select(InboundMessage).where(InboundMessage.turn_id == turn.id).order_by(InboundMessage.seq)
            )
            messages = [found for row in rows if (found := inbox.read(key, row)).readable]
            here = turn_context.load(
                session, key, settings, conversation, turn, withdrawn.left(messages), now
            )
            keep.note_files(here, messages)
            here.open_case("danger", UNREAD)
            keep.seal_incoming(here)
            keep.settle_files(here)
            here.save()
    except NoTeamError:
        return False
    except Exception:  # noqa: BLE001 (it was given up because something raised; the case is opened without)
        session.expire_all()
        return False
    return True
