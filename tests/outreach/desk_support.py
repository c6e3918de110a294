"""What tests of the desk share: caseworkers with the key, a conversation, its case."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from models import Conversation, Role
from outreach.casework import cases
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
