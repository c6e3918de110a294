"""A caseworker's words to a woman: answered by free text, or invited to write by the neutral template."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from models import OutboxKind, OutboxMessage, OutboxState, Template, TemplateState, Turn
from outreach.casework import drafts, thread
from outreach.casework.opened import DeskError, WindowClosedError
from outreach.casework.verbs import verb
from outreach.messages import outbox, reveal, templates
from outreach.messages.outbox import Content
from outreach.staff.audit import Action
from outreach.texts import desk as words

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy.orm import Session

    from models import Conversation
    from outreach.casework.case_state import CaseState
    from outreach.casework.opened import Held
    from outreach.casework.thread import Entry
    from outreach.sealing.crypto import PersonalKey

LONGEST_REPLY = outbox.LONGEST_BODY
INVITED_FOR = timedelta(days=1)
"""How long the neutral template is not sent again."""


class RevealsError(DeskError):
    """Revisa las palabras marcadas: pueden delatarla. Si así debe ir, envíalo otra vez."""


@dataclass(frozen=True)
class Sent:
    """An answer that was kept; `held_back` says that cover mode kept it from leaving."""

    entry_id: uuid.UUID
    held_back: bool


@verb(Action.DESK_ANSWERED, holds=True)
def reply(
    held: Held, text: str, *, entry_id: uuid.UUID | None = None, warned: Collection[str] | None = None
) -> Sent | None:
    """Answer her: seal the words and hand them to the outbox; under cover mode they stay with us.

    `entry_id` is the form's own: the same form sent twice answers once, and gives None. `warned` are the
    entries of the reveal check of which she was warned, where she is to be.

    Raises:
        RevealsError: it may give her away, and whoever wrote it has not been warned of that.
        WindowClosedError: free text can't reach her now.
        DeskError: the conversation is not this caseworker's, or her data is gone.
    """
    if thread.exists(held.session, entry_id):
        return None
    _, private = held.reachable()
    drafts.drop(held.session, held.case.id, held.worker.staff.id, drafts.REPLY)
    if private.cover:
        held.say("event", words.HELD_BACK)
        kept = held.say("held", text, entry_id, staff=held.worker.name, held_for="cover")
        return Sent(kept, held_back=True)
    if not held.can_write():
        raise WindowClosedError(WindowClosedError.__doc__)
    warn_once(text, warned)
    return Sent(send_text(held, text, staff=held.worker.name, entry_id=entry_id), held_back=False)


def send_text(
    held: Held, text: str, *, staff: str, entry_id: uuid.UUID | None = None, **extra: object
) -> uuid.UUID:
    """Hand a caseworker's words to the outbox and seal them; a step calls it under its locks."""
    conversation, _ = held.reachable()
    outbox_id = hand_over(held.session, held.worker.key, conversation, text)
    held.state.waiting_since, held.state.last_from = None, "staff"
    return held.say("staff", text, entry_id, staff=staff, outbox_id=outbox_id, **extra)


def warn_once(text: str, warned: Collection[str] | None) -> None:
    """Refuse a text that may give her away, unless whoever wrote it was warned of all its words (P5).

    Raises:
        RevealsError: she was not.
    """
    if warned is not None and any(one.entry not in warned for one in reveal.found(text)):
        raise RevealsError(RevealsError.__doc__)


def hand_over(
    session: Session,
    key: PersonalKey,
    conversation: Conversation,
    text: str,
    *,
    turn_id: uuid.UUID | None = None,
) -> str:
    """Hand a text of the team to the outbox; return its outbox id.

    `turn_id` is the turn that is being ended, whose own job delivers it. Else it is tied to her last turn
    like any answer, so that the row does not tell who wrote it.
    """
    row = outbox.enqueue(
        session,
        key,
        conversation.id,
        OutboxKind.REPLY,
        Content(body=text),
        confidential=True,
        turn_id=turn_id or last_turn(session, conversation),
        job=turn_id is None,
    )
    return str(row.id)


@verb(Action.DESK_ANSWERED, holds=True)
def send_neutral(held: Held) -> None:
    """Send the neutral template, which invites her to write and says nothing.

    Raises:
        DeskError: not this caseworker's, or no approved template.
    """
    conversation, _ = held.reachable()
    template = neutral_template(held.session, conversation)
    if template is None:
        raise DeskError("Todavía no hay un aviso neutro aprobado por WhatsApp.")
    entries = thread.read(held.session, held.worker.private_key, held.case, held.state)
    if invited_at(held.session, entries, held.now) is not None:
        raise DeskError("El aviso neutro ya salió hoy: espera a que conteste.")
    row = outbox.enqueue(
        held.session,
        held.worker.key,
        conversation.id,
        OutboxKind.NOTICE,
        Content(body=template.body, invitation=True),
        template_id=template.id,
        expires_at=held.now + timedelta(days=1),
    )
    held.say("event", words.neutral_sent(held.worker.name), outbox_id=str(row.id))


def take_back_invitation(session: Session, state: CaseState) -> None:
    """Let an invitation that waits for her hours not leave any more: the case is over.

    One that is being sent just now goes. It ends like any notice that missed its moment, so that its row
    does not tell why.
    """
    row = OutboxMessage
    waits = (row.kind == OutboxKind.NOTICE, row.state == OutboxState.QUEUED)
    watched = [uuid.UUID(one) for one in state.replies]
    found = session.scalars(select(row).where(row.id.in_(watched), *waits).with_for_update(skip_locked=True))
    for one in found:
        outbox.advance(one, OutboxState.EXPIRED, reason="missed_its_moment")
        state.replies.remove(str(one.id))


def neutral_template(session: Session, conversation: Conversation | None) -> Template | None:
    """Return the neutral template of her programme, where WhatsApp approved it."""
    if conversation is None:
        return None
    found = templates.of_programme(session, templates.INVITATION, conversation.programme_id)
    return found if found is not None and found.state is TemplateState.APPROVED else None


def invited_at(session: Session, entries: list[Entry], now: datetime) -> datetime | None:
    """Return when the neutral template left, where a second one would only trouble her; else None.

    That is for a day, until she writes, and not where it is known to have failed.
    """
    sent = next((e for e in reversed(entries) if e.author == "woman" or _invites(e)), None)
    if sent is None or not _invites(sent) or now - sent.at >= INVITED_FOR:
        return None
    row = session.get(OutboxMessage, uuid.UUID(sent.extra["outbox_id"]))
    return None if row is not None and row.state in outbox.MISSED - {OutboxState.IN_DOUBT} else sent.at


def _invites(entry: Entry) -> bool:
    return entry.author == "event" and "outbox_id" in entry.extra


def last_turn(session: Session, conversation: Conversation) -> uuid.UUID | None:
    """Return the turn to which an answer of hers is tied."""
    query = select(Turn.id).where(Turn.conversation_id == conversation.id)
    return session.scalar(query.order_by(Turn.created_at.desc()).limit(1))
