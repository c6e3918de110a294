"""Campaigns: one template to many women, at a time, with what became of each."""

from __future__ import annotations

import enum
import uuid

from sqlalchemy import Enum, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Created, Id, KeyedHash, Moment
from models.programme import ProgrammeId


class CampaignState(enum.StrEnum):
    """A draft is previewed; scheduled runs by the clock; paused may run again."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    CANCELLED = "cancelled"


class Campaign(Base):
    """One template to an audience.

    `variables` is the template's JSON (`outreach.campaigns.variables`), `audience` the JSON of who gets it
    (`outreach.campaigns.audience`); `group_id` is set where it is the women of one group. `per_minute`: how
    many are handed over in a minute, empty: as many as the account lets through; the next of them are
    handed over from `next_batch_at` on.

    `edited_by` filled it in last. Somebody asked for a second person at `asked_at`; `approved_by` agreed to
    what `approved_digest` is the digest of, `confirmed_count` women then. `pause_reason` is a word of
    `outreach.campaigns.steps`, empty where a person paused it.
    """

    __tablename__ = "campaign"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(120))
    template_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("template.id"))
    programme_id: Mapped[ProgrammeId]
    group_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("workshop_group.id"))
    audience: Mapped[str] = mapped_column(Text, default="{}", server_default="{}")
    variables: Mapped[str] = mapped_column(Text, default="{}")
    hold_out_percent: Mapped[int] = mapped_column(default=0, server_default="0")
    state: Mapped[CampaignState] = mapped_column(
        Enum(CampaignState, native_enum=False, length=16, values_callable=lambda e: [m.value for m in e]),
        default=CampaignState.DRAFT,
    )
    starts_at: Mapped[Moment]
    ends_at: Mapped[Moment]
    created_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[Created]
    per_minute: Mapped[int | None]
    next_batch_at: Mapped[Moment | None]
    pause_reason: Mapped[str | None] = mapped_column(String(24))
    edited_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("staff.id"))
    asked_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("staff.id"))
    asked_at: Mapped[Moment | None]
    asked_digest: Mapped[KeyedHash | None]
    approved_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("staff.id"))
    approved_at: Mapped[Moment | None]
    approved_digest: Mapped[KeyedHash | None]
    confirmed_count: Mapped[int | None]
    sent_back: Mapped[str] = mapped_column(String(200), default="", server_default="")

    __table_args__ = (Index(None, "template_id", "starts_at"),)


class CampaignRecipient(Base):
    """One woman of a campaign; the unique index makes a second preparation harmless.

    `outcome` says what became of her message, such as `delivered` or `failed:temporary:63049`: a trigger on
    the outbox writes it (migration 0031), so that no writer can forget it, and counting reads one index.
    `left_at` goes once her answer would no longer be one.
    """

    __tablename__ = "campaign_recipient"

    id: Mapped[Id]
    campaign_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"))
    woman_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("woman.id", ondelete="CASCADE"))
    outbox_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("outbox_message.id", ondelete="SET NULL"))
    reason: Mapped[str | None] = mapped_column(String(64))
    outcome: Mapped[str | None] = mapped_column(String(96))
    left_at: Mapped[Moment | None]
    answered: Mapped[bool] = mapped_column(default=False, server_default="false")
    opted_out: Mapped[bool] = mapped_column(default=False, server_default="false")

    __table_args__ = (
        Index("ix_campaign_recipient_outcome", "campaign_id", "outcome", "reason", "answered", "opted_out"),
        Index("uq_campaign_recipient", "campaign_id", "woman_id", unique=True),
        Index(
            "ix_campaign_recipient_waiting",
            "campaign_id",
            postgresql_where=text("outbox_id IS NULL AND reason IS NULL"),
        ),
        Index(None, "outbox_id"),
        Index(None, "woman_id"),
    )


class AudienceList(Base):
    """Women whom a file names for a campaign, under a name that is none of theirs.

    `agency` is of who brought the file in; two agencies may each have a list of one name.
    """

    __tablename__ = "audience_list"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(80))
    agency: Mapped[str | None] = mapped_column(ForeignKey("agency.code"))
    changed_at: Mapped[Moment]
    created_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    created_at: Mapped[Created]

    __table_args__ = (
        Index("uq_audience_list_name", "name", "agency", unique=True, postgresql_nulls_not_distinct=True),
    )


class AudienceMember(Base):
    """A woman of such a list."""

    __tablename__ = "audience_member"

    id: Mapped[Id]
    list_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("audience_list.id", ondelete="CASCADE"))
    woman_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("woman.id", ondelete="CASCADE"))

    __table_args__ = (
        Index("uq_audience_member", "list_id", "woman_id", unique=True),
        Index(None, "woman_id"),
    )
