"""Who a campaign is for, who of them gets it, and why another does not: decided for all in one statement.

The reasons are those that any woman may have; a case is never one of them (promises P4, P7).
"""

from __future__ import annotations

import json
import uuid
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import case, delete, func, or_, select, true
from sqlalchemy.orm import aliased

from models import (
    Agency,
    AudienceList,
    AudienceMember,
    Campaign,
    CampaignRecipient,
    CampaignState,
    Enrolment,
    EnrolmentState,
    Group,
    Woman,
    Workshop,
)
from outreach.campaigns import compiling, conditions
from outreach.campaigns.conditions import Blocks, Kind
from outreach.people import conversations

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from outreach.campaigns.compiling import Asked

# Two campaigns within a day are one too many for the same woman.
APART = timedelta(hours=24)
IN_ANOTHER = "in_another"
ALL = "all"
LISTS, LISTS_KEPT_FOR = 50, timedelta(days=90)
"""How many lists a form offers, and how long one is kept that is not added to."""


class AudienceError(ValueError):
    """This is no audience that a campaign can have."""


@dataclass(frozen=True)
class Audience:
    """Who a campaign is for: the women of one group, or all of its programme who fit the blocks.

    Stored as JSON: `{"group": id}`, `{"women": "all"}`, `{"version": 2, "blocks": [...]}`; campaigns from
    before the blocks have `{"list": id}` and `{"women": {"municipality": code}}`.
    """

    group_id: uuid.UUID | None = None
    municipality: str | None = None
    list_id: uuid.UUID | None = None
    blocks: Blocks = ()

    def to_json(self) -> str:
        """Return the form that is stored; equal audiences have equal forms."""
        if self.group_id is not None:
            return json.dumps({"group": str(self.group_id)})
        if self.list_id is not None:
            return json.dumps({"list": str(self.list_id)})
        if self.municipality:
            return json.dumps({"women": {"municipality": self.municipality}})
        blocks = conditions.to_data(self.blocks)
        if not blocks:
            return json.dumps({"women": ALL})
        return json.dumps({"version": conditions.VERSION, "blocks": blocks}, ensure_ascii=False)

    @property
    def lists(self) -> set[str]:
        """The ids of the lists that it names."""
        named = {str(self.list_id)} if self.list_id else set()
        return named | conditions.places(self.blocks, Kind.LIST)


@dataclass(frozen=True)
class Counted:
    """How many women an audience has: those who would get it, and the others by their reason."""

    reached: int
    reasons: Counter[str]

    @property
    def total(self) -> int:
        """All women it is about."""
        return self.reached + self.reasons.total()


def read(campaign: Campaign) -> Audience:
    """Return the audience of a campaign; one that was made before audiences has its group.

    Raises:
        AudienceError: what is stored is no audience.
    """
    found = _read(campaign.audience)
    if found is not None:
        return found
    if campaign.group_id is None:
        raise AudienceError(AudienceError.__doc__)
    return Audience(group_id=campaign.group_id)


def _read(stored: str) -> Audience | None:
    try:
        match json.loads(stored):
            case {"group": str(group)}:
                return Audience(group_id=uuid.UUID(group))
            case {"list": str(names)}:
                return Audience(list_id=uuid.UUID(names))
            case {"women": "all"}:
                return Audience()
            case {"women": {"municipality": str(municipality)}}:
                return Audience(municipality=municipality)
            case {"version": conditions.VERSION, "blocks": list(blocks)}:
                return Audience(blocks=conditions.from_data(blocks))
            case _:
                return None
    except ValueError:
        return None


def programme_of(session: Session, group_id: uuid.UUID) -> uuid.UUID | None:
    """Return the programme of a group; None: there is no such group."""
    of_group = select(Workshop.programme_id).join(Group, Group.workshop_id == Workshop.id)
    return session.scalar(of_group.where(Group.id == group_id))


def lists(session: Session) -> list[tuple[uuid.UUID, str]]:
    """Return the lists that files made, the one that changed last first: id, and name with its agency."""
    found = _named().order_by(AudienceList.changed_at.desc()).limit(LISTS)
    return [(list_id, _name(name, agency)) for list_id, name, agency in session.execute(found)]


def _named() -> Select[uuid.UUID, str, str | None]:
    return select(AudienceList.id, AudienceList.name, Agency.name).outerjoin(
        Agency, Agency.code == AudienceList.agency
    )


def _name(name: str, agency: str | None) -> str:
    return f"{name} ({agency})" if agency else name


def list_name(session: Session, list_id: uuid.UUID) -> str | None:
    """Return the name of a list with its agency; None: it was forgotten."""
    found = session.execute(_named().where(AudienceList.id == list_id)).one_or_none()
    return _name(found[1], found[2]) if found is not None else None


def forget_lists(session: Session, now: datetime) -> None:
    """Delete the lists that nobody added to for `LISTS_KEPT_FOR`, but none that a campaign waits for."""
    ahead = select(Campaign.audience).where(
        Campaign.state.not_in((CampaignState.DONE, CampaignState.CANCELLED)), Campaign.ends_at > now
    )
    old = select(AudienceList.id).where(AudienceList.changed_at < now - LISTS_KEPT_FOR)
    wanted = {named for stored in session.scalars(ahead) for named in (_read(stored) or Audience()).lists}
    gone = [each for each in session.scalars(old) if str(each) not in wanted]
    session.execute(delete(AudienceList).where(AudienceList.id.in_(gone)))


def _members(audience: Audience, asked: Asked) -> Select[Any, Any]:
    if audience.group_id is not None:
        return select(Enrolment.woman_id, Enrolment.seq.label("place")).where(
            Enrolment.group_id == audience.group_id, Enrolment.state == EnrolmentState.ENROLLED
        )
    if audience.list_id is not None:
        return select(AudienceMember.woman_id, AudienceMember.id.label("place")).where(
            AudienceMember.list_id == audience.list_id
        )
    # Ids are made by chance: their order favours nobody, and needs no counting.
    everyone = select(Woman.id.label("woman_id"), Woman.id.label("place"))
    if audience.municipality is not None:
        everyone = everyone.where(Woman.municipality == audience.municipality)
    return everyone.where(compiling.where(audience.blocks, asked)) if audience.blocks else everyone


def standings(campaign: Campaign, asked: Asked) -> Select[Any]:
    """Select (woman_id, reason, conversation_id, private_cipher) of all whom it is for, in their order.

    Of a campaign that is not stored its audience, programme and start are read alone.
    """
    audience = read(campaign)
    members = _members(audience, asked).subquery()
    newest = conversations.newest(members.c.woman_id, campaign.programme_id)
    found = (
        select(
            members.c.woman_id,
            _reason(campaign, members.c.woman_id, newest).label("reason"),
            newest.c.id,
            newest.c.private_cipher,
        )
        .select_from(members.outerjoin(newest, true()))
        .order_by(members.c.place)
    )
    if audience.group_id is None:
        # Women of another programme are reached in its conversations.
        found = found.where(or_(newest.c.id.is_(None), newest.c.programme_id == campaign.programme_id))
    return found


def count(session: Session, campaign: Campaign, asked: Asked) -> Counted:
    """Count whom it is for, those who get it and the others by reason, in one statement.

    Her hours are not asked: they are encrypted, and the preview reads them. A bench may call it with a
    `Campaign` that is not stored, of an `Audience(blocks=...)`.
    """
    standing = standings(campaign, asked).order_by(None).subquery()
    rows = session.execute(select(standing.c.reason, func.count()).group_by(standing.c.reason)).all()
    reasons: Counter[str] = Counter({reason: number for reason, number in rows if reason is not None})
    return Counted(sum(number for reason, number in rows if reason is None), reasons)


def _reason(campaign: Campaign, woman_id: Any, newest: Any) -> Any:  # noqa: ANN401 (columns of a subquery have no types)
    other, others = aliased(Campaign), aliased(CampaignRecipient)
    in_another = (
        select(others.id)
        .join(other, other.id == others.campaign_id)
        .where(
            others.woman_id == woman_id,
            others.reason.is_(None),
            other.id != campaign.id,
            other.state != CampaignState.CANCELLED,
            other.starts_at > campaign.starts_at - APART,
            other.starts_at < campaign.starts_at + APART,
        )
        .exists()
    )
    others_reason = case(
        (~conversations.agreed(woman_id), conversations.NO_CONSENT), (in_another, IN_ANOTHER), else_=None
    )
    return func.coalesce(conversations.reason_against(newest), others_reason)
