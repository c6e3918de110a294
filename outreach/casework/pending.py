"""A caseworker's text that leaves without her: when the woman answers, or at an hour that they agreed.

The server sends it with nobody's key, so it waits readable in the case's encrypted state (`Pending`), one a
case, for seven days at most; its sealed copy stands in the thread. Where it can't leave when its moment
comes it waits no longer: from then on it is a person's to send or to throw away. It leaves under the locks
of conversation and case, in one transaction with its end as a waiting text, and so once.
"""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal

from sqlalchemy import select

from models import Case, Conversation
from outreach.casework import answering, drafts, thread
from outreach.casework.case_state import Pending, fits, read_state, write_state
from outreach.casework.cases import locked_state, open_case_of
from outreach.casework.opened import DeskError
from outreach.casework.thread import Line
from outreach.casework.verbs import verb
from outreach.ground import programme_rules
from outreach.messages import conversation_state, may_send
from outreach.staff.audit import Action
from outreach.texts import desk_writing as words

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.orm import Session

    from outreach.casework.case_state import CaseState
    from outreach.casework.opened import Held
    from outreach.ground.settings import Settings
    from outreach.messages.conversation_state import PrivateState
    from outreach.sealing.crypto import PersonalKey

KEPT_FOR: Final = timedelta(days=7)
LATEST: Final = timedelta(minutes=15)
"""How long after its hour a text may still leave."""
Why = Literal["cover", "stop", "other", "late", "nobody", "over", "closed", "gone", "erased"]
_FOR_NOBODY: Final = frozenset({"closed", "gone"})


class OutsideHerHoursError(DeskError):
    """Esa hora está fuera de las que ella pidió. Si así lo acordaron, marca la casilla."""


@verb(Action.DESK_STORED, holds=True)
def store(
    held: Held,
    text: str,
    settings: Settings,
    at: datetime | None = None,
    *,
    agreed: bool = False,
    entry_id: uuid.UUID | None = None,
    warned: Collection[str] | None = None,
) -> None:
    """Let a text wait for her next message, or for an hour; it takes the place of one that waits already.

    `agreed`: that she wants it at an hour outside those that she set. The same form sent twice stores one.
    `warned` is as in `answering.reply`.

    Raises:
        RevealsError: she has not been warned of its words.
        OutsideHerHoursError: not agreed.
        DeskError: it can't wait, and the message says why.
    """
    if thread.exists(held.session, entry_id):
        return
    conversation, private = held.reachable()
    if not fits(text):
        raise DeskError(words.TOO_LONG)
    if private.cover:
        raise DeskError(words.UNDER_COVER)
    if at is None and held.can_write():
        raise DeskError(words.WRITE_INSTEAD)
    if at is not None:
        _check_hour(held, settings, conversation, private, at, agreed=agreed)
    answering.warn_once(text, warned)
    drafts.drop(held.session, held.case.id, held.worker.staff.id, drafts.REPLY)
    before = held.state.pending
    if before is not None:
        held.say("event", words.replaced(held.worker.name), settles=[before.entry_id])
    held.say("event", words.stored(held.worker.name, at_an_hour=at is not None))
    extra = {"at": at.isoformat()} if at else {}
    kept = held.say(
        "held", text, entry_id, staff=held.worker.name, held_for="hour" if at else "window", **extra
    )
    held.state.pending = Pending(
        text,
        by=str(held.worker.staff.id),
        by_name=held.worker.name,
        until=(held.now + KEPT_FOR).isoformat(),
        at=at.isoformat() if at else None,
        entry_id=str(kept),
    )


def _check_hour(
    held: Held,
    settings: Settings,
    conversation: Conversation,
    private: PrivateState,
    at: datetime,
    *,
    agreed: bool,
) -> None:
    if not held.now < at <= held.now + KEPT_FOR:
        raise DeskError(words.NO_SUCH_HOUR)
    # Only her own hours count: at night a reminder would be wrong, what the two of them agreed is not.
    rules = programme_rules.rules_for(held.session, settings, conversation.programme_id)
    if not agreed and may_send.next_allowed(at, replace(rules, quiet_hours=None), private) != at:
        raise OutsideHerHoursError(OutsideHerHoursError.__doc__)


def answered(
    session: Session,
    key: PersonalKey,
    conversation: Conversation,
    private: PrivateState,
    *,
    why_not: Why | None,
    turn_id: uuid.UUID,
    now: datetime,
) -> None:
    """Let what waits for her answer leave with the turn of it, or say why it can't.

    The caller has locked the conversation, and its job delivers what is queued there.
    """
    case = open_case_of(session, private.case_id)
    if case is None or not _waits_for_her(read_state(key, case)):
        return
    state = locked_state(session, key, case)
    waits = state.pending
    if waits is None or not _waits_for_her(state):
        return
    why = "over" if now >= datetime.fromisoformat(waits.until) else why_not
    if why is None:
        _leave(session, key, case, state, conversation, waits, now, turn_id=turn_id)
    else:
        _stop(session, case, state, why, now)
    write_state(key, case, state)
    session.flush()


def _waits_for_her(state: CaseState) -> bool:
    return state.pending is not None and state.pending.at is None


def forget_words(session: Session, key: PersonalKey, case_id: uuid.UUID, now: datetime) -> None:
    """Leave no words in an open case's state: she has her data erased.

    The sealed copy of a text that waited stands in the thread, for a person to send. The hour that was
    agreed stays, since somebody keeps it; the words for it go.
    """
    case = open_case_of(session, str(case_id))
    if case is None:
        return
    state = locked_state(session, key, case)
    if state.pending is not None:
        _stop(session, case, state, "erased", now)
    state.appointment_words = None
    write_state(key, case, state)
    session.flush()


def due(session: Session, key: PersonalKey, now: datetime) -> list[uuid.UUID]:
    """Return the open cases whose waiting text is at its hour, or waits no longer."""
    states = ((case.id, read_state(key, case)) for case in session.scalars(select(Case).where(Case.is_open)))
    return [case_id for case_id, state in states if state.pending and _is_due(state.pending, now)]


def _is_due(waits: Pending, now: datetime) -> bool:
    at_hour = waits.at is not None and now >= datetime.fromisoformat(waits.at)
    return at_hour or now >= datetime.fromisoformat(waits.until)


def send_due(session: Session, key: PersonalKey, case_id: uuid.UUID, now: datetime) -> bool:
    """Do with a case's waiting text what is due; say whether it left.

    A conversation that somebody has locked waits for the next call, and so does a case that nobody holds.
    """
    case = session.get(Case, case_id)
    known = read_state(key, case).conversation_id if case is not None else None
    if case is None or known is None:
        return False
    hers = Conversation.id == uuid.UUID(known)
    conversation = session.scalar(
        select(Conversation)
        .where(hers)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    if conversation is None and session.scalar(select(Conversation.id).where(hers)) is not None:
        return False
    state = locked_state(session, key, case)
    if state.pending is None or not case.is_open or not _is_due(state.pending, now):
        return False
    left = _settle(session, key, case, state, conversation, state.pending, now)
    write_state(key, case, state)
    session.flush()
    return left


def _settle(
    session: Session,
    key: PersonalKey,
    case: Case,
    state: CaseState,
    conversation: Conversation | None,
    waits: Pending,
    now: datetime,
) -> bool:
    why = _why_not(key, case, state, conversation, waits, now)
    if why == "nobody" and now < _hour(waits) + LATEST:
        return False
    if why is not None:
        _stop(session, case, state, why, now)
        return False
    if conversation is None or not may_send.window_open(conversation, now):
        waits.at = None
        thread.append(session, case, state, Line("event", words.WAITS_FOR_HER, now))
        return False
    _leave(session, key, case, state, conversation, waits, now)
    return True


def _why_not(
    key: PersonalKey,
    case: Case,
    state: CaseState,
    conversation: Conversation | None,
    waits: Pending,
    now: datetime,
) -> Why | None:
    if conversation is None:
        return "gone"
    private = conversation_state.read(key, conversation)
    stored_at = datetime.fromisoformat(waits.until) - KEPT_FOR
    opted_out = conversation.opted_out_at
    if private.case_id != str(case.id):
        return "closed"
    if private.cover:
        return "cover"
    if waits.at is None:
        return "over"
    if opted_out is not None and opted_out >= stored_at:
        return "stop"
    if state.claimed_by is None:
        return "nobody"
    return "late" if now > _hour(waits) + LATEST else None


def _hour(waits: Pending) -> datetime:
    return datetime.fromisoformat(waits.at or waits.until)


def _leave(
    session: Session,
    key: PersonalKey,
    case: Case,
    state: CaseState,
    conversation: Conversation,
    waits: Pending,
    now: datetime,
    *,
    turn_id: uuid.UUID | None = None,
) -> None:
    outbox_id = answering.hand_over(session, key, conversation, waits.text, turn_id=turn_id)
    extra = {"staff": waits.by_name, "outbox_id": outbox_id, "by_itself": "yes", "settles": [waits.entry_id]}
    thread.append(session, case, state, Line("staff", waits.text, now, extra))
    state.pending = None


def _stop(session: Session, case: Case, state: CaseState, why: Why, now: datetime) -> None:
    """Let it wait no longer; the case waits for a person, who sends its sealed copy or throws it away."""
    thread.append(session, case, state, Line("event", words.STOPPED[why], now))
    state.pending = None
    if why not in _FOR_NOBODY:
        state.waiting_since = state.waiting_since or now.isoformat()
