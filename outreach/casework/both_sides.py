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

from models import Case, Conversation
from outreach.casework import thread
from outreach.casework.case_state import CaseState, read_state, write_state
from outreach.casework.opened import DeskError
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
    """
    conversation = there.conversation
    if conversation is None:
        return False
    private = conversation_state.read(held.worker.key, conversation)
    if private.case_id != str(there.case.id):
        return False
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
    _leave(there.state)
    private.case_id, private.held, private.released = str(held.case.id), True, False
    conversation_state.write(held.worker.key, conversation, private)
    return True


def move_back(held: Held, there: Other) -> None:
    """Give the conversation back to the case that it came from, whether somebody has that or not."""
    if held.conversation is None or held.private is None:
        return
    there.state.apart, there.state.conversation_id = False, str(held.conversation.id)
    there.state.last_word_at = held.state.last_word_at
    if held.state.last_from == "woman":
        there.state.waiting_since = there.state.waiting_since or held.state.waiting_since
    _leave(held.state)
    somebody = there.state.claimed_by is not None
    held.private.case_id, held.private.held = str(there.case.id), somebody
    held.private.released = not somebody
    held.keep_private()


def _leave(state: CaseState) -> None:
    """A case without its conversation: nothing of it is to leave for her any more."""
    state.apart, state.conversation_id, state.replies = True, None, []
    state.other_conversations = []
    state.waiting_since = state.pending = state.appointment_at = state.appointment_words = None


def _lock(session: Session, kind: type[Row], row_id: uuid.UUID) -> Row | None:
    session.flush()  # what is re-read would forget what is not yet written
    for attempt in range(TRIES):
        try:
            with session.begin_nested():
                return session.get(kind, row_id, with_for_update={"nowait": True}, populate_existing=True)
        except OperationalError:
            if attempt == TRIES - 1:
                break
            time.sleep(PAUSE * (0.5 + random.random()))  # noqa: S311 (no secret: two sides are not to try in step)
    raise DeskError(texts.BUSY)
