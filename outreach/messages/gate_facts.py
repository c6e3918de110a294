"""What the gate decides by, loaded for many messages in as many statements as for one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import exists, select, union
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased

from models import (
    Affiliation,
    ChannelAddress,
    Consent,
    Conversation,
    OutboxKind,
    Suppression,
    Template,
    utcnow,
)
from outreach.ground.programme_rules import rules_for
from outreach.messages import conversation_state, outbox, overtaken
from outreach.texts import notice

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from models import OutboxMessage
    from outreach.ground.settings import Settings
    from outreach.messages.conversation_state import PrivateState
    from outreach.messages.outbox import Content
    from outreach.messages.overtaken import Overtaken
    from outreach.sealing.crypto import PersonalKey

PRIVACY = "privacy"


@dataclass(frozen=True)
class Standing:
    """What she answered to the privacy notice, last and in any of her conversations.

    `answered` says that she ever did, `agreed` that her last answer is a yes to the present notice, `refused`
    that it is a no. `imported` says that an agency holds her written consent, `left` that she opted out in
    any of her conversations, whichever programme's it is.
    """

    answered: bool = False
    agreed: bool = False
    refused: bool = False
    imported: bool = False
    left: bool = False


@dataclass(frozen=True)
class Facts:
    """All that is known of the one to whom a message would go."""

    conversation: Conversation
    address: ChannelAddress
    address_text: str
    state: PrivateState
    suppressed: bool = False
    standing: Standing = Standing()
    template: Template | None = None
    rules: Settings | None = None
    """The settings of her programme, where the message is one that we initiate."""
    overtaken: Overtaken | None = None
    """What has happened since the message was queued, where that is a reason not to send it."""


def load(
    session: Session,
    key: PersonalKey,
    settings: Settings,
    rows: Sequence[tuple[OutboxMessage, Content]],
    now: datetime | None = None,
) -> dict[uuid.UUID, Facts]:
    """Return the facts of each row by its id; a row is missing where its conversation has no address."""
    conversations = {row.conversation_id for row, _ in rows if row.conversation_id is not None}
    found = _addresses(session, conversations)
    initiated = [(row, content) for row, content in rows if row.kind is not OutboxKind.REPLY]
    standings = _standings(session, {row.conversation_id for row, _ in initiated if row.conversation_id})
    templates = _templates(session, {outbox.template_of(row, content) for row, content in initiated} - {None})
    programmes = {
        found[row.conversation_id][0].programme_id for row, _ in initiated if row.conversation_id in found
    }
    rules = {programme_id: rules_for(session, settings, programme_id) for programme_id in programmes}
    late = overtaken.reasons(session, (row for row, _ in initiated), now or utcnow())
    facts: dict[uuid.UUID, Facts] = {}
    for row, content in rows:
        if row.conversation_id not in found:
            continue
        conversation, address, suppressed = found[row.conversation_id]
        template_id = outbox.template_of(row, content)
        facts[row.id] = Facts(
            conversation=conversation,
            address=address,
            address_text=read_address(key, address),
            state=conversation_state.read(key, conversation),
            suppressed=suppressed,
            standing=standings.get(conversation.id, Standing()),
            template=templates.get(template_id) if template_id else None,
            rules=rules.get(conversation.programme_id),
            overtaken=late.get(row.id),
        )
    return facts


def read_address(key: PersonalKey, address: ChannelAddress) -> str:
    """Return the exact address that wrote last."""
    return str(key.decrypt(address.address_cipher, place=f"address:{address.id}")["address"])


def _addresses(
    session: Session, conversations: set[uuid.UUID]
) -> dict[uuid.UUID, tuple[Conversation, ChannelAddress, bool]]:
    """Return each conversation with the address that wrote last, and whether any of its own opted out."""
    each = aliased(ChannelAddress)
    suppressed_one = (
        select(Suppression.id)
        .join(each, each.lookup_hash == Suppression.lookup_hash)
        .where(each.conversation_id == Conversation.id)
        .exists()
    )
    rows = session.execute(
        select(Conversation, ChannelAddress, suppressed_one)
        .join(ChannelAddress, ChannelAddress.conversation_id == Conversation.id)
        .where(Conversation.id.in_(conversations))
        .ext(distinct_on(Conversation.id))
        .order_by(Conversation.id, ChannelAddress.last_seen_at.desc().nulls_last())
    )
    return {
        conversation.id: (conversation, address, suppressed) for conversation, address, suppressed in rows
    }


def _standings(session: Session, conversations: set[uuid.UUID]) -> dict[uuid.UUID, Standing]:
    """Return her standing by conversation: her last answer counts, in whichever of her conversations."""
    if not conversations:
        return {}
    other = aliased(Conversation)
    own = select(Conversation.id.label("of"), Conversation.id.label("told_in")).where(
        Conversation.id.in_(conversations)
    )
    hers = (
        select(Conversation.id, other.id)
        .join(other, other.woman_id == Conversation.woman_id)
        .where(Conversation.id.in_(conversations))
    )
    pairs = union(own, hers).subquery()
    last = (
        select(pairs.c.of, Consent.given, Consent.version)
        .join(Consent, Consent.conversation_id == pairs.c.told_in)
        .where(Consent.kind == PRIVACY)
        .ext(distinct_on(pairs.c.of))
        .order_by(pairs.c.of, Consent.created_at.desc())
        .subquery()
    )
    imported = exists().where(
        Affiliation.woman_id == Conversation.woman_id, Affiliation.consent_on.is_not(None)
    )
    left = exists().where(other.woman_id == Conversation.woman_id, other.opted_out_at.is_not(None))
    rows = session.execute(
        select(Conversation.id, last.c.given, last.c.version, imported, left)
        .outerjoin(last, last.c.of == Conversation.id)
        .where(Conversation.id.in_(conversations))
    )
    return {
        conversation_id: Standing(
            answered=given is not None,
            agreed=bool(given) and version == notice.VERSION,
            refused=given is False,
            imported=by_agency,
            left=gone,
        )
        for conversation_id, given, version, by_agency, gone in rows
    }


def _templates(session: Session, ids: Iterable[uuid.UUID | None]) -> dict[uuid.UUID, Template]:
    wanted = list(ids)
    if not wanted:
        return {}
    return {
        template.id: template for template in session.scalars(select(Template).where(Template.id.in_(wanted)))
    }
