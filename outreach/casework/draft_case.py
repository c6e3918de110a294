"""The living conversation: what she tells in confidence before she has said yes to a case.

It is sealed like a case and looks like one, but nobody is shown it. Her yes makes it the beginning
of her case; a day of silence, or "no es eso", makes it go without a trace.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select, update

from models import Case, SealedEntry
from outreach.casework import cases
from outreach.sealing import vault

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from outreach.casework.cases import Author
    from outreach.messages.conversation_state import PrivateState
    from outreach.sealing.crypto import PersonalKey

KEPT_FOR = timedelta(hours=24)


def add(
    session: Session,
    key: PersonalKey,
    state: PrivateState,
    *,
    author: Author,
    text: str,
    at: datetime,
    extra: dict[str, str] | None = None,
) -> None:
    """Seal one line to the living conversation, begun where there is none."""
    thread = session.get(Case, uuid.UUID(state.living_id)) if state.living_id else None
    if thread is None:
        team = vault.the_team(session)
        thread = Case(
            id=uuid.uuid4(),
            team_id=team.id,
            is_open=False,
            state_cipher=b"",
            subject_sealed=vault.seal(team.public_key, {}),
        )
        begun = cases.CaseState(opened_at=at.isoformat(), urgency="support")
        cases.write_state(key, thread, begun)
        session.add(thread)
        session.flush()
        state.living_id = str(thread.id)
    # The hour is rounded up, so that it tells nothing finer than a day already does.
    thread.forget_after = (at + KEPT_FOR + timedelta(hours=1)).replace(minute=0, second=0, microsecond=0)
    cases.add_entry(session, thread, author=author, text=text, at=at, extra=extra)


def pour_into(session: Session, state: PrivateState, case: Case) -> None:
    """Make the living conversation part of an open case."""
    if not state.living_id:
        return
    living_id = uuid.UUID(state.living_id)
    state.living_id = None
    last = session.scalar(select(func.max(SealedEntry.position)).where(SealedEntry.case_id == case.id)) or 0
    session.execute(
        update(SealedEntry)
        .where(SealedEntry.case_id == living_id)
        .values(case_id=case.id, position=SealedEntry.position + last)
    )
    session.execute(delete(Case).where(Case.id == living_id))


def forget(session: Session, state: PrivateState) -> None:
    """Delete the living conversation."""
    if state.living_id:
        session.execute(delete(Case).where(Case.id == uuid.UUID(state.living_id), ~Case.is_open))
        state.living_id = None


def forget_expired(session: Session, now: datetime) -> int:
    """Delete living conversations whose time is over; return how many."""
    expired = session.execute(
        delete(Case).where(~Case.is_open, Case.forget_after < now).returning(Case.id)
    ).all()
    return len(expired)
