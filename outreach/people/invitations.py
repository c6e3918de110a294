"""The one invitation to an imported woman who has never written: everything else waits for her yes.

It is planned only where an agency says that it holds her written consent, in her hours, a few a minute, and
once: `Conversation.invited_at` is set as it is planned. It says nothing but that she may write; the gate
(`outreach.messages.may_send`) lets it pass as the only message before her consent.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import aliased

from models import (
    Affiliation,
    ChannelAddress,
    Consent,
    Conversation,
    OutboxKind,
    Suppression,
    TemplateState,
)
from outreach.ground import programme_rules
from outreach.messages import conversation_state, outbox, templates
from outreach.messages.conversation_state import PrivateState
from outreach.messages.may_send import next_allowed
from outreach.messages.outbox import Content, Outgoing

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

PER_MINUTE = 30
"""Answers come to people and to the dialogue: 35,000 invitations take some days, not an hour."""
USEFUL_FOR = timedelta(days=2)


def plan(session: Session, key: PersonalKey, settings: Settings, now: datetime) -> int:
    """Hand the next invitations to the outbox; return how many: none before the template is approved."""
    template = templates.by_name(session, templates.FIRST_INVITATION)
    if template is None or template.state is not TemplateState.APPROVED:
        return 0
    invited = 0
    for programme_id, rules in programme_rules.all_rules(session, settings).items():
        if next_allowed(now, rules, PrivateState()) > now:
            continue
        chosen = [
            each
            for each in _next(session, programme_id, now)
            if next_allowed(now, rules, conversation_state.read(key, each)) <= now
        ]
        content = Content(body=templates.render(template, {}), invitation=True)
        outbox.enqueue_many(
            session,
            key,
            [
                Outgoing(each.id, OutboxKind.NOTICE, content, template.id, expires_at=now + USEFUL_FOR)
                for each in chosen
            ],
        )
        for each in chosen:
            each.invited_at = now
        invited += len(chosen)
    session.flush()
    return invited


def _next(session: Session, programme_id: uuid.UUID, now: datetime) -> Sequence[Conversation]:
    lately = select(func.count()).where(
        Conversation.programme_id == programme_id, Conversation.invited_at > now - timedelta(minutes=1)
    )
    left = PER_MINUTE - (session.scalar(lately) or 0)
    if left <= 0:
        return []
    other = aliased(Conversation)
    agreed = select(Affiliation.id).where(
        Affiliation.woman_id == Conversation.woman_id, Affiliation.consent_on.is_not(None)
    )
    # Whoever wrote, was invited, opted out or answered the notice in any conversation of hers is not invited.
    known = select(other.id).where(
        other.woman_id == Conversation.woman_id,
        (other.last_inbound_at.is_not(None))
        | (other.invited_at.is_not(None))
        | (other.opted_out_at.is_not(None))
        | select(Consent.id).where(Consent.conversation_id == other.id).exists(),
    )
    addresses = select(ChannelAddress.id).where(ChannelAddress.conversation_id == Conversation.id)
    suppressed = addresses.join(Suppression, Suppression.lookup_hash == ChannelAddress.lookup_hash)
    # Of several numbers of hers the newest is invited, as `outreach.people.conversations` chooses it.
    newer = select(other.id).where(
        other.woman_id == Conversation.woman_id,
        tuple_(other.created_at, other.id) > tuple_(Conversation.created_at, Conversation.id),
    )
    return session.scalars(
        select(Conversation)
        .where(
            Conversation.programme_id == programme_id,
            Conversation.last_inbound_at.is_(None),
            Conversation.invited_at.is_(None),
            agreed.exists(),
            ~known.exists(),
            addresses.where(ChannelAddress.blocked_at.is_(None)).exists(),
            ~suppressed.exists(),
            ~newer.exists(),
        )
        .order_by(Conversation.created_at, Conversation.id)
        .limit(left)
        .with_for_update(skip_locked=True)
    ).all()
