"""Cases: what she tells in confidence, sealed as it comes, and what the server must know of it.

The server writes and can't read: `outreach.casework.desk` reads, with the key of a caseworker who is logged
in. `Case.state_cipher` holds only what routing needs (how urgent, who waits for whom); what a case
is about and whose it is are sealed. Nothing here may log, or put words of hers anywhere else.
"""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import func, select

from models import Case, SealedEntry, Shift, Staff
from outreach.messages import conversation_state
from outreach.sealing import vault
from outreach.texts import desk as words

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from models import Conversation
    from outreach.sealing.crypto import PersonalKey

Urgency = Literal["danger", "support"]
Author = Literal["woman", "bot", "staff", "note", "event"]
STATE_BUCKET = 512


@dataclass
class CaseState:
    """What the running server knows of a case. Times are ISO, UTC.

    `waiting_since` is the oldest word of hers that no person has answered, empty where none waits;
    `handed_back` says that the bot has the conversation again while the case stays open.
    """

    opened_at: str
    urgency: str
    waiting_since: str | None = None
    last_from: str = "woman"
    claimed_by: str | None = None
    claimed_name: str | None = None
    claimed_at: str | None = None
    handed_back: bool = False


@dataclass(frozen=True)
class OpenCase:
    """One line of the desk's list; nothing in it is sealed."""

    id: uuid.UUID
    danger: bool
    opened_at: datetime
    waiting_since: datetime | None
    claimed_by: uuid.UUID | None
    claimed_name: str | None
    handed_back: bool

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
    team = vault.the_team(session)
    public_key = team.public_key
    case = Case(id=uuid.uuid4(), team_id=team.id, is_open=True, state_cipher=b"", subject_sealed=b"")
    case.subject_sealed = vault.seal(public_key, {"conversation_id": str(conversation.id), "about": about})
    opened = CaseState(opened_at=now.isoformat(), urgency=urgency, waiting_since=now.isoformat())
    write_state(key, case, opened)
    session.add(case)
    session.flush()
    private.case_id = str(case.id)
    conversation_state.write(key, conversation, private)
    add_entry(session, case, author="event", text=words.opened(urgency, about), at=now)
    return case


def _insist(
    session: Session, key: PersonalKey, case: Case, urgency: Urgency, *, about: str, now: datetime
) -> None:
    session.flush()  # a refresh would forget what is not yet written
    session.refresh(case, with_for_update=True)
    state = read_state(key, case)
    raised = urgency == "danger" and state.urgency != "danger"
    if raised:
        state.urgency = "danger"
    if raised or state.handed_back:
        add_entry(session, case, author="event", text=words.insisted(urgency, about), at=now)
    state.handed_back = False
    state.waiting_since = state.waiting_since or now.isoformat()
    write_state(key, case, state)
    session.flush()


def open_case_of(session: Session, case_id: str | None) -> Case | None:
    """Return the case that a conversation's private state names, if it is open."""
    case = session.get(Case, uuid.UUID(case_id)) if case_id else None
    return case if case is not None and case.is_open else None


def add_entry(
    session: Session,
    case: Case,
    *,
    author: Author,
    text: str,
    at: datetime,
    extra: dict[str, Any] | None = None,
    entry_id: uuid.UUID | None = None,
) -> SealedEntry:
    """Seal one line to the end of a case's thread."""
    # The case's row orders its writers: two at once never take the same position.
    session.execute(select(Case.id).where(Case.id == case.id).with_for_update())
    last = session.scalar(select(func.max(SealedEntry.position)).where(SealedEntry.case_id == case.id))
    content = {"author": author, "text": text, "at": at.isoformat(), "extra": extra or {}}
    entry = SealedEntry(
        id=entry_id or uuid.uuid4(),
        case_id=case.id,
        position=(last or 0) + 1,
        content_sealed=vault.seal(vault.the_team(session).public_key, content),
    )
    session.add(entry)
    session.flush()
    return entry


def woman_wrote(
    session: Session,
    key: PersonalKey,
    case_id: uuid.UUID,
    text: str,
    at: datetime,
    extra: dict[str, Any] | None = None,
) -> SealedEntry | None:
    """Seal what she wrote to her open case, and let it wait for a person unless the bot has her.

    Returns None where the case is gone or closed: then nothing was kept.
    """
    session.flush()  # what is re-read below would forget what is not yet written
    case = session.get(Case, case_id, with_for_update=True, populate_existing=True)
    if case is None or not case.is_open:
        return None
    entry = add_entry(session, case, author="woman", text=text, at=at, extra=extra)
    state = read_state(key, case)
    state.last_from = "woman"
    if not state.handed_back:
        state.waiting_since = state.waiting_since or at.isoformat()
    write_state(key, case, state)
    session.flush()
    return entry


def open_cases(session: Session, key: PersonalKey) -> list[OpenCase]:
    """Return the open cases: danger first, then who has waited longest; unseals nothing."""
    lines = [_line(case, read_state(key, case)) for case in session.scalars(select(Case).where(Case.is_open))]
    return sorted(
        lines,
        key=lambda c: (not c.danger or c.waiting_since is None, c.waiting_since is None,
                       c.waiting_since or c.opened_at),
    )  # fmt: skip


def on_shift(session: Session, now: datetime) -> list[Staff]:
    """Return the caseworkers on duty by the roster; with no roster there is nobody."""
    query = (
        select(Staff)
        .join(Shift, Shift.staff_id == Staff.id)
        .where(
            Shift.starts_at <= now,
            Shift.ends_at > now,
            Staff.role.in_(vault.KEY_ROLES),
            Staff.disabled_at.is_(None),
        )
        .distinct()
        .order_by(Staff.display_name)
    )
    return list(session.scalars(query))


def read_state(key: PersonalKey, case: Case) -> CaseState:
    """Decrypt what the server knows of a case."""
    return CaseState(**key.decrypt(case.state_cipher, place=f"case:{case.id}"))


def write_state(key: PersonalKey, case: Case, state: CaseState) -> None:
    """Encrypt and set what the server knows of a case."""
    case.state_cipher = key.encrypt(asdict(state), place=f"case:{case.id}", bucket=STATE_BUCKET)


def _line(case: Case, state: CaseState) -> OpenCase:
    return OpenCase(
        id=case.id,
        danger=state.urgency == "danger",
        opened_at=datetime.fromisoformat(state.opened_at),
        waiting_since=datetime.fromisoformat(state.waiting_since) if state.waiting_since else None,
        claimed_by=uuid.UUID(state.claimed_by) if state.claimed_by else None,
        claimed_name=state.claimed_name,
        handed_back=state.handed_back,
    )
