"""Cases: what she tells in confidence, sealed as it comes, and what the server must know of it.

The server writes and can't read: `outreach.casework.reading` reads, with the key of a caseworker who is
logged in. `Case.state_cipher` holds only what routing needs (how urgent, who waits for whom); what a case
is about and whose it is are sealed. Nothing here may log, or put words of hers anywhere else.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import select

from models import Case, Role, Shift, Staff, Team
from outreach.casework import thread
from outreach.casework.case_state import WRITES, CaseState, read_state, write_state
from outreach.casework.state_memo import StateMemo
from outreach.casework.thread import Author, Line
from outreach.messages import conversation_state
from outreach.sealing import vault
from outreach.staff import presence
from outreach.texts import desk as words

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.orm import Session

    from models import Conversation
    from outreach.messages.conversation_state import PrivateState
    from outreach.sealing.crypto import PersonalKey

Urgency = Literal["danger", "urgent", "support"]
RANK = {"danger": 2, "urgent": 1, "support": 0}
"""How urgent a case is beside others: danger to life, a need of today such as hunger, anything else."""
PROGRAMME = "programme"
"""What a case is about where the programme's own people did the harm: a supervisor has it, nobody else."""
__all__ = [
    "Author", "CaseState", "OpenCase", "Urgency", "add_entry", "locked_state", "on_shift",
    "open_case", "open_case_of", "open_cases", "read_state", "who_reads", "woman_wrote", "write_state",
]  # fmt: skip


MOST_KNOWN = 5_000


@dataclass(frozen=True)
class OpenCase:
    """One line of the desk's list; nothing in it is sealed.

    `conversations` are those by which she writes; `replies` the answers whose delivery the desk watches;
    `alerted`: staff were called because nobody had taken it. `closing_asked_by` wants to close it;
    `sent_back`: the supervision did not agree, which its holder has not yet said she saw.
    """

    id: uuid.UUID
    team_id: uuid.UUID
    danger: bool
    urgent: bool
    opened_at: datetime
    waiting_since: datetime | None
    claimed_by: uuid.UUID | None
    claimed_name: str | None
    handed_back: bool
    closed_by_her: bool = False
    for_supervisor: bool = False
    last_word_at: datetime | None = None
    conversations: tuple[uuid.UUID, ...] = ()
    offered_to: str | None = None
    appointment_at: datetime | None = None
    appointment_words: str | None = None
    follow_up_at: datetime | None = None
    alerted: bool = False
    replies: tuple[uuid.UUID, ...] = ()
    closing_asked_by: uuid.UUID | None = None
    sent_back: bool = False

    @property
    def short(self) -> str:
        """A few letters by which two caseworkers speak of it."""
        return str(self.id)[:4].upper()


def open_case(
    session: Session,
    key: PersonalKey,
    conversation: Conversation,
    *,
    urgency: Urgency,
    about: str,
    now: datetime,
) -> Case:
    """Open a case for a conversation, or, where one is open, let it wait again and never less urgently.

    Raises:
        NoTeamError: there is no casework team to seal to.
    """
    private = conversation_state.read(key, conversation)
    case = open_case_of(session, private.case_id)
    if case is not None:
        _insist(session, key, case, urgency, about=about, now=now)
        return case
    # What she told in confidence is sealed already: her case is with those who can open it.
    draft = session.get(Case, uuid.UUID(private.living_id)) if private.living_id else None
    team = (
        session.get_one(Team, draft.team_id) if draft else vault.the_team(session, conversation.programme_id)
    )
    case = Case(id=uuid.uuid4(), team_id=team.id, is_open=True, state_cipher=b"", subject_sealed=b"")
    case.subject_sealed = vault.seal(
        team.public_key, {"conversation_id": str(conversation.id), "about": about}
    )
    state = CaseState(
        opened_at=now.isoformat(),
        urgency=urgency,
        waiting_since=now.isoformat(),
        conversation_id=str(conversation.id),
        for_supervisor=about == PROGRAMME and vault.has_supervisor(session, team.id),
        entries=0,
    )
    write_state(key, case, state)
    session.add(case)
    session.flush()
    private.case_id = str(case.id)
    conversation_state.write(key, conversation, private)
    thread.append(session, case, state, Line("event", words.opened(urgency, about), now))
    write_state(key, case, state)
    session.flush()
    return case


def _insist(
    session: Session, key: PersonalKey, case: Case, urgency: Urgency, *, about: str, now: datetime
) -> None:
    state = locked_state(session, key, case)
    raised = RANK[urgency] > RANK[state.urgency]
    if raised:
        state.urgency = urgency
    hers = about == PROGRAMME and state.claimed_by is None and vault.has_supervisor(session, case.team_id)
    moved = hers and not state.for_supervisor
    state.for_supervisor = state.for_supervisor or hers
    if raised or moved or state.handed_back:
        thread.append(session, case, state, Line("event", words.insisted(urgency, about), now))
    state.handed_back = False
    state.waiting_since = state.waiting_since or now.isoformat()
    write_state(key, case, state)
    session.flush()


def open_case_of(session: Session, case_id: str | None) -> Case | None:
    """Return the case that a conversation's private state names, if it is open."""
    case = session.get(Case, uuid.UUID(case_id)) if case_id else None
    return case if case is not None and case.is_open else None


def locked_state(session: Session, key: PersonalKey, case: Case) -> CaseState:
    """Lock a case's row, which orders its writers, and read its state after that."""
    session.flush()  # a refresh would forget what is not yet written
    session.refresh(case, with_for_update=WRITES)
    return read_state(key, case)


def add_entry(
    session: Session,
    key: PersonalKey,
    case: Case,
    *,
    author: Author,
    text: str,
    at: datetime,
    extra: dict[str, Any] | None = None,
) -> uuid.UUID:
    """Seal one line to the end of a case's thread; return its id."""
    state = locked_state(session, key, case)
    entry_id = thread.append(session, case, state, Line(author, text, at, extra or {}))
    write_state(key, case, state)
    session.flush()
    return entry_id


def woman_wrote(
    session: Session,
    key: PersonalKey,
    case_id: uuid.UUID,
    text: str,
    at: datetime,
    extra: dict[str, Any] | None = None,
) -> uuid.UUID | None:
    """Seal what she wrote to her open case, and let it wait for a person unless the bot has her.

    Returns None where the case is gone or closed: then nothing was kept.
    """
    session.flush()  # what is re-read below would forget what is not yet written
    case = session.get(Case, case_id, with_for_update=WRITES, populate_existing=True)
    if case is None or not case.is_open:
        return None
    state = read_state(key, case)
    entry_id = thread.append(session, case, state, Line("woman", text, at, extra or {}))
    state.last_from, state.last_word_at = "woman", at.isoformat()
    if not state.handed_back:
        state.waiting_since = state.waiting_since or at.isoformat()
    write_state(key, case, state)
    session.flush()
    return entry_id


def open_cases(
    session: Session,
    key: PersonalKey,
    teams: Collection[uuid.UUID] | None = None,
    *,
    supervisor: bool = True,
) -> list[OpenCase]:
    """Return the open cases (of some teams): the most urgent first, then who has waited longest.

    Unseals nothing. Those of harm by the programme's own people only where a `supervisor` asks.
    """
    of_teams = () if teams is None else (Case.team_id.in_(teams),)
    lines = _known.read(session, key, Case.is_open, *of_teams)
    return sorted(
        (line for line in lines if supervisor or not line.for_supervisor),
        key=lambda c: (not c.danger or c.waiting_since is None, not c.urgent or c.waiting_since is None,
                       c.waiting_since is None, c.waiting_since or c.opened_at),
    )  # fmt: skip


def on_shift(session: Session, now: datetime, team_id: uuid.UUID | None = None) -> list[Staff]:
    """Return who is on duty and has the desk open with the key (of one team)."""
    query = (
        select(Staff)
        .where(
            Staff.id.in_(select(Shift.staff_id).where(Shift.starts_at <= now, Shift.ends_at > now)),
            presence.at_the_desk(now, team_id),
        )
        .order_by(Staff.display_name)
    )
    return list(session.scalars(query))


def who_reads(
    session: Session, key: PersonalKey, conversation: Conversation, state: PrivateState, now: datetime
) -> list[Staff]:
    """Return who is on duty and may read what she writes now; what she is told rests on it (P8).

    Of the team that has her open case, which another agency's may be; else of the one to which what she told
    is sealed, or would be. Harm by the programme's own people is read by supervisors alone.
    """
    case = open_case_of(session, state.case_id)
    draft = session.get(Case, uuid.UUID(state.living_id)) if case is None and state.living_id else None
    sealed = case or draft
    found = on_shift(session, now, sealed.team_id if sealed else _team_of(session, conversation))
    alone = case is not None and read_state(key, case).for_supervisor
    return [one for one in found if one.role is Role.SUPERVISOR or not alone]


def _team_of(session: Session, conversation: Conversation) -> uuid.UUID | None:
    """Return the team of a conversation's programme; None where there is no team, and nobody has a key."""
    return vault.the_team(session, conversation.programme_id).id if vault.find_team(session) else None


def _line(case_id: uuid.UUID, team_id: uuid.UUID, state: CaseState) -> OpenCase:
    return OpenCase(
        id=case_id,
        team_id=team_id,
        danger=state.urgency == "danger",
        urgent=state.urgency == "urgent",
        opened_at=datetime.fromisoformat(state.opened_at),
        waiting_since=_moment(state.waiting_since),
        claimed_by=uuid.UUID(state.claimed_by) if state.claimed_by else None,
        claimed_name=state.claimed_name,
        handed_back=state.handed_back,
        closed_by_her=state.closed_by_her is not None,
        for_supervisor=state.for_supervisor,
        last_word_at=_moment(state.last_word_at),
        conversations=state.conversations,
        offered_to=state.offered_to,
        appointment_at=_moment(state.appointment_at),
        appointment_words=state.appointment_words,
        follow_up_at=_moment(state.follow_up_at),
        alerted=state.alert_step > 0,
        replies=tuple(uuid.UUID(one) for one in state.replies),
        closing_asked_by=uuid.UUID(state.closing_asked_by) if state.closing_asked_by else None,
        sent_back=state.outcome is not None and state.closing_asked_by is None,
    )


def _moment(stored: str | None) -> datetime | None:
    return datetime.fromisoformat(stored) if stored else None


_known = StateMemo(_line, MOST_KNOWN)
"""Every ring has every desk ask for all open cases."""
