"""Where a woman is reached, and why she is not: the one place that answers both.

She is reached in the conversation in which she was last heard, one of the programme in question before the
others. Whether she opted out is asked of that conversation and of each of its addresses. The gate
(`outreach.messages.may_send`) asks again at the moment of sending. Nothing here reads a conversation's
private state (promises P4, P7).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import ARRAY, ColumnElement, Uuid, case, func, literal, select, true
from sqlalchemy.orm import aliased

from models import ChannelAddress, Consent, Conversation, Suppression
from outreach.people import consent

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable

    from sqlalchemy.orm import InstrumentedAttribute, Session
    from sqlalchemy.sql.selectable import LateralFromClause

NO_NUMBER, OPTED_OUT, BLOCKED, NO_CONSENT = "no_number", "opted_out", "blocked", "no_consent"
Column = ColumnElement[Any]


@dataclass(frozen=True)
class Reach:
    """Where she is reached; she is not written to first where `reason` says why."""

    conversation_id: uuid.UUID | None
    reason: str | None


NOWHERE = Reach(None, NO_NUMBER)


def newest(
    woman_id: Column | InstrumentedAttribute[uuid.UUID], programme_id: Column | uuid.UUID | None = None
) -> LateralFromClause:
    """Return the LATERAL subquery of the one conversation in which the woman of the outer row is reached.

    When she was last heard is only looked at where she has several: it is in no index (each message writes
    it), and one look at the table for each of an audience of 35,000 is what the count takes longest for.
    """
    same, heard = aliased(Conversation), aliased(Conversation)
    several = select(func.count()).where(same.woman_id == Conversation.woman_id).scalar_subquery() > 1
    last = select(heard.last_inbound_at).where(heard.id == Conversation.id).scalar_subquery()
    order: list[Any] = [case((several, last)).desc().nulls_last(), Conversation.created_at.desc()]
    if programme_id is not None:
        order.insert(0, (Conversation.programme_id == programme_id).desc())
    return (
        select(
            Conversation.id,
            Conversation.programme_id,
            Conversation.opted_out_at,
            Conversation.private_cipher,
        )
        .where(Conversation.woman_id == woman_id)
        .order_by(*order, Conversation.id)
        .limit(1)
        .lateral()
    )


def reason_against(newest: LateralFromClause) -> Column:
    """Return the SQL of why nothing is initiated in a conversation of `newest`; NULL where it may be.

    One look at her addresses: asked one by one, what is so of any of them would be sought in all of the list.
    """
    return (
        select(
            case(
                (func.count(ChannelAddress.id) == 0, NO_NUMBER),
                (newest.c.opted_out_at.is_not(None), OPTED_OUT),
                (func.bool_or(Suppression.id.is_not(None)), OPTED_OUT),
                (func.bool_and(ChannelAddress.blocked_at.is_not(None)), BLOCKED),
                else_=None,
            )
        )
        .select_from(ChannelAddress)
        .outerjoin(Suppression, Suppression.lookup_hash == ChannelAddress.lookup_hash)
        .where(ChannelAddress.conversation_id == newest.c.id)
        .correlate(newest)
        .scalar_subquery()
    )


def agreed(woman_id: Column | InstrumentedAttribute[uuid.UUID]) -> Column:
    """Return the SQL of whether her last answer, in any conversation, is a yes to the present notice."""
    last = (
        select(Consent.given & (Consent.version == consent.NOTICE_VERSION))
        .join(Conversation, Conversation.id == Consent.conversation_id)
        .where(Conversation.woman_id == woman_id, Consent.kind == consent.PRIVACY)
        .order_by(Consent.created_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    return func.coalesce(last, False)


def reaches(
    session: Session, women: Iterable[uuid.UUID], programme_id: uuid.UUID | None = None
) -> dict[uuid.UUID, Reach]:
    """Return where each of these women is reached, in one statement."""
    wanted = list(dict.fromkeys(women))
    if not wanted:
        return {}
    listed = select(func.unnest(literal(wanted, ARRAY(Uuid))).label("woman_id")).subquery()
    found = newest(listed.c.woman_id, programme_id)
    rows = session.execute(
        select(listed.c.woman_id, found.c.id, reason_against(found)).select_from(
            listed.outerjoin(found, true())
        )
    )
    return {woman_id: Reach(conversation_id, reason) for woman_id, conversation_id, reason in rows}


def of_woman(
    session: Session, woman_id: uuid.UUID, programme_id: uuid.UUID | None = None
) -> Conversation | None:
    """Return the conversation in which she is reached; None where no number of hers is known."""
    found = newest(literal(woman_id, Uuid), programme_id)
    return session.scalar(select(Conversation).join(found, found.c.id == Conversation.id))
