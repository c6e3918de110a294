"""Who of a group gets a campaign, and why another does not: decided for all in one statement.

The reasons are those that any woman may have; a case is never one of them (promises P4, P7).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import case, select, true
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased

from models import (
    Campaign,
    CampaignRecipient,
    CampaignState,
    ChannelAddress,
    Conversation,
    Enrolment,
    EnrolmentState,
    Suppression,
)

if TYPE_CHECKING:
    import uuid

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

# Two campaigns within a day are one too many for the same woman.
APART = timedelta(hours=24)
NO_NUMBER, OPTED_OUT, BLOCKED, IN_ANOTHER = "no_number", "opted_out", "blocked", "in_another"


@dataclass(frozen=True)
class Standing:
    """One woman of the group: she gets the message where `reason` is empty."""

    woman_id: uuid.UUID
    reason: str | None


@dataclass(frozen=True)
class Preview:
    """What would happen if it started now."""

    text: str
    standings: list[Standing]

    @property
    def reached(self) -> int:
        """How many would get it."""
        return sum(standing.reason is None for standing in self.standings)

    @property
    def reasons(self) -> dict[str, int]:
        """How many would not, by reason."""
        return dict(Counter(s.reason for s in self.standings if s.reason is not None).most_common())


def standings(campaign: Campaign) -> Select[Any]:
    """Select (woman_id, reason) of all who have a seat in the group."""
    newest = _newest_conversation()
    mine = ChannelAddress.conversation_id == newest.c.id
    has_address = select(ChannelAddress.id).where(mine).exists()
    reachable = select(ChannelAddress.id).where(mine, ChannelAddress.blocked_at.is_(None)).exists()
    suppressed = (
        select(Suppression.id)
        .join(ChannelAddress, ChannelAddress.lookup_hash == Suppression.lookup_hash)
        .where(mine)
        .exists()
    )
    other, others = aliased(Campaign), aliased(CampaignRecipient)
    in_another = (
        select(others.id)
        .join(other, other.id == others.campaign_id)
        .where(
            others.woman_id == Enrolment.woman_id,
            others.reason.is_(None),
            other.id != campaign.id,
            other.state != CampaignState.CANCELLED,
            other.starts_at > campaign.starts_at - APART,
            other.starts_at < campaign.starts_at + APART,
        )
        .exists()
    )
    reason = case(
        (~has_address, NO_NUMBER),
        (newest.c.opted_out_at.is_not(None) | suppressed, OPTED_OUT),
        (~reachable, BLOCKED),
        (in_another, IN_ANOTHER),
        else_=None,
    )
    return (
        select(Enrolment.woman_id, reason.label("reason"))
        .select_from(Enrolment)
        .outerjoin(newest, true())
        .where(Enrolment.group_id == campaign.group_id, Enrolment.state == EnrolmentState.ENROLLED)
        .order_by(Enrolment.seq)
    )


def _newest_conversation() -> Any:  # noqa: ANN401 (a lateral of two columns)
    """The conversation in which she was last heard, as `registry.conversation_for` chooses it."""
    return (
        select(Conversation.id, Conversation.opted_out_at)
        .where(Conversation.woman_id == Enrolment.woman_id)
        .order_by(Conversation.last_inbound_at.desc().nulls_last())
        .limit(1)
        .correlate(Enrolment)
        .lateral()
    )


def conversations(session: Session, women: list[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """Return the conversation in which each woman was last heard."""
    rows = session.execute(
        select(Conversation.woman_id, Conversation.id)
        .ext(distinct_on(Conversation.woman_id))
        .where(Conversation.woman_id.in_(women))
        .order_by(Conversation.woman_id, Conversation.last_inbound_at.desc().nulls_last())
    )
    return {woman_id: conversation_id for woman_id, conversation_id in rows if woman_id is not None}
