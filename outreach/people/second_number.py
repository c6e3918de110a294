"""A second number of hers: named in one conversation, confirmed from the other.

Whoever holds this phone may name any number, so naming one opens nothing and nothing is sent there. She is
given a code; only a message with it from that number, within a day, joins that conversation to her record.
The answer to naming a number is the same whoever has it. See `docs/decisions/0016-a-second-number.md`.
"""

from __future__ import annotations

import hmac
import re
import secrets
import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from models import ChannelAddress, Conversation
from outreach.ground import addresses
from outreach.messages import conversation_state, inbox
from outreach.messages.conversation_state import Claim
from outreach.people import preferences, registry
from outreach.people.details import HERSELF, Source

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from models import Woman
    from outreach.messages.conversation_state import PrivateState
    from outreach.sealing.crypto import PersonalKey

VALID_FOR = timedelta(days=1)
MOST_MISSES = 5
_CODE = re.compile(r"\W*(?:mi\s+)?(?:clave|c[oó]digo)\W+([0-9]{6})\W*", re.IGNORECASE)


class NumberError(ValueError):
    """This is no Mexican number of ten digits."""


def propose(
    session: Session, key: PersonalKey, conversation: Conversation, woman: Woman, number: str, now: datetime
) -> str:
    """Note the number that she names and return the code (six digits) that confirms it from there.

    Raises:
        NumberError: no Mexican number.
    """
    address = addresses.from_national(number)
    if address is None:
        raise NumberError(NumberError.__doc__)
    details = registry.read_details(key, woman)
    if details.phone:
        withdraw(session, key, conversation, details.phone)
    details.phone = addresses.canonical(address)
    details.sources["phone"] = Source.of(HERSELF, now)
    registry.write_details(session, key, woman, details)
    code = f"{secrets.randbelow(10**6):06d}"
    other = _conversation_at(session, key, details.phone, conversation)
    if other is None:
        other = inbox.conversation_of(session, key, address, now)
        other.addresses[0].last_seen_at = None
    if other.id != conversation.id:
        state = conversation_state.read(key, other)
        state.claim = Claim(str(conversation.id), code, (now + VALID_FOR).isoformat())
        conversation_state.write(key, other, state)
    session.flush()
    return code


def code_in(text: str) -> str | None:
    """Return the code of a message that is one ("CLAVE 123456") and nothing else."""
    found = _CODE.fullmatch(text.strip())
    return found[1] if found else None


def confirm(
    session: Session,
    key: PersonalKey,
    conversation: Conversation,
    state: PrivateState,
    code: str,
    now: datetime,
) -> bool:
    """Join the conversation that sends the code to the record that named its number; False: it is not so.

    `state` is the caller's to write back. A conversation that belongs to a record already is never moved: a
    person decides that. After five wrong codes there is none.
    """
    claim = state.claim
    if claim is None or conversation.woman_id is not None:
        return False
    if now > datetime.fromisoformat(claim.until) or claim.misses >= MOST_MISSES:
        state.claim = None
        return False
    if not hmac.compare_digest(claim.code, code):
        claim.misses += 1
        return False
    state.claim = None
    first = session.get(Conversation, uuid.UUID(claim.conversation_id))
    if first is None or first.woman_id is None:
        return False
    conversation.woman_id = first.woman_id
    woman = registry.woman_of(session, first)
    if woman is not None:
        state.preferred_name = registry.read_details(key, woman).preferred_name or None
    session.flush()
    preferences.carry_over(session, first)
    return True


def withdraw(session: Session, key: PersonalKey, conversation: Conversation, number: str) -> None:
    """Forget that a number was named: what was made for it goes, the conversation of another stays."""
    other = _conversation_at(session, key, number, conversation)
    if other is None or other.id == conversation.id:
        return
    state = conversation_state.read(key, other)
    if state.claim is None or state.claim.conversation_id != str(conversation.id):
        return
    if other.woman_id is None and other.last_inbound_at is None:
        session.execute(delete(Conversation).where(Conversation.id == other.id))
        return
    state.claim = None
    conversation_state.write(key, other, state)


def _conversation_at(
    session: Session, key: PersonalKey, number: str, own: Conversation
) -> Conversation | None:
    """Return the conversation of a number, locked; the address before it, as a message does that comes in."""
    named = ChannelAddress.lookup_hash == key.lookup("address", number)
    others = select(ChannelAddress.id).where(named, ChannelAddress.conversation_id != own.id)
    session.execute(others.with_for_update())
    return session.scalar(
        select(Conversation)
        .join(ChannelAddress, ChannelAddress.conversation_id == Conversation.id)
        .where(named)
        .with_for_update(of=Conversation)
        .execution_options(populate_existing=True)
    )
