"""The other side of a referral under its locks: its thread is written to, and a conversation changes cases.

Only `outreach.casework.referrals` comes here, from a step that has its own case locked already. The key of
the other team is not at hand and not needed.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from sqlalchemy.exc import OperationalError

from models import Case, Conversation, Role
from outreach.casework import cases, thread
from outreach.casework.case_state import WRITES, CaseState, read_state, write_state
from outreach.casework.opened import DeskError, NotYourRoleError
from outreach.casework.thread import Line
from outreach.messages import conversation_state
from outreach.sealing import vault
from outreach.texts import desk_referrals as texts

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from sqlalchemy.orm import Session

    from outreach.casework.opened import Held
    from outreach.casework.referral_rows import Known
    from outreach.sealing.crypto import PersonalKey

Row = TypeVar("Row", Case, Conversation)
TRIES: Final = 20
PAUSE: Final = 0.05
"""Seconds between two tries for a lock; a turn of hers has it for less than all of them."""


@dataclass
class Other:
    """The case of the other side, locked; `conversation` where one is to change sides and still exists."""

    session: Session
    case: Case
    state: CaseState
    conversation: Conversation | None

    def say(self, text: str, at: datetime) -> None:
        """Seal an event to its thread."""
        thread.append(self.session, self.case, self.state, Line("event", text, at))

    def wait(self, now: datetime) -> None:
        """Let it wait for a person, unless it is closed or she waits there already."""
        if self.case.is_open and self.state.waiting_since is None:
            _call_anew(self.state)
            self.state.waiting_since, self.state.last_from = now.isoformat(), "colleague"
            self.state.handed_back = False

    def keep(self, key: PersonalKey) -> None:
        """Write its state back."""
        write_state(key, self.case, self.state)
        self.session.flush()


def locked(held: Held, known: Known) -> Other | None:
    """Lock the other side, its conversation first where one may move; None: its case is gone.

    Raises:
        DeskError: somebody has it locked for longer than a moment.
    """
    if known.other_case is None:
        return None
    conversation = None
    if known.along and known.conversation is not None and held.conversation is None:
        conversation = _lock(held.session, Conversation, known.conversation)
    case = _lock(held.session, Case, known.other_case)
    if case is None:
        return None
    return Other(held.session, case, read_state(held.worker.key, case), conversation or held.conversation)


def move_here(held: Held, there: Other) -> bool:
    """Give the conversation to the case of this step, whose holder has it now; False: it is hers no more.

    It has another case by now, or she erased her data.

    Raises:
        NotYourRoleError: it has become a supervisor's alone since it was asked, and she is none.
    """
    conversation = there.conversation
    if conversation is None:
        return False
    private = conversation_state.read(held.worker.key, conversation)
    if private.case_id != str(there.case.id):
        return False
    if there.state.for_supervisor and held.worker.staff.role is not Role.SUPERVISOR:
        raise NotYourRoleError(NotYourRoleError.__doc__)
    subject = {
        "conversation_id": str(conversation.id),
        "about": held.about,
        "called": held.called,
    }
    public_key = vault.public_key_of(held.session, held.case.team_id)
    held.case.subject_sealed = vault.seal(public_key, subject)
    held.state.apart, held.state.conversation_id = False, str(conversation.id)
    held.state.last_word_at = there.state.last_word_at
    if there.state.last_from == "woman":
        held.state.waiting_since, held.state.last_from = there.state.waiting_since, "woman"
    _bring(there.state, held.state)
    held.state.for_supervisor = held.state.for_supervisor or there.state.for_supervisor
    _leave(there.state)
    private.case_id, private.held, private.released = str(held.case.id), True, False
    conversation_state.write(held.worker.key, conversation, private)
    return True


def move_back(held: Held, there: Other) -> bool:
    """Give the conversation back to the case that it came from, whether somebody has that or not.

    False: it is this case's no more, for she erased her data.
    """
    if held.conversation is None or held.private is None or held.private.case_id != str(held.case.id):
        return False
    there.state.apart, there.state.conversation_id = False, str(held.conversation.id)
    there.state.last_word_at = held.state.last_word_at
    if there.state.waiting_since is None:
        _call_anew(there.state)
        there.state.waiting_since = held.state.waiting_since if held.state.last_from == "woman" else None
    _bring(held.state, there.state)
    # A holder who may not have it any more loses it at the next look (`outreach.casework.holding`).
    if held.state.for_supervisor and vault.has_supervisor(held.session, there.case.team_id):
        there.state.for_supervisor = True
    _leave(held.state)
    somebody = there.state.claimed_by is not None
    held.private.case_id, held.private.held = str(there.case.id), somebody
    held.private.released = not somebody
    held.keep_private()
    return True


def _bring(source: CaseState, target: CaseState) -> None:
    """Take along with a conversation what is true of her: how urgent it is, when she is to be written to."""
    target.urgency = max(source.urgency, target.urgency, key=lambda one: cases.RANK[one])
    if source.appointment_at is not None:
        target.appointment_at, target.appointment_words = source.appointment_at, source.appointment_words


def _call_anew(state: CaseState) -> None:
    """What begins to wait again is called out from the first step (`outreach.casework.alerts`)."""
    state.alert_step, state.alerted_at = 0, None


def _leave(state: CaseState) -> None:
    """A case without its conversation: nothing of it is to leave for her any more.

    The answers that left stay watched: whoever wrote one is to learn that it did not arrive.
    """
    state.apart, state.conversation_id, state.other_conversations = True, None, []
    state.waiting_since = state.pending = state.appointment_at = state.appointment_words = None


def _lock(session: Session, kind: type[Row], row_id: uuid.UUID) -> Row | None:
    session.flush()  # what is re-read would forget what is not yet written
    for attempt in range(TRIES):
        try:
            with session.begin_nested():
                how = {"nowait": True, **(WRITES if kind is Case else {})}
                return session.get(kind, row_id, with_for_update=how, populate_existing=True)
        except OperationalError:
            if attempt == TRIES - 1:
                break
            time.sleep(PAUSE * (0.5 + random.random()))  # noqa: S311 (no secret: two sides are not to try in step)
    raise DeskError(texts.BUSY)
