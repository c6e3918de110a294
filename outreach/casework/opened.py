"""A case as its caseworker has it before her: seen, or held under the locks; and why a step is refused.

The key comes in with the caseworker and must not outlive her request. Only `outreach.casework.verbs` opens
a case: what it opens is recorded.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from models import Case, Conversation, Role
from outreach.casework import thread
from outreach.casework.case_state import CaseState, read_state
from outreach.casework.thread import Line
from outreach.messages import conversation_state
from outreach.messages.may_send import window_open
from outreach.sealing import vault

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from models import Staff
    from outreach.casework.thread import Author
    from outreach.messages.conversation_state import PrivateState
    from outreach.sealing.crypto import PersonalKey


class DeskError(Exception):
    """A step that can't be taken now; the message says why, for the caseworker."""


class NoSuchCaseError(DeskError):
    """Ese caso no existe."""


class CaseClosedError(DeskError):
    """El caso ya está cerrado."""


class CameBackError(DeskError):
    """La conversación con ella acaba de volver a este caso. Intenta otra vez."""


class NotYourRoleError(DeskError):
    """Esto lo hace la supervisión."""


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

    @property
    def name(self) -> str:
        """What the thread calls her."""
        return self.staff.display_name


@dataclass(frozen=True)
class Seen:
    """A case as its caseworker sees it, not locked. `conversation` is empty once she erased her data.

    A case that came by a referral has none either until it is given one (`CaseState.apart`); how it calls
    her is then in `called`. `reasons` are those that she gave for what she does; they stand in the list of
    who looked at the case.
    """

    session: Session = field(repr=False)
    worker: Caseworker
    now: datetime
    case: Case
    state: CaseState
    about: str
    conversation: Conversation | None
    private: PrivateState | None
    reasons: list[str] = field(default_factory=list, kw_only=True)
    called: str = field(default="", kw_only=True)

    @property
    def holds(self) -> bool:
        """Say whether she who sees it has the conversation."""
        return self.state.claimed_by == str(self.worker.staff.id)

    def can_write(self) -> bool:
        """Say whether free text may reach the woman now."""
        return self.conversation is not None and window_open(self.conversation, self.now)


@dataclass(frozen=True)
class Held(Seen):
    """A case under the locks of one step, which may change it. `verbs.verb` writes `state` back."""

    def say(self, author: Author, text: str, entry_id: uuid.UUID | None = None, **extra: object) -> uuid.UUID:
        """Seal one line to the end of the thread; return its id, the form's own where one is given."""
        line = Line(author, text, self.now, extra, entry_id)
        return thread.append(self.session, self.case, self.state, line)

    def hold(self, *, by_person: bool, left: bool = False) -> None:
        """Silence the bot, or let it answer again; `left`: she still waits for a person, and is told so."""
        if self.conversation is None or self.private is None:
            return
        if self.private.case_id not in {None, str(self.case.id)}:
            return  # she closed this one and has another
        self.private.held, self.private.released = by_person, left
        if not self.case.is_open:
            self.private.case_id = None
        self.keep_private()

    def claim(self, staff_id: uuid.UUID, name: str) -> None:
        """Make somebody the holder and silence the bot; what was offered is over.

        So is a colleague's wish to close the case: it is the new holder's to say.
        """
        if self.state.closing_asked_by != str(staff_id):
            self.state.end_closing()
        self.state.unclaim()
        self.state.claimed_by, self.state.claimed_name = str(staff_id), name
        self.state.claimed_at, self.state.handed_back = self.now.isoformat(), False
        self.hold(by_person=True)

    def refuse_if_she_closed_it(self) -> None:
        """Go on only where the woman did not close the case.

        Raises:
            DeskError: she did.
        """
        if self.state.closed_by_her:
            raise DeskError("Ella pidió cerrar este caso: ya no se le escribe por aquí.")

    def refuse_if_a_colleague_has_it(self) -> None:
        """Go on only where nobody else has the conversation.

        Raises:
            DeskError: a colleague has; the message names her.
        """
        if self.state.claimed_by is not None and not self.holds:
            raise DeskError(self.whose())

    def whose(self) -> str:
        """Say who has the conversation."""
        name = self.state.claimed_name
        return f"La conversación la tiene {name}." if name else "Nadie tiene la conversación en este momento."

    def keep_private(self) -> None:
        """Write the conversation's private state back."""
        if self.conversation is not None and self.private is not None:
            conversation_state.write(self.worker.key, self.conversation, self.private)

    def reachable(self) -> tuple[Conversation, PrivateState]:
        """Return her conversation.

        Raises:
            DeskError: her data is gone.
        """
        if self.state.apart:
            raise DeskError("La conversación con ella la tiene otra dependencia.")
        if self.conversation is None or self.private is None:
            raise DeskError("Ella borró sus datos: ya no hay a dónde escribirle.")
        return self.conversation, self.private


def opened(session: Session, worker: Caseworker, case_id: uuid.UUID, now: datetime) -> Seen | None:
    """Open a case, or None where there is no such case of her teams, or not for her role."""
    case = session.get(Case, case_id)
    if case is None or not may_see(worker, case):
        return None
    try:
        subject = vault.unseal(worker.private_key, case.subject_sealed)
    except vault.UnsealError:
        return None
    if "conversation_id" not in subject:
        return None  # a draft case: nobody is shown it
    state = read_state(worker.key, case)
    hers = None if state.apart else subject["conversation_id"]
    conversation = session.get(Conversation, uuid.UUID(hers)) if hers else None
    private = conversation_state.read(worker.key, conversation) if conversation else None
    return Seen(
        session,
        worker,
        now,
        case,
        state,
        str(subject["about"]),
        conversation,
        private,
        called=str(subject.get("called", "")),
    )


def may_see(worker: Caseworker, case: Case) -> bool:
    """Say whether a case is for her role: harm by the programme's own people is a supervisor's."""
    return worker.staff.role is Role.SUPERVISOR or not read_state(worker.key, case).for_supervisor
