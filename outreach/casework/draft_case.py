"""The draft case: what she tells in confidence before she has said yes to a case.

It is sealed like a case and looks like one, but nobody is shown it. Her yes makes it the beginning
of her case; a day of silence, or "no es eso", deletes it.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete

from models import Case
from outreach.casework import cases, thread
from outreach.sealing import vault
from outreach.texts import desk as words

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from models import Team
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
    extra: dict[str, Any] | None = None,
    programme_id: uuid.UUID | None = None,
) -> None:
    """Seal one line to the draft case, begun for the programme's team where there is none."""
    draft = current(session, key, state, at=at, programme_id=programme_id)
    cases.add_entry(session, key, draft, author=author, text=text, at=at, extra=extra)


def current(
    session: Session,
    key: PersonalKey,
    state: PrivateState,
    *,
    at: datetime,
    programme_id: uuid.UUID | None = None,
) -> Case:
    """Return her draft case, begun where there is none; from now on it is kept for a day again."""
    draft = session.get(Case, uuid.UUID(state.living_id)) if state.living_id else None
    if draft is None:
        draft = _begin(session, key, vault.the_team(session, programme_id), at)
        state.living_id = str(draft.id)
    # The hour is rounded up, so that it tells nothing finer than a day already does.
    draft.forget_after = (at + KEPT_FOR + timedelta(hours=1)).replace(minute=0, second=0, microsecond=0)
    return draft


def _begin(session: Session, key: PersonalKey, team: Team, at: datetime) -> Case:
    draft = Case(
        id=uuid.uuid4(),
        team_id=team.id,
        is_open=False,
        state_cipher=b"",
        subject_sealed=vault.seal(team.public_key, {}),
    )
    cases.write_state(key, draft, cases.CaseState(opened_at=at.isoformat(), urgency="support", entries=0))
    session.add(draft)
    session.flush()
    return draft


def pour_into(session: Session, key: PersonalKey, state: PrivateState, case: Case) -> None:
    """Make the draft case part of an open case.

    One that is sealed to another team than the case's stays apart until its hour: the server can't seal it
    anew, and among the case's lines nobody could open the thread any more.
    """
    draft = session.get(Case, uuid.UUID(state.living_id)) if state.living_id else None
    state.living_id = None
    if draft is None:
        return
    if draft.team_id != case.team_id:
        at = datetime.fromisoformat(cases.read_state(key, draft).opened_at)
        cases.add_entry(session, key, case, author="event", text=words.TOLD_TO_ANOTHER_TEAM, at=at)
        return
    draft_state = cases.locked_state(session, key, draft)
    case_state = cases.locked_state(session, key, case)
    thread.move(session, draft, draft_state, case, case_state)
    cases.write_state(key, case, case_state)
    session.delete(draft)
    session.flush()


def forget(session: Session, state: PrivateState) -> None:
    """Delete the draft case."""
    if state.living_id:
        session.execute(delete(Case).where(Case.id == uuid.UUID(state.living_id), ~Case.is_open))
        state.living_id = None


def forget_expired(session: Session, now: datetime) -> int:
    """Delete draft cases whose time is over; return how many."""
    expired = session.execute(
        delete(Case).where(~Case.is_open, Case.forget_after < now).returning(Case.id)
    ).all()
    return len(expired)
