"""All cases of one woman that a team has, by whichever of her numbers: what is looked for before a new step.

Two numbers of hers stay two conversations and two cases: another person may hold the first telephone, and an
answer goes to the number that wrote (decision 0046). They are shown to each other's holder.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from models import ChannelAddress, Conversation, Role
from outreach.casework import cases, closed
from outreach.ground import addresses
from outreach.people import registry
from outreach.staff import audit
from outreach.staff.audit import Action

if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy.orm import Session

    from models import Staff
    from outreach.sealing.crypto import PersonalKey


class NotANumberError(ValueError):
    """Escribe un número de teléfono de México, de diez cifras."""


@dataclass(frozen=True)
class HerCase:
    """A case of a woman. `holder` has it; `conversations` are those it knows of.

    `closed_at` and `outcome` are of a closed one, where they were kept.
    """

    id: uuid.UUID
    is_open: bool
    opened_at: datetime
    closed_at: datetime | None
    outcome: str | None
    by_her: bool
    holder: str | None
    conversations: tuple[uuid.UUID, ...]

    @property
    def short(self) -> str:
        """The letters by which two caseworkers speak of it."""
        return str(self.id)[:4].upper()


def cases_of(
    session: Session,
    key: PersonalKey,
    teams: Collection[uuid.UUID],
    conversation: Conversation,
    *,
    supervisor: bool,
) -> list[HerCase]:
    """Return the cases of whoever has a conversation that some teams have: open ones first, then the last.

    Those of harm by the programme's own people only where a `supervisor` asks.
    """
    hers = {one.id for one in registry.conversations_of(session, conversation)}
    still = [
        HerCase(
            one.id, True, one.opened_at, None, None, one.closed_by_her, one.claimed_name, one.conversations
        )
        for one in cases.open_cases(session, key, teams, supervisor=supervisor)
        if hers.intersection(one.conversations)
    ]
    ended = [
        HerCase(one.id, False, one.opened_at, one.closed_at, one.outcome, one.by_her, None, one.conversations)
        for one in closed.closed_cases(session, key, teams, supervisor=supervisor)
        if hers.intersection(one.conversations)
    ]
    return still + ended


def find_by_phone(
    session: Session,
    key: PersonalKey,
    staff: Staff,
    teams: Collection[uuid.UUID],
    phone: str,
    now: datetime,
) -> list[HerCase]:
    """Return the cases of the woman who writes from a number; recorded, found or not.

    A number that nobody writes from and one whose woman has no case are answered alike.

    Raises:
        NotANumberError: it is no Mexican number.
    """
    address = addresses.from_national(phone)
    if address is None:
        raise NotANumberError(NotANumberError.__doc__)
    audit.record(session, staff.id, Action.DESK_SEARCHED, now)
    lookup = key.lookup("address", addresses.canonical(address))
    conversation = session.scalar(
        select(Conversation)
        .join(ChannelAddress, ChannelAddress.conversation_id == Conversation.id)
        .where(ChannelAddress.lookup_hash == lookup)
    )
    if conversation is None:
        return []
    supervisor = staff.role is Role.SUPERVISOR
    return cases_of(session, key, teams, conversation, supervisor=supervisor)
