"""The end of a case and its beginning anew: asked for and approved, or closed by the woman herself.

A caseworker asks with an outcome and a reason, and a supervisor who is not herself agrees or sends it back;
until then the conversation stays hers. Where nobody else could agree she closes it, and that is recorded.
What the woman closes is closed at once, without the team's private key and without anybody's leave: from
then on nothing of hers is sealed to it and nobody writes to her by it.
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

from outreach.casework import answering, cases, colleagues, reasons, referral_ends, thread
from outreach.casework.case_state import read_state, write_state
from outreach.casework.opened import DeskError
from outreach.casework.taking import SUPERVISION
from outreach.casework.thread import Line
from outreach.casework.verbs import verb
from outreach.messages import conversation_state
from outreach.staff.audit import Action
from outreach.texts import desk as words
from outreach.texts import desk_closing as texts

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from models import Case, Conversation
    from outreach.casework.opened import Held, Seen
    from outreach.sealing.crypto import PersonalKey


class Outcome(enum.StrEnum):
    """How a case ends."""

    ATTENDED = "attended"
    REFERRED = "referred"
    DECLINED = "declined"
    NO_CONTACT = "no_contact"
    DUPLICATE = "duplicate"
    OTHER = "other"


def close_by_her(session: Session, key: PersonalKey, conversation: Conversation, now: datetime) -> bool:
    """Close her open case because she asks; False where there is none."""
    private = conversation_state.read(key, conversation)
    case = cases.open_case_of(session, private.case_id)
    if case is None:
        return False
    state = cases.locked_state(session, key, case)
    state.unclaim()
    state.end_closing()
    state.waiting_since, state.handed_back, state.closed_by_her = None, False, now.isoformat()
    state.pending = state.appointment_at = state.appointment_words = None
    answering.take_back_invitation(session, state)
    thread.append(session, case, state, Line("event", words.CLOSED_BY_HER, now))
    write_state(key, case, state)
    private.case_id, private.held, private.released = None, False, False
    conversation_state.write(key, conversation, private)
    session.flush()
    return True


def needs_approval(seen: Seen) -> bool:
    """Say whether somebody else can agree to the end of a case: a supervisor of its team who may log in."""
    found = colleagues.of_teams(seen.session, {seen.case.team_id}, seen.now, supervisors_only=True)
    return any(one.id != seen.worker.staff.id for one in found)


@verb(Action.DESK_CLOSE_ASKED, holds=True)
def ask(held: Held, outcome: Outcome, reason: str) -> None:
    """Ask a supervisor to close the case; it stays hers meanwhile.

    Raises:
        NoReasonError: no reason was given.
        DeskError: it is asked already, or nobody else could agree.
    """
    said = reasons.given(reason)
    if held.state.closing_asked_by is not None:
        raise DeskError(texts.ASKED_ALREADY)
    if not needs_approval(held):
        raise DeskError(texts.NOBODY_TO_ASK)
    referral_ends.refuse_while_open(held)
    held.state.outcome, held.state.closing_asked_by = outcome.value, str(held.worker.staff.id)
    held.reasons.append(said)
    held.say("event", texts.asked(held.worker.name, outcome, said))


@verb(Action.DESK_CLOSE_DROPPED, holds=True)
def keep_open(held: Held) -> None:
    """Ask no longer, or say that she has seen that the supervisor did not agree.

    Raises:
        DeskError: there is nothing of both.
    """
    if held.state.outcome is None:
        raise DeskError(texts.NOT_ASKED)
    held.state.end_closing()
    held.say("event", texts.kept_open(held.worker.name))


@verb(Action.DESK_CLOSE_APPROVED, roles=SUPERVISION)
def approve(held: Held, *, heard: str) -> None:
    """Agree to the end of a case that somebody else asked for, and close it.

    `heard` is her last word on the page of the one who agrees, as `CaseState.last_word_at` has it.

    Raises:
        DeskError: nobody asks for it, she asks herself, or the woman has written since.
    """
    outcome = _refuse_what_is_not_asked(held)
    _refuse_if_she_wrote(held, heard)
    referral_ends.refuse_while_open(held)
    held.say("event", texts.approved(held.worker.name, outcome))
    _end(held, outcome)


@verb(Action.DESK_CLOSE_SENT_BACK, roles=SUPERVISION)
def send_back(held: Held, reason: str) -> None:
    """Leave the case open and say why; its holder keeps it.

    Raises:
        NoReasonError: no reason was given.
        DeskError: nobody asks for its end, or she asks herself.
    """
    said = reasons.given(reason)
    _refuse_what_is_not_asked(held)
    held.state.closing_asked_by = None
    held.reasons.append(said)
    held.say("event", texts.sent_back(held.worker.name, said))


@verb(Action.DESK_CLOSED, holds=True)
def close(held: Held, outcome: Outcome, reason: str, *, heard: str) -> None:
    """Close the case without approval, where nobody else could give it; `heard` as for `approve`.

    The bot answers again and new words of hers are no longer sealed to it. Cover mode stays on and from here
    ends by itself after a silence; `hidden.end_cover` ends it before.

    Raises:
        NoReasonError: no reason was given.
        DeskError: somebody else can agree, or the woman has written since.
    """
    said = reasons.given(reason)
    if needs_approval(held):
        raise DeskError(texts.ASK_FIRST)
    _refuse_if_she_wrote(held, heard)
    referral_ends.refuse_while_open(held)
    held.reasons.append(f"{texts.ALONE}. {said}")
    held.say("event", texts.closed_alone(held.worker.name, outcome, said))
    _end(held, outcome)


@verb(Action.DESK_CLOSED)
def archive(held: Held) -> None:
    """Take a case that she closed herself from the list, seen.

    Raises:
        DeskError: she did not close it.
    """
    if held.state.closed_by_her is None:
        raise DeskError("Este caso no lo cerró ella.")
    referral_ends.say_she_closed(held)
    held.say("event", words.archived(held.worker.name))
    held.state.closed_at = held.state.closed_by_her
    held.case.is_open = False


@verb(Action.DESK_REOPENED, open_only=False)
def reopen(held: Held, reason: str) -> None:
    """Open a closed case again and take it: somebody has to have it, and she who opens it knows why.

    Raises:
        NoReasonError: no reason was given.
        DeskError: it is open, the woman closed it or erased her data, or she has another open case.
    """
    said = reasons.given(reason)
    if held.case.is_open:
        raise DeskError(texts.OPEN_ALREADY)
    if held.state.closed_by_her is not None:
        raise DeskError(texts.CLOSED_BY_HER)
    _, private = held.reachable()
    other = cases.open_case_of(held.session, private.case_id)
    if other is not None:
        raise DeskError(texts.has_another(_code(other)) if _is_there_for(held, other) else texts.NOT_NOW)
    held.case.is_open = True
    held.state.closed_at = None
    private.case_id = str(held.case.id)
    held.claim(held.worker.staff.id, held.worker.name)
    held.reasons.append(said)
    held.say("event", texts.reopened(held.worker.name, said))


def _refuse_what_is_not_asked(held: Held) -> Outcome:
    state = held.state
    if state.closing_asked_by is None or state.outcome is None:
        raise DeskError(texts.NOT_ASKED)
    if state.closing_asked_by == str(held.worker.staff.id):
        raise DeskError(texts.NOT_YOUR_OWN)
    return Outcome(state.outcome)


def _refuse_if_she_wrote(held: Held, heard: str) -> None:
    """Close nothing over a word that the one who closes has not seen."""
    if (held.state.last_word_at or "") != heard:
        raise DeskError(texts.SHE_WROTE)


def _end(held: Held, outcome: Outcome) -> None:
    state = held.state
    state.unclaim()
    state.closing_asked_by = None
    state.outcome, state.closed_at = outcome.value, held.now.isoformat()
    state.waiting_since = state.pending = state.appointment_at = state.appointment_words = None
    answering.take_back_invitation(held.session, state)
    held.case.is_open = False
    held.hold(by_person=False)


def _is_there_for(held: Held, other: Case) -> bool:
    hidden = read_state(held.worker.key, other).for_supervisor
    return other.team_id == held.case.team_id and (not hidden or held.worker.staff.role in SUPERVISION)


def _code(case: Case) -> str:
    return str(case.id)[:4].upper()
