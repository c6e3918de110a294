"""What tests of the desk share: caseworkers with the key, a conversation, its case."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from models import Conversation, Role
from outreach.casework import cases, closing
from outreach.casework.case_state import read_state
from outreach.casework.closing import Outcome
from outreach.casework.opened import Caseworker
from outreach.messages import conversation_state
from outreach.sealing import vault
from outreach.staff import accounts

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from models import Case
    from outreach.sealing.crypto import PersonalKey


def worker_of(
    session: Session, key: PersonalKey, recovery: str, name: str, now: datetime, role: Role = Role.CASEWORKER
) -> Caseworker:
    """Add somebody who holds the team's key."""
    password = accounts.add(session, name, name.title(), role, now)
    person = accounts.find(session, name)
    assert person is not None
    vault.grant_with_recovery_key(session, recovery, person.id)
    ring = vault.unlock(session, person, password)
    assert ring is not None
    return Caseworker(key, ring, person)


def talk(session: Session, key: PersonalKey, now: datetime) -> Conversation:
    """Add a conversation of a woman who wrote just now."""
    conversation = Conversation(id=uuid.uuid4(), last_inbound_at=now, private_cipher=b"")
    conversation.private_cipher = conversation_state.empty(key, conversation.id)
    session.add(conversation)
    session.flush()
    return conversation


def case_of(session: Session, key: PersonalKey, conversation: Conversation, now: datetime) -> Case:
    """Open a case for a conversation."""
    return cases.open_case(session, key, conversation, urgency="support", about="violence", now=now)


WHY_CLOSED = "ya está con su hermana"


def close_case(
    session: Session, worker: Caseworker, case: Case, now: datetime, approver: Caseworker | None = None
) -> None:
    """Close a case that somebody has: alone, or by asking a supervisor who agrees."""
    heard = read_state(worker.key, case).last_word_at or ""
    if approver is None:
        closing.close(session, worker, case.id, now, Outcome.ATTENDED, WHY_CLOSED, heard=heard)
        return
    closing.ask(session, worker, case.id, now, Outcome.ATTENDED, WHY_CLOSED)
    closing.approve(session, approver, case.id, now, heard=heard)
