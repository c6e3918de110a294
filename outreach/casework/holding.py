"""Conversations held by a caseworker who is gone come loose: nobody's again, and the bot answers.

A holder who is there keeps the bot silent (P7). One who closed the desk, was logged out or disabled must
not leave a woman without an answer from anybody. Runs without the team's private key.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from models import Case, Conversation
from outreach.casework import thread
from outreach.casework.case_state import read_state, write_state
from outreach.casework.cases import locked_state
from outreach.casework.thread import Line
from outreach.messages import conversation_state
from outreach.staff import presence
from outreach.texts import desk as words

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from outreach.casework.case_state import CaseState
    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey
    from outreach.staff.presence import Holder

AT_ONCE = timedelta(0)


def release_abandoned(session: Session, key: PersonalKey, settings: Settings, now: datetime) -> int:
    """Release what is held by somebody who is gone for too long; return how many conversations.

    Too long: `hold_minutes_danger` where the case is danger, else `hold_minutes`, since the desk was last
    open; a danger case at once where its holder can't come back by herself, and everything at once that she
    may not open any more. Conversations that somebody has locked wait for the next call. Also ends the
    shifts of those who have no session left.
    """
    presence.end_abandoned_shifts(session, now)
    held = _held(session, key)
    people = presence.holders(session, {holder for _, _, holder in held}, now) if held else {}
    released = 0
    for case, state, holder_id in held:
        holder = people[holder_id]
        # She can't open it any more, whether she is there or not: of a team that she left, or a supervisor's.
        foreign = not holder.barred and (
            case.team_id not in holder.teams or (state.for_supervisor and not holder.supervisor)
        )
        if foreign or not holder.here or state.holder_gone_since is not None:
            released += _settle(session, key, settings, case, now, for_good=foreign)
    return released


def release_of(
    session: Session, key: PersonalKey, settings: Settings, staff_id: uuid.UUID, now: datetime
) -> int:
    """Settle what one caseworker holds, as she leaves: danger comes loose at once; return how many.

    Call it after her log-out, reset, change of role or disabling; it does nothing while she has another
    session with the key.
    """
    session.flush()
    if presence.has_live_session(session, staff_id, now):
        return 0
    held = [case for case, _, holder_id in _held(session, key) if holder_id == staff_id]
    return sum(_settle(session, key, settings, case, now, left=True) for case in held)


def _held(session: Session, key: PersonalKey) -> list[tuple[Case, CaseState, uuid.UUID]]:
    # Always in one order, since several are locked in one transaction.
    query = select(Case).where(Case.is_open).order_by(Case.id)
    states = [(case, read_state(key, case)) for case in session.scalars(query)]
    return [(case, state, uuid.UUID(state.claimed_by)) for case, state in states if state.claimed_by]


def _settle(
    session: Session,
    key: PersonalKey,
    settings: Settings,
    case: Case,
    now: datetime,
    *,
    left: bool = False,
    for_good: bool = False,
) -> bool:
    """Look again under the locks, for she may have come back just now; say whether it was released."""
    before_lock = read_state(key, case)
    known = before_lock.conversation_id
    conversation = None if before_lock.apart else _locked_conversation(session, key, case, known)
    if conversation is None and _exists(session, known):
        return False  # a turn or a caseworker has it: the next call looks again
    state = locked_state(session, key, case)
    if not case.is_open or state.claimed_by is None or state.apart != before_lock.apart:
        return False
    holder_id = uuid.UUID(state.claimed_by)
    holder = presence.holders(session, {holder_id}, now)[holder_id]
    before = state.holder_gone_since
    state.holder_gone_since = None if holder.here else before or _last_seen(state, holder, now, left=left)
    gone = for_good or (not holder.here and _too_long(state, settings, now, at_once=left or holder.barred))
    if gone:
        _release(session, key, case, state, conversation, now)
    if gone or state.holder_gone_since != before:
        write_state(key, case, state)
        session.flush()
    return gone


def _last_seen(state: CaseState, holder: Holder, now: datetime, *, left: bool) -> str:
    if left:
        return now.isoformat()
    # Taking it proves that she was there; so does the desk in a session that is still known.
    taken = datetime.fromisoformat(state.claimed_at) if state.claimed_at else now
    return max(taken, holder.seen_at or taken).isoformat()


def _too_long(state: CaseState, settings: Settings, now: datetime, *, at_once: bool) -> bool:
    since = datetime.fromisoformat(state.holder_gone_since or now.isoformat())
    if state.urgency == "danger":
        limit = AT_ONCE if at_once else timedelta(minutes=settings.hold_minutes_danger)
    else:
        limit = timedelta(minutes=settings.hold_minutes)
    return now - since >= limit


def _release(
    session: Session,
    key: PersonalKey,
    case: Case,
    state: CaseState,
    conversation: Conversation | None,
    now: datetime,
) -> None:
    thread.append(session, case, state, Line("event", words.released(state.claimed_name or ""), now))
    state.unclaim()
    if not state.apart:  # else nobody waits here but who waited before: she writes to another agency
        state.waiting_since = state.waiting_since or now.isoformat()
    if conversation is not None:
        private = conversation_state.read(key, conversation)
        private.held, private.released = False, True
        conversation_state.write(key, conversation, private)


def _locked_conversation(
    session: Session, key: PersonalKey, case: Case, conversation_id: str | None
) -> Conversation | None:
    """Lock the conversation before its case, as everybody does; None: it is gone, or locked elsewhere."""
    found = uuid.UUID(conversation_id) if conversation_id else _find(session, key, case)
    if found is None:
        return None
    return session.scalar(
        select(Conversation)
        .where(Conversation.id == found)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )


def _exists(session: Session, conversation_id: str | None) -> bool:
    if conversation_id is None:
        return False
    query = select(Conversation.id).where(Conversation.id == uuid.UUID(conversation_id))
    return session.scalar(query) is not None


def _find(session: Session, key: PersonalKey, case: Case) -> uuid.UUID | None:
    """Find the conversation of a case from before `CaseState.conversation_id`, by looking at all."""
    for conversation in session.scalars(select(Conversation).execution_options(yield_per=500)):
        if conversation_state.read(key, conversation).case_id == str(case.id):
            return conversation.id
    return None
