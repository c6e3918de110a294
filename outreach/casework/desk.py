"""What a caseworker does in a case, with the team's private key of her session.

The key comes in as an argument and leaves nothing behind. Every step is written into the case's own
sealed thread. Taking a conversation silences the bot (promise P7) until it is handed back.
"""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from models import (
    Case,
    Conversation,
    OutboxKind,
    OutboxMessage,
    Role,
    Template,
    TemplateState,
    Turn,
)
from outreach.casework import thread as threads
from outreach.casework.case_state import CaseState, read_state, write_state
from outreach.casework.thread import Entry, Line
from outreach.messages import conversation_state, outbox, templates
from outreach.messages.may_send import window_open
from outreach.messages.outbox import Content
from outreach.sealing import vault
from outreach.staff import audit
from outreach.staff.audit import Action
from outreach.texts import desk as words

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy.orm import Session

    from models import Staff
    from outreach.messages.conversation_state import PrivateState
    from outreach.sealing.crypto import PersonalKey

LONGEST_REPLY = outbox.LONGEST_BODY


class DeskError(Exception):
    """A step that can't be taken now; the message says why, for the caseworker."""


class WindowClosedError(DeskError):
    """Pasaron más de 24 horas desde su último mensaje: WhatsApp no deja salir un texto libre ahora."""


class NotYoursError(DeskError):
    """Ya no tienes esta conversación: tómala y envía otra vez lo que escribiste."""


@dataclass(frozen=True)
class Caseworker:
    """The caseworker who acts, with the keys of her request; it must not outlive it."""

    key: PersonalKey = field(repr=False)
    private_key: bytes = field(repr=False)
    staff: Staff


@dataclass(frozen=True)
class Sent:
    """An answer that was kept; `held_back` says that cover mode kept it from leaving."""

    entry_id: uuid.UUID
    held_back: bool


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

    def hold(self, key: PersonalKey, *, by_person: bool) -> None:
        """Silence the bot, or let it answer again."""
        if self.conversation is None or self.private is None:
            return
        if self.private.case_id not in {None, str(self.case.id)}:
            return  # she closed this one and has another
        self.private.held, self.private.released = by_person, False
        if not self.case.is_open:
            self.private.case_id = None
        self.keep_private(key)

    def keep_private(self, key: PersonalKey) -> None:
        """Write the conversation's private state back."""
        if self.conversation is not None and self.private is not None:
            conversation_state.write(key, self.conversation, self.private)


def opened(session: Session, worker: Caseworker, case_id: uuid.UUID) -> OpenedCase | None:
    """Open a case for reading, or None where there is no such case of her teams, or not for her role."""
    case = session.get(Case, case_id)
    if case is None or not may_see(worker, case):
        return None
    try:
        subject = vault.unseal(worker.private_key, case.subject_sealed)
    except vault.UnsealError:
        return None
    if "conversation_id" not in subject:
        return None  # a draft case: nobody is shown it
    conversation = session.get(Conversation, uuid.UUID(subject["conversation_id"]))
    private = conversation_state.read(worker.key, conversation) if conversation else None
    return OpenedCase(case, read_state(worker.key, case), str(subject["about"]), conversation, private)


def may_see(worker: Caseworker, case: Case) -> bool:
    """Say whether a case is for her role: harm by the programme's own people is a supervisor's."""
    return worker.staff.role is Role.SUPERVISOR or not read_state(worker.key, case).for_supervisor


def looked_at(session: Session, worker: Caseworker, now: datetime) -> None:
    """Record that she opened a thread."""
    audit.record(session, worker.staff.id, Action.DESK_READ, now)


def thread(session: Session, worker: Caseworker, case: Case) -> list[Entry]:
    """Unseal a case's thread, oldest line first."""
    return threads.read(session, worker.private_key, case, read_state(worker.key, case))


def take(
    session: Session,
    worker: Caseworker,
    case_id: uuid.UUID,
    now: datetime,
    *,
    instead: bool = False,
) -> None:
    """Take a conversation; `instead` says that a colleague's may be taken over.

    Raises:
        DeskError: a colleague has it, or it is closed.
    """
    with step(session, worker, case_id, Action.DESK_TAKEN, now, holding=False) as held:
        state, name = held.state, worker.staff.display_name
        if state.closed_by_her:
            raise DeskError("Ella pidió cerrar este caso: ya no se le escribe por aquí.")
        other = state.claimed_name if state.claimed_by not in {None, str(worker.staff.id)} else None
        if other and not instead:
            raise DeskError(f"La conversación la tiene {other}.")
        if state.claimed_by == str(worker.staff.id) and held.private is not None and held.private.held:
            return
        state.unclaim()
        state.claimed_by, state.claimed_name = str(worker.staff.id), name
        state.claimed_at, state.handed_back = now.isoformat(), False
        text = words.taken_over(name, other) if other else words.taken(name)
        held.hold(worker.key, by_person=True)
        threads.append(session, held.case, state, Line("event", text, now))


def reply(
    session: Session,
    worker: Caseworker,
    case_id: uuid.UUID,
    text: str,
    now: datetime,
    *,
    entry_id: uuid.UUID | None = None,
) -> Sent | None:
    """Answer her: seal the words and hand them to the outbox; under cover mode they stay with us.

    `entry_id` is the form's own: the same form sent twice answers once, and gives None.

    Raises:
        WindowClosedError: free text can't reach her now.
        DeskError: the conversation is not this caseworker's, or her data is gone.
    """
    with step(session, worker, case_id, Action.DESK_ANSWERED, now) as held:
        if threads.exists(session, entry_id):
            return None
        conversation, private = reachable(held)
        extra: dict[str, object] = {"staff": worker.staff.display_name}
        if private.cover:
            extra["held_back"] = True
            threads.append(session, held.case, held.state, Line("note", words.HELD_BACK, now))
            line = Line("note", text, now, extra, entry_id)
            return Sent(threads.append(session, held.case, held.state, line), held_back=True)
        if not window_open(conversation, now):
            raise WindowClosedError(WindowClosedError.__doc__)
        row = outbox.enqueue(
            session,
            worker.key,
            conversation.id,
            OutboxKind.REPLY,
            Content(body=text),
            confidential=True,
            # Tied to her last turn like any answer, so that the row does not tell who wrote it.
            turn_id=last_turn(session, conversation),
        )
        held.state.waiting_since, held.state.last_from = None, "staff"
        extra["outbox_id"] = str(row.id)
        line = Line("staff", text, now, extra, entry_id)
        return Sent(threads.append(session, held.case, held.state, line), held_back=False)


def send_neutral(session: Session, worker: Caseworker, case_id: uuid.UUID, now: datetime) -> None:
    """Send the neutral template, which invites her to write and says nothing.

    Raises:
        DeskError: not this caseworker's, or no approved template.
    """
    with step(session, worker, case_id, Action.DESK_ANSWERED, now) as held:
        conversation, _ = reachable(held)
        template = neutral_template(session)
        if template is None:
            raise DeskError("Todavía no hay un aviso neutro aprobado por WhatsApp.")
        row = outbox.enqueue(
            session,
            worker.key,
            conversation.id,
            OutboxKind.NOTICE,
            Content(body=template.body, invitation=True),
            template_id=template.id,
            expires_at=now + timedelta(days=1),
        )
        text = words.neutral_sent(worker.staff.display_name)
        line = Line("event", text, now, {"outbox_id": str(row.id)})
        threads.append(session, held.case, held.state, line)


def note(
    session: Session,
    worker: Caseworker,
    case_id: uuid.UUID,
    text: str,
    now: datetime,
    *,
    entry_id: uuid.UUID | None = None,
) -> None:
    """Keep a note for the team, sealed; she never sees it."""
    with step(session, worker, case_id, Action.DESK_NOTED, now, holding=False) as held:
        if not threads.exists(session, entry_id):
            extra = {"staff": worker.staff.display_name}
            threads.append(session, held.case, held.state, Line("note", text, now, extra, entry_id))


def hand_back(session: Session, worker: Caseworker, case_id: uuid.UUID, now: datetime) -> None:
    """Give the conversation back to the bot; the case stays open."""
    with step(session, worker, case_id, Action.DESK_HANDED_BACK, now) as held:
        held.state.unclaim()
        held.state.waiting_since, held.state.handed_back = None, True
        text = words.handed_back(worker.staff.display_name)
        threads.append(session, held.case, held.state, Line("event", text, now))
        held.hold(worker.key, by_person=False)


def close(session: Session, worker: Caseworker, case_id: uuid.UUID, now: datetime) -> None:
    """Close the case; the bot answers again and new words of hers are no longer sealed to it.

    Cover mode stays on and from here ends by itself after a silence; `hidden.end_cover` ends it before.
    """
    with step(session, worker, case_id, Action.DESK_CLOSED, now) as held:
        held.state.unclaim()
        held.state.waiting_since = None
        text = words.closed(worker.staff.display_name)
        threads.append(session, held.case, held.state, Line("event", text, now))
        held.case.is_open = False
        held.hold(worker.key, by_person=False)


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


@contextmanager
def step(
    session: Session,
    worker: Caseworker,
    case_id: uuid.UUID,
    action: Action,
    now: datetime,
    *,
    holding: bool = True,
) -> Iterator[OpenedCase]:
    """One step in a case: locked, allowed (`holding`: to its holder alone), kept and recorded."""
    held = _locked(session, worker, case_id)
    if holding and held.state.claimed_by != str(worker.staff.id):
        raise NotYoursError(NotYoursError.__doc__)
    yield held
    write_state(worker.key, held.case, held.state)
    audit.record(session, worker.staff.id, action, now)
    session.flush()


def _locked(session: Session, worker: Caseworker, case_id: uuid.UUID) -> OpenedCase:
    # The conversation is locked before the case, as turns do, so that they never wait for each other.
    found = opened(session, worker, case_id)
    if found is None:
        raise DeskError("Ese caso no existe.")
    session.flush()  # a refresh would forget what is not yet written
    if found.conversation is not None:
        session.refresh(found.conversation, with_for_update=True)
    session.refresh(found.case, with_for_update=True)
    if not found.case.is_open:
        raise DeskError("El caso ya está cerrado.")
    conversation = found.conversation
    private = conversation_state.read(worker.key, conversation) if conversation else None
    state = read_state(worker.key, found.case)
    state.conversation_id = str(conversation.id) if conversation else state.conversation_id
    return OpenedCase(found.case, state, found.about, conversation, private)


def reachable(held: OpenedCase) -> tuple[Conversation, PrivateState]:
    """Return her conversation, or refuse where her data is gone."""
    if held.conversation is None or held.private is None:
        raise DeskError("Ella borró sus datos: ya no hay a dónde escribirle.")
    return held.conversation, held.private


def last_turn(session: Session, conversation: Conversation) -> uuid.UUID | None:
    """Return the turn to which an answer of hers is tied."""
    query = select(Turn.id).where(Turn.conversation_id == conversation.id)
    return session.scalar(query.order_by(Turn.created_at.desc()).limit(1))
