"""What a caseworker does in a case, with the team's private key of her session.

The key comes in as an argument and leaves nothing behind. Every step is written into the case's own
sealed thread. Taking a conversation silences the bot (promise P7) until it is handed back.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from models import (
    Case,
    Conversation,
    OutboxKind,
    OutboxMessage,
    SealedEntry,
    Template,
    TemplateState,
    Turn,
)
from outreach.casework.cases import CaseState, add_entry, read_state, write_state
from outreach.messages import conversation_state, outbox, templates
from outreach.messages.may_send import window_open
from outreach.messages.outbox import Content
from outreach.sealing import vault
from outreach.texts import desk as words

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from models import Staff
    from outreach.messages.conversation_state import PrivateState
    from outreach.sealing.crypto import PersonalKey

LONGEST_REPLY = outbox.LONGEST_BODY


class DeskError(Exception):
    """A step that can't be taken now; the message says why, for the caseworker."""


class WindowClosedError(DeskError):
    """Pasaron más de 24 horas desde su último mensaje: WhatsApp no deja salir un texto libre ahora."""


@dataclass(frozen=True)
class Hand:
    """The caseworker who acts, with the keys of her request; it must not outlive it."""

    key: PersonalKey = field(repr=False)
    private_key: bytes = field(repr=False)
    staff: Staff


@dataclass(frozen=True)
class Entry:
    """One line of a thread, opened."""

    position: int
    author: str
    text: str
    at: datetime
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class OpenedCase:
    """A case as its caseworker sees it. `conversation` is empty once she erased her data."""

    case: Case
    state: CaseState
    about: str
    conversation: Conversation | None
    private: PrivateState | None

    def can_write(self, now: datetime) -> bool:
        """Say whether free text may reach her now."""
        return self.conversation is not None and window_open(self.conversation, now)


def opened(session: Session, hand: Hand, case_id: uuid.UUID) -> OpenedCase | None:
    """Open a case for reading, or None where there is no such case."""
    case = session.get(Case, case_id)
    if case is None:
        return None
    subject = vault.unseal(hand.private_key, case.subject_sealed)
    conversation = session.get(Conversation, uuid.UUID(subject["conversation_id"]))
    private = conversation_state.read(hand.key, conversation) if conversation else None
    return OpenedCase(case, read_state(hand.key, case), str(subject["about"]), conversation, private)


def thread(session: Session, hand: Hand, case: Case) -> list[Entry]:
    """Unseal a case's thread, oldest line first."""
    query = select(SealedEntry).where(SealedEntry.case_id == case.id).order_by(SealedEntry.position)
    return [_entry(row, hand.private_key) for row in session.scalars(query)]


def take(
    session: Session,
    hand: Hand,
    case_id: uuid.UUID,
    now: datetime,
    *,
    instead: bool = False,
) -> None:
    """Take a conversation; `instead` says that a colleague's may be taken over.

    Raises:
        DeskError: a colleague has it, or it is closed.
    """
    held = _locked(session, hand, case_id)
    state = held.state
    other = state.claimed_name if state.claimed_by not in {None, str(hand.staff.id)} else None
    if other and not instead:
        raise DeskError(f"La conversación la tiene {other}.")
    if state.claimed_by == str(hand.staff.id) and held.private is not None and held.private.held:
        return
    state.claimed_by, state.claimed_name = str(hand.staff.id), hand.staff.display_name
    state.claimed_at, state.handed_back = now.isoformat(), False
    text = words.taken_over(hand.staff.display_name, other) if other else words.taken(hand.staff.display_name)
    _save(session, hand, held, held_by_person=True)
    add_entry(session, held.case, author="event", text=text, at=now)


def reply(
    session: Session,
    hand: Hand,
    case_id: uuid.UUID,
    text: str,
    now: datetime,
    *,
    entry_id: uuid.UUID | None = None,
) -> SealedEntry | None:
    """Answer her: seal the words and hand them to the outbox; under cover mode they stay with us.

    `entry_id` is the form's own: the same form sent twice answers once, and gives None.

    Raises:
        WindowClosedError: free text can't reach her now.
        DeskError: the conversation is not this caseworker's, or her data is gone.
    """
    held = _locked(session, hand, case_id)
    if entry_id is not None and session.get(SealedEntry, entry_id) is not None:
        return None
    conversation, private = _reachable(held, hand)
    if private.cover:
        extra = {"staff": hand.staff.display_name, "held_back": True}
        add_entry(session, held.case, author="note", text=words.HELD_BACK, at=now)
        return add_entry(session, held.case, author="note", text=text, at=now, extra=extra, entry_id=entry_id)
    if not window_open(conversation, now):
        raise WindowClosedError(WindowClosedError.__doc__)
    row = outbox.enqueue(
        session,
        hand.key,
        conversation.id,
        OutboxKind.REPLY,
        Content(body=text),
        confidential=True,
        # Tied to her last turn like any answer, so that the row does not tell who wrote it.
        turn_id=_last_turn(session, conversation),
    )
    held.state.waiting_since, held.state.last_from = None, "staff"
    write_state(hand.key, held.case, held.state)
    extra = {"staff": hand.staff.display_name, "outbox_id": str(row.id)}
    return add_entry(session, held.case, author="staff", text=text, at=now, extra=extra, entry_id=entry_id)


def send_neutral(session: Session, hand: Hand, case_id: uuid.UUID, now: datetime) -> None:
    """Send the neutral template, which invites her to write and says nothing.

    Raises:
        DeskError: not this caseworker's, or no approved template.
    """
    held = _locked(session, hand, case_id)
    conversation, _ = _reachable(held, hand)
    template = neutral_template(session)
    if template is None:
        raise DeskError("Todavía no hay un aviso neutro aprobado por WhatsApp.")
    outbox.enqueue(
        session,
        hand.key,
        conversation.id,
        OutboxKind.REMINDER,
        Content(body=template.body),
        template_id=template.id,
        expires_at=now + timedelta(days=1),
    )
    add_entry(session, held.case, author="event", text=words.neutral_sent(hand.staff.display_name), at=now)


def note(
    session: Session,
    hand: Hand,
    case_id: uuid.UUID,
    text: str,
    now: datetime,
    *,
    entry_id: uuid.UUID | None = None,
) -> None:
    """Keep a note for the team, sealed; she never sees it."""
    held = _locked(session, hand, case_id)
    if entry_id is not None and session.get(SealedEntry, entry_id) is not None:
        return
    extra = {"staff": hand.staff.display_name}
    add_entry(session, held.case, author="note", text=text, at=now, extra=extra, entry_id=entry_id)


def hand_back(session: Session, hand: Hand, case_id: uuid.UUID, now: datetime) -> None:
    """Give the conversation back to the bot; the case stays open."""
    held = _locked(session, hand, case_id)
    _must_hold(held, hand)
    _release(held.state)
    held.state.handed_back = True
    add_entry(session, held.case, author="event", text=words.handed_back(hand.staff.display_name), at=now)
    _save(session, hand, held, held_by_person=False)


def close(session: Session, hand: Hand, case_id: uuid.UUID, now: datetime) -> None:
    """Close the case; the bot answers again and new words of hers are no longer sealed to it."""
    held = _locked(session, hand, case_id)
    _must_hold(held, hand)
    _release(held.state)
    add_entry(session, held.case, author="event", text=words.closed(hand.staff.display_name), at=now)
    held.case.is_open = False
    _save(session, hand, held, held_by_person=False)


def neutral_template(session: Session) -> Template | None:
    """Return the neutral template, where WhatsApp approved it."""
    return session.scalar(
        select(Template).where(
            Template.name == templates.INVITATION, Template.state == TemplateState.APPROVED
        )
    )


def sending_states(session: Session, entries: list[Entry]) -> dict[str, str]:
    """Return, by outbox id, where the answers of a thread stand."""
    ids = [uuid.UUID(entry.extra["outbox_id"]) for entry in entries if "outbox_id" in entry.extra]
    rows = session.execute(select(OutboxMessage.id, OutboxMessage.state).where(OutboxMessage.id.in_(ids)))
    return {str(outbox_id): state.value for outbox_id, state in rows}


def _locked(session: Session, hand: Hand, case_id: uuid.UUID) -> OpenedCase:
    # The conversation is locked before the case, as turns do, so that they never wait for each other.
    found = opened(session, hand, case_id)
    if found is None:
        raise DeskError("Ese caso no existe.")
    session.flush()  # a refresh would forget what is not yet written
    if found.conversation is not None:
        session.refresh(found.conversation, with_for_update=True)
    session.refresh(found.case, with_for_update=True)
    if not found.case.is_open:
        raise DeskError("El caso ya está cerrado.")
    private = conversation_state.read(hand.key, found.conversation) if found.conversation else None
    return OpenedCase(found.case, read_state(hand.key, found.case), found.about, found.conversation, private)


def _must_hold(held: OpenedCase, hand: Hand) -> None:
    if held.state.claimed_by != str(hand.staff.id):
        raise DeskError("Primero toma la conversación.")


def _reachable(held: OpenedCase, hand: Hand) -> tuple[Conversation, PrivateState]:
    _must_hold(held, hand)
    if held.conversation is None or held.private is None:
        raise DeskError("Ella borró sus datos: ya no hay a dónde escribirle.")
    return held.conversation, held.private


def _release(state: CaseState) -> None:
    state.claimed_by = state.claimed_name = state.claimed_at = state.waiting_since = None


def _save(session: Session, hand: Hand, held: OpenedCase, *, held_by_person: bool) -> None:
    write_state(hand.key, held.case, held.state)
    if held.conversation is not None and held.private is not None:
        held.private.held = held_by_person
        if not held.case.is_open:
            held.private.case_id = None
        conversation_state.write(hand.key, held.conversation, held.private)
    session.flush()


def _last_turn(session: Session, conversation: Conversation) -> uuid.UUID | None:
    query = select(Turn.id).where(Turn.conversation_id == conversation.id)
    return session.scalar(query.order_by(Turn.created_at.desc()).limit(1))


def _entry(row: SealedEntry, private_key: bytes) -> Entry:
    data = vault.unseal(private_key, row.content_sealed)
    return Entry(
        position=row.position,
        author=str(data["author"]),
        text=str(data["text"]),
        at=datetime.fromisoformat(data["at"]),
        extra=dict(data.get("extra") or {}),
    )
